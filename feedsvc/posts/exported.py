"""Front matter that a body of MDX exports as a constant: `export const metadata = {title: "A", date: "2024-05-01"}`.

Pure, linear time. Nothing is run: texts, numbers, lists and objects are read as YAML has them.
(https://nextjs.org/docs/app/guides/mdx#frontmatter)
"""

import json
import re
from dataclasses import replace

from feedsvc.errors import PostError
from feedsvc.posts.front_matter import Source, load_yaml

MAX_LENGTH = 20_000  # characters of an exported constant

_EXPORT = re.compile(
    r"^export\s+const\s+(?:metadata|meta|frontmatter)\b[^={\n]{0,100}=\s*(?=\{)", re.IGNORECASE | re.MULTILINE
)
_TOKEN = re.compile(
    r"""(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\.)*`)|(?P<comment>//[^\n]*|/\*.*?\*/)
    |(?P<bracket>[{}])|(?P<colon>:)|new\s+Date\((?=["'`])|(?<=["'`])\)""",
    re.DOTALL | re.VERBOSE,
)
_PLAIN = re.compile(r"(?:[\w$\s,\[\]-]|\.(?=\d))*")  # between texts and braces: keys, numbers, lists
_NAME = re.compile(r"\s*(?!(?:true|false|null)\b)[A-Za-z_$]")  # of a value that only running the code would tell
_COLON = ": "
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def take_exported(source: Source) -> Source:
    """Return a source without front matter with that which its body exports, if it can be read; the body stays."""
    export = None if source.values else _EXPORT.search(source.body)
    written = _to_yaml(source.body[export.end() : export.end() + MAX_LENGTH]) if export else ""
    try:
        values = load_yaml(written) if written else {}
    except PostError:  # an expression of JavaScript
        values = {}
    return replace(source, values=values) if isinstance(values, dict) and values else source


def _to_yaml(text: str) -> str:
    """Return the object of JavaScript that a text begins with as YAML has it, "" if it does not end or is more."""
    parts: list[str] = []
    position = depth = 0
    for token in _TOKEN.finditer(text):
        between = text[position : token.start()]
        if not _PLAIN.fullmatch(between) or (parts and parts[-1] == _COLON and _NAME.match(between)):
            return ""
        parts += between, _write(token)
        position = token.end()
        depth += {"{": 1, "}": -1}.get(token["bracket"] or "", 0)
        if not depth and token["bracket"]:
            return "".join(parts)
    return ""


def _write(token: re.Match[str]) -> str:
    if token["text"]:
        return json.dumps(_ESCAPED.sub(_unescape, token["text"][1:-1]), ensure_ascii=False)
    if token["colon"]:
        return _COLON
    return token["bracket"] or ""


def _unescape(found: re.Match[str]) -> str:
    return {"n": "\n", "t": "\t", "\n": ""}.get(found[1], found[1])
