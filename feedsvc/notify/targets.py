"""Targets of notifications and the requests to them: caches by templates in `targets.toml`, hubs by WebSub. Pure."""

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from itertools import islice
from urllib.parse import urlencode, urlsplit

from feedsvc.index.change_table import SITE, Change
from feedsvc.models import Scope, ScopeKind
from feedsvc.publishing.legacy_urls import own_paths
from feedsvc.publishing.routing import path_of
from feedsvc.publishing.tags import ANY, to_tag
from feedsvc.render import FORMATS
from feedsvc.settings import Settings

MAX_REQUESTS = 5  # of one message to a cache; if they do not hold all tags, everything is purged
MAX_URLS = 1_000  # of changed feeds, in one message; others are not told of
_FORM = {"Content-Type": "application/x-www-form-urlencoded"}
_SCOPE_KINDS = {kind.value for kind in ScopeKind}


@dataclass(frozen=True, slots=True)
class OutgoingRequest:
    """A request as it is sent. Its headers may hold a secret."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Template:
    """The requests to a kind of cache: see `targets.toml`."""

    method: str
    max_tags: int
    headers: Mapping[str, str]
    body: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """A cache or a hub: `name` is for logs, without path and query; `delay` in seconds."""

    name: str
    delay: float
    to_requests: Callable[[Sequence[Change]], Iterator[OutgoingRequest]] = field(repr=False)


TEMPLATES: Mapping[str, Template] = {
    kind: Template(**values)
    for kind, values in tomllib.loads(files(__package__).joinpath("targets.toml").read_text("utf-8")).items()
}


def make_targets(settings: Settings) -> list[Target]:
    """Return all targets, caches first: a hub fetches feeds, perhaps through a cache, so it is notified later."""
    targets = []
    for kind, url in (target.split() for target in settings.on_change):
        to_requests = partial(_to_cache, TEMPLATES[kind], url, settings)
        targets.append(Target(_name(kind, url), settings.tell_after, to_requests))
    if settings.websub_hub:
        delay = settings.tell_after + bool(settings.on_change)
        targets.append(Target(_name("hub", settings.websub_hub), delay, partial(_to_hub, settings)))
    return targets


def _name(kind: str, url: str) -> str:
    """Return a name of a target; the hash tells apart what differs in its path."""
    return f"{kind} {urlsplit(url).netloc} {hashlib.sha256(url.encode()).hexdigest()[:6]}"


# --- caches --------------------------------------------------------------------------------------


def _to_cache(template: Template, url: str, settings: Settings, changes: Sequence[Change]) -> Iterator[OutgoingRequest]:
    tags = list(dict.fromkeys(map(to_tag, (ANY, *changes))))
    if len(tags) > MAX_REQUESTS * template.max_tags:
        tags = [to_tag(ANY), to_tag(SITE)]
    urls = json.dumps(list(feed_urls(changes, settings)))
    for start in range(0, len(tags), template.max_tags):
        batch = tags[start : start + template.max_tags]
        values = {"tags": " ".join(batch), "json": json.dumps(batch), "urls": urls, "token": settings.on_change_token}
        headers = {
            name: _fill(value, values)
            for name, value in template.headers.items()
            if settings.on_change_token or "{token}" not in value
        }
        yield OutgoingRequest(template.method, url, headers, _fill(template.body, values).encode())


def _fill(text: str, values: Mapping[str, str]) -> str:
    for name, value in values.items():
        text = text.replace(f"{{{name}}}", value)
    return text


# --- hubs ----------------------------------------------------------------------------------------


def _to_hub(settings: Settings, changes: Sequence[Change]) -> Iterator[OutgoingRequest]:
    """Yield a request for each feed: of several URLs in one, hubs in PHP see the last one alone."""
    for url in feed_urls(changes, settings):
        body = urlencode({"hub.mode": "publish", "hub.url": url}).encode()
        yield OutgoingRequest("POST", settings.websub_hub, _FORM, body)


def feed_urls(changes: Iterable[Change], settings: Settings) -> Iterator[str]:
    """Return the URLs of the feeds that changed; if everything may have, those of everything."""
    if not settings.base_url:
        return iter(())
    scopes = dict.fromkeys(_to_scope(change) for change in changes if change[0] in _SCOPE_KINDS or change == SITE)
    return islice((settings.base_url + path for path in _paths(scopes, settings)), MAX_URLS)


def _paths(scopes: Iterable[Scope], settings: Settings) -> Iterator[str]:
    for scope in scopes:
        yield from (path_of(scope, format_) for format_ in FORMATS)
        yield from own_paths([scope], settings)


def _to_scope(change: Change) -> Scope:
    return Scope() if change == SITE else Scope(ScopeKind(change[0]), change[1])
