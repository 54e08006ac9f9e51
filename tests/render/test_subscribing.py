"""The address of a feed as people read it, and links into feed readers."""

from urllib.parse import quote

import pytest

from feedsvc.render.subscribing import reader_links, to_readable_url, with_token


@pytest.mark.parametrize(
    ("path", "readable"),
    [
        (quote("/tags/联合早报/rss.xml"), "/tags/联合早报/rss.xml"),
        ("/tags/caf%C3%A9/", "/tags/café/"),
        ("/tags/web%20dev/", "/tags/web%20dev/"),
        ("/tags/a%2Fb%3F%23/", "/tags/a%2Fb%3F%23/"),
        ("/tags/%FF%E8/", "/tags/%FF%E8/"),
        (quote("/tags/a\u202eb/"), quote("/tags/a\u202eb/")),
        ("/rss.xml?tag=%E8%8C%B6", "/rss.xml?tag=茶"),
    ],
)
def test_url_is_shown_with_the_letters_it_stands_for(path: str, readable: str) -> None:
    assert to_readable_url(f"https://example.org{path}") == f"https://example.org{readable}"


@pytest.mark.parametrize(
    ("url", "private"),
    [("https://a/rss.xml", "https://a/rss.xml?token=a%26b"), ("https://a/?q=x", "https://a/?q=x&token=a%26b")],
)
def test_private_url_has_the_token(url: str, private: str) -> None:
    assert (with_token(url, "a&b"), with_token(url, "")) == (private, url)


def test_readers_get_the_whole_url_escaped() -> None:
    links = dict(reader_links("https://a.example/rss.xml?tag=%E8&x=1", "https://m.example/sub"))

    assert list(links) == ["Miniflux", "Feedly", "Inoreader", "NewsBlur", "The Old Reader"]
    assert (
        links["Miniflux"]
        == "https://m.example/sub/bookmarklet?uri=https%3A%2F%2Fa.example%2Frss.xml%3Ftag%3D%25E8%26x%3D1"
    )
    assert links["Feedly"].startswith("https://feedly.com/i/subscription/feed%2Fhttps%3A%2F%2Fa.example%2F")


@pytest.mark.parametrize(
    "host",
    [
        "localhost:8000",
        "127.0.0.1:8000",
        "[::1]:8000",
        "192.168.1.7",
        "10.0.0.1",
        "nas",
        "nas.local",
        "a.test",
        "x.lan",
    ],
)
def test_readers_on_the_web_are_not_offered_what_they_cannot_reach(host: str) -> None:
    assert [name for name, _ in reader_links(f"http://{host}/rss.xml", "http://nas:8080")] == ["Miniflux"]


@pytest.mark.parametrize("host", ["example.org", "93.184.215.14", "blog.example.co.uk:8443"])
def test_readers_on_the_web_are_offered_where_they_can_reach_the_feed(host: str) -> None:
    assert len(reader_links(f"http://{host}/rss.xml", "")) == 4
