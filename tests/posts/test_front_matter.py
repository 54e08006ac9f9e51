"""Front matter in every form it comes in, and in every form that must not bring anything down."""

import codecs
import json
import re
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feedsvc.errors import PostError
from feedsvc.posts.front_matter import MAX_CHARACTERS, MAX_VALUES, Source, decode, split
from feedsvc.posts.yaml_values import MAX_NESTING

ANYTHING = settings(max_examples=150, deadline=None, derandomize=True)


def yaml(text: str) -> Source:
    return split(f"---\n{text}\n---\nBody\n".encode())


def toml(text: str) -> Source:
    return split(f"+++\n{text}\n+++\nBody\n".encode())


# --- forms ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "body"),
    [
        pytest.param("---\ntitle: A\n---\nBody\n", "Body\n", id="yaml"),
        pytest.param("---  \ntitle: A\n--- \t\nBody\n", "Body\n", id="blanks after the dashes"),
        pytest.param("-----\ntitle: A\n-----\nBody\n", "Body\n", id="more dashes"),
        pytest.param("---\ntitle: A\n...\nBody\n", "Body\n", id="closed by dots"),
        pytest.param("\n \n---\ntitle: A\n---\nBody\n", "Body\n", id="blank lines first"),
        pytest.param("---\ntitle: A\n---", "", id="nothing after it"),
        pytest.param("---\ntitle: A\n---\n\n---\nBody\n", "\n---\nBody\n", id="a rule in the body"),
        pytest.param("---\ntitle: A\n---\n--- x", "--- x", id="dashes and text in the body"),
        pytest.param("+++\ntitle = 'A'\n+++\nBody\n", "Body\n", id="toml"),
        pytest.param('{"title": "A"}\nBody\n', "\nBody\n", id="json"),
        pytest.param('{\n  "title": "A"\n}\n\nBody\n', "\n\nBody\n", id="json over lines"),
        pytest.param("---yaml\ntitle: A\n---\nBody\n", "Body\n", id="yaml by name"),
        pytest.param("--- yml\ntitle: A\n---\nBody\n", "Body\n", id="yml by name"),
        pytest.param("---toml\ntitle = 'A'\n---\nBody\n", "Body\n", id="toml by name"),
        pytest.param('---json\n{"title": "A"}\n---\nBody\n', "Body\n", id="json by name"),
    ],
)
def test_each_form_of_front_matter_is_taken_off_the_body(text: str, body: str) -> None:
    source = split(text.encode())

    assert (dict(source.values), source.body) == ({"title": "A"}, body)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("Only text.\n", id="text"),
        pytest.param("...\ndots\n...\n", id="dots"),
        pytest.param("Title\n---\nText\n---\n", id="a heading and a rule"),
        pytest.param("{% include x %}\n", id="a Liquid tag"),
        pytest.param("{{ page.title }}\n", id="a Liquid value"),
    ],
)
def test_a_file_without_front_matter_is_all_body(text: str) -> None:
    source = split(text.encode())

    assert (dict(source.values), source.body) == ({}, text)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("title: A\ntags:\n- a\n- b\n---\nBody\n", {"title": "A", "tags": ["a", "b"]}),
        ("title: A\ntags:\n  - a\npublished: false\n-----\nBody\n", {"title": "A", "tags": ["a"], "published": False}),
        ('"title": "A",\n"tags": ["a", "b"]\n;;;\nBody\n', {"title": "A", "tags": ["a", "b"]}),
        ('"title": "A",\n"published": false,\n;;;;\nBody\n', {"title": "A", "published": False}),
    ],
)
def test_front_matter_may_be_without_its_first_fence_as_in_hexo(text: str, values: dict[str, object]) -> None:
    source = split(text.encode(), has_headers=True)

    assert (dict(source.values), source.body) == (values, "Body\n")


@pytest.mark.parametrize(
    "text",
    [
        "Note: this\n\n---\nBody\n",
        "See: title and date\n- a\n---\nBody\n",
        '"Title": so she said.\n;;;\nBody\n',
        "A title\n---\nBody\n",
    ],
)
def test_prose_before_a_rule_is_no_front_matter(text: str) -> None:
    source = split(text.encode(), has_headers=True)

    assert (dict(source.values), source.body) == ({}, text)


