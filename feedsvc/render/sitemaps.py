"""URLs as a sitemap, and sitemaps as an index of them: https://www.sitemaps.org/protocol.html. Pure."""

from collections.abc import Iterable
from datetime import datetime

SITEMAP_TYPE = "application/xml; charset=utf-8"
MAX_URLS = 10_000  # of one sitemap; the protocol allows five times as many, which take longer than a request should
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
_NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def to_sitemap(urls: Iterable[tuple[str, datetime]]) -> bytes:
    """Write a sitemap of absolute URLs, each with the time of its last change."""
    rows = (f"<url><loc>{_to_xml(url)}</loc><lastmod>{_to_w3c(changed)}</lastmod></url>\n" for url, changed in urls)
    return f"{_HEAD}<urlset {_NAMESPACE}>\n{''.join(rows)}</urlset>\n".encode()


def to_sitemap_index(urls: Iterable[str]) -> bytes:
    """Write the index of several sitemaps by their URLs.

    It has no times of change: crawlers skip a sitemap that seems to be unchanged.
    """
    rows = (f"<sitemap><loc>{_to_xml(url)}</loc></sitemap>\n" for url in urls)
    return f"{_HEAD}<sitemapindex {_NAMESPACE}>\n{''.join(rows)}</sitemapindex>\n".encode()


def _to_xml(url: str) -> str:
    """Return a URI as XML: of the characters that XML reserves, it can have but one."""
    return url.replace("&", "&amp;")


def _to_w3c(moment: datetime) -> str:
    """Return a time as https://www.w3.org/TR/NOTE-datetime has it."""
    return moment.isoformat(timespec="seconds")
