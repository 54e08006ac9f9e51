"""Count how many texts of public suites and blogs come out with the text that their own parser shows.

`python tests/bench/markdown.py spec FILE…` reads spec texts of CommonMark and of GFM's extensions; `kramdown FOLDER`
the test cases of kramdown, on a Jekyll site; `jekyll FOLDER…` the posts without Liquid of Jekyll sites, at most 2,000
evenly chosen, against the HTML of Debian's ruby-kramdown with ruby-kramdown-parser-gfm. Both sides are cleaned, and
their text is compared without white space and
typographic signs. `--show N` prints so many differences.
"""

import argparse
import difflib
import json
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from html import unescape
from pathlib import Path

from feedsvc import cleaning
from feedsvc.markup.comments import strip_comments
from feedsvc.markup.markdown import to_html

POSTS = 2_000
WIDTH = 160
TITLE = "\ufdd1"  # no body repeats it
RULES = cleaning.packaged_rules().own
_EXAMPLE = re.compile(r"^`{32} example[^\n]*\n(.*?)^\.\n(.*?)^`{32}$", re.DOTALL | re.MULTILINE)
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?^---[ \t]*\n", re.DOTALL | re.MULTILINE)
_CONTENTS = re.compile(r'^<ul id="markdown-toc"[^>]*>\n.*?^</ul>$', re.DOTALL | re.MULTILINE)  # we leave it out
_TAG = re.compile("<[^>]*>")
_RUBY = """
require "json"; require "kramdown"; require "kramdown-parser-gfm"
texts = JSON.parse(STDIN.read)
options = {input: "GFM", hard_wrap: false, auto_ids: true, syntax_highlighter: nil, math_engine: nil}
puts JSON.generate(texts.map { |text| Kramdown::Document.new(text, options).to_html })
"""

_TYPOGRAPHY = str.maketrans(
    {"‘": "'", "’": "'", "“": '"', "”": '"', "–": "--", "—": "---", "…": "...", "«": "<<", "»": ">>"}
)
"""kramdown's signs for quotation marks, dashes and dots, which we leave as they were typed."""

_IGNORED = dict.fromkeys(map(ord, "☐☑↩\ufe0e"))  # boxes of task lists, links back from notes

Case = tuple[str, str, str]
"""The name of a case, its Markdown and the HTML it should become."""


def read_spec(path: Path) -> Iterator[Case]:
    text = path.read_text("utf-8")
    for number, (body, html) in enumerate(_EXAMPLE.findall(text), 1):
        yield f"{path.name} {number}", body.replace("→", "\t"), html.replace("→", "\t")


def read_kramdown(folder: Path) -> Iterator[Case]:
    """Yield kramdown's cases with the HTML that it makes of them with Jekyll's options."""
    sources = sorted(folder.rglob("*.text"))
    made = render([source.read_text("utf-8") for source in sources])
    for source, html in zip(sources, made, strict=True):
        written = source.with_suffix(".html")
        is_other = written.exists() and to_text(html) != to_text(written.read_text("utf-8"))
        yield f"{source.relative_to(folder)}{' (by GFM)' * is_other}", source.read_text("utf-8"), html


def read_jekyll(folders: Iterable[Path]) -> list[Case]:
    files = [
        path
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if "_posts" in path.parts and path.suffix in {".md", ".markdown"} and path.is_file()
    ]
    bodies = {}
    for path in files:
        text = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n").removeprefix("\ufeff")
        if "{%" not in text and "{{" not in text and _FRONT_MATTER.match(text):
            bodies[str(path)] = _FRONT_MATTER.sub("", text, count=1)
    names = [*bodies]
    chosen = [names[number * len(names) // POSTS] for number in range(POSTS)] if len(names) > POSTS else names
    made = render([bodies[name] for name in chosen])
    return [(name, bodies[name], html) for name, html in zip(chosen, made, strict=True)]


def render(texts: list[str]) -> list[str]:
    """Return the HTML that kramdown makes of texts with Jekyll's options."""
    command = ["ruby", "-e", _RUBY]
    made = subprocess.run(command, input=json.dumps(texts), capture_output=True, text=True, check=True).stdout
    return [_CONTENTS.sub("", html) for html in json.loads(made)]


def to_text(html: str) -> str:
    cleaned = cleaning.clean(html, title=TITLE, rules=RULES)
    text = "".join(unescape(_TAG.sub("", cleaned.html)).split()).translate(_TYPOGRAPHY)
    return text.translate(_IGNORED)


def show(body: str, *, is_jekyll: bool) -> str:
    visible = strip_comments(body, is_jekyll=is_jekyll).text
    return to_text(to_html(visible, title=TITLE, is_jekyll=is_jekyll, is_rendered=is_jekyll))


def compare(cases: Iterable[Case], *, is_jekyll: bool, shown: int) -> None:
    count = held = 0
    for name, body, html in cases:
        count += 1
        ours, theirs = show(body, is_jekyll=is_jekyll), to_text(html)
        held += ours == theirs
        if ours != theirs:
            print(f"differs: {name}")
            if shown > 0:
                shown -= 1
                explain(ours, theirs)
    print(f"{held} of {count} ({held / max(count, 1):.1%})")


def explain(ours: str, theirs: str) -> None:
    """Print the first places where two texts differ."""
    changes = [
        op for op in difflib.SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes() if op[0] != "equal"
    ]
    for _, a, b, c, d in changes[:3]:
        print(f"   theirs {theirs[max(0, a - 30) : b + 20][:WIDTH]!r}")
        print(f"   ours   {ours[max(0, c - 30) : d + 20][:WIDTH]!r}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("suite", choices=("spec", "kramdown", "jekyll"))
    parser.add_argument("paths", type=Path, nargs="+")
    parser.add_argument("--show", type=int, default=0)
    given = parser.parse_args()
    if given.suite == "jekyll":
        compare(read_jekyll(given.paths), is_jekyll=True, shown=given.show)
    for path in given.paths if given.suite != "jekyll" else ():
        cases = read_spec(path) if given.suite == "spec" else read_kramdown(path)
        compare(cases, is_jekyll=given.suite == "kramdown", shown=given.show)


if __name__ == "__main__":
    sys.exit(main())
