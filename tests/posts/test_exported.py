"""Front matter that a body of MDX exports."""

import pytest

from feedsvc.posts.exported import take_exported
from feedsvc.posts.front_matter import split
from feedsvc.posts.parser import parse
from feedsvc.settings import Settings


@pytest.mark.parametrize(
    "body",
    [
        'export const metadata = {\n  title: "A: b",\n  date: "2024-05-01",\n  tags: ["x", "y"],\n};\n\nWords.',
        "import a from 'b'\n\nexport const meta = {title:'A: b',date:'2024-05-01',tags:['x','y']}\n\nWords.",
        """export const metadata: Metadata = {
            title: `A: b`, // it
            date: new Date("2024-05-01"), tags: ["x", 'y'],
        }""",
        """export const metadata = {
            /* c */ "title": "A: b", n: -1.5, a: null, b: {c: true}, "date": "2024-05-01", tags: ["x", "y"]
        }""",
    ],
)
def test_exported_constant_is_front_matter(body: str) -> None:
    post = parse("a.mdx", body.encode(), Settings()).post

    assert post is not None
    assert (post.title, post.tags, f"{post.published:%Y-%m-%d}") == ("A: b", ("x", "y"), "2024-05-01")


def test_exported_draft_is_hidden() -> None:
    body = 'export const metadata = {\n  title: "A",\n  publishDate: "2024-05-01",\n  draft: true,\n}\n\nWords.'

    assert parse("a.mdx", body.encode(), Settings()).post is None


@pytest.mark.parametrize(
    "text",
    [
        '---\ntitle: B\n---\nexport const metadata = {title: "A"}',
        "export const metadata = {title: make('A'), ...other}",
        'export const metadata = {title: name, date: "2024-05-01"}',
        "export const metadata = {...other, title: 'A'}",
        'export const other = {title: "A"}',
        'export const metadata = {title: "A"',
        "Write `export const metadata = {title: 'A'}` there.",
    ],
)
def test_other_text_is_no_front_matter(text: str) -> None:
    source = split(text.encode())

    assert take_exported(source) == source


@pytest.mark.parametrize("part", ["{", '{"', "a:", "//", "/*", "`", "'", "{a:{"])
def test_long_constant_is_left(part: str) -> None:
    source = split(f"export const meta = {{{part * 30_000}".encode())

    assert take_exported(source) == source
