"""What cleaning keeps and drops: one case a file pair in data/cleaning, and the facts that hold for any text."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from feedsvc import cleaning
from feedsvc.cleaning.summary import summarize
from feedsvc.models import Cleaned

CASES = Path(__file__).parents[1] / "data" / "cleaning"
ORIGINAL = "https://example.org/a/post"
TITLE = "A Title - A Site"
A, B = "https://a.example", "https://b.example"
VOID = {"br", "hr", "img", "source", "wbr"}
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(html: str) -> str:
    return cleaning.clean(html, original=ORIGINAL, title=TITLE).html


class Balance(HTMLParser):
    """Notes what a careful reader of HTML would stumble over."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self.faults += [f"{tag} {name}" for name, _ in attrs if name.startswith("on") or name == "style"]
        self.faults += [
            f"{tag} {value}" for _, value in attrs if re.match(r"\s*(javascript|data|vbscript):", value or "")
        ]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}>")


def faults(html: str) -> list[str]:
    parser = Balance()
    parser.feed(html)
    parser.close()
    return parser.faults + parser.open + ILLEGAL.findall(html)


# --- cases ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(path.name.removesuffix(".in.html") for path in CASES.glob("*.in.html")))
def test_case_comes_out_as_written_beside_it(name: str) -> None:
    html = (CASES / f"{name}.in.html").read_text("utf-8")

    assert clean(html) == (CASES / f"{name}.out.html").read_text("utf-8").rstrip("\n")


@pytest.mark.parametrize("path", sorted(CASES.glob("*.out.html")), ids=lambda path: path.name)
def test_cleaning_a_clean_case_changes_nothing(path: Path) -> None:
    html = path.read_text("utf-8").rstrip("\n")

    assert clean(html) == html


# --- addresses -----------------------------------------------------------------------------------


def test_relative_addresses_are_resolved_against_the_site_without_an_original() -> None:
    cleaned = cleaning.clean('<p><a href="/x">x</a></p>', base_url="https://site.example/blog/")

    assert cleaned.html == '<p><a href="https://site.example/x">x</a></p>'


def test_relative_addresses_stay_where_nothing_is_known() -> None:
    assert (
        cleaning.clean('<p><img src="/x.png"><a href="y">y</a></p>').html
        == '<p><img src="/x.png"><a href="y">y</a></p>'
    )


@pytest.mark.parametrize(
    "address",
    [
        "javascript:x()",
        "java\nscript:x()",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "http://",
        "http://a b>c/",
    ],
)
def test_address_that_cannot_be_used_leaves_the_text(address: str) -> None:
    assert clean(f'<p><a href="{address}">x</a></p>') == "<p>x</p>"


def test_redirectors_in_redirectors_are_followed() -> None:
    inner = "https%253A%252F%252Fexample.com%252F"
    href = f"https://link.zhihu.com/?target=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3D{inner}"

    assert clean(f'<p><a href="{href}">x</a></p>') == '<p><a href="https://example.com/">x</a></p>'


def test_redirector_to_something_unsafe_is_left_alone() -> None:
    html = '<p><a href="https://www.google.com/url?q=javascript:x">x</a></p>'

    assert clean(html) == html


def test_slashes_too_many_before_a_host_are_taken_off() -> None:
    html = '<p><img src="https:////a.example/b//c.png"><a href="HTTP:///a.example/">x</a></p>'

    assert clean(html) == '<p><img src="https://a.example/b//c.png"><a href="http://a.example/">x</a></p>'


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://user:word@a.example:8443/x", "https://user:word@a.example:8443/x"),
        ("https://a.example/新/?q=[x]", "https://a.example/新/?q=[x]"),
        ("https://evil.example\\@a.example/", "https://evil.example/@a.example/"),
        ("https:\\\\a.example\\x", "https://a.example/x"),
        ("\\\\a.example/x", "https://a.example/x"),
        ("/\\a.example/x", "https://a.example/x"),
        ("https://faß.example/", "https://xn--fa-hia.example/"),
        ("https://a@b@c.example/", "https://a%40b@c.example/"),
    ],
)
def test_link_leads_to_the_host_a_browser_finds(written: str, kept: str) -> None:
    link = f'<p><a href="{kept}">x</a></p>'

    assert cleaning.clean(link.replace(kept, written), original="https://post.example/1").html == link


@pytest.mark.parametrize(
    "address", ["https://evil.example\\@www.youtube.com/embed/x", "https://user:pw@www.youtube.com:8443/embed/x"]
)
@pytest.mark.parametrize("filler", ["", "<i>" * 40_000], ids=["cleaned", "too large"])
def test_frame_with_more_than_a_host_in_its_address_is_none(address: str, filler: str) -> None:
    assert "<iframe" not in clean(f'{filler}<p>Text</p><iframe src="{address}"></iframe>')


