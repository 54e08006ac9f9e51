"""URL ⇄ `FeedRequest`: parse the path and query of a URL, and make the canonical URL of a request.

Pure: only the syntax is checked here; `resolver` checks whether names exist.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from urllib.parse import parse_qs, quote, urlencode

from feedsvc.errors import BadRequest, NotFound
from feedsvc.models import Content, FeedRequest, Filter, Format, Scope, ScopeKind
from feedsvc.names import FOLDERS, MAX_NAME, fold
from feedsvc.posts.paths import shown_page_of
from feedsvc.publishing.feed_requests import other_pages
from feedsvc.render import FORMATS
from feedsvc.settings import MAX_LIMIT, Settings
from feedsvc.text import clean_name
from feedsvc.urls import quote_path

MAX_PAGE = 1_000_000
MAX_PARAMETERS = 200
MAX_NAMES = 10  # of a filter
MAX_QUERY = 200  # characters of `q`; the rest is ignored

FILTERS = {
    prefix + folder.parameter: (folder.kind, exclude)
    for exclude, prefix in ((False, ""), (True, "not_"))
    for folder in FOLDERS.values()
}
_LAST_DAY = datetime(9999, 12, 29)  # noqa: DTZ001 - later days overflow in some time zones
PARAMETERS = {*FILTERS, "q", "since", "until", "limit", "page", "content", "sort"}
_FOLDER_OF = {folder.kind: name for name, folder in FOLDERS.items()}
_PARAMETER_OF = {meaning: name for name, meaning in FILTERS.items()}
# Control characters, line separators, bidirectional overrides, U+FFFD (bad UTF-8): used in attacks, not in names.
_DECEPTIVE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffd-\uffff]")


@dataclass(frozen=True, slots=True)
class Route:
    """The request that a URL stands for, and where the name of its scope comes from.

    An unknown name in the path is an error; an unknown name in the query makes an empty feed. `kept_query` is the part
    of the query that a redirect keeps; None means the whole query.
    """

    request: FeedRequest
    name_in_path: bool
    kept_query: str | None = None


# --- names ---------------------------------------------------------------------------------------


def is_segment(name: str) -> bool:
    """True if a name can be in a path: clients resolve "." and ".." (RFC 3986 section 5.2.4), some merge slashes."""
    return all(part not in {"", ".", ".."} for part in name.split("/"))


# --- URL to request ------------------------------------------------------------------------------


def parse(path: str, query: str, settings: Settings) -> Route:
    """Parse a decoded path and a raw query string.

    Raise NotFound for a path that no feed or page can have, BadRequest for a parameter with a bad value.
    """
    scope, format_ = _parse_path(re.sub("/{2,}", "/", path))
    values = _parse_query(query)
    filters = _filters(values)
    name_in_path = scope.kind is not ScopeKind.ALL
    if not name_in_path:
        scope, filters = filters_to_scope(filters)
    request = FeedRequest(
        scope=scope,
        format=format_,
        limit=_number(values, "limit", settings.limit, MAX_LIMIT),
        content=_content(values, settings.content),
        page=_number(values, "page", 1, MAX_PAGE),
        filters=filters,
        words=_words(values),
        since=_day(values, "since", settings.timezone),
        until=_day(values, "until", settings.timezone),
        by_count=_is_by_count(values) and scope.kind is not ScopeKind.ALL and not scope.name,
    )
    return Route(request, name_in_path)


def split_page(path: str) -> tuple[str, str]:
    """Split the path of an exported page, such as `/tags/x/page/2/`: into `/tags/x/` and the query `page=2`."""
    found = re.fullmatch("(.*/)page/([1-9][0-9]{0,8})/([^/]*)", path)
    return (found[1] + found[3], f"page={found[2]}") if found else (path, "")


def has_parameters(query: str) -> bool:
    """True if a query has a parameter that feedsvc knows."""
    return not PARAMETERS.isdisjoint(_parse_query(query))


def formats_by_file() -> dict[str, str]:
    """Return the format of each file name that ends a path; "" is the page for people."""
    return {"": Format.HTML} | {row.file: name for name, row in FORMATS.items()}


def _parse_path(path: str) -> tuple[Scope, str]:
    formats = formats_by_file()
    folder, _, rest = path.removeprefix("/").partition("/")
    if folder in formats and not rest:
        return Scope(), formats[folder]
    kind = FOLDERS[folder].kind if folder in FOLDERS else None
    name, _, file = rest.rpartition("/")
    if kind is None:
        raise NotFound("no such page")
    if not rest:
        return Scope(kind), Format.HTML
    if file not in formats or not name:  # "/tags/x" means "/tags/x/"
        name, file = rest.strip("/"), ""
    cleaned = clean_name(name)
    if not cleaned or len(cleaned) > MAX_NAME or _DECEPTIVE.search(name):
        raise NotFound("no such page")
    return Scope(kind, cleaned), formats[file]


def _parse_query(query: str) -> dict[str, list[str]]:
    """Return the values of each parameter, without empty ones: forms send them for blank fields."""
    try:
        return parse_qs(query, errors="strict", max_num_fields=MAX_PARAMETERS)
    except ValueError as error:  # also UnicodeDecodeError
        raise BadRequest(f"query: not UTF-8, or more than {MAX_PARAMETERS} parameters") from error


def _filters(parameters: dict[str, list[str]]) -> tuple[Filter, ...]:
    found = []
    for parameter, (kind, exclude) in FILTERS.items():
        names = {name for value in parameters.get(parameter, ()) if (name := clean_name(value))}
        if any(len(name) > MAX_NAME for name in names):
            raise BadRequest(f"{parameter}: a name has at most {MAX_NAME} characters")
        if len(names) > MAX_NAMES:
            raise BadRequest(f"{parameter}: at most {MAX_NAMES} names")
        if names:
            found.append(Filter(kind, tuple(sorted(names)), exclude))
    return tuple(found)


def filters_to_scope(filters: tuple[Filter, ...]) -> tuple[Scope, tuple[Filter, ...]]:
    """Return the scope of the first filter that includes a single name, and the other filters.

    `/rss.xml?tag=a` is the same request as `/tags/a/rss.xml`. Without such a filter the scope is that of all posts.
    """
    for found in filters:
        if not found.exclude and len(found.names) == 1:
            return Scope(found.kind, found.names[0]), tuple(other for other in filters if other is not found)
    return Scope(), filters


def scope_to_filters(scope: Scope, filters: tuple[Filter, ...]) -> tuple[Filter, ...]:
    """Return the filters with the scope among them, in the order of canonical URLs: the inverse of the above."""
    order = list(FILTERS.values())
    every = (Filter(scope.kind, (scope.name,)), *filters)
    return tuple(sorted(every, key=lambda chosen: order.index((chosen.kind, chosen.exclude))))


def _number(parameters: dict[str, list[str]], name: str, default: int, maximum: int) -> int:
    value = parameters.get(name, [str(default)])[-1]
    if not re.fullmatch("0*[1-9][0-9]{0,99}", value):
        raise BadRequest(f"{name}: must be a whole number from 1")
    return min(int(value), maximum)


def _is_by_count(parameters: dict[str, list[str]]) -> bool:
    order = parameters.get("sort", ["name"])[-1]
    if order not in {"name", "count"}:
        raise BadRequest("sort: must be name or count")
    return order == "count"


def _words(parameters: dict[str, list[str]]) -> tuple[str, ...]:
    """Return the words that a post must contain: folded, sorted and without duplicates."""
    return tuple(sorted(set(fold(" ".join(parameters.get("q", ()))[:MAX_QUERY]).split())))


def _day(parameters: dict[str, list[str]], name: str, zone: tzinfo) -> datetime | None:
    """Return the start of the day that a parameter names, in the time zone `zone`; None if the parameter is missing."""
    if name not in parameters:
        return None
    try:
        return min(datetime.strptime(parameters[name][-1], "%Y-%m-%d"), _LAST_DAY).replace(tzinfo=zone)  # noqa: DTZ007
    except ValueError:
        raise BadRequest(f"{name}: must be a day like 2024-05-01") from None


def _content(parameters: dict[str, list[str]], default: Content) -> Content:
    try:
        return Content(parameters.get("content", [default])[-1])
    except ValueError:
        raise BadRequest(f"content: must be one of {', '.join(Content)}") from None


# --- request to URL ------------------------------------------------------------------------------


def path_of(scope: Scope, format_: str) -> str:
    """Return the canonical path of a scope in a format, percent-encoded; with a query if no path can hold its name."""
    file = "" if format_ == Format.HTML else FORMATS[format_].file
    if scope.kind is ScopeKind.ALL:
        return f"/{file}"
    if not scope.name:
        return f"/{_FOLDER_OF[scope.kind]}/"
    if not is_segment(scope.name):
        return f"/{file}?{urlencode({_PARAMETER_OF[scope.kind, False]: scope.name})}"
    return f"/{_FOLDER_OF[scope.kind]}/{quote(scope.name, safe='')}/{file}"


def url_of(request: FeedRequest, settings: Settings) -> str:
    """Return the canonical URL of a request: its scope's path, and a parameter for each value that is no default."""
    if request.legacy_path:
        return quote(request.legacy_path)
    path = path_of(request.scope, request.format)
    if settings.static and request.page > 1:
        folder, _, file = path.rpartition("/")
        return f"{folder}/page/{request.page}/{file}"
    query = urlencode(list(parameters(request, settings)))
    if not query:
        return path
    return f"{path}{'&' if '?' in path else '?'}{query}"


