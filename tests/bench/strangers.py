"""Clients that a service must outlive: those that read slowly, and those that send what no client should.

They work in threads beside a measurement until told to stop, and count what they were answered.
"""

import random
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

SLOW_READERS, ATTACKERS = 6, 2
LARGE = "/feed.json?limit=200"  # more than a connection's buffers hold
SIPS = 100  # that a slow reader takes before it leaves
HOLD, PAUSE = 0.1, 0.05  # seconds between two sips, and between two attacks
PATIENCE = 1.0  # seconds that an attacker waits for a response, for some are owed none

_GET = b"GET /rss.xml HTTP/1.1\r\nHost: a.example\r\n"
_POST = b"POST / HTTP/1.1\r\nHost: a.example\r\n"
ATTACKS = {
    "half a head": b"GET /rss.xml HTTP/1.1\r\nHost: a.ex",
    "no Host": b"GET / HTTP/1.1\r\n\r\n",
    "two Hosts": _GET + b"Host: b.example\r\n\r\n",
    "a large head": _GET + b"X: " + b"x" * 70_000 + b"\r\n\r\n",
    "many fields": _GET + b"".join(b"X-%d: x\r\n" % number for number in range(300)) + b"\r\n",
    "large field": _GET + b"If-None-Match: " + b'"x",' * 4_000 + b"\r\n\r\n",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(9),
    "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(32),
    "half a chunk": _POST + b"Transfer-Encoding: chunked\r\n\r\nff\r\nabc",
    "a bad chunk": _POST + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n",
    "two lengths": _POST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n",
    "half a body": _POST + b"Content-Length: 1000000\r\n\r\nabc",
    "no UTF-8": b"GET /tags/%ff%fe/rss.xml HTTP/1.1\r\nHost: a.example\r\n\r\n",
    "a pipeline": (_GET + b"\r\n") * 20,
    "a bad date": _GET + b"If-Modified-Since: Sun, 99 Foo 99999999999999999999 00:00:00 GMT\r\n\r\n",
    "a long method": b"X" * 300 + b" / HTTP/1.1\r\nHost: a.example\r\n\r\n",
}


@contextmanager
def strangers(port: int, seen: Counter[str]) -> Iterator[None]:
    """Have slow readers and attackers at work; what they got is in `seen` afterwards."""
    stop = Event()
    counts = [Counter[str]() for _ in range(SLOW_READERS + ATTACKERS)]
    threads = [Thread(target=read_slowly, args=(port, stop, count)) for count in counts[:SLOW_READERS]]
    threads += [Thread(target=attack, args=(port, stop, n, count)) for n, count in enumerate(counts[SLOW_READERS:])]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread, count in zip(threads, counts, strict=True):
            thread.join()
            seen.update(count)


def read_slowly(port: int, stop: Event, seen: Counter[str]) -> None:
    """Ask for a large feed again and again, and take a few bytes of it at a time."""
    while not stop.wait(HOLD):
        with suppress(OSError), socket.socket() as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
            client.settimeout(30)
            client.connect(("127.0.0.1", port))
            client.sendall(f"GET {LARGE} HTTP/1.1\r\nHost: a.example\r\n\r\n".encode())
            sips = 0
            while sips < SIPS and not stop.wait(HOLD) and client.recv(64):
                sips += 1
            seen["read slowly" if sips else "cut off"] += 1


def attack(port: int, stop: Event, seed: int, seen: Counter[str]) -> None:
    """Send one thing after the other that no client should."""
    choose = random.Random(seed)
    while not stop.wait(PAUSE):
        sent = choose.choice(list(ATTACKS.values()))
        seen[f"attack: {_answer_to(port, sent)}"] += 1


def _answer_to(port: int, sent: bytes) -> str:
    try:
        with socket.create_connection(("127.0.0.1", port), PATIENCE) as client:
            client.sendall(sent)
            return client.recv(65_536)[9:12].decode("latin-1") or "closed"
    except TimeoutError:
        return "none"
    except OSError:
        return "closed"
