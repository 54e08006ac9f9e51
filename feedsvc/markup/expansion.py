"""Replace Liquid and shortcodes in Markdown, and remove kramdown's attribute lists; code is not changed.

Pure, linear time. Unknown tags and shortcodes are removed.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import quote

from feedsvc.markup.liquid import drop_branches, render_liquid
from feedsvc.markup.shortcodes import UNKNOWN, expand_shortcodes

MAX_REPEATED = 150_000  # characters that all copies of the title may have together

MAX_TICKED = 5_000  # characters of code between backticks in which Liquid stays

_INDENT = r"[ \t]*(?:(?:[-*+>]|\d{1,9}[.)])[ \t]*)*"
_FENCED = rf"^{_INDENT}(?P<fence>`{{3,}}(?=[^`\n]*$)|~{{3,}}).*?(?:^{_INDENT}(?P=fence)[`~]*[ \t]*$|\Z)"
_TICKED = rf"(?<!`)(?P<ticks>`+)(?!`)(?:[^\n]|\n(?!\n|{_INDENT}(?:```|~~~))){{1,{MAX_TICKED}}}?(?<!`)(?P=ticks)(?!`)"
_RAW_BLOCK = r"\{%-?\s*raw\s*-?%\}.*?(?:\{%-?\s*endraw\s*-?%\}|\Z)"
_CODE = re.compile(f"{_FENCED}|{_TICKED}|{_RAW_BLOCK}", re.DOTALL | re.MULTILINE)
_RAW = re.compile(r"^[ \t]*\{%-?\s*(?:end)?raw\s*-?%\}[ \t]*\n|\{%-?\s*(?:end)?raw\s*-?%\}", re.MULTILINE)
_FENCES: tuple[tuple[re.Pattern[str], str], ...] = (  # tags of Jekyll and Hugo around code → fences of Markdown
    (re.compile(r"^[ \t]*\{%-?\s*highlight\s++([\w+#-]*+)[^%\n]*%\}[ \t]*$", re.MULTILINE), r"```\1"),
    (re.compile(r"^[ \t]*\{%-?\s*endhighlight\s*-?%\}[ \t]*$", re.MULTILINE), "```"),
    (re.compile(r"^[ \t]*\{\{[<%]\s*highlight\s++\"?([\w+#-]*+)[^>\n]*[>%]\}\}[ \t]*$", re.MULTILINE), r"```\1"),
    (re.compile(r"^[ \t]*\{\{[<%]\s*/\s*highlight\s*[>%]\}\}[ \t]*$", re.MULTILINE), "```"),
)
_TOC = re.compile(
    r"^[ \t]*(?:[*+-]|\d+\.)[ \t][^\n]*\n[ \t]*\{:[ \t]*toc[^}\n]*\}[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_ATTRIBUTES = re.compile(
    r"(?:(?<![ \t])[ \t]+)?\{:[^{}\n]*\}|(?<=\S)[ \t]+\{#[\w-]+\}[ \t]*$|\{::[^{}\n]*\}", re.MULTILINE
)
_URL_ATTRIBUTE = re.compile(r"""\s(?:href|src)\s*=\s*(?:"[^"]*"|'[^']*')""", re.IGNORECASE)
_ENCODED = quote(UNKNOWN)


def expand(text: str, *, title: str, site_url: str) -> str:
    """Return Markdown with Liquid, shortcodes and attribute lists replaced.

    `title` is the post's, `site_url` the site's URL with its `baseurl`. A value that only the site's generator knows
    is replaced by UNKNOWN, which `drop_unknown` removes from the HTML.
    """
    values = _values_of_site(site_url) | {"page.title": title if _fits(title, text) else ""}
    return _change_outside_code(text, lambda part: _expand_part(part, values, site_url))


def drop_unknown(html: str) -> str:
    """Return HTML without UNKNOWN, and without `href` and `src` attributes that contain it."""
    if UNKNOWN not in html and _ENCODED not in html:
        return html
    known = _URL_ATTRIBUTE.sub(lambda found: "" if UNKNOWN in found[0] or _ENCODED in found[0] else found[0], html)
    return known.replace(UNKNOWN, "").replace(_ENCODED, "")


def _change_outside_code(text: str, change: Callable[[str], str]) -> str:
    """Make fences of code tags, then apply `change` outside code; in code, remove only Liquid's `raw` tags."""
    for tag, fence in _FENCES:
        text = tag.sub(fence, text)
    parts: list[str] = []
    position = 0
    for code in _CODE.finditer(text):
        parts += change(text[position : code.start()]), _RAW.sub("", code[0])
        position = code.end()
    return "".join(parts) + change(text[position:])


def _expand_part(text: str, values: Mapping[str, str], site_url: str) -> str:
    if "{" not in text:
        return text
    rendered = render_liquid(expand_shortcodes(drop_branches(text)), values, site_url)
    return _ATTRIBUTES.sub("", _TOC.sub("", rendered))


def _values_of_site(site_url: str) -> dict[str, str]:
    origin = "/".join(site_url.split("/", 3)[:3])
    return {"site.url": origin, "site.baseurl": site_url.removeprefix(origin)}


def _fits(title: str, text: str) -> bool:
    return len(title) * text.count("page.title") <= MAX_REPEATED
