"""Shortcodes of Hugo (`{{< figure >}}`) and Zola, tags of Hexo (`{% youtube %}`) → HTML and Markdown, by rules as data.

Pure. What stands between an opening and a closing shortcode stays; an unknown one leaves a hint.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from textwrap import dedent, indent
from urllib.parse import quote

from feedsvc.lookup import NO_LOOKUP, Lookup
from feedsvc.markup.hexo_tags import HEXO_TAGS, show_hexo_tag
from feedsvc.markup.hints import Hints
from feedsvc.markup.shortcode_kinds import Call, show_kind
from feedsvc.markup.shortcode_output import URL_SIGNS, escape_text, first_of, to_formula, to_quotation, words_of
from feedsvc.markup.shortcode_rules import Rules, packaged_shortcodes
from feedsvc.markup.shortcode_syntax import (
    CLOSING,
    DIAGRAMS,
    ESCAPED,
    FORMULA,
    FORMULAS,
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

MAX_INDENT = 100  # characters before a quotation

_TABS = frozenset({"tabs", "subtabs"})
_QUOTED = frozenset({"blockquote", "quote", "pullquote", "epigraph"})
_FORMULAS = frozenset(FORMULAS)
_INCLUDES = ("include", "include_relative")
_VISIBLE = frozenset({"figures", "players", "links", "posts"})  # kinds
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
    """Shows the shortcodes of one body by the rules, with the titles of other posts from `lookup`; gathers hints."""

    rules: Rules = field(default_factory=packaged_shortcodes)
    lookup: Lookup = NO_LOOKUP
    hints: Hints = field(default_factory=Hints)
    _closed: frozenset[str] = frozenset()

    def expand(self, text: str) -> str:
        """Return a text with HTML or Markdown for Hugo's and Zola's shortcodes, and for Hexo's quotations."""
        self.note_closed(text)
        text = ESCAPED.sub(_show_escaped, text)
        text = TAB.sub(_show_tab_title, text) if self._closed & _TABS else text
        text = QUOTATION.sub(_expand_quotation, text) if "quote" in text or "cq" in text else text
        text = HUGO_QUOTATION.sub(_expand_hugo_quotation, text) if self._closed & _QUOTED else text
        text = FORMULA.sub(_expand_hugo_formula, text) if self._closed & _FORMULAS else text
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
        if name in HEXO_TAGS:
            return show_hexo_tag(name, argument, self.lookup)
        if name in _INCLUDES:
            return self._show_include_tag(argument)
        return self.show(name, arguments_of(argument), f"{{% {name} {argument}".strip(), before)

    def show(self, name: str, arguments: Arguments, written: str, before: str = "(") -> str:
        """Return what a shortcode shows; "" for an unknown one, with a hint. `before` is the character before it."""
        rule = self.rules.get(name)
        if rule is None:
            text = "" if self.is_paired(name) else words_of(arguments[1])
            effect = "its text alone is shown" if text or self.is_paired(name) else "it is left out"
            self.hints.add(f"{name}: not known as a shortcode or tag, so {effect}", written)
            return text
        shown = show_kind(rule, Call(arguments, self.is_paired(name)))
        if not shown and rule.kind != "nothing" and not self.is_paired(name):
            self.hints.add(f"{name}: nothing is known of what it shows, so it is left out", written)
        if rule.kind == "posts" and before not in _BEFORE_URL:
            return f"[{escape_text(self.lookup.find_title(shown) or ''.join(arguments[0][:1]))}]({shown})"
        return shown

    def can_show(self, name: str) -> bool:
        """Return True if a tag of this name shows a picture or a link wherever it stands."""
        rule = self.rules.get(name)
        return name in HEXO_TAGS or name in _INCLUDES or (rule is not None and rule.kind in _VISIBLE)

    def is_paired(self, name: str) -> bool:
        """Return True if a shortcode is closed somewhere in the body."""
        return name in self._closed

    def _show_include_tag(self, argument: str) -> str:
        positional, named = arguments_of(argument)
        shown = show_include("".join(positional[:1]), named, self)
        if not shown and positional:
            self.hints.add(f"include {positional[0]}: not run here, so left out", f"include {positional[0]}")
        return shown

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
        if name in FORMULAS:
            return to_formula(inside, is_block=arguments[1].get("block") == "true")
        if name in DIAGRAMS:
            return f"\n\n```{name}\n{inside}\n```\n\n"
        return f"{self.show(name, arguments, found[0])}\n\n{inside}\n\n"

    def _expand_zola(self, found: re.Match[str]) -> str:
        arguments = zola_arguments_of(found[2])
        if found[1] in FORMULAS and (tex := arguments[1].get("body") or "".join(arguments[0][:1])):
            return to_formula(tex, is_block=arguments[1].get("block") == "true")
        return self.show(found[1], arguments, found[0])


def show_include(path: str, named: Mapping[str, str], shortcodes: Shortcodes) -> str:
    """Return the figure or the link of an include that a Jekyll theme has: minimal-mistakes, chirpy, al-folio."""
    kind = path.rpartition("/")[2].partition(".")[0]
    name = named.get("provider", "youtube") if kind == "video" else kind
    return shortcodes.show(name, ((), named), path) if name in shortcodes.rules and shortcodes.can_show(name) else ""


def _show_escaped(found: re.Match[str]) -> str:
    """Return a shortcode that is commented out as the text that its author wants readers to see."""
    return "".join(f"&#{ord(sign)};" for sign in f"{{{{{found[1]}{found[2]}{found[3]}}}}}")


def _show_tab_title(found: re.Match[str]) -> str:
    return f"**{escape_text(found[1])}**"


def _expand_hugo_formula(found: re.Match[str]) -> str:
    return to_formula(found["text"], is_block="display" in found["given"])


def _expand_hugo_quotation(found: re.Match[str]) -> str:
    author = first_of(("author", "attribution", "cite", "source"), arguments_of(found["given"])[1])
    return to_quotation(dedent(found["text"]).strip(), author)


def _expand_quotation(found: re.Match[str]) -> str:
    """Return a quotation that is indented as its tag is."""
    before = found.string[max(found.start() - MAX_INDENT, 0) : found.start()].rpartition("\n")[2]
    quoted = to_quotation(dedent(found[3]).strip("\n"), "" if found["name"] == "pullquote" else found[2].strip())
    return indent(quoted, before) if before.isspace() else quoted
