"""The clean body of a post: made once, kept, and never of another file than the one that was scanned."""

from __future__ import annotations

import errno
import gc
import logging
import os
import sys
import threading
import tracemalloc
from contextlib import suppress
from dataclasses import replace
from importlib.abc import MetaPathFinder
from typing import TYPE_CHECKING

import pytest
from counting import count_calls
from waiting import BOUND

from feedsvc.cleaning import packaged_rules
from feedsvc.errors import NotReady
from feedsvc.models import NEVER, Body, Cleaned, Content, FeedRequest, Format, Post, Scope
from feedsvc.publishing import body_cleaner
from feedsvc.publishing.body_cleaner import BodyCleaner
from feedsvc.settings import UNKNOWN_BASE, Settings
from feedsvc.sites import Jekyll
from feedsvc.startup import make_cleaner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Site

    from feedsvc.publishing.bodies import Bodies

ALL = FeedRequest(Scope(), Format.RSS, 20, Content.FULL)


def posts(site: Site) -> list[Post]:
    return site.index.select(ALL, NEVER)


def bodies(site: Site) -> Bodies:
    return make_cleaner(site.settings).bodies_of(posts(site), site.index)


def test_body_is_clean_html(site: Site) -> None:
    site.publish("2024-01-01-a.md", "Some *text*.")

    assert "<p>Some <em>text</em>.</p>" in bodies(site).by_path["2024-01-01-a.md"].html


@pytest.mark.parametrize("danger", ["<script>alert(1)</script>", '<p onclick="x()">a</p>', "[a](javascript:x)"])
def test_nothing_dangerous_comes_through(site: Site, danger: str) -> None:
    site.publish("2024-01-01-a.md", f"Text.\n\n{danger}\n")

    html = bodies(site).by_path["2024-01-01-a.md"].html
    assert not [part for part in ("<script", "onclick", 'href="javascript') if part in html]


class NoMoreFiles(MetaPathFinder):
    """Finds no module of cleaning, as in a process that can open no more files."""

    def find_spec(self, name: str, *_: object) -> None:
        if name == "feedsvc.publishing.post_cleaner":
            raise OSError(errno.EMFILE, "Too many open files")


