"""Filters of Liquid and Jekyll for lists: chosen, grouped, sorted and joined. Pure."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from feedsvc.markup.liquid.limits import MAX_ITEMS
from feedsvc.markup.liquid.state import RenderState
from feedsvc.markup.liquid.values import deep_size, flatten, is_list, item_of, property_of, sort, to_int, to_number

Test = Callable[[Any], bool]


def _items(state: RenderState, value: Any) -> list[Any]:
    """Return a list, or the values of a mapping, as Jekyll's filters take them."""
    return state.list(list(value.values()) if isinstance(value, Mapping) else value)


def _joined(state: RenderState, value: Any, separator: Any = " ") -> str:
    parts = [state.text(item) for item in flatten(value, state.budget)]
    glue = state.text(separator)
    state.budget.write(sum(map(len, parts)) + len(glue) * len(parts))
    return glue.join(parts)


def _is_target(state: RenderState, item: Any, key: Any, target: Any) -> bool:
    """Return True if a property is, or holds, what is looked for (Jekyll's compare_property_vs_target)."""
    found = _value(state, item, key)
    if target is None:
        return found is None
    if isinstance(found, str) or not is_list(found):
        return _same_text(found, target)
    return any(_same_text(one, target) for one in found)


def _value(state: RenderState, item: Any, key: Any) -> Any:
    """Return the value of an item under a key, the item itself without one; counted by the length of the key."""
    if key is None:
        return item
    state.budget.spend(len(key) if isinstance(key, str) else 1)
    return property_of(item, key)


def _same_text(one: Any, target: Any) -> bool:
    if isinstance(one, bool) or isinstance(target, bool):
        return str(one).lower() == str(target).lower()
    if one is None or is_list(one) or is_list(target) or isinstance(one, Mapping) or isinstance(target, Mapping):
        return False
    return one == target or str(one) == str(target)


def _where(state: RenderState, value: Any, key: Any, target: Any = True) -> Any:  # noqa: FBT002 - a filter's argument
    if not is_list(value) and not isinstance(value, Mapping):
        return value
    return [one for one in _items(state, value) if _is_target(state, one, key, target)]


def _reject(state: RenderState, value: Any, key: Any, target: Any = True) -> list[Any]:  # noqa: FBT002 - a filter's argument
    return [one for one in _items(state, value) if not _is_target(state, one, key, target)]


def _find(state: RenderState, value: Any, key: Any, target: Any = True) -> Any:  # noqa: FBT002 - a filter's argument
    return next((one for one in _items(state, value) if _is_target(state, one, key, target)), None)


def _group(items: list[Any], keys: list[Any], state: RenderState) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for key, item in zip(keys, items, strict=True):
        group = groups.setdefault(state.text(key), {"name": key if is_list(key) else state.text(key), "items": []})
        group["items"].append(item)
    return [{**group, "size": len(group["items"])} for group in groups.values()]


def _group_by(state: RenderState, value: Any, key: Any) -> list[dict[str, Any]]:
    items = _items(state, value)
    return _group(items, [_value(state, item, key) for item in items], state)


def group_by_values(state: RenderState, value: Any, key_of: Callable[[Any], Any]) -> list[dict[str, Any]]:
    """Return items in groups of the same value of a function (Jekyll's `group_by_exp`)."""
    items = _items(state, value)
    return _group(items, [key_of(item) for item in items], state)


def choose(state: RenderState, value: Any, test: Test) -> list[Any]:
    """Return the items for which a function is true (Jekyll's `where_exp`)."""
    return [item for item in _items(state, value) if test(item)]


def _sort(state: RenderState, value: Any, key: Any = None, nils: Any = "first") -> list[Any]:
    items = _sortable(state, value, key)
    return sort(items, key, nils_last=nils == "last")


def _sortable(state: RenderState, value: Any, key: Any) -> list[Any]:
    items = _items(state, value)
    state.budget.spend(len(items) * (2 * len(items).bit_length() + len(str(key))))
    return items


def _sort_natural(state: RenderState, value: Any, key: Any = None) -> list[Any]:
    items = [(item if key is None else property_of(item, key), item) for item in _sortable(state, value, key)]
    return [item for _, item in sorted(items, key=lambda pair: (pair[0] is None, state.text(pair[0]).casefold()))]


def _map(state: RenderState, value: Any, key: Any) -> list[Any]:
    return [item_of(item, key) for item in flatten(value, state.budget)]


def _uniq(state: RenderState, value: Any, key: Any = None) -> list[Any]:
    seen: dict[str, Any] = {}
    for item in state.list(value):
        seen.setdefault(state.text(_value(state, item, key)), item)
    return list(seen.values())


def _compact(state: RenderState, value: Any, key: Any = None) -> list[Any]:
    return [one for one in state.list(value) if _value(state, one, key) is not None]


def _sentence(state: RenderState, value: Any, connector: Any = "and") -> str:
    items = [state.text(item) for item in state.list(value)]
    if len(items) < 3:  # noqa: PLR2004 - "a and b"
        return f" {connector} ".join(items)
    return f"{', '.join(items[:-1])}, {connector} {items[-1]}"


def _concat(state: RenderState, value: Any, more: Any) -> list[Any]:
    items = flatten(value, state.budget)
    others = state.list(more)
    state.budget.hold(len(items) + len(others))
    return items + others


def _push(state: RenderState, value: Any, item: Any) -> list[Any]:
    state.budget.hold(deep_size(item, MAX_ITEMS))
    return [*state.list(value), item]


def _unshift(state: RenderState, value: Any, item: Any) -> list[Any]:
    state.budget.hold(deep_size(item, MAX_ITEMS))
    return [item, *state.list(value)]


def _pop(state: RenderState, value: Any, count: Any = 1) -> Any:
    return state.list(value)[: -to_int(count)] if is_list(value) and to_int(count) > 0 else value


def _shift(state: RenderState, value: Any, count: Any = 1) -> Any:
    return state.list(value)[to_int(count) :] if is_list(value) and to_int(count) > 0 else value


def _sum(state: RenderState, value: Any, key: Any = None) -> int | float:
    items = flatten(value, state.budget)
    return sum(to_number(_value(state, item, key)) for item in items)


def _end(_: RenderState, value: Any, *, key: str) -> Any:
    return item_of(value, key) if is_list(value) or isinstance(value, Mapping) else None


def _size(_: RenderState, value: Any) -> int:
    return len(value) if isinstance(value, str | Mapping) or is_list(value) else 0


LIST_FILTERS: Mapping[str, Callable[..., Any]] = {
    "array_to_sentence_string": _sentence,
    "compact": _compact,
    "concat": _concat,
    "find": _find,
    "first": partial(_end, key="first"),
    "group_by": _group_by,
    "join": _joined,
    "last": partial(_end, key="last"),
    "map": _map,
    "pop": _pop,
    "push": _push,
    "reject": _reject,
    "reverse": lambda state, value: state.list(value)[::-1],
    "sample": lambda state, value: next(iter(state.list(value)), None),
    "shift": _shift,
    "size": _size,
    "sort": _sort,
    "sort_natural": _sort_natural,
    "sum": _sum,
    "uniq": _uniq,
    "unshift": _unshift,
    "where": _where,
}
