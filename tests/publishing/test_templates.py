"""Templates of a Jekyll site's posts: what they see of the site, and when their bodies are made again."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from conftest import Site

from feedsvc.cleaning import packaged_rules
from feedsvc.config import load_settings
from feedsvc.lookup import NoLookup
from feedsvc.markup.shortcodes import Shortcodes
from feedsvc.posts.post_file import body_of
from feedsvc.publishing.body_cleaner import BodyCleaner, BodyContext
from feedsvc.publishing.templates import template_inputs_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CONFIG = "url: https://ada.example\ntitle: Log\npermalink: pretty\nship: {masts: 3, fast: no}\n"


@pytest.fixture
def jekyll(tmp_path: Path) -> Callable[..., Site]:
    def make(posts: str = "", **files: str) -> Site:
        write(tmp_path / "site", {"_config.yml": CONFIG, **files})
        settings = load_settings({"posts": str(tmp_path / "site" / posts), "index": str(tmp_path / "index.sqlite")})
        site = Site(settings)
        site.scan()
        return site

    return make


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")
        os.utime(place, ns=(place.stat().st_atime_ns, place.stat().st_mtime_ns + len(text)))


def post(title: str, body: str, more: str = "") -> str:
    return f"---\ntitle: {title}\n{more}---\n{body}\n"


def bodies(site: Site) -> dict[str, str]:
    entries = json.loads(site.get("/feed.json").text)["items"]
    return {entry["title"]: str(entry["content_html"]) for entry in entries}


def test_templates_see_the_page_and_the_site(jekyll: Callable[..., Site]) -> None:
    body = (
        "{{ page.title }} {{ page.hero }} {{ page.n | plus: 1 }} {% if page.toc %}toc{% endif %}"
        "{{ site.ship.masts | times: 2 }}{% if site.ship.fast %}fast{% endif %}"
        " {{ page.url }} {{ page.date | date: '%F' }}"
    )
    more = "hero: /a.png\nn: 4\ntoc: no\n"
    site = jekyll(**{"_posts/2024-05-01-a.md": post("Sails", body, more)})

    assert bodies(site)["Sails"] == "<p>Sails /a.png 5 6 /2024/05/01/a/ 2024-05-01</p>"


@pytest.mark.parametrize(("value", "is_told"), [("True", True), ("False", False), ("FALSE", False), ("no", False)])
def test_what_ruby_reads_as_false_is_false(jekyll: Callable[..., Site], value: str, is_told: bool) -> None:  # noqa: FBT001
    body = "Tides{% if page.open %} and the code of the door{% endif %}."
    site = jekyll(**{"_posts/2024-05-01-a.md": post("Sails", body, f"open: {value}\n")})

    assert ("door" in bodies(site)["Sails"]) == is_told


@pytest.mark.parametrize("posts", ["", "_posts"])
def test_a_file_beside_the_post_is_included(jekyll: Callable[..., Site], posts: str) -> None:
    body = "{% include_relative parts/tides.md %} {% include_relative none.md %} {% include_relative ../_config.yml %}"
    site = jekyll(
        posts, **{"_posts/2024-05-01-a.md": post("Sails", body), "_posts/parts/tides.md": "high *{{ 1 | plus: 1 }}*"}
    )

    assert bodies(site)["Sails"] == "<p>high <em>2</em></p>"


def test_a_file_beside_the_post_is_read_again_with_the_next_change(jekyll: Callable[..., Site]) -> None:
    files = {"_posts/2024-05-01-a.md": post("Sails", "{% include_relative tides.md %}"), "_posts/tides.md": "high"}
    site = jekyll(**files)
    before = bodies(site)["Sails"]

    write(site.settings.posts, {"_posts/tides.md": "quite low", "_posts/2024-05-02-b.md": post("Oars", "x")})
    site.scan()

    assert (before, bodies(site)["Sails"]) == ("<p>high</p>", "<p>quite low</p>")


def test_posts_folder_below_the_site_uses_its_includes(jekyll: Callable[..., Site]) -> None:
    files = {"_includes/note.html": "<b>{{ include.text }}</b>", "_data/a/b.json": '{"x": [1, 2]}'}
    site = jekyll(
        "_posts",
        **files,
        **{"_posts/2024-05-01-a.md": post("A", '{% include note.html text="n" %} {{ site.data.a.b.x }}')},
    )

    assert bodies(site)["A"] == "<p><b>n</b> 12</p>"


@pytest.mark.parametrize(
    ("path", "text", "changed"),
    [
        ("_includes/note.html", "other", {"include"}),
        ("_includes/new.html", "new", {"missing"}),
        ("_data/ships.yml", "- Ada", {"data"}),
        ("_posts/2024-02-01-new.md", post("New", "x"), {"posts"}),
        ("_posts/2024-01-01-old.md", post("Old again", "x"), {"posts"}),
        ("_includes/unused.html", "u", set()),
    ],
)
def test_only_what_asked_is_made_again(jekyll: Callable[..., Site], path: str, text: str, changed: set[str]) -> None:
    site = jekyll(
        **{
            "_includes/note.html": "note",
            "_data/ships.yml": "- Eve",
            "_posts/2024-01-01-old.md": post("Old", "x"),
            "_posts/2024-05-01-a.md": post("include", "{% include note.html %}"),
            "_posts/2024-05-02-b.md": post("missing", "{% include new.html %}."),
            "_posts/2024-05-03-c.md": post("data", "{{ site.data.ships | first }}"),
            "_posts/2024-05-04-d.md": post("posts", "{% for p in site.posts %}{{ p.title }} {% endfor %}"),
        }
    )
    before, revisions = bodies(site), revisions_of(site)

    write(site.posts, {path: text})
    site.scan()
    after = bodies(site)

    assert {title for title in before if title in after and after[title] != before[title]} == changed
    touched = {title for title, revision in revisions_of(site).items() if revisions.get(title, revision) != revision}
    assert touched == changed


def revisions_of(site: Site) -> dict[str, tuple[int, ...]]:
    return {post.title: site.index.revisions([post]) for post in site.index.posts() if not post.title.startswith("Old")}


def test_page_knows_its_neighbors(jekyll: Callable[..., Site]) -> None:
    body = "{{ page.previous.title }}/{{ page.next.title }}"
    site = jekyll(
        **{f"_posts/2024-05-0{day}-a.md": post(str(day), body) for day in (1, 2, 3)},
    )

    assert bodies(site) == {"1": "<p>/2</p>", "2": "<p>1/3</p>", "3": "<p>2/</p>"}


def test_post_that_cannot_be_run_keeps_its_text_and_is_told(jekyll: Callable[..., Site]) -> None:
    site = jekyll(**{"_posts/2024-05-01-a.md": post("A", "First.\n\n{% if page.x %}\nsecond")})

    assert bodies(site)["A"] == "<p>First.</p><p>second</p>"
    hints = [str(problem) for problem in site.index.problems()]
    told = (
        "_posts/2024-05-01-a.md:6: hint: Liquid: {% if page.x %}: expected tag endif, found end of expression:"
        " the body is shown without running it"
    )
    assert hints == [told]


def test_fault_in_templates_costs_no_body(jekyll: Callable[..., Site]) -> None:
    class Broken(NoLookup):
        def site_posts(self) -> list[dict[str, object]]:
            raise RuntimeError("broken")

    site = jekyll(**{"_posts/2024-05-01-a.md": post("A", "x {{ site.posts.size }} y")})
    cleaner = BodyCleaner(site.settings, packaged_rules())
    (one,) = site.index.posts()
    body = body_of((site.posts / one.path).read_bytes(), site.settings.site, one)
    inputs = template_inputs_of(one, body, site.settings, Shortcodes(lookup=Broken()))

    cleaned = cleaner.clean(body, BodyContext(template_inputs=inputs))

    assert cleaned.html == "<p>x y</p>"
    assert ["broken" in hint.text for hint in cleaned.hints] == [True]


def test_link_out_of_the_includes_is_not_followed(jekyll: Callable[..., Site], tmp_path: Path) -> None:
    (tmp_path / "secret.html").write_text("SECRET", encoding="utf-8")
    (tmp_path / "site" / "_includes").mkdir(parents=True)
    (tmp_path / "site" / "_includes" / "out.html").symlink_to(tmp_path / "secret.html")

    site = jekyll(**{"_posts/2024-05-01-a.md": post("A", "a {% include out.html %}")})

    assert bodies(site)["A"] == "<p>a</p>"


def test_liquid_in_an_html_post_is_run(jekyll: Callable[..., Site]) -> None:
    site = jekyll(**{"_posts/2024-05-01-a.html": post("A", "<p>{{ page.title }} *x*</p>")})

    assert bodies(site)["A"] == "<p>A *x*</p>"
