"""Pictures, players, frames and links: real addresses, allowed hosts, no pixels, no twins."""

import re
from collections.abc import Iterator

from bs4 import Tag
from bs4.element import NavigableString

from feedsvc.cleaning.rules import Rules
from feedsvc.cleaning.text import squeeze
from feedsvc.cleaning.tree import Page, elements, has_media, is_inside
from feedsvc.cleaning.urls import resolve, tidy
from feedsvc.urls import is_frame_of

_TINY = re.compile(r"\s*[0-2](?:px)?\s*\Z")
_CANDIDATE = re.compile(r"([^\s,]\S*)(?:\s+(\d+(?:\.\d+)?)\w)?")
_EMOJI = frozenset({"emoji", "wp-smiley", "emojione", "joypixels", "twemoji"})


def keep_mathematics(page: Page) -> None:
    """Write mathematics as the TeX it was made from: feed readers show MathML and scripts badly or not at all."""
    for element in elements(page.root, "script", "math"):
        tex = _tex_of(element)
        if tex:
            is_display = "display" in str(element.get("type", "")) or element.get("display") == "block"
            fence = "$$" if is_display else "$"
            element.replace_with(f"{fence}{tex}{fence}")
        elif element.name == "math":
            element.replace_with(element.get_text())


def _tex_of(element: Tag) -> str:
    if element.name == "script":
        is_tex = str(element.get("type", "")).startswith("math/tex")
        return "".join(map(str, element.contents)).strip() if is_tex else ""
    notes = [note for note in elements(element, "annotation") if note.get("encoding") == "application/x-tex"]
    return (notes[0].get_text() if notes else str(element.get("alttext", ""))).strip()


# --- pictures ------------------------------------------------------------------------------------


def mend_images(page: Page) -> None:
    """Give every picture its real address; remove pixels and what has none."""
    for image in page.named("img"):
        if _is_emoji(image):
            image.replace_with(str(image["alt"]))
            continue
        source = _source(page, image)
        why = _fault_of(page, image, source)
        if why:
            page.remove(image, why)
        else:
            image["src"] = source
    for picture in page.named("picture"):
        # The parser puts what follows a <source> into it.
        for alternative in elements(picture, "source"):
            alternative.name = "span"


def _is_emoji(image: Tag) -> bool:
    alt = str(image.get("alt", ""))
    return bool(alt) and not alt.isascii() and not _EMOJI.isdisjoint(str(image.get("class", "")).split())


def _fault_of(page: Page, image: Tag, source: str) -> str:
    """Tell why a picture is none; "" where it is one."""
    if source:
        return "pixel" if _is_pixel(page, image, source) else ""
    is_placeholder = page.rules.placeholders.search(str(image.get("src", "")).strip())
    return "placeholder" if is_placeholder else "picture without address"


def _source(page: Page, image: Tag) -> str:
    given = map(str.strip, _addresses(image, page.rules))
    usable = (address for address in given if address and not page.rules.placeholders.search(address))
    return resolve(next(usable, ""), page.base)


def _addresses(image: Tag, rules: Rules) -> Iterator[str]:
    """Give what may be the address of a picture, the likeliest first."""
    for key in ("src", *rules.lazy):
        yield str(image.get(key, ""))
    for key in rules.lazy_sets:
        yield _largest(image.get(key, ""))
    picture = image.find_parent("picture")
    for source in elements(picture, "source") if picture else ():
        yield _largest(source.get("srcset", ""))


def _largest(source_set: object) -> str:
    """Give the address with the largest width or density of a srcset."""
    candidates = _CANDIDATE.findall(str(source_set))
    address, _ = max(candidates, key=lambda candidate: float(candidate[1] or 0), default=("", ""))
    return address.rstrip(",")


def _is_pixel(page: Page, image: Tag, source: str) -> bool:
    sizes = [str(image[key]) for key in ("width", "height") if key in image.attrs]
    return (bool(sizes) and all(_TINY.match(size) for size in sizes)) or bool(page.rules.pixels.search(source))


