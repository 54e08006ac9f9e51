"""Shortcodes of Hugo, Zola and Hexo: what is shown for them, and which leave a hint."""

from __future__ import annotations

import pytest

from feedsvc.cleaning import load_rules
from feedsvc.errors import SettingError
from feedsvc.lookup import NoLookup
from feedsvc.markup import markdown
from feedsvc.markup.shortcode_rules import KINDS, make_rules, packaged_lists
from feedsvc.markup.shortcodes import Shortcodes


class Folder(NoLookup):
    def find_title(self, url: str) -> str:
        return "The green leaf" if url == "feedsvc-post:leaf" else ""


def shown(body: str, **lists: list[str]) -> tuple[str, tuple[str, ...]]:
    shortcodes = Shortcodes(make_rules(packaged_lists(), lists), Folder())
    html = markdown.to_html(body, shortcodes=shortcodes).strip()
    return html, tuple(hint.text for hint in shortcodes.hints.all())


@pytest.mark.parametrize(
    ("body", "html"),
    [
        (
            '{{< figure src="/a.png" caption="A *boat*" alt="b" >}}',
            '<figure><img src="/a.png" alt="b"><figcaption>A *boat*</figcaption></figure>',
        ),
        ('{{< figure src="/a.png" alt="b" >}}', '<p><img src="/a.png" alt="b" /></p>'),
        (
            '{{< image src="/a.png" caption="b" >}}',
            '<figure><img src="/a.png" alt=""><figcaption>b</figcaption></figure>',
        ),
        ('{{< inTextImg url="/a.png" alt="b" >}}', '<p><img src="/a.png" alt="b" /></p>'),
        (
            "{{< youtube abc >}}",
            '<p><a href="https://www.youtube.com/watch?v=abc">https://www.youtube.com/watch?v=abc</a></p>',
        ),
        (
            '{{< youtube "https://youtu.be/abc?t=3" >}}',
            '<p><a href="https://www.youtube.com/watch?v=abc">https://www.youtube.com/watch?v=abc</a></p>',
        ),
        (
            "{% gist ada/12 boat.rb %} {% twitter https://twitter.com/ada/status/1 %}",
            (
                '<p><a href="https://gist.github.com/ada/12">https://gist.github.com/ada/12</a>'
                ' <a href="https://twitter.com/ada/status/1">https://twitter.com/ada/status/1</a></p>'
            ),
        ),
        ("{{< x 12 >}}", '<p><a href="https://x.com/i/status/12">https://x.com/i/status/12</a></p>'),
        ('{{< button href="/x/" >}}Go{{< /button >}}', '<p><a href="/x/">Go</a></p>'),
        ('{{< link href="https://a.example/" content="A" >}}', '<p><a href="https://a.example/">A</a></p>'),
        ('{{< admonition tip "T" >}}\nA *b*.\n{{< /admonition >}}', "<p><strong>T</strong></p>\n<p>A <em>b</em>.</p>"),
        ('{{< alert title="Mind" >}}\nA *b*.\n{{< /alert >}}', "<p><strong>Mind</strong></p>\n<p>A <em>b</em>.</p>"),
        ('{{< details title="More" >}}A{{< /details >}}', "<p><strong>More</strong></p>\n<p>A</p>"),
        ('A {{< badge content="new" >}} b', "<p>A new b</p>"),
        ("A {{< toc >}}b", "<p>A b</p>"),
        (
            'See {{< ref "leaf" >}}, [x]({{< ref "leaf" >}}).',
            '<p>See <a href="feedsvc-post:leaf">The green leaf</a>, <a href="feedsvc-post:leaf">x</a>.</p>',
        ),
        ('{{< tab "Mac" >}}A{{< /tab >}}', "<p><strong>Mac</strong></p>\n<p>A</p>"),
        (
            "{% asset_link a.pdf The file %} {% iframe https://a.example/ 10 20 %}",
            '<p><a href="a.pdf">The file</a> <a href="https://a.example/">https://a.example/</a></p>',
        ),
        ("{% note info %}\nA *b*.\n{% endnote %}", "<p>A <em>b</em>.</p>"),
        ("{% tabs x %}\nA\n{% endtabs %}", "<p>A</p>"),
        (
            "{% tabs x, 1 %}\n<!-- tab In *C*@fa-x -->\nA\n<!-- endtab -->\n<!-- tab -->\nB\n{% endtabs %}",
            "<p><strong>In *C*</strong>\nA</p>\n<!-- endtab -->\n<!-- tab -->\n<p>B</p>",
        ),
        (
            '{{< quote author="Ada" >}}\nA *b* `c`\n{{< /quote >}}',
            "<blockquote>\n<p>A <em>b</em> <code>c</code></p>\n<p>— Ada</p>\n</blockquote>",
        ),
        ("{{% blockquote %}}A{{% /blockquote %}}", "<blockquote>\n<p>A</p>\n</blockquote>"),
        (
            "{{< mermaid >}}\na-->b;\n\n*c*\n{{< /mermaid >}}",
            '<pre><code class="language-mermaid">a--&gt;b;\n\n*c*\n</code></pre>',
        ),
        ("{% mermaid %}\na-->b\n{% endmermaid %}", '<pre><code class="language-mermaid">a--&gt;b\n</code></pre>'),
        ("{% mermaid() %}\na-->b\n{% end %}", '<pre><code class="language-mermaid">a--&gt;b\n</code></pre>'),
        ("{{< columns >}}\nA\n<--->\nB\n{{< /columns >}}", "<p>A</p>\n<p>B</p>"),
        (
            "{% gist b636 a.rb %}",
            '<p><a href="https://gist.github.com/b636">https://gist.github.com/b636</a></p>',
        ),
        ("A chart of `mermaid` <--->", "<p>A chart of <code>mermaid</code> &lt;---&gt;</p>"),
        ("<!-- tab A -->B", "<!-- tab A -->B"),
        ('{{< image name="a.png" caption="A *b*" >}}', "<p>A *b*</p>"),
        ("{% hideToggle Show %}\nA\n{% endhideToggle %}", "<p>A</p>"),
        ("{% btn /x/, Go, fa %}", '<p><a href="/x/">Go</a></p>'),
        ("{% label primary@new %}", "<p>new</p>"),
        ("{% cq %}\nA\n{% endcq %}", "<blockquote>\n<p>A</p>\n</blockquote>"),
        ("{% post_link leaf %}", '<p><a href="feedsvc-post:leaf">The green leaf</a></p>'),
        ("{% post_link leaf 'this one' %}", '<p><a href="feedsvc-post:leaf">this one</a></p>'),
        ('Before {{ vimeo(id="12") }}.', '<p>Before <a href="https://vimeo.com/12">https://vimeo.com/12</a>.</p>'),
        ('{% quote(author="G") %}\nA\n{% end %}', "<blockquote>\n<p>A</p>\n<p>— G</p>\n</blockquote>"),
    ],
)
def test_known_ones_are_shown_without_a_hint(body: str, html: str) -> None:
    assert shown(body) == (html, ())


