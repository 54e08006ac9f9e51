"""A Python file of settings → the values of its names; the file is read as data and never run. Pure.

Known are literals, names that have a value by then, `+`, `not`, `x if y else z`, f-strings of both, and lists, tuples,
sets and mappings of them. Anything else, such as a call, has no value.
"""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MAX_LENGTH = 100_000  # characters or items of a value, and characters of a file


@dataclass(frozen=True, slots=True)
class PythonValues:
    """The values of a file by name, and for each name without a value the line that sets it."""

    values: Mapping[str, Any]
    unknown: Mapping[str, int]


def read_values(text: str, known: PythonValues | None = None) -> PythonValues:
    """Return the values that a file of settings sets at its top level, in addition to those that are known.

    Raise ValueError if it is no Python, or too long.
    """
    if len(text) > MAX_LENGTH:
        raise ValueError(f"{len(text):,} characters, at most {MAX_LENGTH:,}")
    try:
        body = ast.parse(text).body
    except (SyntaxError, RecursionError, MemoryError) as error:
        raise ValueError(f"no Python: {error}") from error
    values, unknown = dict(known.values if known else {}), dict(known.unknown if known else {})
    for name, node in _assignments(body):
        try:
            values[name] = _evaluate(node, values)
            unknown.pop(name, None)
        except (ValueError, TypeError, RecursionError):
            values.pop(name, None)
            unknown[name] = node.lineno
    return PythonValues(values, unknown)


def _assignments(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    """Yield the names that statements set, with their expressions; `x += y` is `x = x + y`."""
    for statement in body:
        if isinstance(statement, ast.Assign):
            yield from ((target.id, statement.value) for target in statement.targets if isinstance(target, ast.Name))
        elif isinstance(statement, ast.AnnAssign | ast.AugAssign) and isinstance(statement.target, ast.Name):
            name, value = statement.target.id, statement.value
            if isinstance(statement, ast.AugAssign):
                before = ast.Name(name, ast.Load(), lineno=statement.lineno)
                value = ast.BinOp(before, statement.op, statement.value, lineno=statement.lineno)
            if value:
                yield name, value


def _evaluate(node: ast.expr, names: Mapping[str, Any]) -> Any:  # noqa: PLR0911 - one for each kind of expression
    """Return the value of an expression. Raise ValueError or TypeError if it has none."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, ast.Name) and node.id in names:
        return names[node.id]
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return [_evaluate(item, names) for item in node.elts]
    if isinstance(node, ast.Dict) and None not in node.keys:
        return {_to_key(key, names): _evaluate(item, names) for key, item in zip(node.keys, node.values, strict=True)}
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _bounded(_evaluate(node.left, names) + _evaluate(node.right, names))
    if isinstance(node, ast.IfExp):
        return _evaluate(node.body if _evaluate(node.test, names) else node.orelse, names)
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return not _evaluate(node.operand, names)
    if isinstance(node, ast.JoinedStr):
        return _bounded("".join(_to_text(part, names) for part in node.values))
    return ast.literal_eval(node)  # a negative number, or a ValueError


def _to_key(node: ast.expr | None, names: Mapping[str, Any]) -> str:
    return str(_evaluate(node, names)) if node else ""


def _to_text(node: ast.expr, names: Mapping[str, Any]) -> str:
    """Return a part of an f-string; one with a format has no value."""
    if not isinstance(node, ast.FormattedValue):
        return str(_evaluate(node, names))
    if node.format_spec or node.conversion != -1:
        raise ValueError("no literal")
    return str(_evaluate(node.value, names))


def _bounded(value: Any) -> Any:
    if hasattr(value, "__len__") and len(value) > MAX_LENGTH:
        raise ValueError("too long")
    return value
