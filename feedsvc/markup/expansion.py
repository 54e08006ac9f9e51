"""Replace Liquid and shortcodes in Markdown, and remove kramdown's attribute lists; code is not changed.

Pure, linear time. Unknown tags and shortcodes are removed.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import partial
from urllib.parse import quote

from feedsvc.markup.attribute_lists import CODE_SIGN, drop_attributes
from feedsvc.markup.blocks import Blocks
from feedsvc.markup.code_spans import between_backticks
from feedsvc.markup.indented import hide_code, show_code
from feedsvc.markup.liquid.best_effort import drop_branches, render_liquid
from feedsvc.markup.shortcode_output import UNKNOWN
from feedsvc.markup.shortcode_syntax import DIAGRAMS, TAG, show_escaped
from feedsvc.markup.shortcodes import Shortcodes

MAX_REPEATED = 150_000  # characters that all copies of the title may have together

_INDENT = r"[ \t]*(?:(?:[-*+>]|\d{1,9}[.)])[ \t]*)*"
_FENCED = rf"^{_INDENT}(?P<fence>`{{3,}}(?=[^`\n]*$)|~{{3,}}).*?(?:^{_INDENT}(?P=fence)[`~]*[ \t]*$|\Z)"
_TICKED = between_backticks(rf"\n(?!\n|{_INDENT}(?:```|~~~))")
_RAW_BLOCK = r"\{%-?\s*raw\s*-?%\}.*?(?:\{%-?\s*endraw\s*-?%\}|\Z)"
_FENCE = re.compile(_FENCED, re.DOTALL | re.MULTILINE)
_CODE = re.compile(f"{_FENCED}|{_TICKED}|{_RAW_BLOCK}|(?P<tag>{TAG})", re.DOTALL | re.MULTILINE)
_RUN_CODE = re.compile(f"{_FENCED}|{_TICKED}|<pre>.*?(?:</pre>|\\Z)", re.DOTALL | re.MULTILINE)
_RAW = re.compile(r"^[ \t]*\{%-?\s*(?:end)?raw\s*-?%\}[ \t]*\n|\{%-?\s*(?:end)?raw\s*-?%\}", re.MULTILINE)
_DIAGRAMS = "|".join(DIAGRAMS)
_MAY_FENCE = re.compile(rf"highlight|code|{_DIAGRAMS}")
_FENCES: tuple[tuple[re.Pattern[str], str], ...] = (  # tags of Jekyll and Hugo around code → fences of Markdown
    (re.compile(r"^[ \t]*\{%-?\s*highlight\s++([\w+#-]*+)[^%\n]*%\}[ \t]*$", re.MULTILINE), r"```\1"),
    (re.compile(r"^[ \t]*\{%-?\s*endhighlight\s*-?%\}[ \t]*$", re.MULTILINE), "```"),
    (re.compile(r"^[ \t]*\{\{[<%]\s*highlight\s++\"?([\w+#-]*+)[^>\n]*[>%]\}\}[ \t]*$", re.MULTILINE), r"```\1"),
    (re.compile(r"^[ \t]*\{\{[<%]\s*/\s*highlight\s*[>%]\}\}[ \t]*$", re.MULTILINE), "```"),
    (
        re.compile(
            r"^[ \t]*\{%-?\s{0,9}code(?:block)?\b(?:[^%\n]{0,200}?\blang:([\w+#-]{1,30}))?[^%\n]{0,300}%\}[ \t]*$",
            re.MULTILINE,
        ),
        r"```\1",
    ),
    (re.compile(r"^[ \t]*\{%-?\s{0,9}endcode(?:block)?\s{0,9}-?%\}[ \t]*$", re.MULTILINE), "```"),
    (
        re.compile(
            rf"^[ \t]*\{{(?:\{{[<%]|%)\s{{0,9}}({_DIAGRAMS})\b[^(>%\n]{{0,300}}(?:[>%]\}}|%)\}}[ \t]*$", re.MULTILINE
        ),
        r"```\1",
    ),
    (
        re.compile(
            rf"^[ \t]*\{{(?:\{{[<%]\s{{0,9}}/\s{{0,9}}|%\s{{0,9}}end)(?:{_DIAGRAMS})\s{{0,9}}(?:[>%]\}}|%)\}}[ \t]*$",
            re.MULTILINE,
        ),
        "```",
    ),
)
_TOC = re.compile(
    r"^[ \t]*(?:[*+-]|\d+\.)[ \t][^\n]*\n[ \t]*\{:[ \t]*toc[^}\n]*\}[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_OPTIONS = re.compile(r"\{::options\b(?:\\\}|[^}\n])*\}")
_NO_TAG = re.compile(r"\\?<(?=<)|(?<=<)<|<(?=\?|!\[CDATA\[)")  # kramdown's sign of a quotation, and what it shows
_EMPTY_DEFINITION = re.compile(r"^([ ]{0,3}:)[ \t]+$", re.MULTILINE)
_LABEL = re.compile(r"\[[^\[\]\n]+\]")
_DEFINED_ADDRESS = re.compile(
    r"^(?P<before>[ ]{0,3}\[(?P<label>[^\[\]^\n][^\[\]\n]*)\]:)[ \t]*(?P<address>[^\s<\"'][^\n\"'<>]*?[ ][^\n\"'<>]*?)"
    r"(?P<title>[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'))?[ \t]*$",
    re.MULTILINE,
)
_NO_MARKDOWN = re.compile(r"\{::nomarkdown\b[^{}\n]*\}((?:(?!\{::nomarkdown).)*?)\{:/(?:nomarkdown)?\}", re.DOTALL)
_SIGNS = re.compile(r"[*_`\[\]\\$|~]")
_TERM_ATTRIBUTES = re.compile(r"^\{:[.#][^{}\n]*\}[ ]+(?=\S)", re.MULTILINE)
_ITEM_ATTRIBUTES = re.compile(r"^([ ]*(?:[*+-]|\d{1,9}\.|:)[ \t]+)\{:(?![:/])[^{}\n]*\}[ \t]*", re.MULTILINE)
_WIDE_ITEM = re.compile(r"^([ ]{0,3}(?:[*+-]|\d{1,9}\.))(?:[ ]{5,}|[ ]*\t[ \t]*)(?=\S)", re.MULTILINE)
_END_OF_NOTE = re.compile(r"^([ ]{0,3}\[\^[^\]\n]+\]:[^\n]*\n(?:(?:[ ]{4}|\t)[^\n]*\n)*)(?=[^ \t\n])", re.MULTILINE)
_FOUR_STARS = re.compile(r"(?<=[^\s*\\])\*{4}(?=[^\s*])")
_ADDRESS = re.compile(
    r"(!?)(?<!\])\[(?P<text>[^\[\]\n]*)\]\((?P<address>[^()<>\s\"'][^()<>\n\"']*)"
    r"(?P<title>[ ](?:\"[^\"\n]*\"|'[^'\n]*'))?[ ]*\)"
)
_URL_ATTRIBUTE = re.compile(r"""\s(?:href|src)\s*=\s*(?:"[^"]*"|'[^']*')""", re.IGNORECASE)
_ENCODED = quote(UNKNOWN)
_HIDDEN = "\ufdd1"  # stands for a brace in code; a noncharacter, so in no text
_NUMBERED = re.compile(rf"(?P<quoted>^>[> ]*)?{CODE_SIGN}(?P<number>\d+){CODE_SIGN}", re.MULTILINE)
_INDENTED_BRACE = re.compile(r"^(?: {4}| {0,3}\t)[^\n]*\{[{%]", re.MULTILINE)
_INNER = re.compile(r"\s*\{(?:\{[<%]\s*/?\s*|%-?\s*(?:end)?)([\w./-]+)")


