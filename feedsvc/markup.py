"""Body text → HTML: HTML as it stands, Markdown as Jekyll's kramdown reads it.

Handles what surrounds the two: the comment and the linked title some tools put on top, Liquid, kramdown's attribute
lists, mathematics. Gives HTML that is neither safe nor clean: that is the business of `cleaning`.
"""

import re
from collections import Counter
from collections.abc import Callable
from functools import cache
from html import escape
from itertools import pairwise
from urllib.parse import quote

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, emphasis, strikethrough
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

MAX_MARKS = 150_000
"""A Markdown body with more lines and signs than this, weighed by the time they take, is shown as plain text."""
_ROOM = 10_000_000  # characters that the address a reference stands for may take when it is written out each time

_BLOCKS = (
    "address|article|aside|audio|blockquote|body|center|details|dialog|dd|div|dl|dt|fieldset|figcaption|figure|footer|"
    "form|h[1-6]|head|header|hgroup|hr|html|iframe|legend|li|link|main|math|menu|meta|nav|noscript|object|ol|p|pre|"
    "script|section|style|summary|svg|table|tbody|td|template|tfoot|th|thead|tr|ul|video"
)
_VOID = frozenset({"hr", "link", "meta"})
_OPENING = re.compile(rf"\s*<(?:(?P<name>{_BLOCKS})(?=[\s/>])|/details(?=[\s>])|!--|!doctype|\?)", re.IGNORECASE)
_MARKDOWN_INSIDE = re.compile(r"""\s*<[^<>]*?\smarkdown\s*=\s*["']?(?:1|block|span)["']?[^<>]*>""", re.IGNORECASE)
_RUN = re.compile(r"(?<!/)\*++(?!/)|~+")  # but not /* and */ of programs
_BLANK_LINE = re.compile(r"\n[ \t]*\n")
_MARKS = re.compile(r"[\n\[\]*_`~<!&$|\\{]")
_SLOW_MARKS, _SLOWNESS = re.compile(r"\n(?!\n)|\[|[!^](?=\[)"), 4

_TOP_COMMENT = re.compile(r"\A\s*<!--\s*(?:\d+|NaN)\s*-->\s*")
# Up to the last "](" of the line: titles hold brackets. The atomic group keeps a hostile line linear.
_TOP_HEADING = re.compile(r"\A\s*\[(?P<title>(?>[^\n]*\]\())[^\n]*\)[ \t]*\n(?:-{3,}|={3,})[ \t]*(?:\n|\Z)")


def to_html(body: str, *, title: str = "", site_url: str = "") -> str:
    """Turn a post's body, without its front matter, into HTML.

    `title` tells a title repeated on top from a heading; `site_url` is the site's address with its `baseurl`, for
    Liquid's `site.url`, `site.baseurl` and `relative_url`. Never raises, and takes linear time.
    """
    text = _without_top(body, title)
    if is_html(text):
        return text
    if _count_marks(text) > MAX_MARKS:
        return _to_paragraphs(text)
    values = _values_of_site(site_url.rstrip("/")) | {"page.title": title if _fits(title, text) else ""}
    markdown = _outside_code(text, lambda part: _tidy(part, values, site_url.rstrip("/")))
    return _without_unknown(str(_parser().render(markdown)))


def is_flood(body: str, title: str = "") -> bool:
    """Tell whether `to_html` shows a body as plain text, because parsing it would take too long."""
    text = _without_top(body, title)
    return _count_marks(text) > MAX_MARKS and not is_html(text)


def strip_top(text: str, title: str = "") -> str:
    """Take off the comment and the linked setext heading some tools put above a body."""
    rest = _TOP_COMMENT.sub("", text, count=1)
    heading = _TOP_HEADING.match(rest)
    if heading and (rest != text or not title or _squeeze(heading["title"][:-2]) == _squeeze(title)):
        return rest[heading.end() :]
    return rest


