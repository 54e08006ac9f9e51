"""A Jekyll site's `_config.yml` and `_data/authors.yml` → `Jekyll`, and the settings of feedsvc that they imply.

Pure: the caller hands in the files, parsed. A value of the wrong type counts as missing. The keys are those of
https://jekyllrb.com/docs/configuration/ and https://github.com/jekyll/jekyll-feed#readme.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from feedsvc.models import ScopeKind
from feedsvc.posts.generators.values import MAX_ENTRIES, is_given, is_true, text_of, texts_of, to_mapping, with_email
from feedsvc.posts.permalinks import STYLES
from feedsvc.sites import Collection, Defaults, Jekyll, OwnFeed
from feedsvc.text import to_language

CONFIG_NAME = "_config.yml"
AUTHORS_NAME = "_data/authors.yml"
CNAME = "CNAME"  # the host that GitHub Pages serves the site at; jekyll-github-metadata takes `url` from it
DEFAULT_ENTRIES = 10  # of a feed at jekyll-feed's URL

_EXCERPT_SEPARATOR = "\n\n"
_DEFAULT_EXCLUDES = (".sass-cache", ".jekyll-cache", "gemfiles", "Gemfile", "node_modules", "vendor/bundle/")
_TYPES = {"post": "posts", "draft": "drafts"}  # of `defaults`, as Jekyll 2 spelt them

_OF_POSTS = re.compile("post|blog|article|essay|news", re.IGNORECASE)  # what collections of posts are called


def to_jekyll(config: Mapping[str, Any], authors: Mapping[str, Any], prefix: str = "", cname: str = "") -> Jekyll:
    """Return a site's configuration; `prefix` is the path of the posts folder in the site, `cname` its host's file."""
    posts = to_mapping(to_mapping(config.get("collections")).get("posts"))
    style = text_of(config.get("permalink")) or "date"
    return Jekyll(
        reason=CONFIG_NAME,
        url=text_of(config.get("url")) or _from_cname(cname),
        baseurl="/".join(("", *filter(None, text_of(config.get("baseurl")).split("/")))),
        prefix=prefix,
        static=("",) if prefix else (),  # such as `/images/` beside `_posts/`
        permalink=text_of(posts.get("permalink")) or STYLES.get(style, style),
        defaults=tuple(_defaults(config.get("defaults"))),
        collections=tuple(_collections(config)),
        exclude=(*_DEFAULT_EXCLUDES, *(pattern.lstrip("/") for pattern in texts_of(config.get("exclude")))),
        unpublished=is_true(config.get("unpublished")),
        drafts=is_true(config.get("show_drafts")),
        authors=authors,
        excerpt_separator=str(config.get("excerpt_separator", _EXCERPT_SEPARATOR)),
        parses_html=is_true(to_mapping(config.get("kramdown")).get("parse_block_html")),
        config=config,
        **_feed_options(to_mapping(config.get("feed"))),
    )


def to_settings(config: Mapping[str, Any], jekyll: Jekyll) -> dict[str, object]:
    """Return the settings of feedsvc that a site's configuration implies, by their names."""
    author, feed = config.get("author"), to_mapping(config.get("feed"))
    person = to_mapping(jekyll.authors.get(text_of(author)) or author)
    found = {
        "base_url": f"{jekyll.url.rstrip('/')}{jekyll.baseurl}" if jekyll.url else "",
        "title": text_of(config.get("title") or config.get("name")),
        "description": " ".join(text_of(config.get("description")).split()),
        "language": to_language(text_of(config.get("lang") or config.get("locale"))),
        "author": with_email(text_of(person.get("name")) or text_of(author), text_of(person.get("email"))),
        "timezone": text_of(config.get("timezone")),
        "future": "yes" if is_true(config.get("future")) else "",
        "drafts": "yes" if jekyll.drafts else "",
        "icon": _to_picture(feed.get("icon")),
        "logo": _to_picture(feed.get("logo")),
        "content": "summary" if jekyll.excerpt_only else "",
        "id_scheme": "jekyll-feed" if jekyll.url else "",
    }
    return {name: value for name, value in found.items() if value}


def _to_picture(value: object) -> str:
    """Return a picture of the feed: a URL, or a path on the site."""
    text = text_of(value)
    return text if not text or re.match("https?://", text) else f"/{text.lstrip('/')}"


def _from_cname(text: str) -> str:
    host = next(iter(text.split()), "")
    return f"https://{host}" if re.fullmatch(r"[\w.-]+", host) else ""


