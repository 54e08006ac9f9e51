"""The tables of the index. A file with other tables is emptied and filled again."""

import hashlib

TABLES = """
CREATE TABLE meta (version INTEGER NOT NULL, changed INTEGER NOT NULL, fingerprint TEXT NOT NULL,
    shown TEXT NOT NULL, scanned INTEGER NOT NULL, seconds REAL NOT NULL);
CREATE TABLE files (id INTEGER PRIMARY KEY, path TEXT NOT NULL UNIQUE,
    stamp TEXT NOT NULL, -- size:modified:changed:inode:errno@expires
    published INTEGER NOT NULL, data TEXT NOT NULL, reason TEXT NOT NULL);
CREATE INDEX hidden_files ON files (path) WHERE reason <> '';
CREATE TABLE texts (file INTEGER PRIMARY KEY, text TEXT NOT NULL);
CREATE TABLE terms (kind TEXT NOT NULL, name TEXT NOT NULL, published INTEGER NOT NULL, size INTEGER NOT NULL,
    file INTEGER NOT NULL, PRIMARY KEY (kind, name, published DESC, size, file)) WITHOUT ROWID;
CREATE TABLE bodies (path TEXT PRIMARY KEY, key TEXT NOT NULL, html TEXT NOT NULL, summary TEXT NOT NULL,
    image TEXT NOT NULL, fallback TEXT NOT NULL, hints TEXT NOT NULL);
CREATE INDEX hinted_bodies ON bodies (path) WHERE hints <> '';
CREATE TABLE problems (path TEXT NOT NULL, line INTEGER NOT NULL, level TEXT NOT NULL, message TEXT NOT NULL);
CREATE INDEX problems_of_a_file ON problems (path);
"""
KEEP_BODY = "INSERT OR REPLACE INTO bodies VALUES (?, ?, ?, ?, ?, ?, ?)"
SCHEMA = hashlib.sha256(TABLES.encode()).hexdigest()[:8]
DROP = "".join(f"DROP TABLE IF EXISTS {table};" for table in ("meta", "files", "texts", "terms", "bodies", "problems"))
