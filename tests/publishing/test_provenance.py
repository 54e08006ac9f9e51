"""Which posts count as taken from another site: by their original, their body and their folder, decided once."""

from dataclasses import replace
from pathlib import Path

import pytest

from feedsvc.cleaning import packaged_rules
from feedsvc.markup.html_blocks import is_html
from feedsvc.models import Body
from feedsvc.publishing.body_cleaner import BodyCleaner
from feedsvc.publishing.provenance import find_provenance
from feedsvc.settings import Scraped, Settings
from feedsvc.sites import GeneratorName, Jekyll, Site
from feedsvc.startup import make_cleaner

HTML, MARKDOWN = "<p>Text.</p>\n<p>More.</p>", "Text.\n\nMore."
ELSEWHERE = "https://news.example/a"
PLAIN = Settings(Path("posts"), base_url="https://harbor.example")
JEKYLL = replace(PLAIN, site=Jekyll(url="https://harbor.example"))
HUGO = replace(PLAIN, site=Site(GeneratorName.HUGO))


def is_scraped(text: str, original: str, settings: Settings) -> bool:
    return find_provenance(Body(text, "Title", original, len(text)), settings).scraped


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        pytest.param(HTML, PLAIN, id="HTML in a plain folder"),
        pytest.param(MARKDOWN, PLAIN, id="Markdown in a plain folder"),
        pytest.param(HTML, JEKYLL, id="HTML on a generator's site"),
        pytest.param(f"{HTML}\n<img src='a.png'>\n{HTML}", JEKYLL, id="HTML with a picture between blocks"),
        pytest.param(f"<!--1636564500000-->\n{HTML}", JEKYLL, id="HTML below a comment"),
        pytest.param(HTML, replace(PLAIN, base_url=""), id="site whose host is not known"),
    ],
)
def test_post_with_an_original_on_another_host_was_taken_from_there(text: str, settings: Settings) -> None:
    assert is_scraped(text, ELSEWHERE, settings)


@pytest.mark.parametrize(
    ("text", "original", "settings"),
    [
        pytest.param(HTML, "", PLAIN, id="no original"),
        pytest.param(HTML, "/2024/a/", PLAIN, id="a path"),
        pytest.param(MARKDOWN, ELSEWHERE, JEKYLL, id="Markdown on a generator's site, such as a link blog"),
        pytest.param(MARKDOWN, ELSEWHERE, HUGO, id="Markdown on another generator's site"),
        pytest.param(
            HTML, "https://a.example/", replace(HUGO, site_url="https://a.example/blog"), id="host of the site's URL"
        ),
        pytest.param(f"{HTML}\n\n{MARKDOWN}", ELSEWHERE, JEKYLL, id="Markdown that begins with HTML"),
        pytest.param(HTML, "https://harbor.example/a", PLAIN, id="host of the base URL"),
        pytest.param(HTML, "http://HARBOR.example:80/a", PLAIN, id="that host, written otherwise"),
        pytest.param(HTML, "https://www.harbor.example/a", PLAIN, id="with www"),
        pytest.param(
            HTML, "https://harbor.example/a", replace(PLAIN, base_url="https://feeds.harbor.example"), id="domain above"
        ),
        pytest.param(
            HTML,
            "https://harbor.example/a",
            replace(JEKYLL, base_url="https://feeds.example"),
            id="host of the generator's site",
        ),
    ],
)
def test_every_other_post_is_the_folders_own(text: str, original: str, settings: Settings) -> None:
    assert not is_scraped(text, original, settings)


@pytest.mark.parametrize("original", ["https://notharbor.example/", "https://example/", "https://harbor.example.org/"])
def test_similar_host_is_another(original: str) -> None:
    assert is_scraped(HTML, original, PLAIN)


def test_base_url_says_nothing_where_the_sites_own_url_is_known() -> None:
    assert is_scraped(HTML, "https://harbor.example/a", replace(PLAIN, site_url="https://blog.example"))


@pytest.mark.parametrize(("setting", "scraped"), [(Scraped.ALWAYS, True), (Scraped.NEVER, False)])
@pytest.mark.parametrize("original", ["", ELSEWHERE, "https://harbor.example/a"])
def test_setting_decides_for_all_posts(setting: Scraped, original: str, *, scraped: bool) -> None:
    assert is_scraped(HTML, original, replace(PLAIN, scraped=setting)) is scraped


def test_what_decides_is_part_of_the_cleaners_fingerprint() -> None:
    variants = [PLAIN, JEKYLL, *(replace(PLAIN, scraped=setting) for setting in (Scraped.ALWAYS, Scraped.NEVER))]

    assert len({make_cleaner(settings).fingerprint for settings in variants}) == len(variants)


def test_whether_a_body_is_html_is_found_out_once() -> None:
    is_html.cache_clear()

    BodyCleaner(Settings(site=Jekyll()), packaged_rules()).clean(Body("<pre>a</pre>\n\n" * 70_000, "", "", 1))

    assert is_html.cache_info().misses == 1
