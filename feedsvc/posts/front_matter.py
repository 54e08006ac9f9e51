"""A post file → front matter and body: YAML between `---`, TOML between `+++`, a JSON object, a header, or none.

Pure. Returns the values as they are written; `metadata` knows what they mean. Raise PostError with the line.
"""

import codecs
import json
import re
import tomllib
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from frontmatter.default_handlers import BaseHandler

from feedsvc.errors import PostError
from feedsvc.posts.headers import Unopened, find_header, find_unopened, find_wrong_fence
from feedsvc.posts.html_head import find_encoding, find_page
from feedsvc.posts.remedies import NAME_VALUE, SAVE_AS_UTF_8, find_json_remedy, find_toml_remedy, with_remedy
from feedsvc.posts.yaml_values import MAX_NESTING, TOO_DEEP, read_plain_lines, read_yaml
from feedsvc.text import UNWANTED, drop_half_pairs

MAX_CHARACTERS = 64 * 1024
MAX_VALUES = 20_000
LONG_TEXT = 100  # characters that count as one more value

_BOMS = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
_BRACKETS = re.compile(r"[\[{]")
_OPENING = re.compile(r"\s*[-+]*")
_DASHES = re.compile(rf"(?:[-?][ \t]+){{{MAX_NESTING},}}")
_PLACE = re.compile(r" \(at line (\d+), column \d+\)")
_SCRIPT = re.compile(r"-{3,}[ \t]*(?:js|javascript|coffee|ts)[ \t]*\n", re.IGNORECASE)
_LONG_NUMBER = re.compile("0[xob][0-9A-Fa-f_]{1000}")  # Python refuses to write it in decimal digits


@dataclass(frozen=True, slots=True)
class Source:
    """A post file in parts: front matter by key and as text, the body, and the lines of keys that YAML repeats.

    `is_page` is True for a whole HTML page, whose head is the front matter.
    """

    values: Mapping[str, Any]
    text: str
    body: str
    repeated: Mapping[str, int] = field(default_factory=dict)
    is_page: bool = False

    def is_comment(self, key: str) -> bool:
        """True if what stands after a key of YAML is a comment: `tags: #harbor`."""
        return "#" in self.text and bool(re.search(rf"^{re.escape(key)}:[ \t]+#\S", self.text, re.MULTILINE))

    def line_of(self, *keys: str) -> int:
        """Return the line of the file that sets one of `keys`, 0 if none does."""
        pattern = rf"[\"']?(?:{'|'.join(map(re.escape, keys))})[\"']?[ \t]*[:=]"
        starts = ("^", r"^(?:\.\.)?[ \t{]*")  # a top-level key before one that is nested
        searches = (re.search(start + pattern, self.text, re.MULTILINE | re.IGNORECASE) for start in starts)
        found = next(filter(None, searches), None)
        return self.text.count("\n", 0, found.start()) + 1 if found else 0


def split(data: bytes, *, has_headers: bool = False) -> Source:
    """Split a post file into front matter and body.

    With `has_headers`, headers of Pelican and Nikola and the heads of HTML files are front matter as well. Raise
    PostError where the file is not UTF-8 (or UTF-16 with a byte order mark), and where its front matter cannot be
    parsed, is not a mapping of names to values, or is larger or deeper than any honest one.
    """
    text = decode(data)
    start = text.lstrip()
    if not start:
        raise PostError("an empty file")
    for handler in _HANDLERS:
        if handler.detect(start):
            return _split_by(handler, text, start)
    if _SCRIPT.match(start):
        raise PostError("front matter: a script, which is never run: write it as YAML, TOML or JSON")
    if has_headers and (header := find_header(text)):
        return Source(header.values, text[: header.end], text[header.end :])
    if has_headers and (page := find_page(text)):
        return Source(page.values, text[: page.end], page.article, is_page=True)
    if has_headers and (unopened := find_unopened(text)):
        return _split_unopened(unopened, text)
    if has_headers and (error := find_wrong_fence(text)):
        raise error
    return Source({}, "", text)


