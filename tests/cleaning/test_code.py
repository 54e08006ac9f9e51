"""Code as highlighters write it: their HTML in data/code comes out as the text that they were given."""

import re
from html import unescape
from pathlib import Path

import pytest

from feedsvc import cleaning

CASES = Path(__file__).parents[1] / "data" / "code"
SNIPPETS = {name: (CASES / f"{name}.txt").read_text("utf-8") for name in ("javascript", "python", "html")}
CAPTIONS = {"hexo", "docusaurus", "docusaurus-numbers", "expressive-code", "rehype-pretty-code", "mkdocs-table"}
CAPTIONS |= {"mkdocs-inline", "pygments-file"}
NAMELESS = ("shiki", "pygments", "markdown-codehilite", "coderay", "crayon", "geshi", "gist")  # they write no language
_PRE = re.compile("<pre>(.*?)</pre>", re.DOTALL)
_TAG = re.compile("<[^>]*>")


def clean(html: str) -> str:
    return cleaning.clean(html).html


def to_text(html: str) -> str:
    return unescape(_TAG.sub("", html))


def clean_case(name: str) -> str:
    return clean((CASES / f"{name}.html").read_text("utf-8"))


NAMES = sorted(path.stem for path in CASES.glob("*.html"))


@pytest.mark.parametrize("name", NAMES)
def test_highlighted_code_is_the_text_it_was_made_from(name: str) -> None:
    codes = [to_text(code) for code in _PRE.findall(clean_case(name))]

    assert codes == [text.rstrip() for text in SNIPPETS.values()]


@pytest.mark.parametrize("name", NAMES)
def test_nothing_but_a_caption_stands_beside_highlighted_code(name: str) -> None:
    beside = to_text(_PRE.sub("", clean_case(name)))

    caption = ("a.txt" if name == "pygments-file" else "a title") if name in CAPTIONS else ""
    assert beside.replace(caption, "") == "Before it, words.Between.Between.After it."


@pytest.mark.parametrize("name", [name for name in NAMES if not name.startswith(NAMELESS)])
def test_language_of_code_is_kept(name: str) -> None:
    languages = re.findall('<pre><code class="language-([^"]*)"', clean_case(name))

    assert [name.replace("markup", "html") for name in languages] == [*SNIPPETS]  # Prism's name of HTML


@pytest.mark.parametrize("name", NAMES)
def test_clean_code_is_not_changed_again(name: str) -> None:
    once = clean_case(name)

    assert clean(once) == once


@pytest.mark.parametrize(
    ("html", "code"),
    [
        ("<pre>a<span> </span>b\n<span>\n</span>  c</pre>", "a b\n\n  c"),
        ("<pre><div>a\n</div><div>b</div></pre>", "a\nb"),
        ("<pre><div>a</div>\n<div>b</div></pre>", "a\nb"),
        ("<pre>a<div>b</div>c</pre>", "a\nb\nc"),
        ("<pre><code>a</code><code>b</code></pre>", "a\nb"),
        ("<pre>a <code>b</code> <code>c</code></pre>", "a b c"),
        ("<pre>a<br><br>b</pre>", "a\n\nb"),
        ('<pre>a<span class="line"></span>b</pre>', "a\nb"),
        ("<pre><span data-line>a</span><span data-line> </span><span data-line>b</span></pre>", "a\n\nb"),
        ('<pre><code>let z = 1;\n<span class="copy-code-btn">复制代码</span></code></pre>', "let z = 1;"),
        ("<pre><button>Copy</button><code>OK</code></pre>", "OK"),
        ('<pre><span class="ln">x1</span></pre>', "x1"),
        ('<pre><span class="lineno">1</span><span class="mi">1</span></pre>', "1"),
        ('<pre data-line="1" class="line-numbers">1\n2</pre>', "1\n2"),
        ("<pre>a\u00a0 b</pre>", "a\u00a0 b"),
    ],
)
def test_lines_and_blanks_of_code_stay_and_numbers_and_buttons_go(html: str, code: str) -> None:
    assert [to_text(found) for found in _PRE.findall(clean(f"<p>Text.</p>{html}"))] == [code]


