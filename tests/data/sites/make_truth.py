"""What a generator's own feeds say, as JSON: `make_truth.py BUILT PATH... > SITE.json`.

BUILT is the folder that the generator wrote, each PATH a feed in it. The sites were built with Hugo 0.168, Hexo 8 with
hexo-generator-feed 4, Pelican 4.12, Eleventy 3 with its RSS plugin 2 and Astro 5 with @astrojs/rss 4; what Zola makes
was written by hand, after its documentation.
"""

import json
import sys
from email.utils import parsedate_to_datetime
from pathlib import Path

from lxml import etree

ATOM = "{http://www.w3.org/2005/Atom}"


def entries_of(feed: Path) -> list[dict[str, object]]:
    """Return the entries of a feed in their order: id, link, title, publication date, and names of any kind."""
    root = etree.parse(feed).getroot()
    if root.tag == f"{ATOM}feed":
        return [atom_entry(entry) for entry in root.iter(f"{ATOM}entry")]
    return [rss_item(item) for item in root.iter("item")]


def atom_entry(entry: etree._Element) -> dict[str, object]:
    link = entry.find(f"{ATOM}link").get("href")
    published = entry.findtext(f"{ATOM}published") or entry.findtext(f"{ATOM}updated")
    names = sorted(category.get("term") for category in entry.iter(f"{ATOM}category"))
    return {"id": entry.findtext(f"{ATOM}id"), "link": link, "title": entry.findtext(f"{ATOM}title"),
            "published": published, "names": names}  # fmt: skip


def rss_item(item: etree._Element) -> dict[str, object]:
    published = parsedate_to_datetime(item.findtext("pubDate")).isoformat()
    names = sorted(category.text or "" for category in item.iter("category"))
    return {"id": item.findtext("guid"), "link": item.findtext("link"), "title": item.findtext("title"),
            "published": published, "names": names}  # fmt: skip


if __name__ == "__main__":
    built, *paths = sys.argv[1:]
    feeds = {f"/{path}": entries_of(Path(built) / path) for path in paths}
    json.dump(feeds, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