@pytest.mark.parametrize("name", ["js", "JavaScript", " coffee"])
def test_front_matter_that_is_a_script_is_told(name: str) -> None:
    with pytest.raises(PostError, match="a script, which is never run"):
        split(f"---{name}\n{{ title: 'A' }}\n---\nBody\n".encode())


@pytest.mark.parametrize("text", ["---\n---\nBody\n", "---\n# none yet\n---\nBody\n", "+++\n+++\nBody\n", "{}Body\n"])
def test_empty_front_matter_has_no_values(text: str) -> None:
    source = split(text.encode())

    assert (dict(source.values), source.body) == ({}, "Body\n")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom", "utf-16-be-bom"])
def test_encodings_and_line_ends_make_no_difference(encoding: str, line_end: str) -> None:
    marks = {"utf-16-le-bom": codecs.BOM_UTF16_LE, "utf-16-be-bom": codecs.BOM_UTF16_BE}
    text = "---\ntitle: 港 🎉\n---\n正文\n".replace("\n", line_end)

    source = split(marks.get(encoding, b"") + text.encode(encoding.removesuffix("-bom")))

    assert (source.values["title"], source.body) == ("港 🎉", "正文\n")


def test_json_after_a_byte_order_mark_is_read() -> None:
    source = split(codecs.BOM_UTF8 + b'{"title": "A"}')

    assert source.values == {"title": "A"}


# --- values --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "value"),
    [
        pytest.param("1.10", "1.10", id="a version"),
        pytest.param("017", "017", id="a leading zero"),
        pytest.param("12:30", "12:30", id="a time"),
        pytest.param("1_000", "1_000", id="a number"),
        pytest.param("1e400", "1e400", id="a float"),
        pytest.param(".inf", ".inf", id="infinity"),
        pytest.param("no", "no", id="no"),
        pytest.param("On", "On", id="on"),
        pytest.param("True", "True", id="true"),
        pytest.param("=", "=", id="equals"),
        pytest.param("<<", "<<", id="merge sign"),
        pytest.param("2024-02-30", "2024-02-30", id="no such day"),
        pytest.param("2024-01-02 10:00:00 +99:00", "2024-01-02 10:00:00 +99:00", id="no such zone"),
        pytest.param("2024-01-02 10:00:00 +0800", "2024-01-02 10:00:00 +0800", id="a zone as Jekyll writes it"),
        pytest.param("2024-02-29", date(2024, 2, 29), id="a day"),
        pytest.param("2024-02-29T10:00:00Z", datetime(2024, 2, 29, 10, tzinfo=UTC), id="a moment"),
        pytest.param("2024-2-9  1:02:03.5 Z", datetime(2024, 2, 9, 1, 2, 3, 500_000, tzinfo=UTC), id="as YAML has it"),
        pytest.param("2024-02-29T18:00:00+08", datetime(2024, 2, 29, 10, tzinfo=UTC), id="a zone of hours"),
        pytest.param("~", None, id="tilde"),
        pytest.param("null", None, id="null"),
        pytest.param("", None, id="nothing"),
        pytest.param("!!int x", "x", id="tagged a number"),
        pytest.param('!!int ""', "", id="tagged a number, empty"),
        pytest.param("!!float x", "x", id="tagged a float"),
        pytest.param("!!bool maybe", "maybe", id="tagged a truth value"),
        pytest.param("!!timestamp tomorrow", "tomorrow", id="tagged a date"),
        pytest.param("!!binary ///", "///", id="tagged binary"),
    ],
)
def test_yaml_values_stay_as_they_were_written(written: str, value: object) -> None:
    source = yaml(f"key: {written}")

    assert source.values["key"] == value


def test_yaml_merges_and_aliases_work() -> None:
    source = yaml("base: &b {a: x}\nwhole: {<<: *b, c: z}\nsame: *b")

    assert (source.values["whole"], source.values["same"]) == ({"a": "x", "c": "z"}, {"a": "x"})


