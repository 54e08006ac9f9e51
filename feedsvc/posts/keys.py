"""Report front-matter keys that are repeated, misspelt, or without the value that was meant. Pure."""

from feedsvc.models import Level
from feedsvc.posts.metadata import SPELLINGS, Front
from feedsvc.posts.misspellings import find_meant_key
from feedsvc.posts.visibility import is_known

COMMENT = "empty, for a # after a blank begins a comment: put the value in quotes"


def report_keys(front: Front) -> None:
    """Report problems of the keys of a post's front matter."""
    for key, line in front.source.repeated.items():
        front.report(Level.HINT, key, "given more than once, and the last one counts: remove the others", line)
    for key, value in front.source.values.items():
        if value is None and front.source.is_comment(key):
            front.report(Level.HINT, key, COMMENT)
        meant = find_meant_key(key)
        if meant and (front.is_jekyll or not (key.lower() in SPELLINGS or is_known(key))):
            front.report(Level.HINT, key, f"unknown, so without effect: write {meant!r} if that is meant")