def test_process_that_cannot_load_the_cleaner_is_not_ready_until_it_can(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.publish("2024-01-01-a.md", "Some *text*.")
    cleaner = make_cleaner(site.settings)
    with monkeypatch.context() as broken:
        broken.delitem(sys.modules, "feedsvc.publishing.post_cleaner")
        broken.setattr(sys, "meta_path", [NoMoreFiles(), *sys.meta_path])
        with pytest.raises(NotReady, match="Too many open files"):
            cleaner.bodies_of(posts(site), site.index)

    assert cleaner.bodies_of(posts(site), site.index).current


def test_body_is_made_once(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    site.publish()
    first = bodies(site)
    monkeypatch.setattr(body_cleaner, "clean", lambda *_, **__: pytest.fail("cleaned again"))

    assert bodies(site) == first


def test_changed_post_has_a_new_body(site: Site) -> None:
    site.publish("2024-01-01-a.md", "old")
    bodies(site)
    site.publish("2024-01-01-a.md", "new")

    assert "new" in bodies(site).by_path["2024-01-01-a.md"].html


def test_file_changed_since_the_scan_has_no_body_yet(site: Site) -> None:
    site.publish("2024-01-01-a.md", "old")
    site.write("2024-01-01-a.md", "new")

    found = bodies(site)

    assert (found.by_path["2024-01-01-a.md"].html, found.current) == ("", False)


def test_file_gone_since_the_scan_has_no_body(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    site.publish("2024-01-01-a.md", summary="Short.").unlink()

    with caplog.at_level(logging.WARNING):
        found = bodies(site)

    assert (found.by_path["2024-01-01-a.md"], found.current) == (Cleaned("", "Short."), False)
    assert "2024-01-01-a.md: served without its body: " in caplog.text


def link_out(file: Path) -> None:
    outside = file.parent.parent.parent / "outside.md"
    file.rename(outside)
    file.symlink_to(outside)


def link_folder_out(file: Path) -> None:
    file.parent.rename(file.parent.parent.parent / "outside")
    file.parent.symlink_to(file.parent.parent.parent / "outside")


def make_pipe(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)
    unblock = threading.Timer(5, feed_pipe, [file])  # else a reader that hangs there would hang for ever
    unblock.daemon = True
    unblock.start()


def feed_pipe(file: Path) -> None:
    with suppress(OSError):  # it is gone, or nobody reads
        os.close(os.open(file, os.O_WRONLY | os.O_NONBLOCK))


def make_huge(file: Path) -> None:
    with file.open("ab") as grown:
        grown.truncate(10 * 2**30)


@pytest.mark.parametrize("change", [link_out, link_folder_out, make_pipe, make_huge])
def test_what_has_come_in_the_place_of_a_file_is_not_read(
    site: Site, change: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    file = site.publish("sub/2024-01-01-a.md", summary="Short.")
    change(file)

    tracemalloc.start()
    found = bodies(site)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert (found.by_path["sub/2024-01-01-a.md"], found.current) == (Cleaned("", "Short."), False)
    assert "sub/2024-01-01-a.md: served without its body: " in caplog.text
    assert peak < 10_000_000


def test_body_of_a_link_within_the_folder_is_that_of_its_target(site: Site) -> None:
    site.write("sub/2024-01-02-b.md", "of b")
    (site.posts / "2024-01-01-a.md").symlink_to("sub/../sub/2024-01-02-b.md")
    site.scan()

    assert "of b" in bodies(site).by_path["2024-01-01-a.md"].html


def test_post_that_breaks_keeps_its_last_good_body(site: Site) -> None:
    file = site.publish("2024-01-01-a.md", "good")
    good = bodies(site)
    file.write_text("---\ntags: [\n---\nbad")
    site.scan()

    assert bodies(site) == good


def test_fallback_is_logged(site: Site, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(body_cleaner, "clean", lambda *_, **__: Cleaned("<p></p>", "", fallback="too deep"))
    site.publish("2024-01-01-a.md")

    with caplog.at_level(logging.WARNING):
        bodies(site)

    assert "2024-01-01-a.md: sanitized only: too deep" in caplog.text


def test_post_that_cleaning_fails_on_is_sanitized(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> Cleaned:
        raise ZeroDivisionError

    monkeypatch.setattr(body_cleaner, "clean", fail)
    site.publish("2024-01-01-a.md", "<p>Text.<script>alert(1)</script></p>")

    assert bodies(site).by_path["2024-01-01-a.md"].html.strip() == "<p>Text.</p>"


def test_post_over_the_limit_is_sanitized_and_reported(site: Site) -> None:
    site.settings = replace(site.settings, max_post_bytes=1_000)
    site.publish("2024-01-01-a.md", f'<div class="ad">{"Text. " * 200}<script>alert(1)</script></div>')

    html = bodies(site).by_path["2024-01-01-a.md"].html

    assert ("Text." in html, "script" in html) == (True, False)
    assert {problem.message.partition(":")[0] for problem in site.index.problems()} == {"sanitized only"}


def test_flood_of_markdown_is_shown_plain_and_reported(site: Site) -> None:
    site.publish("2024-01-01-a.md", "- a <b>\n" * 40_000)

    html = bodies(site).by_path["2024-01-01-a.md"].html

    assert html.startswith("<p>- a ")
    assert [problem.message for problem in site.index.problems()] == [
        "sanitized only: more than 120,000 signs of Markdown, or 10,000 paragraphs"
    ]


FLOODS = (
    *("<div>", "&", "<p>a", "\n\n> ", "[a](", "<!--", "*a ", "\u00a0", "a@a.", "https://a."),
    *(
        "`a ",
        "``a` ",
        "**a",
        "_a* ",
        "~~a ",
        "![a](b) ",
        "[a][b] ",
        "[a]: b\n",
        "[^a] ",
        "[^a]: b\n",
        "^[a",
        "[[a]] ",
        "![[a",
    ),
    *(
        "$a ",
        "$$a\n",
        "$a$ ",
        "\\(a ",
        "a|b\n-|-\n",
        "|a\n",
        "- a\n",
        "> - a\n",
        "> [!note] a\n",
        "1. a\n\n",
        "# a\n",
        "a\n=\n",
    ),
    *(
        "```\n",
        "~~~a\n",
        "a\n: b\n\n",
        "*[a]: b\na\n\n",
        "==a==",
        "a~b~",
        "- [ ] a\n",
        ":::a\n",
        "<details>a\n\n",
        "<a b=",
        "</",
    ),
    *(
        "{: .a}\n",
        "a {: .b}\n\n",
        "{::a}",
        "{% a ",
        "{% raw %}",
        "{{ a }} ",
        "{{< a >}} ",
        "{{% a",
        " %%a\n\n",
        "{/* a ",
        "&#65;",
    ),
)


@pytest.mark.parametrize("jekyll", [None, Jekyll()], ids=["plain", "jekyll"])
@pytest.mark.parametrize("flood", FLOODS)
def test_floods_are_cleaned_in_steps_that_grow_no_faster_than_they_do(flood: str, jekyll: Jekyll | None) -> None:
    """How long the steps take is for `tests/bench/floods.py` to say: a regular expression is one step here."""
    settings = Settings(site=jekyll) if jekyll else Settings()
    number = max(800 // len(flood), 250)  # beyond the deepest nesting
    once, twice = (steps_of_cleaning(flood * times, settings) for times in (number, 2 * number))

    assert twice <= 2.2 * once


def steps_of_cleaning(text: str, settings: Settings) -> int:
    """Return how many functions are called, of Python's and of C's."""
    clean = BodyCleaner(settings, packaged_rules()).clean
    return count_calls(lambda: clean(Body(text, "", "", len(text))))


def test_body_that_fell_back_is_a_problem(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(body_cleaner, "clean", lambda *_, **__: Cleaned("<p></p>", "", fallback="too deep"))
    site.publish("2024-01-01-a.md")
    bodies(site)

    assert [str(problem) for problem in site.index.problems()] == ["2024-01-01-a.md: error: sanitized only: too deep"]


@pytest.mark.parametrize(
    ("base_url", "used"), [("", f"{UNKNOWN_BASE}/"), ("https://example.org", "https://example.org/")]
)
def test_bodies_are_cleaned_for_the_base_url_or_a_stand_in(
    monkeypatch: pytest.MonkeyPatch, base_url: str, used: str
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(body_cleaner, "clean", lambda *_, **options: asked.append(options["base_url"]))

    BodyCleaner(Settings(base_url=base_url), packaged_rules()).clean(Body("text", "", "", 4))

    assert asked == [used]


@pytest.mark.parametrize(
    "text", ["<div>\n\n    <p>A</p>\n\n</div>", "<p>A</p>\n\n    <p>B</p>\nC *d* `e`", "A *b*\n\n# C"]
)
def test_html_file_is_no_markdown(text: str) -> None:
    body = Body(text, "", "", len(text), is_html=True)

    html = BodyCleaner(Settings(), packaged_rules()).clean(body).html

    assert not [part for part in ("<code", "<em>", "<h1>", "&lt;") if part in html]


@pytest.mark.parametrize("is_enabled", [True, False])
def test_no_garbage_is_collected_while_a_body_is_cleaned(monkeypatch: pytest.MonkeyPatch, is_enabled: bool) -> None:  # noqa: FBT001
    asked: list[bool] = []
    monkeypatch.setattr(body_cleaner, "clean", lambda *_, **__: asked.append(gc.isenabled()))
    before = gc.isenabled()
    (gc.enable if is_enabled else gc.disable)()
    try:
        BodyCleaner(Settings(), packaged_rules()).clean(Body("text", "", "", 4))

        assert (asked, gc.isenabled()) == ([False], is_enabled)
    finally:
        (gc.enable if before else gc.disable)()


def test_garbage_is_collected_again_after_two_threads_have_cleaned(monkeypatch: pytest.MonkeyPatch) -> None:
    inside, may_end = threading.Barrier(2), threading.Event()

    def clean(*_: object, **__: object) -> str:
        inside.wait(BOUND)
        if threading.current_thread() is not threading.main_thread():
            may_end.wait(BOUND)
        return "clean"

    monkeypatch.setattr(body_cleaner, "clean", clean)
    cleaner = BodyCleaner(Settings(), packaged_rules())
    other = threading.Thread(target=cleaner.clean, args=(Body("text", "", "", 4),))
    other.start()
    cleaner.clean(Body("text", "", "", 4))
    assert not gc.isenabled()
    may_end.set()
    other.join(BOUND)
    assert gc.isenabled()


def test_bodies_for_another_base_url_are_others() -> None:
    settings = Settings()

    fingerprints = {make_cleaner(replace(settings, base_url=url)).fingerprint for url in ("", "https://example.org")}

    assert len(fingerprints) == 2


# --- hidden text ---------------------------------------------------------------------------------

SHAPES = {
    "Markdown": "Seen. {}\n\nMore.",
    "HTML": "<p>Seen. {}</p>",
    "flood": "Seen. {}\n\n" + "*a*\n" * 40_000,
    "too large": "Seen. {}\n\n" + "word " * 250_000,
    "first": "{}\n\nSeen.",
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize(
    "comment", ["{/* ![hush](/hush.png) */}", "{{< comment >}}hush ![](/hush.png){{< /comment >}}"]
)
def test_hidden_text_is_nowhere(site: Site, shape: str, comment: str) -> None:
    site.publish("2024-01-01-a.md", shape.format(comment))

    body = bodies(site).by_path["2024-01-01-a.md"]

    assert "Seen" in body.html
    assert not [part for part in (body.html, body.summary, body.image) if "hush" in part]


def test_hints_of_a_body_are_kept_with_it(site: Site) -> None:
    site.publish("2024-01-01-a.md", "Text. {% comment %} never closed")

    made, kept = bodies(site).by_path["2024-01-01-a.md"], bodies(site).by_path["2024-01-01-a.md"]

    assert made == kept
    assert [hint.text.partition(" in line ")[0] for hint in made.hints] == ["{% comment %}: opened"]
    assert [problem.message for problem in site.index.problems()] == [hint.text for hint in made.hints]


def test_hint_has_the_line_of_the_file_and_is_read_back_with_it(site: Site) -> None:
    text = "A post.\n\n![Lamp](https://a.example/1.jpg)\n\n<canvas id=chart></canvas>\n\n<canvas></canvas>"
    site.publish("2024-01-01-a.md", text)
    line = (site.posts / "2024-01-01-a.md").read_text("utf-8").split("\n").index("<canvas id=chart></canvas>") + 1

    bodies(site)

    assert [str(problem) for problem in site.index.problems()] == [
        f"2024-01-01-a.md:{line}: hint: canvas: left out, for only a script can draw it (2 times)"
    ]