@pytest.mark.parametrize(
    ("written", "merged"),
    [
        pytest.param("{<<: [*a, *b]}", {"x": "1", "y": "2", "z": "3"}, id="the first of a list"),
        pytest.param("{<<: [*b, *a]}", {"x": "2", "y": "2", "z": "3"}, id="the first of a list, the other way round"),
        pytest.param("{<<: [[*a, *b]]}", {"x": "1", "y": "2", "z": "3"}, id="a list in a list"),
        pytest.param("{x: 0, <<: *a}", {"x": "0", "z": "3"}, id="its own, before the merge"),
        pytest.param("{<<: [*a, *b], x: 0}", {"x": "0", "y": "2", "z": "3"}, id="its own, after the merge"),
    ],
)
def test_of_merged_keys_the_own_one_wins_then_the_first(written: str, merged: dict[str, str]) -> None:
    source = yaml(f"a: &a {{x: 1, z: 3}}\nb: &b {{x: 2, y: 2}}\nc: {written}")

    assert source.values["c"] == merged


def test_a_key_of_yaml_given_again_is_told_with_its_line_and_the_last_one_counts() -> None:
    source = yaml("a: 1\nb: {c: 1}\na:\n- 2\nb:\n  c: 1\n  c: 2")

    assert (source.repeated, source.values) == ({"a": 4, "b": 6, "c": 8}, {"a": ["2"], "b": {"c": "2"}})


def test_a_key_that_is_merged_in_as_well_is_not_given_twice() -> None:
    assert yaml("a: &a {b: 1}\nc:\n  <<: *a\n  b: 2").repeated == {}


def test_keys_become_text() -> None:
    source = yaml("2024-01-01: a\n1: b\n~: c")

    assert source.values == {"2024-01-01": "a", "1": "b", "None": "c"}


@pytest.mark.parametrize("text", ["{}1", '{"a": "b"}1'], ids=["empty", "one"])
def test_json_ends_with_its_object(text: str) -> None:
    assert split(text.encode()).body == "1"


@pytest.mark.parametrize("digits", ["1" * 5000, "1.10", "-0", "1E5"], ids=["long", "fraction", "minus", "exponent"])
def test_json_numbers_stay_as_they_were_written(digits: str) -> None:
    assert split(f'{{"id": {digits}}}'.encode()).values["id"] == digits


def test_toml_fractions_stay_as_they_were_written() -> None:
    assert toml("version = 1.10").values["version"] == "1.10"


def test_toml_dates_are_dates() -> None:
    assert toml("date = 2024-01-02T03:04:05Z").values["date"] == datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC)


def test_unwanted_characters_are_removed_before_yaml_sees_them() -> None:
    source = yaml("title: a\x08b\x0bc\ufffed\x85e")

    assert source.values["title"] == "abcde"


def test_the_body_keeps_unwanted_characters() -> None:
    assert split(b"---\na: b\n---\nx\x08y").body == "x\x08y"


@pytest.mark.parametrize(
    "text", ["]]>", "a & b", "<!-- c -->", "<?xml version='1.0'?>", "<!DOCTYPE x [ <!ENTITY e 'f'> ]>"]
)
def test_markup_in_values_is_text(text: str) -> None:
    assert yaml(f"title: {json.dumps(text)}").values["title"] == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r"a\ud83d", "a"),
        (r"a\uDE00b", "ab"),
        (r"\ud83d\ud83d\ude00\ude00", "\U0001f600"),
        (r"\ud83d\u0041", "A"),
        (r"\\ud83d", r"\ud83d"),
        (r"\\\ud83d\"", '\\"'),
        (r"\ud7ff\ue000\u00e9", "\ud7ff\ue000\xe9"),
    ],
)
def test_half_of_a_surrogate_pair_is_dropped_from_json(text: str, value: str) -> None:
    assert split(f'{{"{text}": ["{text}"]}}'.encode()).values == {value: [value]}


