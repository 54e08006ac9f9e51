"""YAML text → values as people mean them: `1.10`, `017`, `12:30` and `no` are text, and only a date that exists is one.

Pure. Most front matter is read line by line; anything else by libyaml. Bounds on length and values are the caller's.
"""

import re
from base64 import b64decode
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from functools import lru_cache
from string import digits
from typing import Any

import yaml

from feedsvc.errors import PostError
from feedsvc.posts.remedies import NEVER_CLOSED, find_yaml_remedy, with_remedy
from feedsvc.text import UNWANTED

MAX_NESTING = 200  # libyaml recurses in C, and the process dies of deeper nesting; its own limit varies by version
MAX_MERGED = 20_000  # values that `<<:` may merge in one document, and mappings and lists that hold them
MAX_PLAIN = 2_000  # characters of front matter that is read line by line: longer ones seldom are so plain

_MAX_DEPTH = MAX_NESTING + 1  # of nodes: the mapping of the whole front matter, and what is nested in it
TOO_DEEP = f"more than {MAX_NESTING} nested values"


class Number(str):
    """A number without quotes: text here, but not to other generators."""

    __slots__ = ()


# --- scalars -------------------------------------------------------------------------------------

_TAG = "tag:yaml.org,2002:"
_STR, _NULL, _BOOL, _INT, _TIMESTAMP, _MERGE, _MAP, _SEQ = (
    _TAG + name for name in ("str", "null", "bool", "int", "timestamp", "merge", "map", "seq")
)
_PLAIN = dict.fromkeys(("", "~", "null", "Null", "NULL"), _NULL) | {"<<": _MERGE, "true": _BOOL, "false": _BOOL}
_COLLECTIONS: Mapping[type[yaml.Node], str] = {yaml.MappingNode: _MAP, yaml.SequenceNode: _SEQ}
_is_number = re.compile(r"\d[\d_]*(?:\.\d+)?").fullmatch
_is_date = dict(yaml.SafeLoader.yaml_implicit_resolvers["1"])[_TIMESTAMP].match
_dates = yaml.constructor.SafeConstructor()


def _tag_of(plain: str) -> str:
    """Return the tag of a scalar without quotes."""
    if plain[:1] in digits:
        return _TIMESTAMP if _is_date(plain) else _INT if _is_number(plain) else _PLAIN.get(plain, _STR)
    return _PLAIN.get(plain, _STR)


def _to_date(text: str) -> object:
    if len(text) > len("2024-01-01"):  # a moment, mostly in ISO 8601: this takes a tenth of PyYAML's time
        with suppress(ValueError):
            return datetime.fromisoformat(text)
    try:
        return _dates.construct_yaml_timestamp(yaml.ScalarNode(_TIMESTAMP, text))
    except (ValueError, AttributeError):  # AttributeError: tagged as a date, and nothing like one
        return text


def _from_base64(text: str) -> str:
    """Return the text of a `!binary` value, as which Ruby writes text outside ASCII; what is none stays as it is."""
    try:
        return b64decode(text, validate=False).decode()
    except ValueError:
        return text


_SCALARS: Mapping[str, Callable[[str], object]] = {  # a written tag may be wrong: `!!int x`
    **dict.fromkeys((_STR, _MERGE, _TAG + "float"), str),
    **dict.fromkeys((_TAG + "binary", "!binary"), _from_base64),
    _NULL: lambda _: None,
    _BOOL: lambda text: {"true": True, "false": False}.get(text, text),
    _INT: Number,
    _TIMESTAMP: _to_date,
}


# --- any YAML ------------------------------------------------------------------------------------


def read_yaml(text: str) -> tuple[Any, dict[str, int]]:
    """Return the value of a YAML document, and the lines, counted from 0, on which keys of mappings are repeated.

    Raise PostError, with the line counted from 1, for anything else.
    """
    loader = _Loader(text)
    try:
        return loader.get_single_data(), loader.repeated
    except yaml.MarkedYAMLError as error:
        raise _to_post_error(error, text) from error
    except yaml.YAMLError as error:
        raise PostError(str(error).partition("\n")[0], 1) from error
    finally:
        loader.dispose()


def _to_post_error(error: yaml.MarkedYAMLError, text: str) -> PostError:
    """Return the error with what to do about it; of a quote that is never closed, the line is where it is opened."""
    problem, mark = str(error.problem or error.context), error.problem_mark
    start = error.context_mark
    if start and error.context == "while scanning a quoted scalar" and problem == "found unexpected end of stream":
        return PostError(f"{problem}: {NEVER_CLOSED}", start.line + 1)
    remedy = find_yaml_remedy(problem, text, mark.index) if mark else ""
    return PostError(with_remedy(problem, remedy), mark.line + 1 if mark else 1)


