"""Jekyll: how its sites are recognized, and what it makes of a post: front matter, URL and id. Pure.

The rules for files and keys are in `jekyll`, for `_config.yml` in `jekyll_config`.
"""

from dataclasses import replace
from datetime import datetime

from feedsvc.errors import PostError
from feedsvc.markup.typography import smartify
from feedsvc.models import Level, Post, Scope, ScopeKind
from feedsvc.posts.dates import without_date
from feedsvc.posts.front_matter import load_yaml
from feedsvc.posts.generators.interface import Configuration, Generator, SiteFiles
from feedsvc.posts.generators.jekyll import (
    POSTS,
    collection_of,
    is_dated,
    is_draft,
    is_post,
    may_hold_posts,
    slug_of,
    values_of,
)
from feedsvc.posts.generators.jekyll_config import AUTHORS_NAME, CNAME, CONFIG_NAME, find_hints, to_jekyll, to_settings
from feedsvc.posts.generators.jekyll_excerpt import is_excerpt_only
from feedsvc.posts.metadata import Front, flatten, to_text
from feedsvc.posts.permalinks import id_of_post, url_of_post
from feedsvc.posts.yaml_values import Number
from feedsvc.settings import Settings
from feedsvc.sites import Collection, GeneratorName, Jekyll, Site

NO_SUMMARY = " "  # of a post whose author wants none: no text, and yet given


def _recognize(files: SiteFiles) -> str:
    """Return the name of Jekyll's configuration; the generators that have a file of that name too come before it."""
    return CONFIG_NAME if files.has(CONFIG_NAME) else ""


def _may_be_below(prefix: str) -> bool:
    """Return True for the site's root, a folder in it, and any folder in one called `_posts`."""
    return prefix.count("/") <= 1 or f"{POSTS}/" in prefix


def _read(files: SiteFiles, prefix: str) -> Configuration:
    config, people = load_yaml(files.read(CONFIG_NAME)), load_yaml(files.read(AUTHORS_NAME))
    jekyll = to_jekyll(config, people, prefix, files.read(CNAME))
    return Configuration(jekyll, to_settings(config, jekyll), tuple(find_hints(config)))


def _of(site: Site) -> Jekyll:
    return site if isinstance(site, Jekyll) else Jekyll()


def _refuse(path: str, site: Site) -> str:
    is_known = is_dated(path.rpartition("/")[2]) or is_draft(path, _of(site)) or collection_of(path, site)
    is_no_post = not is_known
    return "file name: opens with no date, so this is no post to Jekyll" if is_no_post else ""


def _prepare(front: Front, site: Site, modified: datetime) -> None:
    """Replace the front matter by what Jekyll makes of it; report what its author may not expect."""
    values = values_of(front.source.values, front.path, _of(site))
    if not values["published"] and front.source.values.get("published", True) is None:
        front.report(Level.HINT, "published", "empty, which hides the post, as in Jekyll")
    for number in (item for item in flatten(values["tags"]) if isinstance(item, Number)):
        front.report(Level.HINT, "tags", f"{number} is a number, which jekyll-feed fails on: put it in quotes")
    stem = front.path.rpartition("/")[2].rpartition(".")[0]
    is_document = collection_of(front.path, site) is not None
    if not values.get("date") and without_date(stem) == stem and not is_document:  # a draft: posts are named by dates
        values["date"] = modified
    front.take(values)


def _finish(post: Post, front: Front, settings: Settings) -> Post:
    """Return a post with the URL and the id that it has on its site."""
    jekyll = _of(settings.site)
    slug = str(front.values.get("slug") or slug_of(front.path))
    collection = collection_of(post.path, jekyll)
    template = (front.values.get("permalink") and front.text("permalink")) or (collection or jekyll).permalink
    path = (jekyll.prefix + post.path).removeprefix(collection.folder if collection else "")
    categories = tuple(map(to_text, flatten(front.values.get("categories"))))
    local = post.published.astimezone(settings.timezone)
    try:
        name = collection.name if collection else "posts"
        url = url_of_post(template, path, slug, categories, local, collection=name)
    except ValueError as error:
        raise PostError(str(error), front.source.line_of("permalink")) from error
    excerpt_only = is_excerpt_only(front.values, jekyll)
    sections = _sections_of(post, collection) if collection else ()
    summary = post.summary or (NO_SUMMARY if front.source.values.get("excerpt") == "" else "")
    found = replace(post, url=url, site_id=id_of_post(url, slug), excerpt_only=excerpt_only, summary=summary)
    return replace(found, sections=sections, is_apart=collection is not None)


def _sections_of(post: Post, collection: Collection) -> tuple[str, ...]:
    """Return the collection, and for each of its categories with a feed that the post has, their names together."""
    named = (f"{collection.name}/{name}" for name in collection.categories if name in post.categories)
    return (collection.name, *named)


def _name_feed(title: str, scope: Scope, _site: Site) -> str:
    """Return the title of jekyll-feed's feed of a category or a collection; those of tags are called as all posts."""
    if scope.kind not in {ScopeKind.CATEGORY, ScopeKind.SECTION}:
        return ""
    return " | ".join((title, *map(str.capitalize, scope.name.split("/"))))


JEKYLL = Generator(
    name=GeneratorName.JEKYLL,
    label="Jekyll",
    recognize=_recognize,
    read=_read,
    may_hold_posts=may_hold_posts,
    is_post=is_post,
    may_be_below=_may_be_below,
    refuse=_refuse,
    prepare=_prepare,
    finish=_finish,
    name_feed=_name_feed,
    show_title=smartify,
)
