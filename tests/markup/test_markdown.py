"""What becomes of a body's text before it is cleaned."""

from html import escape
from pathlib import Path

import pytest
from counting import count_calls
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.cleaning import clean
from feedsvc.markup import markdown as markup
from feedsvc.markup.effort import MAX_MARKS, MAX_PARAGRAPHS, weigh
from feedsvc.markup.html_blocks import is_html
from feedsvc.markup.kramdown_spans import MAX_ABBREVIATED

CASES = Path(__file__).parents[1] / "data" / "markup"


def to_html(body: str, *, is_jekyll: bool = False) -> str:
    return markup.to_html(body, title="A Title", site_url="https://site.example/blog/", is_jekyll=is_jekyll).strip()


@pytest.mark.parametrize("path", sorted(CASES.rglob("*.md")), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_case_is_rendered_as_the_file_beside_it_says(path: Path) -> None:
    _, _, body = path.read_text("utf-8").partition("\n")

    html = to_html(body, is_jekyll=path.parent.name == "kramdown")

    assert html == path.with_suffix(".html").read_text("utf-8").strip()


# --- the top -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "top",
    [
        "<!--1636564500000-->\n[A [great] *t](le*](https://example.org/a_(b))\n------\n\n",
        "<!--NaN-->\n",
        "\ufeff[A Title](https://example.org/)\n======\n",
        "[A  Title](https://example.org/)\r\n------\r\n",
    ],
    ids=["both", "comment", "heading", "crlf"],
)
def test_comment_and_linked_title_on_top_go(top: str) -> None:
    assert to_html(f"{top}<div>x</div>") == "<div>x</div>"


def test_linked_heading_that_is_not_the_title_stays() -> None:
    assert to_html("[Other](https://example.org/)\n------\n\nText") == (
        '<h2 id="otherhttpsexampleorg"><a href="https://example.org/">Other</a></h2>\n<p>Text</p>'
    )


def test_linked_heading_goes_where_no_title_is_known() -> None:
    assert markup.strip_top("[Other](https://example.org/)\n------\n\nText") == "\nText"


def test_authors_own_comment_stays_for_cleaning() -> None:
    assert to_html("<!-- note -->\n<div>x</div>") == "<!-- note -->\n<div>x</div>"


# --- HTML or Markdown ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<div>\n\n    four *spaces*\n\n</div>", True),
        ("<div>a</div>\n<!-- b -->\n<hr>\n<p>c</p>", True),
        ("<article>\n<div>a\n", True),
        ("<DIV\nclass=x>a</DIV>", True),
        ("<div>a</div> b", False),
        ("<divers>a</divers>", False),
        ("<details>\n<p>a</p>\n</details>", True),
        ("<div>\n\n<details>\n\n*a*\n\n</details></div>", True),
        ("<details>\n\n*a*\n\n</details>", False),
        ("<b>a</b>", False),
        ("text\n\n<div>a</div>", False),
        ("", False),
    ],
)
def test_body_of_block_tags_alone_is_html(body: str, expected: bool) -> None:  # noqa: FBT001
    assert is_html(body) is expected


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("②**针对：**根据", "②<strong>针对：</strong>根据"),
        ("**“引号”**后面。中**（括号）**中", "<strong>“引号”</strong>后面。中<strong>（括号）</strong>中"),
        ("中*《书》*中~~（删）~~中", "中<em>《书》</em>中<s>（删）</s>中"),
        ("[链*（接）*中](/a)", '<a href="/a">链<em>（接）</em>中</a>'),
        ("**甲 (a)**：乙，**`b`**是", "<strong>甲 (a)</strong>：乙，<strong><code>b</code></strong>是"),
        ("/* 甲*/ 乙*/ 丙", "/* 甲*/ 乙*/ 丙"),
        ("LC_*变量，LC_*的", "LC_*变量，LC_*的"),
        ("中** 空 **中", "中** 空 **中"),
        ("a**(b)**c", "a**(b)**c"),
        ("中_（下）_中", "中_（下）_中"),
    ],
)
def test_punctuation_beyond_ascii_parts_no_bold_from_its_signs(body: str, html: str) -> None:
    assert to_html(body) == f"<p>{html}</p>"


def test_html_sees_no_markdown() -> None:
    html = "<div>\n\n    {{ x }} *a*\n\n</div>"

    assert to_html(html) == html