class _Loader(yaml.CSafeLoader):
    """PyYAML's loader with the tags, scalars and bounds of this module; its methods are PyYAML's hooks."""

    def __init__(self, stream: str) -> None:
        super().__init__(stream)
        self.repeated: dict[str, int] = {}
        self._depth = 0
        self._merged_values = 0

    def resolve(self, kind: type[yaml.Node], value: str, implicit: tuple[bool, bool]) -> str:
        """Return the tag of a node for which none is written; in quotes it is text."""
        return _COLLECTIONS.get(kind) or (_tag_of(value) if implicit[0] else _STR)

    def descend_resolver(self, parent: yaml.Node | None, _: object) -> None:
        """Raise ConstructorError before a node that is nested too deep."""
        if self._depth > _MAX_DEPTH and parent:
            raise _refused(parent, TOO_DEEP)
        self._depth += 1

    def ascend_resolver(self) -> None:
        """Leave a level of nesting."""
        self._depth -= 1

    def flatten_mapping(self, node: yaml.MappingNode) -> None:
        """Replace `<<:` by the pairs it merges, each once; a mapping's own keys win, and of these the last."""
        pairs, node.value = node.value, []  # so that one that merges itself ends
        merged: _Pairs = {}
        own: _Pairs = {}
        for key, value in pairs:
            if key.tag == _MERGE:
                merged |= self._merged(value)
                continue
            name = self._name_of(key)
            if name in own:
                self.repeated[str(name)] = key.start_mark.line
                self.construct_object(own[name][1])  # for its errors
            own[name] = key, value
        node.value = [*(merged | own).values()]

    def _merged(self, node: yaml.Node) -> "_Pairs":
        """Return the pairs that `<<:` takes from a mapping, or from several, the first of which wins."""
        if isinstance(node, yaml.SequenceNode):
            self._count_merged(node)
            parts = map(self._merged, dict.fromkeys(node.value))
            return {name: pair for part in reversed([*parts]) for name, pair in part.items()}
        if not isinstance(node, yaml.MappingNode):
            raise _refused(node, "expected a mapping or a list of mappings to merge")
        self.flatten_mapping(node)
        self._count_merged(node)
        return {self._name_of(key): (key, value) for key, value in node.value}

    def _count_merged(self, node: yaml.CollectionNode) -> None:
        """Raise ConstructorError before values are copied that are too many, each counted as often as it is merged."""
        self._merged_values += 1 + len(node.value)  # an empty one can be merged without end too
        if self._merged_values > MAX_MERGED:
            raise _refused(node, f"more than {MAX_MERGED:,} merged values")

    def _name_of(self, key: yaml.Node) -> Any:
        if key.tag in {_MAP, _SEQ} or not isinstance(key, yaml.ScalarNode):
            raise _refused(key, "found unhashable key")
        return self.construct_object(key)


_Pairs = dict[Any, tuple[yaml.Node, yaml.Node]]  # by their keys' values


def _construct_scalar(loader: _Loader, node: yaml.Node) -> object:
    return _SCALARS[node.tag](node.value) if isinstance(node, yaml.ScalarNode) else loader.construct_undefined(node)


_Loader.yaml_constructors = {
    **dict.fromkeys(_SCALARS, _construct_scalar),
    **{tag: yaml.SafeLoader.yaml_constructors[tag] for tag in (_MAP, _SEQ, None)},
}


def _refused(node: yaml.Node, what: str) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, what, node.start_mark)


# --- plain lines ---------------------------------------------------------------------------------

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


def read_plain_lines(text: str) -> dict[str, Any] | None:
    """Return the values of YAML in which every line is a key and one value or `[a, list]`; None for any other.

    No escapes, comments, nesting: most posts have none, and this takes a fraction of the time libyaml takes.
    """
    if len(text) > MAX_PLAIN:
        return None
    lines = text.removesuffix("\n").split("\n")
    pairs = filter(None, map(_read_line, lines))
    values = {key: [*value] if isinstance(value, tuple) else value for key, value in pairs}
    return values if len(values) == len(lines) else None  # fewer: a key is repeated, or a line is not plain


@lru_cache(1024)  # the same few lines stand in post after post
def _read_line(line: str) -> tuple[str, object] | None:
    found = _LINE.fullmatch(line)
    if not found or found[1] in _PLAIN:
        return None
    key, kind = found[1], found.lastgroup
    if kind == "items":
        return key, tuple(_value_of(item.strip(" ")) for item in found["items"].split(",") if item)
    return key, found[kind] if kind in {"single", "double"} else _value_of((found["plain"] or "").rstrip(" "))


def _value_of(plain: str) -> object:
    return _SCALARS[_tag_of(plain)](plain)