@pytest.mark.parametrize(
    "html",
    [
        "<p>Text.</p><table><tbody><tr><td>1</td><td><code>a</code></td></tr></tbody></table>",
        "<p>Text.</p><table><tbody><tr><td>one</td><td><pre>a</pre></td></tr></tbody></table>",
        '<p>Text.</p><pre>a <b>b</b> <a href="https://a.example/">c</a></pre>',
        "<p>Type <code> </code>, never <code>  </code>.</p>",
        "<p>One<br>Two</p>",
    ],
)
def test_what_only_looks_like_highlighted_code_stays(html: str) -> None:
    assert clean(html) == html


@pytest.mark.parametrize(
    ("html", "language"),
    [
        ('<pre class="language-js">a</pre>', "js"),
        ('<pre><code class="hljs js">a</code></pre>', "js"),
        ('<pre class="hljs"><code class="lang-go">a</code></pre>', "go"),
        ('<pre class="brush: php; gutter: false">a</pre>', "php"),
        ('<div class="highlight-rust notranslate"><div class="highlight"><pre>a</pre></div></div>', "rust"),
        ('<div class="highlight highlight-source-shell"><pre>a</pre></div>', "shell"),
        ('<pre data-lang="toml">a</pre>', "toml"),
        ('<figure class="highlight plaintext"><pre>a</pre></figure>', ""),
        ('<div class="highlight-default notranslate"><pre>a</pre></div>', ""),
        ('<article class="language-en"><p>x</p><pre>a</pre></article>', ""),
    ],
)
def test_language_is_read_where_highlighters_write_it(html: str, language: str) -> None:
    found = re.findall('<code class="(?:language-)?([^"]*)"', clean(f"<p>Text.</p>{html}"))

    assert found == ([language] if language else [])


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p><span>One<br></span>Two</p>", "<p>One<br>Two</p>"),
        ("<p>One<span>Two<br></span></p><p>Three</p>", "<p>OneTwo</p><p>Three</p>"),
        ("<p>One<font><br></font></p><p><span><br> </span></p><p>Two</p>", "<p>One</p><p>Two</p>"),
        ("<p>One<span><br><br></span><br><b>x</b></p>", "<p>One<br><br><b>x</b></p>"),
    ],
)
def test_break_in_a_span_is_one_of_its_line(html: str, expected: str) -> None:
    assert clean(html) == expected


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<h2 id="a">T<a href="#a" class="headerlink">¶</a></h2>', "<h2>T</h2>"),
        ('<h2><a id="a" href="#a">#</a> C#</h2>', "<h2>C#</h2>"),
        ('<section id="b"><h3><a href="#b">§</a> S</h3></section>', "<h3>S</h3>"),
        ('<h2 id="a">T <a href="https://example.org/p#a">🔗</a></h2>', "<h2>T</h2>"),
        ('<h2 id="c"><a href="#c">C#</a></h2>', '<h2 id="c"><a href="#c">C#</a></h2>'),
        ('<h2>T <a href="https://example.org/x">#</a></h2>', '<h2>T <a href="https://example.org/x">#</a></h2>'),
    ],
)
def test_link_of_a_heading_to_itself_goes(html: str, expected: str) -> None:
    assert clean(f"{html}<p>x</p>") == f"{expected}<p>x</p>"


@pytest.mark.parametrize(
    "unit",
    [
        "<pre><span>",
        "<table><tr><td class=ln>",
        '<span class="copy-btn">',
        "<h2><a href=#a>",
        "<span><br>",
        "<pre><code>",
    ],
)
def test_hostile_code_does_not_fail(unit: str) -> None:
    assert clean(unit * 29_000) is not None