def parameters(request: FeedRequest, settings: Settings) -> Iterable[tuple[str, str]]:
    """Yield the parameters of a request in canonical order: its filters, and each value that is no default."""
    for chosen in request.filters:
        yield from ((_PARAMETER_OF[chosen.kind, chosen.exclude], name) for name in chosen.names)
    if request.words:
        yield "q", " ".join(request.words)
    for name, day in (("since", request.since), ("until", request.until)):
        if day:
            yield name, day.date().isoformat()
    if request.content is not settings.content:
        yield "content", request.content.value
    if request.limit != settings.limit:
        yield "limit", str(request.limit)
    if request.by_count:
        yield "sort", "count"
    if request.page != 1:
        yield "page", str(request.page)


def links_to_other_pages(
    request: FeedRequest, pages: int, settings: Settings, *, base: str, has_last: bool = True
) -> tuple[tuple[str, str], ...]:
    """Return link relations and the URLs of the `other_pages` of a feed or a list (RFC 5005 section 3)."""
    others = other_pages(request, pages, has_last=has_last)
    return tuple((rel, base + url_of(page, settings)) for rel, page in others)


def post_path_of(path: str) -> str:
    """Return the URL path of a post's page: the path of its file without the suffix, `index` and `_posts`."""
    return f"/posts/{quote_path(shown_page_of(path))}/"
