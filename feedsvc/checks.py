"""What `feedsvc check` finds by comparing posts: the same page, permalink or id twice, a name in two spellings.

Posts and scopes in, Problems out; and Problems as lines for people, programs and GitHub. Pure.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from pathlib import PurePath

from feedsvc.errors import ALL_UNDATED
from feedsvc.models import HiddenPost, Level, Post, Problem, Scope, ScopeKind, ScopeSummary
from feedsvc.names import fold, labels_of
from feedsvc.podcast_settings import Show
from feedsvc.posts.generators.table import describe_site, is_plain
from feedsvc.publishing.ids import entry_id
from feedsvc.publishing.link_targets import is_beside_post, pictures_of, to_file_paths
from feedsvc.publishing.routing import post_path_of
from feedsvc.settings import Settings, site_author
from feedsvc.sites import GeneratorName
from feedsvc.text import format_count, to_printable

# What no two posts may share, and how to tell them apart; for each post only the first in this order is reported.
_OWN: Mapping[str, tuple[Callable[[Post, Settings], str], str]] = {
    "page": (lambda post, _: post_path_of(post.path), "rename one of them"),
    "permalink": (lambda post, _: post.url, "give one another `slug` or `permalink`"),
    "id": (entry_id, "give one another `guid`, on a Jekyll site another `slug`"),
}


def compare(posts: Iterable[Post], scopes: Iterable[ScopeSummary], settings: Settings) -> Iterator[Problem]:
    """Yield the problems of posts, in order of path: what two of them share and must not, names in a rare spelling.

    The last one names the settings that a podcast lacks.
    """
    taken: dict[tuple[str, str], str] = {}
    odd = _odd_spellings(scopes)
    episodes = count = 0
    for post in posts:
        count += 1
        episodes += post.episode is not None
        clashes = [*_clashes(post, settings, taken)]
        yield from (Problem(post.path, 0, Level.ERROR, message) for message in clashes[:1])
        named = [odd.pop(scope) for scope in labels_of(post) if scope in odd]
        yield from (Problem(post.path, 0, Level.HINT, message) for message in named)
    if episodes and (settings.podcast != Show() or episodes * 2 >= count):
        yield from _check_podcast(settings, episodes)


def find_missing_pictures(settings: Settings, is_here: Callable[[str], bool]) -> Iterator[Problem]:
    """Yield a hint for each setting that names a picture beside posts which does not exist."""
    for name, path in pictures_of(settings).items():
        if not is_here(path):
            yield Problem(".", 0, Level.HINT, f"{name}: {path!r}: no such file in the posts folder")


def find_missing_enclosures(
    posts: Iterable[Post], settings: Settings, is_here: Callable[[str], bool], line_of: Callable[[Post, str], int]
) -> Iterator[Problem]:
    """Yield a hint for each post whose enclosed file does not exist, so that feeds leave it out."""
    for post in posts:
        url = post.enclosure.url if post.enclosure else ""
        if is_beside_post(url) and not any(map(is_here, to_file_paths(url, post.path, settings.site))):
            yield Problem(post.path, line_of(post, url), Level.HINT, f"{to_printable(url)}: no such file")


def find_undated(posts: int, pages: int) -> Iterator[Problem]:
    """Yield a hint on a folder whose files all lack a date."""
    if pages and not posts:
        yield Problem(".", 0, Level.HINT, ALL_UNDATED)


def _check_podcast(settings: Settings, episodes: int) -> Iterator[Problem]:
    """Yield a hint on the settings that podcast directories require and that are missing."""
    show = settings.podcast
    required = {
        "language": settings.language,
        "podcast.image": show.image or settings.logo or settings.icon,
        "podcast.category": show.categories,
        "podcast.email": show.email or site_author(settings).email,
    }
    if missing := [name for name, value in required.items() if not value]:
        count = format_count(episodes, "post")
        message = f"podcast: {count} with sound or film, and directories need {', '.join(missing)}"
        yield Problem(".", 0, Level.HINT, message)


def _clashes(post: Post, settings: Settings, taken: dict[tuple[str, str], str]) -> Iterator[str]:
    for what, (value_of, remedy) in _OWN.items():
        value = value_of(post, settings)
        first = taken.setdefault((what, value or post.path), post.path)
        if first != post.path:
            yield f"{what}: {value!r} is that of {first!r} too: {remedy}"


def _odd_spellings(scopes: Iterable[ScopeSummary]) -> dict[Scope, str]:
    """Return a message for each scope that differs from a more frequent one by case or compatibility forms only."""
    usual: dict[tuple[ScopeKind, str], ScopeSummary] = {}
    odd = {}
    for one in sorted(scopes, key=lambda summary: -summary.count):
        first = usual.setdefault((one.scope.kind, fold(one.scope.name)), one)
        if first is not one:
            odd[one.scope] = (
                f"{one.scope.kind}: {one.scope.name!r} (posts: {one.count:,}) has other feeds than"
                f" {first.scope.name!r} (posts: {first.count:,}): use one spelling"
            )
    return odd


def describe_folder(settings: Settings, posts: int, pages: int, unread: Iterable[str]) -> str:
    """Return which kind of site the posts folder was recognized as and why, and how many files of each kind it has.

    `unread` are phrases about files that are not read.
    """
    kind = "a folder of posts, of no generator that is known"
    if settings.generator is GeneratorName.PLAIN:
        kind = "a folder of posts, by the setting generator"
    elif not is_plain(settings.site):
        kind = f"{describe_site(settings.site)}, by {settings.site.reason or 'the setting generator'}"
    counted = [format_count(posts, "post"), *([format_count(pages, "page")] if pages else []), *unread]
    return f"{settings.posts}: {kind}: {', '.join(counted)}"


# --- written out ---------------------------------------------------------------------------------


def _to_json(problems: Iterable[Problem], _: PurePath) -> Iterator[str]:
    yield json.dumps([asdict(problem) for problem in problems], ensure_ascii=False, indent=1)


def _to_github(problems: Iterable[Problem], folder: PurePath) -> Iterator[str]:
    """Write workflow commands; GitHub looks for files from the root of the repository.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    for problem in problems:
        command = "error" if problem.level is Level.ERROR else "warning"
        yield _to_command(command, folder / problem.path, problem.line, problem.message)


def _to_command(command: str, path: PurePath, line: int, message: str) -> str:
    place = f"file={str(path).translate(_IN_PROPERTIES)}" + (f",line={line}" if line else "")
    return f"::{command} {place}::{message.translate(_IN_MESSAGES)}"


def _hidden_to_json(hidden: Iterable[HiddenPost], _: PurePath) -> Iterator[str]:
    yield json.dumps([asdict(post) for post in hidden], ensure_ascii=False, indent=1)


def _hidden_to_github(hidden: Iterable[HiddenPost], folder: PurePath) -> Iterator[str]:
    return (_to_command("notice", folder / post.path, 0, f"hidden: {post.reason}") for post in hidden)


_IN_MESSAGES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTIES = _IN_MESSAGES | str.maketrans({":": "%3A", ",": "%2C"})

PROBLEM_FORMATS: Mapping[str, Callable[[Iterable[Problem], PurePath], Iterable[str]]] = {
    "text": lambda problems, _: map(str, problems),
    "json": _to_json,
    "github": _to_github,
}
"""How problems are written, line by line; each takes the posts folder as well."""

HIDDEN_FORMATS: Mapping[str, Callable[[Iterable[HiddenPost], PurePath], Iterable[str]]] = {
    "text": lambda hidden, _: map(str, hidden),
    "json": _hidden_to_json,
    "github": _hidden_to_github,
}
"""How posts that are left out are written."""
