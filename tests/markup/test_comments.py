"""Hidden text leaves a body, whole and in every syntax; code and text that only looks like it stay."""

from __future__ import annotations

import re
import sys
import time
from typing import TYPE_CHECKING

import pytest
from counting import count_calls

from feedsvc.markup.comments import MAX_LINES, MAX_SIGNS, may_hide, strip_comments

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

COMMENTS = {
    "kramdown": ("{::comment}", "{:/comment}"),
    "kramdown, short": ("{::comment}", "{:/}"),
    "Obsidian": ("%%", "%%"),
    "MDX": ("{/* ", " */}"),
    "MDX, dense": ("{/*", "*/}"),
    "Hugo": ("{{< comment >}}", "{{< /comment >}}"),
    "Hugo, percent": ("{{% comment %}}", "{{% /comment %}}"),
    "Hugo, template": ("{{/* ", " */}}"),
    "Liquid": ("{% comment %}", "{% endcomment %}"),
    "Liquid, trimmed": ("{%- comment -%}", "{%- endcomment -%}"),
}
PLACES = {
    "in a line": ("Before {} after.", "Before  after."),
    "a line": ("Before.\n{}\nAfter.", "Before.\nAfter."),
    "a paragraph": ("Before.\n\n{}\n\nAfter.", "Before.\n\n\nAfter."),
    "first": ("{}\n\nAfter.", "\nAfter."),
    "last": ("Before.\n\n{}", "Before.\n\n"),
    "quotation": ("> Before {} after.\n> More.", "> Before  after.\n> More."),
    "line of a quotation": ("> Before.\n> {}\n> After.", "> Before.\n> After."),
    "list": ("- Before {} after.\n- More.", "- Before  after.\n- More."),
    "in an item": ("- Before.\n\n  {}\n\n- More.", "- Before.\n\n\n- More."),
    "table": ("| a | b |\n|---|---|\n| {} | c |", "| a | b |\n|---|---|\n|  | c |"),
    "heading": ("# Before {} after\n\nText.", "# Before  after\n\nText."),
    "emphasis": ("*Before {} after*", "*Before  after*"),
    "after code": ("`x` {} `y`", "`x`  `y`"),
    "after a fence in both": ("- > ```\n  > x\n  > ```\n\n{}\nAfter.", "- > ```\n  > x\n  > ```\n\nAfter."),
    "after a quotation in an item": ("- > ```\n  > x\n- {} after.", "- > ```\n  > x\n-  after."),
    "after a fence": ("```\nx\n```\n{}\nAfter.", "```\nx\n```\nAfter."),
    "beside an open tick": ("5` long {} and on.\n\nA ` more.", "5` long  and on.\n\nA ` more."),
}
HIDDEN = {
    "word": "hush",
    "lines": "hush\nhush",
    "paragraphs": "\nhush\n\n- hush\n",
    "fence": "\n```\nhush\n```\n",
    "open fence": "\n```\nhush\n",
    "tick": "hush ` hush",
    "picture": "![hush](hush.png)",
    "another": "hush <!-- hush --> hush",
}


@pytest.mark.parametrize("hidden", HIDDEN.values(), ids=HIDDEN)
@pytest.mark.parametrize(("shape", "left"), PLACES.values(), ids=PLACES)
@pytest.mark.parametrize(("opening", "closing"), COMMENTS.values(), ids=COMMENTS)
def test_comment_is_left_out(opening: str, closing: str, shape: str, left: str, hidden: str) -> None:
    text = shape.format(f"{opening}{hidden}{closing}")
    if hidden == HIDDEN["tick"] and "`" in shape:
        pytest.skip("code begins before the comment, and ends in it")
    if opening == "%%" and hidden == HIDDEN["open fence"] and not shape.startswith(("{}", "Before.\n")):
        pytest.skip("a fence that is never closed hides the end of what does not begin a line")

    found = strip_comments(text)

    assert (found.text.replace(" ", ""), found.hints) == (left.replace(" ", ""), ())