# --- what cannot be read -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "message", "line"),
    [
        pytest.param(b"---\ntitle: A\nb: [\n---\n", "did not find expected node content", 4, id="yaml"),
        pytest.param(b"---\na: b\n c: d\n---\n", "mapping values are not allowed", 3, id="yaml, indented"),
        pytest.param(b"\n\n---\na: *x\n---\n", "found undefined alias", 4, id="yaml, after blank lines"),
        pytest.param(b'---\na: "\n---\n', "found unexpected end of stream", 2, id="yaml, open quotation mark"),
        pytest.param(
            b"---\na: !x b\n---\n", "could not determine a constructor for the tag '!x'", 2, id="yaml, own tag"
        ),
        pytest.param(b"---\na: !!str [b]\n---\n", "could not determine a constructor", 2, id="yaml, list as text"),
        pytest.param(b"---\na: !!set {b}\n---\n", "could not determine a constructor", 2, id="yaml, set"),
        pytest.param(
            b"---\na: b\n<<: [{c: d}, x]\n---\n",
            "expected a mapping or a list of mappings to merge",
            3,
            id="yaml, merge",
        ),
        pytest.param(b"---\n? [a]\n: b\n---\n", "found unhashable key", 2, id="yaml, list as key"),
        pytest.param(b'---\na: "\\uD800"\n---\n', "found invalid Unicode character escape", 2, id="yaml, surrogate"),
        pytest.param(b"+++\na = 1\nb =\n+++\n", "Invalid value: put the value in quotes", 3, id="toml"),
        pytest.param(b"+++\na = 2024-02-30\n+++\n", "Invalid date or datetime", 2, id="toml, no such day"),
        pytest.param(b'{"a": 1,}', "Expecting property name", 1, id="json"),
        pytest.param(b'\n\n{\n"a": b}', "Expecting value", 4, id="json, after blank lines"),
        pytest.param(b"---\n- a\n---\n", "front matter: a list where names with values belong", 2, id="list"),
        pytest.param(b"---\n-\n---\n", "front matter: a list where names with values belong", 2, id="one dash"),
        pytest.param(b"---\nSome text\n---\n", "front matter: a str where names with values belong", 2, id="text"),
        pytest.param(b"ab\nc\xffd", "not UTF-8: invalid start byte at byte 4", 2, id="latin-1"),
        pytest.param(codecs.BOM_UTF16_LE + b"a\n\x00", "not UTF-16: truncated data", 2, id="half a utf-16 character"),
    ],
)
def test_what_cannot_be_read_is_named_with_its_line(data: bytes, message: str, line: int) -> None:
    with pytest.raises(PostError) as raised:
        split(data)

    assert message in str(raised.value)
    assert raised.value.line == line


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ("+++\ntitle = “Wine”\n+++\n", 2, "write straight quotes, \" or '"),
        ("+++\na = 1\ntitle = ‘Wine’\n+++\n", 3, "write straight quotes, \" or '"),
        ("+++\ntitle = Wine\n+++\n", 2, "put the value in quotes"),
        ("+++\ntitle: Wine\n+++\n", 2, "write each line as `name = value`"),
        ("+++\ntitle = 'It's'\n+++\n", 2, "a quote is not closed, or one within the text needs other quotes around it"),
        ("+++\ndate = 2024-1-2\n+++\n", 2, "write a date as 2024-05-01"),
        ("+++\ndate = 2024-13-04\n+++\n", 2, "write a date as 2024-05-01"),
        ("+++\ntags = ['a' 'b']\n+++\n", 2, "put a comma between values"),
        ('{"title": “Wine”}\n', 1, 'write straight quotes, "'),
        ('{\n "tags": ["a",]\n}\n', 2, "no comma belongs before a bracket that closes"),
        ('{"title": "a",\n}\n', 2, "no comma belongs before a bracket that closes"),
        ('{"title": Wine}\n', 1, "put the value in double quotes"),
        ('{"title": "a"\n "date": "b"}\n', 2, "put a comma between values"),
        ("---\ntitle:Wine\ntags:a\n---\n", 2, "write each line as `name: value`"),
        ("---\ntitle：Wine\n---\n", 2, "write each line as `name: value`"),
        ("---\ntitle = Wine\n---\n", 2, "write each line as `name: value`"),
    ],
)
def test_error_says_what_to_do(text: str, line: int, remedy: str) -> None:
    with pytest.raises(PostError) as raised:
        split(text.encode())

    assert raised.value.line == line
    assert str(raised.value).endswith(f": {remedy}")
    assert "(at line" not in str(raised.value).removesuffix(remedy)


