"""The service: worker processes that respond, and beside them the keeper and the notifier."""

import ctypes
import errno
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from importlib import import_module
from pathlib import Path

from feedsvc.errors import SettingError
from feedsvc.logs import configure_logging
from feedsvc.notify.targets import make_targets
from feedsvc.posts_folder import refuse_missing_folder
from feedsvc.run_folder import make_run_folder
from feedsvc.settings import Listening, Settings
from feedsvc.startup import make_cleaner, open_index
from feedsvc.supervisor import DRAIN_SECONDS, Role, Supervisor

log = logging.getLogger(__name__)

M_ARENA_MAX = -8  # of malloc.h


def serve(settings: Settings, listening: Listening) -> None:
    """Serve until SIGTERM or SIGINT.

    Raise FolderError if the posts folder cannot be read, StartError if the index cannot be written or no worker starts,
    SettingError for a setting that is not valid.
    """
    configure_logging(settings.log_format)
    _share_one_heap()
    make_cleaner(settings)  # reports a bad rules file once, not in each worker
    refuse_missing_folder(settings.posts, "serve")
    index = open_index(settings)
    index.refuse_unwritable()
    settings = replace(settings, index=index.path)  # the same for all processes, even if the disk fills later
    host = f"[{listening.host}]" if ":" in listening.host else listening.host
    listening = replace(listening, host=_resolve_free(listening.host, listening.port))
    log.info("feedsvc: %s at %s", settings.posts, _describe(host, listening.port))
    _log_base_url(settings, _local_url(host, listening.port))
    with _make_counts_folder() as counts, Supervisor(DRAIN_SECONDS) as supervisor:
        supervisor.add(_beside("keeper", settings))
        if make_targets(settings):
            supervisor.add(_beside("notifier", settings))
        from feedsvc.workers import serve_with_workers  # noqa: PLC0415 - granian and Flask: the keeper reads meanwhile

        serve_with_workers(settings, listening, supervisor, counts)


def _beside(name: str, settings: Settings) -> Role:
    """Return a process beside the workers, which alone loads the module of its name."""
    parent = os.getpid()
    return Role(name, lambda _: import_module(f"feedsvc.{name}").run(settings, parent))


def _describe(host: str, port: int) -> str:
    """Return where the service is, as a URL that a browser on this machine can open."""
    url = f"{_local_url(host, port)}/"
    return f"{url}, and at port {port} of every address" if host in _EVERY_ADDRESS else url


_EVERY_ADDRESS = {"0.0.0.0": "127.0.0.1", "[::]": "[::1]"}  # noqa: S104 - compared only


def _local_url(host: str, port: int) -> str:
    return f"http://{_EVERY_ADDRESS.get(host, host)}:{port}"


def _log_base_url(settings: Settings, here: str) -> None:
    """Log the base URL if it comes from a site's configuration: to those who try the service, it is a surprise."""
    if settings.base_url_from and settings.base_url != here:
        log.info(
            "feedsvc: links lead to %s (from %s); to try it here add --base-url %s",
            settings.base_url,
            settings.base_url_from,
            here,
        )


@contextmanager
def _make_counts_folder() -> Iterator[Path | None]:
    """Make a folder in which all workers count; None where none can be made, so that each counts for itself."""
    with ExitStack() as stack:
        try:
            folder = stack.enter_context(make_run_folder())
        except OSError as error:
            log.warning("metrics: %s: /metrics shows one process only; make the temporary directory writable", error)
            folder = None
        yield folder


def _share_one_heap() -> None:
    """Let all threads use one heap: glibc gives each its own, and memory freed in one is no use to the others."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, 1)


def _resolve_free(host: str, port: int) -> str:
    """Return the IP address of a host, after a trial: workers that share a port would not notice that it is taken.

    Raise SettingError if nothing can listen there.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except (OSError, UnicodeError) as error:  # UnicodeError: not valid as the name of a host
        is_taken = getattr(error, "errno", 0) == errno.EADDRINUSE
        remedy = f": try --port {port % 65_535 + 1}" if is_taken else ""
        raise SettingError(
            f"{host}:{port}: cannot listen there: {getattr(error, 'strerror', error)}{remedy}"
        ) from error
    return str(address[0])
