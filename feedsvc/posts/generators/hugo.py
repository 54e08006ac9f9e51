"""Hugo: which files are posts, and their URLs. Pure.

The rules are those of Hugo 0.168 (resources/page/permalinks.go, page_paths.go, common/paths/path.go).
"""

import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from urllib.parse import quote, unquote, unquote_plus

from feedsvc.errors import PostError
from feedsvc.models import Post, Scope
from feedsvc.posts.generators.finishing import keep_names_whole, local_time, raw_text
from feedsvc.posts.generators.hugo_cascade import add_cascades
from feedsvc.posts.generators.hugo_config import Hugo, Language, Mount, Permalink, read, recognize
from feedsvc.posts.generators.hugo_paths import sanitize, to_path_name
from feedsvc.posts.generators.hugo_titles import name_feed
from feedsvc.posts.generators.interface import Generator, is_below_content, is_in_content
from feedsvc.posts.generators.plain import GENERATED
from feedsvc.posts.metadata import PUBLISHED, Front
from feedsvc.settings import Settings
from feedsvc.sites import GeneratorName, Site
from feedsvc.text import to_language

_TOKEN = re.compile(r":(\w+)(?:\[([^\]]*)\])?")
_DATED = re.compile(r"\d{4}-\d\d-\d\d(?:.\d\d-\d\d-\d\d)?(.*)")
_ESCAPED_PATH = re.compile(r"(?:[A-Za-z0-9/!$&'()*+,;=:@\[\]._~-]|%[0-9A-Fa-f]{2})*")  # as Go leaves it
_ESCAPED_COLON = "\0"
# Parts of Go's reference time, the longer ones first, as `strftime` has them.
_GO_TIMES = {
    "January": "%B",
    "Monday": "%A",
    "2006": "%Y",
    "Jan": "%b",
    "Mon": "%a",
    "002": "%j",
    "01": "%m",
    "02": "%d",
    "15": "%H",
    "04": "%M",
    "05": "%S",
    "06": "%y",
}


@dataclass(frozen=True, slots=True)
class _Page:
    """What the URL of a page is made of; `folders` and `name` are those of its file, or of its bundle's folder."""

    hugo: Hugo
    folders: tuple[str, ...]
    name: str
    title: str
    slug: str
    local: datetime

    @property
    def section(self) -> str:
        """The first folder, "" for a page at the root."""
        return to_path_name(self.folders[0], self.hugo) if self.folders else ""

    @property
    def sections(self) -> tuple[str, ...]:
        """The folders down to the nearest one that is a section; the first one always is."""
        folders = self.folders
        nearest = next((one for one in self.hugo.sections if folders[: len(one)] == one), folders[:1])
        return tuple(to_path_name(name, self.hugo) for name in nearest)


# --- files ---------------------------------------------------------------------------------------


def is_post(path: str, site: Site) -> bool:
    """Return True if a file is a page, and not the list of a section."""
    name = path.rpartition("/")[2]
    is_named = name.lower().endswith(GENERATED) and not name.startswith((".", "#", "_index."))
    ignored = site.ignored if isinstance(site, Hugo) else ()
    whole = site.prefix + path
    return is_named and is_in_content(site, whole) and not any(re.search(pattern, whole) for pattern in ignored)


def bundle_pages(site: Site) -> frozenset[str]:
    """Return the names of the pages of leaf bundles: everything else below their folder is a resource of theirs."""
    codes = [language.code for language in site.languages] if isinstance(site, Hugo) else []
    return frozenset(f"index{end}" for suffix in GENERATED for end in (suffix, *(f".{code}{suffix}" for code in codes)))


def language_of(path: str, hugo: Hugo) -> tuple[str, Language]:
    """Return the path of a file in its folder of content without its suffixes, and its language (`x.fr.md`)."""
    whole = hugo.prefix + path
    mount = max((one for one in hugo.mounts if whole.startswith(one.source)), key=_depth_of, default=hugo.mounts[0])
    stem = mount.target + whole.removeprefix(mount.source).rpartition(".")[0]
    head, _, code = stem.rpartition(".")
    named = next((one for one in hugo.languages if head and one.code == code.lower()), None)
    return (head, named) if named else (stem, mount.language)


def _depth_of(mount: Mount) -> int:
    return len(mount.source)


# --- front matter ---------------------------------------------------------------------------------


def prepare(front: Front, site: Site, modified: datetime) -> None:
    """Add what sections hand down, and the date under the first key that the configuration takes dates from."""
    if not isinstance(site, Hugo):
        return
    inner, language = language_of(front.path, site)
    add_cascades(front, site.cascades, inner, language.code)
    found = _date_in(front, inner, site)
    if found is not None:
        front.take({**front.source.values, "date": found})
    keep_names_whole(front, site, modified)


def _date_in(front: Front, inner: str, hugo: Hugo) -> object:
    """Return the first date in the order of the configuration, None if there is none."""
    given = {key.lower(): value for key, value in front.source.values.items() if value not in (None, "")}
    for key in hugo.dates:
        if key in given:
            return given[key]
        if key == ":filename" and _DATED.fullmatch(name := inner.rpartition("/")[2]):
            return name[:10]
    return None


# --- URLs ----------------------------------------------------------------------------------------


def finish(post: Post, front: Front, settings: Settings) -> Post:
    """Return a post with its URL, which is its id too, and its section."""
    hugo = settings.site
    if not isinstance(hugo, Hugo):
        return post
    inner, language = language_of(post.path, hugo)
    page = _to_page(post, front, inner, hugo, settings)
    try:
        url = _written_url(front, page, language) or language.path + _url_of(page)
    except ValueError as error:
        raise PostError(str(error), front.source.line_of("url")) from error
    section = "/".join((language.path.lstrip("/"), *page.sections)).lstrip("/") if page.section else ""
    spoken = to_language(language.code) if len(hugo.languages) > 1 else post.language
    return replace(post, url=url, sections=(section,) if section else (), language=spoken)


