"""Frames and players: frames of allowed hosts stay, others become links; players get URLs and controls."""

import re

from bs4 import Tag

from feedsvc.cleaning.allowlist import FRAME_ATTRIBUTES
from feedsvc.cleaning.nodes import find_elements, is_inside, set_children
from feedsvc.cleaning.tree import Tree
from feedsvc.cleaning.urls import to_direct
from feedsvc.urls import is_frame_of

_WEB_SCHEME = re.compile("https?://", re.IGNORECASE)
_PLAYERS = ("audio", "video")


def repair_embeds(tree: Tree) -> None:
    """Keep the frames of allowed hosts and link to the others; make the URLs of players absolute."""
    for frame in tree.find("iframe"):
        _repair_frame(tree, frame)
    for source in tree.find("source"):
        if not is_inside(source, _PLAYERS):
            source.name = "span"
    for player in tree.find(*_PLAYERS):
        _repair_player(tree, player)


def _repair_frame(tree: Tree, frame: Tag) -> None:
    url = to_direct(_find_source(tree, frame), tree.rules)
    url = _WEB_SCHEME.sub(lambda found: found[0].lower(), tree.rules.to_page(url) or url)
    set_children(frame, [])
    if not _WEB_SCHEME.match(url) or tree.rules.buttons.search(url):
        tree.remove(frame, "frame without URL")
    elif is_frame_of(url, tree.rules.hosts | tree.site.iframes):
        frame.attrs |= {"src": url} | FRAME_ATTRIBUTES
    else:
        text = frame.attrs.get("title") or url
        frame.name, frame.attrs = "span" if is_inside(frame, {"a"}) else "a", {"href": url}
        frame.string = str(text)


def _find_source(tree: Tree, element: Tag) -> str:
    return tree.resolve_file(str(element.get("src") or element.get("data-src") or ""))


def _repair_player(tree: Tree, player: Tag) -> None:
    elements = [player, *find_elements(player, "source")]
    for element in elements:
        element["src"] = _find_source(tree, element)
    usable = [element for element in elements if element["src"]]
    if not usable and find_elements(player, "a"):
        player.name = "span"  # what is there for programs without players leads to the recording
        return
    if not usable:
        tree.remove(player, f"<{player.name}> without URL")
    player["poster"] = tree.resolve_file(str(player.get("poster", "")))
    player["controls"] = ""
    inner = [source for source in usable if source is not player]
    for source in reversed(inner):
        set_children(source, [])
    set_children(player, inner)
