"""URLs and requests: one URL for a request, one request for a URL, and the way back from each."""

from dataclasses import replace
from urllib.parse import unquote

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from feedsvc.errors import BadRequest, NotFound
from feedsvc.models import Content, FeedRequest, Filter, Format, Scope, ScopeKind
from feedsvc.names import MAX_NAME
from feedsvc.publishing.feed_requests import is_front
from feedsvc.publishing.routing import (
    FILTERS,
    MAX_LIMIT,
    MAX_PAGE,
    MAX_PARAMETERS,
    formats_by_file,
    is_segment,
    parse,
    path_of,
    post_path_of,
    url_of,
)
from feedsvc.render import FORMATS
from feedsvc.settings import Settings
from feedsvc.text import clean_name

DEFAULTS = Settings()
HOME = FeedRequest(Scope(), Format.HTML, 20, Content.FULL)
ANYTHING = settings(max_examples=150, deadline=None, derandomize=True)


def ask(target: str, options: Settings = DEFAULTS) -> FeedRequest:
    path, _, query = target.partition("?")
    return parse(unquote(path), query, options).request


def filters_of(target: str) -> list[tuple[str, tuple[str, ...], bool]]:
    return [(chosen.kind.value, chosen.names, chosen.exclude) for chosen in ask(target).filters]


# --- paths ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a", "a/b", "...", "a..b", "rss.xml", ".a"])
def test_a_name_that_survives_in_a_path_is_a_segment(name: str) -> None:
    assert is_segment(name)


@pytest.mark.parametrize("name", ["", ".", "..", "/", "/a", "a/", "a//b", "a/../b", "./a"])
def test_a_name_that_clients_would_resolve_is_no_segment(name: str) -> None:
    assert not is_segment(name)


@pytest.mark.parametrize(
    ("path", "scope", "format_"),
    [
        ("/", Scope(), Format.HTML),
        ("", Scope(), Format.HTML),
        ("/rss.xml", Scope(), Format.RSS),
        ("/atom.xml", Scope(), Format.ATOM),
        ("/feed.json", Scope(), Format.JSON),
        ("//rss.xml", Scope(), Format.RSS),
        ("/tags/a/", Scope(ScopeKind.TAG, "a"), Format.HTML),
        ("/tags/a", Scope(ScopeKind.TAG, "a"), Format.HTML),
        ("/tags//a///rss.xml", Scope(ScopeKind.TAG, "a"), Format.RSS),
        ("/tags/联合早报/rss.xml", Scope(ScopeKind.TAG, "联合早报"), Format.RSS),
        ("/categories/a b/atom.xml", Scope(ScopeKind.CATEGORY, "a b"), Format.ATOM),
        ("/authors/李雷/feed.json", Scope(ScopeKind.AUTHOR, "李雷"), Format.JSON),
        ("/tags/a/b/rss.xml", Scope(ScopeKind.TAG, "a/b"), Format.RSS),
        ("/tags/a/b", Scope(ScopeKind.TAG, "a/b"), Format.HTML),
        ("/tags/rss.xml", Scope(ScopeKind.TAG, "rss.xml"), Format.HTML),
        ("/tags/rss.xml/", Scope(ScopeKind.TAG, "rss.xml"), Format.HTML),
        ("/tags/rss.xml/rss.xml", Scope(ScopeKind.TAG, "rss.xml"), Format.RSS),
        ("/tags/a/RSS.xml", Scope(ScopeKind.TAG, "a/RSS.xml"), Format.HTML),
        ("/tags/../rss.xml", Scope(ScopeKind.TAG, ".."), Format.RSS),
        ("/tags", Scope(ScopeKind.TAG), Format.HTML),
        ("/categories/", Scope(ScopeKind.CATEGORY), Format.HTML),
        ("/tags/ e\u0301\u200b /", Scope(ScopeKind.TAG, "é"), Format.HTML),
        (f"/tags/{'港' * MAX_NAME}/", Scope(ScopeKind.TAG, "港" * MAX_NAME), Format.HTML),
    ],
)
def test_a_path_names_a_scope_and_a_format(path: str, scope: Scope, format_: str) -> None:
    request = parse(path, "", DEFAULTS).request

    assert (request.scope, request.format) == (scope, format_)


@pytest.mark.parametrize(
    "path",
    [
        "/index.php",
        "/rss.xml/x",
        "/tags/ /",
        "/tags/\u200b/rss.xml",
        "/tag/a/",
        "/Tags/a/",
        "/alls/x/",
        "/.git/config",
        "/\0",
        f"/tags/{'a' * (MAX_NAME + 1)}/",
    ],
)
def test_a_path_that_names_nothing_is_not_found(path: str) -> None:
    with pytest.raises(NotFound, match=r"^no such page$"):
        parse(path, "", DEFAULTS)


