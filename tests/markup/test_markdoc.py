"""What only Markdoc reads, in Markdown."""

import pytest

from feedsvc.markup.dialects import to_markdown
from feedsvc.markup.markdown import to_html


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("Text\n\n{% note %}\nA *b*.\n{% /note %}\n\nMore", "<p>Text</p>\n<p>A <em>b</em>.</p>\n<p>More</p>"),
        ('Before {% badge text="New" /%} after', "<p>Before New after</p>"),
        ("A *b* {% #c .d %}", "<p>A <em>b</em></p>"),
        ('A *b* {% width="50%" id=x %}', "<p>A <em>b</em></p>"),
        ("Of {% $name %} and {% $a.b[0] %}", "<p>Of and</p>"),
        ("`{% /note %}` and `{% #c %}`", "<p><code>{% /note %}</code> and <code>{% #c %}</code></p>"),
    ],
)
def test_body_of_markdoc_comes_out(body: str, html: str) -> None:
    assert to_html(to_markdown(body, "a.mdoc")).strip() == html


@pytest.mark.parametrize("body", ["{% /note %}", "A {% #c %}", "{% $x %}"])
def test_other_markdown_stays(body: str) -> None:
    assert to_markdown(body, "a.md") == body


@pytest.mark.parametrize("part", ["{% /a", "{% #a ", "{% a=", '{% a="', "{% $a %}"])
def test_long_bodies_take_linear_time(part: str) -> None:
    assert len(to_markdown(part * 30_000, "a.mdoc")) <= len(part) * 30_000
