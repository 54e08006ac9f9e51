"""What becomes of a body's text before it is cleaned."""

import re
from html import escape
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.markup import markdown as markup
from feedsvc.markup.expansion import MAX_REPEATED
from feedsvc.markup.markdown import MAX_MARKS

CASES = Path(__file__).parents[1] / "data" / "markup"


def to_html(body: str) -> str:
    return markup.to_html(body, title="A Title", site_url="https://site.example/blog/").strip()


@pytest.mark.parametrize("name", sorted(path.stem for path in CASES.glob("*.md")))
def test_case_comes_out_as_written_beside_it(name: str) -> None:
    _, _, body = (CASES / f"{name}.md").read_text("utf-8").partition("\n")

    assert to_html(body) == (CASES / f"{name}.html").read_text("utf-8").strip()


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
    assert markup.is_html(body) is expected


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


# --- Liquid --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ('[x]({{ "/a" | relative_url }})', '<a href="https://site.example/blog/a">x</a>'),
        ("[x]({{ site.url }}{{ site.baseurl }}/a)", '<a href="https://site.example/blog/a">x</a>'),
        ("[x]({{ site.url }}/a)", '<a href="https://site.example/a">x</a>'),
        ("[x]({{ site.baseurl }}/a)", '<a href="/blog/a">x</a>'),
        ('[x]({{ "/a" | prepend: site.baseurl }})', '<a href="/blog/a">x</a>'),
        ('[x]({{ "/a"|prepend:site.baseurl|prepend:site.url }})', '<a href="https://site.example/blog/a">x</a>'),
        ('[x]({{ "/a" | append: ".png" | absolute_url }})', '<a href="https://site.example/blog/a.png">x</a>'),
        ("[x]({{ site.baseurl }}{% link a.md %})", '<a href="https://site.example/blog/a.md">x</a>'),
        ("[x]({{ site.repository }}/issues/1) {{ page.x }}y", "<a>x</a> y"),
        ('<a class="b" href="{{ site.repository\n}}/issues/1">x</a>', '<a class="b">x</a>'),
        ("{% if a %}A{% else %}B{% endif %}C", "AC"),
        ("{% if a %}A{% elsif b %}{% if c %}B{% endif %}{% else %}C{% endif %}D{% else %}E", "ADE"),
        ("{% for a in b %}A `{% if %}` B{% else %}C{% endfor %}D", "A <code>{% if %}</code> BD"),
        ("[x]({% post_url 2016-07-26-name-of %})", '<a href="https://site.example/blog/2016/07/26/name-of.html">x</a>'),
        ("[x]({% link assets/a.pdf %})", '<a href="https://site.example/blog/assets/a.pdf">x</a>'),
        ('{{ "https://a.example" | absolute_url }}', "https://a.example"),
        ("{{ page.title }}!{{ page.other }}", "A Title!"),
        ("a{% include x.html a=1 %}b{% assign x = 1 %}d", "abd"),
        (
            "{% gist someone/abc %}",
            '<a href="https://gist.github.com/someone/abc">https://gist.github.com/someone/abc</a>',
        ),
        ("<code>{% comment %}a</code> {{% comment %}}b", "<code>a</code> b"),
        ("{% raw %}{{ x }}{% endraw %} `{{ y }}`", "{{ x }} <code>{{ y }}</code>"),
        ("a *b*{: .c} d", "a <em>b</em> d"),
        ("```x``` {{ page.title }}", "<code>x</code> A Title"),
    ],
)
def test_liquid_and_attributes_are_worked_out(body: str, html: str) -> None:
    assert to_html(body) == f"<p>{html}</p>"


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ('a {{< figure src="/a.png" alt="x" >}}', '<p>a <img src="/a.png" alt="x"></p>'),
        (
            '{{< figure src="/a.png" alt="x" caption="y & z" >}}',
            '<figure><img src="/a.png" alt="x"><figcaption>y &amp; z</figcaption></figure>',
        ),
        (
            "{{< youtube w7Ft2ymGmfc >}}",
            '<p><a href="https://www.youtube.com/watch?v=w7Ft2ymGmfc">https://www.youtube.com/watch?v=w7Ft2ymGmfc</a></p>',
        ),
        (
            "{% youtube w7Ft2ymGmfc %}",
            '<p><a href="https://www.youtube.com/watch?v=w7Ft2ymGmfc">https://www.youtube.com/watch?v=w7Ft2ymGmfc</a></p>',
        ),
        (
            '{{< highlight go "linenos=table" >}}\nif a {\n{{< /highlight >}}',
            '<pre><code class="language-go">if a {\n</code></pre>',
        ),
        ('[x]({{< ref "x.md" >}}) [y]({{% relref "y" %}})', "<p><a>x</a> <a>y</a></p>"),
        ("{{% notice tip %}}\n*a*\n{{% /notice %}}", "<p><em>a</em></p>"),
        ("{% asset_img a.png A title %}", '<p><img src="a.png" alt="A title"></p>'),
    ],
)
def test_shortcodes_show_what_they_stand_for(body: str, html: str) -> None:
    assert to_html(body) == html