@pytest.mark.parametrize(
    ("body", "html"),
    [
        (
            '{{< image src="/a.png" caption="A {b} c (`d`)" >}}',
            '<figure><img src="/a.png" alt=""><figcaption>A {b} c (`d`)</figcaption></figure>',
        ),
        (
            '{{< figure src="/a.png" caption="Say \\"b\\" >}} c" >}}',
            '<figure><img src="/a.png" alt=""><figcaption>Say &quot;b&quot; &gt;}} c</figcaption></figure>',
        ),
        ("{{< image src=`/a.png` alt=`b {c}` >}}", '<p><img src="/a.png" alt="b {c}" /></p>'),
        ('{{< style "b{c:d;}" >}}A{{< /style >}}', "<p>A</p>"),
        ("{{ img(src='a (1).png', alt=\"b, (c) {d}\") }}", '<p><img src="a%20(1).png" alt="b, (c) {d}" /></p>'),
        (
            '{{ aside(text="By [b](https://b.example/c), `d`.") }}',
            '<p>By <a href="https://b.example/c">b</a>, <code>d</code>.</p>',
        ),
        ("A {% label info @add `+x_y_` now %} b", "<p>A add <code>+x_y_</code> now b</p>"),
        ("{% label info\n@b %}", "<p>b</p>"),
        (
            "{% blockquote Ada %}\nA `b`\n\n```\nc\n\nd\n```\n{% endblockquote %}",
            ("<blockquote>\n<p>A <code>b</code></p>\n<pre><code>c\n\nd\n</code></pre>\n<p>— Ada</p>\n</blockquote>"),
        ),
        (
            "- A\n\n\t{% blockquote Ada %}\n\t1. b\n\t2. c\n\t{% endblockquote %}\n\n- D",
            (
                "<ul>\n<li>\n<p>A</p>\n<blockquote>\n<ol>\n<li>b</li>\n<li>c</li>\n</ol>\n<p>— Ada</p>\n</blockquote>"
                "\n</li>\n<li>\n<p>D</p>\n</li>\n</ul>"
            ),
        ),
        ('By {{< person name="Ada" text="a *boat*" >}}.', "<p>By Ada – a <em>boat</em>.</p>"),
        ("{% quote(author='b') %}A `c`{% end %}", "<blockquote>\n<p>A <code>c</code></p>\n<p>— b</p>\n</blockquote>"),
        (
            '{{ multilingual_quote(original="木、は", translated="A tree, is", author="b") }}',
            "<blockquote>\n<p>木、は</p>\n<p>A tree, is</p>\n<p>— b</p>\n</blockquote>",
        ),
        ('{{< button href="/x/" >}}Go `b`{{< /button >}}', '<p><a href="/x/">Go <code>b</code></a></p>'),
        (
            '{{ dual_theme_image(light_src="a.png", dark_src="b.png", alt="c") }}',
            '<p><img src="a.png" alt="c" /></p>',
        ),
    ],
)
def test_arguments_hold_braces_brackets_commas_and_code(body: str, html: str) -> None:
    assert shown(body) == (html, ())


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("A `{{< weather >}}` b `{% planet %}`", "<code>{{&lt; weather &gt;}}</code> b <code>{% planet %}</code>"),
        ("A {{ b `c` }} d", "{{ b <code>c</code> }} d"),
        ("A {% b\n\nc %} d", "{% b"),
        ("```\n{{< image caption=`b` >}}\n```", "{{&lt; image caption=`b` &gt;}}"),
        ("It's {{ b }} `c` isn't", "It's {{ b }} <code>c</code> isn't"),
    ],
)
def test_what_looks_like_arguments_stays(body: str, kept: str) -> None:
    html, hints = shown(body)

    assert kept in html
    assert hints == ()


