"""Replace what scripts and plug-ins would show: a script by a link, a plug-in by a picture, player or frame.

Which scripts and elements are known is data: `[embeds]` of `rules.toml`.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import chain

from bs4 import Tag

from feedsvc.cleaning.allowlist import HEADINGS, to_names
from feedsvc.cleaning.budget import spend
from feedsvc.cleaning.nodes import find_container, find_elements, find_strings, is_inside, set_children
from feedsvc.cleaning.rules import Rules
from feedsvc.cleaning.text import squeeze
from feedsvc.cleaning.tree import Tree
from feedsvc.text import shorten

MAX_TITLE = 100

_BY_SUFFIX = {
    **dict.fromkeys(("avif", "gif", "jpeg", "jpg", "png", "svg", "webp"), "img"),
    **dict.fromkeys(("m4v", "mov", "mp4", "ogv", "webm"), "video"),
    **dict.fromkeys(("flac", "m4a", "mp3", "oga", "ogg", "opus", "wav"), "audio"),
}
_AMP = {"amp-img": "img", "amp-anim": "img", "amp-video": "video", "amp-audio": "audio", "amp-iframe": "iframe"}
_PLUGINS = to_names("embed object")
_SHOWN = to_names("a audio iframe img picture table video")
_BUTTON, _LINK = frozenset({"button"}), frozenset({"a"})
_SENTENCES = HEADINGS | to_names("blockquote dd dt figcaption li p summary td th")
_BOXES = to_names("body div section article main blockquote details center")
_PARAMETERS = to_names("movie src url filename data file")
_TITLES = ("title", "aria-label", "playlabel", "data-title", "alt")


def keep_widgets(tree: Tree) -> None:
    """Replace known widgets and plug-ins by what feed readers show; show the URLs of links without text in cards."""
    widgets, cards = tree.rules.widgets, tree.rules.cards
    known = {name[1:] for name in widgets if name.startswith(".")}
    handled: set[int] = set()
    for element in find_elements(tree.root):
        name, attributes = element.name, element.attrs
        if not (attributes or name == "object") or id(element) in handled:
            continue
        classes = str(attributes["class"]).split() if "class" in attributes else ()
        if name in _AMP:
            element.name = _AMP[name]
        elif name in _PLUGINS or name == "script" or name in widgets or not known.isdisjoint(classes):
            handled.update(map(id, _replace(tree, element, classes)))
        elif classes and not cards.isdisjoint(classes):
            handled.update(map(id, _name_links(element)))
    _keep_words_of_buttons(tree)


def _replace(tree: Tree, element: Tag, classes: Sequence[str]) -> list[Tag]:
    """Replace a widget or plug-in; return what was in it, nothing if it stays."""
    below = find_elements(element)
    spend(len(below))
    if element.name in _PLUGINS:
        _replace_plugin(tree, element, below)
        return below
    url = _find_page(element, below, classes, tree.rules)
    if not url:
        return []
    link = _make_link(url, _find_title(element) or tree.resolve(url))
    tree.replace(element, _wrap(link) if _is_block(element) else link)
    return below


def _is_block(element: Tag) -> bool:
    """True if an element stands among blocks, not in a line."""
    return element.parent is not None and element.parent.name in _BOXES


def _wrap(link: Tag) -> Tag:
    block = Tag(name="div")
    block.append(link)
    return block


def _find_page(element: Tag, below: list[Tag], classes: Sequence[str], rules: Rules) -> str:
    """Return the URL of what a known script or widget shows; "" for any other element."""
    attributes = element.attrs
    page = rules.to_page(str(attributes["src"]).strip()) if element.name == "script" and "src" in attributes else ""
    if page:
        return page
    has_link = any(part.name in ("a", "iframe") and part.attrs for part in below)
    names = (element.name, *(f".{token}" for token in classes if not has_link))
    for attribute, template in chain.from_iterable(rules.widgets.get(name, ()) for name in names):
        value = str(attributes.get(attribute, "")).strip()
        if value:
            return value if value.startswith(("http://", "https://")) else template.replace("{}", value)
    if has_link and not rules.cards.isdisjoint(classes):
        _name_links(element)
    return ""


def _name_links(card: Tag) -> list[Tag]:
    """Show the URLs of links without text, in whose place a script would have put the card; return all in the card."""
    below = find_elements(card)
    for link in below:
        if link.name == "a" and link.attrs.get("href") and not (squeeze(link.get_text()) or find_elements(link, "img")):
            link.string = str(link["href"])
    return below


def _make_link(url: str, text: str) -> Tag:
    link = Tag(name="a", attrs={"href": url})
    link.string = text or url
    return link


def _find_title(element: Tag) -> str:
    title = next((str(element[key]) for key in _TITLES if element.attrs.get(key)), "")
    return shorten(title or ("" if element.name == "script" else element.get_text(" ")), MAX_TITLE)


def _keep_words_of_buttons(tree: Tree) -> None:
    """Make text of buttons in a sentence, which has more words than they have, and of those that are links."""
    buttons = find_elements(tree.root, "button") if tree.mentions("utton", "UTTON") else []
    if not buttons:
        return
    sizes: Counter[int] = Counter()
    for string in find_strings(tree.root):
        size = len(squeeze(string))
        sizes[id(find_container(string))] += -size if is_inside(string, _BUTTON) else size
    for button in buttons:
        container = find_container(button)
        if is_inside(button, _LINK) or (container.name in _SENTENCES and sizes[id(container)] > 0):
            button.name = "span"


# --- plug-ins --------------------------------------------------------------------------------------


def _replace_plugin(tree: Tree, element: Tag, below: list[Tag]) -> None:
    """Replace an object by what it holds for programs without plug-ins, else by a picture, player or frame."""
    url = next(filter(None, (_find_source(part) for part in (element, *below))), "")
    if any(part.name in _SHOWN for part in below) or not url:
        set_children(
            element, [node for node in element.contents if getattr(node, "name", "") not in ("param", "embed")]
        )
        element.name = "span"
    else:
        page = tree.rules.to_page(url) or url
        name = _BY_SUFFIX.get(page.partition("?")[0].partition("#")[0].rpartition(".")[2].lower(), "iframe")
        title = {"alt" if name == "img" else "title": _find_title(element)}
        tree.replace(element, Tag(name=name, attrs={"src": page} | title))


def _find_source(part: Tag) -> str:
    """Return the URL that a part of an object names."""
    key = {"object": "data", "embed": "src", "param": "value"}.get(part.name, "")
    if not key or (part.name == "param" and str(part.get("name", "")).lower() not in _PARAMETERS):
        return ""
    return str(part.get(key, "")).strip()
