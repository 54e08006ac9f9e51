"""Shortcodes of Hugo (`{{< figure >}}`) and Zola, tags of Hexo (`{% youtube %}`) → HTML and Markdown, by rules as data.

Pure. What stands between an opening and a closing shortcode stays; an unknown one leaves a hint.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from urllib.parse import quote

from feedsvc.lookup import NO_LOOKUP, Lookup, to_post_link
from feedsvc.markup.shortcode_rules import Rule, Rules, packaged_shortcodes

UNKNOWN = "\ufdd0"  # stands for a value that only the site's generator knows; a noncharacter, so in no text
MAX_HINTS = 20  # of one body
MAX_SHOWN = 100  # characters of a shortcode in a hint

_SHORTCODE = re.compile(r"\{\{([<%])\s*+(/?\s{0,9}[\w./-]++)([^{}]{0,2000}?)[>%]\}\}")
_ESCAPED = re.compile(r"\{\{([<%])/\*([^{}]{0,2000}?)\*/([>%])\}\}")
_ZOLA = re.compile(r"\{\{-?\s{0,9}(\w{1,40})\(([^(){}]{0,500})\)\s{0,9}-?\}\}")
_QUOTATION = re.compile(
    r"\{%\s{0,9}(?P<name>blockquote|quote|centerquote|cq|pullquote)\b([^%\n]{0,300})%\}"
    r"((?:(?!\{%\s{0,9}(?P=name)\b).)*?)\{%\s{0,9}end(?P=name)\s{0,9}%\}",
    re.DOTALL,
)
_ZOLA_BODY = re.compile(
    r"\{%-?\s{0,9}(\w{1,40})\(([^(){}]{0,500})\)\s{0,9}-?%\}((?:(?!\{%-?\s{0,9}\w{1,40}\().)*?)\{%-?\s{0,9}end\s{0,9}-?%\}",
    re.DOTALL,
)
_BUTTON = re.compile(
    r"\{\{([<%])\s{0,9}([\w./-]{1,40})([^{}]{0,500}?)[>%]\}\}([^{}\n]{1,300})\{\{[<%]\s{0,9}/\s{0,9}\2\s{0,9}[>%]\}\}"
)
_BEFORE_URL = frozenset("(\"'<=")  # what an address stands behind
_CLOSING = re.compile(r"\{(?:\{[<%]\s*/\s*|%-?\s*end_?)([\w./-]+)")
_LINK_SIGNS = re.compile(r"[\[\]\\<>&*_`]")
_URL_SIGNS = f"{UNKNOWN}/:?#@!$&'()*+,;=%~[]"
_ARGUMENT = re.compile(r"(?:([\w-]+)\s*=\s*)?(?:[\"“]([^\"“”]*)[\"”]|`([^`]*)`|'([^']*)'|([^\s\"=`']+))")
_VIDEO = re.compile(r"(?:[?&]v=|youtu\.be/|/embed/|/shorts/|vimeo\.com/(?:video/)?|/video/)([\w-]+)")
# Liquid's own, which `liquid.best_effort` reads, and the ends of Zola's.
_QUIET = {
    *("if", "elsif", "elif", "else", "endif", "for", "endfor", "unless", "endunless", "case", "when"),
    *("endcase", "assign", "capture", "endcapture", "raw", "endraw", "comment", "endcomment", "set"),
    *("endset", "block", "extends", "end", "break", "continue", "cycle", "increment", "decrement"),
    *("highlight", "endhighlight", "codeblock", "endcodeblock", "code", "endcode", "seo", "feed_meta"),
}

Arguments = tuple[Sequence[str], Mapping[str, str]]


@dataclass(slots=True)
class Shortcodes:
    """What shows the shortcodes of one body: the rules, what is known of other posts; hints by their keys."""

    rules: Rules = field(default_factory=packaged_shortcodes)
    lookup: Lookup = NO_LOOKUP
    hints: dict[str, str] = field(default_factory=dict)
    _closed: frozenset[str] = frozenset()

    def expand(self, text: str) -> str:
        """Return a text with HTML or Markdown for Hugo's and Zola's shortcodes, and for Hexo's quotations."""
        self.note_closed(text)
        text = _ESCAPED.sub(
            lambda found: "".join(f"&#{ord(sign)};" for sign in f"{{{{{found[1]}{found[2]}{found[3]}}}}}"), text
        )
        text = _QUOTATION.sub(_expand_quotation, text) if "quote" in text or "cq" in text else text
        text = _ZOLA_BODY.sub(self._expand_zola_body, text) if "end" in text else text
        text = _BUTTON.sub(self._expand_button, text) if "{{" in text and self._closed else text
        return _ZOLA.sub(self._expand_zola, _SHORTCODE.sub(self._expand_shortcode, text))

    def note_closed(self, text: str) -> None:
        """Note which shortcodes are closed in a text: these have an inner text."""
        self._closed = self._closed | frozenset(_CLOSING.findall(text)) if "{" in text else self._closed

    def show_tag(self, name: str, argument: str, before: str = "(") -> str:
        """Return what a tag of Hexo shows; "" for an unknown one, with a hint, and for one without its argument."""
        if name in _QUIET or name.startswith("end"):
            return ""
        if name in _TAGS:
            return _TAGS[name](self, argument) if argument else ""
        return self.show(name, arguments_of(argument), f"{{% {name} {argument}".strip(), before)

    def show(self, name: str, arguments: Arguments, written: str, before: str = "(") -> str:
        """Return what a shortcode shows; "" for an unknown one, with a hint. `before` is the character before it."""
        rule = self.rules.get(name)
        if rule is None:
            effect = "its text alone is shown" if name in self._closed else "it is left out"
            self.hint(f"{name}: not known as a shortcode or tag, so {effect}", written)
            return ""
        shown = _SHOWN[rule.kind](self, name, rule, arguments)
        if not shown and rule.kind != "nothing" and name not in self._closed:
            self.hint(f"{name}: nothing is known of what it shows, so it is left out", written)
        if rule.kind == "posts" and before not in _BEFORE_URL:
            return f"[{_escaped(self.lookup.find_title(shown) or ''.join(arguments[0][:1]))}]({shown})"
        return shown

    def shows(self, name: str) -> bool:
        """Return True if a tag of this name shows a picture or a link wherever it stands."""
        rule = self.rules.get(name)
        return name in _TAGS or (rule is not None and rule.kind in {"figures", "players", "links", "posts"})

    def hint(self, message: str, written: str) -> None:
        """Add a hint; by what is `written` in the file its line is found."""
        if len(self.hints) < MAX_HINTS:
            self.hints.setdefault(" ".join(message.split()), written.partition("\n")[0][:MAX_SHOWN])

    def is_paired(self, name: str) -> bool:
        """Return True if a shortcode is closed somewhere in the body."""
        return name in self._closed

    def _expand_shortcode(self, found: re.Match[str]) -> str:
        name = found[2]
        before = found.string[found.start() - 1 : found.start()]
        return "" if name.startswith("/") else self.show(name, arguments_of(found[3].rstrip(" /")), found[0], before)

    def _expand_button(self, found: re.Match[str]) -> str:
        """Return the link whose text stands between two tags; any other shortcode as it is."""
        rule = self.rules.get(found[2])
        positional, named = arguments_of(found[3])
        url = _first(rule.urls, named) or "".join(positional[:1]) if rule and rule.kind == "links" else ""
        return f"[{found[4].strip()}](<{quote(url, safe=_URL_SIGNS)}>)" if url and found[4].strip() else found[0]

    def _expand_zola_body(self, found: re.Match[str]) -> str:
        name, inside = found[1], found[3].strip("\n")
        arguments = arguments_of(found[2].replace(",", " "))
        rule = self.rules.get(name)
        if rule and rule.kind == "quotes":
            return _quote(inside, arguments[1].get("author", ""))
        self._closed |= {name}
        return f"{self.show(name, arguments, found[0])}\n\n{inside}\n\n"

    def _expand_zola(self, found: re.Match[str]) -> str:
        if found[1] not in self.rules:
            self.hint(f"{found[1]}: not known as a shortcode or tag, so it is left out", found[0])
            return ""
        return self.show(found[1], arguments_of(found[2].replace(",", " ")), found[0])