def _collections(config: Mapping[str, Any]) -> Iterator[Collection]:
    """Yield the collections that have a feed by `feed.collections`, but for the posts."""
    known, root = to_mapping(config.get("collections")), text_of(config.get("collections_dir")).strip("/")
    for name, options in _feed_collections(to_mapping(config.get("feed"))).items():
        permalink = text_of(to_mapping(known.get(name)).get("permalink"))
        template = permalink or _add_suffix("/:collection/:path", text_of(config.get("permalink")) or "date")
        folder = f"{root}/_{name}/".lstrip("/")
        if name != "posts":
            yield Collection(name, folder, template, texts_of(options.get("categories")))


def _add_suffix(template: str, style: str) -> str:
    """Return a template that ends as those of the site's style do (Utils.add_permalink_suffix)."""
    known = STYLES.get(style, style)
    return template + next((end for end in ("/", ":output_ext") if known.endswith(end)), "")


def _feed_collections(feed: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Return the options of each collection by its name; a list has names alone."""
    named = feed.get("collections")
    if isinstance(named, dict):
        return {str(name): to_mapping(options) for name, options in named.items()}
    return {name: {} for name in texts_of(named)}


def _feed_options(feed: Mapping[str, Any]) -> dict[str, Any]:
    """Return what jekyll-feed's own key sets, by the fields of `Jekyll`."""
    collections = _feed_collections(feed)
    posts = collections.get("posts", {})
    given = text_of(feed.get("posts_limit"))
    limit = min(int(given), MAX_ENTRIES) if re.fullmatch("0*[1-9][0-9]{0,8}", given) else DEFAULT_ENTRIES
    path = "/" + (text_of(posts.get("path")) or text_of(feed.get("path")) or "feed.xml").lstrip("/")
    feeds = (
        OwnFeed(path, "atom", limit),
        *_feeds_of_tags(feed.get("tags"), limit),
        *_feeds_of_categories(feed, posts, limit),
        *(one for name, options in collections.items() for one in _feeds_of_collection(name, options, limit)),
    )
    return {"feeds": feeds, "excerpt_only": is_given(feed.get("excerpt_only"))}


def find_hints(config: Mapping[str, Any]) -> Iterator[str]:
    """Yield what the configuration says and what is not done."""
    feed = to_mapping(config.get("feed"))
    tags = to_mapping(feed.get("tags"))
    if ".." in text_of(tags.get("path")).split("/"):
        yield f"{CONFIG_NAME}: feed.tags.path: leads out of the site, so tags have no feeds at old URLs"
    others = {str(name) for name in to_mapping(config.get("collections")) if _OF_POSTS.search(str(name))} - {"posts"}
    if unread := sorted(others - {*_feed_collections(feed)}):
        names = ", ".join(map(repr, unread))
        yield f"{CONFIG_NAME}: collections: {names}: not among feed.collections, so in no feed: name them there"


def _feeds_of_tags(tags: object, limit: int) -> Iterator[OwnFeed]:
    """Return the feeds of tags, none if their path leaves the site."""
    folder = (text_of(to_mapping(tags).get("path")) or "feed/by_tag").strip("/")
    if (isinstance(tags, dict) or is_true(tags)) and ".." not in folder.split("/"):
        named = to_mapping(tags)
        only, excluded = texts_of(named.get("only")), texts_of(named.get("except"))
        yield OwnFeed(f"/{folder}/{{name}}.xml", "atom", limit, ScopeKind.TAG, only, excluded)


def _feeds_of_categories(feed: Mapping[str, Any], posts: Mapping[str, Any], limit: int) -> Iterator[OwnFeed]:
    if names := (*texts_of(feed.get("categories")), *texts_of(posts.get("categories"))):
        yield OwnFeed("/feed/{name}.xml", "atom", limit, ScopeKind.CATEGORY, names)


def _feeds_of_collection(name: str, options: Mapping[str, Any], limit: int) -> Iterator[OwnFeed]:
    if name == "posts":
        return
    path = text_of(options.get("path")).lstrip("/") or f"feed/{name}.xml"
    yield OwnFeed(f"/{path}", "atom", limit, ScopeKind.SECTION, (name,))
    for category in texts_of(options.get("categories")):
        yield OwnFeed(f"/feed/{name}/{category}.xml", "atom", limit, ScopeKind.SECTION, (f"{name}/{category}",))


def _defaults(value: object) -> Iterator[Defaults]:
    for item in value if isinstance(value, list) else ():
        scope, values = to_mapping(to_mapping(item).get("scope")), to_mapping(to_mapping(item).get("values"))
        kind = text_of(scope.get("type"))
        yield Defaults(text_of(scope.get("path")), _TYPES.get(kind, kind), values)
