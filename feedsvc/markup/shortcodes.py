"""Shortcodes of Hugo (`{{< figure >}}`), tags of Hexo (`{% youtube %}`) → HTML and Markdown; unknown ones are dropped.

Pure. Each is one row of a table; what stands between an opening and a closing shortcode stays as it is.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from html import escape
from urllib.parse import quote

from feedsvc.lookup import to_post_link

UNKNOWN = "\ufdd0"  # stands for a value that only the site's generator knows; a noncharacter, so in no text

_SHORTCODE = re.compile(r"\{\{([<%])\s*+(/?[\w-]++)([^{}]{0,2000}?)[>%]\}\}")
_LINK_SIGNS = re.compile(r"[\[\]\\<>&*_`]")
_URL_SIGNS = f"{UNKNOWN}/:?#@!$&'()*+,;=%~[]"
_ARGUMENT = re.compile(r"(?:([\w-]+)\s*=\s*)?(?:\"([^\"]*)\"|`([^`]*)`|([^\s\"=`]+))")


def expand_shortcodes(text: str) -> str:
    """Return a text with HTML or Markdown in the place of Hugo's shortcodes."""
    return _SHORTCODE.sub(_expand_shortcode, text)


def expand_tag(name: str, argument: str) -> str:
    """Return what a tag of Hexo shows, "" for an unknown one and for one without its argument."""
    show = _TAGS.get(name)
    return show(argument) if show and argument else ""


def _expand_shortcode(found: re.Match[str]) -> str:
    show = _SHORTCODES.get(found[2])
    return show(*_arguments(found[3].rstrip(" /"))) if show else ""


def _arguments(text: str) -> tuple[list[str], dict[str, str]]:
    """Return a shortcode's arguments: those by position, and those by name."""
    found = [(name, quoted or ticked or bare) for name, quoted, ticked, bare in _ARGUMENT.findall(text)]
    return [value for name, value in found if not name], {name: value for name, value in found if name}


def _show_image(url: str, alternative: str, caption: str = "") -> str:
    if not caption:  # Markdown, for HTML alone on its line would end only at a blank line
        return f"![{_LINK_SIGNS.sub(_escape_sign, alternative)}](<{quote(url, safe=_URL_SIGNS)}>)"
    image = f'<img src="{escape(url)}" alt="{escape(alternative)}">'
    return f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>"


def _escape_sign(sign: re.Match[str]) -> str:
    return f"&#{ord(sign[0])};"


def _show_figure(positional: Sequence[str], named: Mapping[str, str]) -> str:
    url = named.get("src") or "".join(positional[:1])
    return _show_image(url, named.get("alt", ""), named.get("caption") or named.get("title", "")) if url else ""


def _show_asset(argument: str) -> str:
    """Return the image of Hexo's `{% asset_img file title %}`."""
    url, _, title = argument.partition(" ")
    return _show_image(url, title.strip(" \"'"))


def _link_to_video(url: str) -> Callable[[Sequence[str], Mapping[str, str]], str]:
    def show(positional: Sequence[str], named: Mapping[str, str]) -> str:
        video = named.get("id") or "".join(positional[:1])
        return f"<{url}{quote(video)}>" if video else ""

    return show


def _link_to_post(positional: Sequence[str], named: Mapping[str, str]) -> str:
    name = named.get("path") or "".join(positional[:1])
    return to_post_link(name) if name else UNKNOWN


_SHORTCODES: Mapping[str, Callable[[Sequence[str], Mapping[str, str]], str]] = {
    "figure": _show_figure,
    "youtube": _link_to_video("https://www.youtube.com/watch?v="),
    "vimeo": _link_to_video("https://vimeo.com/"),
    "ref": _link_to_post,
    "relref": _link_to_post,
}
_TAGS: Mapping[str, Callable[[str], str]] = {
    "asset_img": _show_asset,
    "youtube": lambda argument: _SHORTCODES["youtube"](argument.split(), {}),
    "gist": lambda argument: f"<https://gist.github.com/{argument.split(maxsplit=1)[0]}>",
}
