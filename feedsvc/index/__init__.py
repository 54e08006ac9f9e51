"""What the folder held at the last scan, in one SQLite file: derived and disposable."""
