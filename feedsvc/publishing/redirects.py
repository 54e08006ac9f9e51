"""Redirects that a static site needs: from aliases, and from feed URLs of other generators. Pure, but for the names.

A service finds them as they are requested; here they are listed, each checked, or given as patterns.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from importlib.resources import files
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from feedsvc.errors import Gone, NotFound
from feedsvc.publishing.resolver import Resolver
from feedsvc.settings import Settings
from feedsvc.sites import GeneratorName

_TABLES: Mapping[str, Any] = tomllib.loads((files(__package__) / "redirects.toml").read_text("utf-8"))
_PAGE = (
    '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Moved</title>\n'
    '<link rel="canonical" href="{url}">\n<meta http-equiv="refresh" content="0; url={url}">\n'
    '<p>Moved to <a href="{url}">{url}</a>\n</html>\n'
)


@dataclass(frozen=True, slots=True)
class Redirect:
    """An old path and where it leads, both percent-encoded; "" for one that is gone."""

    path: str
    target: str


def find_redirects(settings: Settings, resolver: Resolver) -> Iterator[Redirect]:
    """Yield the redirects of aliases, and of paths at which other generators have the feed of everything."""
    for path in dict.fromkeys((*dict(settings.aliases), *_TABLES["paths"])):
        try:
            target = resolver.find(path, "").canonical
        except Gone:
            target = ""
        except NotFound:
            continue
        if unquote(target) != path:
            yield Redirect(quote(path), target)


def find_patterns(settings: Settings) -> Iterator[tuple[str, str]]:
    """Yield old paths and their targets with `{name}` for a name, but those that the site's own feeds have."""
    own = {feed.path for feed in settings.site.feeds}
    tables = [_TABLES["patterns"], *([_TABLES["jekyll"]] if settings.site.generator is GeneratorName.JEKYLL else [])]
    yield from ((old, new) for table in tables for old, new in table.items() if old not in own)


def to_redirects_file(redirects: list[Redirect], patterns: list[tuple[str, str]], settings: Settings) -> str:
    """Return the redirects as Netlify and Cloudflare Pages read them; neither can say that a page is gone."""
    base = urlsplit(settings.base_url).path
    pairs = [(one.path, one.target) for one in redirects if one.target]
    pairs += [(old.replace("{name}", ":name"), new.replace("{name}", ":name")) for old, new in patterns]
    return "".join(f"{base}{old} {base}{new} 301\n" for old, new in pairs)


def to_nginx_map(redirects: list[Redirect], patterns: list[tuple[str, str]], settings: Settings) -> str:
    """Return the redirects as lines of a map of nginx, from `$request_uri` to the new path, or to "gone"."""
    base = urlsplit(settings.base_url).path
    exact = [(f'"{base}{_quoted(one.path)}"', _quoted(one.target and base + one.target) or "gone") for one in redirects]
    names = [
        (f'"~^{base}{old.replace(".", chr(92) + ".").replace("{name}", "([^/?]+)")}(\\?.*)?$"', base + new)
        for old, new in patterns
    ]
    lines = [*exact, *((old, new.replace("{name}", "$1")) for old, new in names)]
    return "".join(f'{old} "{new}";\n' for old, new in lines)


def to_redirect_page(redirect: Redirect, settings: Settings) -> bytes:
    """Return a page that leads browsers on, for file servers that have no redirects."""
    return _PAGE.format(url=escape(settings.base_url + redirect.target)).encode()


def _quoted(path: str) -> str:
    """Return a path with what nginx would take for a variable or an end of the text escaped."""
    return path.replace("$", "%24").replace('"', "%22").replace("\\", "%5C")