def _split_unopened(found: Unopened, text: str) -> Source:
    """Return a file's parts whose front matter has a line of dashes or semicolons only behind it, as in Hexo."""
    handler, raw = (_JSON, f"{{{found.raw}}}") if found.is_json else (_YAML, found.raw)
    values, repeated = _load(handler, raw, raw)
    return Source(values, text[: found.end], text[found.end :], repeated)


def load_yaml(text: str) -> Any:
    """Return the values of a YAML file, read as front matter is: numbers stay text. Raise PostError with the line."""
    return _load(_YAML, text, text)[0] if text.strip() else {}


def load_toml(text: str) -> dict[str, Any]:
    """Return the values of a TOML file. Raise PostError with the line and what to do."""
    values: dict[str, Any] = _load_file(tomllib.loads, text)
    return values


def load_json(text: str) -> Any:
    """Return the value of a JSON file. Raise PostError with the line and what to do."""
    return _load_file(json.loads, text)


def _load_file(load: Callable[[str], Any], text: str) -> Any:
    try:
        return load(text)
    except RecursionError as error:
        raise PostError(TOO_DEEP) from error
    except ValueError as error:
        raise _to_problem(error, text) from error


def load_data(text: str) -> Any:
    """Return the values of a data file in YAML, of any type. Raise PostError if it cannot be parsed."""
    try:
        values, _ = read_yaml(UNWANTED.sub("", text))
    except (ValueError, RecursionError) as error:
        raise PostError(str(error).partition("\n")[0]) from error
    if "*" in text and _has_too_many_values(values):
        raise PostError(f"more than {MAX_VALUES:,} values")
    return values


def decode(data: bytes) -> str:
    """Return the text of a file with line feeds as line ends and without a byte order mark; raise PostError if none."""
    encoding = next((name for bom, name in _BOMS.items() if data.startswith(bom)), "utf-8")
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        text = _decode_as_named(data, encoding, error)
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _decode_as_named(data: bytes, encoding: str, error: UnicodeDecodeError) -> str:
    """Return the text of an HTML file in the encoding that its head names. Raise PostError if it is in none such."""
    with suppress(UnicodeDecodeError):
        if named := find_encoding(data):
            return data.decode(named)
    if b"\0" in data and encoding == "utf-8":
        raise PostError("no text: a file of another type with the name of a post") from error
    line = data.count(b"\n", 0, error.start) + 1
    raise PostError(f"not {encoding.upper()}: {error.reason} at byte {error.start}: {SAVE_AS_UTF_8}", line) from error


def _split_by(handler: "_Handler", text: str, start: str) -> Source:
    """Split a text by its form; `start` is the text without the white space before it."""
    first = text.count("\n", 0, len(text) - len(start)) + 1
    try:
        raw, body = handler.split(start)
    except json.JSONDecodeError as error:
        found = _to_problem(error, start)
        raise PostError(f"front matter: {found}", first + found.line - 1) from error
    except RecursionError as error:
        raise PostError("front matter: nested too deep") from error
    except ValueError as error:  # half written, or the closing line forgotten: what it hides must not be published
        fence = "+++" if isinstance(handler, _Toml) else "---"
        raise PostError(f"front matter: opened here and never closed: end it with a line of {fence}", first) from error
    head = text[: len(text) - len(body)]
    values, repeated = _load(handler, raw, head)
    return Source(values, head, body, repeated)


