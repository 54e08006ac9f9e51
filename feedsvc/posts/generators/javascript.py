"""Values of a configuration that is a program of JavaScript or TypeScript: looked for in its text, never run. Pure.

Only what is written out is found: a value that the program computes counts as missing.
"""

import re

_STRING = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`"
_STRING_OR_COMMENT = re.compile(rf"({_STRING})|/\*.*?\*/|//[^\n]*", re.DOTALL)
_STRING_OR_BRACE = re.compile(rf"{_STRING}|(?P<brace>[{{}}])", re.DOTALL)
_KEY = r"(?:[\"']{0}[\"']|(?<![\w$.]){0})\s*:\s*"
_VALUE = rf"(?P<value>{_STRING}|\[[^\]]*\]|\w+)"
_STEPS = {"{": 1, "}": -1}


def without_comments(code: str) -> str:
    """Return a program without its comments."""
    return _STRING_OR_COMMENT.sub(lambda found: found[1] or "", code)


def text_under(key: str, code: str) -> str:
    """Return the text under a key, of the outermost object that has the key; "" for any other value."""
    value = value_under(key, code)
    text = value[1:-1] if value.startswith(("'", '"', "`")) else ""
    return "" if "${" in text else re.sub(r"\\(.)", r"\1", text)


def value_under(key: str, code: str) -> str:
    """Return a text, list or word such as `true` under a key as it is written; "" if there is none."""
    pattern = re.compile(rf"{_KEY.format(key)}{_VALUE}|{_STRING_OR_BRACE.pattern}", re.DOTALL)
    values: list[tuple[int, str]] = []
    depth = 0
    for found in pattern.finditer(code):
        depth += _STEPS.get(found["brace"], 0)
        if found["value"]:
            values.append((depth, found["value"]))
    return min(values, key=lambda value: value[0], default=(0, ""))[1]


def objects_under(key: str, code: str) -> list[str]:
    """Return the text of each object under a key."""
    return objects_after(re.compile(_KEY.format(key) + r"\(?\s*\{"), code)


def objects_after(opening: re.Pattern[str], code: str) -> list[str]:
    """Return the text of each object whose first brace ends a match of `opening`."""
    return [code[found.end() : _end_of_object(code, found.end())] for found in opening.finditer(code)]


def _end_of_object(code: str, start: int) -> int:
    """Return where the object ends in which `start` is."""
    depth = 1
    for found in _STRING_OR_BRACE.finditer(code, start):
        depth += _STEPS.get(found["brace"], 0)
        if depth == 0:
            return found.start()
    return len(code)
