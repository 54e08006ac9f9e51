"""Filters of Liquid and Jekyll for text and numbers. Pure: sizes are counted before they grow."""

import base64
import math
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, quote_plus, unquote_plus

from feedsvc.markup.liquid.limits import MAX_DIGITS, OutOfBudget
from feedsvc.markup.liquid.state import RenderState
from feedsvc.markup.liquid.values import inspect, to_int, to_json, to_number
from feedsvc.transliteration import to_ascii

Number = int | float
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"})
_XML = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_REFERENCE = re.compile(r"&(?!(?:[a-zA-Z]{1,32}|#\d{1,9});)|[\"'<>]")
_HIDDEN = (("<script", "</script>"), ("<!--", "-->"), ("<style", "</style>"))
_TAG = re.compile(r"<[^>]*>")
_SLUGS: Mapping[str, re.Pattern[str]] = {
    "raw": re.compile(r"\s+"),
    "default": re.compile(r"[\W_]+"),
    "pretty": re.compile(r"[^\w._~!$&'()+,;=@]+"),
    "ascii": re.compile(r"[^A-Za-z0-9]+"),
    "latin": re.compile(r"[^A-Za-z0-9]+"),
}
_LATIN = re.compile("[\u00c0-\u017f]+")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_QUOTES = ((re.compile(r"(^|[\s(\[{-])\""), r"\1“"), (re.compile(r"\""), "”"))
_SINGLE = ((re.compile(r"(^|[\s(\[{-])'"), r"\1‘"), (re.compile(r"'"), "’"))


def _texts(change: Callable[[str], str]) -> Callable[..., str]:
    """Return a filter of a text without arguments."""
    return lambda state, value: change(state.text(value))


def _replace(state: RenderState, value: Any, old: Any, new: Any = "", count: int = -1) -> str:
    text, old, new = state.text(value), state.text(old), state.text(new)
    number = text.count(old) if count < 0 else count
    state.budget.write(len(text) + max(len(new) - len(old), 0) * number)
    return text.replace(old, new, count)


def _replace_last(state: RenderState, value: Any, old: Any, new: Any = "") -> str:
    text, old = state.text(value), state.text(old)
    head, found, tail = text.rpartition(old) if old else (text, "", "")
    return head + state.text(new) + tail if found else text


def _append(state: RenderState, value: Any, more: Any) -> str:
    return state.text(value) + state.text(more)


def _prepend(state: RenderState, value: Any, more: Any) -> str:
    return state.text(more) + state.text(value)


def _slice(state: RenderState, value: Any, start: Any, length: Any = 1) -> Any:
    items = value if isinstance(value, list | tuple) else state.text(value)
    first = to_int(start)
    first = first + len(items) if first < 0 else first
    return items[first : first + max(to_int(length, 1), 0)] if 0 <= first <= len(items) else items[:0]


def _truncate(state: RenderState, value: Any, length: Any = 50, end: Any = "...") -> Any:
    if value is None:
        return None
    text, end, size = state.text(value), state.text(end), to_int(length)
    return text if len(text) <= size else text[: max(size - len(end), 0)] + end


def _truncatewords(state: RenderState, value: Any, count: Any = 15, end: Any = "...") -> Any:
    if value is None:
        return None
    words, limit = state.text(value).split(), max(to_int(count), 1)
    return " ".join(words[:limit]) + state.text(end) if len(words) > limit else state.text(value)


def _split(state: RenderState, value: Any, separator: Any = " ") -> list[str]:
    text, separator = state.text(value), state.text(separator)
    state.budget.hold(
        len(text) if not separator else text.count(separator) + 1 if separator != " " else len(text) // 16
    )
    parts = list(text) if not separator else text.split() if separator == " " else text.split(separator)
    while parts and not parts[-1]:  # as Ruby's split does
        parts.pop()
    state.budget.hold(len(parts))
    return parts


def _strip_html(text: str) -> str:
    for opening, closing in _HIDDEN:
        text = _without_pairs(text, opening, closing)
    head, sign, tail = text.rpartition(">")  # before it every "<" finds its end, so that searching takes linear time
    return _TAG.sub("", head + sign) + tail


def _without_pairs(text: str, opening: str, closing: str) -> str:
    parts, position = [], 0
    while (start := text.find(opening, position)) >= 0 and (end := text.find(closing, start)) >= 0:
        parts.append(text[position:start])
        position = end + len(closing)
    return "".join(parts) + text[position:]


def _escape_once(text: str) -> str:
    return _REFERENCE.sub(lambda found: found[0].translate(_ESCAPES), text)


def _break_lines(text: str) -> str:
    return text.replace("\n", "<br />\n")


def _capitalize(text: str) -> str:
    return text[:1].upper() + text[1:].lower()


def _slugify(state: RenderState, value: Any, mode: Any = "default") -> Any:
    if value is None:
        return None
    text, kind = state.text(value), str(mode or "default")
    if kind not in _SLUGS:
        return text if kind == "none" else _slugify(state, value)
    if kind == "latin":
        text = _LATIN.sub(lambda found: to_ascii(found[0]), text)
    return _SLUGS[kind].sub("-", text).strip("-").lower()


