"""Which heading of a body is the title of a post without one, and what is left of the body."""

import pytest

from feedsvc.posts.headings import MAX_HEADING, find_heading

FOUND = {
    "first line": ("# A title\n\nWords.", "A title", "\nWords."),
    "blank lines before": ("\n\n# A title\nWords.", "A title", "\n\nWords."),
    "closing marks": ("# Another *real* title #\n\nWords.", "Another real title", "\nWords."),
    "link, code, strong": ("# [A](b) `c<d>` **e**\n", "A c<d> e", ""),
    "references": ("# R&amp;D &lt;b&gt;\n", "R&D <b>", ""),
    "generic type": ("# Vec<T> is\n", "Vec<T> is", ""),
    "attributes": ("# Title {#id .class}\nWords.", "Title", "Words."),
    "underlined": ("A title\n=======\n\nWords.", "A title", "\nWords."),
    "of HTML": ("<h1 class='x'>A <em>title</em></h1>\n<p>Words.</p>", "A title", "<p>Words.</p>"),
    "after a comment": ("<!-- made by x -->\n# A title\nWords.", "A title", "<!-- made by x -->\nWords."),
    "after imports": ('import A from "a"\n\n# A title\nWords.', "A title", 'import A from "a"\n\nWords.'),
    "after a picture": ("![x](y.png)\n\n# A title\n\nWords.", "A title", "![x](y.png)\n\n\nWords."),
    "with parts below": ("# A title\n\n## Part\n\n# Again\n", "A title", "\n## Part\n\n# Again\n"),
    "Windows' blanks": ("   #\tA title\nWords.", "A title", "Words."),
}


@pytest.mark.parametrize(("body", "title", "rest"), FOUND.values(), ids=FOUND.keys())
def test_first_heading_is_the_title_and_leaves_the_body(body: str, title: str, rest: str) -> None:
    heading = find_heading(body)

    assert heading
    assert (heading.title, heading.remove_from(body)) == (title, rest)


@pytest.mark.parametrize(
    "body",
    [
        "Only words.\n\n## A part\n",
        "## A part\n\n# Title\n",
        "#hashtag first\n",
        "\\# Not a heading\n",
        "```sh\n# a comment\n```\nWords.",
        "    # code\n\nWords.",
        "Words.\n\n# One\n\nWords.\n\n# Two\n",
        "Words.\n\n```\n# one\n```\n",
        "<!-- # hidden\n",
        "#\n\nWords.",
        f"# {'x' * (MAX_HEADING + 1)}\n",
        "",
        "Words.\n\n---\n\nMore words.\n",
    ],
)
def test_other_bodies_have_no_title(body: str) -> None:
    assert find_heading(body) is None


@pytest.mark.parametrize("body", ["# " + "*" * 100_000, "#" * 100_000, "<!--" * 30_000, "x\n# " * 10_000])
def test_long_bodies_take_linear_time(body: str) -> None:
    assert find_heading(body) is None
