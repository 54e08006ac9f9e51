"""URLs of links: which are made absolute, shortened to their target, or dropped."""

import pytest

from feedsvc import cleaning
from feedsvc.cleaning import urls


def clean(html: str) -> str:
    return cleaning.clean(html, original="https://example.org/a/post").html


def test_relative_urls_are_resolved_against_the_site_without_an_original() -> None:
    cleaned = cleaning.clean('<p><a href="/x">x</a></p>', base_url="https://site.example/blog/")

    assert cleaned.html == '<p><a href="https://site.example/x">x</a></p>'


def test_relative_urls_stay_where_nothing_is_known() -> None:
    assert (
        cleaning.clean('<p><img src="/x.png"><a href="y">y</a></p>').html
        == '<p><img src="/x.png"><a href="y">y</a></p>'
    )


@pytest.mark.parametrize(
    "url",
    [
        "javascript:x()",
        "java\nscript:x()",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "http://",
        "http://a b>c/",
    ],
)
def test_url_that_cannot_be_used_leaves_the_text(url: str) -> None:
    assert clean(f'<p><a href="{url}">x</a></p>') == "<p>x</p>"


def test_redirectors_in_redirectors_are_followed() -> None:
    inner = "https%253A%252F%252Fexample.com%252F"
    href = f"https://link.zhihu.com/?target=https%3A%2F%2Fwww.google.com%2Furl%3Fq%3D{inner}"

    assert clean(f'<p><a href="{href}">x</a></p>') == '<p><a href="https://example.com/">x</a></p>'


def test_redirector_to_something_unsafe_is_left_alone() -> None:
    html = '<p><a href="https://www.google.com/url?q=javascript:x">x</a></p>'

    assert clean(html) == html


def test_slashes_too_many_before_a_host_are_taken_off() -> None:
    html = '<p><img src="https:////a.example/b//c.png"><a href="HTTP:///a.example/">x</a></p>'

    assert clean(html) == '<p><img src="https://a.example/b//c.png"><a href="http://a.example/">x</a></p>'


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://user:word@a.example:8443/x", "https://user:word@a.example:8443/x"),
        ("https://a.example/新/?q=[x]", "https://a.example/新/?q=[x]"),
        ("https://evil.example\\@a.example/", "https://evil.example/@a.example/"),
        ("https:\\\\a.example\\x", "https://a.example/x"),
        ("\\\\a.example/x", "https://a.example/x"),
        ("/\\a.example/x", "https://a.example/x"),
        ("https://faß.example/", "https://xn--fa-hia.example/"),
        ("https://a@b@c.example/", "https://a%40b@c.example/"),
    ],
)
def test_link_leads_to_the_host_a_browser_finds(written: str, kept: str) -> None:
    link = f'<p><a href="{kept}">x</a></p>'

    assert cleaning.clean(link.replace(kept, written), original="https://post.example/1").html == link


def test_url_the_standard_library_cannot_split_is_dropped() -> None:
    assert clean('<p><a href="http://[x/">x</a><img src="http://[x/"></p>') == "<p>x</p>"


@pytest.mark.parametrize(
    ("url", "resolved"),
    [
        ("images\\pier.png", "https://a.example/x/images/pier.png"),
        (".%5Cimages%5Ccat.png", "https://a.example/x/images/cat.png"),
        ("..\\cat.png?a=b%5Cc#d%5C", "https://a.example/cat.png?a=b%5Cc#d%5C"),
        ("%5C%5Cevil.example%5Ccat.png", "https://a.example/evil.example/cat.png"),
        ("/%5Cevil.example/cat.png", "https://a.example/evil.example/cat.png"),
        ("https://b.example/a%5Cb.png", "https://b.example/a%5Cb.png"),
        ("C:\\pictures\\cat.png", ""),
    ],
)
def test_backslash_of_a_path_that_windows_wrote_is_a_slash(url: str, resolved: str) -> None:
    assert urls.resolve(url, "https://a.example/x/") == resolved