# --- limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "body",
    [
        "<!--" * 3_600,
        "[" * 14_000,
        "`" * 14_000 + "a",
        "- " * 5_000,
        "[" + "](" * 300_000,
        "# a\n" * 7_000,
        "{% raw %}" * 7_000 + "a",
        "{" + " " * 300_000 + "a",
        "{{ a | b" + " " * 300_000,
        "{{" + " " * 300_000,
        "{{" + "a" * 300_000,
        "{% " + "a" * 300_000,
        "{{<" + "a" * 300_000,
        "{% highlight " + " " * 300_000,
        "{{< highlight " + " " * 300_000,
        "[a](b c" + "./" * 300_000 + "?)",
    ],
    ids=[
        "comments",
        "brackets",
        "ticks",
        "items",
        "title",
        "headings",
        "raw",
        "blanks",
        "filter",
        "value",
        "name",
        "tag",
        "shortcode",
        "highlight",
        "hugo",
        "path",
    ],
)
def test_hostile_text_does_not_fail(body: str) -> None:
    assert to_html(body)


def test_container_may_end_with_the_text_in_a_quotation() -> None:
    assert "<strong>Tip</strong>" in to_html("> ::: tip\n> ")


def test_long_honest_text_is_rendered() -> None:
    text = "".join(f"## Head {number}\n\n- **item**\n\n```js\nlet a = {number};\n```\n\n" for number in range(2_000))

    assert to_html(text).count("<h2") == 2_000


