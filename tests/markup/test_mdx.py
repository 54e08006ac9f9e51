"""Bodies of MDX without imports, exports and tags of components."""

import pytest

from feedsvc.markup.dialects import is_mdx, to_markdown
from feedsvc.markup.markdown import to_html
from feedsvc.markup.mdx import repair_tags_of_jsx, strip_mdx

STRIPPED = {
    "imports": ('import Chart from "../Chart"\nimport { a } from "b"\n\nWords.', "\nWords."),
    "several lines": ('import {\n  a,\n  b,\n} from "c"\n\nWords.', "\nWords."),
    "exports": ("Words.\n\nexport const year = 2024\n\nMore.", "Words.\n\n\nMore."),
    "component": ("<Note>\n\nInside **text**.\n\n</Note>", "\n\nInside **text**.\n\n"),
    "within a line": ("After <Badge>New</Badge> words.", "After New words."),
    "attributes": ('<Chart year={2024} f={() => x > 1} color="a>b" />End', "End"),
    "over lines": ("<Chart\n  year={2024}\n/>\n\nWords.", "\n\nWords."),
    "number": ("In {2024} and {-1.5}", "In 2024 and -1.5"),
    "exported text": ("export const city = 'Port'\n\nOf {city} and { city }.", "\nOf Port and Port."),
    "exported number": ("export const a = 3;\nexport let b = 'x';\n\n**{a}** <A>{b}</A>", "\n**3** x"),
    "members and fragments": ("<><Tabs.Item label='x'>One</Tabs.Item></>", "One"),
}
SHOWN = {
    "required": ("<img src={require('./x.png').default} alt=\"x\" />", '<img src="./x.png" alt="x" />'),
    "called with a path": ("<img src={useBaseUrl('/b.png')} width={300}/>", '<img src="/b.png" width="300" />'),
    "of the site": ('<img src={require("@site/static/img/a.png").default} />', '<img src="/img/a.png" />'),
    "unknown": ("<a href={url} className='x' {...props}>a</a>", '<a class="x">a</a>'),
    "style and handler": ("<b style={{a: 'b', c: {d: 1}}} onClick={() => go({a: 1})} id=x>a</b>", '<b id="x">a</b>'),
    "imported": (
        "import pic from './pic.png'\nimport Image from 'a'\n\n<Image src={pic} alt=\"A\" /> <img src={pic.src}/>",
        '\n<img src="./pic.png" alt="A" /> <img src="./pic.png" />',
    ),
    "with a caption": (
        '<Figure src="/p.jpg" caption="One & two" />',
        '<figure><img src="/p.jpg" /><figcaption>One &amp; two</figcaption></figure>',
    ),
    "film by its file": ('<Player src="/a.mp4" />', '<video src="/a.mp4" controls></video>'),
    "player by its id": ('<YouTubeEmbed videoId="abc" />', '<youtube id="abc"></youtube>'),
    "player by its address": (
        '<CodePen url="https://codepen.io/a" title="Pen" />',
        '<a href="https://codepen.io/a">Pen</a>',
    ),
    "title of a box": ('<Aside type="tip" title="A & *b*">\nC\n</Aside>', "\n\n<strong>A &amp; *b*</strong>\n\n\nC\n"),
    "label of a tab": ('<TabItem label="npm">\nC\n</TabItem>', "\n\n<strong>npm</strong>\n\n\nC\n"),
    "summary": ("<Details summary={'More'}>C</Details>", "\n\n<strong>More</strong>\n\nC"),
    "card that leads elsewhere": (
        '<LinkCard title="A" href="/a/" />',
        '\n\n<strong><a href="/a/">A</a></strong>\n\n',
    ),
    "title that only a hint shows": ('<Abbr title="Long">L</Abbr> <Icon label="x" /> <Tabs title="t">b</Tabs>', "L  b"),
    "end of a summary": ("A.\n\n{/* truncate */}\n\nB.", "A.\n\n<!-- truncate -->\n\nB."),
    "end of a summary by its other name": ("A.\n\n{/*more*/}\n\nB.", "A.\n\n<!-- more -->\n\nB."),
    "texts": ("One{' '}two {\"three\"} {props.x}", "One two three {props.x}"),
}
KEPT = {
    "fenced code": '```js\nimport x from "y"\n\nexport const z = <Foo />\n```\n',
    "code in a line": "Use `<Foo />` and ``<Bar>``.",
    "prose": "import of goods rose.\n\nexport duties fell.\n\nWords.",
    "other comments": "A {/* truncate this */} {/* no more */} `{/* more */}`",
    "HTML": '<div class="x">Words</div> <br> <em>so</em>',
    "comparison": "1 <2, a < B and C > d",
    "never closed": "Words <Foo bar",
    "unknown name": "Of {city} and {props.x} and {a + 1}",
    "escaped braces": "\\{2024} and \\{'a'}",
    "constant in code": "```js\nexport const a = 1\n```\n\nOf {a} and `{a}`",
    "address": "<https://example.org/A>",
}


