"""A post and its clean body → Entry. Pure.

`base` is the URL of the service without a slash at its end; all URLs that are returned are absolute.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from html import escape, unescape
from urllib.parse import quote

from feedsvc.attachments import media_type_of
from feedsvc.entries import Entry
from feedsvc.models import Cleaned, Content, Enclosure, Episode, Post
from feedsvc.publishing.ids import entry_id, link_to_post
from feedsvc.publishing.link_targets import find_reference, is_beside_post, to_url_path
from feedsvc.publishing.routing import post_path_of
from feedsvc.settings import UNKNOWN_BASE, LinkTo, Settings
from feedsvc.urls import to_host, to_uri

_TAG = re.compile("<(/?)([a-z0-9]+)[^>]*>")
_VOID = {"area", "br", "col", "hr", "img", "source", "track", "wbr"}
_PICTURE = re.compile('(<img[^>]* src=")(https?://[^"]*)(")')
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")  # RFC 3986 section 3.1


def fit_to_page(bodies: Iterable[str], max_bytes: int) -> list[int | None]:
    """Return the maximum length of each body, so that all together have at most `max_bytes`; None for no maximum.

    A body that no longer fits is left out, except the first, which is cut.
    """
    lengths: list[int | None] = []
    left = max_bytes
    for body in bodies:
        size = len(body.encode())
        lengths.append(None if size <= left else max_bytes if not lengths else 0)
        left -= min(size, left) if size <= left or len(lengths) == 1 else 0
    return lengths


def to_entry(  # noqa: PLR0913 - four of them by name
    post: Post,
    body: Cleaned,
    settings: Settings,
    *,
    base: str,
    content: Content = Content.FULL,
    link_to: LinkTo = LinkTo.PAGE,
    max_length: int | None = None,
) -> Entry:
    """Return a post as an entry; its picture is the one of its front matter, else the first of its body.

    A body of more than `max_length` characters is cut; the summary stands for one of which no block fits.
    """
    enclosure = _to_enclosure(post, body, settings, base)
    return Entry(
        id=entry_id(post, settings),
        title=post.title,
        link=link_to_post(post, settings, link_to, base),
        published=post.published,
        updated=post.updated,
        content=_content(post, body, settings, base, max_length) if content is Content.FULL else "",
        summary=(post.summary or body.summary) if content is not Content.NONE else "",
        authors=post.authors,
        tags=post.tags,
        categories=post.categories,
        original=post.original,
        language=post.language,
        image=_proxied(_image_url(post, body, settings, base), settings.image_proxy),
        enclosure=enclosure,
        episode=_to_episode(post, body, settings, base) if enclosure else None,
    )


def _content(post: Post, body: Cleaned, settings: Settings, base: str, max_length: int | None) -> str:
    html = cut(body.html, len(body.html) if max_length is None else max_length)
    page = base + post_path_of(post.path)
    rest = "" if html == body.html else f'<p><a href="{escape(page)}">…</a></p>'
    html = html or (f"<p>{escape(post.summary or body.summary)}</p>" if rest else "")
    original = to_uri(post.original) if settings.source_line else ""
    source = f'<p><a href="{escape(original)}">{escape(to_host(original))}</a></p>' if original else ""
    content = html.replace(UNKNOWN_BASE, base) + rest + source
    return _PICTURE.sub(partial(_through_proxy, settings.image_proxy), content) if settings.image_proxy else content


def _through_proxy(template: str, found: re.Match[str]) -> str:
    return f"{found[1]}{escape(_proxied(unescape(found[2]), template))}{found[3]}"


def _proxied(url: str, template: str) -> str:
    return template.replace("{url}", quote(url, safe="")) if template and to_uri(url) else url


def cut(html: str, max_length: int) -> str:
    """Cut clean HTML after its last whole block within `max_length` characters; "" if the first one is longer."""
    if len(html) <= max_length:
        return html
    depth, end = 0, 0
    for found in _TAG.finditer(html, 0, max_length):
        depth += -1 if found[1] else found[2] not in _VOID
        if depth == 0:
            end = found.end()
    return html[:end]


def _image_url(post: Post, body: Cleaned, settings: Settings, base: str) -> str:
    return _file_url(post.image, post, body, settings, base) or to_absolute_url(body.image, base)


def _file_url(url: str, post: Post, body: Cleaned, settings: Settings, base: str) -> str:
    """Return the URL of a file that a post's front matter names, "" if it names none."""
    found = find_reference(url, post.path, settings.site, body.references)
    return base + to_url_path(found.found) if found else to_absolute_url(url, base)


def _to_episode(post: Post, body: Cleaned, settings: Settings, base: str) -> Episode | None:
    """Return a post as an episode, with absolute URLs; only a picture that its author chose is that of the episode."""
    episode = post.episode
    if episode is None:
        return None
    find = partial(_file_url, post=post, body=body, settings=settings, base=base)
    return replace(
        episode,
        duration=episode.duration or body.duration,
        image=find(episode.image or post.image),
        chapters=find(episode.chapters),
        transcripts=tuple(replace(one, url=find(one.url)) for one in episode.transcripts),
    )


def _to_enclosure(post: Post, body: Cleaned, settings: Settings, base: str) -> Enclosure | None:
    """Return a post's enclosure; of a file beside the post with its size and type, None if there is no such file."""
    enclosure = post.enclosure
    if enclosure is None:
        return None
    found = find_reference(enclosure.url, post.path, settings.site, body.references)
    if found is None and is_beside_post(enclosure.url):
        return None
    if found is None:
        return replace(enclosure, url=to_absolute_url(enclosure.url, base))
    return Enclosure(base + to_url_path(found.found), media_type_of(found.found), found.size)


def to_absolute_url(url: str, base: str) -> str:
    """Return a URL of the front matter as an absolute one; a path is taken to be below `base`."""
    if not url or _SCHEME.match(url):
        return url.replace(UNKNOWN_BASE, base)
    return f"https:{url}" if url.startswith("//") else f"{base}/{url.lstrip('/')}"


def to_picture_url(url: str, settings: Settings, base: str) -> str:
    """Return the URL of a picture of the site; a path is one on the site that the posts belong to."""
    return to_absolute_url(url, (settings.own_url or base).rstrip("/"))