def expand(text: str, *, title: str, site_url: str, is_jekyll: bool, shortcodes: Shortcodes) -> str:
    """Return Markdown with Liquid, shortcodes and blanks in addresses replaced.

    `title` is the post's, `site_url` the site's URL with its `baseurl`. A value that only the site's generator knows
    is replaced by UNKNOWN, which `drop_unknown` removes from the HTML. On a Jekyll site, what markdown-it would read
    otherwise than kramdown is written so that it does not.
    """
    values = _values_of_site(site_url) | {"page.title": title if _fits(title, text) else ""}
    if is_jekyll:
        text = _change_outside(_FENCE, text, _widen_items)

    def change(part: str) -> str:
        part = _expand_part(part, values, site_url, shortcodes, is_jekyll=is_jekyll)
        part = _adapt_to_kramdown(part) if is_jekyll else drop_attributes(_TOC.sub("", part))
        return _encode_addresses(part, is_jekyll=is_jekyll)

    shortcodes.note_closed(text)
    hidden = hide_code(_hide_indented(text, shortcodes), templates=False)
    return show_code(_show_hidden(_change_outside_code(hidden, change)))


def _hide_indented(text: str, shortcodes: Shortcodes) -> str:
    """Return a text with the braces hidden that stand in indented code, so that no shortcode is found there.

    A shortcode that is indented within another one is none.
    """
    if not _INDENTED_BRACE.search(text):
        return text
    blocks, lines = Blocks(), []
    for line in text.split("\n"):
        is_code = blocks.is_code(line)
        inner = _INNER.match(line) if is_code else None
        is_hidden = is_code and _INDENTED_BRACE.match(line) and not (inner and shortcodes.is_paired(inner[1]))
        lines.append(show_escaped(line).replace("{", _HIDDEN) if is_hidden else line)
    return "\n".join(lines)


def _show_hidden(text: str) -> str:
    return text.replace(_HIDDEN, "{") if _HIDDEN in text else text


def adapt_rendered(text: str) -> str:
    """Return Markdown of a Jekyll site whose Liquid has been run, written so that it is read as kramdown reads it."""
    text = _change_outside(_FENCE, text, _widen_items)
    adapt = partial(_encode_addresses, is_jekyll=True)
    return show_code(_change_outside(_RUN_CODE, hide_code(text), lambda part: adapt(_adapt_to_kramdown(part)), str))


