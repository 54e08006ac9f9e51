"""Shortcodes of Hugo (`{{< figure >}}`) and Zola, tags of Hexo (`{% youtube %}`) → HTML and Markdown, by rules as data.

Pure. What stands between an opening and a closing shortcode stays; an unknown one leaves a hint.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from textwrap import dedent, indent
from urllib.parse import quote

from feedsvc.lookup import NO_LOOKUP, Lookup, to_post_link
from feedsvc.markup.shortcode_output import (
    TRANSLATED,
    UNKNOWN,
    URL_SIGNS,
    WORDS,
    escape_text,
    first_of,
    to_picture,
    to_player,
    to_quotation,
    words_of,
)
from feedsvc.markup.shortcode_rules import Rule, Rules, packaged_shortcodes
from feedsvc.markup.shortcode_syntax import (
    CLOSING,
    DIAGRAMS,
    ESCAPED,
    HUGO_QUOTATION,
    LINK,
    QUOTATION,
    SHORTCODE,
    TAB,
    ZOLA,
    ZOLA_BODY,
    Arguments,
    arguments_of,
    zola_arguments_of,
)

MAX_HINTS = 20  # of one body
MAX_INDENT = 100  # characters before a quotation
MAX_SHOWN = 100  # characters of a shortcode in a hint

_QUOTED = frozenset({"blockquote", "quote", "pullquote", "epigraph"})
_BEFORE_URL = frozenset("(\"'<=")  # what an address stands behind
# Liquid's own, which `liquid.best_effort` reads, and the ends of Zola's.
_QUIET = {
    *("if", "elsif", "elif", "else", "endif", "for", "endfor", "unless", "endunless", "case", "when"),
    *("endcase", "assign", "capture", "endcapture", "raw", "endraw", "comment", "endcomment", "set"),
    *("endset", "block", "extends", "end", "break", "continue", "cycle", "increment", "decrement"),
    *("highlight", "endhighlight", "codeblock", "endcodeblock", "code", "endcode", "seo", "feed_meta"),
}


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
        text = ESCAPED.sub(
            lambda found: "".join(f"&#{ord(sign)};" for sign in f"{{{{{found[1]}{found[2]}{found[3]}}}}}"), text
        )
        text = (
            TAB.sub(lambda found: f"**{escape_text(found[1])}**", text) if self._closed & {"tabs", "subtabs"} else text
        )
        text = QUOTATION.sub(_expand_quotation, text) if "quote" in text or "cq" in text else text
        text = HUGO_QUOTATION.sub(_expand_hugo_quotation, text) if self._closed & _QUOTED else text
        text = text.replace("<--->", "\n\n") if "columns" in self._closed else text  # between columns of Hugo's Book
        text = ZOLA_BODY.sub(self._expand_zola_body, text) if "end" in text else text
        text = LINK.sub(self._expand_link, text) if "{{" in text and self._closed else text
        return ZOLA.sub(self._expand_zola, SHORTCODE.sub(self._expand_shortcode, text))

    def note_closed(self, text: str) -> None:
        """Note which shortcodes are closed in a text: these have an inner text."""
        self._closed = self._closed | frozenset(CLOSING.findall(text)) if "{" in text else self._closed

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
            text = "" if name in self._closed else words_of(arguments[1])
            effect = "its text alone is shown" if text or name in self._closed else "it is left out"
            self.hint(f"{name}: not known as a shortcode or tag, so {effect}", written)
            return text
        shown = _SHOWN[rule.kind](self, name, rule, arguments)
        if not shown and rule.kind != "nothing" and name not in self._closed:
            self.hint(f"{name}: nothing is known of what it shows, so it is left out", written)
        if rule.kind == "posts" and before not in _BEFORE_URL:
            return f"[{escape_text(self.lookup.find_title(shown) or ''.join(arguments[0][:1]))}]({shown})"
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

    def _expand_link(self, found: re.Match[str]) -> str:
        """Return the link whose text stands between two tags; any other shortcode as it is."""
        rule = self.rules.get(found[2])
        positional, named = arguments_of(found[3])
        url = first_of(rule.urls, named) or "".join(positional[:1]) if rule and rule.kind == "links" else ""
        return f"[{found[4].strip()}](<{quote(url, safe=URL_SIGNS)}>)" if url and found[4].strip() else found[0]

    def _expand_zola_body(self, found: re.Match[str]) -> str:
        name, inside = found[1], found[3].strip("\n")
        arguments = zola_arguments_of(found[2])
        rule = self.rules.get(name)
        if rule and rule.kind == "quotes":
            return to_quotation(inside, arguments[1].get("author", ""))
        self._closed |= {name}
        if name in DIAGRAMS:
            return f"\n\n```{name}\n{inside}\n```\n\n"
        return f"{self.show(name, arguments, found[0])}\n\n{inside}\n\n"

    def _expand_zola(self, found: re.Match[str]) -> str:
        return self.show(found[1], zola_arguments_of(found[2]), found[0])


def show_include(path: str, named: Mapping[str, str], shortcodes: Shortcodes) -> str:
    """Return the figure or the link of an include that a Jekyll theme has: minimal-mistakes, chirpy, al-folio."""
    kind = path.rpartition("/")[2].partition(".")[0]
    name = named.get("provider", "youtube") if kind == "video" else kind
    return shortcodes.show(name, ((), named), path) if name in shortcodes.rules and shortcodes.shows(name) else ""


# --- kinds ---------------------------------------------------------------------------------------


def _show_figure(_shortcodes: Shortcodes, _name: str, rule: Rule, arguments: Arguments) -> str:
    positional, named = arguments
    url = first_of(rule.urls, named) or "".join(positional[:1])
    caption = " – ".join(filter(None, (named.get("title"), first_of(("caption", "desc", "description"), named))))
    alternative = first_of(("alt", "default_alt"), named)
    if not url:
        return escape_text(caption)  # of a picture that only the site's generator finds
    return to_picture(url, alternative or ("" if caption else "".join(positional[1:2])), caption)


def _show_player(_shortcodes: Shortcodes, _name: str, rule: Rule, arguments: Arguments) -> str:
    """Return the link to what a shortcode would embed; "" where its address is not known whole."""
    positional, named = arguments
    if len(positional) == 2 and "." in positional[1]:  # noqa: PLR2004 - a gist and a file of it
        positional = positional[:1]
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
            return to_player(values, template)
    return ""


def _show_link(shortcodes: Shortcodes, name: str, rule: Rule, arguments: Arguments) -> str:
    positional, named = arguments
    url = first_of(rule.urls, named) or next((one for one in positional if "/" in one or "." in one), "")
    words = [one for one in positional if one != url and not one.isdecimal() and not one.startswith("lang:")]
    text = first_of(rule.texts, named) or ("" if shortcodes.is_paired(name) else " ".join(words[:1]))
    if not url:
        return f"{text}\n\n" if shortcodes.is_paired(name) else text
    url = quote(url.strip(","), safe=URL_SIGNS)
    shown = f"[{escape_text(text)}](<{url}>)" if text else f"[{escape_text(url)}](<{url}>)"
    return f"{shown}\n\n" if shortcodes.is_paired(name) else shown


def _show_post(_shortcodes: Shortcodes, _name: str, rule: Rule, arguments: Arguments) -> str:
    positional, named = arguments
    name = first_of(rule.urls, named) or "".join(positional[:1])
    return to_post_link(name) if name else UNKNOWN


def _show_text(shortcodes: Shortcodes, name: str, rule: Rule, arguments: Arguments) -> str:
    positional, named = arguments
    text = first_of(rule.texts, named) or next(
        (positional[int(key)] for key in rule.texts if key.isdecimal() and int(key) < len(positional)), ""
    )
    if shortcodes.is_paired(name):
        return f"\n\n**{escape_text(text)}**\n\n" if text else ""
    words = words_of({key: value for key, value in named.items() if key not in rule.texts})
    if words:
        return f"{escape_text(text)} – {words}" if text else words
    return escape_text(text or " ".join(positional[:1])) if rule.texts else ""


def _show_quotation(shortcodes: Shortcodes, name: str, rule: Rule, arguments: Arguments) -> str:
    """Return the quotation that stands in a shortcode's arguments, else its title alone."""
    words = [arguments[1][key] for key in (*TRANSLATED, *WORDS) if arguments[1].get(key)]
    if shortcodes.is_paired(name) or not words:
        return _show_text(shortcodes, name, rule, arguments)
    return to_quotation("\n\n".join(words), first_of(("author", "cite", "source"), arguments[1]))


