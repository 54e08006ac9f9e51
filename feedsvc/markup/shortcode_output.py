"""What shortcodes show, as Markdown: text, quotations, pictures, links to players. Pure."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from urllib.parse import quote

UNKNOWN = "\ufdd0"  # stands for a value that only the site's generator knows; a noncharacter, so in no text
_LINK_SIGNS = re.compile(r"(`[^`\n]+`)|[\[\]\\<>&*_`]")  # but for those in code
URL_SIGNS = f"{UNKNOWN}/:?#@!$&'()*+,;=%~[]"
_BLANK_LINES = re.compile(r"\n(?:[ \t]*\n)+")
_VIDEO = re.compile(r"(?:[?&]v=|youtu\.be/|/embed/|/shorts/|vimeo\.com/(?:video/)?|/video/)([\w-]+)")
WORDS = ("text", "content", "body", "message", "quote")  # parameters that are text of a post, in any shortcode
LINKED, LABELS = ("url", "href", "link"), ("title", "label")  # those of a link, in any shortcode
TRANSLATED = ("original", "translated")


def first_of(names: Sequence[str], named: Mapping[str, str]) -> str:
    """Return the first of some parameters that is given, "" if none is."""
    return next((named[name] for name in names if named.get(name)), "")


def words_of(named: Mapping[str, str]) -> str:
    """Return the text of a post that a shortcode has as an argument, its link, or its code."""
    text, code = first_of(WORDS, named), named.get("code", "").strip("\n")
    url, label = first_of(LINKED, named), text or first_of(LABELS, named)
    if url and label:
        return to_link(label, url)
    return text or (f"\n\n```\n{code}\n```\n\n" if code else "")


def to_quotation(text: str, author: str) -> str:
    """Return a quotation with its author, who may be ""."""
    lines = [*text.split("\n"), *(("", f"— {author}") if author else ())]
    return "\n\n" + "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"


def to_formula(text: str, *, is_block: bool) -> str:
    """Return TeX as a formula, as a block if it is one or has several lines; one that is a formula already stays."""
    tex = _BLANK_LINES.sub("\n", text.strip())
    if tex.startswith(("$", "\\(", "\\[")):
        return text
    return f"\n\n$$\n{tex}\n$$\n\n" if is_block or "\n" in tex else f"${tex}$"


def escape_text(text: str) -> str:
    """Return a text in which no sign but those of code is Markdown."""
    return _LINK_SIGNS.sub(lambda sign: sign[1] or f"&#{ord(sign[0])};", text)


def to_link(text: str, url: str) -> str:
    """Return a link with this text."""
    return f"[{escape_text(text)}](<{quote(url, safe=URL_SIGNS)}>)"


def to_picture(url: str, alternative: str, caption: str = "") -> str:
    """Return a picture, as a figure if it has a caption."""
    if not caption:  # Markdown, for HTML alone on its line would end only at a blank line
        return f"![{escape_text(alternative)}](<{quote(url, safe=URL_SIGNS)}>)"
    image = f'<img src="{escape(url)}" alt="{escape(alternative)}">'
    return f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>"


def to_player(values: list[str], template: str) -> str:
    """Return the link to a film by its id or its URL; "" without either."""
    if "://" in values[0]:
        found = _VIDEO.search(values[0])
        if template == "{}" or not found:
            return f"<{quote(values[0], safe=URL_SIGNS)}>"
        values[0] = found[1]
    return f"<{template.format(*(quote(value, safe='/') for value in values))}>" if values[0] else ""
