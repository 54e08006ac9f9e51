"""Jekyll's Liquid in Markdown → text: the first branch of conditions, values and links; the rest is dropped.

Pure, linear time; comments are removed by `comments`. A value that only the site's generator knows becomes the sign
`shortcode_output.UNKNOWN`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlsplit

from feedsvc.lookup import FILE_SCHEME, POST_SCHEME, to_file_link, to_post_link
from feedsvc.markup.shortcode_output import UNKNOWN
from feedsvc.markup.shortcodes import Shortcodes
from feedsvc.markup.spans import cut

_TAG = re.compile(r"\{%-?\s*+(\w++)((?:[^%\n{]|%(?!\})|\{(?!%)|\n(?![ \t]*\n))*+)%\}")  # within a paragraph
_OUTPUT = re.compile(
    r"\{\{-?\s*+(?:[\"'](?P<text>[^\"'\n]*)[\"']|(?P<name>[\w.]*+))(?P<filters>[^{}\n]*(?:\n[^{}\n]*)?)\}\}"
)
_JEKYLLS = frozenset({"site", "page", "layout", "include", "paginator", "theme", "post", "content", "jekyll"})
_IN_ADDRESS = re.compile(r"\]\(|=[\"']|\b(?:href|src|srcset|poster)=")
MAX_BEFORE = 100  # characters before a value that show whether it is part of an address
_FILTER = re.compile(r"\|\s*(\w+)(?:\s*:\s*(?:[\"']([^\"'|\n]*)[\"']|([\w.]+)))?")
_BRANCH = re.compile(r"\{%-?\s*(?:(?P<opens>if|unless|for)|(?P<turns>else|elsif)|end(?:if|unless|for))\b[^%\n]*%\}")
MARKDOWN = (".md", ".markdown", ".mkdown", ".mkdn", ".mkd")  # suffixes of files that Jekyll makes pages of


def drop_branches(text: str) -> str:
    """Return a text without what stands between `else` and its `endif`."""
    spans: list[tuple[int, int]] = []
    turns: list[int] = []  # of each tag that is open, where its `else` begins; -1 before that
    for tag in _BRANCH.finditer(text):
        if tag["opens"]:
            turns.append(-1)
        elif not tag["turns"]:
            spans += [(turn, tag.start()) for turn in turns[-1:] if turn >= 0]
            del turns[-1:]
        elif not turns or turns[-1] < 0:
            turns[-1:] = [tag.start()]
    return cut(text, spans)


def render_liquid(
    text: str, values: Mapping[str, str], site_url: str, shortcodes: Shortcodes, *, is_jekyll: bool
) -> str:
    """Return a text with values and links in the place of Liquid's output and tags.

    `values` has `site.url`, `site.baseurl` and `page.title`; `site_url` is the site's URL with its `baseurl`. On a
    folder that is no Jekyll site `{{ name }}` stays in text: an author may write of any language of templates.
    """

    def show(found: re.Match[str]) -> str:
        return found[0] if not is_jekyll and _is_of_text(found) else _show_output(found, values, site_url)

    shown = _OUTPUT.sub(show, text)
    shown = _TAG.sub(lambda found: _show_tag(found, site_url, shortcodes), shown)
    return drop_prefixes(shown, (site_url, values["site.url"], values["site.baseurl"]), site_url)


def drop_prefixes(text: str, prefixes: Iterable[str], *starts: str) -> str:
    """Return a text without the site's URL before links that are whole; Jekyll 3 needed it."""
    for prefix in filter(None, prefixes):
        for start in (*filter(None, starts), POST_SCHEME, FILE_SCHEME):
            text = text.replace(f"{prefix}{start}", start)
    return text


def _is_of_text(found: re.Match[str]) -> bool:
    """True if what is in braces is a name that Jekyll does not have, outside addresses."""
    name = found["name"]
    if not name or name.partition(".")[0] in _JEKYLLS:
        return False
    *_, before = (f" {found.string[max(found.start() - MAX_BEFORE, 0) : found.start()]}.").split()
    return not _IN_ADDRESS.search(before)


def _show_output(found: re.Match[str], values: Mapping[str, str], site_url: str) -> str:
    value = found["text"] if found["text"] is not None else values.get(found["name"], UNKNOWN)
    for name, text, variable in _FILTER.findall(found["filters"]):
        if name in _FILTERS:
            value = _FILTERS[name](value, values.get(variable, UNKNOWN) if variable else text, site_url)
    return value


def _show_tag(found: re.Match[str], site_url: str, shortcodes: Shortcodes) -> str:
    name, argument = found[1], found[2].removesuffix("-").strip()
    is_path = name in _LINKS and "://" not in argument  # Hexo's `link` has a text and an address
    return (
        _LINKS[name](argument, site_url)
        if is_path
        else shortcodes.show_tag(name, argument, found.string[found.start() - 1 : found.start()])
    )


def _to_site(path: str, site_url: str) -> str:
    """Return the URL of a path on the site; an absolute URL as it is."""
    if not path or "://" in path:
        return path
    return f"{site_url}/{path.lstrip('/')}"


def _to_post(argument: str, _site_url: str) -> str:
    """Return the link to a post by its name, for cleaning to look up."""
    return to_post_link(argument)


def to_page_link(argument: str, site_url: str) -> str:
    """Return the link to a file of the site: to a post or a file, if cleaning finds it, else to the page made of it."""
    stem, dot, suffix = argument.strip("/").rpartition(".")
    path = f"{stem}.html" if f"{dot}{suffix}" in MARKDOWN else argument.strip("/")
    return to_file_link(f"{urlsplit(site_url).path}/{path}")


_FILTERS: Mapping[str, Callable[[str, str, str], str]] = {
    "prepend": lambda value, argument, _: argument + value,
    "append": lambda value, argument, _: value + argument,
    "relative_url": lambda value, _, site_url: _to_site(value, site_url),
    "absolute_url": lambda value, _, site_url: _to_site(value, site_url),
}
_LINKS: Mapping[str, Callable[[str, str], str]] = {"link": to_page_link, "post_url": _to_post}
