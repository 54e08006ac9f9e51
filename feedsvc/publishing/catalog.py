"""The scopes and posts that are published now: scopes by kind, the posts next to one."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from feedsvc.errors import NotFound
from feedsvc.index.queries import Index
from feedsvc.models import Post, Scope, ScopeKind, ScopeSummary
from feedsvc.names import FOLDERS, MAX_LANGUAGES
from feedsvc.posts.paths import translations_of
from feedsvc.publishing.listings import TIME_WITHOUT_POSTS
from feedsvc.publishing.state import StateReader
from feedsvc.sites import Site

MAX_ON_LIST = 200  # scopes on a page of the list of all of a kind


@dataclass(frozen=True, slots=True)
class ScopeList:
    """Some scopes of a kind, and the number of all there are."""

    kind: ScopeKind
    summaries: tuple[ScopeSummary, ...]
    count: int

    @property
    def page_count(self) -> int:
        """Return the number of pages of the list of all."""
        return -(-self.count // MAX_ON_LIST)


@dataclass(frozen=True, slots=True)
class PostLinks:
    """The posts that the page of a post links to: its translations, and those next to it.

    `stems` are the paths without suffix at which there may be translations.
    """

    translations: tuple[Post, ...]
    newer: Post | None
    older: Post | None
    stems: tuple[str, ...] = ()


class Catalog:
    """Lists what is published, as of now."""

    def __init__(self, index: Index, states: StateReader) -> None:
        self._index = index
        self._states = states

    def scopes(self) -> list[Scope]:
        """Return every scope that has a post and is listed; without any post the scope of all posts."""
        return [summary.scope for summary in self._index.scopes(self._states.cutoff())] or [Scope()]

    def largest(self, kind: ScopeKind, limit: int) -> ScopeList:
        """Return the `limit` scopes of a kind with the most posts, by name."""
        cutoff = self._states.cutoff()
        with self._index.snapshot():
            count = self._index.count_scopes(cutoff, kind)
            return ScopeList(kind, tuple(self._index.largest_scopes(kind, cutoff, limit) if count else ()), count)

    def kinds(self) -> tuple[ScopeKind, ...]:
        """Return the kinds of scopes that are listed."""
        cutoff = self._states.cutoff()
        folders = FOLDERS.values()
        return tuple(one.kind for one in folders if self._index.has_scopes(one.kind, cutoff, one.min_listed))

    def list_page(self, kind: ScopeKind, number: int, *, by_count: bool = False) -> ScopeList:
        """Return the scopes on a page of the list of all scopes of a kind, by name or the largest first.

        Raise NotFound past the end.
        """
        cutoff = self._states.cutoff()
        with self._index.snapshot():
            count = self._index.count_scopes(cutoff, kind)
            found = self._index.scopes_of_kind(kind, cutoff, (number - 1) * MAX_ON_LIST, MAX_ON_LIST, by_count=by_count)
            if not found or not count:
                raise NotFound("no such page" if number == 1 else "page: past the end")
            return ScopeList(kind, tuple(found), count)

    def count_list_pages(self, kind: ScopeKind) -> int:
        """Return the number of pages of the list of all scopes of a kind."""
        return self.largest(kind, 0).page_count

    def links_of(self, post: Post, site: Site) -> PostLinks:
        """Return what the page of a post shows of others."""
        languages = [one.scope.name for one in self.largest(ScopeKind.LANGUAGE, MAX_LANGUAGES).summaries]
        stems = translations_of(post.path, languages, site) if languages and post.language else ()
        alone = None, None  # a post that is apart is not among all posts
        newer, older = alone if post.is_apart else self._index.neighbors(post, self._states.cutoff())
        return PostLinks(tuple(self._translations(post, stems)), newer, older, stems)

    def _translations(self, post: Post, stems: Iterable[str]) -> list[Post]:
        """Return the post and its translations by language; none without any."""
        cutoff = self._states.cutoff()
        others = filter(None, (self._index.post(stem, cutoff) for stem in stems))
        by_language = {other.language: other for other in (*others, post) if other.language}
        return [by_language[language] for language in sorted(by_language)] if len(by_language) > 1 else []

    def summary(self, scope: Scope) -> ScopeSummary:
        """Return the summary of one scope, whether it has a post or not."""
        return self._index.summary(scope, self._states.cutoff()) or ScopeSummary(scope, 0, TIME_WITHOUT_POSTS)

    def paths(self) -> Iterator[str]:
        """Return the path of every post that is published."""
        cutoff = self._states.cutoff()
        return (post.path for post in self._index.posts() if post.published <= cutoff)
