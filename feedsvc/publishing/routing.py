"""URL ⇄ FeedRequest: which address shows which posts in which format, and the one canonical address of each.

Pure text work. Whether a name exists, the index knows; `parse` only says what an address means.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, tzinfo
from urllib.parse import parse_qs, quote, urlencode

from feedsvc.errors import BadRequest, NotFound
from feedsvc.models import Content, FeedRequest, Filter, Format, Scope, ScopeKind
from feedsvc.names import FOLDERS, MAX_NAME, fold
from feedsvc.render import FORMATS
from feedsvc.settings import MAX_LIMIT, Settings
from feedsvc.text import clean_name

MAX_PAGE = 1_000_000
MAX_PARAMETERS = 200
MAX_QUERY = 200  # characters searched for

FILTERS = {
    prefix + kind.value: (kind, exclude)
    for exclude, prefix in ((False, ""), (True, "not_"))
    for kind in (folder.kind for folder in FOLDERS.values())
}
_LAST_DAY = datetime(9999, 12, 29)  # noqa: DTZ001 - the days after it are beyond what time zones can be reckoned with
_PARAMETERS = {*FILTERS, "q", "since", "until", "limit", "page", "content"}
_FOLDER_OF = {folder.kind: name for name, folder in FOLDERS.items()}
_PARAMETER_OF = {meaning: name for name, meaning in FILTERS.items()}
# Controls, separators, bidirectional overrides, the mark of bad UTF-8: nobody's name, somebody's attack.
_DECEPTIVE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffd-\uffff]")


@dataclass(frozen=True, slots=True)
class Route:
    """What a URL means. A name in the path must exist; an unknown name in the query means an empty feed.

    `kept_query` is what a redirect keeps of the query, None for all of it.
    """

    request: FeedRequest
    name_in_path: bool
    kept_query: str | None = None


# --- names ---------------------------------------------------------------------------------------


def is_segment(name: str) -> bool:
    """Tell whether `name` survives as part of a path: no client or proxy may merge its slashes or resolve its dots."""
    return all(part not in {"", ".", ".."} for part in name.split("/"))


# --- addresses to requests -----------------------------------------------------------------------


def parse(path: str, query: str, settings: Settings) -> Route:
    """Read a decoded path and a raw query string.

    Raises NotFound where no feed or feed page can be, BadRequest for a filter that cannot be understood.
    """
    scope, format_ = _parse_path(re.sub("/{2,}", "/", path))
    given = _parse_query(query)
    filters = _filters(given)
    named = scope.kind is not ScopeKind.ALL
    if not named:
        scope, filters = promote(filters)
    request = FeedRequest(
        scope=scope,
        format=format_,
        limit=_number(given, "limit", settings.limit, MAX_LIMIT),
        content=_content(given, settings.content),
        page=_number(given, "page", 1, MAX_PAGE),
        filters=filters,
        words=_words(given),
        since=_day(given, "since", settings.timezone),
        until=_day(given, "until", settings.timezone),
    )
    return Route(request, named)


def split_page(path: str) -> tuple[str, str]:
    """Take the number of a page out of the path of a file, and give it as the query it stands for."""
    found = re.fullmatch("(.*/)page/([1-9][0-9]{0,8})/([^/]*)", path)
    return (found[1] + found[3], f"page={found[2]}") if found else (path, "")


def has_parameters(query: str) -> bool:
    """True if a query has a parameter that feedsvc knows."""
    return not _PARAMETERS.isdisjoint(_parse_query(query))


def first_page(scope: Scope, format_: str, settings: Settings) -> FeedRequest:
    """Give the request for a scope's feed as it is where nobody asks for anything special."""
    return FeedRequest(scope, format_, settings.limit, settings.content)


def is_list(request: FeedRequest) -> bool:
    """Tell whether a request is for the page that lists all scopes of a kind."""
    return request.scope.kind is not ScopeKind.ALL and not request.scope.name


def is_front(request: FeedRequest) -> bool:
    """Tell whether a request is for the front page, which lists more than posts."""
    return request == FeedRequest(Scope(), Format.HTML, request.limit, request.content)


def files() -> dict[str, str]:
    """Return the format that each last part of a path stands for: "" is the page for people."""
    return {"": Format.HTML} | {row.file: name for name, row in FORMATS.items()}


def _parse_path(path: str) -> tuple[Scope, str]:
    formats = files()
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
    """Give the values of each parameter; an empty field of a form says nothing."""
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
        if names:
            found.append(Filter(kind, tuple(sorted(names)), exclude))
    return tuple(found)


def promote(filters: tuple[Filter, ...]) -> tuple[Scope, tuple[Filter, ...]]:
    """Return what `/rss.xml?tag=a` means, `/tags/a/rss.xml`: the first filter for one name as a scope, and the rest."""
    for found in filters:
        if not found.exclude and len(found.names) == 1:
            return Scope(found.kind, found.names[0]), tuple(other for other in filters if other is not found)
    return Scope(), filters


def demote(scope: Scope, filters: tuple[Filter, ...]) -> tuple[Filter, ...]:
    """Return the filters with the scope as one of them, in the order of an address: the reverse of `promote`."""
    order = list(FILTERS.values())
    every = (Filter(scope.kind, (scope.name,)), *filters)
    return tuple(sorted(every, key=lambda chosen: order.index((chosen.kind, chosen.exclude))))


def _number(parameters: dict[str, list[str]], name: str, default: int, most: int) -> int:
    value = parameters.get(name, [str(default)])[-1]
    if not re.fullmatch("0*[1-9][0-9]{0,99}", value):
        raise BadRequest(f"{name}: must be a whole number from 1")
    return min(int(value), most)


def _words(parameters: dict[str, list[str]]) -> tuple[str, ...]:
    """Give the words a post must have, all of them, folded, in an order of their own."""
    return tuple(sorted(set(fold(" ".join(parameters.get("q", ()))[:MAX_QUERY]).split())))


def _day(parameters: dict[str, list[str]], name: str, zone: tzinfo) -> datetime | None:
    """Give the moment at which a day begins."""
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


# --- requests to addresses -----------------------------------------------------------------------


def path_of(scope: Scope, format_: str) -> str:
    """Give the canonical address of a scope in a format, percent-encoded and absolute from the root."""
    file = "" if format_ == Format.HTML else FORMATS[format_].file
    if scope.kind is ScopeKind.ALL:
        return f"/{file}"
    if not scope.name:
        return f"/{_FOLDER_OF[scope.kind]}/"
    if not is_segment(scope.name):
        return f"/{file}?{urlencode({scope.kind.value: scope.name})}"
    return f"/{_FOLDER_OF[scope.kind]}/{quote(scope.name, safe='')}/{file}"


def url_of(request: FeedRequest, settings: Settings) -> str:
    """Give the canonical address of a request: the scope's path and what differs from the defaults, in fixed order."""
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
    """Give what of a request differs from a scope's first page, as the parameters of a query, in fixed order."""
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
    if request.page != 1:
        yield "page", str(request.page)


def post_path_of(path: str) -> str:
    """Give the address of a post's page: its path under the posts folder without the suffix."""
    stem, _, suffix = path.rpartition(".")
    return f"/posts/{quote(stem or suffix, safe='/')}/"