@pytest.mark.parametrize("unit", ["*a <b>\n\n", "![", "^[a", "1. x\n", ": a\n"])
def test_text_with_too_many_signs_is_shown_plain(unit: str) -> None:
    text = unit * (700_000 // len(unit))

    assert markup.is_flood(text)
    assert to_html(text).startswith(f"<p>{escape(unit.strip())}")


@pytest.mark.parametrize(
    ("sign", "count", "expected"),
    [
        pytest.param("a:", MAX_MARKS, False, id="as many as allowed"),
        pytest.param("a:", MAX_MARKS + 1, True, id="one more"),
        pytest.param("@", MAX_MARKS + 1, True, id="signs that mean something in URLs alone"),
        pytest.param("=", MAX_MARKS // 3 + 1, True, id="a third of those that may open and close"),
        pytest.param("[", MAX_MARKS // 7 + 1, True, id="fewer that take longer"),
        pytest.param("[^a] ", MAX_MARKS // 26, True, id="footnotes, which are linked there and back"),
        pytest.param("<a:b> ", MAX_MARKS // 15, True, id="URLs in angle brackets"),
        pytest.param("- a\n", MAX_MARKS // 14 + 1, True, id="items"),
        pytest.param("a", MAX_MARKS + 1, False, id="letters"),
        pytest.param(" ", 4 * MAX_MARKS, True, id="blanks, which are read one by one"),
        pytest.param("`", 4 * MAX_MARKS, True, id="backticks, which are read one by one"),
        pytest.param("> > > > > a\nb\nc\n\n", MAX_MARKS // 39, True, id="lines in deep quotations"),
        pytest.param("> a\nb\nc\n\n", MAX_MARKS // 39, False, id="lines in quotations"),
        pytest.param("a\n\n", MAX_PARAGRAPHS, True, id="paragraphs"),
        pytest.param("a\n\n", MAX_PARAGRAPHS - 1, False, id="one paragraph less"),
    ],
)
def test_signs_are_too_many_by_the_time_they_take(sign: str, count: int, expected: bool) -> None:  # noqa: FBT001
    assert markup.is_flood(sign * count) is expected


@pytest.mark.parametrize(
    ("columns", "rows", "expected"),
    [(20, 400, False), (400, 20, False), (1_000, 60, True), (200, 300, True)],
)
def test_cells_of_a_table_count_though_its_rows_are_short(columns: int, rows: int, expected: bool) -> None:  # noqa: FBT001
    text = "|a" * columns + "\n" + "|-" * columns + "\n" + "|\n" * rows + "\nThe end of a long post. " + "a" * 20_000

    assert markup.is_flood(text) is expected


def test_title_repeated_writes_no_flood() -> None:
    assert len(markup.to_html("{{ page.title }}." * 10_000, title="[" * 60_000)) < 100_000


@pytest.mark.parametrize("long", ["http://a.example/" + "b" * 60_000, f'/a "{"b" * 60_000}"'], ids=["url", "title"])
def test_reference_repeated_writes_no_more_than_it_can_mean(long: str) -> None:
    body = f"[a]: {long}\n\n[b]: /b\n\n" + "[a] [b] " * 2_000

    assert len(to_html(body)) < 200_000
    assert '<a href="/b">' in to_html(body)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab <>/`*_{}%|[]()#!-:.\n$~\\div\"'=&^", max_size=60))
def test_any_text_comes_out_the_same_twice(body: str) -> None:
    assert markup.to_html(body) == markup.to_html(body)


@pytest.mark.parametrize("info", ["{r, echo=FALSE}", "{.r}", "{r}", "r"])
def test_language_of_a_chunk_is_its_first_word(info: str) -> None:
    assert to_html(f"```{info}\ny <- 2\n```") == '<pre><code class="language-r">y &lt;- 2\n</code></pre>'


def test_abbreviations_are_marked_as_often_as_is_bearable() -> None:
    often = "*[HTML]: Hyper\n\n" + "HTML " * (MAX_ABBREVIATED + 100)
    huge = f"*[CSS]: {'x' * 100_000}\n\n" + "CSS " * 1_000

    html = to_html(often, is_jekyll=True)

    assert html.count("<abbr ") == MAX_ABBREVIATED
    assert html.count("HTML") == MAX_ABBREVIATED + 100
    assert len(to_html(huge, is_jekyll=True)) < 10_000


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("Text:\n$$\nx_1 \\\\\ny*a*b\n$$\nmore *c*", "$$x_1 \\\\\ny*a*b$$"),
        ("文本：\n$$x_1 \\\\ y_2$$\n后", "$$x_1 \\\\ y_2$$"),
        ("> Text\n> $$\n> x_1 \\\\\n> $$", "$$x_1 \\\\$$"),
        ("- Text\n  $$\n  x_1 \\\\\n  $$", "$$x_1 \\\\$$"),
    ],
)
def test_formula_right_after_text_is_a_block(body: str, shown: str) -> None:
    html = to_html(body)

    assert f'<div class="math block">\n{shown}\n</div>' in html
    assert html.count("$$") == 2


MATH = '<span class="math inline">'


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("The $`a_1*b*c`$ is.", f"<p>The {MATH}$a_1*b*c$</span> is.</p>"),
        ("$`\\sqrt{x}`$, $`y`$", f"<p>{MATH}$\\sqrt{{x}}$</span>, {MATH}$y$</span></p>"),
        ("**$`x < y`$**", f"<p><strong>{MATH}$x &lt; y$</span></strong></p>"),
        ("`$`x`$`", "<p><code>$</code>x<code>$</code></p>"),
        ("`` $`x`$ ``", "<p><code>$`x`$</code></p>"),
        ("\\$`x`$", "<p>$<code>x</code>$</p>"),
    ],
)
def test_formula_between_dollars_and_backticks_is_one(body: str, shown: str) -> None:
    assert to_html(body) == shown


@pytest.mark.parametrize(
    "body",
    ["Text\n$$ is *much* money", "Text\n$$5 and *more*\n\nthen $$", "Text\n    $$\n*x*\n\n$$", "`a\n$$\nb` *c*"],
)
def test_dollars_right_after_text_are_no_formula(body: str) -> None:
    html = to_html(body)

    assert "math" not in html
    assert "<em>" in html


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("    :::python\n    a = 1", '<pre><code class="language-python">a = 1\n</code></pre>'),
        ('Text\n\n    :::c++ hl_lines="1 3"\n    a;', '<pre><code class="language-c++">a;\n</code></pre>'),
        ("\t#!ruby\n\ta", '<pre><code class="language-ruby">a\n</code></pre>'),
        ("    #!/bin/sh\n    a", "<pre><code>#!/bin/sh\na\n</code></pre>"),
        ("    ::: python\n    a", "<pre><code>::: python\na\n</code></pre>"),
        ("```\n:::python\na\n```", "<pre><code>:::python\na\n</code></pre>"),
    ],
)
def test_language_stands_in_the_first_line_of_indented_code(body: str, html: str) -> None:
    assert html in to_html(body)


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("[Ada]{.smallcaps} and [b *c*]{.underline #x}", "<p>Ada and b <em>c</em></p>"),
        ("| a |\n|---|\n| b |\n\n: Boats {#tbl-boats}", "<p>: Boats</p>"),
        ("$$\nx_1 \\\\\n$$ {#eq-one}", "$$x_1 \\\\$$"),
        ("[a][b]{.c}\n\n[b]: /x", '<a href="/x">a</a>'),
        ("`[a]{.b}` a[0]{b} [c]{d}", "<code>[a]{.b}</code> a[0]{b} [c]{d}"),
        ("{#tbl-a} is a mark", "{#tbl-a} is a mark"),
    ],
)
def test_attributes_of_pandoc_are_not_shown(body: str, html: str) -> None:
    assert html in to_html(body)


@pytest.mark.parametrize("is_jekyll", [False, True])
def test_url_that_is_too_long_for_any_browser_is_not_encoded(is_jekyll: bool) -> None:  # noqa: FBT001
    short, long = "http://a.example/é", "http://a.example/é" + "a" * markup.MAX_URL

    html = markup.to_html(f"x [a]({short}) [b]({long}) ![c](data:image/png;base64,{'A' * 30_000})", is_jekyll=is_jekyll)

    assert 'href="http://a.example/%C3%A9"' in html
    assert f'href="{long}"' in html
    assert f'src="data:image/png;base64,{"A" * 30_000}"' in html


@pytest.mark.parametrize(
    "line", ["2014.", "-", "*", "+", "7.", "2014.x"], ids=["year", "minus", "star", "plus", "digit", "glued"]
)
def test_sign_of_an_item_without_a_blank_is_text_on_a_jekyll_site(line: str) -> None:
    html = to_html(f"From 1 to 3 May,\n{line}\n\nMore", is_jekyll=True)

    assert "<li>" not in html
    assert line == "-" or f"May,\n{line}" in html  # a line of it underlines a heading


@pytest.mark.parametrize("item", ["- a", "*\ta", "2. a", "+ a", "12. [x](y)"])
def test_sign_of_an_item_with_a_blank_begins_one(item: str) -> None:
    assert to_html(f"Text\n{item}", is_jekyll=True).count("<li>") == 1


@pytest.mark.parametrize(
    ("body", "html"),
    [
        (r"\__init__ and \__FILE__.", "__init__ and __FILE__."),
        (r"of \**args** and *\__x__*", "of **args** and <em>__x__</em>"),
        (r"\___x__ and \__x_ and \_x_", "_<strong>x</strong> and _<em>x</em> and _x_"),
        ("__init__ and a__b__c", "<strong>init</strong> and a__b__c"),
        (r"`\__x__`", r"<code>\__x__</code>"),
    ],
)
def test_backslash_before_two_signs_escapes_both_on_a_jekyll_site(body: str, html: str) -> None:
    assert to_html(body, is_jekyll=True) == f"<p>{html}</p>"


@pytest.mark.parametrize("is_jekyll", [False, True])
@pytest.mark.parametrize(
    "url", ["javascript:void(0)", "file:///D:/a.html", "vbscript:x", "data:image/svg+xml,%3Csvg/%3E"]
)
def test_link_that_no_reader_may_follow_is_none_of_its_signs(url: str, is_jekyll: bool) -> None:  # noqa: FBT001
    cleaned = clean(
        to_html(f"See [the *demo*]({url}), ![a large chart]({url}) or [b][].\n\n[b]: {url}", is_jekyll=is_jekyll)
    )

    assert "](" not in cleaned.html
    assert url not in cleaned.html
    assert "See the <em>demo</em>" in cleaned.html
    assert "or b." in cleaned.html
    assert [hint.key for hint in cleaned.hints] == ([url] if "svg" not in url else [])  # an empty one is no loss


OPTION = '{::options parse_block_html="true" /}'


@pytest.mark.parametrize(
    ("body", "html"),
    [
        (f"{OPTION}\n\n<div>\n*a*\n\n- b\n</div>", "<em>a</em>"),
        (f"{OPTION}\n\n<section><div>\n\n*a*\n\n</div></section>", "<em>a</em>"),
        (f"{OPTION}\n<figure>\n![a](b.png)\n<figcaption>*c*</figcaption>\n</figure>", "<em>c</em>"),
        (f"<p>*a*</p>\n\n{OPTION}\n\n<p>*b*</p>", '*a*</p>\n<p markdown="1"><em>b</em></p>'),
    ],
)
def test_html_holds_markdown_where_the_option_says_so(body: str, html: str) -> None:
    assert html in to_html(body, is_jekyll=True)


@pytest.mark.parametrize(
    "body",
    [
        "<div>\n*a*\n</div>",
        f'{OPTION}\n\n<div markdown="0">\n*a*\n</div>',
        f"{OPTION}\n\n<pre>\n*a*\n</pre>",
        f"{OPTION}\n\n<ul><li>*a*</li></ul>",
        f"{OPTION}\n\nText\n\n```\n<div>*a*</div>\n```\n\n    <div>*a*</div>\n\n`<div>*a*</div>`",
        f"{OPTION}\n\n{OPTION.replace('true', 'false')}\n\n<div>*a*</div>",
    ],
)
def test_html_holds_no_markdown_else(body: str) -> None:
    html = to_html(body, is_jekyll=True)

    assert "<em>" not in html
    assert "markdown=&quot;" not in html
    assert "*a*" in html


def test_html_holds_markdown_where_the_site_says_so() -> None:
    assert "<em>a</em>" in markup.to_html("<div>\n*a*\n</div>", is_jekyll=True, parses_html=True)
    assert "<em>" not in markup.to_html("<div>\n*a*\n</div>", parses_html=True)


@pytest.mark.parametrize("is_jekyll", [False, True])
@pytest.mark.parametrize("unit", ["a: ", "http://a.b:80/ ", "a-b ", "5% ", "c++ ", "a@b.c ", "d#e ", "f > g ", "h} "])
def test_signs_that_begin_no_span_are_passed_over(unit: str, is_jekyll: bool) -> None:  # noqa: FBT001
    line = "x " + unit * 2_000
    to_html("x", is_jekyll=is_jekyll)  # makes the parser

    assert count_calls(lambda: to_html(line, is_jekyll=is_jekyll)) <= 2_000


@pytest.mark.parametrize(
    "unit",
    ["^[a", "![", "$a ", "$$a\n", "*a ", "[[]", "{{ a ", "?!", "a|b\n-|-\na|b\n\n"],
    ids=["note", "picture", "dollar", "formula", "star", "brackets", "template", "sign", "table"],
)
@pytest.mark.parametrize("is_jekyll", [False, True])
def test_slow_signs_weigh_as_many_marks_as_they_take_steps(unit: str, is_jekyll: bool) -> None:  # noqa: FBT001
    text = unit * 300

    assert count_calls(lambda: to_html(text, is_jekyll=is_jekyll)) <= 35 * weigh(text)


def test_lines_in_deep_quotations_weigh_as_many_marks_as_they_take_steps() -> None:
    text = "> " * 14 + "a\n" * 300

    assert count_calls(lambda: to_html(text)) <= 35 * weigh(text)


# --- additions of other generators ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("Go :rocket::fire:", "<p>Go 🚀🔥</p>"),
        ("See https://x.example/:fire:/ :fire:", "<p>See https://x.example/:fire:/ 🔥</p>"),
        ("<code>:fire:</code> <b>:fire:</b>", "<p><code>:fire:</code> <b>🔥</b></p>"),
        (":fire:/:rocket: x/:fire:", "<p>🔥/🚀 x/:fire:</p>"),
        ("a::b::c ::fire:: std:fire:x", "<p>a::b::c ::fire:: std:fire:x</p>"),
    ],
)
def test_codes_of_emoji_are_shown_in_text_alone(body: str, html: str) -> None:
    assert to_html(body) == html


@pytest.mark.parametrize("mark", ["@[TOC]", "@[TOC](Contents of it)", "@[toc](目录)", "{:toc}", "[toc]", "${TOC}"])
def test_mark_for_a_table_of_contents_is_not_shown(mark: str) -> None:
    assert to_html(f"{mark}\n\nText.") == "<p>Text.</p>"


@pytest.mark.parametrize("text", ["[toc](https://x.example/)", "@[TOC] here", "See {:toc}.", "toc"])
def test_text_about_contents_stays(text: str) -> None:
    assert "toc" in to_html(text).lower()


@pytest.mark.parametrize("line", ["!!! what a day", "??? Really now", "!!! 2024 begins", "!!!"])
@pytest.mark.parametrize("after", ["", "\n\nText.", "\nText."])
def test_line_that_begins_no_box_is_prose(line: str, after: str) -> None:
    assert f"<p>{line}" in to_html(line + after)


@pytest.mark.parametrize("line", ["!!! what a day", "!!! note", '??? custom "A title"', "!!! tip Title"])
def test_box_has_text_below(line: str) -> None:
    html = to_html(f"{line}\n\n    Text *below*.")

    assert 'class="admonition' in html
    assert "!!!" not in html
    assert "<em>below</em>" in html


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("[a][x] [x] b", '<p><a href="https://x.example/">a</a> <a href="https://x.example/">x</a> b</p>'),
        ("[x][] [x] b", '<p><a href="https://x.example/">x</a> <a href="https://x.example/">x</a> b</p>'),
        ("[a] [x] b", '<p><a href="https://x.example/">a</a> b</p>'),
        ("[a] [y] b", "<p>[a] [y] b</p>"),
    ],
)
def test_blank_before_a_reference_is_between_two_on_a_jekyll_site(body: str, html: str) -> None:
    assert to_html(f"{body}\n\n[x]: https://x.example/", is_jekyll=True) == html
