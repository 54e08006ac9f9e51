"""The index: what the posts folder held at the last scan, in one SQLite file, derived and disposable."""