def _show_nothing(*_: object) -> str:
    return ""


_SHOWN: Mapping[str, Callable[[Shortcodes, str, Rule, Arguments], str]] = {
    "figures": _show_figure,
    "players": _show_player,
    "links": _show_link,
    "posts": _show_post,
    "quotes": _show_quotation,
    "texts": _show_text,
    "nothing": _show_nothing,
}


# --- parts ---------------------------------------------------------------------------------------


def _expand_hugo_quotation(found: re.Match[str]) -> str:
    author = first_of(("author", "attribution", "cite", "source"), arguments_of(found["given"])[1])
    return to_quotation(dedent(found["text"]).strip(), author)


def _expand_quotation(found: re.Match[str]) -> str:
    """Return a quotation that is indented as its tag is."""
    before = found.string[max(found.start() - MAX_INDENT, 0) : found.start()].rpartition("\n")[2]
    quoted = to_quotation(dedent(found[3]).strip("\n"), "" if found["name"] == "pullquote" else found[2].strip())
    return indent(quoted, before) if before.isspace() else quoted


# --- Hexo's tags with a grammar of their own -----------------------------------------------------


def _show_asset(_shortcodes: Shortcodes, argument: str) -> str:
    """Return the picture of Hexo's `{% asset_img file title %}`."""
    url, _, title = argument.partition(" ")
    return to_picture(url, title.strip(" \"'"))


