"""What each kind of shortcode shows, as Markdown: figures, players, links, posts, quotations, texts. Pure.

Which shortcode is of which kind is in `feedsvc/markup/shortcodes.toml`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from feedsvc.lookup import to_post_link
from feedsvc.markup.shortcode_output import (
    TRANSLATED,
    UNKNOWN,
    WORDS,
    escape_text,
    first_of,
    to_link,
    to_picture,
    to_player,
    to_quotation,
    words_of,
)
from feedsvc.markup.shortcode_rules import Rule
from feedsvc.markup.shortcode_syntax import Arguments


@dataclass(frozen=True, slots=True)
class Call:
    """A shortcode as it is used in a body; a paired one has an inner text, which is shown after it."""

    arguments: Arguments
    is_paired: bool


def show_kind(rule: Rule, call: Call) -> str:
    """Return what a shortcode shows by the kind of its rule, "" if its arguments do not say it."""
    return _SHOWN[rule.kind](rule, call)


def _show_figure(rule: Rule, call: Call) -> str:
    positional, named = call.arguments
    url = first_of(rule.urls, named) or "".join(positional[:1])
    caption = " – ".join(filter(None, (named.get("title"), first_of(("caption", "desc", "description"), named))))
    alternative = first_of(("alt", "default_alt"), named)
    if not url:
        return escape_text(caption)  # of a picture that only the site's generator finds
    return to_picture(url, alternative or ("" if caption else "".join(positional[1:2])), caption)


def _show_player(rule: Rule, call: Call) -> str:
    """Return the link to what a shortcode would embed; "" where its address is not known whole."""
    positional, named = call.arguments
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


def _show_link(rule: Rule, call: Call) -> str:
    positional, named = call.arguments
    url = first_of(rule.urls, named) or next((one for one in positional if "/" in one or "." in one), "")
    words = [one for one in positional if one != url and not one.isdecimal() and not one.startswith("lang:")]
    text = first_of(rule.texts, named) or ("" if call.is_paired else " ".join(words[:1]))
    if not url:
        return f"{text}\n\n" if call.is_paired else text
    shown = to_link(text or url.strip(","), url.strip(","))
    return f"{shown}\n\n" if call.is_paired else shown


def _show_post(rule: Rule, call: Call) -> str:
    positional, named = call.arguments
    name = first_of(rule.urls, named) or "".join(positional[:1])
    return to_post_link(name) if name else UNKNOWN


def _show_text(rule: Rule, call: Call) -> str:
    positional, named = call.arguments
    text = first_of(rule.texts, named) or next(
        (positional[int(key)] for key in rule.texts if key.isdecimal() and int(key) < len(positional)), ""
    )
    if call.is_paired:
        return f"\n\n**{escape_text(text)}**\n\n" if text else ""
    words = words_of({key: value for key, value in named.items() if key not in rule.texts})
    if words:
        return f"{escape_text(text)} – {words}" if text else words
    return escape_text(text or " ".join(positional[:1])) if rule.texts else ""


def _show_quotation(rule: Rule, call: Call) -> str:
    """Return the quotation that stands in a shortcode's arguments, else its title alone."""
    named = call.arguments[1]
    words = [named[key] for key in (*TRANSLATED, *WORDS) if named.get(key)]
    if call.is_paired or not words:
        return _show_text(rule, call)
    return to_quotation("\n\n".join(words), first_of(("author", "cite", "source"), named))


def _show_nothing(*_: object) -> str:
    return ""


_SHOWN: Mapping[str, Callable[[Rule, Call], str]] = {
    "figures": _show_figure,
    "players": _show_player,
    "links": _show_link,
    "posts": _show_post,
    "quotes": _show_quotation,
    "texts": _show_text,
    "nothing": _show_nothing,
}