def show_escaped(code: str) -> str:
    """Return code with the shortcodes that Hugo shows there: `{{</* x */>}}` is `{{< x >}}`."""
    return _ESCAPED.sub(r"{{\1\2\3}}", code)


def arguments_of(text: str) -> Arguments:
    """Return a shortcode's arguments: those by position, and those by name."""
    found = [(name, "".join(values)) for name, *values in _ARGUMENT.findall(text)]
    return [value for name, value in found if not name], {name: value for name, value in found if name}


def show_include(path: str, named: Mapping[str, str], shortcodes: Shortcodes) -> str:
    """Return the figure or the link of an include that a Jekyll theme has: minimal-mistakes, chirpy, al-folio."""
    kind = path.rpartition("/")[2].partition(".")[0]
    name = named.get("provider", "youtube") if kind == "video" else kind
    return shortcodes.show(name, ((), named), path) if name in shortcodes.rules and shortcodes.shows(name) else ""


# --- kinds ---------------------------------------------------------------------------------------


def _first(names: Sequence[str], named: Mapping[str, str]) -> str:
    return next((named[name] for name in names if named.get(name)), "")


def _show_figure(_shortcodes: Shortcodes, _name: str, rule: Rule, arguments: Arguments) -> str:
    positional, named = arguments
    url = _first(rule.urls, named) or "".join(positional[:1])
    caption = " – ".join(filter(None, (named.get("title"), _first(("caption", "desc", "description"), named))))
    return _show_image(url, named.get("alt", "" if caption else "".join(positional[1:2])), caption) if url else ""