@pytest.mark.parametrize(
    ("meta", "encoding", "text"),
    [
        ("<meta charset=gbk>", "gbk", "船在夜里回来"),
        ('<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=GB2312">', "gb18030", "灯㐀"),
        ("<meta charset='Big5'>", "big5", "船在夜裡"),
        ("<!-- <meta charset=gbk> --><meta charset=latin1>", "cp1252", "Café"),
        ('<meta name="a" content="charset=koi8-r"><meta charset=latin1>', "cp1252", "Café"),
        ('<meta name="a" content="b">\n<meta charset="Shift_JIS">', "cp932", "船は夜に①"),
        ('<meta charset="EUC-KR">', "cp949", "배가 밤에"),
        ('<meta charset="windows-1251"/>', "cp1251", "Лодки"),
        ('<meta charset="ISO-8859-1">', "cp1252", "“Café” – 5 €"),
        ('<meta charset="iso-8859-2">', "iso8859_2", "Żółw"),
        ("<meta charset=gbk>", "utf-8", "船 saved again as UTF-8"),
    ],
)
def test_page_is_read_in_the_encoding_that_its_head_names(meta: str, encoding: str, text: str) -> None:
    page = f"<!DOCTYPE html>\n<html><head>{meta}<title>{text}</title></head>\r\n<body><p>{text}</p>"

    source = split(page.encode(encoding), has_headers=True)

    assert source.values == {"title": text}
    assert source.body.strip() == f"<p>{text}</p>"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("<html><head><meta charset=no-such><title>灯</title></head>".encode("gbk"), id="unknown"),
        pytest.param("<html><head><meta charset=utf-8><title>灯</title></head>".encode("gbk"), id="another"),
        pytest.param("<html><head><meta charset=unicode-escape><title>灯</title></head>".encode("gbk"), id="escape"),
        pytest.param(b"<html><head><meta charset=gbk></head>" + b"\xff\xff", id="bytes that are none of it"),
        pytest.param("<html><head></head>灯 <meta charset=".encode("gbk"), id="unfinished"),
        pytest.param("---\ntitle: <meta charset=gbk> 灯\n---\n".encode("gbk"), id="front matter"),
        pytest.param("Write <meta charset=gbk>: 灯\n".encode("gbk"), id="text"),
        pytest.param(f"<html><!--{' ' * 2000}--><meta charset=gbk>灯".encode("gbk"), id="too late"),
    ],
)
def test_page_in_no_encoding_that_it_names_is_an_error(data: bytes) -> None:
    with pytest.raises(PostError, match=r"^not UTF-8: .*: save it as UTF-8"):
        split(data, has_headers=True)


def test_file_in_another_encoding_is_told_to_be_saved_as_utf_8() -> None:
    with pytest.raises(PostError, match="at byte 3: save it as UTF-8"):
        split(b"Caf\xe9\n")


def test_picture_with_the_name_of_a_post_is_told_as_such() -> None:
    with pytest.raises(PostError, match="no text"):
        split(b"\x89PNG\r\n\x1a\n\x00\x00")


def test_python_objects_are_refused() -> None:
    with pytest.raises(PostError, match=r"python/object/apply:os\.system"):
        yaml("a: !!python/object/apply:os.system [exit]")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("a: " + "[" * 5_000, id="5,000 brackets"),
        pytest.param("a: " + "[" * 64_000, id="64,000 brackets"),
        pytest.param("a: " + "{a: " * 5_000, id="5,000 braces"),
        pytest.param("a:\n" + "- " * 5_000, id="5,000 dashes"),
        pytest.param("a:\n" + "- " * 32_000, id="32,000 dashes"),
        pytest.param("a:\n" + "-\t" * 5_000, id="5,000 dashes with tabs"),
        pytest.param("? " * 5_000, id="5,000 question marks"),
        pytest.param("a: " + "[" * MAX_NESTING + "]" * MAX_NESTING + "[]", id="one too many"),
    ],
)
def test_deep_yaml_is_refused(data: str) -> None:
    with pytest.raises(PostError, match="nested values"):
        yaml(data)


def test_yaml_as_deep_as_allowed_is_read() -> None:
    assert yaml("a: " + "[" * MAX_NESTING + "]" * MAX_NESTING).values["a"]