@pytest.mark.parametrize("filler", ["", "<p>" * 40_000], ids=["cleaned", "too large"])
def test_no_frame_may_do_more_than_play(filler: str) -> None:
    frame = '<iframe src="https://www.youtube.com/embed/x" sandbox="allow-top-navigation" referrerpolicy="unsafe-url">'

    html = clean(f"{filler}{frame}</iframe>")

    assert "allow-top-navigation" not in html
    assert "unsafe-url" not in html


def test_address_the_standard_library_cannot_split_is_dropped() -> None:
    assert clean('<p><a href="http://[x/">x</a><img src="http://[x/"></p>') == "<p>x</p>"


# --- bare text -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("One\nTwo\n\nThree", "<p>One<br>Two</p><p>Three</p>"),
        ("One=====Two", "<p>One<br>=====<br>Two</p>"),
        ("a &lt; b &amp; c&#1;", "<p>a &lt; b &amp; c</p>"),
        (
            "看https://a.example/x【二】https://b.example/y谢谢",
            f'<p>看<a href="{A}/x">{A}/x</a>【二】<a href="{B}/y">{B}/y</a>谢谢</p>',
        ),
        (
            "https://a.example/头条 www.b.example/x.",
            f'<p><a href="{A}/头条">{A}/头条</a> <a href="http://www.b.example/x">www.b.example/x</a>.</p>',
        ),
        ("www.nothing and http:// and x.example", "<p>www.nothing and http:// and x.example</p>"),
        ("null", "<p>null</p>"),
        ("", ""),
    ],
    ids=["lines", "row", "entities", "glued", "scripts", "no addresses", "nothing dropped", "nothing"],
)
def test_bare_text_becomes_paragraphs_lines_and_links(text: str, html: str) -> None:
    assert clean(f"<div>\n{text}\n</div>") == html


# --- labels of other articles --------------------------------------------------------------------

ARTICLE = "<p>Text that is long enough to be the article, whatever else may stand around it here.</p>"
OWN, OTHER = (f'<a href="https://{host}/1">One</a>' for host in ("example.org", "other.example"))
LONGER = '<a href="https://www.example.org/2">One that is longer</a>'


@pytest.mark.parametrize(
    ("html", "left"),
    [
        pytest.param(f"<p>【相关阅读】</p><p>{OWN}</p><p>After.</p>", "<p>After.</p>", id="signs round it"),
        pytest.param(f"<p>► Related posts:</p><p>{OWN}</p><p>After.</p>", "<p>After.</p>", id="signs before and after"),
        pytest.param(f"<p>See also</p><p>{OWN}</p><p>{LONGER}</p><p>After.</p>", "<p>After.</p>", id="two links"),
        pytest.param(f"<p>See also</p><p>or {LONGER}</p><p>After.</p>", "<p>After.</p>", id="a word beside a link"),
        pytest.param(f"<p>Related: {OWN} {LONGER}</p><p>After.</p>", "<p>After.</p>", id="links in its own block"),
        pytest.param('<p><a href="https://example.org/1">See also</a></p><p>After.</p>', "<p>After.</p>", id="a link"),
        pytest.param("<p>See also</p>", "", id="at the end, with nothing"),
    ],
)
def test_label_goes_with_the_links_to_the_same_site(html: str, left: str) -> None:
    assert clean(ARTICLE + html) == ARTICLE + left


@pytest.mark.parametrize(
    "html",
    [
        pytest.param(f"<p>See also</p><p>{OTHER}</p>", id="link to another site"),
        pytest.param('<p>See also</p><p><a href="https://notexample.org/">One</a></p>', id="site of a longer name"),
        pytest.param(f"<p>Related: {OTHER}</p>", id="link to another site in its own block"),
        pytest.param(f"<p>Related: {OWN} {OTHER}</p>", id="links to both in its own block"),
        pytest.param('<p><a href="https://other.example/1">See also</a></p>', id="itself a link to another site"),
        pytest.param(f"<p>Related: as we said in {OWN}</p>", id="a sentence"),
        pytest.param("<p>See also</p><p>No link.</p>", id="followed by text"),
        pytest.param(f"<p>See also</p><p>Mostly text beside {OWN}</p>", id="followed by more text than links"),
        pytest.param(f"<p>See also</p><p>{OWN * 10}</p>", id="heads too much of the whole"),
        pytest.param(
            '<p><a href="https://example.org/1">See also</a></p><p>a.</p><p>b.</p><p>c.</p><p>d.</p><p>e.</p>',
            id="a link far from the end",
        ),
    ],
)
def test_label_of_anything_else_stays(html: str) -> None:
    assert clean(ARTICLE + html) == ARTICLE + html


