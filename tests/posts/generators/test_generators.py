"""What each generator's site is recognized by, and the links, ids and feeds that its posts have there.

`tests/data/sites` has larger sites beside what the generators themselves made of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote

import pytest
from published import posts_of

from feedsvc.errors import SettingError
from feedsvc.publishing.ids import entry_id, permalink

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site

    Make = Callable[..., Site]

POST = "---\ntitle: A Title\ndate: 2024-05-01\n---\nText."


def links_of(site: Site) -> dict[str, str]:
    return {path: unquote(permalink(post, site.settings)) for path, post in posts_of(site).items()}


def dated(front: str = "title: A Title", body: str = "Text.") -> str:
    return f"---\n{front}\ndate: 2024-05-01 10:00:00\n---\n{body}"


# --- recognition ---------------------------------------------------------------------------------

HUGO = 'baseURL = "https://x.example/"\n'
SITES = [
    ("hugo", {"hugo.toml": HUGO, "content/posts/a.md": POST}, "content/posts/a.md"),
    ("hugo", {"config.yaml": "baseurl: https://x.example/\n", "content/a.md": POST}, "content/a.md"),
    ("hugo", {"config/_default/hugo.toml": HUGO, "content/a.md": POST}, "content/a.md"),
    ("zola", {"config.toml": 'base_url = "https://x.example"\n', "content/blog/a.md": POST}, "content/blog/a.md"),
    ("pelican", {"pelicanconf.py": "PATH = 'content'\n", "content/a.md": POST}, "content/a.md"),
    ("hexo", {"_config.yml": "title: a\n", "package.json": '{"hexo": {"version": "7"}}', "source/_posts/a.md": POST},
     "source/_posts/a.md"),
    ("hexo", {"_config.yml": "title: a\n", "scaffolds/post.md": "---\n---\n", "source/_posts/a.md": POST},
     "source/_posts/a.md"),
    ("hexo", {"_config.yml": "theme: next\n", "source/_posts/a.md": POST}, "source/_posts/a.md"),
    ("jekyll", {"_config.yml": "title: a\n", "_posts/2024-05-01-a.md": POST}, "_posts/2024-05-01-a.md"),
    ("plain", {"config.toml": 'title = "no site"\n', "content/a.md": POST}, "content/a.md"),
    ("plain", {"a.md": POST}, "a.md"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "files", "post"), SITES)
def test_a_site_is_recognized_by_its_files(make: Make, name: str, files: dict[str, str], post: str) -> None:
    site = make({**files, "themes/x/README.md": "# x", "archetypes/default.md": POST})

    assert (site.settings.site.generator, list(posts_of(site))) == (name, [post])


@pytest.mark.parametrize("posts", ["content", "content/posts", "content/posts/2024"])
def test_a_site_is_found_from_a_folder_of_its_posts(make: Make, posts: str) -> None:
    site = make({"hugo.toml": HUGO, "content/posts/2024/a.md": POST}, posts)

    assert list(links_of(site).values()) == ["https://x.example/posts/2024/a/"]


@pytest.mark.parametrize("posts", ["", "source", "source/_posts", "source/_posts/2024"])
def test_a_hexo_site_is_found_from_each_of_its_folders(make: Make, posts: str) -> None:
    files = {"_config.yml": "url: https://x.example\n", "package.json": '{"hexo": {}}', "source/a.png": ""}
    site = make({**files, "source/_posts/2024/a.md": dated(body="![](/a.png)"), "source/about/index.md": POST}, posts)

    assert site.settings.site.generator == "hexo"
    assert list(links_of(site).values()) == ["https://x.example/2024/05/01/2024/a/"]


def test_a_site_is_found_from_the_folder_around_that_of_its_posts(make: Make) -> None:
    site = make(
        {"pelicanconf.py": "PATH = 'src/content'\nSITEURL = 'https://x.example'", "src/content/a.md": POST}, "src"
    )

    assert (site.settings.site.generator, list(posts_of(site))) == ("pelican", ["content/a.md"])


def test_a_folder_beside_the_posts_of_a_site_is_no_part_of_it(make: Make) -> None:
    site = make({"hugo.toml": HUGO, "content/a.md": POST, "notes/b.md": POST}, "notes")

    assert (site.settings.site.generator, list(posts_of(site))) == ("plain", ["b.md"])


def test_the_setting_names_the_generator(make: Make) -> None:
    files = {"hugo.toml": HUGO, "content/a.md": POST, "b.md": POST}

    assert sorted(posts_of(make(files, generator="plain"))) == ["b.md", "content/a.md"]


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("hugo.toml", "a = \n", "hugo.toml:1: Invalid value: put the value in quotes"),
        ("hugo.json", '{"a": 1,\n}', "hugo.json:"),
        ("config.toml", "base_url = https://z.example\n", "config.toml:1: Invalid value: put the value in quotes"),
        ("_config.yml", "source_dir: a\nb: c: d\n", "_config.yml:2: mapping values are not allowed"),
        ("pelicanconf.py", "A = (\n", "pelicanconf.py: no Python"),
    ],
)
def test_a_configuration_that_cannot_be_parsed_is_refused(make: Make, name: str, text: str, message: str) -> None:
    with pytest.raises(SettingError, match=message):
        make({name: text})


# --- Hugo ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "path", "front", "url"),
    [
        ("", "posts/A b & c.md", "", "/posts/a-b--c/"),
        ("", "posts/x/index.md", "", "/posts/x/"),
        ("", "x.md", "slug: Other Name", "/other-name/"),
        ("", "x.md", "url: /a/b.html", "/a/b.html"),
        ("", "x.md", "url: a/b", "/a/b/"),
        ("", "x.md", 'slug: "-lead and trail-"', "/lead-and-trail/"),
        ("", "posts/İSTANBUL ΟΔΟΣ.md", "", "/posts/istanbul-οδοσ/"),
        ("", "x.md", "url: /u/a (b)/", "/u/a (b)/"),
        ('[permalinks]\nposts = "/:filename/"', "posts/C++ & C#.md", "", "/c-c/"),
        ('[frontmatter]\ndate = [":filename", ":default"]', "posts/2024-04-30-x.md", "", "/posts/x/"),
        ('[frontmatter]\ndate = ["date", ":filename"]', "posts/2024-04-30-x.md", "", "/posts/2024-04-30-x/"),
        ("disablePathToLower = true", "Posts/X.md", "", "/Posts/X/"),
        ("removePathAccents = true", "pösts/é.md", "", "/posts/e/"),
        ("uglyURLs = true", "posts/x.md", "", "/posts/x.html"),
        ("[uglyURLs]\nposts = true", "other/x.md", "", "/other/x/"),
        ('[permalinks]\nposts = "/:2006/:Jan/:day/:filename"', "posts/x.md", "", "/2024/may/01/x/"),
        ('[permalinks.page]\nposts = "/:sections[last]/:slug"', "posts/x.md", "", "/posts/a-title/"),
        ('[permalinks]\nposts = "/:slugorcontentbasename/"', "posts/x.md", "slug: s", "/s/"),
        ('[[permalinks]]\npattern = "/p/:slug"\ntarget = {kind = "page", path = "/{posts,notes}/**"}', "notes/x.md", "",
         "/p/a-title/"),
        ('defaultContentLanguage = "en"\n[languages.fr]\n[languages.en]', "posts/x.fr.md", "", "/fr/posts/x/"),
        ("defaultContentLanguageInSubdir = true", "posts/x.md", "", "/en/posts/x/"),
    ],
)  # fmt: skip
def test_links_of_a_hugo_site(make: Make, config: str, path: str, front: str, url: str) -> None:
    site = make({"hugo.toml": HUGO + config, f"content/{path}": dated(f"title: A Title\n{front}")})

    (post,) = posts_of(site).values()
    assert links_of(site) == {f"content/{path}": f"https://x.example{url}"}
    assert entry_id(post, site.settings) == permalink(post, site.settings)


def test_a_folder_of_a_hugo_site_with_a_page_is_a_section(make: Make) -> None:
    config = f'{HUGO}[permalinks]\ncn = "/:sections/:slug/"\n'
    posts = {f"content/cn/{name}/sub/x.md": POST for name in ("kids", "old")}

    site = make({"hugo.toml": config, "content/cn/kids/_index.md": POST, **posts})

    assert sorted(links_of(site).values()) == ["https://x.example/cn/a-title/", "https://x.example/cn/kids/a-title/"]


@pytest.mark.parametrize(
    ("path", "section"),
    [
        ("posts/a.md", "posts"),
        ("posts/2024/a.md", "posts/2024"),
        ("posts/2024/q/a.md", "posts/2024"),
        ("posts/2024/a/index.md", "posts/2024"),
        ("posts/old/a.md", "posts"),
        ("Trips/Far Away/a.md", "trips/far-away"),
        ("other/deep/a.md", "other"),
        ("a.md", ""),
    ],
)
def test_a_post_of_a_hugo_site_is_in_the_nearest_section(make: Make, path: str, section: str) -> None:
    pages = ("posts/_index.md", "posts/2024/_index.md", "Trips/Far Away/_index.md")

    site = make({"hugo.toml": HUGO, f"content/{path}": POST, **{f"content/{page}": POST for page in pages}})

    (post,) = posts_of(site).values()
    assert post.sections == ((section,) if section else ())
    for name in filter(None, ("posts", "posts/2024", "trips/far-away", section)):
        reply = site.get(f"/{name}/index.xml", http_host="x.example")
        assert reply.text.count("<item>") == (name == section and reply.status == 200)


def test_files_that_a_hugo_site_ignores_are_no_posts(make: Make) -> None:
    config = HUGO + r"ignoreFiles = ['\.knit\.md$', '(']"
    names = ("a.md", "a.Rmd", "a.knit.md", "b.mdx", "c.html")

    site = make({"hugo.toml": config, **{f"content/{name}": POST for name in names}})
    assert sorted(posts_of(site)) == ["content/a.md", "content/c.html"]


def test_dates_in_links_of_a_hugo_site_are_in_the_zone_they_are_written_in(make: Make) -> None:
    config = f'{HUGO}timeZone = "Asia/Tokyo"\n[permalinks]\nposts = "/:month/:day/"'
    front = "---\ntitle: A\ndate: 2024-04-30T23:30:00-05:00\n---\nText."

    assert links_of(make({"hugo.toml": config, "content/posts/x.md": front})) == {
        "content/posts/x.md": "https://x.example/04/30/"
    }


@pytest.mark.parametrize("path", ["/index.xml", "/posts/index.xml", "/tags/a-b/index.xml"])
def test_feeds_of_a_hugo_site_stay_where_they_were(make: Make, path: str) -> None:
    config = f"{HUGO}rssLimit = 1"
    posts = {f"content/posts/{name}.md": dated(f"title: {name}\ntags: [a b]") for name in "xyz"}
    site = make({"hugo.toml": config, **posts, "content/notes/n.md": POST})

    reply = site.get(path, http_host="x.example")

    assert (reply.status, reply.headers["Content-Type"]) == (200, "application/rss+xml; charset=utf-8")
    assert reply.text.count("<item>") == 1


def test_a_folder_of_configuration_files_is_read_as_hugo_reads_it(make: Make) -> None:
    config = {
        "config/_default/hugo.toml": f'{HUGO}title = "T"\ndefaultContentLanguage = "fr"\n',
        "config/_default/languages.fr.toml": 'title = "Mer"\ncontentDir = "mer"\n',
        "config/_default/languages.de.toml": 'contentDir = "meer"\n',
        "config/_default/params.fr.toml": 'description = "Au large"\n',
        "config/_default/permalinks.toml": 'posts = "/p/:slug/"\n',
        "config/production/permalinks.yaml": "notes: /n/:slug/\n",
        "config/staging/hugo.toml": 'title = "Not here"\n',
    }
    site = make({**config, "mer/posts/a.md": POST, "meer/notes/b.md": POST, "content/c.md": POST})

    assert (site.settings.title, site.settings.description) == ("Mer", "Au large")
    assert links_of(site) == {
        "mer/posts/a.md": "https://x.example/p/a-title/",
        "meer/notes/b.md": "https://x.example/de/n/a-title/",
    }


MOUNTS = f"""{HUGO}defaultContentLanguage = "en"
[languages.en]
[languages.de]
[[module.mounts]]
source = "log"
target = "content/posts"
[[module.mounts]]
source = "log/deutsch"
target = "content"
lang = "de"
[[module.mounts]]
source = "src"
target = "assets"
[[module.mounts]]
source = "../elsewhere"
target = "content"
"""


def test_folders_that_a_hugo_site_mounts_hold_its_posts(make: Make) -> None:
    pages = ("log/a.md", "log/deutsch/a.md", "log/deutsch/x/b.md", "content/c.md", "src/d.md")

    site = make({"hugo.toml": MOUNTS, **dict.fromkeys(pages, POST)})

    assert links_of(site) == {
        "log/a.md": "https://x.example/posts/a/",
        "log/deutsch/a.md": "https://x.example/de/a/",
        "log/deutsch/x/b.md": "https://x.example/de/x/b/",
    }


@pytest.mark.parametrize("folder", [".", "./", "/", "./log/", "log"])
def test_the_folder_of_content_may_be_any(make: Make, folder: str) -> None:
    post = "log/a.md" if "log" in folder else "a/b.md"

    site = make({"hugo.toml": f'{HUGO}contentDir = "{folder}"\n', post: POST})

    assert list(links_of(site).values()) == [f"https://x.example/{post.removeprefix('log/').removesuffix('.md')}/"]


def test_mounts_of_other_files_leave_the_content_where_it_is(make: Make) -> None:
    config = HUGO + '[[module.mounts]]\nsource = "src"\ntarget = "assets"\n'

    assert list(posts_of(make({"hugo.toml": config, "content/a.md": POST, "src/b.md": POST}))) == ["content/a.md"]


@pytest.mark.parametrize(
    ("config", "section", "front", "is_shown"),
    [
        ("", "cascade:\n  draft: true", "", False),
        ("", "cascade:\n  draft: true", "draft: false", True),
        ("", "cascade:\n  build: {list: never}", "", False),
        ("", "cascade:\n- {draft: true, target: {path: /posts/sub/**}}", "", True),
        ("", "cascade:\n- {draft: true, _target: {path: '{/posts/*,/x}'}}", "", False),
        ("", "cascade:\n- {draft: true, target: {kind: section}}", "", True),
        ("", "cascade:\n- {draft: true, target: {lang: de}}", "", True),
        ("[cascade]\ndraft = true", "a: b", "", False),
        ("[cascade]\ndraft = true", "cascade: {draft: false}", "", True),
        ('[[cascade]]\ndraft = true\n[cascade.target]\npath = "/notes/**"', "a: b", "", True),
        ("", "cascade: [", "", False),
        ("", "cascade: true", "", True),
    ],
)
def test_values_that_a_hugo_site_hands_down_count(
    make: Make, config: str, section: str, front: str, *, is_shown: bool
) -> None:
    page, post = f"---\n{section}\n---\n", dated(f"title: A\n{front}")

    site = make({"hugo.toml": HUGO + config, "content/posts/_index.md": page, "content/posts/a.md": post})

    assert bool(posts_of(site)) == is_shown


def test_names_and_links_are_handed_down_in_a_hugo_site(make: Make) -> None:
    page = "---\ncascade:\n  tags: [sea]\n  url: /u/:slug/\n  params: {author: Li}\n---\n"
    posts = {"content/posts/a.md": dated("title: A"), "content/posts/b.md": dated("title: B\ntags: [own]")}

    found = posts_of(make({"hugo.toml": HUGO, "content/posts/_index.md": page, **posts})).values()

    assert sorted((post.tags, post.url, post.authors[0].name) for post in found) == [
        (("own",), "/u/b/", "Li"),
        (("sea",), "/u/a/", "Li"),
    ]


@pytest.mark.parametrize(
    ("config", "front", "day"),
    [
        ("", "lastmod: 2024-02-03", "2024-02-03"),
        ("", "modified: 2024-02-03", "2024-02-03"),
        ("", "date: 2024-01-01\nlastmod: 2024-02-03", "2024-01-01"),
        ("", "pubdate: 2024-01-02\nLastmod: 2024-02-03", "2024-01-02"),
        ('[frontmatter]\ndate = ["lastmod", "date"]', "date: 2024-01-01\nlastmod: 2024-02-03", "2024-02-03"),
        ('[frontmatter]\ndate = ["myDate", ":default"]', "date: 2024-01-01\nmydate: 2024-02-03", "2024-02-03"),
        ('[frontmatter]\ndate = ["date", ":filename"]', "lastmod: 2024-02-03", "2024-05-06"),
        ('[frontmatter]\ndate = [":filename", "date"]', "date: 2024-02-03", "2024-05-06"),
    ],
)
def test_the_date_of_a_hugo_post_is_the_first_that_its_configuration_names(
    make: Make, config: str, front: str, day: str
) -> None:
    site = make({"hugo.toml": HUGO + config, "content/2024-05-06-a.md": f"---\ntitle: A\n{front}\n---\nText."})

    (post,) = posts_of(site).values()
    assert post.published.date().isoformat() == day


# --- Zola ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "path", "front", "url"),
    [
        ("", "Blog/My Post.md", "", "/Blog/my-post/"),
        ("", "blog/2024-05-01-x.md", "", "/blog/x/"),
        ("", "blog/2024-05-01_日本/index.md", "", "/blog/ri-ben/"),
        ("", "blog/x.md", "path: /a/b", "/a/b/"),
        ("", "blog/x.md", "slug: héhé", "/blog/hehe/"),
        ('[slugify]\npaths = "safe"', "blog/héhé?.md", "", "/blog/héhé/"),
        ('[slugify]\npaths = "off"', "x y.md", "", "/x y/"),
        ("[slugify]\npaths_keep_dates = true", "2024-05-01-x.md", "", "/2024-05-01-x/"),
        ("[languages.fr]", "blog/x.fr.md", "", "/fr/blog/x/"),
    ],
)
def test_post_has_the_link_of_zola(make: Make, config: str, path: str, front: str, url: str) -> None:
    site = make({"config.toml": f'base_url = "https://x.example"\n{config}', f"content/{path}": dated(front or "a: b")})

    (post,) = posts_of(site).values()
    assert links_of(site) == {f"content/{path}": f"https://x.example{url}"}
    assert entry_id(post, site.settings) == f"https://x.example{url}"


@pytest.mark.parametrize(
    ("path", "sections"),
    [
        ("blog/a.md", ("blog",)),
        ("blog/a/index.md", ("blog",)),
        ("blog/Old Days/a.md", ("blog/Old Days",)),
        ("blog/open/a.md", ("blog/open", "blog")),
        ("blog/none/a.md", ()),
        ("other/a.md", ("other",)),
        ("a.md", ()),
    ],
)
def test_sections_of_a_zola_page(make: Make, path: str, sections: tuple[str, ...]) -> None:
    fronts = {"blog": "", "blog/Old Days": "", "blog/open": "transparent = true"}
    pages = {f"content/{name}/_index.md": f"+++\n{front}\n+++\n" for name, front in fronts.items()}

    site = make({"config.toml": 'base_url = "https://x.example"\n', f"content/{path}": POST, **pages})

    (post,) = posts_of(site).values()
    assert post.sections == sections
    for name in sections:
        reply = site.get(f"/{name.lower().replace(' ', '-')}/atom.xml", http_host="x.example")
        assert (reply.status, reply.text.count("<entry>")) == (200, 1)


def test_each_language_of_a_zola_site_has_its_feed(make: Make) -> None:
    config = (
        'base_url = "https://x.example"\ngenerate_feeds = true\n[languages.fr]\ngenerate_feeds = true\n[languages.de]\n'
    )
    site = make({"config.toml": config, **{f"content/a{end}.md": POST for end in ("", ".fr", ".de")}})

    for path, link in (("/atom.xml", "https://x.example/a/"), ("/fr/atom.xml", "https://x.example/fr/a/")):
        text = site.get(path, http_host="x.example").text
        assert (text.count("<entry>"), f'href="{link}"' in text) == (1, True)


def test_date_in_the_path_of_a_zola_page_is_its_date_if_it_has_no_other(make: Make) -> None:
    pages = {
        "content/a.md": '+++\ntitle = "A"\npath = "2014/12/11/a"\n+++\nText.',
        "content/b.md": '+++\ntitle = "B"\ndate = 2015-01-02\npath = "2014/12/11/b"\n+++\nText.',
    }
    site = make({"config.toml": 'base_url = "https://x.example"\n', **pages})

    found = {path: post.published.date().isoformat() for path, post in posts_of(site).items()}
    assert found == {"content/a.md": "2014-12-11", "content/b.md": "2015-01-02"}


# --- Pelican -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "path", "front", "url"),
    [
        ("", "x.md", "", "/a-title.html"),
        ("", "x.md", "slug: other", "/other.html"),
        ("", "x.md", "url: a/b/", "/a/b/"),
        ("SLUGIFY_SOURCE = 'basename'", "X_y.md", "", "/x_y.html"),
        ("SLUGIFY_SOURCE = 'basename'", "日本 x.md", "", "/ri-ben-x.html"),
        ("SLUGIFY_SOURCE = 'basename'\nSLUGIFY_USE_UNICODE = True", "日本.md", "", "/日本.html"),
        ("SLUGIFY_PRESERVE_CASE = True", "x.md", "", "/A-Title.html"),
        ("ARTICLE_URL = '{category}/{date:%Y}/{date:%b}/{slug}'", "Sea Log/x.md", "", "/sea-log/2024/May/a-title"),
        ("ARTICLE_URL = '{category}/{slug}/'", "x.md", "", "/misc/a-title/"),
        ("BLOG = 'b'\nARTICLE_URL = f'{BLOG}/' + '{slug}.html'", "x.md", "", "/b/a-title.html"),
        ("FILENAME_METADATA = r'(?P<date>\\d{4}-\\d{2}-\\d{2})_(?P<slug>.*)'", "2024-05-01_s.md", "", "/s.html"),
        ("", "x.md", "lang: fr", "/a-title-fr.html"),
    ],
)
def test_links_and_ids_of_a_pelican_site(make: Make, config: str, path: str, front: str, url: str) -> None:
    files = {"pelicanconf.py": f"SITEURL = 'https://x.example/'\nPATH = 'content'\n{config}\n"}
    site = make({**files, f"content/{path}": dated(f"title: A Title\n{front}")})

    (post,) = posts_of(site).values()
    assert links_of(site) == {f"content/{path}": f"https://x.example{url}"}
    assert entry_id(post, site.settings) == f"tag:x.example,2024-05-01:{url}"


def test_publishconf_of_a_pelican_site_wins(make: Make) -> None:
    files = {"pelicanconf.py": "SITEURL = ''\nPATH = '.'\n", "publishconf.py": "SITEURL = 'https://p.example'\n"}

    assert links_of(make({**files, "a.md": POST, "pages/b.md": POST})) == {"a.md": "https://p.example/a-title.html"}


@pytest.mark.parametrize(
    ("config", "files", "posts"),
    [
        ("", ["content/a.md", "draft/b.md"], ["content/a.md"]),
        ("PATH = '.'", ["content/a.md", "draft/b.md"], ["content/a.md", "draft/b.md"]),
        ("PATH = 'draft'", ["content/a.md", "draft/b.md"], ["draft/b.md"]),
        ("", ["a.md", "draft/b.md"], ["a.md", "draft/b.md"]),
    ],
)
def test_articles_of_pelican_without_a_path_are_in_content(
    make: Make, config: str, files: list[str], posts: list[str]
) -> None:
    site = make({"pelicanconf.py": f"{config}\n", **dict.fromkeys(files, POST)})
    assert sorted(posts_of(site)) == posts


@pytest.mark.parametrize(
    ("config", "url"),
    [
        ("LOCAL = False\nSITEURL = 'https://p.example' if not LOCAL else ''", "https://p.example"),
        ("LOCAL = True\nSITEURL = '' if LOCAL else 'https://p.example'", ""),
        ("SITEURL = 'https://p.example' if unknown else ''", ""),
    ],
)
def test_conditions_whose_values_are_known_are_read(make: Make, config: str, url: str) -> None:
    assert make({"pelicanconf.py": f"PATH = '.'\n{config}\n", "a.md": POST}).settings.site.url == url


def test_a_value_that_is_no_literal_is_told(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    make({"pelicanconf.py": "import os\nPATH = 'content'\nSITEURL = os.environ.get('URL')\n", "content/a.md": POST})

    assert "pelicanconf.py:3: SITEURL: no literal" in caplog.text


@pytest.mark.parametrize("path", ["/feeds/all.atom.xml", "/feeds/travel.atom.xml", "/feeds/ann-oar.rss.xml"])
def test_feeds_of_a_pelican_site_stay_where_they_were(make: Make, path: str) -> None:
    config = "SITEURL = 'https://x.example'\nPATH = 'content'\n"
    site = make({"pelicanconf.py": config, "content/Travel/x.md": dated("title: A\nauthor: Ann Oar")})

    assert site.get(path, http_host="x.example").status == 200


# --- Hexo ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "path", "front", "url"),
    [
        ("", "Sub/My Post.md", "", "/2024/05/01/Sub/My Post/"),
        ("", "x.md", "permalink: a/b.html", "/a/b.html"),
        ("permalink: :category/:name.html", "sub/x.md", "categories: [News, Late Ones]", "/News/Late-Ones/x.html"),
        ("permalink: :category/:name.html", "sub/x.md", "", "/uncategorized/x.html"),
        ("permalink: :post_title/", "x.md", "", "/a-title/"),
        ("permalink: :category/", "x.md", "categories: ßtraße ﬁ Ærø Ａé", "/straSe-ﬁ-AEro-Ae/".replace("S", "s")),
        ("permalink: :hash/", "x.md", "", "/82249c2600c1/"),
        ("permalink: :year/:i_month/:abbr.html", "x.md", "abbr: q", "/2024/5/q.html"),
        ("permalink: :lang/:title/\npermalink_defaults: {lang: en}", "x.md", "", "/en/x/"),
        ("permalink: :title/\nnew_post_name: :year-:month-:day-:title.md", "2024-05-01-x.md", "", "/x/"),
        ("permalink: :title.html\npretty_urls: {trailing_html: false}", "x.md", "", "/x"),
        ("permalink: :title/index.html\npretty_urls: {trailing_index: false}", "x.md", "", "/x/"),
    ],
)
def test_links_of_a_hexo_site(make: Make, config: str, path: str, front: str, url: str) -> None:
    files = {"_config.yml": f"url: https://x.example\nsource_dir: source\n{config}\n"}
    site = make({**files, f"source/_posts/{path}": dated(f"title: A Title\n{front}")})

    (post,) = posts_of(site).values()
    assert links_of(site) == {f"source/_posts/{path}": f"https://x.example{url}"}
    assert entry_id(post, site.settings) == permalink(post, site.settings)


@pytest.mark.parametrize(
    ("feed", "path", "media_type"),
    [
        ("", "/atom.xml", "application/atom+xml"),
        ("feed: {type: rss2}", "/rss2.xml", "application/rss+xml"),
        ("feed: {type: [atom, rss2], path: [a.xml, b.xml]}", "/b.xml", "application/rss+xml"),
    ],
)
def test_feeds_of_a_hexo_site_stay_where_they_were(make: Make, feed: str, path: str, media_type: str) -> None:
    config = f"url: https://x.example\nsource_dir: source\n{feed}"
    site = make({"_config.yml": config, "source/_posts/a.md": POST})

    reply = site.get(path, http_host="x.example")

    assert (reply.status, reply.headers["Content-Type"].partition(";")[0]) == (200, media_type)


# --- settings ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "front", "url"),
    [
        ("blog/2024-05-01-oak.md", "", "/b/2024/oak/"),
        ("blog/elm/index.md", "", "/b/2024/elm/"),
        ("blog/ash.md", "slug: the-ash", "/b/2024/the-ash/"),
        ("blog/yew.md", "permalink: /trees/the yew/", "/trees/the yew/"),
        ("blog/fir.md", "permalink: https://x.example/fir.html", "/fir.html"),
        ("blog/box.md", "permalink: https://elsewhere.example/box.html", "/b/2024/box/"),
    ],
)
def test_post_has_the_link_of_the_settings(make: Make, path: str, front: str, url: str) -> None:
    site = make({path: dated(front or "a: b")}, site_url="https://x.example", permalink="/b/:year/:slug/")

    assert links_of(site) == {path: f"https://x.example{url}"}
    assert entry_id(posts_of(site)[path], site.settings).startswith("urn:uuid:")


def test_placeholders_of_the_setting_permalink_are_those_there_are(make: Make) -> None:
    site = make({"a.md": POST}, site_url="https://x.example", permalink="/:what/")

    assert [problem.message for problem in site.index.problems()] == [
        "the setting permalink: permalink: no placeholder ':what'"
    ]


# --- generators whose links are code -------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "mark", "post"),
    [
        ("astro", "astro.config.mjs", "src/content/blog/a.md"),
        ("astro", "astro.config.ts", "src/data/blog/a.md"),
        ("eleventy", ".eleventy.js", "posts/a.md"),
        ("eleventy", "eleventy.config.mjs", "a.md"),
        ("quarto", "_quarto.yml", "posts/a.md"),
        ("obsidian", ".obsidian/app.json", "Daily/a.md"),
    ],
)
def test_other_generators_are_recognized_by_a_file(make: Make, name: str, mark: str, post: str) -> None:
    files = {mark: "", post: POST, "node_modules/x/a.md": POST, "_site/a.md": POST}
    site = make(files, site_url="https://x.example", permalink="/blog/:slug/")

    assert site.settings.site.generator == name
    assert links_of(site) == {post: "https://x.example/blog/a/"}


def test_ids_of_a_generator_with_feeds_are_its_links(make: Make) -> None:
    files = {"eleventy.config.js": "", "a.md": POST}
    site = make(files, site_url="https://x.example", permalink="/blog/:slug/")

    assert entry_id(posts_of(site)["a.md"], site.settings) == "https://x.example/blog/a/"


@pytest.mark.parametrize(
    ("path", "front", "title"),
    [
        ("My iPhone note.md", "created: 2024-05-01", "My iPhone note"),
        ("sub/two  words_and-signs.md", "created: 2024-05-01", "two words_and-signs"),
        ("2024-04-05.md", "a: b", "2024-04-05"),
        ("a.md", "created: 2024-05-01\ntitle: Own", "Own"),
    ],
)
def test_name_of_a_note_is_its_title(make: Make, path: str, front: str, title: str) -> None:
    site = make({".obsidian/app.json": "{}", path: f"---\n{front}\n---\nText."})

    assert [post.title for post in posts_of(site).values()] == [title]
    assert site.index.problems() == []


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("05/15/2023", "2023-05-15"),
        ("5/1/2023 9:30", "2023-05-01"),
        ("05-15-2023", "2023-05-15"),
        ("12/31/23", "2023-12-31"),
        ("2023-05-15", "2023-05-15"),
        ("2023/05/15", "2023-05-15"),
        ("May 15, 2023", "2023-05-15"),
    ],
)
def test_dates_of_a_quarto_site_may_begin_with_the_month(make: Make, written: str, day: str) -> None:
    site = make(
        {"_quarto.yml": "project:\n  type: website\n", "posts/a/index.qmd": f"---\ndate: {written}\n---\nText."}
    )

    assert [f"{post.published:%Y-%m-%d}" for post in posts_of(site).values()] == [day]


@pytest.mark.parametrize(("config", "written"), [("_quarto.yml", "15/05/2023"), ("feedsvc.toml", "05/06/2023")])
def test_date_that_says_no_month_is_none(make: Make, config: str, written: str) -> None:
    site = make({config: "", "posts/a.md": f"---\ndate: {written}\n---\nText."})

    assert posts_of(site) == {}


def test_templates_of_an_obsidian_vault_are_no_posts(make: Make) -> None:
    files = {".obsidian/templates.json": '{"folder": "Meta/Templates"}', "a.md": POST, "Meta/Templates/b.md": POST}

    assert list(posts_of(make(files))) == ["a.md"]


@pytest.mark.parametrize(
    ("name", "title", "hints"),
    [
        ("2024-05-01 A well-known harbor", "A well-known harbor", 0),
        ("2024-05-01-Über den Käse", "Über den Käse", 0),
        ("2024-05-01 港口 二", "港口 二", 0),
        ("2024-05-01-a-well-known-harbor", "A Well Known Harbor", 1),
        ("2024-05-01 harbor", "Harbor", 1),
    ],
)
def test_name_of_a_file_with_blanks_is_its_title(make: Make, name: str, title: str, hints: int) -> None:
    site = make({f"{name}.md": "Text."})

    assert [post.title for post in posts_of(site).values()] == [title]
    assert len(site.index.problems()) == hints


def test_name_with_blanks_on_a_jekyll_site_is_titled_as_jekyll_does(make: Make) -> None:
    site = make({"_config.yml": "", "_posts/2024-05-01-a well-known harbor.md": "---\n---\nText."})

    assert [post.title for post in posts_of(site).values()] == ["A well Known harbor"]


VAULT = {".obsidian/app.json": "{}"}


@pytest.mark.parametrize(
    ("front", "body", "tags"),
    [
        ("", "Ripe #garden and #harvest/2024.", ("garden", "harvest/2024")),
        ("tags: [Garden, fruit]", "#garden #herbs #Herbs", ("Garden", "fruit", "herbs")),
        ("tags: ['#garden', \"#herbs\"]", "Text.", ("garden", "herbs")),
        ("tags: garden, herbs", "#1984 `#code` %%#hidden%%", ("garden", "herbs")),
        ("title: A", "# Heading\n\n#end", ("end",)),
    ],
)
def test_tags_of_a_note_may_stand_in_its_text(make: Make, front: str, body: str, tags: tuple[str, ...]) -> None:
    site = make({**VAULT, "2024-05-01.md": f"---\n{front}\n---\n{body}"})

    assert [post.tags for post in posts_of(site).values()] == [tags]


@pytest.mark.parametrize("key", ["date created", "Date Created", "creation date", "created_at", "created"])
def test_dates_of_a_note_stand_under_the_keys_of_plugins(make: Make, key: str) -> None:
    site = make({**VAULT, "A.md": f"---\n{key}: 2024-05-01\nmodification date: 2024-05-03\n---\nText."})

    assert [(f"{post.published:%d}", f"{post.updated:%d}") for post in posts_of(site).values()] == [("01", "03")]


def test_excluded_tag_in_the_text_of_a_note_leaves_it_out(make: Make) -> None:
    site = make({**VAULT, "2024-05-01.md": "Text. #private", "2024-05-02.md": "Text."}, exclude_tags="private")

    assert list(posts_of(site)) == ["2024-05-02.md"]


def test_too_many_tags_in_the_text_of_a_note_are_told(make: Make) -> None:
    site = make({**VAULT, "2024-05-01.md": " ".join(f"#t{number}" for number in range(101))})

    assert [len(post.tags) for post in posts_of(site).values()] == [100]
    assert [problem.message.partition(":")[0] for problem in site.index.problems()] == ["tags"]


def test_undated_notes_of_a_vault_are_pages_wherever_they_are(make: Make) -> None:
    tagged = {
        "a/2024-05-01.md": "Text.",
        "a/b.md": "Text. #garden",
        "c.md": "---\ntags: [x]\n---\nText.",
        "d/e.md": "x",
    }
    site = make({**VAULT, **tagged})

    message = "3 files without date, such as 'a/b.md': pages, not posts"
    assert [(problem.path, problem.message) for problem in site.index.problems()] == [(".", message)]
    assert site.index.count_pages() == 3


def test_misspelt_date_of_a_note_is_an_error(make: Make) -> None:
    site = make({**VAULT, "a.md": "---\ndaet: 2024-05-01\n---\nText."})

    assert [problem.level for problem in site.index.problems() if "'daet'" in problem.message] == ["error"]


@pytest.mark.parametrize("config", [{}, {"_config.yml": ""}, {"hugo.toml": ""}, {"_quarto.yml": ""}])
def test_signs_in_texts_of_other_sites_are_no_tags(make: Make, config: dict[str, str]) -> None:
    front = "---\ntitle: A Title\ndate: 2024-05-01\n---\nText. #garden ^id"
    site = make({**config, f"{'content' if 'hugo.toml' in config else '_posts'}/2024-05-01-a.md": front})

    assert [post.tags for post in posts_of(site).values()] == [()]
    assert "#garden ^id" in site.get("/feed.json").text


def test_a_name_in_any_script_is_found_by_its_latin_slug(make: Make) -> None:
    site = make({"2024-05-01-a.md": "---\ntags: [泡泡, Zoë Å]\n---\nText."})

    found = [site.get(f"/tags/{slug}/rss.xml").headers["Location"] for slug in ("pao-pao", "zoe-a")]
    assert found == ["/tags/%E6%B3%A1%E6%B3%A1/rss.xml", "/tags/Zo%C3%AB%20%C3%85/rss.xml"]


@pytest.mark.parametrize(
    ("files", "icon"),
    [
        ({"_config.yml": "url: https://x.example\nbaseurl: /b\nfeed: {icon: /i.png}"}, "https://x.example/b/i.png"),
        ({"_config.yml": "feed: {icon: i.png}", "CNAME": "x.example"}, "https://x.example/i.png"),
        ({"_config.yml": "url: https://x.example\nsource_dir: s\nfeed: {icon: https://y.example/i.png}"},
         "https://y.example/i.png"),
    ],
)  # fmt: skip
def test_icon_of_a_configuration_is_that_of_feeds(make: Make, files: dict[str, str], icon: str) -> None:
    site = make({**files, "_posts/2024-05-01-a.md": POST, "s/_posts/a.md": POST})

    assert site.get("/feed.json", http_host="x.example").text.count(f'"favicon":"{icon}"') == 1


@pytest.mark.parametrize(
    ("config", "path", "front", "url"),
    [
        ("astro.config.mjs", "src/content/blog/2024-05-01-A Day.md", "", "/b/2024-05-01-a-day/"),
        ("astro.config.mjs", "src/content/blog/2024/Sea's/index.mdx", "", "/b/2024/seas/"),
        ("astro.config.mjs", "src/data/blog/a_b.md", "", "/b/a_b/"),
        ("astro.config.mjs", "src/a.md", "", "/b/a/"),
        ("astro.config.mjs", "src/content/blog/x.md", "slug: own", "/b/own/"),
        ("eleventy.config.js", "posts/2024-05-01-a_b.c.md", "", "/b/a_b.c/"),
        ("eleventy.config.js", "posts/2024-05-01-sea/index.md", "", "/b/sea/"),
        ("feedsvc.toml", "2024-05-01-a_b.md", "", "/b/a-b/"),
        ("astro.config.mjs", "src/content/blog/x.md", "permalink: own", "/own/"),
        ("eleventy.config.js", "posts/x.md", "permalink: own/page.html", "/own/page.html"),
        ("eleventy.config.js", "posts/x.md", "permalink: own/index.html", "/own/"),
        ("eleventy.config.js", "posts/x.md", "permalink: 'own/{{ title }}/'", "/b/x/"),
    ],
)
def test_links_by_the_setting_have_the_slugs_of_the_generator(
    make: Make, config: str, path: str, front: str, url: str
) -> None:
    files = {config: "", path: dated(f"title: A\n{front}")}

    site = make(files, site_url="https://x.example", permalink="/b/:slug/")

    assert list(links_of(site).values()) == [f"https://x.example{url}"]


@pytest.mark.parametrize(
    ("config", "root"),
    [
        ({"hugo.toml": HUGO}, "content/"),
        ({"config.toml": 'base_url = "https://x.example"'}, "content/"),
        ({"pelicanconf.py": "PATH = 'content'"}, "content/"),
        ({"_config.yml": "source_dir: source"}, "source/_posts/"),
    ],
)
def test_keywords_are_no_tags_of_a_generator_without_such(make: Make, config: dict[str, str], root: str) -> None:
    site = make({**config, f"{root}a.md": dated("title: A\ntags: [sea]\nkeywords: [ships, salt]")})

    assert [post.tags for post in posts_of(site).values()] == [("sea",)]


def test_a_value_that_is_null_is_so_in_the_link_of_a_hexo_post(make: Make) -> None:
    config = "url: https://x.example\nsource_dir: source\npermalink: :number/:other/\n"

    site = make({"_config.yml": config, "source/_posts/a.md": dated("title: A\nnumber: null")})

    assert list(links_of(site).values()) == ["https://x.example/null/undefined/"]


@pytest.mark.parametrize(
    ("ignored", "posts"),
    [
        ('["*/README.md"]', ["content/a.md", "content/x/b.md"]),
        ('["content/x/*"]', ["content/README.md", "content/a.md"]),
        ('["*.{md,txt}"]', []),
        ("[]", ["content/README.md", "content/a.md", "content/x/b.md"]),
    ],
)
def test_content_that_a_zola_site_ignores_is_not_read(make: Make, ignored: str, posts: list[str]) -> None:
    config = f'base_url = "https://x.example"\nignored_content = {ignored}\n[languages.pt-BR]\n'
    pages = ("README.md", "a.md", "x/b.md", "_index.pt-BR.md")

    site = make({"config.toml": config, **{f"content/{page}": POST for page in pages}})

    assert sorted(posts_of(site)) == posts


# --- files ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("files", "posts", "picture"),
    [
        pytest.param({"_config.yml": "title: X"}, "_posts", "images/a.png", id="Jekyll"),
        pytest.param({"hugo.toml": "baseURL = 'https://x.example/'"}, "content/posts", "static/a.png", id="Hugo"),
        pytest.param(
            {"hugo.toml": "theme = 'b'\nbaseURL = '/'"}, "content", "themes/b/static/a.png", id="Hugo's theme"
        ),
        pytest.param({"_config.yml": "theme: b\nnew_post_name: x"}, "source/_posts", "source/a.png", id="Hexo"),
        pytest.param(
            {"_config.yml": "theme: b\nnew_post_name: x"}, "source/_posts", "themes/b/source/a.png", id="Hexo's theme"
        ),
        pytest.param({"config.toml": "base_url = 'https://x.example'"}, "content", "static/a.png", id="Zola"),
        pytest.param({"astro.config.mjs": ""}, "src/content/blog", "public/a.png", id="Astro"),
        pytest.param({"astro.config.mjs": ""}, "src/content/blog", "src/assets/a.png", id="Astro's assets"),
        pytest.param({"eleventy.config.js": ""}, "content/posts", "assets/blog/a.png", id="Eleventy"),
        pytest.param({"eleventy.config.js": ""}, "src", "public/img/a.png", id="Eleventy's public folder"),
        pytest.param(
            {".eleventy.js": ""}, "src/blog", "src/_img/a.png", id="folder with a sign that Eleventy publishes"
        ),
        pytest.param({}, ".", "static/media/a.png", id="static folder of no generator that is known"),
        pytest.param({}, ".", "public/a.png", id="public folder of no generator that is known"),
        pytest.param({}, ".", "_attachments/a.png", id="folder with a sign"),
        pytest.param({"quartz.config.ts": ""}, "content", "_resources/a.png", id="Quartz"),
        pytest.param({"_quarto.yml": ""}, "blog/posts", "images/a.png", id="Quarto"),
        pytest.param({".obsidian/app.json": "{}"}, "Blog", "Attachments/a.png", id="Obsidian"),
    ],
)
def test_picture_of_the_site_is_served(make: Make, files: dict[str, str], posts: str, picture: str) -> None:
    url = picture
    for folder in ("static/", "public/", "src/", "source/", "themes/b/"):
        url = url.removeprefix(folder)
    url = url.removeprefix("static/").removeprefix("source/")
    body = f"![A](/{url})"
    site = make({**files, picture: "x", f"{posts}/2024-05-01-a.md": dated(body=body)}, posts)

    assert site.get(f"/files/{url}").status == 200


def test_notes_of_quartz_are_a_vault(make: Make) -> None:
    posts = ("content/a.md", "content/notes/b.md")
    others = ("docs/c.md", "content/private/d.md", "content/templates/e.md", "README.md")
    site = make({"quartz.config.ts": "", **dict.fromkeys((*posts, *others), POST)})

    assert sorted(posts_of(site)) == list(posts)


def test_relative_path_out_of_the_posts_folder_names_a_file_of_the_site(make: Make) -> None:
    body = "![A](../../assets/a.png) ![B](~/assets/b.png) ![C](../../../astro.config.mjs) ![D](../../../../d.png)"
    body += " ![E](@assets/e.png)"
    files = {
        "astro.config.mjs": "",
        **dict.fromkeys((f"src/assets/{name}.png" for name in "abe"), "x"),
        "../d.png": "x",
    }
    site = make({**files, "src/content/blog/2024-05-01-a.md": dated(body=body)}, "src/content/blog")

    paths = ("assets/a.png", "assets/b.png", "assets/e.png", "astro.config.mjs", "d.png")

    assert [site.get(f"/files/{path}").status for path in paths] == [200, 200, 200, 404, 404]


def test_file_in_a_folder_that_generators_do_not_publish_is_not_served(make: Make) -> None:
    body = "![A](/_includes/a.png) ![B](/node_modules/b.png) ![C](/.git/c.png)"
    files = dict.fromkeys(("_includes/a.png", "node_modules/b.png", ".git/c.png"), "x")
    site = make({"_config.yml": "title: X", **files, "_posts/2024-05-01-a.md": dated(body=body)}, "_posts")

    assert [site.get(f"/files/{path}").status for path in files] == [404] * 3


@pytest.mark.parametrize(
    ("config", "name", "email"),
    [
        ("author: Li\nemail: li@x.example", "Li", "li@x.example"),
        ("author: Li\nemail: nowhere", "Li", ""),
        ("title: T\nemail: li@x.example", "T", "li@x.example"),
        ("author: Li", "Li", ""),
    ],
)
def test_author_and_hub_of_a_hexo_site_are_those_of_its_feeds(make: Make, config: str, name: str, email: str) -> None:
    feed = "feed: {hub: 'https://hub.example/'}"
    site = make(
        {"_config.yml": f"url: https://x.example\nsource_dir: source\n{feed}\n{config}", "source/_posts/a.md": POST}
    )

    text = site.get("/atom.xml", http_host="x.example").text

    shown = f"<author><name>{name}</name>" + (f"<email>{email}</email>" if email else "") + "</author>"
    assert shown in text
    assert '<link href="https://hub.example/" rel="hub"/>' in text


def test_the_feed_of_an_address_with_letters_has_it_in_ascii(make: Make) -> None:
    site = make({"_config.yml": "url: http://gôg.example/bár\nsource_dir: source\n", "source/_posts/a.md": POST})

    assert (
        "<id>http://xn--gg-8ja.example/b%C3%A1r/</id>" in site.get("/bár/atom.xml", http_host="xn--gg-8ja.example").text
    )


@pytest.mark.parametrize(
    ("path", "title"),
    [
        ("/index.xml", "Harbor"),
        ("/sect/index.xml", "Sects on Harbor"),
        ("/city/index.xml", "Cities on Harbor"),
        ("/box/index.xml", "Boxes on Harbor"),
        ("/my-posts/index.xml", "My-Posts on Harbor"),
        ("/named/index.xml", "潮 on Harbor"),
        ("/named/in-it/index.xml", "Of It on Harbor"),
        ("/tags/the-end-of-days/index.xml", "The End of Days on Harbor"),
        ("/tags/iphone/index.xml", "IPhone on Harbor"),
        ("/rss.xml", "Harbor"),
        ("/tags/iPhone/rss.xml", "Harbor · tag iPhone"),
    ],
)
def test_a_feed_of_a_hugo_site_keeps_its_title(make: Make, path: str, title: str) -> None:
    posts = {f"content/{name}/a.md": dated("title: A\ntags: [iPhone, the end of days]") for name in
             ("sect", "city", "box", "my-posts", "named", "named/in-it")}  # fmt: skip
    sections = {
        "content/named/_index.md": "---\ntitle: 潮\n---\n",
        "content/named/in-it/_index.md": "---\ntitle: Of It\n---",
    }
    site = make({"hugo.toml": f'{HUGO}title = "Harbor"', **posts, **sections})

    assert f"<channel><title>{title}</title>" in site.get(path, http_host="x.example").text


@pytest.mark.parametrize(
    ("path", "title"),
    [("/feeds/all.atom.xml", "Log"), ("/feeds/sea.atom.xml", "Log - Sea"), ("/feeds/li.atom.xml", "Log - Li")],
)
def test_a_feed_of_a_pelican_site_keeps_its_title(make: Make, path: str, title: str) -> None:
    config = "PATH = 'content'\nSITENAME = 'Log'\nSITEURL = 'https://x.example'\n"
    site = make(
        {"pelicanconf.py": config, "content/a.md": "Title: A\nDate: 2024-05-01\nCategory: Sea\nAuthor: Li\n\nText."}
    )

    assert f"<title>{title}</title>" in site.get(path, http_host="x.example").text


@pytest.mark.parametrize(
    ("name", "text", "summary"),
    [
        ("a.md", "Title: A\nDate: 2024-05-01\nSummary: With **bold**\n    and `code` and [links](/x).\n\nText.",
         "With bold and code and links."),
        ("a.md", "Title: A\nDate: 2024-05-01\nSummary: 5 < 6 & 2 * 3 * 4 in snake_case_names [x]\n\nText.",
         "5 < 6 & 2 * 3 * 4 in snake_case_names [x]"),
        ("a.mdown", "Title: A\nDate: 2024-05-01\nSummary: x\n\nText.", "x"),
        ("a.html", ('<html><head><title>A</title><meta name="date" contents="2024-05-01">'
         '<meta name="summary" content="a *b*"></head><body>x</body></html>'), "a *b*"),
    ],
)  # fmt: skip
def test_summaries_of_a_pelican_site_are_read_as_pelican_reads_them(
    make: Make, name: str, text: str, summary: str
) -> None:
    site = make({"pelicanconf.py": "PATH = 'content'\n", f"content/{name}": text})

    assert [post.summary for post in posts_of(site).values()] == [summary]


@pytest.mark.parametrize(
    ("config", "path", "front", "shown"),
    [
        ("DEFAULT_METADATA = {'status': 'draft'}", "a.md", "", None),
        ("DEFAULT_METADATA = {'status': 'draft'}", "a.md", "Status: published", ("misc", "2024-05-01")),
        ("EXTRA_PATH_METADATA = {'a.md': {'Status': 'hidden'}}", "a.md", "", None),
        ("EXTRA_PATH_METADATA = {'log': {'category': 'x'}, 'log/sea': {'category': 'y'}}", "log/sea/a.md", "",
         ("y", "2024-05-01")),
        ("EXTRA_PATH_METADATA = {'log': {'category': 'x'}}", "log/sea/a.md", "", ("x", "2024-05-01")),
        ("EXTRA_PATH_METADATA = {'lo': {'category': 'x'}}", "log/a.md", "Category: own", ("own", "2024-05-01")),
        ("DEFAULT_DATE = (2020, 3, 2)", "a.md", "Date:", ("misc", "2020-03-02")),
        ("DEFAULT_DATE = (2020, 3, 2)", "a.md", "", ("misc", "2024-05-01")),
    ],
)  # fmt: skip
def test_metadata_that_a_pelican_site_adds_counts(
    make: Make, config: str, path: str, front: str, shown: tuple[str, str] | None
) -> None:
    date = "" if "Date:" in front else "Date: 2024-05-01\n"
    text = f"Title: A\n{date}{front}\n\nText.".replace("\n\n\n", "\n\n")

    site = make({"pelicanconf.py": f"PATH = 'content'\n{config}\n", f"content/{path}": text})

    found = [(post.categories[0], post.published.date().isoformat()) for post in posts_of(site).values()]
    assert found == ([shown] if shown else [])


@pytest.mark.parametrize(
    ("limit", "front", "path", "summary"),
    [
        ("content_limit: 4", "", "/atom.xml", "Wide"),
        ("content_limit: 4", "description: As written", "/atom.xml", "As written"),
        ("content_limit: 4", "", "/tags/a/atom.xml", "Wide sea."),
        ("content_limit: none", "", "/atom.xml", "Wide sea."),
        ("limit: 1", "", "/atom.xml", "Wide sea."),
    ],
)
def test_summaries_in_the_feed_of_a_hexo_site_are_as_long_as_its_configuration_says(
    make: Make, limit: str, front: str, path: str, summary: str
) -> None:
    config = f"url: https://x.example\nsource_dir: source\nfeed: {{{limit}}}\n"
    site = make({"_config.yml": config, "source/_posts/a.md": dated(f"title: A\ntags: [a]\n{front}", "Wide sea.")})

    assert f"<summary>{summary}</summary>" in site.get(path, http_host="x.example").text
