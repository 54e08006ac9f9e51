"""The CPU time from bytes to a clean body for floods of one sign: `python tests/bench/floods.py [--size N]`.

Each flood is cleaned in a process of its own, as a post of a plain folder and of a Jekyll site. Prints the worst; with
words, only of the floods that contain one of them: `floods.py --size 300000 '<svg>'`. Of a flood that is too
large to be parsed, the longest beginning that is not is a flood too, called "less". As the speed of a busy machine
varies, a fixed piece of work is timed around each flood; `steady` is the time if it always took as long as its median.
"""

import argparse
import logging
import multiprocessing
import re
import resource
import statistics
import sys
import time
from bisect import bisect_left
from collections.abc import Callable, Iterator
from typing import NamedTuple

from feedsvc.cleaning import packaged_rules
from feedsvc.cleaning.source import is_too_large
from feedsvc.markup.effort import is_too_much
from feedsvc.models import Body
from feedsvc.posts.parser import parse
from feedsvc.posts.post_file import body_of
from feedsvc.publishing.body_cleaner import BodyCleaner, BodyContext
from feedsvc.publishing.templates import template_inputs_of
from feedsvc.settings import Settings
from feedsvc.sites import Jekyll

SIZE = Settings().max_post_bytes
MAX_CPU = 1.0  # seconds
KILLED = 20  # seconds
REFERENCE = " ".join(f"word{number % 1000}" for number in range(10_000))
FRONT = "---\ntitle: A Title\ndate: 2024-01-01\nlink: https://example.org/a\n---\n"
SITES = {"plain": Settings(), "jekyll": Settings(site=Jekyll())}
NUMBER = "\N{NUMERO SIGN}"  # in a unit: how many were before it

