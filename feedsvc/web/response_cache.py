"""Keep responses in memory while the state of the index is the same; the key is all that a response depends on."""

from collections.abc import Hashable
from contextlib import suppress
from functools import lru_cache
from threading import Lock
from time import monotonic
from typing import NamedTuple

from feedsvc.errors import NotReady
from feedsvc.publishing.publisher import Publisher
from feedsvc.web.auth import IS_READER, Environ
from feedsvc.web.responses import Response, choose_coding, is_navigation

RESPONSE_BYTES = 2_000  # about what a kept response takes in memory, beside its body and its key


class RequestKey(NamedTuple):
    """All of a request that its response depends on.

    The first fields are values of the WSGI environment, named by ENVIRON_NAMES. The last three are only what a response
    depends on of Accept-Encoding, Sec-Fetch-Dest and Range, for clients can send any number of values.
    """

    method: str
    scheme: str
    protocol: str
    host: str | None
    path: str
    query: str | None
    if_none_match: str | None
    if_modified_since: str | None
    if_match: str | None
    if_unmodified_since: str | None
    is_reader: bool | None  # a response for readers with a token is for no one else
    coding: str
    is_navigation: bool
    is_part: bool

    def count_characters(self) -> int:
        """Return the number of characters in the key."""
        return sum(len(value) for value in self if isinstance(value, str))


ENVIRON_NAMES = (
    "REQUEST_METHOD",
    "wsgi.url_scheme",
    "SERVER_PROTOCOL",
    "HTTP_HOST",
    "PATH_INFO",
    "QUERY_STRING",
    "HTTP_IF_NONE_MATCH",
    "HTTP_IF_MODIFIED_SINCE",
    "HTTP_IF_MATCH",
    "HTTP_IF_UNMODIFIED_SINCE",
    IS_READER,
)
LONG = 200  # characters of a header that is not remembered
# The same few headers are sent again and again, and reading one takes longer than all else.
_choose_coding = lru_cache(maxsize=256)(choose_coding)


def make_key(environ: Environ) -> RequestKey:
    """Return the key of a request."""
    get = environ.get
    accepted = get("HTTP_ACCEPT_ENCODING", "")
    coding = (_choose_coding if len(accepted) < LONG else choose_coding)(accepted)
    matters = coding, is_navigation(get("HTTP_SEC_FETCH_DEST", "")), "HTTP_RANGE" in environ
    return tuple.__new__(RequestKey, (*map(get, ENVIRON_NAMES), *matters))  # `_make` without its check, for speed


class CachedResponse(NamedTuple):
    """A response, and the slot of the metrics in which it counts."""

    response: Response
    slot: int


class _Generation:
    """The responses of one state of the index; dropped as a whole when they are too large or the state changes."""

    def __init__(self, state: Hashable, max_bytes: int) -> None:
        self.state = state
        self.responses: dict[RequestKey, CachedResponse] = {}
        self._bodies: set[int] = set()  # by id: many responses have the same one
        self._left = self._max_bytes = max_bytes

    def put(self, key: RequestKey, cached: CachedResponse) -> None:
        size = self._size_of(key, cached.response)
        if size > self._left:
            self.responses.clear()
            self._bodies.clear()
            self._left = self._max_bytes
            size = self._size_of(key, cached.response)
        if size <= self._left:
            self.responses[key] = cached
            self._bodies.add(id(cached.response.body))
            self._left -= size

    def _size_of(self, key: RequestKey, response: Response) -> int:
        """Return the bytes that a response would add."""
        body = 0 if id(response.body) in self._bodies else len(response.body)
        return body + RESPONSE_BYTES + key.count_characters()


class ResponseCache:
    """The current responses; the index is checked for changes at most every `patience` seconds."""

    def __init__(self, publisher: Publisher, patience: float) -> None:
        self._publisher = publisher
        self._patience = patience
        self._max_bytes = publisher.settings.cache_bytes // 2
        self._generation = _Generation(None, 0)
        self._refreshed = 0.0  # by the monotonic clock
        self._lock = Lock()

    @property
    def responses(self) -> dict[RequestKey, CachedResponse]:
        """Everything that is kept now."""
        return self._generation.responses

    def get(self, key: RequestKey, now: float) -> CachedResponse | None:
        """Return the response that is kept under a key; check the index first if the last check is too old."""
        if now - self._refreshed >= self._patience and self._lock.acquire(blocking=False):
            try:  # while another thread checks, the responses that are kept count as current
                self._look()
            finally:
                self._lock.release()
        return self._generation.responses.get(key)

    def put(self, key: RequestKey, state: Hashable, cached: CachedResponse) -> None:
        """Keep a response that was made of `state`, unless the index has changed since."""
        generation = self._generation
        if generation.state == (state, self._publisher.max_age()):
            generation.put(key, cached)

    def refresh(self) -> None:
        """Drop all responses if the index or their lifetime has changed; keep them while the index cannot be read."""
        with self._lock:  # without it, a slower thread might bring an older state back
            self._look()

    def _look(self) -> None:
        with suppress(NotReady):
            self._refreshed = monotonic()
            state = self._publisher.state(), self._publisher.max_age()
            if state != self._generation.state:
                self._generation = _Generation(state, self._max_bytes)
