"""The head of an HTML file without front matter → values, and where the body begins.

Pure, linear time. The names are those of https://docs.getpelican.com/en/stable/content.html#file-metadata, the Open
Graph protocol, Dublin Core and schema.org.
"""

import re
from collections.abc import Iterator
from typing import Any

from feedsvc.posts.headers import LISTS, Header, split_list

MAX_HEAD = 200_000  # characters; what begins later than that is not looked for

_OPENING = re.compile(
    r"\s*+(?:(?:<!--(?:(?!-->).)*+-->|<!doctype[^>]*>|<\?xml[^>]*>)\s*+)*+<(?:html|head)(?=[\s>])",
    re.IGNORECASE | re.DOTALL,
)
_PUBLISHED = re.compile(r'"datePublished"\s*+:\s*+"([^"<>]++)"')  # of schema.org in JSON
# What browsers write into a page that they save, and SingleFile: https://github.com/gildas-lormeau/SingleFile
_SAVED = re.compile(
    r"<!--\s*+(?:saved from url=\(\d++\)|Page saved with SingleFile\s++url:\s*+)(https?://[^\s<>]++)\s", re.IGNORECASE
)
_END = re.compile(r"<body(?:\s[^<>]*)?>|</head\s*>(?!\s*<body)", re.IGNORECASE)
_TITLE = re.compile(r"<title(?:\s[^>]*)?>([^<]*+(?:<(?!/title)[^<]*+)*+)</title", re.IGNORECASE)
_HTML = re.compile(r"<html(\s[^<>]*)>", re.IGNORECASE)
_META = re.compile(r"<meta(\s[^<>]*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""([A-Za-z:_-]++)\s*+=\s*+(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)

# Names of <meta> by the keys of front matter that they mean.
_KEYS = {name: name for name in ("date", "modified", "tags", "category", "authors", "author", "summary", "slug")} | {
    **{name: name for name in ("status", "lang", "draft", "private", "password", "save_as", "url", "image")},
    "keywords": "tags",
    "description": "description",
    "og:description": "description",
    "og:title": "title",
    "og:image": "image",
    "article:published_time": "date",
    "datepublished": "date",
    "datemodified": "modified",
    "article:modified_time": "modified",
    "article:tag": "tags",
    "article:section": "category",
    "dc.date": "date",
    "dcterms.date": "date",
    "dcterms.created": "date",
    "dcterms.modified": "modified",
    "dc.creator": "author",
    "dcterms.creator": "author",
    "dc.language": "lang",
    "dcterms.language": "lang",
}


def find_head(text: str) -> Header | None:
    """Return what the head of an HTML file says; None if the text does not begin as such a file does."""
    if not _OPENING.match(text):
        return None
    end = _END.search(text, 0, MAX_HEAD)
    if end is None:
        return None
    saved = _SAVED.search(text, 0, end.start())
    values: dict[str, Any] = {"link": saved[1]} if saved else {}
    for key, value in _pairs(_COMMENT.sub("", text[: end.start()])):
        if key in LISTS:
            values.setdefault(key, []).extend(split_list(value))
        else:
            values.setdefault(key, value)
    return Header(values, end.end())


def _pairs(head: str) -> Iterator[tuple[str, str]]:
    """Yield the keys and texts of a head, the title first."""
    if title := _TITLE.search(head):
        yield "title", title[1].strip()
    for found in _META.finditer(head):
        attributes = _attributes_of(found[1])
        name = next((attributes[key] for key in ("name", "property", "itemprop") if key in attributes), "")
        content = (attributes.get("content") or attributes.get("contents", "")).strip()  # Pelican reads the latter too
        if (key := _KEYS.get(name.lower())) and content:
            yield key, content
    if published := _PUBLISHED.search(head):
        yield "date", published[1]
    if (opening := _HTML.search(head)) and (language := _attributes_of(opening[1]).get("lang")):
        yield "lang", language


def _attributes_of(tag: str) -> dict[str, str]:
    return {name.lower(): double or single or bare for name, double, single, bare in _ATTRIBUTE.findall(tag)}
