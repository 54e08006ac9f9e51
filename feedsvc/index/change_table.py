"""The table of changes: filled in the transaction of a scan, read by `notify`.

A change is a kind and a name: of a scope in which a post changed, or of one of the kinds below. Its number is higher
than those before it, so that a reader can ask for the changes after the last one it has seen.
"""

import sqlite3
import time
from collections.abc import Collection, Iterable

from feedsvc.index.records import to_post, to_terms
from feedsvc.index.schema import EVERYTHING

Change = tuple[str, str]

MAX_PLACES = 300  # of posts in one change; with more, everything counts as changed
MAX_CHANGES = 2_000  # kept; the place of older ones is taken by SITE
SITE: Change = ("site", "")  # settings, or any posts: everything may be another
MENU: Change = ("menu", "")  # the kinds of scopes that the menu of pages lists, or the languages that posts are in
POST, FILE = "post", "file"  # kinds: with the path of a post without its suffix, and the path of a file beside posts


def note_changes(connection: sqlite3.Connection, changes: Collection[Change]) -> None:
    """Note changes, in the transaction in which they are made."""
    if not changes:
        return
    ((last,),) = connection.execute("SELECT ifnull(max(number), 0) FROM changes")
    number = max(time.time_ns() // 1000, last + 1)
    kept = changes if len(changes) <= MAX_CHANGES else [SITE]
    connection.executemany("INSERT OR REPLACE INTO changes VALUES (?, ?, ?)", [(*change, number) for change in kept])
    oldest = connection.execute(
        "SELECT number FROM changes ORDER BY number DESC LIMIT 1 OFFSET ?", (MAX_CHANGES,)
    ).fetchone()
    if oldest:
        connection.execute("DELETE FROM changes WHERE number <= ? AND (kind, name) <> (?, ?)", (*oldest, *SITE))
        sql = "INSERT INTO changes VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET number = max(number, excluded.number)"
        connection.execute(sql, (*SITE, *oldest))


def changes_of_posts(connection: sqlite3.Connection, paths: Iterable[str]) -> set[Change]:
    """Return the changes of posts that are stored, given by their paths."""
    found: set[Change] = set()
    for path in paths:
        for (data,) in connection.execute("SELECT data FROM files WHERE path = ? AND data <> ''", (path,)):
            found |= {(POST, to_stem(path)), *to_terms(to_post(data))}
    return found


# Queries for the posts next to a place, in the order of feeds and in the opposite one.
_AROUND = tuple(
    f"SELECT path FROM terms WHERE name = {EVERYTHING} AND {where} LIMIT 1"  # noqa: S608 - constants
    for where in (
        "published = :published AND path < :path ORDER BY path DESC",
        "published = :published AND path > :path ORDER BY path",
        "published > :published ORDER BY published, path",
        "published > :published ORDER BY published, path DESC",
        "published < :published ORDER BY published DESC, path",
        "published < :published ORDER BY published DESC, path DESC",
    )
)


def changes_around(connection: sqlite3.Connection, places: Collection[tuple[int, str]]) -> set[Change]:
    """Return the changes of the posts next to some places, given by time of publication and path: they link there."""
    if len(places) > MAX_PLACES:
        return {SITE}
    named = [{"published": published, "path": path} for published, path in places]
    found = (row for place in named for sql in _AROUND for row in connection.execute(sql, place))
    return {(POST, to_stem(path)) for (path,) in found}


def to_stem(path: str) -> str:
    """Return the path of a post without its suffix."""
    return path.rpartition(".")[0]