def drop_twins(page: Page) -> None:
    """Remove the noscript twins of pictures; keep those that show what nothing else does."""
    shown = {str(image["src"]) for image in page.named("img") if not is_inside(image, {"noscript"})}
    for fallback in page.named("noscript"):
        twins = {str(image["src"]) for image in elements(fallback, "img")}
        if twins and shown.isdisjoint(twins) and not squeeze(fallback.get_text()):
            fallback.name = "span"
            shown |= twins
        else:
            page.remove(fallback, "<noscript>")


def drop_doubles(page: Page) -> None:
    """Remove a picture that follows itself."""
    shown = ""
    for node in tuple(page.root.descendants):
        if isinstance(node, NavigableString):
            shown = "" if node.strip() else shown
        elif isinstance(node, Tag) and node.name == "img":
            if node["src"] == shown:
                page.remove(node, "picture twice")
            shown = str(node["src"])


# --- players and frames --------------------------------------------------------------------------


FRAME_ATTRIBUTES = {
    "sandbox": "allow-scripts allow-same-origin allow-popups allow-presentation",
    "referrerpolicy": "strict-origin-when-cross-origin",  # without a referrer YouTube shows error 153
}
"""What a frame may do (https://html.spec.whatwg.org/#attr-iframe-sandbox): play, not move the page it is in."""


def mend_embeds(page: Page) -> None:
    """Keep the frames of allowed hosts, make links of the others; give players an address and controls."""
    for frame in page.named("iframe"):
        _mend_frame(page, frame)
    for player in page.named("audio", "video"):
        _mend_player(page, player)


def _mend_frame(page: Page, frame: Tag) -> None:
    source = str(frame.get("src") or frame.get("data-src") or "")
    address = tidy(resolve(source, page.base), page.rules)
    frame.clear()
    if not address.startswith(("http://", "https://")) or page.rules.buttons.search(address):
        page.remove(frame, "frame without address")
    elif is_frame_of(address, page.rules.hosts | page.site.iframes):
        frame.attrs |= {"src": address} | FRAME_ATTRIBUTES
    else:
        link = frame.attrs.get("title") or address
        frame.name, frame.attrs = "span" if is_inside(frame, {"a"}) else "a", {"href": address}
        frame.string = str(link)


def _mend_player(page: Page, player: Tag) -> None:
    sources = [player, *elements(player, "source")]
    for element in sources:
        element["src"] = resolve(str(element.get("src") or element.get("data-src") or ""), page.base)
    usable = [element for element in sources if element["src"]]
    if not usable:
        page.remove(player, f"<{player.name}> without address")
    player["poster"] = resolve(str(player.get("poster", "")), page.base)
    player["controls"] = ""
    player.clear()
    for source in usable:
        if source is not player:
            source.clear()
            player.append(source)


# --- links ---------------------------------------------------------------------------------------


def mend_links(page: Page) -> None:
    """Make links absolute and direct; remove those that only share or sell; keep anchors that lead somewhere."""
    for link in page.named("a"):
        link["id"] = link.get("id") or link.get("name") or ""
    anchors = {str(element.get("id", "")) for element in elements(page.root)} - {""}
    for link in page.named("a"):
        href = str(link.get("href", "")).strip()
        if page.rules.share.search(href) and not has_media(link):
            page.remove(link, "share link")
        elif page.rules.promotions.search(href) and has_media(link) and not squeeze(link.get_text()):
            page.remove(link, "promotion")
        else:
            link["href"] = _target(page, href, anchors)
    wanted = {str(link["href"])[1:] for link in page.named("a") if str(link["href"]).startswith("#")}
    for link in page.named("a"):
        if not link["href"] and link["id"] not in wanted:
            link.name = "span"
    for quote in page.named("blockquote", "q"):
        quote["cite"] = resolve(str(quote.get("cite", "")), page.base)


def _target(page: Page, href: str, anchors: set[str]) -> str:
    """Give where a link leads: to a place in the same post, else to an address, "" if nowhere."""
    own = page.base.partition("#")[0]
    address, mark, fragment = href.partition("#")
    if fragment in anchors and address in ("", own):
        return f"#{fragment}"
    leads_nowhere = mark and not address and not (own and fragment)
    return "" if leads_nowhere else tidy(resolve(href, page.base), page.rules)