@pytest.mark.parametrize(
    ("target", "named"),
    [("/tags/a/", True), ("/tags/a/?tag=b", True), ("/rss.xml?tag=a", False), ("/rss.xml", False)],
)
def test_only_a_name_in_the_path_must_exist(target: str, named: bool) -> None:  # noqa: FBT001
    path, _, query = target.partition("?")

    assert parse(path, query, DEFAULTS).name_in_path is named


@pytest.mark.parametrize(
    ("target", "is_front_page"),
    [
        ("/", True),
        ("/?limit=5", True),
        ("/?page=2", False),
        ("/?not_tag=a", False),
        ("/?tag=a", False),
        ("/rss.xml", False),
        ("/tags/a/", False),
    ],
)
def test_the_front_page_is_the_first_of_everything(target: str, is_front_page: bool) -> None:  # noqa: FBT001
    assert is_front(ask(target)) is is_front_page


# --- queries -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "changes"),
    [
        ("", {}),
        ("limit=5", {"limit": 5}),
        ("limit=005", {"limit": 5}),
        ("limit=200", {"limit": MAX_LIMIT}),
        ("limit=201", {"limit": MAX_LIMIT}),
        (f"limit=1{'0' * 99}", {"limit": MAX_LIMIT}),
        ("limit=5&limit=6", {"limit": 6}),
        ("page=2", {"page": 2}),
        (f"page={MAX_PAGE + 1}", {"page": MAX_PAGE}),
        ("content=summary", {"content": Content.SUMMARY}),
        ("content=none&content=full", {"content": Content.FULL}),
        ("utm_source=x&nonsense&=&&", {}),
    ],
)
def test_a_query_says_what_differs_from_the_defaults(query: str, changes: dict[str, object]) -> None:
    assert ask(f"/?{query}") == replace(HOME, **changes)  # type: ignore[arg-type]


def test_the_defaults_are_the_settings() -> None:
    request = ask("/", Settings(limit=7, content=Content.NONE))

    assert (request.limit, request.content) == (7, Content.NONE)


@pytest.mark.parametrize(
    ("query", "filters"),
    [
        ("tag=a&tag=b", [("tag", ("a", "b"), False)]),
        ("tag=b&tag=a&tag=b", [("tag", ("a", "b"), False)]),
        ("not_tag=a", [("tag", ("a",), True)]),
        ("not_author=b&not_category=a", [("category", ("a",), True), ("author", ("b",), True)]),
        ("tag=a&tag=b&author=c&author=d", [("tag", ("a", "b"), False), ("author", ("c", "d"), False)]),
        ("tag=+a%20+b+&tag=c", [("tag", ("a b", "c"), False)]),
        ("tag=e%CC%81&tag=%C3%A9&tag=x", [("tag", ("x", "é"), False)]),
        ("tag=&not_tag=%20&category=%E2%80%8B", []),
    ],
)
def test_filters_come_in_one_order_with_clean_names(query: str, filters: list[object]) -> None:
    assert filters_of(f"/rss.xml?{query}") == filters


@pytest.mark.parametrize(
    ("query", "scope", "filters"),
    [
        ("tag=a", Scope(ScopeKind.TAG, "a"), []),
        ("author=a", Scope(ScopeKind.AUTHOR, "a"), []),
        ("tag=..", Scope(ScopeKind.TAG, ".."), []),
        ("category=b&tag=a", Scope(ScopeKind.TAG, "a"), [("category", ("b",), False)]),
        ("tag=a&tag=b&category=c", Scope(ScopeKind.CATEGORY, "c"), [("tag", ("a", "b"), False)]),
        ("tag=a&not_tag=a", Scope(ScopeKind.TAG, "a"), [("tag", ("a",), True)]),
        ("tag=a&tag=b", Scope(), [("tag", ("a", "b"), False)]),
        ("not_tag=a", Scope(), [("tag", ("a",), True)]),
    ],
)
def test_a_filter_by_one_name_is_that_names_scope(query: str, scope: Scope, filters: list[object]) -> None:
    assert (ask(f"/rss.xml?{query}").scope, filters_of(f"/rss.xml?{query}")) == (scope, filters)


