"""A post file → its front matter and its body, by the rules of the site. Pure.

The body is only separated from the front matter and, where it is a dialect, made Markdown; `markup` makes HTML of it.
"""

import hashlib
from dataclasses import replace

from feedsvc.markup.dialects import is_mdx, to_markdown
from feedsvc.models import Body, Post
from feedsvc.posts.exported import take_exported
from feedsvc.posts.front_matter import split
from feedsvc.posts.generators.jekyll_excerpt import excerpt_separator_of
from feedsvc.posts.headings import find_heading
from feedsvc.posts.metadata import Front
from feedsvc.posts.names import authors_of
from feedsvc.posts.titles import shown_text
from feedsvc.posts.urls import original_of
from feedsvc.sites import PLAIN_SITE, Jekyll, Site


def open_front(path: str, data: bytes, site: Site) -> Front:
    """Return the front matter of a file. Raise PostError if it cannot be read.

    On a Jekyll site a file without fences has none.
    """
    is_jekyll = isinstance(site, Jekyll)
    source = split(data, has_headers=not is_jekyll)
    return Front(path, take_exported(source) if path.endswith(".mdx") else source, is_jekyll=is_jekyll)


def body_text_of(front: Front) -> str:
    """Return the body behind the front matter, as Markdown or HTML."""
    return front.source.body if front.is_jekyll else to_markdown(front.source.body, front.path)


def body_of(data: bytes, site: Site = PLAIN_SITE, post: Post | None = None, *, path: str = "") -> Body:
    """Return the body in a file's bytes with what cleaning needs to know. Raise PostError as `open_front` does.

    With `post`, only the part that feeds may show is returned; without it, `path` is the path of the file.
    """
    front = open_front(post.path if post else path, data, site)
    text, title = body_text_of(front), shown_text(front, "title")
    if not title and not front.is_jekyll and (heading := find_heading(text)):
        text, title = heading.remove_from(text), heading.title
    authors = tuple(author.name for author in (post.authors if post else authors_of(front)))
    values = front.source.values if isinstance(site, Jekyll) else {}
    body = Body(
        text,
        title,
        original_of(front),
        len(data),
        authors=authors,
        values=values,
        is_html=front.is_html,
        is_mdx=not front.is_jekyll and is_mdx(front.source.body, front.path),
    )
    if not isinstance(site, Jekyll) or post is None or not post.excerpt_only:
        return body
    if post.summary:  # shown instead of the body
        return replace(body, text="")
    return replace(body, separator=excerpt_separator_of(front.source.values, post.path, site))


def digest_of(data: bytes) -> str:
    """Return the digest of a file's content: the id that git has for it (git-scm.com/docs/git-hash-object)."""
    digest = hashlib.sha1(b"blob %d\0" % len(data), usedforsecurity=False)
    digest.update(data)
    return digest.hexdigest()