def stairs(step: str, steps: int) -> str:
    """Nest by indentation alone, which no count of brackets sees."""
    return "\n".join(" " * (2 * number) + step for number in range(steps)) + " x"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(
            "a:\n" + "\n".join(" " * (400 * step) + "- " * (MAX_NESTING - 1) for step in range(12)) + "x", id="dashes"
        ),
        pytest.param("a:\n" + stairs("-", MAX_NESTING + 1), id="a dash a line, one too many"),
        pytest.param(stairs("a:", MAX_NESTING + 2), id="a key a line, one too many"),
        pytest.param("a:\n" + stairs("?", MAX_NESTING + 2), id="a question mark a line"),
        pytest.param("a:\n" + stairs("- a:", 101), id="lists of mappings"),
    ],
)
def test_yaml_nested_by_indentation_is_refused_as_any_other(data: str) -> None:
    with pytest.raises(PostError, match=f"front matter: more than {MAX_NESTING} nested values"):
        yaml(data)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param("a:\n" + stairs("-", MAX_NESTING), id="a dash a line"),
        pytest.param(stairs("a:", MAX_NESTING + 1), id="a key a line"),
        pytest.param("a:\n" + "\n".join(["- [[x]]"] * 90), id="many side by side"),
        pytest.param("a:\n" + stairs("- a:", 100), id="lists of mappings"),
    ],
)
def test_yaml_nested_by_indentation_as_deep_as_allowed_is_read(data: str) -> None:
    assert yaml(data).values["a"]


def bomb(first: str, rest: str) -> str:
    levels = [f"l{level}: &l{level} {rest.format(', '.join([f'*l{level - 1}'] * 9))}" for level in range(1, 10)]
    return "\n".join([f"l0: &l0 {first}", *levels])


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(bomb("lol", "[{}]"), id="lists of lists"),
        pytest.param(bomb("[x]", "!!pairs [a: [{}]]"), id="pairs of pairs"),
        pytest.param("tags: &a [*a, x]", id="a list in itself"),
        pytest.param("tags: &a {b: *a}", id="a mapping in itself"),
        pytest.param(f"a: &a {'x' * 30_000}\ntags: [{'*a, ' * 800}]", id="a long text 800 times"),
        pytest.param(f"- [{'a,' * MAX_VALUES}]", id="a list"),
    ],
)
def test_what_stands_for_too_much_is_refused(text: str) -> None:
    with pytest.raises(PostError, match="front matter"):
        yaml(text)


def test_merges_of_merges_have_each_key_once() -> None:
    assert yaml(bomb("{a: 1, b: 2}", "{{<<: [{}]}}")).values["l9"] == {"a": "1", "b": "2"}


def test_a_mapping_that_merges_itself_is_survived() -> None:
    assert yaml("a: &a {<<: *a, x: y}").values["a"] == {"x": "y"}


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("tags = " + "[" * 5_000, id="5,000 brackets"),
        pytest.param("tags = " + "[" * 399, id="399 brackets, never closed"),
        pytest.param("title = 0x" + "f" * 6_000, id="a number too long to write out"),
        pytest.param(".".join("a" * 9_000) + " = 1", id="a deep key"),
        pytest.param("[" + ".".join("a" * 9_000) + "]", id="a deep table"),
        pytest.param("title = 1" + "0" * 5_000, id="a long decimal number"),
    ],
)
def test_toml_bombs_are_refused(text: str) -> None:
    with pytest.raises(PostError, match="front matter"):
        toml(text)


@pytest.mark.parametrize("depth", [MAX_NESTING + 1, 5_000, 100_000])
def test_deep_json_is_refused(depth: int) -> None:
    with pytest.raises(PostError, match="nested"):
        split(('{"a": ' + "[" * depth + "]" * depth + "}").encode())


def test_front_matter_is_limited_in_length() -> None:
    with pytest.raises(PostError, match=f"70,005 characters, at most {MAX_CHARACTERS:,}") as raised:
        yaml("a: " + "x" * 70_001)

    assert raised.value.line == 2


