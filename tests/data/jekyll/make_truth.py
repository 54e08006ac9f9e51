"""Build the sites beside this file with real Jekyll and write what it made of them, as SITE.json for each folder SITE.

    python tests/data/jekyll/make_truth.py [OUT]

Needs Jekyll 4.3 and jekyll-feed 0.17 (Debian: `jekyll`, `ruby-jekyll-feed`). OUT is the folder to write to, by default
this one. A file holds `posts` (those not published with `"published": false` alone), `entries` (what jekyll-feed says
of a post, by id) and `feeds` (id, title and the ids of the entries in their order, by path).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).resolve().parent
ATOM = "{http://www.w3.org/2005/Atom}"
# `site.time`, which decides what is in the future, and dates a post whose front matter cannot be read.
BUILD_TIME = "2025-01-01 12:00:00 +0000"
BY_HAND = "by-hand.xml"  # a site's own template over `site.posts`
LISTING = """---
layout: null
---
[{% for post in site.posts %}{% unless forloop.first %},{% endunless %}{
"path": {{ post.path | jsonify }},
"url": {{ post.url | jsonify }},
"id": {{ post.id | jsonify }},
"absolute_url": {{ post.url | absolute_url | jsonify }},
"title": {{ post.title | jsonify }},
"date": {{ post.date | date_to_xmlschema | jsonify }},
"tags": {{ post.tags | jsonify }},
"categories": {{ post.categories | jsonify }}
}{% endfor %}]
"""


def main(out: Path) -> None:
    """Write the truth of every site to `out`."""
    for config in sorted(HERE.glob("*/_config.yml")):
        with TemporaryDirectory() as folder:
            source, built = Path(folder, "source"), Path(folder, "built")
            build(config.parent, source, built)
            text = to_text(to_truth(config.parent, built))
        (out / f"{config.parent.name}.json").write_text(text, encoding="utf-8")


def build(site: Path, source: Path, built: Path) -> None:
    """Run Jekyll on a copy of a site, to which a listing of its posts is added."""
    shutil.copytree(site, source)
    (source / "listing.json").write_text(LISTING, encoding="utf-8")
    extra = source / "_time.yml"
    extra.write_text(f"time: {BUILD_TIME}\n", encoding="utf-8")
    configs = f"{source / '_config.yml'},{extra}"
    # Ruby reads files in the locale's encoding; a site without `timezone` has the machine's.
    environment = os.environ | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}
    options = ("--source", source, "--destination", built, "--config", configs, "--disable-disk-cache", "--quiet")
    subprocess.run(["jekyll", "build", *options], env=environment, check=True)


def to_truth(site: Path, built: Path) -> dict[str, Any]:
    """Collect what Jekyll wrote about a site's posts and feeds."""
    posts = json.loads((built / "listing.json").read_text(encoding="utf-8"))
    hidden = sorted(set(files_of(site)) - {post["path"] for post in posts})
    feeds: dict[str, Any] = {}
    entries: dict[str, Any] = {}
    for path in sorted(built.rglob("*.xml")):
        name = path.relative_to(built).as_posix()
        root = ET.fromstring(repaired(path.read_text(encoding="utf-8")))
        found = [to_entry(entry) for entry in root.iter(f"{ATOM}entry")]
        ids = [entry.pop("id") for entry in found]
        feeds[name] = {"id": root.findtext(f"{ATOM}id"), "title": text_of(root, "title"), "entries": ids}
        if name != BY_HAND:
            for id_, entry in zip(ids, found, strict=True):
                if entries.setdefault(id_, entry) != entry:
                    raise ValueError(f"{site.name}: {name}: {id_!r}: two entries of one id")
    return {
        "posts": [*({**post, "published": True} for post in posts), *({"path": p, "published": False} for p in hidden)],
        "entries": entries,
        "feeds": feeds,
    }


def files_of(site: Path) -> Iterator[str]:
    """List the files in folders of posts and of drafts."""
    for path in site.rglob("*"):
        if path.is_file() and {"_posts", "_drafts"} & {*path.relative_to(site).parts}:
            yield path.relative_to(site).as_posix()


def repaired(text: str) -> str:
    """Escape `&` in addresses, which jekyll-feed 0.17 does not."""
    return re.sub("&(?![a-z]+;|#)", "&amp;", text)


def to_entry(entry: ET.Element) -> dict[str, Any]:
    """Read an entry of an Atom feed; texts of type `html` are left as they are."""
    link = entry.find(f"{ATOM}link")
    return {
        "id": text_of(entry, "id"),
        "link": link.get("href") if link is not None else None,
        "title": text_of(entry, "title"),
        "published": text_of(entry, "published"),
        "updated": text_of(entry, "updated"),
        "categories": [category.get("term") for category in entry.iter(f"{ATOM}category")],
        "author": [text_of(author, "name") for author in entry.iter(f"{ATOM}author")],
        "summary": text_of(entry, "summary"),
    }


def text_of(parent: ET.Element, name: str) -> str:
    """Return the text of a child element, "" where there is none."""
    return parent.findtext(f"{ATOM}{name}") or ""


def to_text(truth: dict[str, Any]) -> str:
    """Write a post, an entry and a feed on a line each, for differences to be read."""
    posts = ",\n".join(map(to_json, truth["posts"]))
    others = (
        f'"{key}": {{\n' + ",\n".join(f"{to_json(name)}: {to_json(row)}" for name, row in truth[key].items()) + "\n}"
        for key in ("entries", "feeds")
    )
    return "{\n" + ",\n".join((f'"posts": [\n{posts}\n]', *others)) + "\n}\n"


def to_json(value: object) -> str:
    """Write JSON in one line, every script as it is."""
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE)
