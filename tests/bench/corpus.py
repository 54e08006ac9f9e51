"""Serve a large folder and hold every feed against what the posts say: `python tests/bench/corpus.py POSTS`.

Starts the service on an empty index, fetches every feed of everything, every tag, category and author in the three
formats, and compares ids and order with an index of its own, made with plain PyYAML. Prints times and what differs.
"""

import json
import re
import sys
import tempfile
import time
import unicodedata
import uuid
from collections import Counter, defaultdict
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree as ET

import feedparser
import yaml
from service import Service

FOLDERS = {"tags": "tags", "categories": "categories", "author": "authors"}
FORMATS = ("rss.xml", "atom.xml", "feed.json")
LIMIT = 20
PER_SCOPE = dict[str, list[tuple[float, str]]]


def read(path: Path) -> dict[str, Any] | None:
    text = path.read_text(encoding="utf-8")
    try:
        return dict(yaml.load(re.split("^---$", text, maxsplit=2, flags=re.MULTILINE)[1], yaml.CSafeLoader))
    except yaml.YAMLError:
        return None


def instant(value: object) -> float:
    moment = value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)  # type: ignore[attr-defined] # noqa: DTZ001
    assert isinstance(value, date)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def expect(posts: Path) -> tuple[dict[str, list[str]], list[str]]:
    """Return the ids each scope's first page must show, by the scope's path, and the files that cannot be read."""
    scopes: PER_SCOPE = defaultdict(list)
    broken = []
    for path in posts.iterdir():
        front = read(path)
        if front is None:
            broken.append(path.name)
            continue
        key = (-instant(front["date"]), path.name)
        scopes["/"].append(key)
        for field, folder in FOLDERS.items():
            names = front[field] if isinstance(front[field], list) else [front[field]]
            for name in names:
                cleaned = " ".join(unicodedata.normalize("NFC", str(name)).split())
                scopes[f"/{folder}/{quote(cleaned, safe='')}/"].append(key)
    return {scope: [entry_id(name) for _, name in sorted(keys)[:LIMIT]] for scope, keys in scopes.items()}, broken


def entry_id(name: str) -> str:
    return uuid.uuid5(uuid.uuid5(uuid.NAMESPACE_URL, "feedsvc"), unicodedata.normalize("NFC", name)).urn


def ids_in(body: bytes, name: str) -> list[str]:
    if name == "feed.json":
        return [item["id"] for item in json.loads(body)["items"]]
    ET.fromstring(body)  # feedparser forgives what is not well-formed
    return [entry.id for entry in feedparser.parse(body).entries]


def judge(work: tuple[bytes, str, list[str]]) -> str:
    body, name, expected = work
    try:
        found = ids_in(body, name)
    except (ValueError, ET.ParseError) as error:
        return f"not well-formed: {error}"
    return "" if found == expected else f"{len(found)} entries, other than the {len(expected)} expected"


def main() -> None:
    posts = Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index.sqlite"
        service = Service(posts, index)
        print(f"empty index to first feed: {service.wait():.2f} s")
        log = service.stop()
        service = Service(posts, index)
        print(f"restart to first feed: {service.wait():.2f} s")
        expected, broken = expect(posts)
        started = time.monotonic()
        fetched = [(scope, name, *service.get(scope + name)) for scope in expected for name in FORMATS]
        size = sum(len(body) for *_, body in fetched)
        print(f"{len(fetched):,} feeds, {size:,} bytes, cold: {time.monotonic() - started:.1f} s")
        started = time.monotonic()
        for scope, name, _, body in fetched:
            assert service.get(scope + name)[1] == body, f"{scope}{name}: other bytes the second time"
        print(f"the same again, all bytes equal: {time.monotonic() - started:.1f} s")
        print(f"memory of the processes, MB: {service.memory()}")
        print(f"statuses: {dict(Counter(status for _, _, status, _ in fetched))}")
        with ProcessPoolExecutor() as pool:
            works = [(body, name, expected[scope]) for scope, name, _, body in fetched]
            verdicts = list(pool.map(judge, works, chunksize=20))
        wrong = [
            f"{scope}{name}: {verdict}" for (scope, name, *_), verdict in zip(fetched, verdicts, strict=True) if verdict
        ]
        print(f"feeds that differ: {len(wrong)}", *wrong[:20], sep="\n  ")
        print(f"files plain PyYAML cannot read: {broken}")
        log += service.stop()
        print("log:", *[line for line in log.splitlines() if "INFO" not in line], sep="\n  ")


if __name__ == "__main__":
    main()
