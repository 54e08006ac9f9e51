"""Tags of Hexo with a grammar of their own, such as `{% asset_img a.png "A boat" %}`, as Markdown. Pure."""

from collections.abc import Callable, Mapping
from urllib.parse import quote

from feedsvc.lookup import Lookup, to_post_link
from feedsvc.markup.shortcode_output import URL_SIGNS, escape_text, to_link, to_picture
from feedsvc.markup.shortcode_syntax import arguments_of


def show_hexo_tag(name: str, argument: str, lookup: Lookup) -> str:
    """Return what a tag of HEXO_TAGS shows, "" without an argument; `lookup` knows the titles of other posts."""
    return HEXO_TAGS[name](argument, lookup) if argument else ""


def _show_asset(argument: str, _lookup: Lookup) -> str:
    """Return the picture of `{% asset_img file title %}`."""
    url, _, title = argument.partition(" ")
    return to_picture(url, title.strip(" \"'"))


def _show_asset_link(argument: str, _lookup: Lookup) -> str:
    """Return the link of `{% asset_link file title %}`."""
    url, _, title = argument.partition(" ")
    return to_link(title.strip(" \"'") or url, url)


def _show_asset_path(argument: str, _lookup: Lookup) -> str:
    """Return the address of `{% asset_path file %}`."""
    return quote(argument, safe=URL_SIGNS)


def _show_image(argument: str, _lookup: Lookup) -> str:
    """Return the picture of `{% img [classes] address [width] [height] "title" %}`."""
    positional, _named = arguments_of(argument)
    place = next((place for place, value in enumerate(positional) if "/" in value or "." in value), None)
    if place is None:
        return ""
    texts = [value for value in positional[place + 1 :] if not value.isdecimal()]
    return to_picture(positional[place], " ".join(texts[:1]))


def _show_link(argument: str, _lookup: Lookup) -> str:
    """Return the link of `{% link text address [external] [title] %}`."""
    positional, _named = arguments_of(argument)
    place = next((place for place, value in enumerate(positional) if "://" in value), 0)
    text = " ".join(positional[:place])
    return f"[{escape_text(text)}](<{positional[place]}>)" if text else ""


def _show_button(argument: str, _lookup: Lookup) -> str:
    """Return the link of NexT's and Butterfly's `{% btn address, text, icon %}`."""
    parts = [part.strip(" \"'") for part in f"{argument},".split(",")]
    url, text = parts[0], parts[1]
    return to_link(text or url, url)


def _show_label(argument: str, _lookup: Lookup) -> str:
    """Return the text of NexT's `{% label primary@text %}` and Butterfly's `{% label text color %}`."""
    _, at, text = argument.partition("@")
    return escape_text(text if at else "".join(arguments_of(argument)[0][:1]))


def _show_post_link(argument: str, lookup: Lookup) -> str:
    """Return the link of `{% post_link name "text" %}`; without a text the post's title is shown."""
    positional, _ = arguments_of(argument)
    if not positional:
        return ""
    link = to_post_link(positional[0])
    given = [text for text in positional[1:] if text not in {"true", "false"}]
    return f"[{escape_text(' '.join(given[:1]) or lookup.find_title(link) or positional[0])}]({link})"


HEXO_TAGS: Mapping[str, Callable[[str, Lookup], str]] = {
    "asset_img": _show_asset,
    "asset_link": _show_asset_link,
    "asset_path": _show_asset_path,
    "img": _show_image,
    "link": _show_link,
    "btn": _show_button,
    "button": _show_button,
    "label": _show_label,
    "post_link": _show_post_link,
}
