"""File bytes → front matter and body: YAML between `---`, TOML between `+++`, a JSON object, a header, or none.

Pure. Gives the values as the file has them; what they mean is for `posts`. Raises PostError with the line at fault.
"""

import codecs
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache, partial
from string import digits
from typing import Any

import yaml
from frontmatter.default_handlers import BaseHandler, JSONHandler, YAMLHandler

from feedsvc.errors import PostError
from feedsvc.posts.headers import find_header
from feedsvc.text import UNWANTED, drop_half_pairs

MAX_CHARACTERS = 64 * 1024
MAX_NESTING = (
    200  # libyaml recurses in C: far deeper and the process dies of it; some versions have limits of their own
)
MAX_VALUES = 20_000
LONG_TEXT = 100

_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_BRACKETS = re.compile(r"[\[{]")
_OPENING = re.compile(r"\s*[-+]*")
_DASHES = re.compile(rf"(?:[-?][ \t]+){{{MAX_NESTING},}}")
_MAX_DEPTH = MAX_NESTING + 1  # of nodes: the mapping of the whole front matter, and what is nested in it
_TOO_DEEP = f"more than {MAX_NESTING} nested values"
_LONG_NUMBER = re.compile("0[xob][0-9A-Fa-f_]{1000}")  # Python will not write it out again


class Number(str):
    """A number without quotes: text as everything else, but not so to other generators."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Source:
    """A file taken apart: its values by key, the text they stood in, and the body; lines of YAML's repeated keys."""

    values: Mapping[str, Any]
    text: str
    body: str
    repeated: Mapping[str, int] = field(default_factory=dict)

    def line_of(self, *keys: str) -> int:
        """Give the line of the file that sets one of `keys`, 0 if none does."""
        pattern = rf"[\"']?(?:{'|'.join(map(re.escape, keys))})[\"']?[ \t]*[:=]"
        starts = ("^", r"^(?:\.\.)?[ \t{]*")  # a key of the whole rather than one of a value
        searches = (re.search(start + pattern, self.text, re.MULTILINE | re.IGNORECASE) for start in starts)
        found = next(filter(None, searches), None)
        return self.text.count("\n", 0, found.start()) + 1 if found else 0


def split(data: bytes, *, has_headers: bool = False) -> Source:
    """Take a post file apart; with `has_headers` also one with a header as Pelican and Nikola have it.

    Raises PostError where it is not UTF-8 (or UTF-16 with a byte order mark), and where its front matter cannot be
    parsed, is not a mapping of names to values, or is larger or deeper than any honest one.
    """
    text = decode(data)
    start = text.lstrip()
    if not start:
        raise PostError("an empty file")
    for handler in _HANDLERS:
        if not handler.detect(start):
            continue
        try:
            raw, body = handler.split(start)
        except json.JSONDecodeError as error:
            line = text.count("\n", 0, len(text) - len(start)) + error.lineno
            raise PostError(f"front matter: {error.msg}", line) from error
        except RecursionError as error:
            raise PostError("front matter: nested too deep") from error
        except ValueError as error:  # half written, or the closing line forgotten: what it hides must not be shown
            line = text.count("\n", 0, len(text) - len(start)) + 1
            raise PostError("front matter: opened here and never closed", line) from error
        head = text[: len(text) - len(body)]
        repeated: dict[str, int] = {}
        return Source(_load(handler, raw, head, repeated), head, body, repeated)
    if has_headers and (header := find_header(text)):
        return Source(header.values, text[: header.end], text[header.end :])
    return Source({}, "", text)


def load_yaml(text: str) -> Any:
    """Read YAML as front matter is read: numbers stay text. Raises PostError with the line at fault."""
    return _load(_HANDLERS[0], text, text, {}) if text.strip() else {}