def test_a_filter_narrows_the_scope_of_a_path() -> None:
    request = ask("/tags/a/rss.xml?tag=b")

    assert (request.scope, request.filters) == (Scope(ScopeKind.TAG, "a"), (Filter(ScopeKind.TAG, ("b",)),))


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("limit=0", "limit: must be a whole number from 1"),
        ("limit=x", "limit: must be a whole number from 1"),
        ("limit=-1", "limit: must be a whole number from 1"),
        ("limit=1.5", "limit: must be a whole number from 1"),
        ("limit=%EF%BC%92", "limit: must be a whole number from 1"),
        ("limit=1%0A", "limit: must be a whole number from 1"),
        (f"limit={'9' * 5_000}", "limit: must be a whole number from 1"),
        ("page=0", "page: must be a whole number from 1"),
        ("page=1e3", "page: must be a whole number from 1"),
        ("content=all", "content: must be one of full, summary, none"),
        (f"not_author={'a' * (MAX_NAME + 1)}", "not_author: a name has at most 100 characters"),
        ("&".join(f"tag={number}" for number in range(11)), "tag: at most 10 names"),
        ("&".join(f"not_author={number}" for number in range(11)), "not_author: at most 10 names"),
        ("tag=%FF", "query: not UTF-8, or more than 200 parameters"),
        ("x=%FF", "query: not UTF-8, or more than 200 parameters"),
        ("&".join(["x=1"] * (MAX_PARAMETERS + 1)), "query: not UTF-8, or more than 200 parameters"),
    ],
    ids=lambda text: text[:30],
)
def test_a_query_that_cannot_be_understood_is_refused_by_name(query: str, message: str) -> None:
    with pytest.raises(BadRequest) as raised:
        ask(f"/rss.xml?{query}")

    assert str(raised.value) == message


def test_a_filter_has_ten_names_at_most_however_often_each_is_given() -> None:
    (chosen,) = ask("/?" + "&".join(f"category={number % 10}" for number in range(30))).filters

    assert len(chosen.names) == 10


def test_as_many_parameters_as_allowed_are_read() -> None:
    assert ask("/?" + "&".join(["x=1"] * (MAX_PARAMETERS - 1)) + "&page=2").page == 2


# --- addresses -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scope", "format_", "path"),
    [
        (Scope(), Format.HTML, "/"),
        (Scope(), Format.RSS, "/rss.xml"),
        (Scope(ScopeKind.TAG, "a b"), Format.HTML, "/tags/a%20b/"),
        (Scope(ScopeKind.CATEGORY, "港"), Format.ATOM, "/categories/%E6%B8%AF/atom.xml"),
        (Scope(ScopeKind.AUTHOR, "a/b?c#d&e+f%"), Format.JSON, "/authors/a%2Fb%3Fc%23d%26e%2Bf%25/feed.json"),
        (Scope(ScopeKind.TAG, "rss.xml"), Format.HTML, "/tags/rss.xml/"),
        (Scope(ScopeKind.TAG, ".."), Format.RSS, "/rss.xml?tag=.."),
        (Scope(ScopeKind.AUTHOR, "a//b"), Format.HTML, "/?author=a%2F%2Fb"),
        (Scope(ScopeKind.CATEGORY, "/"), Format.JSON, "/feed.json?category=%2F"),
    ],
)
def test_each_scope_has_one_address_in_each_format(scope: Scope, format_: str, path: str) -> None:
    assert path_of(scope, format_) == path


@pytest.mark.parametrize(
    ("target", "canonical"),
    [
        ("/rss.xml?utm_source=x", "/rss.xml"),
        ("/rss.xml?limit=20&page=1&content=full", "/rss.xml"),
        ("/rss.xml?page=2&limit=5&content=none", "/rss.xml?content=none&limit=5&page=2"),
        ("/rss.xml?tag=a", "/tags/a/rss.xml"),
        ("/rss.xml?author=c&tag=b&tag=a&not_tag=d", "/authors/c/rss.xml?tag=a&tag=b&not_tag=d"),
        ("/rss.xml?tag=..&page=2", "/rss.xml?tag=..&page=2"),
        ("/tags/../atom.xml", "/atom.xml?tag=.."),
        ("/tags/a", "/tags/a/"),
        ("/tags/a/?category=b%26c+d", "/tags/a/?category=b%26c+d"),
        ("/rss.xml?limit=999", "/rss.xml?limit=200"),
        ("/rss.xml?until=0999-1-2", "/rss.xml?until=0999-01-02"),
    ],
)
def test_every_spelling_of_a_request_has_one_address(target: str, canonical: str) -> None:
    assert url_of(ask(target), DEFAULTS) == canonical