def _show_player(_shortcodes: Shortcodes, _name: str, rule: Rule, arguments: Arguments) -> str:
    """Return the link to what a shortcode would embed; "" where its address is not known whole."""
    positional, named = arguments
    most = len(positional) or len(named)
    most = 1 if positional and "/" in positional[0] else most  # `gist user/id file`, or a whole URL
    for keys, template in sorted(rule.templates, key=lambda pair: -len(pair[0])):
        if len(keys) > max(most, 1):
            continue
        given = (
            named.get(key) or (positional[place] if place < len(positional) else "") for place, key in enumerate(keys)
        )
        values = [value.strip("\"',") for value in given]
        if all(values):
            return _link_to_player(values, template)
    return ""


def _link_to_player(values: list[str], template: str) -> str:
    if "://" in values[0]:
        found = _VIDEO.search(values[0])
        if template == "{}" or not found:
            return f"<{quote(values[0], safe=_URL_SIGNS)}>"
        values[0] = found[1]
    return f"<{template.format(*(quote(value, safe='/') for value in values))}>" if values[0] else ""


def _show_link(shortcodes: Shortcodes, name: str, rule: Rule, arguments: Arguments) -> str:
    positional, named = arguments
    url = _first(rule.urls, named) or next((one for one in positional if "/" in one or "." in one), "")
    words = [one for one in positional if one != url and not one.isdecimal() and not one.startswith("lang:")]
    text = _first(rule.texts, named) or ("" if shortcodes.is_paired(name) else " ".join(words[:1]))
    if not url:
        return f"{text}\n\n" if shortcodes.is_paired(name) else text
    url = quote(url.strip(","), safe=_URL_SIGNS)
    shown = f"[{_escaped(text)}](<{url}>)" if text else f"[{_escaped(url)}](<{url}>)"
    return f"{shown}\n\n" if shortcodes.is_paired(name) else shown


def _show_post(_shortcodes: Shortcodes, _name: str, rule: Rule, arguments: Arguments) -> str:
    positional, named = arguments
    name = _first(rule.urls, named) or "".join(positional[:1])
    return to_post_link(name) if name else UNKNOWN


def _show_text(shortcodes: Shortcodes, name: str, rule: Rule, arguments: Arguments) -> str:
    positional, named = arguments
    text = _first(rule.texts, named) or next(
        (positional[int(key)] for key in rule.texts if key.isdecimal() and int(key) < len(positional)), ""
    )
    if shortcodes.is_paired(name):
        return f"\n\n**{_escaped(text)}**\n\n" if text else ""
    return _escaped(text or " ".join(positional[:1])) if rule.texts else ""


def _show_nothing(*_: object) -> str:
    return ""


_SHOWN: Mapping[str, Callable[[Shortcodes, str, Rule, Arguments], str]] = {
    "figures": _show_figure,
    "players": _show_player,
    "links": _show_link,
    "posts": _show_post,
    "quotes": _show_text,
    "texts": _show_text,
    "nothing": _show_nothing,
}


# --- parts ---------------------------------------------------------------------------------------


def _expand_quotation(found: re.Match[str]) -> str:
    return _quote(found[3].strip("\n"), "" if found["name"] == "pullquote" else found[2].strip())


