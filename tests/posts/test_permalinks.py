"""Ids: what changes them, and what must not."""

import unicodedata
from dataclasses import replace
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.models import Author, Post, Scope, ScopeKind
from feedsvc.posts.permalinks import url_of_post
from feedsvc.publishing.ids import entry_id, feed_id
from feedsvc.settings import Settings

NOW = datetime(2024, 1, 2, tzinfo=UTC)
POST = Post("news/2024-01-02-a.md", "A", NOW, NOW)
DEFAULTS = Settings()


@pytest.mark.parametrize(
    "guid",
    [
        "https://example.org/2024/a?b=c#d",
        "http://例子.example/新闻",
        "urn:uuid:8d5d6d3e-1c1a-5d8a-9f0a-0123456789ab",
        "tag:example.org,2024:a",
        "tag:x,1:1",
        "HTTPS://Example.org/A",
        "http://[::1]:8000",
        "urn:isbn:9783161484100",
    ],
)
def test_a_declared_iri_is_the_id_as_it_stands(guid: str) -> None:
    assert entry_id(replace(POST, guid=guid), DEFAULTS) == guid


@pytest.mark.parametrize(
    "guid",
    [
        *("7", "my-post", "/2024/a", "a b:c", ":a", "1a:b", "urn:<y>", "urn:", "tag:", "tag:a b", "urns:a", "xtag:a"),
        *("https:", "http://a b/", "http:a", "http:/a", "https://", "https:///a", "https://?a", "https://#a", "//a/b"),
        *("javascript:alert(1)", "JavaScript:alert(1)", "vbscript:x", "data:text/html,a", "blob:https://a/1"),
        *("file:///etc/passwd", "mailto:a@example.org", "ftp://example.org/a", "x-scheme+1.0:a", "about:blank"),
        *("https://a/\x01", "urn:a\x85b", "tag:a\u00a0b"),
    ],
)
def test_a_declared_text_that_is_no_iri_makes_a_uuid(guid: str) -> None:
    found = entry_id(replace(POST, guid=guid), DEFAULTS)

    assert found == uuid5(uuid5(NAMESPACE_URL, "feedsvc"), guid).urn


def test_a_post_without_an_id_has_a_uuid_of_its_path() -> None:
    found = entry_id(POST, DEFAULTS)

    assert found == uuid5(uuid5(NAMESPACE_URL, "feedsvc"), "news/2024-01-02-a.md").urn
    assert UUID(found).version == 5


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(replace(POST, title="B"), id="title"),
        pytest.param(replace(POST, tags=("x",), categories=("y",), authors=(Author("z"),)), id="names"),
        pytest.param(replace(POST, updated=datetime(2025, 1, 1, tzinfo=UTC)), id="updated"),
        pytest.param(replace(POST, original="https://example.org/"), id="original"),
        pytest.param(replace(POST, digest="0" * 32, size=7), id="content"),
    ],
)
def test_an_id_outlives_every_change_but_of_path_and_guid(changed: Post) -> None:
    assert entry_id(changed, DEFAULTS) == entry_id(POST, DEFAULTS)


@pytest.mark.parametrize(
    "options",
    [Settings(base_url="https://example.org"), Settings(title="B"), Settings(limit=5)],
    ids=["base url", "title", "limit"],
)
def test_ids_outlive_a_change_of_settings(options: Settings) -> None:
    assert entry_id(POST, options) == entry_id(POST, DEFAULTS)
    assert feed_id(Scope(), options) == feed_id(Scope(), DEFAULTS)


def test_another_namespace_gives_other_ids() -> None:
    options = Settings(id_namespace="blog")

    assert entry_id(POST, options) != entry_id(POST, DEFAULTS)
    assert feed_id(Scope(), options) != feed_id(Scope(), DEFAULTS)


def test_both_normal_forms_of_a_path_have_one_id() -> None:
    paths = [unicodedata.normalize(form, "Été.md") for form in ("NFC", "NFD")]

    assert len({entry_id(replace(POST, path=path), DEFAULTS) for path in paths}) == 1


def test_ids_are_the_same_in_every_version() -> None:
    assert entry_id(POST, DEFAULTS) == "urn:uuid:f7d7a270-98c3-52ef-b6a1-e4407604e8ca"
    assert feed_id(Scope(ScopeKind.TAG, "联合早报"), DEFAULTS) == "urn:uuid:e6faa7a1-7829-5325-98f0-584491eb566d"


def test_each_scope_has_a_feed_id_of_its_own() -> None:
    scopes = [Scope(), *(Scope(kind, name) for kind in list(ScopeKind)[1:] for name in ("a", "A", "..", "a/b"))]

    assert len({feed_id(scope, DEFAULTS) for scope in scopes}) == len(scopes)


@given(path=st.text(st.characters(exclude_categories=["Cs"])), guid=st.text(st.characters(exclude_categories=["Cs"])))
@settings(max_examples=100, deadline=None, derandomize=True)
def test_any_path_and_guid_make_an_absolute_iri(path: str, guid: str) -> None:
    found = entry_id(replace(POST, path=path, guid=guid), DEFAULTS)

    assert ":" in found
    assert found.split() == [found]


@pytest.mark.parametrize(
    ("suffix", "written"),
    [(".md", ".html"), (".markdown", ".html"), (".MD", ".html"), (".html", ".html"), (".htm", ".htm")],
)
def test_suffix_of_a_page_is_that_of_what_becomes_of_the_file(suffix: str, written: str) -> None:
    url = url_of_post("/:title:output_ext", f"_posts/2024-01-02-a{suffix}", "a", (), NOW)

    assert url == f"/a{written}"
