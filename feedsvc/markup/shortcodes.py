"""Shortcodes of Hugo (`{{< figure >}}`), tags of Hexo (`{% youtube %}`) → HTML and Markdown; unknown ones are dropped.

Pure. Each is one row of a table; what stands between an opening and a closing shortcode stays as it is.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from html import escape
from urllib.parse import quote

from feedsvc.lookup import to_post_link

UNKNOWN = "\ufdd0"  # stands for a value that only the site's generator knows; a noncharacter, so in no text

_SHORTCODE = re.compile(r"\{\{([<%])\s*+(/?[\w-]++)([^{}]{0,2000}?)[>%]\}\}")
_ESCAPED = re.compile(r"\{\{([<%])/\*([^{}]{0,2000}?)\*/([>%])\}\}")
_ZOLA = re.compile(r"\{\{-?\s{0,9}(\w{1,40})\(([^(){}]{0,500})\)\s{0,9}-?\}\}")
_QUOTATION = re.compile(
    r"\{%\s{0,9}blockquote\b([^%\n]{0,300})%\}((?:(?!\{%\s{0,9}blockquote).)*?)\{%\s{0,9}endblockquote\s{0,9}%\}",
    re.DOTALL,
)
_LINK_SIGNS = re.compile(r"[\[\]\\<>&*_`]")
_URL_SIGNS = f"{UNKNOWN}/:?#@!$&'()*+,;=%~[]"
_ARGUMENT = re.compile(r"(?:([\w-]+)\s*=\s*)?(?:[\"“]([^\"“”]*)[\"”]|`([^`]*)`|'([^']*)'|([^\s\"=`']+))")


def expand_shortcodes(text: str) -> str:
    """Return a text with HTML or Markdown in the place of Hugo's and Zola's shortcodes, and of Hexo's quotations."""
    text = _ESCAPED.sub(
        lambda found: "".join(f"&#{ord(sign)};" for sign in f"{{{{{found[1]}{found[2]}{found[3]}}}}}"), text
    )
    text = _QUOTATION.sub(_expand_quotation, text) if "blockquote" in text else text
    return _ZOLA.sub(_expand_zola, _SHORTCODE.sub(_expand_shortcode, text))


def show_escaped(code: str) -> str:
    """Return code with the shortcodes that Hugo shows there: `{{</* x */>}}` is `{{< x >}}`."""
    return _ESCAPED.sub(r"{{\1\2\3}}", code)


def _expand_zola(found: re.Match[str]) -> str:
    show = _SHORTCODES.get(found[1])
    return show(*_arguments(found[2].replace(",", " "))) if show else found[0]


def _expand_quotation(found: re.Match[str]) -> str:
    author = found[1].strip()
    lines = [*found[2].strip("\n").split("\n"), *(("", f"— {author}") if author else ())]
    return "\n\n" + "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"


def expand_tag(name: str, argument: str) -> str:
    """Return what a tag of Hexo shows, "" for an unknown one and for one without its argument."""
    show = _TAGS.get(name)
    return show(argument) if show and argument else ""


def _expand_shortcode(found: re.Match[str]) -> str:
    show = _SHORTCODES.get(found[2])
    return show(*_arguments(found[3].rstrip(" /"))) if show else ""


def _arguments(text: str) -> tuple[list[str], dict[str, str]]:
    """Return a shortcode's arguments: those by position, and those by name."""
    found = [(name, "".join(values)) for name, *values in _ARGUMENT.findall(text)]
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
    """Return the picture of Hexo's `{% asset_img file title %}`."""
    url, _, title = argument.partition(" ")
    return _show_image(url, title.strip(" \"'"))


def _show_picture(argument: str) -> str:
    """Return the picture of Hexo's `{% img [classes] address [width] [height] "title" %}`."""
    positional, _ = _arguments(argument)
    place = next((place for place, value in enumerate(positional) if "/" in value or "." in value), None)
    if place is None:
        return ""
    texts = [value for value in positional[place + 1 :] if not value.isdecimal()]
    return _show_image(positional[place], " ".join(texts[:1]))


def _show_link(argument: str) -> str:
    """Return the link of Hexo's `{% link text address [external] [title] %}`."""
    positional, _ = _arguments(argument)
    place = next((place for place, value in enumerate(positional) if "://" in value), 0)
    text = " ".join(positional[:place])
    return f"[{_LINK_SIGNS.sub(_escape_sign, text)}](<{positional[place]}>)" if text else ""


