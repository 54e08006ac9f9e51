"""Names: how they are compared, their slugs, and the scopes a post is in because of them."""

import sys
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.models import Author, Post, Scope, ScopeKind
from feedsvc.names import FOLDERS, Folder, fold, labels_of, scopes_of, slug, to_spellings
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


def test_names_are_found_by_folding_and_by_slug() -> None:
    table = to_spellings(["Big Data", "Rust"])

    assert table == {"big data": "Big Data", "big-data": "Big Data", "rust": "Rust"}


def test_a_slug_two_names_share_leads_to_neither() -> None:
    assert to_spellings(["C", "C++"]) == {"c": "C", "c++": "C++"}


def test_a_name_without_letters_is_found_by_itself_alone() -> None:
    assert to_spellings(["🚀"]) == {"🚀": "🚀"}


def test_a_slug_two_names_share_is_in_no_table() -> None:
    assert "a-b" not in to_spellings(["A b", "A/b"])


def test_of_names_that_differ_in_case_the_first_in_order_wins() -> None:
    assert {to_spellings(names)["rust"] for names in (["rust", "Rust", "RUST"], ["RUST", "Rust", "rust"])} == {"RUST"}


def test_the_order_of_names_makes_no_difference() -> None:
    names = ["a b", "A-B", "c", "C", "ｃ"]

    assert to_spellings(names) == to_spellings(reversed(names))


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
    monkeypatch.setitem(FOLDERS, "paths", Folder(ScopeKind.TAG, lambda post: [post.path]))

    assert scopes_of(POST)[-1] == Scope(ScopeKind.TAG, "a.md")


@given(text=st.text())
@ANYTHING
def test_folding_and_slugs_are_final(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert slug(slug(text)) == slug(text)


def test_every_character_folds_for_good() -> None:
    folded = {char: fold(char) for char in map(chr, range(0, sys.maxunicode, 7))}

    assert [char for char, once in folded.items() if fold(once) != once] == []


@given(names=st.sets(NAMES, max_size=6))
@ANYTHING
def test_every_name_is_found_up_to_its_case(names: set[str]) -> None:
    table = to_spellings(names)

    assert all(fold(table[fold(name)]) == fold(name) for name in names)