def _load(handler: "_Handler", raw: str, head: str) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the values of front matter, and the lines of the file on which keys are repeated."""
    if isinstance(handler, _Yaml) and (plain := read_plain_lines(raw)) is not None:
        return plain, {}
    opening = _OPENING.match(head)
    first = head.count("\n", 0, head.find(raw, opening.end() if opening else 0)) + 1
    _refuse_bombs(raw, first)
    values, repeated = _read(handler, raw, first)
    if values is None:
        return {}, {}
    if not isinstance(values, dict):
        problem = f"a {type(values).__name__} where names with values belong"
        raise PostError(f"front matter: {with_remedy(problem, NAME_VALUE if isinstance(values, str) else '')}", first)
    if "*" in raw and _has_too_many_values(values):
        raise PostError(f"front matter: more than {MAX_VALUES:,} values", first)
    return {str(key): value for key, value in values.items()}, {key: first + line for key, line in repeated.items()}


def _read(handler: "_Handler", raw: str, first: int) -> tuple[Any, dict[str, int]]:
    try:
        return handler.read(UNWANTED.sub("", raw))
    except PostError as error:
        raise PostError(f"front matter: {error}", first + error.line - 1) from error
    except RecursionError as error:
        raise PostError("front matter: nested too deep", first) from error
    except ValueError as error:
        found = _to_problem(error, raw)
        raise PostError(f"front matter: {found}", first + max(found.line - 1, 0)) from error


def _to_problem(error: ValueError, text: str) -> PostError:
    """Return what is wrong in a text of TOML or JSON, with the line (0 if it is not known) and what to do."""
    if isinstance(error, json.JSONDecodeError):
        return PostError(with_remedy(error.msg, find_json_remedy(error.msg, error.doc, error.pos)), error.lineno)
    reason = str(error).partition("\n")[0]
    place = _PLACE.search(reason)  # tomllib has the line in its message alone
    line = int(place[1]) if place else 0
    problem = _PLACE.sub("", reason)
    written = (*text.split("\n"), "")[line - 1] if line else ""
    return PostError(with_remedy(problem, find_toml_remedy(problem, written)), line)


def _refuse_bombs(raw: str, line: int) -> None:
    if len(raw) > MAX_CHARACTERS:
        raise PostError(f"front matter: {len(raw):,} characters, at most {MAX_CHARACTERS:,}", line)
    if len(_BRACKETS.findall(raw)) > MAX_NESTING or _DASHES.search(raw):
        raise PostError(f"front matter: {TOO_DEEP}", line)


def _has_too_many_values(value: object) -> bool:
    """Return True if there are too many values, each alias counted as often as it is used.

    A few aliases can stand for billions of values, or for themselves. A long text counts as several, for an alias
    of it costs as much as it is long.
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


# --- the forms of front matter -------------------------------------------------------------------


class _Yaml(BaseHandler):
    def read(self, raw: str) -> tuple[Any, dict[str, int]]:
        return read_yaml(raw)


class _Toml(BaseHandler):
    def read(self, raw: str) -> tuple[Any, dict[str, int]]:
        if _LONG_NUMBER.search(raw) or any(line.count(".") > MAX_NESTING for line in raw.splitlines()):
            raise ValueError("a longer number or a deeper key than any honest one")
        return tomllib.loads(raw, parse_float=str), {}


class _FencedJson(BaseHandler):
    def read(self, raw: str) -> tuple[Any, dict[str, int]]:
        return json.loads(drop_half_pairs(raw), parse_int=str, parse_float=str), {}


class _Json(_FencedJson):
    def split(self, text: str) -> tuple[str, str]:
        _, end = json.JSONDecoder(parse_int=str).raw_decode(text)
        return text[:end], text[end:]


_Handler = _Yaml | _Toml | _FencedJson
_JSON = _Json(fm_boundary=re.compile(r'\{\s*["}]'))
_YAML = _Yaml(fm_boundary=re.compile(r"^(?:-{3,}(?:[ \t]*ya?ml)?|(?<=\n)\.{3})[ \t]*(?:\n|\Z)", re.MULTILINE))
_HANDLERS: tuple[_Handler, ...] = (
    _YAML,
    _Toml(fm_boundary=re.compile(r"^-{3,}(?:[ \t]*toml)?[ \t]*(?:\n|\Z)", re.MULTILINE)),  # as Eleventy and Gatsby
    _FencedJson(fm_boundary=re.compile(r"^-{3,}(?:[ \t]*json)?[ \t]*(?:\n|\Z)", re.MULTILINE)),  # have it
    _Toml(fm_boundary=re.compile(r"^\+{3,}[ \t]*(?:\n|\Z)", re.MULTILINE)),
    _JSON,
)