@pytest.mark.parametrize(("body", "shown"), SHOWN.values(), ids=SHOWN.keys())
def test_what_tags_show_is_written_as_html(body: str, shown: str) -> None:
    assert strip_mdx(body) == shown


def test_tags_of_jsx_in_other_markdown_are_repaired_outside_code() -> None:
    tag = "<img src={require('./x.png').default} style={{margin: 0}} />"

    assert repair_tags_of_jsx(f"{tag} `{tag}`") == f'<img src="./x.png" /> `{tag}`'


@pytest.mark.parametrize("path", ["@theme/Tabs", "@site/src/x.js", "@docusaurus/Link"])
def test_markdown_that_imports_from_docusaurus_is_mdx(path: str) -> None:
    body = f"Text\n\nimport Tabs from '{path}';\n\n<Tabs>\n\nWords <Link to=\"/x\">x</Link>\n\n</Tabs>\n"

    assert is_mdx(body, "a.md")
    assert "import" not in to_markdown(body, "a.md")
    assert "Words x" in to_markdown(body, "a.md")


@pytest.mark.parametrize(
    "body",
    [
        "Write:\n\n```js\n\nimport Tabs from '@theme/Tabs';\n```\n\n<Tabs>x</Tabs>",
        "`import Tabs from '@theme/Tabs'` gives <Tabs>",
        "import React from 'react'\n\n<Tabs>",
        "We import goods from @theme/Tabs <Tabs>",
    ],
)
def test_markdown_that_writes_of_imports_is_none(body: str) -> None:
    assert to_markdown(body, "a.md") == body


@pytest.mark.parametrize("body", ["<a href={{ url }}>a</a>", "<a href={{ 'x' | f: 'y' }}>a</a>", "<Foo a={{b: 1}} />"])
def test_braces_that_are_not_of_jsx_stay(body: str) -> None:
    assert to_markdown(body, "a.md") == body


@pytest.mark.parametrize(("body", "rest"), STRIPPED.values(), ids=STRIPPED.keys())
def test_what_only_a_compiler_understands_goes(body: str, rest: str) -> None:
    assert strip_mdx(body) == rest


@pytest.mark.parametrize("body", KEPT.values(), ids=KEPT.keys())
def test_other_text_stays(body: str) -> None:
    assert strip_mdx(body) == body


@pytest.mark.parametrize(
    "part",
    ["<A ", "<A {", "<a ", "<a b={", "<a b={{c: ", "`a", "```\n", "import {\n", "\n\nexport const x\n", "<A>", "` `` "],
)
def test_long_bodies_take_linear_time(part: str) -> None:
    assert len(strip_mdx(part * 30_000)) <= len(part) * 30_000


ITEM = "<Tabs>\n  <TabItem>\n    {}\n  </TabItem>\n</Tabs>"
TWO = "<ul>\n<li>b</li>\n<li>c</li>\n</ul>"
TAB = "<TabItem>\n\n    {}\n\n</TabItem>"


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("<TabItem>\n    An **orange**\n</TabItem>", "<p>An <strong>orange</strong></p>"),
        (TAB.format("- one\n      - two"), "<ul>\n<li>one\n<ul>\n<li>two</li>\n</ul>\n</li>\n</ul>"),
        (
            TAB.format("```js\n    if (a)\n      b\n    ```"),
            '<pre><code class="language-js">if (a)\n  b\n</code></pre>',
        ),
        (TAB.format("> quoted"), "<blockquote>\n<p>quoted</p>\n</blockquote>"),
        ("- one\n\n      two", "<ul>\n<li>\n<p>one</p>\n<p>two</p>\n</li>\n</ul>"),
        ("A\n\n    B", "<p>A</p>\n<p>B</p>"),
        (ITEM.format("- a\n    - b\n    - c"), "<ul>\n<li>a</li>\n<li>b</li>\n<li>c</li>\n</ul>"),
        (ITEM.format("1. a\n    2. b"), "<ol>\n<li>a</li>\n<li>b</li>\n</ol>"),
        (ITEM.format("  - a\n        b\n      - c"), "<ul>\n<li>a\nb</li>\n<li>c</li>\n</ul>"),
        (ITEM.format("- a\n      - b\n      - c\n    - d"), f"<ul>\n<li>a\n{TWO}\n</li>\n<li>d</li>\n</ul>"),
        ("Text\n    # Head", '<p>Text</p>\n<h1 id="head">Head</h1>'),
        (ITEM.format("Text\n    ```\n    a\n      b\n    ```"), "<p>Text</p>\n<pre><code>a\n  b\n</code></pre>"),
        (ITEM.format("Text\n    > a\n    > b"), "<p>Text</p>\n<blockquote>\n<p>a\nb</p>\n</blockquote>"),
        (ITEM.format("Text\n    - b\n    - c"), f"<p>Text</p>\n{TWO}"),
        ("- a\n\n      - b\n      - c", f"<ul>\n<li>\n<p>a</p>\n{TWO}\n</li>\n</ul>"),
        ("A\n    goes on\n      1986. so", "<p>A\ngoes on\n1986. so</p>"),
        ("- a\n    goes on\n- b", "<ul>\n<li>a\ngoes on</li>\n<li>b</li>\n</ul>"),
        ("> a\n    goes on", "<blockquote>\n<p>a\ngoes on</p>\n</blockquote>"),
    ],
)
def test_indented_text_of_mdx_is_no_code(body: str, html: str) -> None:
    assert to_html(strip_mdx(body), is_mdx=True).strip() == html