CODE = {
    "fence": "```\n{}\n```\n",
    "tildes": "~~~ text\n{}\n~~~\n",
    "open fence": "Text.\n\n```\n{}\n",
    "fence in a quotation": "> ```\n> {}\n> ```\n",
    "fence in an item": "1. Text\n\n   ```\n   {}\n   ```\n",
    "longer fence": "````\n```\n{}\n````\n",
    "fence in a quotation in an item": "- > ```\n  > {}\n  > ```\n",
    "fence in a quotation in a second item": "1. Text\n1. > ~~~\n   > {}\n   > ~~~\n",
    "fence in an item in a quotation in an item": "- > 1. ```\n  >    {}\n  >    ```\n",
    "indented in a quotation in an item": "- > Text.\n  >\n  >     {}\n",
    "indented, first in an item": "-     {}\n",
    "indented": "Text.\n\n    {}\n",
    "indented by a tab": "Text.\n\n\t{}\n",
    "indented, first": "    {}\n",
    "indented in an item": "- Text.\n\n      {}\n",
    "indented in a quotation": "> Text.\n>\n>     {}\n",
    "inline": "Use `{}` so.",
    "inline, two ticks": "Use ``a ` {}`` so.",
    "inline, across lines": "Use `a\n{}` so.",
    "pre": "<pre>\n{}\n</pre>\n",
    "code": "Use <code>{}</code> so.",
    "script": "<script>\n{}\n</script>\n",
    "raw": "{{% raw %}}{}{{% endraw %}}",
    "highlight": "{{% highlight jsx %}}\n{}\n{{% endhighlight %}}\n",
    "Hugo's highlight": "{{{{< highlight go >}}}}\n{}\n{{{{< /highlight >}}}}\n",
    "codeblock": "{{% codeblock lang:js %}}\n{}\n{{% endcodeblock %}}\n",
}


@pytest.mark.parametrize("shape", CODE.values(), ids=CODE)
@pytest.mark.parametrize(("opening", "closing"), COMMENTS.values(), ids=COMMENTS)
def test_code_stays(opening: str, closing: str, shape: str) -> None:
    text = shape.format(f"{opening}shown{closing}")

    assert strip_comments(text).text == text


@pytest.mark.parametrize(
    "text",
    [
        "50%% of 20%% stays.",
        "From 50 %% to nothing.",
        "100%%\n\n20%%",
        "A %%% rule %%% here.",
        "The %% sign.\n\n```python\n%%time\n```\n\nThe end.",
        "Globs: src/{a,b}/*.js and {/*,x}.",
        "In C: {/* none */ x(); }",
        "h = {:b=>2} and {:ok, value} and {:.class}",
        "{::options key='v' /} and {::nomarkdown}shown{:/}",
        "{{</* comment */>}}shown{{</* /comment */>}}",
        "{{< figure src='a.png' >}} and {{% notice %}}shown{{% /notice %}}",
        "{{< commentary >}}shown{{< /commentary >}}",
        "{% include comments.html %} and {% commentary %}",
        "Escaped \\%%shown%% and \\{/* shown */} and \\{::comment}shown{:/comment}",
        "Before <!-- gone --> after.",
        "<!-- a\n\nb -->\n\nText.",
        "<!-->shown",
        "Use the <code> tag and <pre> too.",
    ],
)
def test_text_that_hides_nothing_stays(text: str) -> None:
    found = strip_comments(text)

    assert (found.text, found.hints) == (text, ())


@pytest.mark.parametrize("text", ["Before %%shown%% after.", "{/* shown */}", "{{/* shown */}}", "%%\nshown\n%%"])
def test_on_a_jekyll_site_what_jekyll_shows_stays(text: str) -> None:
    assert strip_comments(text, is_jekyll=True).text == text


