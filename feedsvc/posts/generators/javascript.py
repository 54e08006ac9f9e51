"""Values of a configuration that is a program of JavaScript or TypeScript: looked for in its text, never run. Pure.

Only what is written out is found: a value that the program computes counts as missing. Every pattern takes what it has
begun, to the end of the line for a text that is not closed, so that a program is looked through in linear time.
"""

import re
from collections.abc import Iterator

MAX_PROGRAM = 200_000  # characters of a program that is looked through

_STRING = r"""(?:"(?:[^"\\\n]|\\.?+)*+"?+|'(?:[^'\\\n]|\\.?+)*+'?+|`(?:[^`\\]|\\.?+)*+`?+)"""
# A slash begins a regular expression where no division can stand: after a bracket, an operator or a line break.
_CLASS = r"\[(?:[^\]\\\n]|\\[^\n]?+)*+\]?+"
_REGEX = rf"(?:(?<=[(,=:\[!&|?{{}};\n])|(?<==>)|(?<=\breturn)|\A)[ \t]*+/(?:[^/\\\n\[]|\\[^\n]?+|{_CLASS})++/?+"
_STRING_COMMENT_OR_REGEX = re.compile(rf"(?P<text>{_STRING})|/\*.*?(?:\*/|\Z)|//[^\n]*|(?P<regex>{_REGEX})", re.DOTALL)
_TOKEN = rf"{_STRING}|(?P<open>[({{\[])|(?P<close>[)}}\]])"
_STRING_OR_BRACKET = re.compile(_TOKEN, re.DOTALL)
_KEY = r"(?:[\"'](?:{0})[\"']|(?<![\w$.])(?:{0}))\s*+:\s*+"
_LIST = rf"\[(?:[^\[\]\"'`]|{_STRING})*+\]"
# No value if an operator or a call follows: the program computes it.
_VALUE = rf"(?P<value>{_STRING}|{_LIST}|\w++)(?!\s*+[-+*/%.?|&<>=(\[`])"
_OPENING = r"(?:\(\s*+)?+[{\[]"
_ESCAPE = re.compile(r"\\(?:u\{([0-9a-fA-F]{1,6})\}|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_ESCAPED = {"n": " ", "r": " ", "t": " ", "\n": ""}
_LAST = 0x10FFFF


def without_comments(code: str) -> str:
    """Return a program without its comments, with a number for each regular expression; "" for one that is too long."""
    return _STRING_COMMENT_OR_REGEX.sub(_to_kept, code) if len(code) <= MAX_PROGRAM else ""


def _to_kept(found: re.Match[str]) -> str:
    return "(0)" if found["regex"] else found["text"] or ""


# --- values --------------------------------------------------------------------------------------


def text_under(key: str, part: str) -> str:
    """Return the text under a key of an object itself; "" for any other value."""
    return _to_text(own_value(key, part))


def own_value(key: str, part: str) -> str:
    """Return a text, list or word under a key of an object itself, as it is written; "" if there is none."""
    return next((value for depth, value in _values(key, part) if depth == 0), "")


def value_under(key: str, code: str) -> str:
    """Return a text, list or word such as `true` under a key, of the outermost object that has the key."""
    return min(_values(key, code), key=lambda found: found[0], default=(0, ""))[1]


def _values(key: str, code: str) -> Iterator[tuple[int, str]]:
    return ((depth, found["value"]) for depth, _, found in _walk(rf"{_KEY.format(key)}(?={_VALUE})", code))


def _to_text(value: str) -> str:
    is_text = len(value) > 1 and value[0] in "'\"`" and value[-1] == value[0]
    if not is_text or "${" in value:
        return ""
    text = _ESCAPE.sub(_to_character, value[1:-1])
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # two escapes may be one character


def _to_character(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    return chr(min(int(code, 16), _LAST)) if code else _ESCAPED.get(found[4], found[4])


# --- objects -------------------------------------------------------------------------------------


def part_under(key: str, part: str) -> str:
    """Return the text of the object or list under a key of an object itself, "" if there is none."""
    opening = rf"{_KEY.format(key)}(?=(?P<opening>{_OPENING}))"
    ends = (found.end("opening") for depth, _, found in _walk(opening, part) if depth == 0)
    return next((part[end : _end_of_part(part, end)] for end in ends), "")


def objects_under(key: str, code: str) -> Iterator[str]:
    """Yield the text of each object under a key, wherever it stands."""
    return objects_after(re.compile(_KEY.format(key) + r"(?:\(\s*+)?+\{"), code)


def objects_after(opening: re.Pattern[str], code: str) -> Iterator[str]:
    """Yield the text of each object whose first brace ends a match of `opening`, none of those in one of them."""
    end = 0
    while found := opening.search(code, end):
        end = _end_of_part(code, found.end())
        yield code[found.end() : end]


def object_with(keys: tuple[str, ...], sure: tuple[str, ...], code: str) -> str:
    """Return the text of the object that itself has most of the keys, before all others one that has a sure one."""
    found: dict[int, set[str]] = {}
    for _, start, match in _walk(_KEY.format("|".join(keys)), code):
        if start and code[start - 1] == "{":
            found.setdefault(start, set()).add(match["found"].rstrip(": \t\r\n").strip("\"'"))
    best = max(found, key=lambda start: (not found[start].isdisjoint(sure), len(found[start])), default=0)
    return code[best : _end_of_part(code, best)] if best else ""


def _walk(pattern: str, code: str) -> Iterator[tuple[int, int, re.Match[str]]]:
    """Yield each match of a pattern outside of texts, after the number of brackets around it and the last's start."""
    whole = re.compile(rf"(?P<found>{pattern})|{_TOKEN}", re.DOTALL)
    starts = [0]
    for found in whole.finditer(code):
        if found["found"]:
            yield len(starts) - 1, starts[-1], found
        elif found["open"]:
            starts.append(found.end())
        elif found["close"] and len(starts) > 1:
            starts.pop()


def _end_of_part(code: str, start: int) -> int:
    """Return where the object or list ends in which `start` is."""
    depth = 1
    for found in _STRING_OR_BRACKET.finditer(code, start):
        depth += bool(found["open"]) - bool(found["close"])
        if depth == 0:
            return found.start()
    return len(code)