def is_html(text: str) -> bool:
    """Tell whether a body begins with a block tag and has no text outside block tags."""
    position = 0
    while opening := _OPENING.match(text, position):
        position = _end_of_block(text, opening)
        if _is_details(opening, text) and _BLANK_LINE.search(text, opening.start(), position):
            return False
    return position > 0 and not text[position:].strip()


def _without_top(body: str, title: str) -> str:
    return strip_top(body.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff"), title)


def _count_marks(text: str) -> int:
    return len(_MARKS.findall(text)) + _SLOWNESS * len(_SLOW_MARKS.findall(text))


def _squeeze(text: str) -> str:
    return re.sub(r"[\s\\]+", "", text)


def _to_paragraphs(text: str) -> str:
    return "\n".join(f"<p>{escape(part.strip())}</p>" for part in text.split("\n\n") if part.strip())


# --- HTML blocks ---------------------------------------------------------------------------------


def _end_of_block(text: str, opening: re.Match[str]) -> int:
    """Give the position after the end tag that matches, as kramdown does; the end of the text where there is none."""
    name = (opening["name"] or "").lower()
    if not name or name in _VOID:
        return _after(text, "-->" if opening[0].endswith("<!--") else ">", opening.start())
    tags = re.compile(rf"<(/?){name}(?=[\s/>])", re.IGNORECASE)
    depth = 0
    for tag in tags.finditer(text, opening.start()):
        depth += -1 if tag[1] else 1
        if depth <= 0 or (name == "p" and tag[1]):
            return _after(text, ">", tag.start())
    return len(text)


def _after(text: str, sign: str, start: int) -> int:
    found = text.find(sign, start)
    return len(text) if found < 0 else found + len(sign)


def _html_block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:  # noqa: FBT001
    """Read an HTML block to its end tag: a rule for markdown-it in the place of CommonMark's."""
    start = state.bMarks[start_line] + state.tShift[start_line]
    opening = None if state.is_code_block(start_line) else _OPENING.match(state.src, start)
    if not opening or silent:
        return bool(opening)
    line = (_last_line_of_details if _is_details(opening, state.src) else _last_line)(state, opening, end_line)
    state.line = line + 1
    token = state.push("html_block", "", 0)
    token.map = [start_line, state.line]
    token.content = _with_markdown_inside(state.src[start : state.eMarks[line]]) + "\n"
    return True


def _last_line(state: StateBlock, opening: re.Match[str], end_line: int) -> int:
    end = min(_end_of_block(state.src, opening), state.eMarks[end_line - 1])
    return next((line for line in range(state.line, end_line - 1) if state.eMarks[line] >= end), end_line - 1)


def _is_details(opening: re.Match[str], text: str) -> bool:
    return (opening["name"] or "").lower() == "details" and not _MARKDOWN_INSIDE.match(text, opening.start())


def _last_line_of_details(state: StateBlock, _: re.Match[str], end_line: int) -> int:
    """Let a block of `details` end at the first blank line: what follows is Markdown, as on GitHub."""
    for line in range(state.line, end_line - 1):
        if state.isEmpty(line + 1) or "</details" in state.src[state.bMarks[line] : state.eMarks[line]].lower():
            return line
    return end_line - 1


def _with_markdown_inside(block: str) -> str:
    opening = _MARKDOWN_INSIDE.match(block)
    if not opening:
        return block
    inner, closing, tail = block[opening.end() :].rpartition("</")
    return opening[0] + str(_parser().render(inner)) + closing + tail if closing else block


# --- Markdown ------------------------------------------------------------------------------------


@cache
def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": 30}).enable(["table", "strikethrough"])
    parser.use(footnote_plugin).use(deflist_plugin)
    parser.use(dollarmath_plugin, allow_labels=False, allow_space=False, allow_digits=False, renderer=_verbatim_math)
    parser.block.ruler.at("html_block", _html_block, {"alt": ["paragraph", "reference", "blockquote"]})
    parser.inline.ruler.at("emphasis", _beside_any_script(emphasis.tokenize))
    parser.inline.ruler.at("strikethrough", _beside_any_script(strikethrough.tokenize))
    parser.core.ruler.after("block", "references", _drop_huge_references)
    parser.core.ruler.push("anchors", _add_anchors)
    return parser


def _beside_any_script(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """Let a rule mind only blanks beside what is not ASCII, as kramdown does: `中**“文”**，` is bold."""

    def read(state: StateInline, silent: bool) -> bool:  # noqa: FBT001
        source, start, end = state.src, state.pos, state.posMax
        run = None if silent else _RUN.match(source, start, end)
        before, after = _beside(source, run, end) if run else ("", "")
        enough = any if run and len(run[0]) > 1 else all  # a single * is often a wildcard: `LC_*`
        if not run or not enough(not side.isascii() for side in (before, after)):
            return rule(state, silent)
        window = re.sub(r"\S", "a", before) + run[0] + re.sub(r"\S", "a", after)
        state.src, state.pos, state.posMax = window, len(before), len(window)
        found = rule(state, silent)
        state.src, state.pos, state.posMax = source, start + state.pos - len(before), end
        return found

    return read


def _beside(source: str, run: re.Match[str], end: int) -> tuple[str, str]:
    return source[max(run.start() - 1, 0) : run.start()], source[run.end() : min(run.end() + 1, end)]


def _drop_huge_references(state: StateCore) -> None:
    """Forget an address that would become too much text if each bracket named it."""
    most = _ROOM // (state.src.count("[") + 1)
    known = state.env.get("references", {})
    for name in [name for name, to in known.items() if len(to["href"]) + len(to.get("title", "")) > most]:
        del known[name]


def _add_anchors(state: StateCore) -> None:
    """Give headings the ids kramdown gives them, so that a table of contents written by hand works."""
    seen: Counter[str] = Counter()
    for opening, content in pairwise(state.tokens):
        if opening.type == "heading_open":
            anchor = re.sub(r"[^\w -]", "", content.content).strip().replace(" ", "-").lower()
            opening.attrSet("id", f"{anchor}-{seen[anchor]}" if seen[anchor] else anchor)
            seen[anchor] += 1


def _verbatim_math(content: str, options: dict[str, bool]) -> str:
    fence = "$$" if options["display_mode"] else "$"
    return fence + escape(content, quote=False) + fence


# --- Liquid and kramdown, before Markdown ----------------------------------------------------------

_INDENT = r"[ \t]*(?:[-*+>][ \t]*)*"
_FENCED = rf"^{_INDENT}(?P<fence>`{{3,}}(?=[^`\n]*$)|~{{3,}}).*?(?:^{_INDENT}(?P=fence)[`~]*[ \t]*$|\Z)"
_TICKED = rf"(?<!`)(?P<ticks>`+)(?!`)(?:[^\n]|\n(?!\n|{_INDENT}(?:```|~~~)))+?(?<!`)(?P=ticks)(?!`)"
_RAW_BLOCK = r"\{%-?\s*raw\s*-?%\}.*?(?:\{%-?\s*endraw\s*-?%\}|\Z)"
_CODE = re.compile(f"{_FENCED}|{_TICKED}|{_RAW_BLOCK}", re.DOTALL | re.MULTILINE)
_RAW = re.compile(r"^[ \t]*\{%-?\s*(?:end)?raw\s*-?%\}[ \t]*\n|\{%-?\s*(?:end)?raw\s*-?%\}", re.MULTILINE)
_HIGHLIGHT = re.compile(r"^[ \t]*\{%-?\s*highlight\s++([\w+#-]*+)[^%\n]*%\}[ \t]*$", re.MULTILINE)
_END_HIGHLIGHT = re.compile(r"^[ \t]*\{%-?\s*endhighlight\s*-?%\}[ \t]*$", re.MULTILINE)
_HIGHLIGHT_CODE = re.compile(r"^[ \t]*\{\{[<%]\s*highlight\s++\"?([\w+#-]*+)[^>\n]*[>%]\}\}[ \t]*$", re.MULTILINE)
_END_HIGHLIGHT_CODE = re.compile(r"^[ \t]*\{\{[<%]\s*/\s*highlight\s*[>%]\}\}[ \t]*$", re.MULTILINE)
_SHORTCODE = re.compile(r"\{\{([<%])\s*+(/?[\w-]++)([^{}]{0,2000}?)[>%]\}\}")
_ARGUMENT = re.compile(r"(?:([\w-]+)\s*=\s*)?(?:\"([^\"]*)\"|`([^`]*)`|([^\s\"=`]+))")
_COMMENT = re.compile(r"\{%-?\s*comment\s*-?%\}.*?(?:\{%-?\s*endcomment\s*-?%\}|\Z)", re.DOTALL)
_TAG = re.compile(r"\{%-?\s*+(\w++)((?:[^%\n]|%(?!\}))*)%\}")
_OUTPUT = re.compile(
    r"\{\{-?\s*+(?:[\"'](?P<text>[^\"'\n]*)[\"']|(?P<name>[\w.]*+))(?P<filters>[^{}\n]*(?:\n[^{}\n]*)?)\}\}"
)
_FILTER = re.compile(r"\|\s*(\w+)(?:\s*:\s*(?:[\"']([^\"'|\n]*)[\"']|([\w.]+)))?")
_BRANCH = re.compile(r"\{%-?\s*(?:(?P<opens>if|unless|for)|(?P<turns>else|elsif)|end(?:if|unless|for))\b[^%\n]*%\}")
_UNKNOWN = "\ufdd0"  # stands for a value that only the site's own generator knows; in no text, by Unicode's rules
_ADDRESS = re.compile(r"""\s(?:href|src)\s*=\s*(?:"[^"]*"|'[^']*')""", re.IGNORECASE)
_ENCODED = quote(_UNKNOWN)
_POST_URL = re.compile(r"(?:.*/)?(\d{4})-(\d{1,2})-(\d{1,2})-(.+)")
_TOC = re.compile(
    r"^[ \t]*(?:[*+-]|\d+\.)[ \t][^\n]*\n[ \t]*\{:[ \t]*toc[^}\n]*\}[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_ATTRIBUTES = re.compile(
    r"(?:(?<![ \t])[ \t]+)?\{:[^{}\n]*\}|(?<=\S)[ \t]+\{#[\w-]+\}[ \t]*$|\{::[^{}\n]*\}", re.MULTILINE
)


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    """Apply a change to everything but code; of code, only Liquid's `raw` marks are taken off."""
    fenced = _END_HIGHLIGHT.sub("```", _HIGHLIGHT.sub(r"```\1", text))
    fenced = _END_HIGHLIGHT_CODE.sub("```", _HIGHLIGHT_CODE.sub(r"```\1", fenced))
    parts: list[str] = []
    position = 0
    for code in _CODE.finditer(fenced):
        parts += change(fenced[position : code.start()]), _RAW.sub("", code[0])
        position = code.end()
    return "".join(parts) + change(fenced[position:])


def _values_of_site(site_url: str) -> dict[str, str]:
    origin = "/".join(site_url.split("/", 3)[:3])
    return {"site.url": origin, "site.baseurl": site_url.removeprefix(origin)}


def _fits(title: str, text: str) -> bool:
    return len(title) * text.count("page.title") <= MAX_MARKS


def _tidy(text: str, values: dict[str, str], site_url: str) -> str:
    if "{" not in text:
        return text
    text = _SHORTCODE.sub(_shortcode, _first_branches(_COMMENT.sub("", text)))
    text = _OUTPUT.sub(lambda found: _liquid_output(found, values, site_url), text)
    text = _TAG.sub(lambda found: _liquid_tag(found[1], found[2].removesuffix("-").strip(), site_url), text)
    for prefix in filter(None, (site_url, values["site.url"], values["site.baseurl"])):
        text = text.replace(f"{prefix}{site_url}", site_url)  # what Jekyll 3 needed before `post_url`
    return _ATTRIBUTES.sub("", _TOC.sub("", text))


def _first_branches(text: str) -> str:
    """Leave out what stands between `else` and the end of what it belongs to."""
    spans: list[tuple[int, int]] = []
    turns: list[int] = []
    for tag in _BRANCH.finditer(text):
        if tag["opens"]:
            turns.append(-1)
        elif not tag["turns"]:
            spans += [(turn, tag.start()) for turn in turns[-1:] if turn >= 0]
            del turns[-1:]
        elif not turns or turns[-1] < 0:
            turns[-1:] = [tag.start()]
    return _without(text, spans)


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    parts: list[str] = []
    position = 0
    for start, end in sorted(spans):
        parts.append(text[position:start])
        position = max(position, end)
    return "".join(parts) + text[position:]


def _liquid_output(found: re.Match[str], values: dict[str, str], site_url: str) -> str:
    value = found["text"] if found["text"] is not None else values.get(found["name"], _UNKNOWN)
    for name, text, variable in _FILTER.findall(found["filters"]):
        if name in _FILTERS:
            value = _FILTERS[name](value, values.get(variable, _UNKNOWN) if variable else text, site_url)
    return value


_FILTERS: dict[str, Callable[[str, str, str], str]] = {
    "prepend": lambda value, argument, _: argument + value,
    "append": lambda value, argument, _: value + argument,
    "relative_url": lambda value, _, site_url: _on_site(value, site_url),
    "absolute_url": lambda value, _, site_url: _on_site(value, site_url),
}


def _without_unknown(html: str) -> str:
    """Take off addresses that are made of a value nobody knows here."""
    if _UNKNOWN not in html and _ENCODED not in html:
        return html
    known = _ADDRESS.sub(lambda found: "" if _UNKNOWN in found[0] or _ENCODED in found[0] else found[0], html)
    return known.replace(_UNKNOWN, "").replace(_ENCODED, "")


def _liquid_tag(name: str, argument: str, site_url: str) -> str:
    if name == "link":
        return _on_site(argument, site_url)
    if name == "post_url":
        # Where a site says nothing else, Jekyll's permalink is /year/month/day/title.html.
        return _on_site(_POST_URL.sub(r"\1/\2/\3/\4.html", argument), site_url)
    if name == "asset_img" and argument:
        address, _, title = argument.partition(" ")
        return _picture(address, title.strip(" \"'"))
    if name == "youtube" and argument:
        return _SHORTCODES[name](argument.split(), {})
    if name == "gist" and argument:
        return f"<https://gist.github.com/{argument.split(maxsplit=1)[0]}>"
    return ""


def _shortcode(found: re.Match[str]) -> str:
    """Give what a shortcode of Hugo shows; what stands between an opening and a closing one stays as it is."""
    show = _SHORTCODES.get(found[2])
    return show(*_arguments(found[3].rstrip(" /"))) if show else ""


def _arguments(text: str) -> tuple[list[str], dict[str, str]]:
    found = [(name, quoted or ticked or bare) for name, quoted, ticked, bare in _ARGUMENT.findall(text)]
    return [value for name, value in found if not name], {name: value for name, value in found if name}


def _picture(address: str, alternative: str, caption: str = "") -> str:
    image = f'<img src="{escape(address)}" alt="{escape(alternative)}">'
    return f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>" if caption else image


def _figure(places: list[str], names: dict[str, str]) -> str:
    address = names.get("src") or "".join(places[:1])
    return _picture(address, names.get("alt", ""), names.get("caption") or names.get("title", "")) if address else ""


def _video(address: str) -> Callable[[list[str], dict[str, str]], str]:
    def show(places: list[str], names: dict[str, str]) -> str:
        video = names.get("id") or "".join(places[:1])
        return f"<{address}{quote(video)}>" if video else ""

    return show


_SHORTCODES: dict[str, Callable[[list[str], dict[str, str]], str]] = {
    "figure": _figure,
    "youtube": _video("https://www.youtube.com/watch?v="),
    "vimeo": _video("https://vimeo.com/"),
    "ref": lambda *_: _UNKNOWN,
    "relref": lambda *_: _UNKNOWN,
}


def _on_site(path: str, site_url: str) -> str:
    if not path or "://" in path:
        return path
    return f"{site_url}/{path.lstrip('/')}"