# --- pictures, summaries, falling back -------------------------------------------------------------


def test_first_picture_is_the_posts_picture() -> None:
    assert cleaning.clean('<p>x<img src="https://a.example/?a=1&amp;b=2"></p>').image == "https://a.example/?a=1&b=2"


def test_site_may_give_a_post_a_picture() -> None:
    cleaned = cleaning.clean("<div>text</div>", original="https://www.youtube.com/watch?v=abc&t=1")

    assert cleaned.image == "https://i.ytimg.com/vi/abc/hqdefault.jpg"


def test_site_gives_no_picture_where_a_parameter_is_missing() -> None:
    assert cleaning.clean("<div>text</div>", original="https://www.youtube.com/playlist").image == ""


@pytest.mark.parametrize(
    ("html", "summary"),
    [
        ("<p>One <b>two</b></p><p>three &amp; four</p>", "One two three & four"),
        ("<figure><figcaption>Cap</figcaption></figure><p>Text</p>", "Text"),
        ("<pre>code</pre>", "code"),
        ("<p>" + "句子。" * 120 + "</p>", "句子。" * 93),
        ("<p>" + "字" * 300 + "</p>", "字" * 279 + "…"),
        ("<p>" + "word " * 100 + "</p>", ("word " * 56).strip() + "…"),
        ("plain text", "plain text"),
        ("<p>" + "x" * 400 + "</p>", "x" * 279 + "…"),
        ("", ""),
    ],
    ids=["inline", "captions", "only code", "sentence", "cjk", "words", "plain", "one word", "nothing"],
)
def test_summary_is_the_beginning_as_plain_text(html: str, summary: str) -> None:
    assert summarize(html) == summary


def test_summary_has_at_most_280_characters() -> None:
    assert all(len(summarize("a bc. 中" * size)) <= 280 for size in range(200))


def test_post_that_would_lose_nearly_all_is_sanitized_only() -> None:
    rules = cleaning.load_rules('[[site]]\nhost = "example.org"\nremove = ["p"]', "rules")
    text = "text " * 60

    cleaned = cleaning.clean(f"<p class='x'>{text}</p><script>x</script>", original=ORIGINAL, rules=rules)

    assert cleaned.html == f"<p>{text}</p>"


def test_fallback_says_why() -> None:
    rules = cleaning.load_rules('[[site]]\nhost = "example.org"\nremove = ["p"]', "rules")

    cleaned = cleaning.clean("<p>" + "text " * 60 + "</p>", original=ORIGINAL, rules=rules)

    assert cleaned.fallback == "only 0 of 240 characters would be left: sanitized only"


PLAYER = "https://www.youtube.com/embed/x"


@pytest.mark.parametrize(
    ("frame", "kept"),
    [
        ("<iframe>{}</iframe>", []),
        ("<iframe>{}", []),
        ('<iframe title="a>b" width=1>{}</iframe>', []),
        ("<iframe title='a src=\"https://a.example/\"'>{}</iframe>", []),
        ('<iframe src="https://evil.example/">{}</iframe>', []),
        ('<iframe src="">{}<iframe>x</iframe>', []),
        ("<IFRAME srcdoc='<p>x'>{}</IFRAME>", []),
        (f'<iframe src="{PLAYER}">{{}}</iframe>', [PLAYER]),
        (f'<iframe>{{}}</iframe><iframe src="{PLAYER}"></iframe>', [PLAYER]),
    ],
)
def test_body_that_fell_back_has_no_frame_without_address_and_nothing_inside_others(
    frame: str, kept: list[str]
) -> None:
    rules = cleaning.load_rules('[[site]]\nhost = "example.org"\nremove = ["p", "div"]', "rules")
    html = f"<p>{'text ' * 90}</p><div>{frame.format('swallowed <b>x</b><script>alert(1)</script>')}</div>"

    cleaned = cleaning.clean(html, original=ORIGINAL, rules=rules)

    assert cleaned.fallback
    assert re.findall('<iframe src="([^"]*)"[^<>]*></iframe>', cleaned.html) == kept
    assert (cleaned.html.count("iframe"), "swallowed" in cleaned.html) == (2 * len(kept), False)


def test_body_that_fell_back_keeps_text_about_frames() -> None:
    rules = cleaning.load_rules('[[site]]\nhost = "example.org"\nremove = ["p"]', "rules")
    text = f"<p>{'text ' * 90}&lt;iframe&gt;shown&lt;/iframe&gt;</p>"

    cleaned = cleaning.clean(text, original=ORIGINAL, rules=rules)

    assert (bool(cleaned.fallback), cleaned.html) == (True, text)


