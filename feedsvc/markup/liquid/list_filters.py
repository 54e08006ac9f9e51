"""Filters of Liquid and Jekyll for lists: chosen, grouped, sorted and joined. Pure."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from feedsvc.markup.liquid.limits import MAX_ITEMS
from feedsvc.markup.liquid.values import deep_size, flatten, is_list, item_of, property_of, sort, to_int, to_number
from feedsvc.markup.liquid.work import Work

Test = Callable[[Any], bool]


def _items(work: Work, value: Any) -> list[Any]:
    """Return a list, or the values of a mapping, as Jekyll's filters take them."""
    return work.list(list(value.values()) if isinstance(value, Mapping) else value)


def _joined(work: Work, value: Any, separator: Any = " ") -> str:
    parts = [work.text(item) for item in flatten(value, work.budget)]
    glue = work.text(separator)
    work.budget.write(sum(map(len, parts)) + len(glue) * len(parts))
    return glue.join(parts)


def _is_target(work: Work, item: Any, key: Any, target: Any) -> bool:
    """Return True if a property is, or holds, what is looked for (Jekyll's compare_property_vs_target)."""
    found = _value(work, item, key)
    if target is None:
        return found is None
    if isinstance(found, str) or not is_list(found):
        return _same_text(found, target)
    return any(_same_text(one, target) for one in found)


def _value(work: Work, item: Any, key: Any) -> Any:
    """Return the value of an item under a key, the item itself without one; counted by the length of the key."""
    if key is None:
        return item
    work.budget.spend(len(key) if isinstance(key, str) else 1)
    return property_of(item, key)


def _same_text(one: Any, target: Any) -> bool:
    if isinstance(one, bool) or isinstance(target, bool):
        return str(one).lower() == str(target).lower()
    if one is None or is_list(one) or is_list(target) or isinstance(one, Mapping) or isinstance(target, Mapping):
        return False
    return one == target or str(one) == str(target)


def _where(work: Work, value: Any, key: Any, target: Any = True) -> Any:  # noqa: FBT002 - a filter's argument
    if not is_list(value) and not isinstance(value, Mapping):
        return value
    return [one for one in _items(work, value) if _is_target(work, one, key, target)]


def _reject(work: Work, value: Any, key: Any, target: Any = True) -> list[Any]:  # noqa: FBT002 - a filter's argument
    return [one for one in _items(work, value) if not _is_target(work, one, key, target)]


def _find(work: Work, value: Any, key: Any, target: Any = True) -> Any:  # noqa: FBT002 - a filter's argument
    return next((one for one in _items(work, value) if _is_target(work, one, key, target)), None)


def _group(items: list[Any], keys: list[Any], work: Work) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for key, item in zip(keys, items, strict=True):
        group = groups.setdefault(work.text(key), {"name": key if is_list(key) else work.text(key), "items": []})
        group["items"].append(item)
    return [{**group, "size": len(group["items"])} for group in groups.values()]


def _group_by(work: Work, value: Any, key: Any) -> list[dict[str, Any]]:
    items = _items(work, value)
    return _group(items, [_value(work, item, key) for item in items], work)


def group_by_values(work: Work, value: Any, key_of: Callable[[Any], Any]) -> list[dict[str, Any]]:
    """Return items in groups of the same value of a function (Jekyll's `group_by_exp`)."""
    items = _items(work, value)
    return _group(items, [key_of(item) for item in items], work)


def choose(work: Work, value: Any, test: Test) -> list[Any]:
    """Return the items for which a function is true (Jekyll's `where_exp`)."""
    return [item for item in _items(work, value) if test(item)]


def _sort(work: Work, value: Any, key: Any = None, nils: Any = "first") -> list[Any]:
    items = _sortable(work, value, key)
    return sort(items, key, nils_last=nils == "last")


def _sortable(work: Work, value: Any, key: Any) -> list[Any]:
    items = _items(work, value)
    work.budget.spend(len(items) * (2 * len(items).bit_length() + len(str(key))))
    return items


def _sort_natural(work: Work, value: Any, key: Any = None) -> list[Any]:
    items = [(item if key is None else property_of(item, key), item) for item in _sortable(work, value, key)]
    return [item for _, item in sorted(items, key=lambda pair: (pair[0] is None, work.text(pair[0]).casefold()))]


def _map(work: Work, value: Any, key: Any) -> list[Any]:
    return [item_of(item, key) for item in flatten(value, work.budget)]


def _uniq(work: Work, value: Any, key: Any = None) -> list[Any]:
    seen: dict[str, Any] = {}
    for item in work.list(value):
        seen.setdefault(work.text(_value(work, item, key)), item)
    return list(seen.values())


def _compact(work: Work, value: Any, key: Any = None) -> list[Any]:
    return [one for one in work.list(value) if _value(work, one, key) is not None]


def _sentence(work: Work, value: Any, connector: Any = "and") -> str:
    items = [work.text(item) for item in work.list(value)]
    if len(items) < 3:  # noqa: PLR2004 - "a and b"
        return f" {connector} ".join(items)
    return f"{', '.join(items[:-1])}, {connector} {items[-1]}"


def _concat(work: Work, value: Any, more: Any) -> list[Any]:
    items = flatten(value, work.budget)
    others = work.list(more)
    work.budget.hold(len(items) + len(others))
    return items + others


def _push(work: Work, value: Any, item: Any) -> list[Any]:
    work.budget.hold(deep_size(item, MAX_ITEMS))
    return [*work.list(value), item]


def _unshift(work: Work, value: Any, item: Any) -> list[Any]:
    work.budget.hold(deep_size(item, MAX_ITEMS))
    return [item, *work.list(value)]


def _pop(work: Work, value: Any, count: Any = 1) -> Any:
    return work.list(value)[: -to_int(count)] if is_list(value) and to_int(count) > 0 else value


def _shift(work: Work, value: Any, count: Any = 1) -> Any:
    return work.list(value)[to_int(count) :] if is_list(value) and to_int(count) > 0 else value


def _sum(work: Work, value: Any, key: Any = None) -> int | float:
    items = flatten(value, work.budget)
    return sum(to_number(_value(work, item, key)) for item in items)


def _end(_: Work, value: Any, *, key: str) -> Any:
    return item_of(value, key) if is_list(value) or isinstance(value, Mapping) else None


def _size(_: Work, value: Any) -> int:
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
    "reverse": lambda work, value: work.list(value)[::-1],
    "sample": lambda work, value: next(iter(work.list(value)), None),
    "shift": _shift,
    "size": _size,
    "sort": _sort,
    "sort_natural": _sort_natural,
    "sum": _sum,
    "uniq": _uniq,
    "unshift": _unshift,
    "where": _where,
}
