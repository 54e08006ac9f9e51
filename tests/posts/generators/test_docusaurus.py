"""A site of Docusaurus: its configuration, which is a program, and the posts of its blogs."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from published import posts_of

from feedsvc.models import Author
from feedsvc.posts.generators.javascript import (
    MAX_PROGRAM,
    object_with,
    objects_under,
    part_under,
    text_under,
    without_comments,
)
from feedsvc.publishing.ids import entry_id, permalink

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site

    Make = Callable[..., Site]

CONFIG = """
// @ts-check
/** @type {import('@docusaurus/types').Config} */
const config = {
  title: 'Harbor\\'s Notes',
  tagline: "Boats & tides",
  url: 'https://harbor.example', // not http://localhost:3000
  baseUrl: '/docs-site/',
  favicon: 'img/favicon.ico',
  i18n: { defaultLocale: 'en', locales: ['en', 'zh'] },
  presets: [
    [
      'classic',
      ({
        docs: { path: 'docs', routeBasePath: 'docs', exclude: ['**/_*/**'] },
        blog: {
          BLOG
        },
      }),
    ],
  ],
  themeConfig: { navbar: { title: 'Elsewhere', items: [{ to: '/blog', label: 'Blog' }] } },
};
export default config;
"""
LIN = Author("Lin Wei", "lin@lin.example", "https://lin.example")
POST = "---\ntitle: A Title\n---\nText."


def config(blog: str = "showReadingTime: true,", **changed: str) -> dict[str, str]:
    text = CONFIG.replace("BLOG", blog)
    for old, new in changed.items():
        text = text.replace(old, new)
    return {"docusaurus.config.js": text}


def link_of(site: Site) -> str:
    (post,) = posts_of(site).values()
    return permalink(post, site.settings)


@pytest.mark.parametrize(
    ("path", "front", "link"),
    [
        ("blog/2024-05-01-hello.md", "", "/blog/2024/05/01/hello"),
        ("blog/2024-5-1-hello.mdx", "", "/blog/2024/5/1/hello"),
        ("blog/2024-05-01-hello/index.md", "", "/blog/2024/05/01/hello"),
        ("blog/2024/05-01-hello.md", "", "/blog/2024/05/01/hello"),
        ("blog/2024/05/01/hello.md", "", "/blog/2024/05/01/hello"),
        ("blog/releases/2024-05-01-two.md", "", "/blog/2024/05/01/releases/two"),
        ("blog/hello.md", "date: 2024-05-01", "/blog/hello"),
        ("blog/news/hello/index.md", "date: 2024-05-01", "/blog/news/hello"),
        ("blog/2024-05-01-hello.md", "slug: greetings", "/blog/greetings"),
        ("blog/2024-05-01-hello.md", "slug: /greetings/all", "/blog/greetings/all"),
        ("blog/2024-05-01-hello.md", "slug: ../../up/./x", "/blog/up/x"),
        ("blog/2024-05-01-hello.md", "slug: '%2E%2e/x'", "/blog/x"),
        ("blog/2024-05-01-hello.md", "slug: 'why?'", "/blog/why%3F"),
        ("blog/2024-05-01-hello.md", "slug: 'c#/..x'", "/blog/c%23/..x"),
        ("blog/2024-05-01-灯塔.md", "", "/blog/2024/05/01/%E7%81%AF%E5%A1%94"),
    ],
)
def test_post_has_the_link_of_docusaurus(make: Make, path: str, front: str, link: str) -> None:
    site = make({**config(), path: f"---\ntitle: A Title\n{front}\n---\nText."})
    (post,) = posts_of(site).values()
    assert permalink(post, site.settings) == f"https://harbor.example/docs-site{link}"
    assert entry_id(post, site.settings) == f"https://harbor.example/docs-site{unquote(link)}"
    assert f"{post.published:%Y-%m-%d}" == "2024-05-01"


@pytest.mark.parametrize("name", ["a b", "<b>", "a|b"])
def test_id_with_characters_that_no_id_may_have_is_the_link(make: Make, name: str) -> None:
    site = make({**config(), f"blog/2024-05-01-{name}.md": POST})
    (post,) = posts_of(site).values()
    assert entry_id(post, site.settings) == permalink(post, site.settings)


@pytest.mark.parametrize(
    ("files", "link"),
    [
        pytest.param(config("routeBasePath: '/',"), "/docs-site/2024/05/01/a", id="blog at the root"),
        pytest.param(config("routeBasePath: 'news/all',"), "/docs-site/news/all/2024/05/01/a", id="another route"),
        pytest.param(config(**{"'/docs-site/'": "'/', trailingSlash: true"}), "/blog/2024/05/01/a/", id="one line"),
        pytest.param(
            config(**{"  i18n": "  trailingSlash: true,\n  i18n"}), "/docs-site/blog/2024/05/01/a/", id="slash"
        ),
    ],
)
def test_configuration_changes_the_link(make: Make, files: dict[str, str], link: str) -> None:
    assert link_of(make({**files, "blog/2024-05-01-a.md": POST})) == f"https://harbor.example{link}"


def test_configuration_gives_title_description_language_and_icon(make: Make) -> None:
    settings = make({**config(), "blog/2024-05-01-a.md": POST}).settings
    assert (settings.title, settings.description) == ("Harbor's Notes Blog", "Boats & tides")
    assert (settings.language, settings.icon) == ("en", "/img/favicon.ico")
    assert settings.base_url == "https://harbor.example/docs-site"


def test_options_of_the_feed_win(make: Make) -> None:
    options = "feedOptions: {\n title: `Tides`,\n description: 'Daily',\n language: 'de',\n type: 'all', limit: false }"
    site = make({**config(options), "blog/2024-05-01-a.md": POST})
    assert (site.settings.title, site.settings.description, site.settings.language) == ("Tides", "Daily", "de")
    assert [feed.path for feed in site.settings.site.feeds] == ["/blog/rss.xml", "/blog/atom.xml", "/blog/feed.json"]


def test_values_that_the_program_computes_are_missing(make: Make) -> None:
    computed = config(**{"'https://harbor.example'": "process.env.URL", "'Harbor\\'s Notes'": "`${NAME} notes`"})
    site = make({**computed, "blog/2024-05-01-a.md": POST})
    assert len(posts_of(site)) == 1
    assert (site.settings.site.url, site.settings.title) == ("", "Posts")


@pytest.mark.parametrize(
    ("options", "statuses"),
    [
        ("", {"rss.xml": 200, "atom.xml": 200, "feed.json": 404}),
        ("feedOptions: { type: ['json'] },", {"rss.xml": 404, "atom.xml": 404, "feed.json": 200}),
        ("feedOptions: { type: null },", {"rss.xml": 404, "atom.xml": 404, "feed.json": 404}),
    ],
)
def test_feeds_stay_where_they_were(make: Make, options: str, statuses: dict[str, int]) -> None:
    site = make({**config(options), "blog/2024-05-01-a.md": POST})
    client = site.app.test_client()
    assert {name: client.get(f"/blog/{name}").status_code for name in statuses} == statuses


@pytest.mark.parametrize(
    "path",
    [
        "docs/2024-05-01-guide.md",
        "blog/_drafts/2024-05-01-a.md",
        "blog/_2024-05-01-a.md",
        "i18n/zh/docusaurus-plugin-content-blog/2024-05-01-a.md",
        "2024-05-01-a.md",
        "blog/2024-05-01-a.html",
    ],
)
def test_files_outside_the_blogs_are_no_posts(make: Make, path: str) -> None:
    assert list(posts_of(make({**config(), path: POST, "blog/2024-05-01-b.md": POST}))) == ["blog/2024-05-01-b.md"]


def test_each_blog_of_a_site_is_read(make: Make) -> None:
    plugin = "plugins: [['@docusaurus/plugin-content-blog', { id: 'news', routeBasePath: 'n', path: './news' }]],"
    files = config(**{"  themeConfig": f"  {plugin}\n  themeConfig"})
    site = make({**files, "blog/2024-05-01-a.md": POST, "news/2024-05-02-b.md": POST})
    links = {path: permalink(post, site.settings) for path, post in posts_of(site).items()}
    assert links["news/2024-05-02-b.md"] == "https://harbor.example/docs-site/n/2024/05/02/b"
    assert links["blog/2024-05-01-a.md"] == "https://harbor.example/docs-site/blog/2024/05/01/a"


NEWS = "plugins: [['@docusaurus/plugin-content-blog', { id: 'news', routeBasePath: 'n', path: './news' }]],"


def test_feed_of_each_blog_has_its_posts_alone(make: Make) -> None:
    files = config(**{"  themeConfig": f"  {NEWS}\n  themeConfig"})
    site = make({**files, "blog/2024-05-01-a.md": "---\ntitle: Alpha\n---\nText.", "news/2024-05-02-b.md": POST})
    client = site.app.test_client()
    bodies = {path: client.get(path).text for path in ("/blog/rss.xml", "/n/rss.xml", "/n/atom.xml")}
    assert {path: ("Alpha" in body, "A Title" in body) for path, body in bodies.items()} == {
        "/blog/rss.xml": (True, False),
        "/n/rss.xml": (False, True),
        "/n/atom.xml": (False, True),
    }


@pytest.mark.parametrize(
    ("options", "title"),
    [
        ("", "Harbor's Notes Blog"),
        ("blogTitle: 'Page',", "Harbor's Notes Blog"),
        ("feedOptions: { title: 'All news' },", "All news"),
    ],
)
def test_feed_of_each_blog_has_its_title(make: Make, options: str, title: str) -> None:
    plugin = NEWS.replace("id: 'news',", f"id: 'news', {options}")
    files = config(**{"  themeConfig": f"  {plugin}\n  themeConfig"})
    site = make({**files, "blog/2024-05-01-a.md": POST, "news/2024-05-02-b.md": POST})
    client = site.app.test_client()
    assert f"<title>{escape(title, quote=False)}</title>" in client.get("/n/atom.xml").text
    assert "<title>Harbor's Notes Blog</title>" in client.get("/blog/atom.xml").text
    assert "section news" in client.get("/sections/news/atom.xml").text


@pytest.mark.parametrize(
    ("preset", "plugin", "routes"),
    [
        pytest.param("'classic', {}", NEWS, ["blog", "n"], id="the preset has a blog"),
        pytest.param("'@docusaurus/preset-classic', {}", NEWS, ["blog", "n"], id="the preset by its whole name"),
        pytest.param("'classic', { blog: false }", NEWS, ["n"], id="no blog in the preset"),
        pytest.param("'./mine', {}", NEWS, ["n"], id="only the plugin"),
        pytest.param("'./mine', {}", "", ["blog"], id="a preset of one's own"),
        pytest.param("'classic', {}", NEWS.replace("./news", "blog"), ["n"], id="the same folder"),
        pytest.param("'classic', { blog: {} }", NEWS.replace("./news", "blog"), ["n"], id="the same folder, both"),
    ],
)
def test_each_configured_blog_has_its_feeds(make: Make, preset: str, plugin: str, routes: list[str]) -> None:
    code = f"export default {{ url: 'https://a.example', baseUrl: '/', presets: [[{preset}]], {plugin} }};"
    site = make({"docusaurus.config.js": code, "blog/2024-05-01-a.md": POST, "news/2024-05-02-b.md": POST})
    feeds = [feed.path for feed in site.settings.site.feeds]
    assert feeds == [f"/{route}/{name}" for route in routes for name in ("rss.xml", "atom.xml")]


@pytest.mark.parametrize(
    ("code", "route"),
    [
        ("const o = { blog: { routeBasePath: 'n' } }; const c = { baseUrl: '/', presets: [['classic', o]] };", "n"),
        ("const presets = [['classic', { blog: { routeBasePath: 'n' } }]]; const c = { baseUrl: '/', presets };", "n"),
        ("const c = { i18n: { a: { blog: { routeBasePath: 'n' } } }, baseUrl: '/', presets: ['classic'] };", "blog"),
        ("const c = { i18n: { blog: { routeBasePath: 'n' } }, presets: [['classic', { docs: {} }]] };", "blog"),
    ],
)
def test_blog_of_the_preset_is_in_its_options(make: Make, code: str, route: str) -> None:
    site = make({"docusaurus.config.js": code, "blog/2024-05-01-a.md": POST})
    assert [feed.path for feed in site.settings.site.feeds] == [f"/{route}/rss.xml", f"/{route}/atom.xml"]


@pytest.mark.parametrize(
    ("options", "link"),
    [
        ("remarkPlugins: [[p, {path: 'docs', routeBasePath: 'x'}]],", "/blog/"),
        ("remarkPlugins: [f({path: 'docs'})], routeBasePath: 'news',", "/news/"),
        ("processBlogPosts: async ({path: 'docs'}) => { return {routeBasePath: 'x'}; },", "/blog/"),
        ("routeBasePath: '/' + name,", "/blog/"),
        ("routeBasePath: 'x'\n + name,", "/blog/"),
        ("routeBasePath: 'x'.concat(name),", "/blog/"),
        ("routeBasePath: 'x' ? 'y' : 'z',", "/blog/"),
        ("routeBasePath: 'x' || name,", "/blog/"),
        ("routeBasePath: isNews && 'x',", "/blog/"),
        ("routeBasePath: to('x'),", "/blog/"),
        ("routeBasePath: 'news'", "/news/"),
        ("routeBasePath: 'news' as const,", "/news/"),
        ("'routeBasePath' : `news` ,", "/news/"),
        ("routeBasePath: 'n\\u0065w\\x73',", "/news/"),
        ("remarkPlugins: [s => s.replace(/```/g, '')], routeBasePath: 'news',", "/news/"),
        ("a: /[/'\"]/, b: /\\/{`/.test(c), routeBasePath: 'news',", "/news/"),
        ("a: s => /`/.test(s), b: 4 / 2, c: 6 / 3, routeBasePath: 'news',", "/news/"),
        ("a: it's,\nroutePathBase: 1, routeBasePath: 'news',", "/news/"),
    ],
)
def test_options_are_those_written_out_in_the_object_itself(make: Make, options: str, link: str) -> None:
    site = make({**config(options), "blog/2024-05-01-a.md": POST})
    assert link_of(site) == f"https://harbor.example/docs-site{link}2024/05/01/a"


@pytest.mark.parametrize(
    "before",
    [
        "function f(url: string, title: string) { return url; }",
        "const base = {url: 'https://cdn.example', title: 'CDN'};",
        "const note = {title: 'Hello', tagline: 'No'};",
        "const all = [{baseUrl: '/x/', url: 'https://cdn.example'}];",
        "const i18n = {localeConfigs: {blog: {path: 'docs'}}};",
        "const s = 'url: {'; const t = s.replace(/[`'\"]/g, '');",
    ],
)
def test_site_is_the_object_with_most_of_its_keys(make: Make, before: str) -> None:
    files = config()
    files["docusaurus.config.js"] = before + files["docusaurus.config.js"]
    site = make({**files, "blog/2024-05-01-a.md": POST})
    assert link_of(site) == "https://harbor.example/docs-site/blog/2024/05/01/a"
    assert (site.settings.title, site.settings.description) == ("Harbor's Notes Blog", "Boats & tides")


@pytest.mark.parametrize(
    ("written", "title"),
    [
        (r"'Caf\u00e9 \x41'", "Café A Blog"),
        (r"'\u{1F30A}\ud83c\udf0a'", "🌊🌊 Blog"),
        ("'T ' + x", "harbor.example"),
        ("'T' +\n x", "harbor.example"),
        ("x", "harbor.example"),
        ("'T' // + x", "T Blog"),
    ],
)
def test_title_in_javascript_is_read(make: Make, written: str, title: str) -> None:
    files = config(**{"'Harbor\\'s Notes',": f"{written}\n,"})
    assert make({**files, "blog/2024-05-01-a.md": POST}).settings.title == title


@pytest.mark.parametrize(
    ("type_", "count"),
    [
        ("createFeedItems: async (p) => ({ type: 'json' }),", 2),
        ("xslt: { type: 'json' }, type: 'rss',", 1),
        ("type: ['rss', 'json'],", 2),
        ("type: 'all',", 3),
    ],
)
def test_options_of_a_feed_are_its_own(make: Make, type_: str, count: int) -> None:
    site = make({**config(f"feedOptions: {{ {type_} }},"), "blog/2024-05-01-a.md": POST})
    assert len(site.settings.site.feeds) == count


@pytest.mark.parametrize(
    "part",
    ['\\"', "/*", "[", "{", "(/[", "=/", "blog: {", "title: [", "url: '", "presets: ( ", "`", "\\`\n", "url ", " "],
)
@pytest.mark.parametrize("start", ["", '"', "a = {title: "])
def test_long_program_is_looked_through_in_linear_time(start: str, part: str) -> None:
    """Each would take hours in quadratic time."""
    code = without_comments(start + part * ((MAX_PROGRAM - len(start)) // len(part)))
    assert not text_under("title", object_with(("title", "presets"), ("presets",), code))
    assert sum(len(found) for found in objects_under("blog", code)) <= MAX_PROGRAM
    assert part_under("presets", code) == part_under("presets", code)


def test_program_beyond_the_bound_is_not_looked_through(make: Make) -> None:
    files = config()
    files["docusaurus.config.js"] += " " * MAX_PROGRAM
    site = make({**files, "blog/2024-05-01-a.md": POST})
    assert (site.settings.title, site.settings.site.url) == ("Posts", "")


def test_author_of_the_data_file_may_be_a_name_alone(make: Make) -> None:
    post = "---\ntitle: A\nauthors: [lin, ann]\n---\nText."
    site = make({**config(), "blog/authors.yml": "lin: Lin Wei\nann: {title: Pilot}\n", "blog/2024-05-01-a.md": post})
    (found,) = posts_of(site).values()
    assert found.authors == (Author("Lin Wei"), Author("ann"))


def test_site_without_a_folder_of_a_blog_is_read_whole(make: Make) -> None:
    site = make({**config(), "notes/2024-05-01-a.md": POST})
    assert list(posts_of(site)) == ["notes/2024-05-01-a.md"]
    assert link_of(site) == ""


@pytest.mark.parametrize(
    ("front", "authors"),
    [
        ("authors: lin", (LIN,)),
        ("authors: [lin, guest]", (LIN, Author("guest"))),
        (
            "authors:\n  - key: lin\n    title: Pilot\n  - name: Ann, of the Harbor\n    url: https://ann.example",
            (
                LIN,
                Author("Ann, of the Harbor", url="https://ann.example"),
            ),
        ),
        (
            "author: Ann\nauthor_url: https://ann.example\nauthor_title: Pilot",
            (Author("Ann", url="https://ann.example"),),
        ),
        ("author: Ann\nauthorURL: https://ann.example", (Author("Ann", url="https://ann.example"),)),
        ("title: Another", ()),
    ],
)
def test_authors_are_those_of_the_data_file(make: Make, front: str, authors: tuple[Author, ...]) -> None:
    people = "lin:\n  name: Lin Wei\n  title: Keeper\n  url: https://lin.example\n  email: lin@lin.example\n"
    site = make({**config(), "blog/authors.yml": people, "blog/2024-05-01-a.md": f"---\n{front}\n---\nText."})
    (post,) = posts_of(site).values()
    assert post.authors == authors


@pytest.mark.parametrize(
    ("front", "tags"),
    [
        ("tags: [tide, 潮汐]", ("Tides", "潮汐")),
        ("tags:\n  - label: High Water\n    permalink: /high\n  - tide", ("High Water", "Tides")),
        ("tags: []", ()),
    ],
)
def test_tags_are_called_by_their_labels(make: Make, front: str, tags: tuple[str, ...]) -> None:
    labels = "tide:\n  label: Tides\n  permalink: /tide\n"
    site = make({**config(), "blog/tags.yml": labels, "blog/2024-05-01-a.md": f"---\ntitle: A\n{front}\n---\nText."})
    (post,) = posts_of(site).values()
    assert post.tags == tags


@pytest.mark.parametrize("front", ["draft: true", "unlisted: true"])
def test_drafts_and_unlisted_posts_are_hidden(make: Make, front: str) -> None:
    assert posts_of(make({**config(), "blog/2024-05-01-a.md": f"---\ntitle: A\n{front}\n---\nText."})) == {}


def test_broken_data_file_is_told_and_names_are_its_keys(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    site = make(
        {
            **config(),
            "blog/authors.yml": "lin:\n  name: [Lin\n",
            "blog/2024-05-01-a.md": "---\nauthors: lin\n---\nText.",
        }
    )
    (post,) = posts_of(site).values()
    assert post.authors == (Author("lin"),)
    assert "blog/authors.yml:3: " in caplog.text


def test_folder_of_a_blog_outside_the_site_is_not_read(make: Make) -> None:
    site = make({**config("path: '../blog',"), "notes/2024-05-01-a.md": POST, "../blog/2024-05-01-b.md": POST})
    assert list(posts_of(site)) == ["notes/2024-05-01-a.md"]


@pytest.mark.parametrize("posts", ["blog", "docs"])
def test_posts_folder_may_be_one_of_the_site(make: Make, posts: str) -> None:
    site = make({**config(), "blog/2024-05-01-a.md": POST, "docs/2024-05-01-a.md": POST}, posts)
    assert site.settings.site.generator == {"blog": "docusaurus", "docs": "plain"}[posts]
    assert list(posts_of(site)) == ["2024-05-01-a.md"]