@pytest.mark.parametrize(
    ("body", "formula"),
    [
        ("A {{< katex >}}a_1*b*c_1{{< /katex >}}.", "$a_1*b*c_1$"),
        ("{{< katex display >}}\na \\\\\n=\n\nb\n{{< /katex >}}", "$$a \\\\\n=\nb$$"),
        ("{{% math %}}\n$$\na \\\\\nb\n$$\n{{% /math %}}", "$$a \\\\\nb$$"),
        ("{% katex(block=true) %}\na \\\\\n=\n{% end %}", "$$a \\\\\n=$$"),
        ("A {% latex() %}a_1*b*c_1{% end %}.", "$a_1*b*c_1$"),
        ('A {{ katex(body="a_1*b*") }}.', "$a_1*b*$"),
    ],
)
def test_formula_between_two_tags_is_mathematics(body: str, formula: str) -> None:
    html, hints = shown(body)

    assert formula in html
    assert 'class="math' in html
    assert hints == ()


@pytest.mark.parametrize(
    "body",
    [
        "{{< katex >}}\n\nText of *it* alone.",
        "```\n{{< katex >}}*a*{{< /katex >}}\n```\n\n*a*",
        "{{< mathx >}}*a*{{< /mathx >}}",
    ],
)
def test_other_text_is_no_formula(body: str) -> None:
    html, _ = shown(body)

    assert "math inline" not in html
    assert "<em>" in html


