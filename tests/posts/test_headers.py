"""Headers without fences, as Pelican and Nikola have them, and prose that only looks like one."""

from __future__ import annotations

import pytest

from feedsvc.posts.headers import find_header, find_wrong_fence

PELICAN = "Title: A pier\nDate: 2024-02-14 10:20\nTags: pier, summer\nAuthors: Ann Lee, Bob Ray\n"


def test_pelican_header_is_read_whole() -> None:
    header = find_header(f"{PELICAN}\nText: here.\n")

    assert header
    assert header.values == {
        "title": "A pier",
        "date": "2024-02-14 10:20",
        "tags": ["pier", "summer"],
        "authors": ["Ann Lee", "Bob Ray"],
    }


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("Title: A\nDate: 2024-01-01\n\nText.\n", "\nText.\n"),
        ("Title: A\n \nText.\n", " \nText.\n"),
        ("Title: A\nStatus: draft", ""),
        ("Title: A\nDate: 2024-01-01\n---\nText.\n", "Text.\n"),
        ("title: A\ndate: 2024-01-01\n---", ""),
        ("Title: A\nDate: 2024-01-01\n...\n\nText.\n", "\nText.\n"),
        (".. title: A\n.. slug: a\n\nText.\n", "\n\nText.\n"),
        ("<!--\n.. title: A\n.. date: 2024-01-01\n-->\n\nText.\n", "\n\nText.\n"),
        ("\n<!-- .. title: A\n.. slug: a -->\nText.\n", "\nText.\n"),
    ],
)
def test_body_begins_after_the_header(text: str, body: str) -> None:
    header = find_header(text)

    assert header
    assert text[header.end :] == body


@pytest.mark.parametrize(
    ("text", "key", "value"),
    [
        ("TITLE: A\n\n", "title", "A"),
        ("title:A\n\n", "title", "A"),
        ("  Title: A\n\n", "title", "A"),
        ("Title: A\nSummary: one\n    two\n\tthree\n\n", "summary", "one two three"),
        ("Title: A\nTags: a; b, c\n\n", "tags", ["a", "b, c"]),
        ("Title: A\nTags: a\nTags: b\n\n", "tags", ["a", "b"]),
        ("Title: A\nAuthors: Lee, Ann; Ray, Bob\n\n", "authors", ["Lee, Ann", "Ray, Bob"]),
        ("Title: A: b\nMood: fine\n\n", "mood", "fine"),
        ("Title: A\nSummary:\n\n", "summary", ""),
        ("Status: draft\n\nText\n", "status", "draft"),
        (".. title: A\n.. tags: a, b\n.. link:\n\n", "tags", ["a", "b"]),
        ("<!--\n.. title: A\n\n.. status: private\n-->\n", "status", "private"),
    ],
)
def test_value_of_a_header_is_read(text: str, key: str, value: object) -> None:
    header = find_header(text)

    assert header
    assert header.values[key] == value


@pytest.mark.parametrize(
    "text",
    [
        "Note: bring a hat.\n\nText.\n",
        "Note: bring a hat.\nTitle: not here\n\nText.\n",
        "Summary: this week was long.\n\nText.\n",
        "Title: A\nand this is prose.\n\nText.\n",
        "Date: whenever you like\n\nText.\n",
        "Status: all is well so far.\n\nText.\n",
        "https://example.org/\n\nText.\n",
        "Link: see below\nPlace: Rome\nWeather: fine\n\nText.\n",
        "\nTitle: A\n\nText.\n",
        "# Title: A\n\nText.\n",
        "- Title: A\n\nText.\n",
        "Q: What?\nA: That.\n\n",
        "<!-- more -->\n\nText\n",
        "<!--\n.. title: A\nand prose\n-->\nText\n",
        "<!--\n.. title: A\n\nText\n",
        ".. note: this\n\nText\n",
        ".. figure:: a.png\n\nText\n",
        "Text.\n\nTitle: A\n",
        "Title: A\n" * 201 + "\n",
        ".. title: A\n" * 201 + "\n\n",
    ],
)
def test_prose_is_no_header(text: str) -> None:
    assert find_header(text) is None


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("--\ntitle: A\ndate: 2024-01-01\n--\nText\n", 1, "opens with '--': write ---"),
        ("—\ntitle: A\n—\nText\n", 1, "opens with '—': write ---"),
        ("\n\n—-\ntitle: A\ntags:\n- b\n—-\nText\n", 3, "opens with '—-': write ---"),
        ("–\ndraft: true\n---\nText\n", 1, "opens with '–': write ---"),
        ("title: A\ntags:\n- b\n---\nText\n", 1, "never opened: write --- above it"),
        ("title: A\ndate: 2024-01-01\ntags:\n  - b\n\n---\n\nText\n", 1, "never opened: write --- above it"),
    ],
)
def test_front_matter_without_its_fences_is_told(text: str, line: int, message: str) -> None:
    error = find_wrong_fence(text)

    assert error
    assert (str(error), error.line) == (f"front matter: {message}", line)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "—\n",
        "--\nText\n--\n",
        "—\n\ntitle: A\n—\n",
        "— he said\ntitle: A\n—\n",
        "A heading\n---\ntitle: A\n---\n",
        "Note: this\n- a\n---\nText\n",
        "Title: A\n- a\n\nText\n",
        "Text\ntitle: A\n---\n",
        "Title: A\nBy me.\n\nText.\n\n---\n\nMore text.\n",
        "—\ntitle: A\nis what he wrote.\n—\n",
        "- title: A\n- date: b\n---\n",
        "```yaml\ntitle: A\n```\nText\n",
        "--\n" + "title: A\n" * 201 + "--\n",
    ],
)
def test_other_text_has_no_slip(text: str) -> None:
    assert find_wrong_fence(text) is None
