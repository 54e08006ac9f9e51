"""YAML → values: wrong tags, merges, and what the two readers, line by line and libyaml, have in common."""

import tracemalloc

import pytest

from feedsvc.errors import PostError
from feedsvc.posts.yaml_values import MAX_MERGED, Number, read_plain_lines, read_yaml


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param("a: !!seq b", "expected a sequence node, but found scalar", id="text as a list"),
        pytest.param("a: !!seq {b: c}", "expected a sequence node, but found mapping", id="mapping as a list"),
        pytest.param("a: !!map b", "expected a mapping node, but found scalar", id="text as a mapping"),
        pytest.param("a: !!map [b]", "expected a mapping node, but found sequence", id="list as a mapping"),
        pytest.param("? !!map a\n: b", "found unhashable key", id="key as a mapping"),
        pytest.param("? !!seq a\n: b", "found unhashable key", id="key as a list"),
        pytest.param("? [a]\n: b", "found unhashable key", id="list as a key"),
        pytest.param("a: !!str {b: c}", "could not determine a constructor", id="mapping as text"),
        pytest.param("a: !x b\na: c", "could not determine a constructor", id="a value that a later one replaces"),
    ],
)
def test_tag_that_does_not_fit_its_value_is_an_error_of_the_post(text: str, message: str) -> None:
    with pytest.raises(PostError, match=message):
        read_yaml(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        pytest.param("a: !!seq [b]", {"a": ["b"]}, id="list"),
        pytest.param("a: !!map {b: c}", {"a": {"b": "c"}}, id="mapping"),
        pytest.param("!!str a: b", {"a": "b"}, id="key"),
        pytest.param("a: &x [b]\nc: *x", {"a": ["b"], "c": ["b"]}, id="alias"),
    ],
)
def test_tag_that_fits_its_value_has_no_effect(text: str, value: object) -> None:
    assert read_yaml(text) == (value, {})


def test_error_has_its_line_counted_from_one() -> None:
    with pytest.raises(PostError) as raised:
        read_yaml("a: b\nc: !x d")

    assert raised.value.line == 2


PLACEHOLDER = "a template's placeholder: put it in quotes or fill it in"
QUOTES = "put the value in quotes"
OPEN = "a quote is opened and never closed"
WITHIN = r"a quote is not closed, or one within the text needs a \ before it"


@pytest.mark.parametrize(
    ("text", "line", "remedy"),
    [
        ('title: "Broken: yes\ndate: 2024-01-01\n', 1, OPEN),
        ("a: b\ntitle: 'Broken\n\ndate: 2024-01-01\n", 2, OPEN),
        ("tags: [a, 'b]\n", 1, OPEN),
        ('title: "a "b" c"', 1, WITHIN),
        ("a: b\ntitle: 'Don't'", 2, WITHIN),
        ("title: Me: myself", 1, QUOTES),
        ("a: b\ntitle: Émile: a: b", 2, QUOTES),
        ("title: a\n  b: c", 2, "mind the indentation"),
        ("title: @home", 1, QUOTES),
        ("title: *bold* text", 1, QUOTES),
        ("title: *bold", 1, QUOTES),
        ("title: - a", 1, QUOTES),
        ("\tc: d", 1, "indent with spaces"),
        ("date: {{date}}", 1, PLACEHOLDER),
        ("a: b\ndate: {{ date:YYYY }}", 2, PLACEHOLDER),
        ("title: {{title}} here", 1, PLACEHOLDER),
        ("title: {% title %}", 1, PLACEHOLDER),
        (r'path: "C:\Users"', 1, r"write \\ for a \, or use single quotes"),
        (" title: a\ndate: b", 2, "begin all names in the same column"),
        ("tags: [a, b\n", 2, "a [ is opened and never closed"),
        ("author: {name: b\ndate: c\n", 2, "a { is opened and never closed"),
        ("title: !important news", 1, QUOTES),
        ("title: [Draft] news", 1, QUOTES),
        ("title: >news", 1, QUOTES),
        ("title: a\nnews\n", 3, "write each line as `name: value`"),
        ("title: a\n\tdate: b", 2, "indent with spaces"),
    ],
)
def test_error_says_what_to_do(text: str, line: int, remedy: str) -> None:
    with pytest.raises(PostError) as raised:
        read_yaml(text)

    assert (raised.value.line, str(raised.value).partition(": ")[2]) == (line, remedy)


