"""The tables of the index. A file with other tables is emptied and filled again."""

import hashlib
from dataclasses import dataclass, fields

from feedsvc.models import Post

EVERYTHING = 1  # id of the name that every post has
# `terms` has the order of feeds, so that a page is found by counting entries of one B-tree and reading no other.
_TABLES = """
CREATE TABLE meta (version INTEGER NOT NULL,
    modified INTEGER NOT NULL, -- in seconds: for dates of HTTP
    changed INTEGER NOT NULL, -- when it last did after the first time, in nanoseconds
    counted INTEGER NOT NULL, -- until when posts have been counted
    fingerprint TEXT NOT NULL, shown TEXT NOT NULL, scanned INTEGER NOT NULL, seconds REAL NOT NULL);
CREATE TABLE files (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE,
    stamp TEXT NOT NULL, -- size:modified:changed:inode:errno@expires
    published INTEGER NOT NULL, reason TEXT NOT NULL,
    basename INTEGER NOT NULL, -- the digest of it, 0 if there is no post
    revision INTEGER NOT NULL, -- changes with the post and with what its body refers to
    digest TEXT NOT NULL, -- of the content as it was read, '' if that is not known
    data TEXT NOT NULL); -- last: what is before it is read without it
CREATE TABLE texts (file INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE names (id INTEGER PRIMARY KEY, kind TEXT NOT NULL, name TEXT NOT NULL, folded TEXT NOT NULL,
    slug TEXT NOT NULL, latin TEXT NOT NULL, count INTEGER NOT NULL, -- of posts published until `counted`
    UNIQUE (kind, name));
CREATE TABLE terms (name INTEGER NOT NULL, published INTEGER NOT NULL, path TEXT NOT NULL, file INTEGER NOT NULL,
    PRIMARY KEY (name, published DESC, path {tie_order})) WITHOUT ROWID;
CREATE TABLE bodies (path TEXT PRIMARY KEY, key TEXT NOT NULL, html TEXT NOT NULL, summary TEXT NOT NULL,
    image TEXT NOT NULL, fallback TEXT NOT NULL, hints TEXT NOT NULL, duration INTEGER NOT NULL);
CREATE TABLE problems (path TEXT NOT NULL, line INTEGER NOT NULL, level TEXT NOT NULL, message TEXT NOT NULL);
CREATE TABLE attachments (path TEXT PRIMARY KEY, root INTEGER NOT NULL, name TEXT NOT NULL, stamp TEXT NOT NULL)
    WITHOUT ROWID;
CREATE TABLE sources (path TEXT PRIMARY KEY, stamp TEXT NOT NULL) WITHOUT ROWID; -- includes and data of a site
CREATE TABLE mentions (name TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (name, path)) WITHOUT ROWID;
CREATE TABLE refs (path TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL, found TEXT NOT NULL,
    size INTEGER NOT NULL, PRIMARY KEY (path, kind, name)) WITHOUT ROWID;
CREATE TABLE changes (kind TEXT NOT NULL, name TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (kind, name))
    WITHOUT ROWID;
CREATE TABLE told (target TEXT PRIMARY KEY, number INTEGER NOT NULL, at INTEGER NOT NULL, failures INTEGER NOT NULL,
    error TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO meta VALUES (0, 0, 0, 0, '', '', 0, 0);
INSERT INTO names VALUES (1, 'all', '', '', '', '', 0);
"""
# Made when an empty index has been filled: sorting all rows once costs less than a place for each.
_INDEXES = """
CREATE INDEX posts_by_name ON files (basename);
CREATE INDEX hidden_files ON files (path) WHERE reason <> '';
CREATE INDEX folded_names ON names (kind, folded, name);
CREATE INDEX slugs ON names (kind, slug, name);
CREATE INDEX latin_slugs ON names (kind, latin, name);
CREATE INDEX largest_names ON names (kind, count DESC, name);
CREATE INDEX hinted_bodies ON bodies (path) WHERE hints <> '';
CREATE INDEX sanitized_bodies ON bodies (path) WHERE fallback <> '';
CREATE INDEX problems_of_a_file ON problems (path);
CREATE INDEX attachments_by_name ON attachments (name);
CREATE INDEX mentions_of_a_post ON mentions (path);
CREATE INDEX refs_by_name ON refs (kind, name);
CREATE INDEX changes_by_number ON changes (number);
CREATE INDEX refs_to_files ON refs (found) WHERE kind LIKE 'file%';
"""
KEEP_BODY = "INSERT OR REPLACE INTO bodies VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_POST = " ".join(field.name for field in fields(Post))  # as `files.data` holds it
SCHEMA = hashlib.sha256(f"{_TABLES}{_INDEXES}{_POST}".encode()).hexdigest()[:8]
_DROP = "".join(
    f"DROP TABLE IF EXISTS {table};"
    for table in (
        *("meta", "files", "texts", "names", "terms", "bodies", "problems"),
        *("attachments", "sources", "mentions", "refs", "changes", "told"),
    )
)


@dataclass(frozen=True, slots=True)
class Layout:
    """What decides how an index is written: the settings posts are read and shown with, and which posts count.

    With `latest_path_first`, posts of the same time are in descending order of path. With `future`, posts count before
    they are due. `configured` is when the files of the settings were last modified, in nanoseconds since 1970.
    """

    reading: str
    shown: str = ""
    latest_path_first: bool = False
    future: bool = False
    configured: int = 0

    @property
    def tie_order(self) -> str:
        """Return the order of paths of posts of the same time, in SQL."""
        return "DESC" if self.latest_path_first else "ASC"

    @property
    def fingerprint(self) -> str:
        """Return what the stored fingerprint must be; a file with another one is emptied."""
        return f"{self.reading} {SCHEMA} {self.tie_order}"

    def statements(self) -> list[str]:
        """Return the statements that make empty tables in place of any others, without indexes."""
        return (_DROP + _TABLES.format(tie_order=self.tie_order)).split(";")

    def indexes(self) -> list[str]:
        """Return the statements that make the indexes of the tables, once these have been filled."""
        return _INDEXES.split(";")