def _number_of_words(state: RenderState, value: Any, mode: Any = None) -> int:
    text = state.text(value)
    cjk = len(_CJK.findall(text))
    if mode in {"cjk", "auto"} and (cjk or mode == "cjk"):
        return cjk + len(_CJK.sub(" ", text).split())
    return len(text.split())


def _smartify(text: str) -> str:
    text = text.replace("---", "—").replace("--", "–").replace("...", "…")
    for form, sign in (*_QUOTES, *_SINGLE):
        text = form.sub(sign, text)
    return text


def _normalize_whitespace(text: str) -> str:
    return " ".join(text.split())


def _markdownify(state: RenderState, value: Any) -> str:
    text = state.text(value)
    state.budget.spend(len(text))
    return state.inputs.to_html(text)


def _decode64(text: str) -> str:
    return base64.b64decode(text.encode() + b"==", validate=False).decode("utf-8", "replace")


# --- numbers -------------------------------------------------------------------------------------


def _numeric(operate: Callable[[Number, Number], Number]) -> Callable[..., Number]:
    return lambda _, value, other: operate(to_number(value), to_number(other))


def _multiply(one: Number, other: Number) -> Number:
    if isinstance(one, int) and isinstance(other, int) and one.bit_length() + other.bit_length() > MAX_DIGITS:
        raise OutOfBudget("a number of many digits")
    return one * other


def _divide(one: Number, other: Number) -> Number:
    if not other:
        raise TypeError("divided by 0")
    return one // other if isinstance(one, int) and isinstance(other, int) else one / other


def _modulo(one: Number, other: Number) -> Number:
    if not other:
        raise TypeError("divided by 0")
    return one % other


def _round(_: RenderState, value: Any, digits: Any = 0) -> Number:
    number, places = to_number(value), min(to_int(digits), 20)
    if isinstance(number, int) or not math.isfinite(number):
        return number
    scaled = number * 10**places
    rounded = math.floor(abs(scaled) + 0.5) * (1 if number >= 0 else -1)
    return rounded / 10**places if places > 0 else int(rounded / 10**places)


def _whole(change: Callable[[Number], int]) -> Callable[..., Number]:
    return lambda _, value: change(to_number(value)) if math.isfinite(to_number(value)) else 0


def _default(_: RenderState, value: Any, other: Any = None, **options: Any) -> Any:
    if value is False and options.get("allow_false"):
        return value
    is_empty = isinstance(value, str | list | tuple | dict) and not value
    return other if value is None or value is False or is_empty else value


TEXT_FILTERS: Mapping[str, Callable[..., Any]] = {
    "abs": lambda _, value: abs(to_number(value)),
    "at_least": _numeric(max),
    "at_most": _numeric(min),
    "ceil": _whole(math.ceil),
    "divided_by": _numeric(_divide),
    "floor": _whole(math.floor),
    "minus": _numeric(lambda one, other: one - other),
    "modulo": _numeric(_modulo),
    "plus": _numeric(lambda one, other: one + other),
    "round": _round,
    "times": _numeric(_multiply),
    "to_integer": lambda _, value: int(value) if isinstance(value, bool) else to_int(value),
    "append": _append,
    "prepend": _prepend,
    "capitalize": _texts(_capitalize),
    "downcase": _texts(str.lower),
    "upcase": _texts(str.upper),
    "default": _default,
    "escape": _texts(lambda text: text.translate(_ESCAPES)),
    "h": _texts(lambda text: text.translate(_ESCAPES)),
    "escape_once": _texts(_escape_once),
    "xml_escape": _texts(lambda text: text.translate(_XML)),
    "cgi_escape": _texts(quote_plus),
    "uri_escape": _texts(lambda text: quote(text, safe="!#$&'()*+,/:;=?@[]~%")),
    "url_encode": _texts(quote_plus),
    "url_decode": _texts(unquote_plus),
    "base64_encode": _texts(lambda text: base64.b64encode(text.encode()).decode()),
    "base64_decode": _texts(_decode64),
    "lstrip": _texts(str.lstrip),
    "rstrip": _texts(str.rstrip),
    "strip": _texts(str.strip),
    "strip_html": _texts(_strip_html),
    "strip_newlines": _texts(lambda text: text.replace("\r", "").replace("\n", "")),
    "newline_to_br": _texts(_break_lines),
    "normalize_whitespace": _texts(_normalize_whitespace),
    "remove": _replace,
    "remove_first": lambda state, value, old: _replace(state, value, old, "", 1),
    "remove_last": _replace_last,
    "replace": _replace,
    "replace_first": lambda state, value, old, new="": _replace(state, value, old, new, 1),
    "replace_last": _replace_last,
    "slice": _slice,
    "split": _split,
    "truncate": _truncate,
    "truncatewords": _truncatewords,
    "slugify": _slugify,
    "number_of_words": _number_of_words,
    "smartify": _texts(_smartify),
    "markdownify": _markdownify,
    "jsonify": lambda state, value: to_json(value, state.budget),
    "inspect": lambda state, value: inspect(value, state.budget).translate(_XML),
}
