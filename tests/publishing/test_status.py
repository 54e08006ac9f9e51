"""Counts of what the index holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Site


def test_status_counts_posts_feeds_and_problems(site: Site) -> None:
    site.write("undated.md")
    site.publish(tags=["a", "b"])

    status = site.publisher.status.read()
    assert (status.posts, status.feeds, status.problems) == (1, 3, 1)


def test_status_of_an_empty_folder_counts_nothing(site: Site) -> None:
    site.scan()

    status = site.publisher.status.read()
    assert (status.posts, status.feeds, status.problems) == (0, 0, 0)