@pytest.mark.parametrize(
    "part", ["    - a\n", "a\n    - b\n", "    a\n", "a\n<b>\n", "</b>\n", "<svg>\n", "<pre>\n<b>\n"]
)
def test_floods_of_indented_blocks_take_linear_time(part: str) -> None:
    assert to_html(strip_mdx(part * 3_000), is_mdx=True)


@pytest.mark.parametrize("text", ["A\n\n    B", "- A\n\n      B", "<Tab>\n\n    B\n\n</Tab>"])
def test_elsewhere_it_is(text: str) -> None:
    assert "<code>" in to_html(text)


def test_indented_comments_of_mdx_are_hidden() -> None:
    assert strip_mdx("A\n\n      {/* B */}\n\n```\n    {/* C */}\n```") == "A\n\n{/* B */}\n\n```\n    {/* C */}\n```"


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ('<div className="x">\n![a](b.png)\n</div>', '<div class="x">\n<p><img src="b.png" alt="a" /></p>\n</div>'),
        ("<center>\n  *so*\n</center>", "<center>\n<p><em>so</em></p>\n</center>"),
        (
            "<details>\n<summary>S</summary>\n**b**\n</details>",
            "<details>\n<summary>S</summary>\n<p><strong>b</strong></p>\n</details>",
        ),
        ("<b>\n\n*a*\n\n</b>", "<b>\n<p><em>a</em></p>\n</b>"),
        ("<div>\n<span>\n*a*\n</span>\n</div>", "<div>\n<span>\n<p><em>a</em></p>\n</span>\n</div>"),
        ("a\n<b>\n\n*a*\n\n</b>\nb", "<p>a</p>\n<b>\n<p><em>a</em></p>\n</b>\n<p>b</p>"),
        ("a\n<div>\n*a*\n</div>", "<p>a</p>\n<div>\n<p><em>a</em></p>\n</div>"),
        ("<pre>\n*a*\n</pre>\n\n<p>\n*a*\n</p>", "<pre>\n*a*\n</pre>\n<p>\n<p><em>a</em></p>\n</p>"),
        ("<p>\n*a*\n</p>\n\n<svg>\n<g>\n</g>\n</svg>", "<p>\n<p><em>a</em></p>\n</p>\n<svg>\n<g>\n</g>\n</svg>"),
        ("<p>\n*a*\n<img src='b' />\n</p>", "<p>\n<p><em>a</em>\n<img src='b' /></p>\n</p>"),
    ],
)
def test_text_between_lines_of_tags_is_markdown(body: str, html: str) -> None:
    assert to_html(strip_mdx(body), is_mdx=True).strip() == html


@pytest.mark.parametrize(
    "body",
    [
        "<pre>\n*a*\n</pre>",
        "<math>\n<mi>a</mi>\n</math>",
        "<div>*a*</div>",
        "```html\n<div>\n*a*\n</div>\n```",
        "<img src='a' />\n<br>\ntext",
        "a <b>\nc",
        "text\n<b>\nbold\n</b>\nmore",
        "- text\n  <a href='x'>\n  link\n  </a>\n  more",
        "text\n<span>\n<em>a</em>\n</span>",
        "<svg>\n<g>\n</g>\n</svg>",
    ],
)
def test_other_tags_change_nothing(body: str) -> None:
    assert strip_mdx(body) == body
