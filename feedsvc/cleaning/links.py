"""Links: absolute and direct URLs, none that only shares or sells; anchors stay if a link of the post leads to them."""

import re
from collections import Counter
from urllib.parse import unquote

from bs4 import Tag

from feedsvc.cleaning.allowlist import MEDIA
from feedsvc.cleaning.nodes import count_text, find_container, find_elements, find_strings, has_media, is_inside
from feedsvc.cleaning.text import squeeze
from feedsvc.cleaning.tree import Tree
from feedsvc.cleaning.urls import resolve, to_direct
from feedsvc.lookup import FILE_SCHEME, LINK_BY_NAME, POST_SCHEME, name_of
from feedsvc.urls import to_host

LABEL_LENGTH = 30

_GLUED = re.compile(r"\Ahttps?://[\w.-]+(?=https?://)")  # an absolute URL put behind the site's own
_NOTE = re.compile(r"(?:user-content-)?_?(?:fn|ftn|edn|sdfootnote|footnote|endnote|note)(?:[-_:.]?\w|ref)")
_SHOWN = frozenset({"alt", "title"})  # attributes that are shown as text
_END = re.compile(r"/(?:index\.\w{3,5})?\Z")


def repair_links(tree: Tree) -> None:
    """Make links absolute and direct; remove share links and promotions, and anchors that nothing leads to."""
    for link in tree.find("a"):
        link["id"] = link.get("id") or link.get("name") or ""
    ids = _find_ids(tree) if tree.mentions("#") else set()
    in_text = frozenset() if tree.scraped else _find_share_links_in_text(tree)
    for link in tree.find("a"):
        _repair_link(tree, link, ids, in_text)
    tree.commit()
    linked = {str(link["href"])[1:] for link in tree.find("a") if str(link["href"]).startswith("#")}
    for link in tree.find("a"):
        if link["id"] not in linked and (not link["href"] or _shows_nothing(link)):
            link.name = "span"
    for quote in tree.find("blockquote", "q"):
        quote["cite"] = resolve(str(quote.get("cite", "")), tree.base)
    if tree.mentions(POST_SCHEME, FILE_SCHEME):
        _resolve_text(tree)


def _find_ids(tree: Tree) -> set[str]:
    return {str(element.attrs["id"]) for element in find_elements(tree.root) if "id" in element.attrs} - {""}


def _repair_link(tree: Tree, link: Tag, ids: set[str], in_text: frozenset[int]) -> None:
    href = str(link.get("href", "")).strip()
    if tree.rules.share.search(href) and not has_media(link) and id(link) not in in_text:
        tree.remove(link, "share link")
    elif tree.rules.promotions.search(href) and has_media(link) and not squeeze(link.get_text()):
        tree.remove(link, "promotion")
    else:
        link["href"] = _find_target(tree, href, ids)


def _find_share_links_in_text(tree: Tree) -> frozenset[int]:
    """Return the links, by their id(), that would share a page but stand in a sentence: in more text than a label."""
    found = [link for link in tree.find("a") if tree.rules.share.search(str(link.get("href", "")))]
    if not found:
        return frozenset()
    sizes: Counter[int] = Counter()
    for string in find_strings(tree.root):
        sizes[id(find_container(string))] += 0 if is_inside(string, {"a"}) else len(squeeze(string))
    return frozenset(id(link) for link in found if sizes[id(find_container(link))] > LABEL_LENGTH)


def _shows_nothing(link: Tag) -> bool:
    return not has_media(link) and count_text(link) == 0


def _find_target(tree: Tree, href: str, ids: set[str]) -> str:
    """Return where a link leads: to a place in the same post, else to a URL; "" if it leads nowhere."""
    own = tree.base.partition("#")[0]
    href = _GLUED.sub("", href)
    url, mark, fragment = href.partition("#")
    place = fragment if fragment in ids else unquote(fragment)
    if place in ids and (not url or _is_own(url, place, own)):
        return f"#{place}"
    leads_nowhere = mark and not url and not (own and fragment)
    return "" if leads_nowhere else to_direct(_resolve(tree, href), tree.rules)


def _is_own(url: str, place: str, own: str) -> bool:
    """True if a URL is that of the post; to a note also by a path, for notes that a post refers to are its own."""
    if url == own or (not to_host(url) and _NOTE.match(place)):
        return True
    page = _to_page(resolve(url, own))
    return page == _to_page(own) and "/" in page


def _to_page(url: str) -> str:
    """Return host and path of a URL, without what different URLs of one page differ in."""
    return _END.sub("", url.partition("://")[2].removeprefix("www."))


def _resolve(tree: Tree, url: str) -> str:
    """Return where a link leads: to another post, to a file beside posts, or to a URL; "" if to nothing."""
    return tree.lookup.find_post(url) or tree.resolve_file(url)


def _resolve_text(tree: Tree) -> None:
    """Replace links by name that a template wrote as text by where they lead."""

    def resolve_all(text: str) -> str:
        return LINK_BY_NAME.sub(lambda link: _resolve(tree, link[0]) or name_of(link[0]), text)

    for string in find_strings(tree.root):
        tree.rewrite(string, resolve_all(string))
    tree.commit()
    for element in find_elements(tree.root):
        for name in _SHOWN.intersection(element.attrs):
            element[name] = resolve_all(str(element[name]))


def find_linked_ids(root: Tag) -> set[str]:
    """Return the ids that the links of a post lead to; links without text, break or media do not count."""
    links = [link for link in find_elements(root, "a") if str(link.get("href", "")).startswith("#")]
    visible = [link for link in links if count_text(link) or find_elements(link, "br", *MEDIA)]
    return {str(link["href"])[1:] for link in visible} - {""}