def _to_page(post: Post, front: Front, inner: str, hugo: Hugo, settings: Settings) -> _Page:
    *folders, name = inner.split("/")
    if name == "index" and folders:
        name = folders.pop()
    local = local_time(post, front, settings.timezone)
    slug = raw_text(front, "slug").strip("-") or _slug_in(name, front, hugo)
    return _Page(hugo, tuple(folders), name, raw_text(front, "title"), slug, local)


def _slug_in(name: str, front: Front, hugo: Hugo) -> str:
    """Return the slug after the date in a name, where the configuration takes dates from names (`:filename`)."""
    is_read = hugo.name_dates == "always" or (hugo.name_dates == "fallback" and not front.get(*PUBLISHED))
    found = _DATED.fullmatch(name) if is_read else None
    return found[1].strip(" -_") if found else ""


def _written_url(front: Front, page: _Page, language: Language) -> str:
    """Return the URL of the front matter; a relative one is below the language's, one without a dot is a folder."""
    written = raw_text(front, "url")
    if not written:
        return ""
    path = unquote_plus(_expand(written, page)) if ":" in written else written
    prefix = "" if written.startswith("/") else language.path
    path = f"/{path.strip('/')}" + ("/" if path.endswith("/") or "." not in path else "")
    path, mark, query = (prefix + path.removesuffix("index.html").replace("//", "/")).partition("?")
    return (path if _ESCAPED_PATH.fullmatch(path) else quote(unquote(path), safe="/$&+,:;=@~")) + mark + query


def _url_of(page: _Page) -> str:
    hugo = page.hugo
    template = _template_of(page)
    if template:
        path = posixpath.normpath("/" + unquote_plus(_expand(template, page))).lstrip("/")
    else:
        names = [to_path_name(name, hugo) for name in page.folders]
        path = "/".join((*names, page.slug or to_path_name(page.name, hugo)))
    path = "/".join(filter(None, (sanitize(part, hugo) for part in path.split("/"))))
    is_ugly = not {"*", page.section}.isdisjoint(hugo.ugly)
    return quote(f"/{path}.html" if is_ugly else f"/{path}/", safe="/%+~@:").replace("#", "%23")


def _template_of(page: _Page) -> str:
    path = "/" + "/".join((*page.folders, page.name)).lower()
    return next((one.template for one in page.hugo.permalinks if _is_for(one, page.section, path)), "")


def _is_for(permalink: Permalink, section: str, path: str) -> bool:
    if permalink.pattern:
        return bool(re.fullmatch(permalink.pattern, path))
    return permalink.section == section


def _expand(template: str, page: _Page) -> str:
    text = _TOKEN.sub(partial(_fill, page), template.replace("\\:", _ESCAPED_COLON))
    return text.replace(_ESCAPED_COLON, ":")


def _fill(page: _Page, found: re.Match[str]) -> str:
    name = found[1]
    if name in {"sections", "sectionslugs"}:
        return "/".join(_part(page.sections, found[2]))
    if name in _VALUES:
        return _VALUES[name](page)
    form = re.sub("|".join(_GO_TIMES), lambda part: _GO_TIMES[part[0]], name)
    if form == name:
        raise ValueError(f"permalinks: no placeholder {found[0]!r}")
    return page.local.strftime(form)


def _part(names: tuple[str, ...], cut: str | None) -> tuple[str, ...]:
    """Return the names that a slice such as `1:` or `last` selects, all of them without one."""
    if not cut:
        return names
    start, colon, end = cut.partition(":")
    if not colon:
        return names[-1:] if start == "last" else names[int(start) : int(start) + 1] if start.isdecimal() else ()
    return names[int(start) if start.isdecimal() else 0 : int(end) if end.isdecimal() else None]


def _urlize(text: str, page: _Page) -> str:
    path, mark, fragment = sanitize(text, page.hugo).partition("#")
    return quote(f"{path}{mark}{fragment}" if fragment else path, safe="/%+~@\\#")


def _or_title(page: _Page) -> str:
    return _urlize(page.slug or page.title, page)


def _or_name(page: _Page) -> str:
    return _urlize(page.slug or page.name, page)


_VALUES: Mapping[str, Callable[[_Page], str]] = {
    "year": lambda page: str(page.local.year),
    "month": lambda page: f"{page.local:%m}",
    "monthname": lambda page: f"{page.local:%B}",
    "day": lambda page: f"{page.local:%d}",
    "weekday": lambda page: f"{page.local:%w}",
    "weekdayname": lambda page: f"{page.local:%A}",
    "yearday": lambda page: str(page.local.timetuple().tm_yday),
    "section": lambda page: page.section,
    "sectionslug": lambda page: page.section,
    "title": lambda page: _urlize(page.title, page),
    "slug": _or_title,
    "filename": lambda page: _urlize(page.name, page),
    "contentbasename": lambda page: _urlize(page.name, page),
    "slugorfilename": _or_name,
    "slugorcontentbasename": _or_name,
}


def _to_segment(scope: Scope) -> str:
    """Return the name of a term or the path of a section in the path of its feed."""
    return sanitize(scope.name, Hugo())


HUGO = Generator(
    name=GeneratorName.HUGO,
    label="Hugo",
    recognize=recognize,
    read=read,
    may_hold_posts=is_below_content,
    is_post=is_post,
    bundle_pages=bundle_pages,
    prepare=prepare,
    finish=finish,
    to_segment=_to_segment,
    name_feed=name_feed,
)
