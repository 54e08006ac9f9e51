"""What cleaning keeps and removes: one pair of files a case in data/cleaning, and facts that hold for any text."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from feedsvc import cleaning

CASES = Path(__file__).parents[1] / "data" / "cleaning"
ORIGINAL = "https://example.org/a/post"
TITLE = "A Title - A Site"
VOID = {"br", "hr", "img", "source", "wbr"}
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def clean(html: str) -> str:
    return cleaning.clean(html, original=ORIGINAL, title=TITLE).html


class Balance(HTMLParser):
    """Collects what makes HTML unsafe or unbalanced."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        self.problems += [f"{tag} {name}" for name, _ in attrs if name.startswith("on") or name == "style"]
        self.problems += [
            f"{tag} {value}" for _, value in attrs if re.match(r"\s*(javascript|data|vbscript):", value or "")
        ]

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"</{tag}>")


def problems(html: str) -> list[str]:
    parser = Balance()
    parser.feed(html)
    parser.close()
    return parser.problems + parser.open + ILLEGAL.findall(html)


# --- cases ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", sorted(path.name.removesuffix(".in.html") for path in CASES.glob("*.in.html")))
def test_case_is_cleaned_as_the_file_beside_it_says(name: str) -> None:
    html = (CASES / f"{name}.in.html").read_text("utf-8")

    assert clean(html) == (CASES / f"{name}.out.html").read_text("utf-8").rstrip("\n")


@pytest.mark.parametrize("path", sorted(CASES.glob("*.out.html")), ids=lambda path: path.name)
def test_cleaning_a_clean_case_changes_nothing(path: Path) -> None:
    html = path.read_text("utf-8").rstrip("\n")

    assert clean(html) == html


# --- falling back --------------------------------------------------------------------------------


def test_post_that_would_lose_nearly_all_text_is_sanitized_only() -> None:
    rules = cleaning.load_rules('[[site]]\nhost = "example.org"\nremove = ["p"]', "rules")
    text = "text " * 60

    cleaned = cleaning.clean(f"<p class='x'>{text}</p><script>x</script>", original=ORIGINAL, rules=rules)

    assert cleaned.html == f"<p>{text}</p>"


def test_fallback_is_the_reason_for_sanitizing_only() -> None:
    rules = cleaning.load_rules('[[site]]\nhost = "example.org"\nremove = ["p"]', "rules")

    cleaned = cleaning.clean("<p>" + "text " * 60 + "</p>", original=ORIGINAL, rules=rules)

    assert cleaned.fallback == "only 0 of 240 characters would be left"


PLAYER = "https://www.youtube.com/embed/x"


@pytest.mark.parametrize(
    ("frame", "kept"),
    [
        ("<iframe>{}</iframe>", []),
        ('<iframe title="a>b" width=1>{}</iframe>', []),
        ("<iframe title='a src=\"https://a.example/\"'>{}</iframe>", []),
        ('<iframe src="https://evil.example/">{}</iframe>', []),
        ("<IFRAME srcdoc='<p>x'>{}</IFRAME>", []),
        (f'<iframe src="{PLAYER}">{{}}</iframe>', [PLAYER]),
        (f'<iframe>{{}}</iframe><iframe src="{PLAYER}"></iframe>', [PLAYER]),
    ],
)
def test_body_that_fell_back_has_no_frame_without_url_and_nothing_inside_others(frame: str, kept: list[str]) -> None:
    rules = cleaning.load_rules('[[site]]\nhost = "example.org"\nremove = ["p", "div"]', "rules")
    html = f"<p>{'text ' * 90}</p><div>{frame.format('swallowed <b>x</b><script>alert(1)</script>')}</div>"

    cleaned = cleaning.clean(html, original=ORIGINAL, rules=rules)

    assert cleaned.fallback
    assert re.findall('<iframe src="([^"]*)"[^<>]*></iframe>', cleaned.html) == kept
    assert (cleaned.html.count("iframe"), "swallowed" in cleaned.html) == (2 * len(kept), False)


def test_body_that_fell_back_keeps_text_about_frames() -> None:
    rules = cleaning.load_rules('[[site]]\nhost = "example.org"\nremove = ["p"]', "rules")
    text = f"<p>{'text ' * 90}&lt;iframe&gt;shown&lt;/iframe&gt;</p>"

    cleaned = cleaning.clean(text, original=ORIGINAL, rules=rules)

    assert (bool(cleaned.fallback), cleaned.html) == (True, text)


def test_body_that_is_only_sanitized_has_nothing_inside_frames() -> None:
    html = '<p>x</p><iframe src="https://www.youtube.com/embed/x"><script>alert(1)</script></iframe>'

    assert cleaning.sanitize_only(html, "").html == "<p>x</p>"


# --- limits --------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [300, 5_000, 50_000])
def test_text_behind_a_deep_nest_is_kept(depth: int) -> None:
    assert "AFTER" in clean("<div>" * depth + "AFTER")


@pytest.mark.parametrize(
    "html",
    [
        "<a" * 40_000,
        "<!--" * 40_000,
        "<script" * 20_000,
        "<" * 60_000,
        "<br>" * 40_000,
        "<p>" + " " * 690_000,
        "[" * 9_000,
    ],
    ids=["a", "comment", "script", "lt", "br", "blanks", "brackets"],
)
def test_hostile_input_gives_sound_html(html: str) -> None:
    assert not problems(clean(html))


# --- any text ------------------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        *("<div>", "</div>", "<p>", "</p>", "<b>", "</b>", "<a href='/x'>", "</a>", "<br>", "<table>", "<tr>", "<td>"),
        *("</table>", "<ul><li>", "</li>", "</ul>", "<h2>", "</h2>", "<pre>", "</pre>", "<img src=x>", "<svg>"),
        *("<iframe src=//a.b>", "<math>", "<script>", "</script>", "<style>", "<!--", "-->", "<i id=i>", "</i>"),
        *("<ruby>", "<rt>", "<span>", "</span>", "<blockquote>", "</blockquote>", "<figure>", "<noscript>"),
        *("</noscript>", "<video src=v>", "<form>", "<x onclick=y>", "<p hidden>", "<p class=ad>", "<section>"),
        *("<q cite=x>", "<hr>", "<code>", " ", "\n", "\u00a0", "\u3000", "\u200b", "中", "文", "a", ".", "（", "&lt;"),
        *("&#1;", "&amp;", "<", "http://a.b/", "null", "share", "2024-01-01"),
    ]
)
SOUP = st.lists(PIECES, max_size=24).map("".join)
MANY = settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@MANY
@given(st.text(max_size=80) | SOUP)
def test_anything_gives_safe_sound_legal_html(html: str) -> None:
    assert not problems(clean(html))


@MANY
@given(SOUP)
@example("</div><i id=i>\u3000<i id=i>")
def test_cleaning_twice_changes_nothing(html: str) -> None:
    once = clean(html)

    assert clean(once) == once


@MANY
@given(SOUP)
def test_explaining_never_fails(html: str) -> None:
    assert all(removal.rule for removal in cleaning.explain(html, original=ORIGINAL, title=TITLE))


def test_explanation_names_the_rule_and_what_went() -> None:
    html = "<p>A text that is long enough to stay.</p><div class='ad'>x</div>"

    assert cleaning.explain(html) == (cleaning.Removal("class ad", '<div class="ad">x</div>'),)