@pytest.mark.parametrize("marker", ["-", "1.", "10)", "> 1.", "- 1."])
def test_fence_in_a_list_item_is_code(marker: str) -> None:
    indent = re.sub("[^> ]", " ", f"{marker} ")

    html = to_html(f"{marker} ```\n{indent}{{{{ page.title }}}} {{: .c}}\n{indent}```\n\n{{{{ page.title }}}}")

    assert "{{ page.title }} {: .c}\n</code></pre>" in html
    assert html.endswith("<p>A Title</p>")


def test_address_nobody_knows_costs_no_other() -> None:
    html = to_html("[x]({{ site.repository }}/1) [y](/a)")

    assert html == '<p><a>x</a> <a href="/a">y</a></p>'


@pytest.mark.parametrize(
    "body",
    [
        "{% gist %}",
        "{% youtube %}",
        "{% asset_img %}",
        "{{< youtube >}}",
        "{{< vimeo >}}",
        "{{< figure >}}",
        '{{< figure alt="x" >}}',
    ],
)
def test_tag_that_names_nothing_leaves_nothing(body: str) -> None:
    assert to_html(f"a{body}b") == "<p>ab</p>"


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ('a {{< figure "/a.png" >}}', '<p>a <img src="/a.png" alt=""></p>'),
        ("a {% asset_img x.png %}", '<p>a <img src="x.png" alt=""></p>'),
        (
            '{{< figure src="/a.png" title="y" >}}',
            '<figure><img src="/a.png" alt=""><figcaption>y</figcaption></figure>',
        ),
        ("{{< vimeo 123 >}}", '<p><a href="https://vimeo.com/123">https://vimeo.com/123</a></p>'),
        ('{{< vimeo id="123" >}}', '<p><a href="https://vimeo.com/123">https://vimeo.com/123</a></p>'),
    ],
)
def test_picture_or_video_may_be_named_by_place_or_key(body: str, html: str) -> None:
    assert to_html(body) == html


@pytest.mark.parametrize(
    ("body", "left"),
    [
        ("{% unless a %}A{% else %}B{% endunless %}C", "AC"),
        ("{% if a %}A{% else %}B{% else %}C{% endif %}D", "AD"),
        ("{% if a %}{% if b %}A{% else %}B{% endif %}{% else %}C{% endif %}D", "AD"),
        ("{% if a %}A{% else %}{% if b %}B{% else %}C{% endif %}D{% endif %}E", "AE"),
        ("A{% endif %}B{% if x %}C", "ABC"),
        ("{% else %}A{% else %}B{% endif %}C", "C"),
    ],
    ids=["unless", "two elses", "in the first branch", "in the second branch", "unbalanced", "without a first"],
)
def test_first_branch_alone_is_shown(body: str, left: str) -> None:
    assert to_html(body) == f"<p>{left}</p>"


@pytest.mark.parametrize(("more", "shown"), [(0, 10), (1, 0)])
def test_title_is_put_in_as_long_as_it_does_not_become_too_much(more: int, shown: int) -> None:
    title = "t" * (MAX_REPEATED // 10 + more)

    html = markup.to_html("{{ page.title }} " * 10, title=title)

    assert html.count(title) == shown


def test_without_a_site_paths_stay_paths() -> None:
    assert markup.to_html('[x]({{ "/a" | relative_url }})') == '<p><a href="/a">x</a></p>\n'


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
    ],
)
def test_hostile_text_comes_out(body: str) -> None:
    assert to_html(body)


def test_long_honest_text_is_rendered() -> None:
    text = "".join(f"## Head {number}\n\n- **item**\n\n```js\nlet a = {number};\n```\n\n" for number in range(2_500))

    assert to_html(text).count("<h2") == 2_500


@pytest.mark.parametrize("unit", ["*a <b>\n\n", "![", "^[a", "1. x\n", ": a\n"])
def test_text_with_too_many_signs_is_shown_plain(unit: str) -> None:
    text = unit * (700_000 // len(unit))

    assert markup.is_flood(text)
    assert to_html(text).startswith(f"<p>{escape(unit.strip())}")


@pytest.mark.parametrize(
    ("sign", "count", "expected"),
    [
        pytest.param("*", MAX_MARKS, False, id="as many as allowed"),
        pytest.param("*", MAX_MARKS + 1, True, id="one more"),
        pytest.param("[", MAX_MARKS // 2, True, id="half as many that take longer"),
        pytest.param("a", MAX_MARKS + 1, False, id="letters"),
    ],
)
def test_signs_are_too_many_by_the_time_they_take(sign: str, count: int, expected: bool) -> None:  # noqa: FBT001
    assert markup.is_flood(sign * count) is expected


def test_title_repeated_writes_no_flood() -> None:
    assert len(markup.to_html("{{ page.title }}." * 40_000, title="[" * 60_000)) < 100_000


@pytest.mark.parametrize("long", ["http://a.example/" + "b" * 60_000, f'/a "{"b" * 60_000}"'], ids=["url", "title"])
def test_reference_repeated_writes_no_more_than_it_can_mean(long: str) -> None:
    body = f"[a]: {long}\n\n[b]: /b\n\n" + "[a] [b] " * 2_000

    assert len(to_html(body)) < 200_000
    assert '<a href="/b">' in to_html(body)


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet="ab <>/`*_{}%|[]()#!-:.\n$~\\div\"'=&^", max_size=60))
def test_any_text_comes_out_the_same_twice(body: str) -> None:
    assert markup.to_html(body) == markup.to_html(body)