def _quote(text: str, author: str) -> str:
    lines = [*text.split("\n"), *(("", f"— {author}") if author else ())]
    return "\n\n" + "\n".join(f"> {line}".rstrip() for line in lines) + "\n\n"


def _escaped(text: str) -> str:
    return _LINK_SIGNS.sub(lambda sign: f"&#{ord(sign[0])};", text)


def _show_image(url: str, alternative: str, caption: str = "") -> str:
    if not caption:  # Markdown, for HTML alone on its line would end only at a blank line
        return f"![{_escaped(alternative)}](<{quote(url, safe=_URL_SIGNS)}>)"
    image = f'<img src="{escape(url)}" alt="{escape(alternative)}">'
    return f"<figure>{image}<figcaption>{escape(caption)}</figcaption></figure>"


# --- Hexo's tags with a grammar of their own -----------------------------------------------------


def _show_asset(_shortcodes: Shortcodes, argument: str) -> str:
    """Return the picture of Hexo's `{% asset_img file title %}`."""
    url, _, title = argument.partition(" ")
    return _show_image(url, title.strip(" \"'"))


def _show_asset_link(_shortcodes: Shortcodes, argument: str) -> str:
    """Return the link of Hexo's `{% asset_link file title %}`."""
    url, _, title = argument.partition(" ")
    return f"[{_escaped(title.strip(chr(34) + chr(39)) or url)}](<{quote(url, safe=_URL_SIGNS)}>)"


def _show_picture(_: Shortcodes, argument: str) -> str:
    """Return the picture of Hexo's `{% img [classes] address [width] [height] "title" %}`."""
    positional, _named = arguments_of(argument)
    place = next((place for place, value in enumerate(positional) if "/" in value or "." in value), None)
    if place is None:
        return ""
    texts = [value for value in positional[place + 1 :] if not value.isdecimal()]
    return _show_image(positional[place], " ".join(texts[:1]))


def _show_hexo_link(_: Shortcodes, argument: str) -> str:
    """Return the link of Hexo's `{% link text address [external] [title] %}`."""
    positional, _named = arguments_of(argument)
    place = next((place for place, value in enumerate(positional) if "://" in value), 0)
    text = " ".join(positional[:place])
    return f"[{_escaped(text)}](<{positional[place]}>)" if text else ""


def _show_button(_: Shortcodes, argument: str) -> str:
    """Return the link of NexT's and Butterfly's `{% btn address, text, icon %}`."""
    parts = [part.strip(" \"'") for part in f"{argument},".split(",")]
    url, text = parts[0], parts[1]
    return f"[{_escaped(text or url)}](<{quote(url, safe=_URL_SIGNS)}>)"


def _show_label(_shortcodes: Shortcodes, argument: str) -> str:
    """Return the text of NexT's `{% label primary@text %}` and Butterfly's `{% label text color %}`."""
    _, at, text = argument.partition("@")
    return _escaped(text if at else "".join(arguments_of(argument)[0][:1]))


def _show_post_link(shortcodes: Shortcodes, argument: str) -> str:
    """Return the link of Hexo's `{% post_link name "text" %}`; without a text the post's title is shown."""
    positional, _ = arguments_of(argument)
    if not positional:
        return ""
    link = to_post_link(positional[0])
    given = [text for text in positional[1:] if text not in {"true", "false"}]
    return f"[{_escaped(' '.join(given[:1]) or shortcodes.lookup.find_title(link) or positional[0])}]({link})"


def _show_include_tag(shortcodes: Shortcodes, argument: str) -> str:
    positional, named = arguments_of(argument)
    shown = show_include("".join(positional[:1]), named, shortcodes)
    if not shown and positional:
        shortcodes.hint(f"include {positional[0]}: not run here, so left out", f"include {positional[0]}")
    return shown


_TAGS: Mapping[str, Callable[[Shortcodes, str], str]] = {
    "asset_img": _show_asset,
    "asset_link": _show_asset_link,
    "asset_path": lambda _, argument: quote(argument, safe=_URL_SIGNS),
    "img": _show_picture,
    "link": _show_hexo_link,
    "btn": _show_button,
    "button": _show_button,
    "label": _show_label,
    "post_link": _show_post_link,
    "include": _show_include_tag,
    "include_relative": _show_include_tag,
}
