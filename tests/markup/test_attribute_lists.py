"""Lists of attributes of other Markdown than kramdown's are not shown; other braces stay."""

import pytest

from feedsvc.markup.attribute_lists import drop_attributes
from feedsvc.markup.markdown import to_html

TABLE = "<table>\n<thead>\n<tr>\n<th>a</th>\n</tr>\n</thead>\n<tbody>\n<tr>\n<td>b</td>\n</tr>\n</tbody>\n</table>"


@pytest.mark.parametrize(
    ("text", "html"),
    [
        pytest.param("[x](/y){ .md-button }", '<p><a href="/y">x</a></p>', id="link, of MkDocs"),
        pytest.param('[x](/y){target="_blank" rel=me}.', '<p><a href="/y">x</a>.</p>', id="link, of VitePress"),
        pytest.param('[x](/y){:target="_blank"}', '<p><a href="/y">x</a></p>', id="link, with a colon"),
        pytest.param("![a](b.png){.c}{ #d }", '<p><img src="b.png" alt="a" /></p>', id="picture"),
        pytest.param("![a](b.png) {.c}", '<p><img src="b.png" alt="a" /></p>', id="picture, after a blank"),
        pytest.param("*x*{.red} **y**{#a} `z`{.r}", "<p><em>x</em> <strong>y</strong> <code>z</code></p>", id="spans"),
        pytest.param(
            "__a *b* c__{.x} _d_{#e}", "<p><strong>a <em>b</em> c</strong> <em>d</em></p>", id="spans in spans"
        ),
        pytest.param("**a\nb**{.x .y}, $5", "<p><strong>a\nb</strong>, $5</p>", id="span over lines"),
        pytest.param("***a***{.x} 中**文**{.y}", None, id="spans of two kinds"),
        pytest.param("a\n\n{.b}\n\n{: .c}", "<p>a</p>", id="alone"),
        pytest.param('a\n\n{:target="_blank"}', "<p>a</p>", id="alone, with a colon"),
        pytest.param('Text  \n{style="color: red" .a}', "<p>Text</p>", id="paragraph, behind blanks"),
        pytest.param("Text\n{.border-0}", "<p>Text</p>", id="paragraph, of Goldmark"),
        pytest.param('Text\n{style="color: red"}', "<p>Text</p>", id="paragraph, by a value"),
        pytest.param("| a |\n|---|\n| b |\n{.wide #t}", TABLE, id="table"),
        pytest.param("1. x\n{ .annotate }\n\ny", "<ol>\n<li>x</li>\n</ol>\n<p>y</p>", id="list, of MkDocs"),
        pytest.param("> q\n{.blockquote}", "<blockquote>\n<p>q</p>\n</blockquote>", id="quotation"),
    ],
)
def test_attributes_are_not_shown(text: str, html: str | None) -> None:
    assert "{" not in to_html(text)
    assert html is None or to_html(text).strip() == html


@pytest.mark.parametrize("heading", ["## [x](/y) {#z}", "## *x* {#z .a}", "## x {#z}"])
def test_id_of_a_heading_is_its_own(heading: str) -> None:
    assert '<h2 id="z">' in to_html(heading)
    assert "{" not in to_html(heading)


@pytest.mark.parametrize(
    "text",
    [
        "$x_{i=1}$ and a_{.5}",
        "{#if ready}\nText\n{/if}",
        "{{.Title}}",
        "Write {.class} after a heading",
        "{a, b}",
        "{x=1}",
        "{.5}",
        "f(x){.y}",
        "[x](/y){z}",
        "[x](/y) {z=1}",
        "#{name}",
        "Match **/*{.js,.ts} and *{.css,.scss} files.",
        "Match **/*{.js} and src*{.ts} and lib/**{.css} files.",
        "Match *.js, src*{.ts}",
        '{app="nginx", env="prod"}',
        'Query:\n\n{app="nginx"}',
        'Query:\n{app="nginx", env="prod"}',
        "{.NET}",
        "Uses\n\n{.header, .footer}",
        "$a_{.b}$ and $*x*{.c}$",
        "\\(x_{.b}\\) and \\(*x*{.b}\\)",
        "$$\n*x*{.b}\n$$",
        "_{.foo}_",
        "x_{.b} and __{.b}",
    ],
)
def test_other_braces_stay(text: str) -> None:
    assert drop_attributes(text) == text


@pytest.mark.parametrize("code", ["    {.a}", "```\n{.a}\n[x](y){.b}\n```", "`[x](y){.b}`"])
def test_code_stays(code: str) -> None:
    assert "{.a}" in to_html(code) or "{.b}" in to_html(code)


@pytest.mark.parametrize(
    "part",
    [
        "](",
        "]({",
        "{.a ",
        "{.a",
        "](x){",
        "{a=",
        '{a="',
        "*{.a",
        "\n{.a ",
        "[x](y){.a .b",
        "a*{.a}",
        "$a*a*{.a}",
        "\\(",
        "\\[",
    ],
)
def test_floods_take_linear_time(part: str) -> None:
    assert drop_attributes(part * 30_000)
