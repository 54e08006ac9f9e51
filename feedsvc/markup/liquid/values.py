"""Values of templates as Ruby has them: as text, as numbers, in order. Pure."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from functools import cmp_to_key
from typing import Any, NamedTuple

from feedsvc.markup.liquid.limits import MAX_DEPTH, Budget, OutOfBudget

_FLOAT = re.compile(r"-?\d{1,300}\.\d{1,300}")
_LEADING_INT = re.compile(r"\s*(-?\d{1,300})")
_NUMBER_LIKE = re.compile(r"\s*-?(?:\d{1,300}\.?\d{0,300}|\.\d{1,300})\s*")
NODE = 5  # steps of writing one value
_TEXTS = {True: "true", False: "false"}
_JSON_ESCAPED = re.compile(r'["\\\x00-\x1f]')
_JSON_SIGNS = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def is_list(value: object) -> bool:
    """Return True for what Ruby has as an array or a range."""
    return isinstance(value, Sequence) and not isinstance(value, str)


def to_list(value: Any, budget: Budget) -> list[Any]:
    """Return a value as a list, as most filters take it: a mapping is one item, nothing is none."""
    if value is None:
        return []
    if not is_list(value):
        return [value]
    budget.hold(_length(value))
    return list(value)


def _length(value: Sequence[Any]) -> int:
    try:
        return len(value)
    except OverflowError as error:  # a range
        raise OutOfBudget("a list without end") from error


def flatten(value: Any, budget: Budget, depth: int = 0) -> list[Any]:
    """Return a list without lists in it (InputIterator)."""
    if depth > MAX_DEPTH:
        raise OutOfBudget(f"lists nested deeper than {MAX_DEPTH}")
    items: list[Any] = []
    for item in to_list(value, budget):
        items += flatten(item, budget, depth + 1) if is_list(item) else [item]
        budget.hold(len(items) if is_list(item) else 0)
    return items


def to_text(value: Any, budget: Budget) -> str:
    """Return a value as it is written into a text."""
    if isinstance(value, str):
        return value
    return _joined(_parts(value, budget, 0), budget)


def _parts(value: Any, budget: Budget, depth: int) -> Iterator[str]:
    if depth > MAX_DEPTH:
        raise OutOfBudget(f"lists nested deeper than {MAX_DEPTH}")
    budget.spend(NODE + depth)
    if isinstance(value, range):
        yield f"{value.start}..{value.stop - 1}"
    elif is_list(value):
        for item in value:
            yield from _parts(item, budget, depth + 1)
    elif isinstance(value, Mapping):
        yield from _written(value, _RUBY, budget, depth)
    else:
        yield _to_scalar(value)


def _to_scalar(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return _TEXTS[value]
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S %z}"
    return value.isoformat() if isinstance(value, date) else str(value)


class _Notation(NamedTuple):
    """How a language writes values: what stands between items and after a key, and how other values are written."""

    comma: str
    colon: str
    write: Callable[[Any], str]


def _to_ruby(value: Any) -> str:
    return to_json_text(value) if isinstance(value, str) else "nil" if value is None else _to_scalar(value)


def _to_json(value: Any) -> str:
    if value is None:
        return "null"
    return _to_scalar(value) if isinstance(value, bool | int | float) else to_json_text(_to_scalar(value))


_RUBY, _JSON = _Notation(", ", "=>", _to_ruby), _Notation(",", ":", _to_json)


def _written(value: Any, notation: _Notation, budget: Budget, depth: int) -> Iterator[str]:
    """Yield the parts of a value as it is written in a language."""
    if depth > MAX_DEPTH:
        raise OutOfBudget(f"values nested deeper than {MAX_DEPTH}")
    budget.spend(NODE + depth)
    if isinstance(value, Mapping):
        for number, (key, item) in enumerate(value.items()):
            yield f"{notation.comma if number else '{'}{to_json_text(str(key))}{notation.colon}"
            yield from _written(item, notation, budget, depth + 1)
        yield "}" if value else "{}"
    elif is_list(value):
        for number, item in enumerate(value):
            yield notation.comma if number else "["
            yield from _written(item, notation, budget, depth + 1)
        yield "]" if value else "[]"
    else:
        yield notation.write(value)


def inspect(value: Any, budget: Budget) -> str:
    """Return a value as Ruby's `inspect` writes it."""
    return _joined(_written(value, _RUBY, budget, 0), budget)


