"""The table [podcast]: what it may say, and what is refused with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedsvc.errors import SettingError
from feedsvc.podcast_settings import CATEGORIES, Show, read_show
from feedsvc.setting_sources import from_toml
from feedsvc.settings import Settings, showing_fingerprint


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Technology", [("Technology", "")]),
        ("technology", [("Technology", "")]),
        ("Documentary", [("Society & Culture", "Documentary")]),
        ("Society & Culture > Documentary", [("Society & Culture", "Documentary")]),
        ("Society & Culture: Documentary", [("Society & Culture", "Documentary")]),
        (["Arts", "TV & Film / TV Reviews"], [("Arts", ""), ("TV & Film", "TV Reviews")]),
    ],
)
def test_categories_are_read(written: object, expected: list[tuple[str, str]]) -> None:
    assert read_show({"category": written}).categories == tuple(expected)


@pytest.mark.parametrize("category", sorted(CATEGORIES))
def test_every_category_is_read_by_its_own_name(category: str) -> None:
    assert read_show({"category": category}).categories == ((category, ""),)


def test_there_are_as_many_categories_as_apple_has() -> None:
    assert (len(CATEGORIES), sum(map(len, CATEGORIES.values()))) == (19, 91)


@pytest.mark.parametrize(
    ("toml", "message"),
    [
        ("category = 'Tecnology'", ("podcast: category: 'Tecnology': must be one of Apple's categories, such as"
         " 'Technology' or 'Arts > Books'; is 'Technology' meant?")),
        ("category = ['Arts', 'Music', 'News', 'History']", "must be at most 3 categories"),
        ("email = 'li'", "podcast: email: 'li': must be an e-mail address"),
        ("image = 'cover.jpg'", "podcast: image: 'cover.jpg': must be a URL like"),
        ("explicit = 'perhaps'", "podcast: explicit: 'perhaps': must be true or false"),
        ("owner = {mail = 'li@example.org'}", "podcast: owner: {'mail': 'li@example.org'}: must be text"),
        ("type = 'daily'", "podcast: type: 'daily': must be one of episodic, serial"),
        ("funding = 'me'", "podcast: funding: 'me': must be a URL"),
        ("guid = '1'", "podcast: guid: '1': must be a UUID"),
        ("author = 1", "podcast: author: 1: must be text"),
        ("title = 'x'", ("podcast: 'title': unknown; known are author, owner, email, image, category, explicit, type,"
         " locked, funding, guid")),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_the_reason(toml: str, message: str) -> None:
    with pytest.raises(SettingError) as error:
        from_toml(f"[podcast]\n{toml}", Path("feedsvc.toml"))

    assert message in str(error.value)
    assert str(error.value).startswith("feedsvc.toml: podcast: ")


def test_value_that_is_no_table_is_refused() -> None:
    with pytest.raises(SettingError, match="podcast: must be a table"):
        from_toml("podcast = true", Path("feedsvc.toml"))


def test_feeds_change_with_the_table() -> None:
    assert showing_fingerprint(Settings()) != showing_fingerprint(Settings(podcast=Show(author="Li")))


@pytest.mark.parametrize(
    "toml",
    [
        "owner = 'Li'\nemail = 'li@example.org'",
        "owner = 'Li <li@example.org>'",
        "owner = {name = 'Li', email = 'li@example.org'}",
        "[podcast.owner]\nname = 'Li'\nemail = 'li@example.org'",
    ],
)
def test_owner_may_be_written_in_several_ways(toml: str) -> None:
    (show,) = (given.value for given in from_toml(f"[podcast]\n{toml}", Path("feedsvc.toml")).values())

    assert show == Show(owner="Li", email="li@example.org")


@pytest.mark.parametrize(("written", "expected"), [(True, True), ("yes", True), ("no", False), ("clean", False)])
def test_explicit_is_read_as_in_front_matter(written: object, expected: bool) -> None:  # noqa: FBT001 - a row
    assert read_show({"explicit": written}).explicit is expected