@pytest.mark.parametrize(
    ("body", "html", "hint"),
    [
        (
            '{{ planet(text="A *b*, c", size=3) }}',
            "<p>A <em>b</em>, c</p>",
            "planet: not known as a shortcode or tag, so its text alone is shown",
        ),
        (
            'See {{< external_link url="https://a.example/b" title="Tasks *of* Tekton" >}}.',
            '<p>See <a href="https://a.example/b">Tasks *of* Tekton</a>.</p>',
            "external_link: not known as a shortcode or tag, so its text alone is shown",
        ),
        (
            'See {{ extern(label="Ada", href="/x") }}.',
            '<p>See <a href="/x">Ada</a>.</p>',
            "extern: not known as a shortcode or tag, so its text alone is shown",
        ),
        (
            'See {{< go link="/x" text="Ada" >}}.',
            '<p>See <a href="/x">Ada</a>.</p>',
            "go: not known as a shortcode or tag, so its text alone is shown",
        ),
        (
            'A {{< weather url="/x" city="Port" >}} b',
            "<p>A  b</p>",
            "weather: not known as a shortcode or tag, so it is left out",
        ),
        (
            "{{< planet code=`a = {\n}` width=3 >}}",
            "<pre><code>a = {\n}\n</code></pre>",
            "planet: not known as a shortcode or tag, so its text alone is shown",
        ),
        (
            'A {{< planet "b >}} c "d" {{< /e >}}',
            "<p>A  c &quot;d&quot;</p>",
            "planet: not known as a shortcode or tag, so it is left out",
        ),
        (
            'A {{< weather city="Port" >}} b',
            "<p>A  b</p>",
            "weather: not known as a shortcode or tag, so it is left out",
        ),
        (
            "{{% spell %}}\nA **b**.\n{{% /spell %}}",
            "<p>A <strong>b</strong>.</p>",
            "spell: not known as a shortcode or tag, so its text alone is shown",
        ),
        ("A {{ planet(x=1) }} b", "<p>A  b</p>", "planet: not known as a shortcode or tag, so it is left out"),
        ("A {% planet mars %} b", "<p>A  b</p>", "planet: not known as a shortcode or tag, so it is left out"),
        ("{{< figure >}}", "", "figure: nothing is known of what it shows, so it is left out"),
        ("{{< gist >}}", "", "gist: nothing is known of what it shows, so it is left out"),
    ],
)
def test_unknown_ones_leave_a_hint(body: str, html: str, hint: str) -> None:
    assert shown(body) == (html, (hint,))


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("`{{< weather >}}`", "{{&lt; weather &gt;}}"),
        ("```\n{% planet %}\n```", "{% planet %}"),
        ("Text\n\n    {{< weather >}}\n    {% planet %}\n", "{{&lt; weather &gt;}}\n{% planet %}"),
        ('Text\n\n\t{{ youtube(id="x") }}\n', "{{ youtube(id=&quot;x&quot;) }}"),
        ("- item\n\n      {% planet %}\n", "{% planet %}"),
        ("    {{</* weather */>}}\n", "{{&lt; weather &gt;}}"),
        ("{{</* weather */>}}", "{{&lt; weather &gt;}}"),
        ("A {{ name }} b", None),
    ],
)
def test_code_is_left_alone(body: str, kept: str | None) -> None:
    html, hints = shown(body)

    assert kept is None or kept in html
    assert hints == ()


def test_indented_ones_within_others_are_no_code() -> None:
    html, hints = shown('{{< tabs >}}\n\n    {{< tab "x" >}}\n    A\n    {{< /tab >}}\n\n{{< /tabs >}}')

    assert "{{" not in html
    assert hints == ()


def test_operator_names_others() -> None:
    lists = {
        "figures": ["photo file"],
        "players": ["clip id https://video.example/watch/{}"],
        "links": ["shop href label"],
        "texts": ["kitchen-note title"],
        "nothing": ["advert", "toc"],
    }
    body = '{{< photo file="a.png" >}} {{< clip 7 >}} {{< shop href="/s/" label="S" >}}{{< advert >}}'

    html, hints = shown(body, **lists)

    assert html == (
        '<p><img src="a.png" alt="" /> <a href="https://video.example/watch/7">https://video.example/watch/7</a>'
        ' <a href="/s/">S</a></p>'
    )
    assert hints == ()
    rules = load_rules("[shortcodes]\n" + "\n".join(f"{kind} = {entries}" for kind, entries in lists.items()), "r.toml")
    assert rules.shortcodes["figures"] == ("photo file",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[shortcodes]\nfigure = ["a"]', "unknown key 'figure'"),
        ('[shortcodes]\nplayers = ["a id https://a.example/"]', "is not 'name parameters URL'"),
        ('[shortcodes]\ntexts = "a"', "must be a list of strings"),
    ],
)
def test_mistakes_of_an_operator_are_told(text: str, reason: str) -> None:
    with pytest.raises(SettingError, match=r"r\.toml: \[shortcodes\]: ") as error:
        load_rules(text, "r.toml")

    assert reason in str(error.value)


def test_packaged_lists_are_of_known_kinds() -> None:
    assert set(packaged_lists()) == set(KINDS)