def _widen_items(text: str) -> str:
    return _WIDE_ITEM.sub(r"\1   ", text)


def _encode_addresses(text: str, *, is_jekyll: bool) -> str:
    return _ADDRESS.sub(partial(_encode_blanks, is_jekyll=is_jekyll), text) if "](" in text else text


def _adapt_to_kramdown(text: str) -> str:
    """Return a text without extensions and attributes of items, and with an end to each footnote."""
    text = _NO_TAG.sub("&lt;", text)
    if "****" in text:  # `**a****b**`: to kramdown the end of one and the beginning of another
        text = _FOUR_STARS.sub("**<!-- -->**", text)
    if "{:" in text:
        text = _TERM_ATTRIBUTES.sub("", _ITEM_ATTRIBUTES.sub(r"\1", _OPTIONS.sub("", _TOC.sub("", text))))
        text = _NO_MARKDOWN.sub(lambda found: _SIGNS.sub(lambda sign: f"&#{ord(sign[0])};", found[1]), text)
    if "]:" in text:
        text = _encode_definitions(text)
    text = _EMPTY_DEFINITION.sub(r"\1 <!-- -->", text)
    return _END_OF_NOTE.sub("\\1\n", text) if "[^" in text else text


def _encode_definitions(text: str) -> str:
    """Return a text in which the definitions of references that are used have `%20` for the blanks in their address."""
    uses = Counter(map(str.lower, _LABEL.findall(text)))

    def encode(found: re.Match[str]) -> str:
        if uses[f"[{found['label']}]".lower()] < 2:  # noqa: PLR2004 - the definition is the first
            return found[0]
        return f"{found['before']} {found['address'].replace(' ', '%20')}{found['title'] or ''}"

    return _DEFINED_ADDRESS.sub(encode, text)


def _encode_blanks(found: re.Match[str], *, is_jekyll: bool) -> str:
    """Return a picture with `%20` for the blanks in its address, or a link whose address is a path."""
    address = found["address"].rstrip()
    if " " not in address or not (is_jekyll or found[1] or _is_path(address)):
        return found[0]
    return f"{found[1]}[{found['text']}]({address.replace(' ', '%20')}{found['title'] or ''})"


def _is_path(address: str) -> bool:
    """Return True if an address has a dot or a slash in its first or last word, and neither a query nor a fragment."""
    words = address.split()
    has_border = any(sign in word for sign in "./" for word in (words[0], words[-1]))
    return has_border and "?" not in address and "#" not in address


def drop_unknown(html: str) -> str:
    """Return HTML without UNKNOWN, and without `href` and `src` attributes that contain it."""
    if UNKNOWN not in html and _ENCODED not in html:
        return html
    known = _URL_ATTRIBUTE.sub(lambda found: "" if UNKNOWN in found[0] or _ENCODED in found[0] else found[0], html)
    return known.replace(UNKNOWN, "").replace(_ENCODED, "")


def _change_outside_code(text: str, change: Callable[[str], str]) -> str:
    """Make fences of code tags, then apply `change` outside code; in code, remove only Liquid's `raw` tags."""
    for tag, fence in _FENCES if _MAY_FENCE.search(text) else ():
        text = tag.sub(fence, text)
    return _change_outside(_CODE, text, change)


def _show_code(code: str) -> str:
    """Return code without Liquid's `raw` tags, and with the shortcodes that Hugo shows there."""
    return show_escaped(_RAW.sub("", code))


def _change_outside(
    code: re.Pattern[str], text: str, change: Callable[[str], str], show: Callable[[str], str] = _show_code
) -> str:
    """Return a changed text; a number stands for each piece of code meanwhile, but for code within a tag."""
    pieces: list[str] = []

    def hide(found: re.Match[str]) -> str:
        if found.groupdict().get("tag"):
            return found[0]
        piece = found[0].lstrip(" \t")
        pieces.append(show(piece))
        return f"{found[0].removesuffix(piece)}{CODE_SIGN}{len(pieces) - 1}{CODE_SIGN}"

    def show_piece(found: re.Match[str]) -> str:
        before, piece = found["quoted"] or "", pieces[int(found["number"])]
        is_fence = piece.startswith(("```", "~~~"))
        return before + (piece.replace("\n", f"\n{before}") if before and is_fence else piece)

    return _NUMBERED.sub(show_piece, change(code.sub(hide, text)))


def _expand_part(
    text: str, values: Mapping[str, str], site_url: str, shortcodes: Shortcodes, *, is_jekyll: bool
) -> str:
    if "{" not in text:
        return text
    return render_liquid(shortcodes.expand(drop_branches(text)), values, site_url, shortcodes, is_jekyll=is_jekyll)


def _values_of_site(site_url: str) -> dict[str, str]:
    origin = "/".join(site_url.split("/", 3)[:3])
    return {"site.url": origin, "site.baseurl": site_url.removeprefix(origin)}


def _fits(title: str, text: str) -> bool:
    return len(title) * text.count("page.title") <= MAX_REPEATED