def decode(data: bytes) -> str:
    """Give the text of a file with plain line ends and without a byte order mark."""
    encoding = next((name for bom, name in _BOMS.items() if data.startswith(bom)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PostError(f"not {encoding.upper()}: {error.reason} at byte {error.start}", line) from error
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _load(handler: "_Handler", raw: str, head: str, repeated: dict[str, int]) -> dict[str, Any]:
    """Give the values, and in `repeated` the lines on which keys are given once more."""
    if isinstance(handler, _Yaml) and (plainest := _read_plainest(raw)) is not None:
        return plainest
    opening = _OPENING.match(head)
    first = head.count("\n", 0, head.find(raw, opening.end() if opening else 0)) + 1
    _refuse_bombs(raw, first)
    try:
        values = handler.load(UNWANTED.sub("", raw), repeated=repeated)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        raise PostError(f"front matter: {error.problem or error.context}", first + line) from error
    except RecursionError as error:
        raise PostError("front matter: nested too deep", first) from error
    except (ValueError, yaml.YAMLError) as error:
        reason = str(error).partition("\n")[0]
        raise PostError(f"front matter: {reason}", first + _line_in(error)) from error
    if values is None:
        return {}
    if not isinstance(values, dict):
        raise PostError(f"front matter: a {type(values).__name__} where names with values belong", first)
    if "*" in raw and _has_too_many_values(values):
        raise PostError(f"front matter: more than {MAX_VALUES:,} values", first)
    repeated |= {key: first + line for key, line in repeated.items()}
    return {str(key): value for key, value in values.items()}


def _line_in(error: Exception) -> int:
    found = re.search(r"at line (\d+)", str(error))  # tomllib says where only in its message
    return int(found[1]) - 1 if found else 0


def _refuse_bombs(raw: str, line: int) -> None:
    if len(raw) > MAX_CHARACTERS:
        raise PostError(f"front matter: {len(raw):,} characters, at most {MAX_CHARACTERS:,}", line)
    if len(_BRACKETS.findall(raw)) > MAX_NESTING or _DASHES.search(raw):
        raise PostError(f"front matter: {_TOO_DEEP}", line)


def _has_too_many_values(value: object) -> bool:
    """Count all values, each alias as often as it is used: a few of them can stand for billions, or for themselves.

    A long text counts as several, for an alias of it costs as much as it is long.
    """
    waiting, count = [value], 0
    while waiting and count <= MAX_VALUES:
        value = waiting.pop()
        count += 1 + (len(value) // LONG_TEXT if isinstance(value, str) else 0)
        if isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return count > MAX_VALUES


_TAG = "tag:yaml.org,2002:"
_STR, _NULL, _BOOL, _INT, _TIMESTAMP, _MERGE, _MAP, _SEQ = (
    _TAG + name for name in ("str", "null", "bool", "int", "timestamp", "merge", "map", "seq")
)
_PLAIN = dict.fromkeys(("", "~", "null", "Null", "NULL"), _NULL) | {"<<": _MERGE, "true": _BOOL, "false": _BOOL}
_is_number = re.compile(r"\d[\d_]*(?:\.\d+)?").fullmatch
_is_date = dict(yaml.SafeLoader.yaml_implicit_resolvers["1"])[_TIMESTAMP].match
_dates = yaml.constructor.SafeConstructor()


def _tag_of(plain: str) -> str:
    """Give the tag of a scalar without quotes."""
    if plain[:1] in digits:
        return _TIMESTAMP if _is_date(plain) else _INT if _is_number(plain) else _PLAIN.get(plain, _STR)
    return _PLAIN.get(plain, _STR)


def _to_date(text: str) -> object:
    if len(text) > len("2024-01-01"):  # a moment, mostly as ISO 8601 has it: this takes a tenth of the time
        with suppress(ValueError):
            return datetime.fromisoformat(text)
    try:
        return _dates.construct_yaml_timestamp(yaml.ScalarNode(_TIMESTAMP, text))
    except (ValueError, AttributeError):  # AttributeError: tagged as a date, and nothing like one
        return text


_SCALARS: Mapping[str, Callable[[str], object]] = {  # a written tag may lie: `!!int x`
    **dict.fromkeys((_STR, _MERGE, _TAG + "float", _TAG + "binary"), str),
    _NULL: lambda _: None,
    _BOOL: lambda text: {"true": True, "false": False}.get(text, text),
    _INT: Number,
    _TIMESTAMP: _to_date,
}


class _Loader(yaml.CSafeLoader):
    """YAML as people write it: `1.10`, `017`, `12:30` and `no` are text, and only a date that exists is one.

    Gives tags to nodes and makes values of them itself, for that takes a third of the time PyYAML's classes take.
    """

    def __init__(self, stream: str, repeated: dict[str, int]) -> None:
        super().__init__(stream)
        self._repeated = repeated
        self._depth = 0

    def resolve(self, kind: type[yaml.Node], value: str, implicit: tuple[bool, bool]) -> str:
        """Give a node's tag where none is written; libyaml's parser asks."""
        if kind is not yaml.ScalarNode:
            return _MAP if kind is yaml.MappingNode else _SEQ
        if not implicit[0]:  # in quotes
            return _STR
        return _tag_of(value)

    def descend_resolver(self, parent: yaml.Node | None, _: object) -> None:
        """Raise ConstructorError where a node is nested too deep; libyaml's composer calls this before each node."""
        if self._depth > _MAX_DEPTH and parent:
            raise _refused(parent, _TOO_DEEP)
        self._depth += 1

    def ascend_resolver(self) -> None:
        """Count a level less; libyaml's composer calls this after each node."""
        self._depth -= 1

    def get_single_data(self) -> Any:
        """Give the value of the one document; PyYAML asks."""
        self._made: dict[int, Any] = {}  # by node: an alias is the node of its anchor
        node = self.get_single_node()
        return None if node is None else self._value(node)

    def _value(self, node: yaml.Node) -> Any:
        if node.tag in _SCALARS and isinstance(node, yaml.ScalarNode):
            return _SCALARS[node.tag](node.value)
        if node.tag not in {_MAP, _SEQ}:
            raise _refused(node, f"could not determine a constructor for the tag {node.tag!r}")
        if id(node) not in self._made:
            made: Any = [] if node.tag == _SEQ else {}
            self._made[id(node)] = made  # before it is filled: it may hold itself
            self._fill(made, node)
        return self._made[id(node)]

    def _fill(self, made: Any, node: yaml.Node) -> None:
        if isinstance(made, list):
            made.extend(map(self._value, node.value))
            return
        own = {}
        for key, value in node.value:
            if key.tag == _MERGE:
                made.update(self._merged(value))
            elif isinstance(key, yaml.ScalarNode):
                name = self._value(key)
                if name in own:
                    self._repeated[str(name)] = key.start_mark.line
                own[name] = self._value(value)
            else:
                raise _refused(key, "found unhashable key")
        made.update(own)

    def _merged(self, node: yaml.Node) -> dict[Any, Any]:
        """Give what `<<:` takes over from a mapping, or from several, the first of which wins."""
        if isinstance(node, yaml.SequenceNode):
            parts = list(map(self._merged, node.value))
            return {key: value for part in reversed(parts) for key, value in part.items()}
        if not isinstance(node, yaml.MappingNode):
            raise _refused(node, "expected a mapping or a list of mappings to merge")
        return dict(self._value(node))


def _refused(node: yaml.Node, what: str) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, what, node.start_mark)


# --- the plainest YAML ---------------------------------------------------------------------------

MAX_PLAIN = 2_000  # characters; longer, it is not worth remembering
_INSIDE = UNWANTED.pattern[1:-1] + "\t\n\r\u2028\u2029"  # what may not be in a line: YAML's breaks, and tabs
_ITEM = rf"\w[^,:?#\[\]{{}}{_INSIDE}]*"
_TEXT = rf"[^:#{_INSIDE}]*"
_LINE = re.compile(
    rf"""([A-Za-z][A-Za-z0-9_-]*):(?:[ ]+(?:
    "(?P<double>[^"\\{_INSIDE}]*)"|'(?P<single>[^'{_INSIDE}]*)'
    |\[[ ]*(?P<items>(?:{_ITEM}(?:,[ ]*{_ITEM})*)?)\]
    |(?P<plain>\w{_TEXT}(?::(?=\S){_TEXT})*)
    ))?[ ]*""",
    re.VERBOSE,
)


def _read_plainest(text: str) -> dict[str, Any] | None:
    """Give the values where every line has a key and one value or `[a, list]`, without escapes, comments and the like.

    None for anything else. Most posts have no more, and this takes a fraction of the time libyaml takes.
    """
    if len(text) > MAX_PLAIN:
        return None
    lines = text.removesuffix("\n").split("\n")
    values = dict(filter(None, map(_read_line, lines)))
    return values if len(values) == len(lines) else None  # fewer: a key is given again, or a line is not plain


@lru_cache(1024)  # the same few names in post after post; so nobody may change what it gives
def _read_line(line: str) -> tuple[str, Any] | None:
    found = _LINE.fullmatch(line)
    if not found or found[1] in _PLAIN:
        return None
    key, kind = found[1], found.lastgroup
    if kind == "items":
        return key, [_value_of(item.strip(" ")) for item in found["items"].split(",") if item]
    return key, found[kind] if kind in {"single", "double"} else _value_of((found["plain"] or "").rstrip(" "))


def _value_of(plain: str) -> object:
    return _SCALARS[_tag_of(plain)](plain)


class _Yaml(YAMLHandler):
    def load(self, fm: str, *, repeated: dict[str, int], **_: object) -> Any:  # type: ignore[override]
        return super().load(fm, Loader=partial(_Loader, repeated=repeated))


class _Toml(BaseHandler):
    def load(self, fm: str, **_: object) -> Any:
        if _LONG_NUMBER.search(fm) or any(line.count(".") > MAX_NESTING for line in fm.splitlines()):
            raise ValueError("a longer number or a deeper key than any honest one")
        return tomllib.loads(fm, parse_float=str)


class _Json(JSONHandler):
    def split(self, text: str) -> tuple[str, str]:
        _, end = json.JSONDecoder(parse_int=str).raw_decode(text)
        return text[:end], text[end:]

    def load(self, fm: str, **_: object) -> Any:
        return json.loads(drop_half_pairs(fm), parse_int=str, parse_float=str)


_Handler = _Yaml | _Toml | _Json
_HANDLERS: tuple[_Handler, ...] = (
    _Yaml(fm_boundary=re.compile(r"^(?:-{3,}|(?<=\n)\.{3})[ \t]*(?:\n|\Z)", re.MULTILINE)),
    _Toml(fm_boundary=re.compile(r"^\+{3,}[ \t]*(?:\n|\Z)", re.MULTILINE)),
    _Json(fm_boundary=re.compile(r'\{\s*["}]')),
)
