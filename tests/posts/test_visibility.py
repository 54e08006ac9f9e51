"""Which front matter keeps a post out of sight, and what is told of it."""

from __future__ import annotations

from typing import Any

import pytest

from feedsvc.errors import PostError
from feedsvc.models import Level
from feedsvc.posts.front_matter import split
from feedsvc.posts.visibility import find_reason, is_known


def values_of(front: str) -> dict[str, Any]:
    return dict(split(f"---\n{front}\n---\nText\n".encode()).values)


HIDING = [
    "draft: true", "Draft: True", "DRAFT: yes", "draft: on", "draft: 1", 'draft: "true"', "draft: [true]",
    "isDraft: true", "is_draft: true", "draft: soon", "draft: [[]]", "draft: {a: b}",
    "status: draft", "STATUS: Draft", "status: PRIVATE", "status: hidden", "status: skip", "status: pending",
    "status: trash", "status: auto-draft", "status: Auto Draft", "status: [draft]", "status: ' draft '",
    "published: false", "Published: No", "publish: off", "feed: 0", "rss: 'false'", "RSS: [no]", "published: 0.0",
    "unlisted: true", "hidden: yes", "private: on", "secret: 1", "encrypted: true", "exclude_from_rss: true",
    "excludeFromRss: true", "exclude-from-rss: yes", "eleventyExcludeFromCollections: true", "headless: true",
    "password: x", "Password: 1234", "post_password: x", "postPassword: 0", "password: [a, b]",
    "visibility: members", "Visibility: Private", "visibility: [paid]", "visibility: unlisted",
    "build: {list: never}", "_build: {list: false}", "Build: {List: Never}", "build.list: never",
    "build: {list: local}", "_build: {list: Local, render: never}", "build: {list: [local]}",
    "feed: {enable: false}", "rss: {enabled: no}", "feed: {exclude: true}", "dg-publish: false", "dgPublish: no",
    "dg_publish: 'false'", "article: false", "Article: off",
    "params: {hidden: true}", "extra: {unlisted: true}",
]  # fmt: skip


@pytest.mark.parametrize("front", HIDING)
def test_post_is_hidden(front: str) -> None:
    reason = find_reason(values_of(front))

    assert reason
    assert reason.level is not Level.ERROR


SHOWING = [
    "draft: false", "Draft: No", "draft: 0", "draft: ''", "draft:", "draft: []", "draft: [false]", 'draft: "false"',
    "status: publish", "status: Published", "status: draft-ready", "status: 200", "published: true", "published:",
    "published: 2024-01-01", "publish: yes", "feed: true", "feed: {excerpt_only: true}", "feed: {enable: true}",
    "feed: /feed.xml", "rss: 1",
    "unlisted: false", "hidden: no", "private: off", "secret: 0", "encrypted: false", "headless: false",
    "password: ''", "password:", "password: false", "password: none", "post_password: ''",
    "visibility: public", "visibility: PUBLIC", "visibility:", "visibility: [public, members]", "visibility: true",
    "build: {list: always}", "build: {list: always, render: never}", "dg-publish: true",
    "dg-pinned: false",
    "article: true", "article: https://a.example/", "email_only: false", "render: never", "local: true",
    "build: never", "_build: {}",
    "hideMeta: true", "hideToc: true", "ShowToc: false", "hide_comments: true", "hiddenInHomeList: true",
    "hide: [navigation, toc]", "hide: toc", "hidden_title: true", "secret_sauce: true", "privacy: true",
    "tags: [draft, hidden, private]", "category: secret", "title: hidden", "layout: draft", "params: {hideMeta: true}",
    "showHidden: true", "noindex: true", "protect: maybe", "membership: true", "published_in: false",
]  # fmt: skip


@pytest.mark.parametrize("front", SHOWING)
def test_post_is_shown(front: str) -> None:
    assert find_reason(values_of(front)) is None


@pytest.mark.parametrize(
    "front",
    [
        "hide: true", "Hide: yes", "invisible: 1", "members_only: true", "membersOnly: on", "members-only: 'true'",
        "confidential: true", "isPrivate: true", "is_hidden: yes", "hide_post: true", "unpublished: true",
        "hideFromFeed: true", "no_feed: true", "encrypt: true", "public: false", "visible: no", "listed: off",
        "extra: {hide: true}", "params: {members_only: true}", "status: unlisted", "status: Encrypted",
    ],
)  # fmt: skip
def test_unknown_key_that_says_hidden_hides_with_an_error(front: str) -> None:
    reason = find_reason(values_of(front))

    assert reason
    assert (reason.level, reason.message[:7]) == (Level.ERROR, "unknown")


@pytest.mark.parametrize("front", ["hide: false", "invisible: no", "members_only: 0", "public: true", "visible: yes"])
def test_unknown_key_that_says_shown_hides_nothing(front: str) -> None:
    assert find_reason(values_of(front)) is None


@pytest.mark.parametrize("key", ["password", "post_password", "Password"])
def test_password_is_told_of_and_not_told(key: str) -> None:
    reason = find_reason({key: "kaimen"})

    assert reason
    assert (reason.text, reason.level) == (f"{key}: set", Level.HINT)
    assert "kaimen" not in reason.message


@pytest.mark.parametrize(
    ("front", "text"),
    [
        ("Draft: true", "Draft: true"),
        ("status: PRIVATE", "status: PRIVATE"),
        ("_build: {list: never}", "_build.list: never"),
        ("hidden: {home: true}", "hidden: a dict"),
    ],
)
def test_reason_is_the_key_and_its_value(front: str, text: str) -> None:
    reason = find_reason(values_of(front))

    assert reason
    assert reason.text == text


@pytest.mark.parametrize("front", ["draft: true", "status: pending", "isDraft: yes", "status: auto-draft"])
def test_drafts_are_shown_on_demand(front: str) -> None:
    assert find_reason(values_of(front), with_drafts=True) is None


@pytest.mark.parametrize("front", ["draft: true\nhidden: true", "status: private", "status: hidden", "password: x"])
def test_drafts_on_demand_show_nothing_else(front: str) -> None:
    assert find_reason(values_of(front), with_drafts=True)


@pytest.mark.parametrize(
    "front",
    ["hidden: true", "private: true", "unlisted: true", "status: draft", "visibility: members", "hide: true",
     "feed: false", "publish: false", "Draft: true", "draft: 'true'", "build: {list: never}", "published: true"],
)  # fmt: skip
def test_on_a_jekyll_site_other_generators_words_hide_nothing(front: str) -> None:
    assert find_reason(values_of(front), is_jekyll=True) is None


@pytest.mark.parametrize("front", ["password: x", "post_password: x", "encrypted: true", "Password: x"])
def test_on_a_jekyll_site_what_is_protected_is_left_out_and_told(front: str) -> None:
    reason = find_reason(values_of(front), is_jekyll=True)

    assert reason
    assert reason.level is Level.HINT


def test_known_keys_are_known_in_any_letter_case() -> None:
    keys = ("draft", "Draft", "isDraft", "exclude_from_rss", "_build", "hide", "hideMeta", "title")

    assert [key for key in keys if is_known(key)] == list(keys[:6])


def test_broken_front_matter_hides_nothing_by_itself() -> None:
    with pytest.raises(PostError):
        values_of("draft: [")
