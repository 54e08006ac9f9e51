"""Parsing makes the tree that BeautifulSoup makes with lxml."""

import pytest
from bs4 import BeautifulSoup, Tag
from bs4.element import PageElement, Script, Stylesheet, TemplateString

from feedsvc.cleaning.parsing import parse_html

CASES = {
    "nested": "<div><p>One <b>two <i>three</i></b> four</p><p>Five",
    "never closed": "<div><p>One<p>Two<ul><li>a<li>b</div></div></p>text",
    "overlapping": "<div><b>one<i>two</b>three</i>four",
    "blanks": "<div>  \n <p> \t </p><pre>  \n </pre><code>  </code><textarea>   </textarea><b>  </b>",
    "blanks in code": "<div><pre><code>  </code> <span>   </span></pre>   <span>   </span>",
    "comments": "<div>a<!-- one -->b<!----><p><!-- two --></p>",
    "declarations": "<div>a<!DOCTYPE html>b<?php echo 1 ?>c<![CDATA[d]]>",
    "scripts": "<div><script>if (a < b) { c() }</script><style>p { }</style><template><b>x</b> y</template> z",
    "void": "<div>a<br>b<br/>c<img src=x alt='1 > 0'><hr><input disabled>",
    "tables": "<div><table><tr><td>a<td>b<tr><td>c</table><tr><td>d",
    "roots": "<div><html lang=en><head><title>t</title></head><body class=a>text</body></html>after",
    "braces": "<div><a {{ x }}href='u' {y}id=z {% if %} v=w>t</a>",
    "namespaces": "<div><o:p>a</o:p><svg xmlns:xlink='x'><a xlink:href='u'/></svg><p xml:lang=de>b",
    "references": "<div title='&lt;&quot;&#228;'>&amp;amp; &nbsp; &unknown; &#x1F600; &#0; 中文",
    "controls": "<div>a\x00b\x01c\x0cd\r\ne\ufefff",
    "twice": "<div><p id=a id=b class='x  y'>t</p>",
}


@pytest.mark.parametrize("html", CASES.values(), ids=CASES)
def test_tree_is_that_of_beautifulsoup(html: str) -> None:
    containers = {"script": Script, "style": Stylesheet, "template": TemplateString}
    soup = BeautifulSoup(
        html,
        "lxml",
        multi_valued_attributes=None,
        string_containers=containers,
        preserve_whitespace_tags={"pre", "textarea", "code"},
    )

    body = parse_html(html)

    assert soup.body is not None
    assert _describe(body) == _describe(soup.body)
    assert (body.decode_contents(), body.get_text()) == (soup.body.decode_contents(), soup.body.get_text())


@pytest.mark.parametrize("html", CASES.values(), ids=CASES)
def test_nodes_are_linked_both_ways(html: str) -> None:
    body = parse_html(html)

    for node in (body, *body.descendants):
        assert node.next_element is None or node.next_element.previous_element is node
        assert node.next_sibling is None or node.next_sibling.previous_sibling is node
        assert not isinstance(node, Tag) or all(child.parent is node for child in node.contents)


def _describe(root: Tag) -> list[tuple[object, ...]]:
    """Return what each node is, and where: its depth, and whether siblings stand beside it."""
    return [
        (type(node), _value(node), len(list(node.parents)), node.previous_sibling is None, node.next_sibling is None)
        for node in (root, *root.descendants)
    ]


def _value(node: PageElement) -> object:
    return (node.name, dict(node.attrs), node.can_be_empty_element) if isinstance(node, Tag) else str(node)