def _show_include(argument: str) -> str:
    positional, named = _arguments(argument)
    return show_include("".join(positional[:1]), named)


def show_include(path: str, named: Mapping[str, str]) -> str:
    """Return the figure or the video of an include that a Jekyll theme has: minimal-mistakes, chirpy, al-folio."""
    kind = path.rpartition("/")[2].partition(".")[0]
    if kind in ("figure", "image", "img"):
        keys = ("image_path", "src", "url", "path")
        return _show_figure((), {**named, "src": next((named[key] for key in keys if named.get(key)), "")})
    name = named.get("provider", "youtube") if kind == "video" else kind
    return _show_embed(name, (), named)


def _show_embed(name: str, positional: Sequence[str], named: Mapping[str, str]) -> str:
    """Return the link to what a shortcode would embed; "" where its address is not known whole."""
    if name not in _EMBEDS:
        return ""
    keys, url = _EMBEDS[name]
    if len(keys) > 1 and len(positional) == 1:
        keys, url = keys[-1:], _ALONE.get(name, "")
    given = (named.get(key) or (positional[place] if place < len(positional) else "") for place, key in enumerate(keys))
    values = [value.strip("\"',") for value in given]
    if not url or not all(values):
        return ""
    if "://" in values[0]:
        found = _VIDEO.search(values[0])
        values[0] = found[1] if found else ""
    return f"<{url.format(*map(quote, values))}>" if values[0] else ""


def _link_to_post(positional: Sequence[str], named: Mapping[str, str]) -> str:
    name = named.get("path") or "".join(positional[:1])
    return to_post_link(name) if name else UNKNOWN


def _show_post_link(argument: str) -> str:
    """Return the link of Hexo's `{% post_link name "text" %}`; without a text its name is shown."""
    positional, _ = _arguments(argument)
    if not positional:
        return ""
    text = " ".join(positional[1:2]) or positional[0]
    return f"[{_LINK_SIGNS.sub(_escape_sign, text)}]({to_post_link(positional[0])})"


_VIDEO = re.compile(r"(?:[?&]v=|youtu\.be/|/embed/|vimeo\.com/(?:video/)?|/video/)([\w-]+)")
_EMBEDS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "youtube": (("id",), "https://www.youtube.com/watch?v={}"),
    "vimeo": (("id",), "https://vimeo.com/{}"),
    "bilibili": (("id",), "https://www.bilibili.com/video/{}"),
    "gist": (("user", "id"), "https://gist.github.com/{}/{}"),
    "x": (("user", "id"), "https://x.com/{}/status/{}"),
    "tweet": (("user", "id"), "https://twitter.com/{}/status/{}"),
    "twitter": (("user", "id"), "https://twitter.com/{}/status/{}"),
    "instagram": (("id",), "https://www.instagram.com/p/{}/"),
    "asciinema": (("id",), "https://asciinema.org/a/{}"),
    "codepen": (("user", "id"), "https://codepen.io/{}/pen/{}"),
    "jsfiddle": (("id",), "https://jsfiddle.net/{}/"),
}
"""What shortcodes embed: their parameters in order, and the address made of them."""
_ALONE = {
    "gist": "https://gist.github.com/{}",
    "x": "https://x.com/i/status/{}",
    "tweet": "https://twitter.com/i/status/{}",
    "twitter": "https://twitter.com/i/status/{}",
}
"""The address where only the last parameter is given."""
_SHORTCODES: Mapping[str, Callable[[Sequence[str], Mapping[str, str]], str]] = {
    "figure": _show_figure,
    "ref": _link_to_post,
    "relref": _link_to_post,
    **{name: partial(_show_embed, name) for name in _EMBEDS},
}
_TAGS: Mapping[str, Callable[[str], str]] = {
    "asset_img": _show_asset,
    "img": _show_picture,
    "link": _show_link,
    "post_link": _show_post_link,
    "include": _show_include,
    "include_relative": _show_include,
    **{name: lambda argument, name=name: _show_embed(name, *_arguments(argument)) for name in _EMBEDS},  # type: ignore[misc]
}