# What is repeated, by what is before it.
UNITS: dict[str, tuple[str, ...]] = {
    "": (
        "<http://a> ",
        "# a a a a\n\n",
        "<div>a</div>\n\nx\n\n",
        "a\n=\n",
        "<div>",
        "&",
        "<p>a",
        "\n\n> ",
        "[a](",
        "<!--",
        "*a ",
        "\u00a0",
        "a@a.",
        "https://a.",
        "@",
        "`",
        "~~~\n",
        "{% a ",
        "[",
        "![",
        "[[]",
        "[a]",
        "[a]: b\n",
        "^[a",
        "^[a] ",
        "**a ",
        "*a **b ",
        "_a ",
        "a**b",
        "*",
        "_",
        "* ",
        "***a*** ",
        "~~a ",
        "~",
        "`a ",
        "$",
        "$a ",
        "$$",
        "$$a\n",
        "\\$",
        "\\",
        "<",
        "<a ",
        "<a b=",
        "<a b='",
        "</",
        "<!",
        "<?",
        "<![CDATA[",
        "<a>",
        "a|b\n-|-\na|b\n\n",
        "|-\n",
        "> ",
        "> a\n",
        "- a\n",
        "- ",
        "1. a\n",
        "-\n",
        "    a\n",
        "    a\n\n",
        "\n",
        "a\n",
        "a  \n",
        "a\n\n",
        "***\n",
        "---\n",
        "a\n===\n",
        "```\n",
        "```a\n```\n",
        "a\n: b\n\n",
        ": a\n",
        "a\n:\n",
        "&amp;",
        "&#65;",
        "&a;",
        "&aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa;",
        "<a@b.c> ",
        "![a](b) ",
        "[a](b) ",
        '[a](b "c") ',
        "[a](((((b",
        "[a](<b",
        "[](",
        "]",
        "](",
        "[a][b] ",
        "[a][",
        "中**“文”**，",
        "a <b c=\"d\" e='f' g> ",
        "<details>\na\n\n",
        "<details>a</details>\n\nb\n\n",
        "<div markdown=1>\n*a*\n</div>\n\n",
        "<p>\n\nx\n\n",
        "x\n\n<div>\n\n",
        "x\n<div\n",
        "<pre>a</pre>\n\n",
        "x\n\n<li>",
        "# a\n",
        "http://a.b ",
        "www.a.bc ",
        "http://a:",
        "://",
        "a://",
        "www.",
        "http://a.b,",
        "http://a-",
        "a@b.cd ",
        "a-a.",
        "http://a.b/中",
        "http://1.2.3.4:80/ ",
        "{{",
        "{{ a ",
        "{{ a }} ",
        "{{ 'a' | append: 'b' }}",
        "{{< a ",
        '{{< a "b\\" ',
        '{{ a("b","c",',
        "{{< figure src=a >}} ",
        "{{% a %}}",
        "{% if a %}",
        "{% if a %}{% else %}{% endif %}",
        "{% raw %}",
        "{% raw %}a{% endraw %}",
        "{% highlight a %}\n",
        "{% highlight a %}\nb\n{% endhighlight %}\n",
        "{: a",
        "a {: .x}\n",
        "{::comment}",
        "{::comment}a{:/}",
        "%%",
        "%% ",
        " %%a\n\n",
        "{/* a ",
        "{/* a */",
        "{{/* ",
        "a <!-- ",
        "a <!-- b --> ",
        "{% comment %}",
        "{% comment %}a{% endcomment %}",
        "{{% comment %}}",
        "{{< password >}}a ",
        "- a\n{: toc}\n",
        "* a\n",
        "a {#a-b} \n",
        " ",
        "\t",
        "\n ",
        "` {{ ",
        "<code> {{",
        "<pre {{",
        "{% code a ",
        "Share\n\n",
        "Advertisement\n\n",
        "lorem ipsum dolor ",
        "lorem ipsum\n",
        "=====",
        "===== a ",
        "?!",
        ":a: ",
        "==a== ",
        "[^a]: b [^a]\n\n",
        "a\n: b\n\n    c\n    : d\n\n",
        "> [!note] a\n> b\n\n",
        ":::note\na\n:::\n\n",
        "!!! note\n    a\n\n",
        "\\[a\\]\n\n",
        "<A b={c}>d</A>\n\n",
        "{{< a >}}b{{< /a >}}",
        "{% for i in (1..9) %}a{% endfor %}",
        "|a|b|\n|:-|-:|\n|c|d|\n\n",
        "\u202ea\u202c ",
        "<div markdown='1'>*a*</div>\n",
    ),
    "<div><p>": ("http://a.b ",),
    "x ": (
        "<b>",
        "<b>a</b>",
        "<b>a</b>\n",
    ),
    "a|b\n-|-\n": (
        "a|b\n",
        "|",
    ),
    "<div>": (
        "<a>",
        "<a href=b>c</a>",
        "<b>",
        "<b>a</b>",
        "<p>a</p>",
        "<p class='a b c d e f g h i j'>x</p>",
        "<p a=1 b=2 c=3 d=4 e=5 f=6 g=7 h=8 i=9 j=10>",
        "<table>",
        "<table><tr><td>",
        "<ul><li>",
        "<select><option>",
        "<svg>",
        "<svg><title>a</title></svg>",
        "<img data-src=a src=data:image/gif;base64,R0lGOD>",
        "<figure><img src=a><figcaption>b</figcaption></figure>",
        "<object data=a><embed src=b></object>",
        "<img data-src=a><noscript><img src=a></noscript>",
        "<math>",
        "<math alttext=a></math>",
        "<script>a</script>",
        "<script>",
        "<style>",
        "<title>",
        "<textarea>",
        "<noscript>",
        "<noscript><img src=a></noscript>",
        "<img src=http://a/b>",
        "<iframe src=https://www.youtube.com/embed/a></iframe>",
        "<iframe>",
        "<video><source src=a>",
        "<form>",
        "<input>",
        "<br>",
        "a<br>",
        "<hr>",
        "<!-- a -->",
        "&lt;",
        "&a",
        "\u00a0",
        "<font><b>",
        "<h1>a",
        "<dt>a<dd>b",
        "<ruby>a<rt>b",
        "<p hidden>a</p><p>b</p>",
        "<p class=ad>a</p><p>bb</p>",
        "<p id=a><a href=#a>b</a>",
        "<a href=https://twitter.com/share>a</a>",
        "<a href=b><p>",
        "<blockquote>a",
        "<pre>\n\na\n\n</pre>",
        "<pre><b>",
        "<<",
        "<a <a ",
        '<a "',
        "</a",
        "</p>",
        "<p/",
        "<html>",
        "<p>Related articles</p><p><a href=https://example.org/b>aaaaaa</a></p><p>text text text text text</p>",
        "<p>Share</p><p>Advertisement</p>",
        "<p>A Title</p>",
        "a \n\n b <b> \n </b>",
        "\u200d",
        "\x01",
        "lorem http://a.b/c ipsum ",
        "lorem\n\n",
        "<p>a <b>b</b> <a href=http://c.d/e>f</a> <img src=g.png></p>",
        "<pre>",
    ),
    "<table><tr>": ("<td>a",),
    "<table>": ("<tr><td>a",),
    "<ul>": ("<li>a",),
    "<div><picture>": ("<source srcset=a>",),
    # further ones: long beginnings, many closings, numbers
    "[^a]: b\n\n": ("[^a] ",),
    "*[a]: b\n\n": ("a ",),
    "|a" * 1000 + "\n" + "|-" * 1000 + "\n": ("|\n", "|a|b\n"),
    "# ": ("a ", "a# ", "*a* "),
    "http://a.b/": ("(", "x", "[(", "%20", "a/"),
    "http://": ("a.", "a@", "a-"),
    "http://a.b/?": ("a=b&", "utm_source=a&"),
    "{{ 'a' ": ("| append: 'bbbbbbbb' ", "| times: 9 ", "|size"),
    "{{ a": ("|b", ".b", "[0]", " or b"),
    "{{ a | b: ": ("1,", "c:1,"),
    "{% for i in (1..10000) %}": ("{{ i }}", "{% if i == 1 %}a{% endif %}"),
    "{% capture x %}" + "a b " * 50_000 + "{% endcapture %}": ("{{ x | number_of_words }}", "{{ x | remove: 'a b ' }}"),
    "<div ": ("a№=b ", "a=b ", "style=a:b ", "data-№ "),
    "<p class='": ("a ", "ad№ ", "a-b-c "),
    "<p style='": ("a:b;", "display:none;"),
    "<div><img srcset='": ("a 1x, ", "a,"),
    "<div><img alt='": ("a ", "&lt;"),
    "<a href=#a>x</a>": ("<span id=a>",),
    "<div><a href=#a>x</a>": ("<span id=a>a</span>", "<span id=a№>a</span>"),
    "<div>" * 190: ("<b>a</b>", "<p>a</p>", "<pre>a</pre>", "<table><tr><td>a</table>"),
    "<div>" + "<i>" * 190: ("<b>a</b>", "a<br>"),
    "<div>" + "<a href=#b><span>" * 95: ("<b>a</b>",),
    "<div>" + "<h1><div>" * 95: ("<b>a</b>",),
    "<div>" + "<pre><div>" * 95: ("<b>a</b>",),
    "<ul><li>" * 95: ("<p>a</p>",),
    "<table><tr><td>" * 60: ("<p>a</p>",),
    "<div>" + "<div aria-hidden=true><img src=a>" * 100: ("<b>a</b>",),
    "<blockquote>" * 150: ("<p>a</p>", "a\n\n"),
    "> " * 14: ("a\n", "- a\n"),
    "- " * 14: ("a\n", "a\n\n", "# a\n"),
}
MADE: dict[str, Callable[[int], str]] = {
    "a picture written into Markdown": lambda size: f"![a](data:image/png;base64,{'A' * size})",
    "a path with a query": lambda size: f"[a](b c{'./' * (size // 2 - 6)}?)",
    "short paths with fragments": lambda size: f"[a](b c{'./' * 1000}#) " * (size // 2011),
    "a picture written into HTML": lambda size: f"<div><img src='data:image/png;base64,{'A' * size}'>",
    "numbered definitions": lambda size: numbered("[a№]: b\n", size),
    "numbered definitions, used": lambda size: numbered("[a№]: b\n\n", size // 2) + numbered("[a№] ", size // 2),
    "numbered footnotes": lambda size: numbered("[^a№]: b\n\n", size // 2) + numbered("[^a№] ", size // 2),
    "numbered headings": lambda size: numbered("# a№\n", size),
    "numbered abbreviations": lambda size: numbered("*[a№]: b\n", size // 2) + numbered("a№ ", size // 2),
    "numbered wiki links": lambda size: numbered("[[a№]] ", size),
    "numbered embeds": lambda size: numbered("![[a№.png]] ", size),
    "numbered callouts": lambda size: numbered("> [!note] a№\n> b\n\n", size),
    "numbered fences": lambda size: numbered("```a№\nb\n```\n", size),
    "numbered formulas": lambda size: numbered("$a_№$ ", size),
    "numbered variables": lambda size: numbered("{% assign a№ = 1 %}{{ a№ }}", size),
    "numbered attributes of <body>": lambda size: "<div>" + numbered("<body a№=b>", size),
    "numbered attributes of <html>": lambda size: "<div>" + numbered("<html a№=b>", size),
    "numbered ids and links to them": lambda size: (
        numbered("<p id=a№>", size // 2) + numbered("<a href=#a№>", size // 2)
    ),
    "backticks of many lengths": lambda size: "".join("`" * (n % 300 + 1) + "a" for n in range(size // 151)),
    "backticks of as many lengths as a span may have": lambda size: "".join(
        "`" * (n % 64 + 1) + "a b c d e f g h i j" for n in range(size // 51)
    ),
    "backticks that grow": lambda size: "".join("`" * n + " " for n in range(1, int((2 * size) ** 0.5))),
    "tildes that grow": lambda size: "".join("~" * (3 + n % 100) + "\n" for n in range(size // 53)),
    "a table that is wide": lambda size: "|".join("a" * (size // 4)) + "\n" + "|".join("-" * (size // 4)) + "\n",
    "a list in a list": lambda size: "".join(" " * (n % 60) * 2 + "- a\n" for n in range(size // 64)),
    "a link in a link": lambda size: "[" * (size // 6) + "a" + "](b)" * (size // 6),
    "bold in bold": lambda size: "**" * (size // 4) + "a" + "**" * (size // 4),
    "quotations in quotations": lambda size: "".join("> " * (n % 60) + "a\n" for n in range(size // 62)),
    "<div> closed at the end": lambda size: "<div>" * (size // 11) + "</div>" * (size // 11),
    "<b><i> closed the other way": lambda size: "<div>" + "<b><i>a</b></i>" * (size // 15),
    "deep, again and again": lambda size: "<div>" + ("<div>" * 180 + "a" + "</div>" * 180) * (size // 1981),
    "deep, with URLs": lambda size: "<div>" + ("<span>" * 180 + "http://a.b " + "</span>" * 180) * (size // 2351),
    "deep, of <i>": lambda size: "<div>" + ("<i>" * 180 + "a " + "</i>" * 180) * (size // 1262),
    "deep, of classes of junk": lambda size: (
        "<div>" + (numbered("<div class=ad-№>aa", 3600) + "</div>" * 180) * (size // 4680)
    ),
    "<picture> of many sources": lambda size: (
        "<picture>" + "<source srcset=''>" * (size // 36) + "<img data-src=''>" * (size // 36)
    ),
    "Markdown in <div>": lambda size: "<div markdown=1>\n\n" * (size // 18),
    "a bit of everything": lambda size: "".join(EVERYTHING[n % len(EVERYTHING)] for n in range(size // 8)),
    "a bit of everything in HTML": lambda size: "<div>" + "".join(PARTS[n * 7 % len(PARTS)] for n in range(size // 8)),
}
EVERYTHING = (
    "*a ",
    "**b",
    "[c](d) ",
    "`e",
    "![f]",
    "<g>",
    "http://h.i ",
    "\n\n",
    "> ",
    "- ",
    "&amp;",
    "$j",
    "{{ k",
    "~~l ",
)
PARTS = (
    "<p>",
    "a ",
    "<b>",
    "</b>",
    "<a href=b>",
    "</a>",
    "<td>",
    "<li>",
    "</p>",
    "<img src=a>",
    "<pre>",
    "</div>",
    "<ul>",
    "<!-- -->",
)


class Cost(NamedTuple):
    """What cleaning a flood took, in seconds of the processor and MB, and why it was sanitized only."""

    seconds: float
    megabytes: int
    fallback: str
    reference: float = 0.0  # seconds that the fixed piece of work took, before and after


def numbered(unit: str, size: int) -> str:
    """Return a unit repeated up to a size, with its number in it."""
    longest = len(unit) + 5
    return "".join(unit.replace(NUMBER, str(number)) for number in range(size // longest))


def floods(size: int) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of every flood."""
    for beginning, units in UNITS.items():
        for unit in units:
            repeated = numbered(unit, size) if NUMBER in unit else unit * (size // len(unit) + 1)
            yield f"{beginning[:24]!r} {unit!r}", (beginning + repeated)[:size]
    for name, make in MADE.items():
        yield name, make(size)[:size]


def just_small_enough(text: str) -> str:
    """Return the longest beginning of a text that is parsed, to 200 characters; "" if that is the whole text."""
    lengths = range(0, len(text), 200)
    length = bisect_left(lengths, True, key=lambda end: is_too_much(text[:end]) or is_too_large(text[:end]))
    return text[: lengths[length - 1]] if length < len(lengths) else ""


def measure(text: str, settings: Settings) -> Cost:
    """Clean a text in a process of its own."""
    queue: multiprocessing.Queue[Cost] = multiprocessing.Queue()
    process = multiprocessing.Process(target=clean, args=(text, settings, queue))
    process.start()
    process.join()
    return queue.get() if not process.exitcode else Cost(KILLED, 0, f"killed after {KILLED} s")


def clean(text: str, settings: Settings, queue: "multiprocessing.Queue[Cost]") -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (KILLED, KILLED))
    data = f"{FRONT}{text}".encode()[: settings.max_post_bytes].decode("utf-8", "ignore").encode()
    cleaner = BodyCleaner(settings, packaged_rules())
    cleaner.clean(Body("a", "", "", 1))  # imports
    reference = time_reference()
    started = time.process_time()
    post = parse("2024-01-01-a.md", data, settings).post
    body, shortcodes = body_of(data, settings.site, post), cleaner.make_shortcodes()
    context = BodyContext(template_inputs=template_inputs_of(post, body, settings, shortcodes), shortcodes=shortcodes)
    cleaned = cleaner.clean(body, context)
    seconds = time.process_time() - started
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    queue.put(Cost(seconds, megabytes, cleaned.fallback, reference + time_reference()))


def time_reference() -> float:
    """Return the seconds of the processor that a fixed piece of work takes: of Python, and of regular expressions."""
    started = time.process_time()
    for _ in range(20):
        lengths = {word: len(word) for word in re.findall(r"\w+", REFERENCE)}
        sum(lengths[word] for word in REFERENCE.split())
    return time.process_time() - started


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("words", nargs="*")
    parser.add_argument("--size", type=int, default=SIZE)
    parser.add_argument("--worst", type=int, default=20)
    options = parser.parse_args()
    logging.disable(logging.WARNING)
    found: list[tuple[Cost, str, str]] = []
    for name, text in floods(options.size):
        if not options.words or any(word in name for word in options.words):
            forms = ((name, text), (f"{name}, less", just_small_enough(text)))
            found += (
                (measure(form, settings), site, title)
                for title, form in forms
                for site, settings in SITES.items()
                if form
            )
            print(f"\r{len(found)} floods", end="", file=sys.stderr, flush=True)
    print(file=sys.stderr)
    references = sorted(cost.reference for cost, *_ in found if cost.reference)
    median = statistics.median(references)
    steady = {id(cost): cost.seconds * median / (cost.reference or median) for cost, *_ in found}
    found.sort(key=lambda row: -steady[id(row[0])])
    print("| flood | site | CPU | steady | memory | sanitized only |\n|---|---|---|---|---|---|")
    for cost, site, name in found[: options.worst]:
        seconds = f"{cost.seconds:.2f} s | {steady[id(cost)]:.2f} s"
        print(f"| {name} | {site} | {seconds} | {cost.megabytes} MB | {cost.fallback} |")
    slow = sum(seconds > MAX_CPU for seconds in steady.values())
    print(f"\n{slow} of {len(found)} took more than {MAX_CPU:.0f} s for {options.size:,} bytes each.")
    print(f"The fixed piece of work took {references[0]:.3f} to {references[-1]:.3f} s, its median {median:.3f} s.")


if __name__ == "__main__":
    main()