def test_body_that_is_only_sanitized_has_nothing_inside_frames() -> None:
    html = '<p>x</p><iframe src="https://www.youtube.com/embed/x"><script>alert(1)</script></iframe>'

    assert cleaning.sanitize_only(html, "").html == "<p>x</p>"


# --- limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [300, 5_000, 50_000])
def test_text_behind_a_deep_nest_is_kept(depth: int) -> None:
    assert "AFTER" in clean("<div>" * depth + "AFTER")


@pytest.mark.parametrize(
    "html",
    [
        "<a" * 40_000,
        "<!--" * 40_000,
        "<script" * 20_000,
        "<" * 60_000,
        "<br>" * 40_000,
        "<p>" + " " * 690_000,
        "[" * 9_000,
    ],
    ids=["a", "comment", "script", "lt", "br", "blanks", "brackets"],
)
def test_hostile_input_gives_sound_html(html: str) -> None:
    assert not faults(clean(html))


def test_post_that_is_too_large_keeps_text_and_pictures_and_says_so() -> None:
    cleaned = cleaning.clean("<p>Hello <b>you</b><img src='https://a.example/b.png'></p>" + "<i></i>" * 15_000)

    assert cleaned == Cleaned(
        '<p>Hello you <img src="https://a.example/b.png"></p>',
        "Hello you",
        "https://a.example/b.png",
        "more than 700000 characters or 30000 tags: only text and pictures are left",
    )


def test_many_references_are_not_left_to_the_sanitizer() -> None:
    cleaned = cleaning.clean("<p>" + "a &amp; " * 70_000 + "b</p>")

    assert "&" not in cleaned.html


# --- any text ------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *("<div>", "</div>", "<p>", "</p>", "<b>", "</b>", "<a href='/x'>", "</a>", "<br>", "<table>", "<tr>", "<td>"),
        *("</table>", "<ul><li>", "</li>", "</ul>", "<h2>", "</h2>", "<pre>", "</pre>", "<img src=x>", "<svg>"),
        *("<iframe src=//a.b>", "<math>", "<script>", "</script>", "<style>", "<!--", "-->", "<i id=i>", "</i>"),
        *("<ruby>", "<rt>", "<span>", "</span>", "<blockquote>", "</blockquote>", "<figure>", "<noscript>"),
        *("</noscript>", "<video src=v>", "<form>", "<x onclick=y>", "<p hidden>", "<p class=ad>", "<section>"),
        *("<q cite=x>", "<hr>", "<code>", " ", "\n", "\u00a0", "\u3000", "\u200b", "中", "文", "a", ".", "（", "&lt;"),
        *("&#1;", "&amp;", "<", "http://a.b/", "null", "share", "2024-01-01"),
    ]
)
SOUP = st.lists(PIECES, max_size=24).map("".join)
MANY = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(st.text(max_size=80) | SOUP)
def test_anything_gives_safe_sound_legal_html(html: str) -> None:
    assert not faults(clean(html))


@MANY
@given(SOUP)
@example("</div><i id=i>\u3000<i id=i>")
def test_cleaning_twice_changes_nothing(html: str) -> None:
    once = clean(html)

    assert clean(once) == once


@MANY
@given(SOUP)
def test_explaining_never_fails(html: str) -> None:
    assert all(removal.rule for removal in cleaning.explain(html, original=ORIGINAL, title=TITLE))


def test_explanation_names_the_rule_and_what_went() -> None:
    html = "<p>A text that is long enough to stay.</p><div class='ad'>x</div>"

    assert cleaning.explain(html) == (cleaning.Removal("class ad", '<div class="ad">x</div>'),)


@pytest.mark.parametrize(
    ("image", "rule"),
    [
        ('<img src="/blank.gif"/>', "placeholder"),
        ('<img alt="x"/>', "image without URL"),
        ('<img src="https://[x/"/>', "image without URL"),
        ('<img src="/a.png" width="1"/>', "pixel"),
    ],
    ids=["placeholder", "none", "unusable", "pixel"],
)
def test_explanation_says_why_a_picture_went(image: str, rule: str) -> None:
    assert [removal.rule for removal in cleaning.explain(f"<p>Text.</p><p>{image}</p>")] == [rule]


@pytest.mark.parametrize(
    "frame",
    ["<iframe></iframe>", '<iframe src="about:blank"></iframe>', '<iframe src="//buttons.github.io/x"></iframe>'],
    ids=["none", "nothing", "a button"],
)
def test_explanation_says_why_a_frame_went(frame: str) -> None:
    assert [removal.rule for removal in cleaning.explain(f"<p>Text.</p>{frame}")] == ["frame without URL"]
