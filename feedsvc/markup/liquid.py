"""What stands for something else in Markdown: Jekyll's Liquid, shortcodes of Hugo and Hexo, kramdown's attribute lists.

What is known is put in, the rest taken out; code stays as it is; comments are for `comments`. Takes linear time.
"""

import re
from collections.abc import Callable
from html import escape
from urllib.parse import quote

MAX_REPEATED = 150_000  # characters of a title that is put in again and again
_INDENT = r"[ \t]*(?:(?:[-*+>]|\d{1,9}[.)])[ \t]*)*"
_FENCED = rf"^{_INDENT}(?P<fence>`{{3,}}(?=[^`\n]*$)|~{{3,}}).*?(?:^{_INDENT}(?P=fence)[`~]*[ \t]*$|\Z)"
_TICKED = rf"(?<!`)(?P<ticks>`+)(?!`)(?:[^\n]|\n(?!\n|{_INDENT}(?:```|~~~)))+?(?<!`)(?P=ticks)(?!`)"
_RAW_BLOCK = r"\{%-?\s*raw\s*-?%\}.*?(?:\{%-?\s*endraw\s*-?%\}|\Z)"
_CODE = re.compile(f"{_FENCED}|{_TICKED}|{_RAW_BLOCK}", re.DOTALL | re.MULTILINE)
_RAW = re.compile(r"^[ \t]*\{%-?\s*(?:end)?raw\s*-?%\}[ \t]*\n|\{%-?\s*(?:end)?raw\s*-?%\}", re.MULTILINE)
_HIGHLIGHT = re.compile(r"^[ \t]*\{%-?\s*highlight\s++([\w+#-]*+)[^%\n]*%\}[ \t]*$", re.MULTILINE)
_END_HIGHLIGHT = re.compile(r"^[ \t]*\{%-?\s*endhighlight\s*-?%\}[ \t]*$", re.MULTILINE)
_HIGHLIGHT_CODE = re.compile(r"^[ \t]*\{\{[<%]\s*highlight\s++\"?([\w+#-]*+)[^>\n]*[>%]\}\}[ \t]*$", re.MULTILINE)
_END_HIGHLIGHT_CODE = re.compile(r"^[ \t]*\{\{[<%]\s*/\s*highlight\s*[>%]\}\}[ \t]*$", re.MULTILINE)
_SHORTCODE = re.compile(r"\{\{([<%])\s*+(/?[\w-]++)([^{}]{0,2000}?)[>%]\}\}")
_ARGUMENT = re.compile(r"(?:([\w-]+)\s*=\s*)?(?:\"([^\"]*)\"|`([^`]*)`|([^\s\"=`]+))")
_TAG = re.compile(r"\{%-?\s*+(\w++)((?:[^%\n]|%(?!\}))*)%\}")
_OUTPUT = re.compile(
    r"\{\{-?\s*+(?:[\"'](?P<text>[^\"'\n]*)[\"']|(?P<name>[\w.]*+))(?P<filters>[^{}\n]*(?:\n[^{}\n]*)?)\}\}"
)
_FILTER = re.compile(r"\|\s*(\w+)(?:\s*:\s*(?:[\"']([^\"'|\n]*)[\"']|([\w.]+)))?")
_BRANCH = re.compile(r"\{%-?\s*(?:(?P<opens>if|unless|for)|(?P<turns>else|elsif)|end(?:if|unless|for))\b[^%\n]*%\}")
_UNKNOWN = "\ufdd0"  # stands for a value that only the site's own generator knows; in no text, by Unicode's rules
_ADDRESS = re.compile(r"""\s(?:href|src)\s*=\s*(?:"[^"]*"|'[^']*')""", re.IGNORECASE)
_ENCODED = quote(_UNKNOWN)
_POST_URL = re.compile(r"(?:.*/)?(\d{4})-(\d{1,2})-(\d{1,2})-(.+)")
_TOC = re.compile(
    r"^[ \t]*(?:[*+-]|\d+\.)[ \t][^\n]*\n[ \t]*\{:[ \t]*toc[^}\n]*\}[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_ATTRIBUTES = re.compile(
    r"(?:(?<![ \t])[ \t]+)?\{:[^{}\n]*\}|(?<=\S)[ \t]+\{#[\w-]+\}[ \t]*$|\{::[^{}\n]*\}", re.MULTILINE
)


def expand(text: str, *, title: str, site_url: str) -> str:
    """Put in what stands for something else; `title` is the post's, `site_url` the site's address with its `baseurl`.

    A value that only the site's own generator knows becomes a sign, which `drop_unknown` takes off the HTML.
    """
    values = _values_of_site(site_url) | {"page.title": title if _fits(title, text) else ""}
    return _outside_code(text, lambda part: _tidy(part, values, site_url))


def drop_unknown(html: str) -> str:
    """Take off the signs of values nobody knows here, and addresses that are made of them."""
    if _UNKNOWN not in html and _ENCODED not in html:
        return html
    known = _ADDRESS.sub(lambda found: "" if _UNKNOWN in found[0] or _ENCODED in found[0] else found[0], html)
    return known.replace(_UNKNOWN, "").replace(_ENCODED, "")