# --- lines ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        pytest.param("---\na: b\nkey: c\n---\n", 3, id="yaml"),
        pytest.param("\n---\n'key' : c\n---\n", 3, id="quoted"),
        pytest.param("---\n  a: b\n  key: c\n---\n", 3, id="indented"),
        pytest.param("---\nin:\n  key: d\nkey: c\n---\n", 4, id="not the key of a value"),
        pytest.param("+++\nkey = 1\n+++\n", 2, id="toml"),
        pytest.param('{"key": 1}', 1, id="json on one line"),
        pytest.param('{\n"a": 1,\n  "key": 1}', 3, id="json"),
        pytest.param("---\nmonkey: c\n---\nkey: body\n", 0, id="nowhere"),
    ],
)
def test_the_line_of_a_key_is_found(text: str, line: int) -> None:
    assert split(text.encode()).line_of("other", "key") == line


# --- anything ------------------------------------------------------------------------------------

FENCES = st.sampled_from([(b"---\n", b"\n---\n"), (b"+++\n", b"\n+++\n"), (b'{"', b"}"), (b"", b"")])
WORDS = ("<<", "a", "date", "2024-01-02", "!!int", "!!bool", "!!timestamp", "\\x", "&a", "*a")
SCRAPS = st.lists(st.sampled_from([*"-?:,[]{}&*!|>'\"%@`#~=\n\t", *WORDS])).map(" ".join)


@given(data=st.binary(max_size=300), fence=FENCES)
@ANYTHING
def test_any_bytes_give_a_source_or_a_post_error(data: bytes, fence: tuple[bytes, bytes]) -> None:
    whole = fence[0] + data + fence[1]
    try:
        source = split(whole)
    except PostError:
        return

    assert source.text + source.body == decode(whole)


@given(text=SCRAPS | st.text(max_size=60), fence=FENCES)
@ANYTHING
def test_any_text_gives_a_source_or_a_post_error(text: str, fence: tuple[bytes, bytes]) -> None:
    try:
        source = split(fence[0] + text.encode("utf-8", "surrogatepass") + fence[1])
    except PostError:
        return

    assert all(isinstance(key, str) for key in source.values)


ODD = "\u2028\u3000\xa0\ufeff港é٣A0.-_ :?,\t[]{}&*!|>%@`#~=<+"
VALUES = st.one_of(
    st.text(ODD, max_size=6),
    st.text("a0é .-?:,'\xa0", max_size=8).map("[{}]".format),
    st.text(f"{ODD}'\\", max_size=4).map('"{}"'.format),
    st.text(f'{ODD}"\\', max_size=4).map("'{}'".format),
    st.sampled_from(["true", "null", "~", "<<", "=", "1_0.5", "https://a.b/?c=d:e"]),
    st.text("0123456789-:TZ .+", max_size=14).map("2024-0{}".format),
)
LINES = st.builds("{}:{}{}{}".format, st.sampled_from("ab"), st.sampled_from(["", " "]), VALUES, st.sampled_from(" "))


@given(lines=st.lists(LINES, min_size=1, max_size=2))
@settings(ANYTHING, max_examples=500)
def test_plain_lines_mean_what_they_mean_among_others(lines: list[str]) -> None:
    def read(text: str) -> str:
        try:
            return repr(yaml(text).values)
        except PostError as error:
            return str(error)

    text = "\n".join(lines)

    assert read(text) == read(f"{text}\n# a comment, which is for libyaml")


@given(values=st.dictionaries(st.text(), st.none() | st.booleans() | st.text() | st.lists(st.text()), max_size=5))
@ANYTHING
def test_json_front_matter_is_read_back(values: dict[str, Any]) -> None:
    data = f"{json.dumps(values)}\nBody".encode()

    assert split(data).values == values


@given(text=st.text())
@ANYTHING
def test_decoded_text_has_plain_line_ends(text: str) -> None:
    data = text.encode("utf-8", "replace")

    assert "\r" not in decode(data)


@pytest.mark.parametrize("text", ["---\ntitle: secret\ndraft: true\n\nBody\n", "---", "\n---\nti", "+++\na = 1\n"])
def test_front_matter_that_is_never_closed_is_refused_where_it_opens(text: str) -> None:
    fence = re.escape(text.strip()[0] * 3)
    with pytest.raises(PostError, match=f"never closed: end it with a line of {fence}") as caught:
        split(text.encode())

    assert caught.value.line == 1 + text.startswith("\n")


@pytest.mark.parametrize("text", ["", "\n\n", "\ufeff"])
def test_an_empty_file_is_refused(text: str) -> None:
    with pytest.raises(PostError, match="an empty file"):
        split(text.encode())
