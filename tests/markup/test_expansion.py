"""Liquid, shortcodes and attribute lists in Markdown, as HTML shows them."""

import re

import pytest

from feedsvc.markup import markdown as markup
from feedsvc.markup.expansion import MAX_REPEATED


def to_html(body: str) -> str:
    return markup.to_html(body, title="A Title", site_url="https://site.example/blog/").strip()


YOUTUBE = '<a href="https://www.youtube.com/watch?v=abc-d">https://www.youtube.com/watch?v=abc-d</a>'


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
        ("[x]({{ site.baseurl }}{% link a.md %})", '<a href="feedsvc-file:/blog/a.html">x</a>'),
        ("[x]({{ site.repository }}/issues/1) {{ page.x }}y", "<a>x</a> y"),
        ('<a class="b" href="{{ site.repository\n}}/issues/1">x</a>', '<a class="b">x</a>'),
        ("{% if a %}A{% else %}B{% endif %}C", "AC"),
        ("{% if a %}A{% elsif b %}{% if c %}B{% endif %}{% else %}C{% endif %}D{% else %}E", "ADE"),
        ("{% for a in b %}A `{% if %}` B{% else %}C{% endfor %}D", "A <code>{% if %}</code> BD"),
        ("[x]({% post_url 2016-07-26-name-of %})", '<a href="feedsvc-post:2016-07-26-name-of">x</a>'),
        ("[x]({% link assets/a.pdf %})", '<a href="feedsvc-file:/blog/assets/a.pdf">x</a>'),
        ('{{ "https://a.example" | absolute_url }}', "https://a.example"),
        ("{{ page.title }}!{{ page.other }}", "A Title!"),
        (
            'Hi {{ name }}, "{{ user.name }}", x={{ y | upcase }}',
            "Hi {{ name }}, &quot;{{ user.name }}&quot;, x={{ y | upcase }}",
        ),
        ('[x]({{ url }}/a) [y](/a?b={{ c }}) <a href="{{ url }}">z</a>', "<a>x</a> <a>y</a> <a>z</a>"),
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
        ('a {{< figure src="/a.png" alt="x" >}}', '<p>a <img src="/a.png" alt="x" /></p>'),
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
        (
            '[x]({{< ref "x.md" >}}) [y]({{% relref "y" %}})',
            '<p><a href="feedsvc-post:x.md">x</a> <a href="feedsvc-post:y">y</a></p>',
        ),
        ("{{% notice tip %}}\n*a*\n{{% /notice %}}", "<p><em>a</em></p>"),
        ("{% asset_img a.png A title %}", '<p><img src="a.png" alt="A title" /></p>'),
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
        ('a {{< figure "/a.png" >}}', '<p>a <img src="/a.png" alt="" /></p>'),
        ("a {% asset_img x.png %}", '<p>a <img src="x.png" alt="" /></p>'),
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


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("{{< gist ada 01ab >}}", '<a href="https://gist.github.com/ada/01ab">https://gist.github.com/ada/01ab</a>'),
        ('{{< x user="a_b" id="12" >}}', '<a href="https://x.com/a_b/status/12">https://x.com/a_b/status/12</a>'),
        ("{{< tweet 12 >}}", '<a href="https://twitter.com/i/status/12">https://twitter.com/i/status/12</a>'),
        ("{{< instagram Cx >}}", '<a href="https://www.instagram.com/p/Cx/">https://www.instagram.com/p/Cx/</a>'),
        ('a {{ vimeo(id="12", class="c") }}', 'a <a href="https://vimeo.com/12">https://vimeo.com/12</a>'),
        ('{% youtube "https://youtu.be/abc-d" %}', YOUTUBE),
        ('{% include video id="abc-d" provider="youtube" %}', YOUTUBE),
        ("{% link A tea https://a.example/ true %}", '<a href="https://a.example/">A tea</a>'),
        ('{% img left /a.png 320 240 "A cup" %}', '<img src="/a.png" alt="A cup" />'),
        ('{% include figure image_path="/a.png" alt="x" %}', '<img src="/a.png" alt="x" />'),
        ("{{</* figure */>}} `{{%/* note */%}}`", "{{&lt; figure &gt;}} <code>{{% note %}}</code>"),
        ("{% post_link leaf 'this one' %}", '<a href="feedsvc-post:leaf">this one</a>'),
    ],
)
def test_embeds_links_and_pictures_of_generators_are_shown(body: str, html: str) -> None:
    assert to_html(body) == f"<p>{html}</p>"


@pytest.mark.parametrize("tag", ["codeblock lang:js A title", "code lang:js", "codeblock"])
def test_code_between_tags_of_hexo_is_code(tag: str) -> None:
    language = ' class="language-js"' if "js" in tag else ""

    html = to_html(f"{{% {tag} %}}\n# *a*\n  b < 1\n{{% end{tag.split(maxsplit=1)[0]} %}}")

    assert html == f"<pre><code{language}># *a*\n  b &lt; 1\n</code></pre>"


def test_quotation_of_hexo_is_one_with_its_author() -> None:
    html = to_html("{% blockquote Old Master %}\nWater *first*.\n{% endblockquote %}")

    assert html == "<blockquote>\n<p>Water <em>first</em>.</p>\n<p>— Old Master</p>\n</blockquote>"


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("**a****b**", "<p><strong>a</strong><!-- --><strong>b</strong></p>"),
        ("**a** **b**", "<p><strong>a</strong> <strong>b</strong></p>"),
        ("a **** b", "<p>a **** b</p>"),
        ("[x][](y z)\n\n[x]: /u", '<p><a href="/u">x</a>(y z)</p>'),
        ("[x](y z)", '<p><a href="y%20z">x</a></p>'),
        ("`{% raw %}` {{ a }}", "<p><code>{% raw %}</code> {{ a }}</p>"),
    ],
)
def test_text_after_liquid_is_read_as_kramdown_reads_it(body: str, html: str) -> None:
    assert markup.to_html(body, is_jekyll=True, is_rendered=True).strip() == html