def _show_asset_link(_shortcodes: Shortcodes, argument: str) -> str:
    """Return the link of Hexo's `{% asset_link file title %}`."""
    url, _, title = argument.partition(" ")
    return f"[{escape_text(title.strip(chr(34) + chr(39)) or url)}](<{quote(url, safe=URL_SIGNS)}>)"


def _show_picture(_: Shortcodes, argument: str) -> str:
    """Return the picture of Hexo's `{% img [classes] address [width] [height] "title" %}`."""
    positional, _named = arguments_of(argument)
    place = next((place for place, value in enumerate(positional) if "/" in value or "." in value), None)
    if place is None:
        return ""
    texts = [value for value in positional[place + 1 :] if not value.isdecimal()]
    return to_picture(positional[place], " ".join(texts[:1]))


def _show_hexo_link(_: Shortcodes, argument: str) -> str:
    """Return the link of Hexo's `{% link text address [external] [title] %}`."""
    positional, _named = arguments_of(argument)
    place = next((place for place, value in enumerate(positional) if "://" in value), 0)
    text = " ".join(positional[:place])
    return f"[{escape_text(text)}](<{positional[place]}>)" if text else ""


def _show_button(_: Shortcodes, argument: str) -> str:
    """Return the link of NexT's and Butterfly's `{% btn address, text, icon %}`."""
    parts = [part.strip(" \"'") for part in f"{argument},".split(",")]
    url, text = parts[0], parts[1]
    return f"[{escape_text(text or url)}](<{quote(url, safe=URL_SIGNS)}>)"


def _show_label(_shortcodes: Shortcodes, argument: str) -> str:
    """Return the text of NexT's `{% label primary@text %}` and Butterfly's `{% label text color %}`."""
    _, at, text = argument.partition("@")
    return escape_text(text if at else "".join(arguments_of(argument)[0][:1]))


def _show_post_link(shortcodes: Shortcodes, argument: str) -> str:
    """Return the link of Hexo's `{% post_link name "text" %}`; without a text the post's title is shown."""
    positional, _ = arguments_of(argument)
    if not positional:
        return ""
    link = to_post_link(positional[0])
    given = [text for text in positional[1:] if text not in {"true", "false"}]
    return f"[{escape_text(' '.join(given[:1]) or shortcodes.lookup.find_title(link) or positional[0])}]({link})"


def _show_include_tag(shortcodes: Shortcodes, argument: str) -> str:
    positional, named = arguments_of(argument)
    shown = show_include("".join(positional[:1]), named, shortcodes)
    if not shown and positional:
        shortcodes.hint(f"include {positional[0]}: not run here, so left out", f"include {positional[0]}")
    return shown


_TAGS: Mapping[str, Callable[[Shortcodes, str], str]] = {
    "asset_img": _show_asset,
    "asset_link": _show_asset_link,
    "asset_path": lambda _, argument: quote(argument, safe=URL_SIGNS),
    "img": _show_picture,
    "link": _show_hexo_link,
    "btn": _show_button,
    "button": _show_button,
    "label": _show_label,
    "post_link": _show_post_link,
    "include": _show_include_tag,
    "include_relative": _show_include_tag,
}
