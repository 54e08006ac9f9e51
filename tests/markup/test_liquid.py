"""Liquid as Jekyll runs it: tags, filters, values; what is wrong in a template, and what a template may take."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from feedsvc.lookup import NoLookup
from feedsvc.markup.liquid import limits
from feedsvc.markup.liquid.rendering import render
from feedsvc.markup.liquid.state import TemplateInputs

DAY = datetime(2024, 5, 1, 9, 30, tzinfo=UTC)
FILES = {
    "_includes/figure.html": '<img src="{{ include.src }}" alt="{{ include.alt }}">',
    "_includes/sets.html": "{% assign set = include.to %}",
    "_includes/self.html": "{% include self.html %}{% include self.html %}",
    "_includes/broken.html": "before {% if x %}",
    "_posts/beside.md": "beside",
}
POSTS = [
    {"title": "Keel", "url": "/keel/", "date": datetime(2024, 2, 1, tzinfo=UTC), "tags": ["wood"], "weight": 3},
    {
        "title": "Oar",
        "url": "/oar/",
        "date": datetime(2024, 1, 1, tzinfo=UTC),
        "tags": ["wood", "hand"],
        "weight": None,
    },
]


class Folder(NoLookup):
    def read_source(self, path: str) -> str | None:
        return FILES.get(path)

    def list_sources(self, folder: str) -> tuple[str, ...]:
        return tuple(path for path in ("_data/ships.yml", "_data/crew/names.csv") if path.startswith(folder))

    def read_data(self, path: str) -> Any:
        return [{"name": "Eve", "masts": 2}, {"name": "Ada", "masts": 3}] if "ships" in path else ["Bo"]

    def site_posts(self) -> Any:
        return POSTS


PAGE = {
    "title": "Sails & oars",
    "date": DAY,
    "list": ["b", "c", "a"],
    "n": 3,
    "off": False,
    "nested": {"key": ["x"]},
    "with": "w",
    "in": {"for": 7},
    "limit": [1, 2],
    "path": "_posts/2024-05-01-a.md",
}
INPUTS = TemplateInputs(
    page=PAGE,
    site={"title": "Log", "shop": {"city": "Port"}},
    lookup=Folder(),
    now=DAY,
    path="_posts/2024-05-01-a.md",
    url="https://ada.example",
    baseurl="/log",
    to_html=lambda text: f"<p>{text}</p>",
)


def shown(template: str) -> str:
    rendered = render(template, INPUTS)
    assert rendered.hints == ()
    return rendered.text or ""


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ page.title }}", "Sails & oars"),
        ("{{ page.nested.key[0] }}{{ page.nested['key'].first }}{{ page.list.size }}", "xx3"),
        ("{{ page.nothing.at.all }}|{{ nothing }}", "|"),
        ("{{ page.list }} {{ page.off }} {{ page.n }} {{ page.date }}", "bca false 3 2024-05-01 09:30:00 +0000"),
        ("{{ site.shop.city }} {{ site.shop }}", 'Port {"city"=>"Port"}'),
        ("{% assign x = page.n | plus: 1 %}{{ x }}", "4"),
        ("{% capture c %}a{{ page.n }}{% endcapture %}[{{ c }}]", "[a3]"),
        ("{% capture /dev/null %}a{% endcapture %}{% capture 'c' %}b{% endcapture %}{{ c }}", "b"),
        ("{% if page.n > 2 and page.list contains 'a' %}yes{% else %}no{% endif %}", "yes"),
        ("{% unless page.off %}on{% endunless %}", "on"),
        ("{% if page.nothing contains 'a' %}yes{% endif %}{% if page.nothing == nil %}nil{% endif %}", "nil"),
        ("{% if page.list == empty %}a{% endif %}{% if '' == empty %}empty{% endif %}", "empty"),
        ("{% case page.n %}{% when 1, 3 %}odd{% else %}even{% endcase %}", "odd"),
        ("{% for i in (1..3) reversed %}{{ i }}{% unless forloop.last %},{% endunless %}{% endfor %}", "3,2,1"),
        ("{% for x in page.list limit: 2 offset:1 %}{{ forloop.index }}{{ x }}{% endfor %}", "1c2a"),
        ("{% for x in nothing %}a{% else %}none{% endfor %}", "none"),
        ("{% for x in page.list %}{% if x == 'c' %}{% break %}{% endif %}{{ x }}{% endfor %}", "b"),
        ("{% for pair in site.shop %}{{ pair[0] }}={{ pair[1] }}{% endfor %}", "city=Port"),
        ("{% cycle 'a', 'b' %}{% cycle 'a', 'b' %}{% increment n %}{% increment n %}{% decrement m %}", "ab01-1"),
        ("{% tablerow x in page.list cols:3 %}{{ x }}{% endtablerow %}", None),
        (
            "{% capture liquidstring %}Liquid is not run.{% endcapture %}{{ liquidstring | replace:'not ','' }}",
            "Liquid is run.",
        ),
        ("{{ page.with }}{{ page.in.for }}{% if page.blank == nil %}1{% endif %}", "w71"),
        (
            "{% for x in page.limit %}{{ x }}{% endfor %}{{ 'page.in' }}{% assign y = page['in'].for %}{{ y }}",
            "12page.in7",
        ),
        ("a {%- if true -%} b {%- endif -%} c", "abc"),
        ("{% comment %}{% if %}{{ x {% endcomment %}after", "after"),
        ("{% raw %}{{ x }}{% if %}{% endraw %}", "{{ x }}{% if %}"),
        ("{% assign x = 1 %}\n{% if x == 1\n   and true %}over lines{% endif %}", "\nover lines"),
        ('{{ "a}b" }}{{ "%}" }}', "a}b%}"),
    ],
)
def test_tags_and_values_are_those_of_liquid(template: str, text: str | None) -> None:
    assert text is None or shown(template) == text
    assert shown(template)


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ("'/about/' | relative_url", "/log/about/"),
        ("'about' | absolute_url", "https://ada.example/log/about"),
        ("'https://x.example/' | relative_url", "https://x.example/"),
        ("'/a/index.html' | strip_index", "/a/"),
        ("page.date | date: '%-d %B %Y %H:%M %P %j %:z'", "1 May 2024 09:30 am 122 +00:00"),
        ("page.date | date_to_string", "01 May 2024"),
        ("page.date | date_to_long_string: 'ordinal'", "1st May 2024"),
        ("page.date | date_to_string: 'ordinal', 'US'", "May 1st, 2024"),
        ("page.date | date_to_xmlschema", "2024-05-01T09:30:00+00:00"),
        ("page.date | date_to_rfc822", "Wed, 01 May 2024 09:30:00 +0000"),
        ("'2024-02-03' | date: '%Y/%m/%e'", "2024/02/ 3"),
        ("'3 February 2024' | date: '%F'", "2024-02-03"),
        ("'March 5, 2024' | date: '%F'", "2024-03-05"),
        ("'now' | date: '%F %s'", "2024-05-01 1714555800"),
        ("site.time | date: '%A'", "Wednesday"),
        ("'no date' | date: '%F'", "no date"),
        ("'*x*' | markdownify", "<p>*x*</p>"),
        ("'Straße, Ünder & co' | slugify", "straße-ünder-co"),
        ("'Straße, Ünder & Ægir 海' | slugify: 'latin'", "strasse-under-aegir"),
        ("'Straße, Ünder' | slugify: 'ascii'", "stra-e-nder"),
        ("page.list | sort | join: '+'", "a+b+c"),
        ("site.posts | sort: 'weight' | map: 'title' | join", "Oar Keel"),
        ("site.posts | sort: 'weight', 'last' | map: 'title' | join", "Keel Oar"),
        ("site.posts | where: 'tags', 'hand' | map: 'title' | join", "Oar"),
        ("site.posts | where_exp: 'p', 'p.weight > 2' | map: 'title' | join", "Keel"),
        ("site.posts | find: 'title', 'Oar' | map: 'url' | first", "/oar/"),
        ("site.data.ships | group_by: 'masts' | map: 'name' | join: ','", "2,3"),
        ("site.data.ships | where: 'masts', 3 | map: 'name' | first", "Ada"),
        ("site.data.crew.names | first", "Bo"),
        ("page.nested | jsonify", '{"key":["x"]}'),
        ("'a b&c' | cgi_escape", "a+b%26c"),
        ("'a b/ü' | uri_escape", "a%20b/%C3%BC"),
        ("'<a & \"b\">' | xml_escape", "&lt;a &amp; &quot;b&quot;&gt;"),
        ("'a -- \"b\"' | smartify", "a – “b”"),
        ("'two words 中文' | number_of_words: 'auto'", "4"),
        ("page.list | array_to_sentence_string: 'or'", "b, c, or a"),
        ("' a  b ' | normalize_whitespace", "a b"),
        ("page.list | push: 'z' | pop | shift | unshift: 'q' | join", "q c a"),
        ("page.title | escape | append: '!' | prepend: '?'", "?Sails &amp; oars!"),
        ("'a<b>c</b><script>x</script>' | strip_html", "ac"),
        ("7 | divided_by: 2", "3"),
        ("7.0 | divided_by: 2 | round: 1", "3.5"),
        ("'4' | times: '2' | minus: 1 | modulo: 4", "3"),
        ("page.off | default: 'x'", "x"),
        ("'abcdef' | slice: 1, 2 | upcase", "BC"),
        ("'a,b,,' | split: ',' | size", "2"),
        ("'one two three' | truncatewords: 2", "one two..."),
        ("'Ground control' | truncate: 9", "Ground..."),
        ("page.list | concat: page.nested.key | uniq | last", "x"),
    ],
)
def test_filters_are_those_of_jekyll(expression: str, text: str) -> None:
    assert shown(f"{{{{ {expression} }}}}") == text


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('{% include figure.html src="/a.png" alt=page.title %}', '<img src="/a.png" alt="Sails & oars">'),
        ('{% include figure.html\n  src="/a.png"\n  alt="100% \\"so\\"" %}', '<img src="/a.png" alt="100% "so"">'),
        ('{% assign f = "figure" %}{% include {{ f }}.html src="x" %}', '<img src="x" alt="">'),
        ('{% include sets.html to="y" %}{{ set }}', "y"),
        ("{% include_relative beside.md %}", "beside"),
        ("{% post_url 2024-01-01-x %}", "feedsvc-post:2024-01-01-x"),
        ("{{ site.url }}{{ site.baseurl }}{% post_url x %}", "feedsvc-post:x"),
        ("{% capture u %}{% post_url x %}{% endcapture %}{{ u | relative_url }}", "feedsvc-post:x"),
        (
            "{% highlight ruby linenos %}\na < {{ page.n }}\n{% endhighlight %}",
            (
                '<figure class="highlight"><pre><code class="language-ruby" data-lang="ruby">'
                "a &lt; 3\n</code></pre></figure>"
            ),
        ),
        ("{% youtube abcdefghijk %}", "<https://www.youtube.com/watch?v=abcdefghijk>"),
    ],
)
def test_tags_are_those_of_jekyll(template: str, text: str) -> None:
    assert shown(template) == text


@pytest.mark.parametrize(
    ("template", "text", "hint"),
    [
        ("a {% picture x.jpg %} b", "a  b", "'picture' is not known"),
        ("a {% box %}in{% endbox %} b", "a in b", "'box' is not known"),
        ("{{ 'a' | sparkle }}", "a", "'sparkle' is not known"),
        ("a {% include gone.html %}", "a ", "include gone.html: no such file"),
        ("a {% include ../secret.txt %}", "a ", "include ../secret.txt: no such file"),
        ("a {% include_relative ../../secret.txt %}", "a ", "secret.txt: no such file"),
        ("a {% include_relative /etc/hostname %}", "a ", "hostname: no such file"),
        ("a {{ 1 | divided_by: 0 }} b", "a  b", "divided by 0"),
        ("a {% if page.date > 3 %}x{% endif %} b", "a  b", "page.date"),
        ("a {% endif %} b", "a  b", "unexpected tag 'endif'"),
        ("{{ site.pages | size }}", "0", "site.pages: not known here"),
        ("a {% include broken.html %} b", "a  b", "_includes/broken.html"),
    ],
)
def test_what_cannot_be_run_leaves_a_hint(template: str, text: str, hint: str) -> None:
    rendered = render(template, INPUTS)

    assert rendered.text == text
    assert hint in "\n".join(found.text for found in rendered.hints)


@pytest.mark.parametrize(
    ("template", "key"),
    [
        ("a\n{% if x %} b", "{% if x %} b"),
        ("{% for x in %}a{% endfor %}", "{% for x in %}a{% endfor %}"),
        ("a {{ b", "{{ b"),
        ("a {% b", "{% b"),
        ("{% raw %} a", "{% raw %} a"),
        ("{% comment %} a", "{% comment %} a"),
    ],
)
def test_template_that_cannot_be_taken_apart_is_not_run(template: str, key: str) -> None:
    rendered = render(template, INPUTS)

    assert rendered.text is None
    assert [hint.key for hint in rendered.hints] == [key]


ATTACKS = {
    "loops": (
        "{% for a in (1..2000) %}{% for b in (1..2000) %}{% for c in (1..2000) %}w {% endfor %}{% endfor %}{% endfor %}"
    ),
    "quiet loops": (
        "{% for a in (1..99999) %}{% for b in (1..99999) %}{% if true %}{% endif %}{% endfor %}{% endfor %}"
    ),
    "range": "{{ (1..1000000000) | join: ',' }}{% for i in (1..1000000000) reversed %}{{ i }}{% endfor %}",
    "endless range": (
        "{{ (1..99999999999999999999999) | size }}{% for i in (1..99999999999999999999999) reversed %}a{% endfor %}"
    ),
    "doubling": "{% assign s = 'abcdefgh' %}{% for i in (1..60) %}{% assign s = s | append: s %}{% endfor %}{{ s }}",
    "replacing": (
        "{% assign s = 'a' %}{% for i in (1..60) %}{% assign s = s | replace: 'a', 'aaaaaaaa' %}{% endfor %}{{ s }}"
    ),
    "capturing": (
        "{% capture s %}abcdefgh{% endcapture %}{% for i in (1..60) %}{% capture s %}"
        "{{ s }}{{ s }}{% endcapture %}{% endfor %}"
    ),
    "lists in lists": (
        "{% assign a = 'x' | split: '' %}{% for i in (1..60) %}{% assign a = a | push: a %}"
        "{% endfor %}{{ a | jsonify }}"
    ),
    "lists of lists": (
        "{% assign a = 'x' | split: '' %}{% for i in (1..60) %}{% assign a = a | concat: a %}"
        "{% endfor %}{{ a | join: 'y' }}"
    ),
    "includes": "{% include self.html %}",
    "numbers": "{% assign n = 9 %}{% for i in (1..60) %}{% assign n = n | times: n %}{% endfor %}{{ n }}",
    "brackets": "{{ " + "(" * 200_000 + " }}",
    "many brackets": "{{ " + '["a" ' * 40_000 + " }}",
    "raw": "{% raw %}" * 100_000,
    "comments": "{% comment %}" * 50_000,
    "outputs": "{{ a }}" * 140_000,
    "open": "{{" * 400_000,
    "nesting": "{% if a %}" * 5_000 + "{% endif %}" * 5_000,
    "tags without end": "{% assign s = '" + "<" * 200_000 + "' %}{{ s | strip_html }}{{ s | strip_html | size }}",
    "scripts": "{% assign s = '" + "<script" * 40_000 + "' %}{{ s | strip_html | size }}",
    "long condition": "{% for i in (1..9999) %}{% if a" + " or a" * 2_000 + " %}{% endif %}{% endfor %}",
    "splitting": "{% assign s = '" + "a" * 200_000 + "' %}{{ s | split: '' | join: 'bbbbbbbbbb' }}",
    "comparing": (
        "{% assign a = 'x' | split: '' %}{% assign b = 'x' | split: '' %}"
        "{% for i in (1..60) %}{% assign a = a | push: a %}{% assign b = b | push: b %}{% endfor %}"
        "{% if a == b %}same{% endif %}{{ a | where: 'x', b | size }}{{ a | sort | size }}"
    ),
    "large sorts": "{% for i in (1..999) %}{% assign x = page.many | sort: 'a' | sort_natural %}{% endfor %}",
    "long keys": "{% for i in (1..999) %}{% assign x = page.many | where: '" + "a." * 500 + "', 1 %}{% endfor %}",
    "sorting": "{% for i in (1..9999) %}{% assign x = page.list | sort | reverse | sort %}{% endfor %}",
    "unknown filters": "{{ a" + "|b" * 40_000 + " }}",
    "more unknown filters": "{{ a" + "|b" * 150_000 + " }}",
    "arguments": "{{ a | append: " + "1," * 150_000 + " }}",
    "counting words": "{% capture s %}" + "a b " * 50_000 + "{% endcapture %}" + "{{ s | number_of_words }}" * 2_500,
    "removing": "{% capture s %}" + "a b " * 50_000 + "{% endcapture %}" + "{{ s | remove: 'a b ' }}" * 2_500,
    "markdownify": "{% assign s = '"
    + "a *b* " * 1_000
    + "' %}{% for i in (1..500) %}{{ s | markdownify }}{% endfor %}",
}


@pytest.mark.parametrize("template", ATTACKS.values(), ids=ATTACKS)
def test_template_ends_before_it_takes_too_much(template: str) -> None:
    started = time.process_time()
    rendered = render(template, replace(INPUTS, page={**PAGE, "list": [*range(500)], "many": [*range(9_999)]}))

    assert rendered.text is None or len(rendered.text) <= limits.MAX_OUTPUT
    assert time.process_time() - started < 5  # seconds: any of these would take minutes without bounds


def test_python_liquid_is_imported_only_where_liquid_is_run() -> None:
    program = (
        "import sys, feedsvc.web.app, feedsvc.startup\n"
        "from feedsvc.markup.markdown import to_html\n"
        "to_html('{{ a }} {% b %}'); to_html('{{ a }}', is_jekyll=True)\n"
        "sys.exit('liquid' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
