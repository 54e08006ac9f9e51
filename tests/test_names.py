"""Names: how they are compared, their slugs, and the scopes a post is in because of them."""

import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.models import Author, Post, Scope, ScopeKind
from feedsvc.names import FOLDERS, ScopeFolder, fold, labels_of, scopes_of, slug
from feedsvc.text import clean_name

NOW = datetime(2024, 1, 2, tzinfo=UTC)
NAMES = st.text(max_size=20).map(clean_name).filter(bool)
ANYTHING = settings(max_examples=150, deadline=None, derandomize=True)


@pytest.mark.parametrize(
    ("one", "other", "are_equal"),
    [
        ("Rust", "RUST", True),
        ("Straße", "STRASSE", True),
        ("Ｒｕｓｔ", "rust", True),
        ("ﬁn", "FIN", True),
        ("Σίσυφος", "ΣΊΣΥΦΟΣ", True),
        ("é", "e", False),
        ("a b", "a-b", False),
    ],
)
def test_names_that_differ_in_case_alone_fold_together(one: str, other: str, are_equal: bool) -> None:  # noqa: FBT001
    assert (fold(one) == fold(other)) is are_equal


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Hello, World!", "hello-world"),
        ("C++", "c"),
        ("联合早报 新闻", "联合早报-新闻"),
        ("a_b--c", "a-b-c"),
        ("Été", "été"),
        ("..", ""),
        ("🎉", ""),
    ],
)
def test_a_slug_is_letters_and_digits_between_hyphens(name: str, expected: str) -> None:
    assert slug(name) == expected


POST = Post("a.md", "A", NOW, NOW, (Author("x", "x@example.org"),), ("a", "b"), ("b", "c"))
A, B = (Scope(ScopeKind.TAG, name) for name in "ab")
C, X = Scope(ScopeKind.CATEGORY, "c"), Scope(ScopeKind.AUTHOR, "x")


def test_a_post_is_in_the_scope_of_all_posts_and_in_those_of_its_names() -> None:
    assert scopes_of(POST) == (Scope(), A, B, Scope(ScopeKind.CATEGORY, "b"), C, X)


def test_a_name_that_is_both_tag_and_category_is_shown_once() -> None:
    assert labels_of(POST) == (A, B, C, X)


def test_every_kind_of_scope_with_names_has_a_folder() -> None:
    assert [folder.kind for folder in FOLDERS.values()] == [kind for kind in ScopeKind if kind is not ScopeKind.ALL]


def test_a_kind_of_scope_is_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FOLDERS, "paths", ScopeFolder(ScopeKind.TAG, lambda post: [post.path], "path"))

    assert scopes_of(POST)[-1] == Scope(ScopeKind.TAG, "a.md")


@given(text=st.text())
@ANYTHING
def test_folding_and_slugs_are_final(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert slug(slug(text)) == slug(text)


def test_every_character_folds_for_good() -> None:
    folded = {char: fold(char) for char in map(chr, range(0, sys.maxunicode, 7))}

    assert [char for char, once in folded.items() if fold(once) != once] == []
