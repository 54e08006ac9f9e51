"""What the system allows the service: refuse to start with too little, and bound what clients can take of it."""

import os
import resource
import socket
import stat
import time
from contextlib import suppress
from pathlib import Path

from feedsvc.errors import StartError

MIN_DESCRIPTORS = 256  # open files and connections of a process
MIN_MEMORY = 512_000_000  # bytes of address space, of which threads reserve far more than they use
MAX_STALL = 60  # seconds in which a client takes nothing of its response
_LOOKS, _LOOK_SECONDS = 100, 0.1  # for the socket that listens, while the server starts

_MEMORY = (resource.RLIMIT_AS, resource.RLIMIT_DATA)


def refuse_low_limits() -> None:
    """Raise StartError if the system allows less than serving takes."""
    _, files = resource.getrlimit(resource.RLIMIT_NOFILE)
    if not _allows(files, MIN_DESCRIPTORS):
        raise StartError(f"open files: limited to {files:,}: allow at least {MIN_DESCRIPTORS:,} (ulimit -n)")
    for soft in (resource.getrlimit(kind)[0] for kind in _MEMORY):
        if not _allows(soft, MIN_MEMORY):
            allowed, needed = soft // 1_000_000, MIN_MEMORY // 1_000_000
            raise StartError(f"memory: limited to {allowed:,} MB: allow at least {needed:,} MB (ulimit -v, -d)")


def allow_descriptors(wanted: int) -> int:
    """Raise the limit of open files to `wanted`, as far as the system allows; return what it is then."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if not _allows(soft, wanted):
        soft = wanted if _allows(hard, wanted) else hard
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return wanted if _allows(soft, wanted) else soft


def _allows(limit: int, wanted: int) -> bool:
    return limit == resource.RLIM_INFINITY or limit >= wanted


def end_stalled_connections() -> None:
    """Let the system end connections whose clients take nothing for MAX_STALL (tcp(7): TCP_USER_TIMEOUT).

    It is set on the sockets of this process that listen, as soon as there are any; those accepted inherit it. Without
    the file system `proc`, none is found.
    """
    for _ in range(_LOOKS):
        listening = [one for one in _descriptors() if _limit_stall(one)]  # all of them, not the first alone
        if listening:
            return
        time.sleep(_LOOK_SECONDS)


def _descriptors() -> list[int]:
    with suppress(OSError):
        return [int(entry.name) for entry in Path("/proc/self/fd").iterdir()]
    return []


def _limit_stall(descriptor: int) -> bool:
    """Limit the stall of connections to a socket; False if the descriptor is not one that listens."""
    with suppress(OSError):  # closed meanwhile
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            return False
        with socket.socket(fileno=os.dup(descriptor)) as one:
            if one.family in {socket.AF_INET, socket.AF_INET6} and one.getsockopt(
                socket.SOL_SOCKET, socket.SO_ACCEPTCONN
            ):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 1_000 * MAX_STALL)
                return True
    return False
