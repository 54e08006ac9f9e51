"""Tags of JSX made into tags of HTML: attributes in braces, and components that show a picture, a film or a player.

Pure; a tag is read once. What a tag refers to in JavaScript is known if it is text, a number, or an imported file.
(https://mdxjs.com/docs/what-is-mdx/, https://docusaurus.io/docs/markdown-features/assets)
"""

import re
from collections.abc import Mapping
from html import escape

Attributes = dict[str, str]

_ATTRIBUTE = re.compile(
    r"""(?P<name>[A-Za-z_@:][\w.:-]*+)(?:\s*=\s*(?P<value>"[^"]*"|'[^']*'|\{|[^\s"'{}<>=`]+))?|(?P<spread>\{)"""
)
_TEXT = re.compile(r"""\s*(?:"(?P<a>[^"\\]*)"|'(?P<b>[^'\\]*)'|`(?P<c>[^`$\\]*)`|(?P<number>-?[\d.]+))\s*\Z""")
_PATH = re.compile(r"""["'`]([^"'`\s]*[./][^"'`\s]*)["'`]""")
_NAME = re.compile(r"\s*([\w$]+)(?:\.(?:src|default))?\s*\Z")
_IMPORT = re.compile(r"""^import\s+([\w$]+)\s+from\s+["']([^"'\n]+\.\w{2,5})["']""", re.MULTILINE)
_SITE = re.compile(r"\A@site/static(?=/)|\A@(?=/)")

_URLS = frozenset({"src", "href", "poster", "data", "srcset"})
_RENAMED = {"classname": "class", "htmlfor": "for"}
_PICTURES = frozenset(
    {"image", "img", "picture", "figure", "photo", "zoomimage", "nextimage", "staticimage", "blogimage"}
)
_SHOWN = {
    **dict.fromkeys(("avif", "gif", "jpeg", "jpg", "png", "svg", "webp"), "img"),
    **dict.fromkeys(("m4v", "mov", "mp4", "webm"), "video"),
    **dict.fromkeys(("flac", "m4a", "mp3", "ogg", "opus", "wav"), "audio"),
}
_NAMING = frozenset({"id", "videoid", "youtubeid", "tweetid", "url", "href", "src", "link"})
"""Attributes by which a player or a card names what it shows."""
_PLAYERS = re.compile(
    "youtube|vimeo|tweet|gist|codepen|codesandbox|stackblitz|spotify|soundcloud|bluesky|mastodon|bilibili",
    re.IGNORECASE,
)
_TITLES = ("title", "label", "summary", "heading", "header")
_TITLED = re.compile(
    "(?:aside|admonition|callout|note|tip|info|warning|caution|danger|important|alert|notice|box|card|tab|tabitem|tabpanel"
    "|accordion|accordionitem|details|collapse|collapsible|disclosure|expandable|spoiler|step|toggle)\\Z",
    re.IGNORECASE,
)


def find_imports(text: str) -> dict[str, str]:
    """Return the files that a body imports, by the names it has for them."""
    return {name: path for name, path in _IMPORT.findall(text) if not path.endswith((".js", ".jsx", ".ts", ".tsx"))}


def to_html_tag(tag: str, imports: Mapping[str, str]) -> str:
    """Return an opening tag of an element with attributes as HTML has them."""
    name = tag[1:].split(None, 1)[0].rstrip("/>")
    end = " />" if tag.endswith("/>") else ">"
    return f"<{name}{_write(_read(tag, len(name) + 1, imports))}{end}"


def show_component(tag: str, imports: Mapping[str, str]) -> str:
    """Return what a component shows by its tag: a picture with its caption, a film, a player; "" for any other."""
    name = tag[1:].split(None, 1)[0].rstrip("/>")
    attributes = _read(tag, len(name) + 1, imports)
    source = attributes.get("src", "")
    kind = _SHOWN.get(source.partition("?")[0].rpartition(".")[2].lower(), "")
    if source and (kind == "img" or name.lower() in _PICTURES):
        return _show_picture(source, attributes)
    if kind:
        return f"<{kind}{_write({'src': source})} controls></{kind}>"
    if _PLAYERS.search(name) and not _NAMING.isdisjoint(attributes):
        return _show_player(name.lower(), attributes)
    return _show_title(attributes) if _TITLED.search(name) else ""


def _show_title(attributes: Attributes) -> str:
    """Return the title that a box, a card or a tab shows above its text."""
    title = escape(next((attributes[key] for key in _TITLES if attributes.get(key)), ""), quote=False)
    href = attributes.get("href") or attributes.get("url")
    shown = f'<a href="{escape(href)}">{title}</a>' if title and href else title
    return f"\n\n<strong>{shown}</strong>\n\n" if shown else ""


def _show_picture(source: str, attributes: Attributes) -> str:
    shown = {key: value for key, value in attributes.items() if key in ("alt", "title", "width", "height")}
    picture = f"<img{_write({'src': source} | shown)} />"
    caption = attributes.get("caption", "")
    return f"<figure>{picture}<figcaption>{escape(caption, quote=False)}</figcaption></figure>" if caption else picture


def _show_player(name: str, attributes: Attributes) -> str:
    """Return an element that cleaning knows, or a link if the tag has an address."""
    value = next(attributes[key] for key in attributes if key in _NAMING)
    if value.startswith(("http://", "https://")):
        return f'<a href="{escape(value)}">{escape(attributes.get("title") or value, quote=False)}</a>'
    kind = next((kind for kind in ("youtube", "vimeo", "tweet", "gist") if kind in name), "")
    return f'<{kind} id="{escape(value)}"></{kind}>' if kind else ""


def _write(attributes: Attributes) -> str:
    return "".join(f' {key}="{escape(value)}"' for key, value in attributes.items())


def _read(tag: str, start: int, imports: Mapping[str, str]) -> Attributes:
    """Return the attributes of a tag whose values are known, their names in lower case."""
    attributes: Attributes = {}
    position = start
    while found := _ATTRIBUTE.search(tag, position):
        position = found.end()
        written = found["value"] or ""
        if found["spread"] or written == "{":
            end = _end_of_braces(tag, position)
            expression, position = tag[position : end - 1], end
            value = None if found["spread"] else _evaluate(expression, found["name"].lower(), imports)
        else:
            value = written.strip("\"'")
        if value is not None:
            key = (found["name"] or "").lower()
            attributes.setdefault(_RENAMED.get(key, key), value)
    return attributes


def _end_of_braces(tag: str, start: int) -> int:
    depth = 1
    for position in range(start, len(tag)):
        depth += (tag[position] == "{") - (tag[position] == "}")
        if not depth:
            return position + 1
    return len(tag)


def _evaluate(expression: str, name: str, imports: Mapping[str, str]) -> str | None:
    """Return the value of an expression that is text, a number, an imported file, or a call with a path; else None."""
    if literal := _TEXT.match(expression):
        return next(group for group in literal.groups() if group is not None)
    if name not in _URLS:
        return None
    named = _NAME.match(expression)
    path = imports.get(named[1]) if named else None
    if path is None and (quoted := _PATH.search(expression)):
        path = quoted[1]
    return _SITE.sub("", path) if path else None
