"""Summaries: the beginning of a clean body or of a text, as plain text, cut at a sentence or a word.

Lists of contents, notes and the marks that lead to them are no part of it.
"""

import re
from html import unescape

from feedsvc.cleaning.allowlist import INLINE, MEDIA, to_names
from feedsvc.cleaning.text import WIDE
from feedsvc.text import join_words, to_subscript, to_superscript

SUMMARY_LENGTH = 280
ENOUGH_HTML = 20_000
_ENOUGH_TEXT = 2 * SUMMARY_LENGTH

_TEASER_END = re.compile(
    r"<!--[ \t]*(?:more\b[^<>\n]{0,80}?|read[ _-]?more|truncate|excerpt|(?:end[ _-]of[ _-]|end[ _-]|/)excerpt|"
    r"excerpt[ _-]end|(?:pelican_)?end_summary|teaser_end|summary[ _-]end|break|jump)[ \t]*-->",
    re.IGNORECASE,
)
"""The comments by which authors mark where a summary ends: WordPress, Hugo, Hexo, Zola, Docusaurus, Nikola, Drupal."""

_SKIPPED = re.compile(r"<(figcaption|pre|table)\b.*?</\1>", re.DOTALL)
_READING = re.compile(r"<(rp|rt)\b.*?</\1>", re.DOTALL)
_LEVEL = re.compile(r"<(su[bp])\b[^>]*>([^<>]{1,40})</\1>")
_WITHIN_WORDS = INLINE - MEDIA - to_names("br rp rt source") | {"data"}
_INLINE_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_WITHIN_WORDS))})\b[^>]*>")
_ANY_TAG = re.compile(r"<[^>]*>")
_WIDE = re.compile(f"[{WIDE}]")
_SENTENCE_END = re.compile(r"[。！？!?…]+[”’」』）)\"']*|\.[”’)\"']*(?=\s)")
_WORD_END = re.compile(rf"(?<!\s)(?=\s|[{WIDE}])|(?<=[{WIDE}])")

_TARGET = re.compile(r'<a\b[^>]*?\bhref="#([^"]+)"')
_MARK = re.compile(
    r"<sup\b[^>]*>(?:[^<]|<(?!/sup)[^>]*>)*+</sup>"
    r'|<a\b[^>]*?\bhref="#[^"]+"[^>]*>\s*<sup\b[^>]*>[^<]*</sup>\s*</a>'
    r'|<a\b[^>]*?\bhref="#_?(?:fn|ftn|edn|note|foot|end|sdfoot|cite)[^"]*"[^>]*>[^<]{0,12}</a>'
    r'|<a\b[^>]*?\bhref="#[^"]+"[^>]*>\s*(?:\[\d{1,3}\]|[*†‡]{1,3}|[↩↑⏎⤴]\ufe0e?)\s*</a>'
)
_ID = re.compile(r'\bid="([^"]+)"')
_BLOCK = re.compile(r"<(?:blockquote|dd|dl|dt|h[1-6]|hr|li|ol|p|ul)\b")
_NOTES_LABEL = re.compile(r"(?:<hr\b[^>]*>|<(h[1-6])\b[^>]*>[^<]{0,40}</\1>)\s*\Z")

_LIST = re.compile(r"<(/?)(?:ol|ul)\b[^>]*>")
_ANCHOR = re.compile(r'<a\b[^>]*?\bhref="#[^"]*"[^>]*>.*?</a>', re.DOTALL)
_LETTER = re.compile(r"[^\W\d_]")
_CONTENTS_LABEL = re.compile(
    r"<(p|h[1-6]|summary|b|strong)\b[^>]*>(?:<(?:b|strong|em)>)?\s*(?:table of contents?|contents?|toc|on this page|"
    r"in this (?:article|post)|outline|[文本]?[章页]?目[录錄次]|もくじ|목차|차례|inhalt(?:sverzeichnis)?|sommaire|"
    r"table des matières|[íi]ndice|contenidos?|sumário|содержание|оглавление|spis treści|obsah|inhoud(?:sopgave)?|"
    r"i̇?çindekiler|innehåll|indhold)\s*[:：]?\s*(?:</(?:b|strong|em)>)?\s*</\1>\s*\Z",
    re.IGNORECASE,
)