def test_what_the_settings_say_is_left_out_of_addresses() -> None:
    options = Settings(limit=5, content=Content.NONE)

    assert url_of(replace(HOME, limit=5, content=Content.NONE), options) == "/"
    assert url_of(HOME, options) == "/?content=full&limit=20"


@pytest.mark.parametrize(
    ("path", "address"),
    [
        ("2024-01-02-a.md", "/posts/2024-01-02-a/"),
        ("news/2024/港 a.b.html", "/posts/news/2024/%E6%B8%AF%20a.b/"),
        ("a?b#c%.md", "/posts/a%3Fb%23c%25/"),
        ("README", "/posts/README/"),
    ],
)
def test_the_address_of_a_post_is_its_path_without_the_suffix(path: str, address: str) -> None:
    assert post_path_of(path) == address


# --- there and back ------------------------------------------------------------------------------

NAMES = st.text(max_size=20).map(clean_name).filter(bool)
SCOPES = st.builds(Scope, st.sampled_from([kind for kind in ScopeKind if kind is not ScopeKind.ALL]), NAMES)
ANY_FORMAT = st.sampled_from([*FORMATS, Format.HTML])


@st.composite
def requests(draw: st.DrawFn) -> FeedRequest:
    """A request in canonical form: filters in their order, and no filter of one name where the scope is everything."""
    scope = draw(st.just(Scope()) | SCOPES)
    assume(scope.kind is ScopeKind.ALL or is_segment(scope.name))
    least = 2 if scope.kind is ScopeKind.ALL else 1
    filters = []
    for kind, exclude in FILTERS.values():
        names = draw(st.none() | st.sets(NAMES, min_size=1 if exclude else least, max_size=3))
        if names:
            filters.append(Filter(kind, tuple(sorted(names)), exclude))
    return FeedRequest(
        scope,
        draw(ANY_FORMAT),
        draw(st.integers(1, MAX_LIMIT)),
        draw(st.sampled_from(Content)),
        draw(st.integers(1, MAX_PAGE)),
        tuple(filters),
    )


@given(request=requests(), limit=st.integers(1, MAX_LIMIT), content=st.sampled_from(Content))
@ANYTHING
def test_a_canonical_request_is_read_back_from_its_address(request: FeedRequest, limit: int, content: Content) -> None:
    options = Settings(limit=limit, content=content)

    assert ask(url_of(request, options), options) == request


@given(scope=SCOPES | st.sampled_from(["..", ".", "/", "a//b", "../x"]).map(lambda name: Scope(ScopeKind.TAG, name)))
@ANYTHING
def test_a_scope_is_read_back_from_its_address_in_every_format(scope: Scope) -> None:
    read = {format_: ask(path_of(scope, format_)) for format_ in (*FORMATS, Format.HTML)}

    assert {format_: (request.scope, request.format) for format_, request in read.items()} == {
        format_: (scope, format_) for format_ in (*FORMATS, Format.HTML)
    }


PIECES = st.sampled_from(
    ["/", "tags", "categories", "rss.xml", "feed.json", "..", ".", "a", "港", "\0", "%2F"]
) | st.text(max_size=3)
PARAMETERS = st.sampled_from([*FILTERS, "limit", "page", "content", "x"])
QUERIES = st.lists(st.tuples(PARAMETERS, st.text("a0149.%/+ é-", max_size=4))).map(
    lambda pairs: "&".join(f"{name}={value}" for name, value in pairs)
)


@given(path=st.lists(PIECES).map("".join), query=QUERIES | st.text())
@ANYTHING
def test_any_address_is_a_request_or_refused(path: str, query: str) -> None:
    try:
        request = parse(path, query, DEFAULTS).request
    except (BadRequest, NotFound):
        return

    assert url_of(request, DEFAULTS).isascii()


@given(path=st.sampled_from(["/rss.xml", "/", "/tags/a/", "/authors/b/feed.json", "/tags/.."]), query=QUERIES)
@ANYTHING
def test_a_canonical_address_is_its_own(path: str, query: str) -> None:
    try:
        request = parse(path, query, DEFAULTS).request
    except BadRequest:
        return
    assume(is_segment(request.scope.name) or not any(not chosen.exclude for chosen in request.filters))

    canonical = url_of(request, DEFAULTS)

    assert url_of(ask(canonical), DEFAULTS) == canonical


def test_each_format_has_a_file() -> None:
    assert set(formats_by_file().values()) == {*FORMATS, Format.HTML}
