"""The application: it keeps itself fresh where nothing else does, and starts nothing before a request."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

import feedsvc
from feedsvc.web import app as application

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site


pytestmark = pytest.mark.usefixtures("elsewhere")


def test_application_keeps_itself_fresh_from_its_first_request_on(site: Site, until: Callable[..., None]) -> None:
    site.write("2024-01-01-a.md", title="first")
    site.app = feedsvc.create_app(site.settings)

    until(lambda: "first" in site.get("/rss.xml").text)
    site.write("2024-01-02-b.md", title="second")

    until(lambda: "second" in site.get("/rss.xml").text)


def test_first_request_waits_until_a_few_posts_are_read(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(application, "FIRST_WAIT", 60.0)
    site.write("2024-01-01-a.md", title="first")
    site.app = feedsvc.create_app(site.settings)

    reply = site.get("/rss.xml")

    assert (reply.status, "<title>first</title>" in reply.text) == (200, True)


@pytest.mark.parametrize("target", ["/rss.xml", "/", "/posts/a/", "/readyz"])
def test_request_before_the_posts_are_read_is_told_to_come_back(
    site: Site, monkeypatch: pytest.MonkeyPatch, target: str
) -> None:
    monkeypatch.setattr(application, "FIRST_WAIT", 0.1)
    site.posts.rmdir()
    site.app = feedsvc.create_app(site.settings)

    reply = site.get(target)

    assert (reply.status, reply.headers["Retry-After"], reply.text) == (
        503,
        "2",
        "index: the posts have not been read yet; try again in a moment\n",
    )
    site.posts.mkdir()  # the watch outlives the test: it would tell of the missing folder in other tests' logs


def test_application_starts_one_watch_a_process(site: Site) -> None:
    site.app = feedsvc.create_app(site.settings)

    def watches() -> int:
        return sum(thread.name == "feedsvc-watch" for thread in threading.enumerate())

    before = watches()

    for _ in range(5):
        site.get("/healthz")

    assert watches() == before + 1


def test_application_that_was_not_asked_has_opened_nothing(site: Site) -> None:
    feedsvc.create_app(site.settings)

    assert list(site.posts.parent.glob("index*")) == []


def test_application_without_settings_takes_them_from_the_environment(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.publish(title="A")
    monkeypatch.setenv("FEEDSVC_POSTS", str(site.posts))
    monkeypatch.setenv("FEEDSVC_INDEX", str(site.settings.index))
    monkeypatch.setenv("FEEDSVC_TITLE", "From outside")

    site.app = feedsvc.create_app()  # as gunicorn makes it

    assert "From outside" in site.get("/rss.xml").text


def test_importing_the_package_imports_no_flask() -> None:
    script = "import sys, feedsvc.models, feedsvc.config; print('flask' in sys.modules)"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"


def test_libraries_that_few_sites_need_are_imported_when_they_are_needed() -> None:
    few = {"emoji", "imagesize", "liquid", "mutagen", "obstore", "text_unidecode"}
    script = f"import sys, feedsvc.keeper, feedsvc.workers; print(sorted({few} & {{*sys.modules}}))"

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


RESTARTED = """
import sys, pathlib
import feedsvc.commands.serve, feedsvc.server, feedsvc.workers
from datetime import UTC, datetime
from feedsvc.settings import Settings
from feedsvc.startup import make_cleaner, open_index
settings = Settings(posts=pathlib.Path(sys.argv[1]), index=pathlib.Path(sys.argv[2]))
index = open_index(settings)
app = feedsvc.workers.create_app(settings, index, make_cleaner(settings, index), lambda: datetime.now(UTC))
print(app.test_client().get(sys.argv[3]).status_code, *sorted({*sys.argv[4:]} & {*sys.modules}))
"""
LATER = ("bs4", "feedsvc.checks", "feedsvc.cleaning", "feedsvc.keeper", "feedsvc.posts.parser", "markdown_it", "rich")


def test_restarted_worker_loads_what_cleans_with_the_first_body_that_is_not_kept(site: Site) -> None:
    site.publish("2024-01-01-a.md", tags=["kept"])
    site.get("/rss.xml")
    site.publish("2024-01-02-b.md", tags=["new"])

    def load(path: str) -> list[str]:
        given = [str(site.posts), str(site.index.path), path, *LATER]
        return subprocess.check_output([sys.executable, "-c", RESTARTED, *given], text=True).split()

    assert load("/tags/kept/rss.xml") == ["200"]
    assert load("/tags/new/rss.xml") == ["200", "bs4", "feedsvc.cleaning", "markdown_it"]
