"""Files without a date: pages, or posts whose date is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from conftest import Site

NO_DATE = "date: neither in the front matter nor in the file name, so not published"


def problems(site: Site) -> list[str]:
    site.scan()
    return [str(problem) for problem in site.index.problems()]


def test_pages_of_a_folder_are_one_hint(site: Site) -> None:
    for name in ("docs/use.md", "docs/install.md", "about.md", "posts/2024-05-01-a.md"):
        site.write(name)

    assert problems(site) == [
        ".: hint: 1 file without date, tags and draft, such as 'about.md': pages, not posts",
        "docs: hint: 2 files without date, tags and draft, such as 'install.md': pages, not posts",
    ]
    assert (site.index.count_pages(), site.index.count_problems()) == (3, 2)


def test_file_without_a_date_beside_posts_is_an_error(site: Site) -> None:
    site.write("posts/2024-05-01-a.md")
    site.write("posts/b.md")

    assert problems(site) == [f"posts/b.md: error: {NO_DATE}"]
    assert site.index.count_pages() == 0


@pytest.mark.parametrize(
    ("posts", "undated", "pages"), [(1, 1, 0), (1, 3, 0), (1, 4, 4), (2, 6, 0), (2, 7, 7), (0, 1, 1)]
)
def test_files_without_a_date_are_pages_where_few_posts_are_beside_them(
    site: Site, posts: int, undated: int, pages: int
) -> None:
    for number in range(posts):
        site.write(f"a/2024-05-0{number + 1}-x.md")
    for number in range(undated):
        site.write(f"a/page-{number}.md")

    assert len(problems(site)) == (1 if pages else undated)
    assert site.index.count_pages() == pages


@pytest.mark.parametrize("front", [{"tags": ["x"]}, {"draft": False}, {"keywords": "x"}])
def test_file_with_what_only_posts_have_is_an_error(site: Site, front: dict[str, object]) -> None:
    site.write("docs/a.md", **front)

    assert problems(site) == [f"docs/a.md: error: {NO_DATE}"]


def test_post_that_lost_its_date_stays_and_is_an_error(site: Site) -> None:
    site.publish("posts/a.md", date="2024-05-01")
    site.write("posts/a.md")

    assert problems(site) == [f"posts/a.md: error: {NO_DATE}"]
    assert site.index.count() == 1


def test_readme_beside_posts_is_a_hint(site: Site) -> None:
    site.write("2024-05-01-a.md")
    site.write("README.md")

    assert problems(site) == ["README.md: hint: no date, and the name of a page: no post"]
