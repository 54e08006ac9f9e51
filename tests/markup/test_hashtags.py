"""Tags that the text of a note names: `#garden`."""

import pytest

from feedsvc.markup.hashtags import find_hashtags


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("Today #daily and\n#garden/herbs, #a_b-c.", ["daily", "garden/herbs", "a_b-c"]),
        ("#käse #日本 #हिन्दी #y1984 #🌱", ["käse", "日本", "हिन्दी", "y1984", "🌱"]),
        ("读 #短讯，今天", ["短讯"]),
        ("# A heading #news", ["news"]),
        ("> - #quoted", ["quoted"]),
        ("| a | #cell |", ["cell"]),
        ("#one #One #one", ["one", "One", "one"]),
        ("#a/b/ #a.b #foo#bar", ["a/b", "a", "foo"]),
        ("It costs $5 #cheap and $6", ["cheap"]),
        ("A `code` #x and ``a ` #no`` #y", ["x", "y"]),
        ("a ` b #x\n\nc ` d", ["x"]),
        ("- item\n\n    #in-item", ["in-item"]),
        ("- a ` b #x\n- c ` d", ["x"]),
        ("a ` b #x\n# c ` d", ["x"]),
        (r"a \` b #x ` c", ["x"]),
    ],
)
def test_tags_of_a_text_are_found(text: str, tags: list[str]) -> None:
    assert find_hashtags(text) == tags


@pytest.mark.parametrize(
    "text",
    [
        "# Heading",
        "## #",
        "#1984 and #42.",
        "C# and a#b and (#c)",
        r"\#escaped",
        "`#code`",
        "a `multi\n#line` b",
        "```\n#fenced\n```",
        "~~~sh\n#fenced",
        "    #indented",
        "[see #this](https://example.org/ #that)",
        "[[Note #part]] and [[note|a #label]] and ![[a.png| #x]]",
        "https://example.org/#frag and <https://example.org/ #x>",
        '<a href="x" title=" #x">y</a>',
        "$a #b$ and\n\n$$\nx #y\n$$",
        "a %% #hidden %% b",
        "<!-- #hidden -->",
        "&#39; #! #, #- #/",
        "`a`#b",
    ],
)
def test_other_signs_are_no_tags(text: str) -> None:
    assert find_hashtags(text) == []


@pytest.mark.parametrize("part", ["`a ``b ", "[[", "[a](", "<", "$ $", "#", " #a"])
def test_floods_of_signs_take_linear_time(part: str) -> None:
    text = part * (400_000 // len(part))

    assert len(find_hashtags(text)) == text.count(" #a")