def _outside_code(text: str, change: Callable[[str], str]) -> str:
    """Apply a change to everything but code; of code, only Liquid's `raw` marks are taken off."""
    fenced = _END_HIGHLIGHT.sub("```", _HIGHLIGHT.sub(r"```\1", text))
    fenced = _END_HIGHLIGHT_CODE.sub("```", _HIGHLIGHT_CODE.sub(r"```\1", fenced))
    parts: list[str] = []
    position = 0
    for code in _CODE.finditer(fenced):
        parts += change(fenced[position : code.start()]), _RAW.sub("", code[0])
        position = code.end()
    return "".join(parts) + change(fenced[position:])


def _values_of_site(site_url: str) -> dict[str, str]:
    origin = "/".join(site_url.split("/", 3)[:3])
    return {"site.url": origin, "site.baseurl": site_url.removeprefix(origin)}


def _fits(title: str, text: str) -> bool:
    return len(title) * text.count("page.title") <= MAX_REPEATED


# --- Liquid ---------------------------------------------------------------------------------------


def _tidy(text: str, values: dict[str, str], site_url: str) -> str:
    if "{" not in text:
        return text
    text = _SHORTCODE.sub(_shortcode, _first_branches(text))
    text = _OUTPUT.sub(lambda found: _liquid_output(found, values, site_url), text)
    text = _TAG.sub(lambda found: _liquid_tag(found[1], found[2].removesuffix("-").strip(), site_url), text)
    for prefix in filter(None, (site_url, values["site.url"], values["site.baseurl"])):
        text = text.replace(f"{prefix}{site_url}", site_url)  # what Jekyll 3 needed before `post_url`
    return _ATTRIBUTES.sub("", _TOC.sub("", text))


def _first_branches(text: str) -> str:
    """Leave out what stands between `else` and the end of what it belongs to."""
    spans: list[tuple[int, int]] = []
    turns: list[int] = []
    for tag in _BRANCH.finditer(text):
        if tag["opens"]:
            turns.append(-1)
        elif not tag["turns"]:
            spans += [(turn, tag.start()) for turn in turns[-1:] if turn >= 0]
            del turns[-1:]
        elif not turns or turns[-1] < 0:
            turns[-1:] = [tag.start()]
    return _without(text, spans)


def _without(text: str, spans: list[tuple[int, int]]) -> str:
    parts: list[str] = []
    position = 0
    for start, end in sorted(spans):
        parts.append(text[position:start])
        position = max(position, end)
    return "".join(parts) + text[position:]


def _liquid_output(found: re.Match[str], values: dict[str, str], site_url: str) -> str:
    value = found["text"] if found["text"] is not None else values.get(found["name"], _UNKNOWN)
    for name, text, variable in _FILTER.findall(found["filters"]):
        if name in _FILTERS:
            value = _FILTERS[name](value, values.get(variable, _UNKNOWN) if variable else text, site_url)
    return value


_FILTERS: dict[str, Callable[[str, str, str], str]] = {
    "prepend": lambda value, argument, _: argument + value,
    "append": lambda value, argument, _: value + argument,
    "relative_url": lambda value, _, site_url: _on_site(value, site_url),
    "absolute_url": lambda value, _, site_url: _on_site(value, site_url),
}


def _liquid_tag(name: str, argument: str, site_url: str) -> str:
    if name == "link":
        return _on_site(argument, site_url)
    if name == "post_url":
        # Where a site says nothing else, Jekyll's permalink is /year/month/day/title.html.
        return _on_site(_POST_URL.sub(r"\1/\2/\3/\4.html", argument), site_url)
    if name == "asset_img" and argument:
        address, _, title = argument.partition(" ")
        return _picture(address, title.strip(" \"'"))
    if name == "youtube" and argument:
        return _SHORTCODES[name](argument.split(), {})
    if name == "gist" and argument:
        return f"<https://gist.github.com/{argument.split(maxsplit=1)[0]}>"
    return ""


# --- shortcodes ------------------------------------------------------------------------------------


def _shortcode(found: re.Match[str]) -> str:
    """Give what a shortcode of Hugo shows; what stands between an opening and a closing one stays as it is."""
    show = _SHORTCODES.get(found[2])
    return show(*_arguments(found[3].rstrip(" /"))) if show else ""


def _arguments(text: str) -> tuple[list[str], dict[str, str]]:
    found = [(name, quoted or ticked or bare) for name, quoted, ticked, bare in _ARGUMENT.findall(text)]
    return [value for name, value in found if not name], {name: value for name, value in found if name}


def _picture(address: str, alternative: str, caption: str = "") -> str:
    image = f'<img src="{escape(address)}" alt="{escape(alternative)}">'
    return f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>" if caption else image


def _figure(places: list[str], names: dict[str, str]) -> str:
    address = names.get("src") or "".join(places[:1])
    return _picture(address, names.get("alt", ""), names.get("caption") or names.get("title", "")) if address else ""


def _video(address: str) -> Callable[[list[str], dict[str, str]], str]:
    def show(places: list[str], names: dict[str, str]) -> str:
        video = names.get("id") or "".join(places[:1])
        return f"<{address}{quote(video)}>" if video else ""

    return show


_SHORTCODES: dict[str, Callable[[list[str], dict[str, str]], str]] = {
    "figure": _figure,
    "youtube": _video("https://www.youtube.com/watch?v="),
    "vimeo": _video("https://vimeo.com/"),
    "ref": lambda *_: _UNKNOWN,
    "relref": lambda *_: _UNKNOWN,
}


def _on_site(path: str, site_url: str) -> str:
    if not path or "://" in path:
        return path
    return f"{site_url}/{path.lstrip('/')}"
