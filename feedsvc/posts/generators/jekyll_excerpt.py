"""Excerpts of a Jekyll site's posts: which posts show no more, and where one ends.

Pure; the rules are those of Jekyll 4.3 (Excerpt, Document) and of jekyll-feed.
"""

import re
from collections.abc import Mapping
from typing import Any

from feedsvc.posts.generators.jekyll import with_defaults
from feedsvc.posts.generators.values import is_given, to_mapping
from feedsvc.sites import Jekyll

_LINK_DEFINITION = re.compile(r"^ {0,3}\[[^\]\n]+\]:.+$", re.MULTILINE)


def is_excerpt_only(values: Mapping[str, Any], jekyll: Jekyll) -> bool:
    """Return True if jekyll-feed shows a post's excerpt alone; a post's own false has no effect there."""
    return is_given(to_mapping(values.get("feed")).get("excerpt_only")) or jekyll.excerpt_only


def excerpt_separator_of(values: Mapping[str, Any], path: str, jekyll: Jekyll) -> str:
    """Return the text that ends a post's excerpt; with "" it has none (Document#excerpt_separator)."""
    separator = with_defaults(values, path, jekyll).get("excerpt_separator")
    return jekyll.excerpt_separator if separator is None else str(separator)


def excerpt_of(body: str, separator: str) -> str:
    """Return the part of a body before a separator, with the link definitions after it (Excerpt#extract_excerpt)."""
    head, _, tail = body.lstrip("\n").partition(separator) if separator else ("", "", "")
    return "\n".join((head, "", *_LINK_DEFINITION.findall(tail)))