def summarize(html_or_text: str) -> str:
    """Return the beginning of clean HTML, or of plain text, as plain text of at most 280 characters.

    It is cut after a sentence if one ends in the second half, else between words (in Chinese and Japanese: anywhere).
    """
    beginning = html_or_text[:ENOUGH_HTML]
    for html in (_SKIPPED.sub("\n", _without_contents(_without_notes(beginning))), beginning):
        text = _to_text(html)
        if text:
            return _cut(text)
    return ""


def find_teaser(html: str) -> str:
    """Return the part of a body before the mark with which its author ended the summary; "" if there is none."""
    found = _TEASER_END.search(html) if "<!--" in html else None
    return html[: found.start()] if found else ""


def _to_text(html: str) -> str:
    """Return HTML as one line: raised and lowered digits as such, no blank between Chinese or Japanese blocks."""
    spoken = _LEVEL.sub(_to_level, _READING.sub("", html))
    return _join_lines(unescape(_ANY_TAG.sub("\n", _INLINE_TAG.sub("", spoken))).split("\n"))


def _join_lines(lines: list[str]) -> str:
    """Return lines as one that is long enough for a summary."""
    text = ""
    for line in filter(None, map(join_words, lines)):
        gap = "" if _WIDE.match(text[-1:]) and _WIDE.match(line) else " "
        text += gap + line
        if len(text) > _ENOUGH_TEXT:
            break
    return text.strip()


def _to_level(found: re.Match[str]) -> str:
    change = to_superscript if found[1] == "sup" else to_subscript
    return change(found[2]) or found[2]


def _cut(text: str) -> str:
    if len(text) <= SUMMARY_LENGTH:
        return text
    for pattern, mark in ((_SENTENCE_END, ""), (_WORD_END, "…")):
        ends = [match.end() for match in pattern.finditer(text, 0, SUMMARY_LENGTH + 1)]
        fitting = [end for end in ends if SUMMARY_LENGTH // 2 < end <= SUMMARY_LENGTH - len(mark)]
        if fitting:
            return text[: fitting[-1]] + mark
    return text[: SUMMARY_LENGTH - 1] + "…"


# --- notes -----------------------------------------------------------------------------------------


def _without_notes(html: str) -> str:
    """Return HTML without the marks of notes, and up to the first note that one of them leads to."""
    if 'href="#' not in html:
        return html
    marks = [mark for mark in _MARK.finditer(html) if _TARGET.search(mark[0])]
    places = {found[1]: found.start() for found in _ID.finditer(html)}
    targets = ((places.get(target, 0), mark.end()) for mark in marks for target in _TARGET.findall(mark[0]))
    note = min((place for place, end in targets if place >= end), default=None)
    end = len(html) if note is None else _find_block(html, note)
    return _NOTES_LABEL.sub("", _remove(html, marks, end))


def _remove(html: str, marks: list[re.Match[str]], end: int) -> str:
    pieces: list[str] = []
    position = 0
    for mark in marks:
        if mark.end() <= end:
            pieces.append(html[position : mark.start()])
            position = mark.end()
    return "".join(pieces) + html[position:end]


def _find_block(html: str, position: int) -> int:
    """Return where the block begins that holds a position; of an item of a list, where the list begins."""
    blocks = list(_BLOCK.finditer(html, 0, position + 1))
    start = blocks[-1].start() if blocks else position
    if not html.startswith(("<li", "<dd", "<dt"), start):
        return start
    return max(html.rfind(name, 0, start) for name in ("<ol", "<ul", "<dl"))


# --- lists of contents -----------------------------------------------------------------------------


def _without_contents(html: str) -> str:
    """Return HTML without lists of links to its own parts, and without the label of each."""
    pieces: list[str] = []
    position = depth = start = 0
    for tag in _LIST.finditer(html) if 'href="#' in html else ():
        start = tag.start() if depth == 0 else start
        depth += -1 if tag[1] else 1
        if depth == 0 and _is_contents(html[start : tag.end()]):
            pieces.append(_CONTENTS_LABEL.sub("", html[position:start]))
            position = tag.end()
    return "".join(pieces) + html[position:]


def _is_contents(items: str) -> bool:
    rest, links = _ANCHOR.subn("", items)
    return links > 0 and not _LETTER.search(_ANY_TAG.sub("", rest))
