"""Style sheets and the icon by the settings: their accent color, and their words. Pure."""

from feedsvc.render.colors import DARK, LIGHT, to_readable
from feedsvc.wording import words_for


def to_page_style(css: str, accent: str) -> str:
    """Return the style sheet of pages with an accent color, in light and in dark as much of it as can be read."""
    if not accent:
        return css
    colors = f"light-dark({to_readable(accent, LIGHT)}, {to_readable(accent, DARK)})"
    return f"{css}\n:root {{ --link: {colors}; }}\n"


def to_feed_style(css: str, language: str) -> str:
    """Return the style sheet of feeds, which tells in a language what a feed is."""
    return css.replace("{feed_page}", words_for(language).text("subscribe.feed_page"))


def to_icon(svg: str, accent: str) -> str:
    """Return the icon in the accent color."""
    return svg.replace("#0b57a4", to_readable(accent, LIGHT)) if accent else svg