@pytest.mark.parametrize("name", ["kramdown", "kramdown, short", "Liquid", "Liquid, trimmed"])
def test_on_a_jekyll_site_what_jekyll_hides_is_left_out(name: str) -> None:
    opening, closing = COMMENTS[name]

    assert strip_comments(f"a {opening}hush{closing} b", is_jekyll=True).text == "a  b"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Seen {# hushed #} end.", "Seen  end."),
        ("{#\nhush\n\nhush\n#}\nSeen", "Seen"),
        ("- a {#hush#}\n- b {# hush #}", "- a \n- b "),
        ("`{# code #}` and {#1}, 5 {# of it", "`{# code #}` and {#1}, 5 {# of it"),
        ("```\n{# code #}\n```", "```\n{# code #}\n```"),
        ("{% raw %}{# shown #}{% endraw %}", "{% raw %}{# shown #}{% endraw %}"),
    ],
)
def test_comments_of_nunjucks_are_hidden_on_a_hexo_site(text: str, left: str) -> None:
    assert strip_comments(text, is_hexo=True).text == left
    assert strip_comments(text).text == text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("a {::comment /}b", "a b"),
        ("a {{< comment /}}b", "a {{< comment /}}b"),
        ("a {{< comment `x` />}}b", "a b"),
        ("a {{< comment >}}x{{< comment >}}y{{< /comment >}}z{{< /comment >}} b", "a  b"),
        ("a {% comment %}x{% comment %}y{% endcomment %}z{% endcomment %} b", "a  b"),
        ("a {% comment %}x{% comment %}y{% endcomment %} b", "a  b"),
        ("a {% comment %}{{% comment %}}x{{% /comment %}}y{% endcomment %}b{% comment %}z{% endcomment %}c", "a bc"),
        ("a {{% comment %}}{% comment %}x{% endcomment %}y{{% /comment %}} b", "a  b"),
        ("{::comment}\nx {:/} y\n{:/comment}\nb", "b"),
        ("a <!-- x\n\ny --> b", "a  b"),
        ("a %%x%% b %%y%% c", "a  b  c"),
        ("50 %% of it.\n\nText %%hush%% on.", "50 %% of it.\n\nText  on."),
        ("%%\nx\n%%y\n%%\nb", "b"),
        ("a {{< hugo-encryptor `p` >}}x{{< /hugo-encryptor >}} b", "a  b"),
    ],
)
def test_comments_are_removed_and_the_rest_stays(text: str, left: str) -> None:
    assert strip_comments(text).text == left


@pytest.mark.parametrize(
    ("text", "left", "hint"),
    [
        ("a\n\n<!-- b\n\nc", "a\n\n", "<!--: opened in line 3 of the body and never closed: the rest is left out"),
        ("a {% comment %}b\n\nc", "a ", "{% comment %}: opened in line 1 of the body and never closed: the rest is"),
        ("a {{< comment >}}b\n\nc", "a ", "{{< comment >}}: opened in line 1 of the body and never closed: the rest"),
        ("{/* b\n\nc", "", "{/*: opened in line 1 of the body and never closed: the rest is left out"),
        ("{::comment}\nb\n\nc", "b\n\nc", "{::comment}: opened in line 1 of the body and never closed: what follows"),
        ("a\n\n%%\nb\n\nc", "a\n\n%%\nb\n\nc", "%%: opened in line 3 of the body and never closed: shown"),
    ],
)
def test_unclosed_comment_is_told(text: str, left: str, hint: str) -> None:
    found = strip_comments(text)

    assert found.text == left
    assert found.hints[0].startswith(hint)
    assert len(found.hints) == 1


@pytest.mark.parametrize("text", ["a <!-- b\n\nc", "a {/* b\n\nc"])
def test_unclosed_sign_within_a_line_is_text(text: str) -> None:
    assert strip_comments(text).text == text


