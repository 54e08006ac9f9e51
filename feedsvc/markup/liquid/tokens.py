"""A template → tokens of python-liquid, in linear time, as Liquid 4 of Ruby takes it apart.

python-liquid's own lexer looks for the end of each tag again and again, and so takes quadratic time.
"""

import re
from collections.abc import Iterator

from liquid.token import TOKEN_CONTENT, TOKEN_EXPRESSION, TOKEN_OUTPUT, TOKEN_TAG, Token

from feedsvc.markup.liquid.limits import MAX_PARSED, MAX_TAGS, OutOfBudget

_SIGN = re.compile(r"\{[{%]")
_VARIABLE = re.compile(r"[\w-]+")
_NAME = re.compile(r"\s*(\w+|#)\s*")
_ALONE = {"else", "break", "continue", *(f"end{name}" for name in ("if", "for", "unless", "case", "capture"))}
_ENDS = {"{%": "%}", "{{": "}}"}
_END_OF_RAW = re.compile(r"\{%-?\s*endraw\s*(-?)%\}")
_COMMENT = re.compile(r"\{%-?\s*(end)?comment\b[^%\n]{0,1000}?(-?)%\}")
_WORDS = """
and as blank cols contains continue else empty false for if in limit nil not null offset or reversed true with
"""
# A key that python-liquid takes for a word of its own; Ruby's Liquid does not: `page.blank`.
_KEY = re.compile(rf"(\"[^\"]*\"|'[^']*')|(?<=[\w\]-])\.({'|'.join(_WORDS.split())})(?![\w-])")
_WITH_VALUES = {"if", "elsif", "unless", "case", "when", "for", "tablerow", "assign", "cycle"}
_NESTING = str.maketrans({"[": "((", "(": "(("})
_SIGN_WEIGHT = 5  # characters that take as long as what stands between two signs
_SIGNS = "|.,:"


class Broken(Exception):
    """A template that cannot be taken apart: what is wrong, and where."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


def tokenize(source: str) -> Iterator[Token]:
    """Yield the tokens of a template. Raise Broken where a tag has no end, OutOfBudget if there are too many."""
    position, strips, tags, parsed = 0, False, 0, 0
    while sign := _SIGN.search(source, position):
        tags += 1
        if tags > MAX_TAGS:
            raise OutOfBudget(f"more than {MAX_TAGS:,} tags")
        start, end = sign.start(), source.find(_ENDS[sign[0]], sign.end())
        if end < 0:
            raise Broken(f"{sign[0]} without {_ENDS[sign[0]]}", start)
        trims = source.startswith("-", sign.end())
        yield from _content(source, position, start, starts=strips, ends=trims)
        inside = source[sign.end() + trims : end]
        strips = inside.endswith("-")
        inside = inside.removesuffix("-")
        position = end + 2
        parsed += _weigh(inside)
        if parsed > MAX_PARSED:
            raise OutOfBudget(f"expressions of more than {MAX_PARSED:,} characters")
        if sign[0] == "{{":
            yield from _output(source, inside, sign.end() + trims, start)
            continue
        name = _NAME.match(inside)
        if not name:
            raise Broken("a tag without a name", start)
        if name[1] == "raw":
            raw, position, strips = _raw(source, position, start, trims=strips)
            yield from raw
        elif name[1] == "comment":
            position, strips = _end_of_comment(source, position, start)
        elif name[1] != "#":
            yield from _tag(source, inside, name, sign.end() + trims)
    yield from _content(source, position, len(source), starts=strips, ends=False)


def _weigh(expression: str) -> int:
    brackets = len(expression.translate(_NESTING)) - len(expression)
    return len(expression) * (1 + brackets) + _SIGN_WEIGHT * sum(map(expression.count, _SIGNS))


def _content(source: str, start: int, end: int, *, starts: bool, ends: bool) -> Iterator[Token]:
    text = source[start:end]
    text = text.lstrip() if starts else text
    text = text.rstrip() if ends else text
    if text:
        yield Token(TOKEN_CONTENT, text, start, source)


def _output(source: str, inside: str, at: int, start: int) -> Iterator[Token]:
    if inside.strip():
        yield Token(TOKEN_OUTPUT, inside, start, source)
        yield Token(TOKEN_EXPRESSION, _quote_keys(inside.strip()), at, source)


def _quote_keys(expression: str) -> str:
    return _KEY.sub(lambda found: found[1] or f'["{found[2]}"]', expression)


def _tag(source: str, inside: str, name: re.Match[str], at: int) -> Iterator[Token]:
    yield Token(TOKEN_TAG, name[1], at + name.start(1), source)
    expression = inside[name.end() :].strip()
    if name[1] == "capture" and (
        variable := _VARIABLE.search(expression)
    ):  # Ruby looks for one: `{% capture /dev/null %}`
        expression = variable[0]
    if name[1] in _WITH_VALUES:
        expression = _quote_keys(expression)
    if expression and name[1] not in _ALONE:
        yield Token(TOKEN_EXPRESSION, expression, at + name.end(), source)


def _raw(source: str, position: int, start: int, *, trims: bool) -> tuple[list[Token], int, bool]:
    found = _END_OF_RAW.search(source, position)
    if not found:
        raise Broken("raw without endraw", start)
    ends = source.startswith("-", found.start() + 2)
    return [*_content(source, position, found.start(), starts=trims, ends=ends)], found.end(), bool(found[1])


def _end_of_comment(source: str, position: int, start: int) -> tuple[int, bool]:
    depth = 1
    for found in _COMMENT.finditer(source, position):
        depth += -1 if found[1] else 1
        if not depth:
            return found.end(), bool(found[2])
    raise Broken("comment without endcomment", start)
