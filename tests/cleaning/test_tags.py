"""Tags without an end: what follows them stays."""

import pytest

from feedsvc import cleaning


def clean(html: str) -> str:
    return cleaning.clean(html, original="https://example.org/a/post").html


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<p>Use the <title> tag.</p><p>Second.</p>", "<p>Use the &lt;title&gt; tag.</p><p>Second.</p>"),
        ("<p>A Vec<Button> here.</p><p>Second.</p>", "<p>A Vec&lt;Button&gt; here.</p><p>Second.</p>"),
        ("<p>Never (<textarea>) so.</p><p>Second.</p>", "<p>Never (&lt;textarea&gt;) so.</p><p>Second.</p>"),
        ("<p>A <select>, an <option>.</p><p>x</p>", "<p>A &lt;select&gt;, an &lt;option&gt;.</p><p>x</p>"),
        ("<p>在<iframe>里。</p><p>Second.</p>", "<p>在&lt;iframe&gt;里。</p><p>Second.</p>"),
        ("<p>The <script> tag.</p><p>Second.</p>", "<p>The &lt;script&gt; tag.</p><p>Second.</p>"),
        ("<p>An <embed> or <source>.</p>", "<p>An &lt;embed&gt; or &lt;source&gt;.</p>"),
        (
            "<p>Open with <title> first.</p><p>End with </title> then.</p>",
            "<p>Open with &lt;title&gt; first.</p><p>End with &lt;/title&gt; then.</p>",
        ),
        ("<p>End it with </textarea>, please.</p>", "<p>End it with &lt;/textarea&gt;, please.</p>"),
        ("<p>Use <plaintext> now.</p><p>Second.</p>", "<p>Use &lt;plaintext&gt; now.</p><p>Second.</p>"),
        ("<p>A Vec<T> and Map<Key, Value> here.</p>", "<p>A Vec&lt;T&gt; and Map&lt;Key, Value&gt; here.</p>"),
        ("<p>Any Array<string[]>, <filename> too.</p>", "<p>Any Array&lt;string[]&gt;, &lt;filename&gt; too.</p>"),
        ("Old <xmp> is old.", "<p>Old &lt;xmp&gt; is old.</p>"),
    ],
)
def test_tag_named_in_prose_is_shown_and_costs_no_text(html: str, cleaned: str) -> None:
    assert clean(html) == cleaned
    assert clean(cleaned) == cleaned


@pytest.mark.parametrize("name", ["bgsound", "command", "keygen", "menuitem", "source", "track", "spacer", "nextid"])
def test_what_follows_an_element_without_an_end_tag_stays(name: str) -> None:
    assert clean(f"<p>One</p><{name} x='y>'><p>Two</p><p>Three</p>") == "<p>One</p><p>Two</p><p>Three</p>"


def test_breaks_of_words_hold_nothing() -> None:
    assert clean("<p>super<wbr>cali<i>x</i></p>") == "<p>super<wbr>cali<i>x</i></p>"


def test_image_of_old_html_is_an_image() -> None:
    assert clean("<p>a<image src='b.png'>c</p>") == '<p>a<img src="https://example.org/a/b.png">c</p>'


@pytest.mark.parametrize(
    "block",
    ['<div class="clear" />', "<section/>", "<iframe src='' />", "<script src='x.js'/>", "<textarea />", "<title/>"],
)
@pytest.mark.parametrize("fall_back", [False, True])
def test_self_closed_element_ends_where_it_stands(block: str, *, fall_back: bool) -> None:
    html = f"<p>One</p>{block}<p>Two</p>"

    assert (cleaning.sanitize_only(html, "").html if fall_back else clean(html)) == "<p>One</p><p>Two</p>"


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<p>One</p><script>var x = 1;<p>Two</p>", "<p>One</p><p>Two</p>"),
        ("<p>One</p><style>p { color: red }<p>Two</p>", "<p>One</p><p>Two</p>"),
        ("<p>One</p><select name='a'><p>Two</p>", "<p>One</p><p>Two</p>"),
        ("<p>One</p><iframe src='https://a.example/' title='b'><p>Two</p>", None),
        ("<p>One</p><div><svg viewBox='0 0 1 1'><path/></div><p>Two</p>", "<p>One</p><p>Two</p>"),
    ],
)
def test_element_that_is_never_closed_ends_with_its_paragraph(html: str, cleaned: str | None) -> None:
    assert clean(html) == (cleaned or '<p>One</p><p><a href="https://a.example/">b</a></p><p>Two</p>')


@pytest.mark.parametrize(
    ("html", "cleaned"),
    [
        ("<p>a</p><script>document.write('<title> x')</script><p>b</p>", "<p>a</p><p>b</p>"),
        ("<p>a</p><style>a > b {}</style><title>A title</title><p>b</p>", "<p>a</p><p>b</p>"),
        ("<p>a</p><select><option>c <option>d</select><p>b</p>", "<p>a</p><p>b</p>"),
        ("<p>a <!-- <title> or <select> --> b</p>", "<p>a b</p>"),
        ("<p><code>&lt;title&gt; x</code> b</p>", "<p><code>&lt;title&gt; x</code> b</p>"),
        ("<xmp><embed src=x> <title></xmp>", "<p>&lt;embed src=x&gt; &lt;title&gt;</p>"),
        ("<p>a <nobr>b <o:p>c <custom>d</custom> <x-y>e <fb:like> <foo bar=1>f</p>", "<p>a b c d e f</p>"),
        ("<p>a</p><svg><g><foo></svg><p>b</p>", "<p>a</p><p>b</p>"),
        ("<p>a</p><template><p>c</p></template><p>b</p>", "<p>a</p><p>b</p>"),
        ("<form>Name: <input> Age: <input></form><p>b</p>", "<p>Name: Age:</p><p>b</p>"),
    ],
)
def test_elements_with_an_end_stay_what_they_are(html: str, cleaned: str) -> None:
    assert clean(html) == cleaned


@pytest.mark.parametrize("flood", ["<embed ", '<title x="', "<script>", "<!--", "<title>a</title>", "<select>a </p>"])
def test_floods_of_tags_give_sound_html(flood: str) -> None:
    assert "<script" not in clean(flood * 5_000)