@pytest.mark.parametrize("text", ["? [a]\n: b", "a: [b,, c]", "a: b\n}"])
def test_else_it_says_what_libyaml_says(text: str) -> None:
    with pytest.raises(PostError) as raised:
        read_yaml(text)

    assert ": " not in str(raised.value)


def test_mapping_merged_again_and_again_is_read_once() -> None:
    keys = ", ".join(f"k{number}: " for number in range(2_000))
    text = f"a: &a {{{keys}}}\nb: {{<<: [{'*a, ' * 5_000}]}}"

    tracemalloc.start()
    values, _ = read_yaml(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert len(values["b"]) == 2_000
    assert peak < 50_000_000  # a copy for each merge took 700 MB


def merged(times: int) -> str:
    """Return a document in which as many mappings merge one of 2,000 keys."""
    keys = ", ".join(f"k{number}: " for number in range(2_000))
    return f"a: &a {{{keys}}}\nb: [{'{<<: *a}, ' * times}]"


def test_as_many_merged_values_as_allowed_are_read() -> None:
    values, _ = read_yaml(merged(MAX_MERGED // 2_001))

    assert len(values["b"]) == MAX_MERGED // 2_001


def lists(first: str) -> str:
    """Return a document of lists that each hold the one before twice, in other ways, down to the first."""
    listed = (f"l{number}: &l{number} [*l{number - 1}, [*l{number - 1}]]\n" for number in range(1, 40))
    return f"l0: &l0 {first}\n{''.join(listed)}b: {{<<: *l39}}"


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(merged(MAX_MERGED // 2_000), id="mapping merged by others"),
        pytest.param(
            f"a: &a {{{', '.join(f'k{n}: ' for n in range(3_000))}}}\nb: {{{'<<: *a, ' * 9_000}}}", id="by one"
        ),
        pytest.param(lists("{}"), id="lists of lists of an empty mapping"),
        pytest.param(lists("[]"), id="lists of lists of nothing"),
        pytest.param(lists("{x: 1}"), id="lists of lists of a mapping"),
    ],
)
def test_too_many_merged_values_are_refused_before_they_are_copied(text: str) -> None:
    tracemalloc.start()
    with pytest.raises(PostError, match="more than 20,000 merged values"):
        read_yaml(text)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert peak < 50_000_000


@pytest.mark.parametrize(
    "text",
    [
        pytest.param('a: "b"\nc: [d, 1.10]\ne: 2024-01-02\nf:', id="plain"),
        pytest.param("a: [true, null, no]", id="words"),
        pytest.param("a: 017\nb: 12:30", id="numbers"),
    ],
)
def test_plain_lines_mean_what_they_mean_to_libyaml(text: str) -> None:
    assert repr(read_plain_lines(text)) == repr(read_yaml(text)[0])


def test_lists_of_plain_lines_are_not_shared_between_posts() -> None:
    first, second = read_plain_lines("a: [b, c]"), read_plain_lines("a: [b, c]")

    assert first
    assert second
    first["a"].append("d")
    assert second["a"] == ["b", "c"]


def test_number_without_quotes_is_text_that_is_known_as_a_number() -> None:
    values, _ = read_yaml("a: 1.10\nb: '1.10'")

    assert [isinstance(value, Number) for value in values.values()] == [True, False]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: !binary TsOpd3M=", "Néws"),
        ("a: !binary |-\n  TsOp\n  d3M=", "Néws"),
        ("a: !!binary TsOpd3M=", "Néws"),
        ("a: !binary /w==", "/w=="),
        ("a: !binary x", "x"),
        ("a: ! 'x: y'", "x: y"),
        ("a: !!str TsOpd3M=", "TsOpd3M="),
    ],
)
def test_text_that_ruby_wrote_as_binary_is_text(text: str, value: str) -> None:
    assert read_yaml(text) == ({"a": value}, {})


def test_names_written_as_binary_are_items_of_a_list() -> None:
    assert read_yaml("a:\n- News\n- !binary |-\n  TsOpd3M=") == ({"a": ["News", "Néws"]}, {})