@pytest.mark.parametrize(("opening", "closing"), COMMENTS.values(), ids=COMMENTS)
def test_indentation_means_nothing_in_html(opening: str, closing: str) -> None:
    text = f"<div>\n\n        {opening}hush{closing}\n\n</div>"

    assert "hush" not in strip_comments(text, is_html=True).text


def test_unclosed_comment_of_html_takes_the_rest() -> None:
    found = strip_comments("<p>a <!-- b</p><p>c</p>", is_html=True)

    assert (found.text, len(found.hints)) == ("<p>a ", 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("Text <!-- 1 --> on", False), ("a < b", False), ("<!-- a\n", True), ("a %% b", True), ("{% x %}", True)],
)
def test_most_texts_need_no_second_look(text: str, expected: bool) -> None:  # noqa: FBT001
    assert may_hide(text) is expected


# --- steps ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "unit",
    ["%% a ", "%%a%% ", "%%\n", "%%\n\n```\n", "{/* ", "{/* */ x", "{::comment} ", "{::comment}\n", "{% comment %}",
     "{{< comment >}}", "{{/* ", "x <!-- ", "x <!-- \n\n -->", "<code>", "`a ", "` `` ``` ", "- ", "  - a\n", "> ",
     "{% raw %}", "{% comment %}{% endcomment %}", "%%{/*{::comment}`{% comment %}<!--", "\\`", "* * x\n"],
)  # fmt: skip
def test_steps_grow_as_the_text_does(unit: str) -> None:
    once, twice, four = (count_calls(lambda n=n: strip_comments(unit * n)) for n in (500, 1_000, 2_000))

    assert twice <= 2.1 * once + 50
    assert four <= 2.1 * twice + 50


@pytest.mark.parametrize(
    "unit", ["\n", "a\n", "> a\n", "- a\n", " %%a\n\n", "%% ", "` ", "\\`", "{/* ", "{{/* ", "{::comment} "]
)
def test_flood_takes_no_more_steps_than_its_bounds(unit: str) -> None:
    flood = "{{ a }}\n" + unit * (1_000_000 // len(unit))

    assert count_calls(lambda: strip_comments(flood)) <= 22 * MAX_SIGNS


def test_text_without_signs_is_passed_over_as_fast_as_for_one_class_of_characters() -> None:
    text, class_of_signs = "| append: 'b' " * 20_000, re.compile(r"[`<{%\\]")

    def seconds_of(act: Callable[[], object]) -> float:
        started = time.process_time()
        act()
        return time.process_time() - started

    pairs = [
        (seconds_of(lambda: strip_comments(text)), seconds_of(lambda: class_of_signs.search(text))) for _ in range(9)
    ]

    assert min(ours / plain for ours, plain in pairs) <= 8


def test_text_of_too_many_signs_is_cut_and_told() -> None:
    found = strip_comments("a\n" + "%%b%% c " * MAX_SIGNS + "%%hush%%")

    assert found.text.count("c") == MAX_SIGNS // 2
    assert "hush" not in found.text
    assert found.hints == ("more than 50,000 signs of comments and code: the rest is left out",)


def test_text_of_many_lines_has_no_comments_either() -> None:
    found = strip_comments("a\n" * (MAX_LINES + 1) + "%%hush%%\n\n```\nb\n```\n")

    assert found.text.endswith("a\n\n```\nb\n```\n")
    assert found.hints == ()


def searches_of(act: Callable[[], object]) -> int:
    """Count the searches of patterns, each of which may read all that follows."""
    count = 0

    def note(_: FrameType, event: str, called: object) -> None:
        nonlocal count
        count += event == "c_call" and getattr(called, "__name__", "") == "search"

    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("unit", ["<code>", "x {/* ", "{::comment} ", "{% raw %}", "x <!-- ", "`a ", "<pre>", "x %%a "])
def test_end_that_is_missing_is_looked_for_once(unit: str) -> None:
    assert searches_of(lambda: strip_comments(unit * 1_000)) <= 1_000 + 10