def to_json(value: Any, budget: Budget) -> str:
    """Return a value as JSON (Jekyll's `jsonify`)."""
    return _joined(_written(value, _JSON, budget, 0), budget)


def _joined(parts: Iterator[str], budget: Budget) -> str:
    made = []
    for part in parts:
        budget.write(len(part))
        made.append(part)
    return "".join(made)


def to_json_text(text: str) -> str:
    """Return a text in quotes, with the signs escaped that JSON escapes."""
    return f'"{_JSON_ESCAPED.sub(_escape, text)}"'


def _escape(found: re.Match[str]) -> str:
    return _JSON_SIGNS.get(found[0]) or f"\\u{ord(found[0]):04x}"


def to_number(value: Any) -> int | float:
    """Return a value as a number; text by the number it begins with, anything else is 0 (Liquid::Utils.to_number)."""
    if isinstance(value, bool):
        return 0
    if isinstance(value, int | float):
        return value
    if isinstance(value, str):
        if _FLOAT.fullmatch(value.strip()):
            return float(value)
        found = _LEADING_INT.match(value)
        return int(found[1]) if found else 0
    return 0


def to_int(value: Any, default: int = 0) -> int:
    """Return a value as a whole number."""
    return default if value is None else int(to_number(value))


def item_of(value: Any, key: Any) -> Any:
    """Return the item of a value under a key or a place, None if there is none."""
    if isinstance(value, Mapping):
        found = value.get(key)
        return _SIZES[key](value) if found is None and key in _SIZES and key not in value else found
    if isinstance(value, str):
        return len(value) if key == "size" else None
    if not is_list(value):
        return None
    if isinstance(key, int) and not isinstance(key, bool):
        return value[key] if -len(value) <= key < len(value) else None
    return _SIZES[key](value) if key in _SIZES else None


def _first(value: Any) -> Any:
    if isinstance(value, Mapping):
        return next(iter(value.items()), None)
    return value[0] if value else None


def _last(value: Any) -> Any:
    return None if isinstance(value, Mapping) or not value else value[-1]


_SIZES: Mapping[str, Callable[[Any], Any]] = {"size": len, "first": _first, "last": _last}


def property_of(value: Any, path: Any) -> Any:
    """Return what a value has under keys joined by dots."""
    if isinstance(value, Mapping) and path in value:
        return value[path]
    for key in str(path).split("."):
        value = item_of(value, key)
    return value


def _sortable(value: Any) -> Any:
    if isinstance(value, str) and _NUMBER_LIKE.fullmatch(value):
        return float(value)
    return value


def _rank(value: Any) -> tuple[int, Any]:
    """Return a key by which any two values can be compared: numbers first, then dates, then all else as text."""
    if isinstance(value, int | float):
        return 0, value
    if isinstance(value, datetime):
        return 1, value.timestamp()
    if isinstance(value, date):
        return 1, datetime.combine(value, datetime.min.time()).timestamp()
    return 2, "" if isinstance(value, Mapping) or is_list(value) else str(value)


def _compare(one: Any, other: Any, nils: int) -> int:
    if one is None or other is None:
        return 0 if one is other else (nils if one is None else -nils)
    first, second = _rank(one), _rank(other)
    return (first > second) - (first < second)


def deep_size(value: Any, limit: int) -> int:
    """Return the number of values in a value, lists counted as often as they stand in others; not beyond a limit."""
    waiting, size = [value], 0
    while waiting and size <= limit:
        size += 1
        item = waiting.pop()
        if isinstance(item, list | tuple):
            waiting += item[: limit + 1]
    return size


def sort(items: list[Any], path: Any = None, *, nils_last: bool = False) -> list[Any]:
    """Return items in order, by a property if one is given; nothing comes first unless `nils_last`."""
    nils = 1 if nils_last else -1
    keyed = [(item if path is None else _sortable(property_of(item, path)), item) for item in items]
    key_of = cmp_to_key(lambda one, other: _compare(one, other, nils))
    keyed.sort(key=lambda pair: key_of(pair[0]))
    return [item for _, item in keyed]
