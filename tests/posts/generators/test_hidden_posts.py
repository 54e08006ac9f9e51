"""Posts that a site hides otherwise than in their own front matter: by its configuration and by files of folders."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from feedsvc.models import NEVER, Content, FeedRequest, Format, Level, Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site


HUGO = "baseURL: https://x.example/\n"
ZOLA = {"config.toml": 'base_url = "https://x.example"\n'}
HEXO = {"scaffolds/post.md": ""}
QUARTZ = "const config = {{ configuration: {{ {} }}, plugins: {{ filters: [{}] }} }}"


def post(front: str = "") -> str:
    return f"---\ntitle: A\ndate: 2024-05-01\n{front}\n---\nText.\n"


def mounts(rows: str) -> dict[str, str]:
    return {"hugo.yaml": f"{HUGO}module: {{mounts: [{{source: content, target: content, {rows}}}]}}\n"}


CASES = [
    # Hugo: files that mounts leave out, and languages that are not built
    pytest.param(mounts("files: ['! posts/old-*']"), "content/posts/old-a.md", False, id="mount-not"),
    pytest.param(mounts("files: ['! **/wip/**']"), "content/posts/wip/a.md", False, id="mount-not-folder"),
    pytest.param(mounts("excludeFiles: posts/Old-*"), "content/posts/old-a.md", False, id="mount-exclude"),
    pytest.param(mounts("files: ['ok*']"), "content/a.md", False, id="mount-only"),
    pytest.param(mounts("includeFiles: ['/ok*']"), "content/ok1.md", True, id="mount-include"),
    pytest.param(mounts("files: ['! posts/old-*']"), "content/posts/older.md", True, id="mount-other"),
    pytest.param({"hugo.yaml": f"{HUGO}disableLanguages: [fr]\nlanguages: {{en: {{}}, fr: {{}}}}"},
                 "content/a.fr.md", False, id="disabled-languages"),
    pytest.param({"hugo.yaml": f"{HUGO}languages: {{en: {{}}, fr: {{disabled: true}}}}"},
                 "content/a.fr.md", False, id="disabled-language"),
    pytest.param({"hugo.yaml": f"{HUGO}languages: {{en: {{}}, fr: {{disabled: true, contentDir: fr}}}}"},
                 "fr/a.md", False, id="disabled-folder"),
    pytest.param({"hugo.yaml": f"{HUGO}languages: {{en: {{}}, fr: {{disabled: false}}}}"},
                 "content/a.fr.md", True, id="built-language"),
    pytest.param({"hugo.yaml": f"{HUGO}cascade: [{{draft: true, target: {{environment: development}}}}]"},
                 "content/a.md", True, id="cascade-elsewhere"),
    pytest.param({"hugo.yaml": f"{HUGO}cascade: [{{draft: true, target: {{environment: production}}}}]"},
                 "content/a.md", False, id="cascade-production"),
    # Zola: a draft of a section hides all that is in it
    pytest.param({**ZOLA, "content/wip/_index.md": "+++\ndraft = true\n+++\n"}, "content/wip/a.md", False, id="wip"),
    pytest.param({**ZOLA, "content/wip/_index.md": "---\ndraft: true\n---\n"}, "content/wip/b/c.md", False, id="below"),
    pytest.param({**ZOLA, "content/wip/_index.md": "+++\ndraft = true\n+++\n"}, "content/wip2/a.md", True, id="beside"),
    pytest.param({**ZOLA, "content/wip/_index.md": "+++\ndraft = false\n+++\n"}, "content/wip/a.md", True, id="ready"),
    pytest.param({**ZOLA, "content/wip/_index.md": "+++\ndraft = \n+++\n"}, "content/wip/a.md", True, id="unreadable"),
    # Hexo
    pytest.param({**HEXO, "_config.yml": "skip_render: _posts/raw/**"}, "source/_posts/raw/a.md", False, id="skip"),
    pytest.param({**HEXO, "_config.yml": "skip_render: ['_posts/*.md']"}, "source/_posts/b/a.md", True, id="skip-not"),
    pytest.param({**HEXO, "_config.yml": "ignore: ['**/old/**']"}, "source/_posts/old/a.md", False, id="ignore"),
    pytest.param({**HEXO, "_config.yml": "exclude: ['_posts/*']"}, "source/_posts/a.md", True, id="exclude"),
    # Pelican
    pytest.param({"pelicanconf.py": "IGNORE_FILES = ['tmp-*']"}, "tmp-a.md", False, id="ignore-files"),
    pytest.param({"pelicanconf.py": "IGNORE_FILES = ['tmp-*']"}, "a/tmp-b/c.md", False, id="ignore-folder"),
    pytest.param({"pelicanconf.py": "IGNORE_FILES = ['tmp-*']"}, "a-tmp-b.md", True, id="ignore-other"),
    # Eleventy: files it passes over, data of folders and of files
    pytest.param({".eleventy.js": "", ".eleventyignore": "# old\n/secret/\n"}, "secret/b/a.md", False, id="secret"),
    pytest.param({".eleventy.js": "", ".eleventyignore": "posts/old-*"}, "posts/old-a.md", False, id="old"),
    pytest.param({".eleventy.js": "", ".eleventyignore": "#posts\n!posts"}, "posts/a.md", True, id="comment"),
    pytest.param({".eleventy.js": "", "posts/posts.json": '{"draft": true}'}, "posts/a.md", False, id="data"),
    pytest.param({".eleventy.js": "", "posts/posts.11tydata.json": '{"draft": true}'}, "posts/b/a.md", False),
    pytest.param({".eleventy.js": "", "posts/a.json": '{"hidden": true}'}, "posts/a.md", False, id="data-of-a-post"),
    pytest.param({".eleventy.js": "", "posts/b.json": '{"hidden": true}', "posts/b.md": ""}, "posts/a.md", True),
    pytest.param({".eleventy.js": "", "posts/posts.json": '{"draft": '}, "posts/a.md", False, id="no-json"),
    pytest.param({".eleventy.js": "", "posts/posts.json": '{"draft": '}, "other/a.md", True, id="no-json-elsewhere"),
    pytest.param({".eleventy.js": "", "posts/a.11tydata.json": "{'a': 1}"}, "posts/a.md", False, id="no-json-of-one"),
    pytest.param({".eleventy.js": "", "posts/posts.json": ""}, "posts/a.md", True, id="empty-data"),
    pytest.param({".eleventy.js": "", "posts/posts.json": "[]"}, "posts/a.md", True, id="no-mapping"),
    # Quarto
    pytest.param({"_quarto.yml": "website: {drafts: [posts/a.qmd]}"}, "posts/a.qmd", False, id="drafts"),
    pytest.param({"_quarto.yml": "website: {drafts: posts/**}"}, "posts/b/a.qmd", False, id="drafts-glob"),
    pytest.param({"_quarto.yml": "project: {render: ['*.qmd', '!posts/']}"}, "posts/a.qmd", False, id="render-not"),
    pytest.param({"_quarto.yml": "project: {render: ['*.qmd']}"}, "posts/a.qmd", True, id="render"),
    pytest.param({"_quarto.yml": "", "posts/_metadata.yml": "draft: true"}, "posts/b/a.qmd", False, id="metadata"),
    pytest.param({"_quarto.yml": "", "posts/_metadata.yml": "draft: false"}, "posts/a.qmd", True, id="metadata-no"),
    pytest.param({"_quarto.yml": "", "posts/_metadata.yml": "draft: ["}, "posts/a.qmd", False, id="no-yaml"),
    pytest.param({"_quarto.yml": "", "posts/_metadata.yml": "draft: ["}, "b.qmd", True, id="no-yaml-elsewhere"),
    pytest.param({"_quarto.yml": "", "posts/_metadata.yml": "# none\n"}, "posts/a.qmd", True, id="no-metadata"),
    # Quartz
    pytest.param({"quartz.config.ts": QUARTZ.format('ignorePatterns: ["private", "**/wip/**"]', "")},
                 "content/b/wip/a.md", False, id="pattern"),
    pytest.param({"quartz.config.ts": QUARTZ.format('ignorePatterns: ["hush"]', "")}, "content/hush/a.md", False,
                 id="pattern-folder"),
    pytest.param({"quartz.config.ts": QUARTZ.format("", "")}, "content/private/a.md", False, id="private"),
    pytest.param({"quartz.config.ts": QUARTZ.format("", "Plugin.ExplicitPublish()")}, "content/a.md", False,
                 id="listed"),
    pytest.param({"quartz.config.ts": QUARTZ.format("", "/* Plugin.ExplicitPublish() */")}, "content/a.md", True,
                 id="explicit-comment"),
]  # fmt: skip


@pytest.fixture
def scan(make: Callable[..., Site]) -> Callable[[dict[str, str], str, str], Site]:
    """Return a site of these files and a post at a path, scanned."""
    return lambda files, path, front: make({**files, path: post(front)})


@pytest.fixture
def shows(scan: Callable[[dict[str, str], str, str], Site]) -> Callable[..., bool]:
    """Return whether the post at a path of a site of these files is published."""

    def is_shown(files: dict[str, str], path: str, front: str = "") -> bool:
        found = scan(files, path, front).index.select(FeedRequest(Scope(), Format.ATOM, 10, Content.NONE), NEVER)
        return path in {one.path for one in found}

    return is_shown


@pytest.mark.parametrize(("files", "path", "is_shown"), CASES)
def test_a_site_decides_which_files_are_posts(
    shows: Callable[..., bool],
    files: dict[str, str],
    path: str,
    is_shown: bool,  # noqa: FBT001
) -> None:
    assert shows(files, path) == is_shown


@pytest.mark.parametrize(
    ("files", "path", "front", "is_shown"),
    [
        ({".eleventy.js": "", "posts/posts.json": '{"draft": true}'}, "posts/a.md", "draft: false", True),
        ({".eleventy.js": ""}, "posts/a.md", "permalink: false", False),
        ({".eleventy.js": ""}, "posts/a.md", "permalink: /false/", True),
        ({"_quarto.yml": ""}, "posts/a.md", "permalink: false", True),
        ({"_quarto.yml": "", "posts/_metadata.yml": "draft: true"}, "posts/a.qmd", "draft: false", True),
        ({"quartz.config.ts": QUARTZ.format("", "Plugin.ExplicitPublish()")}, "content/a.md", "publish: true", True),
        ({**HEXO, "_config.yml": "encrypt: {tags: [{name: diary}]}"}, "source/_posts/a.md", "tags: [x, diary]", False),
        ({**HEXO, "_config.yml": "encrypt: {tags: [{name: diary}]}"}, "source/_posts/a.md", "tag: diary", False),
        ({**HEXO, "_config.yml": "encrypt: {tags: [{name: diary}]}"}, "source/_posts/a.md", "tags: diaries", True),
        ({**HEXO, "_config.yml": "encrypt: {tags: [{name: x}]}"}, "source/_posts/a.md", "tag: x\npassword: ''", True),
        ({**HEXO, "_config.yml": "encrypt: true"}, "source/_posts/a.md", "tags: diary", True),
        ({"pelicanconf.py": ""}, "a.md", "status: in review", False),
        ({"pelicanconf.py": ""}, "a.md", "Status: Published", True),
        ({"_quarto.yml": ""}, "posts/a.md", "status: in review", True),
    ],
)
def test_a_post_is_hidden_by_its_front_matter_and_its_site(
    shows: Callable[..., bool],
    files: dict[str, str],
    path: str,
    front: str,
    is_shown: bool,  # noqa: FBT001
) -> None:
    assert shows(files, path, front) == is_shown


@pytest.mark.parametrize(
    ("files", "path", "message"),
    [
        (
            {".eleventy.js": "", "posts/posts.json": '{"draft": true,\n "tags": ["a" "b"]}'},
            "posts/a.md",
            "posts/posts.json:2: Expecting ',' delimiter: put a comma between values",
        ),
        (
            {"_quarto.yml": "", "posts/_metadata.yml": "draft: true\n\tb: c\n"},
            "posts/a.qmd",
            "posts/_metadata.yml:2: found a tab character that violates indentation: indent with spaces",
        ),
        (
            {"hugo.toml": "", "content/posts/_index.md": "+++\ncascade = draft\n+++\n"},
            "content/posts/a.md",
            "content/posts/_index.md:2: Invalid value: put the value in quotes",
        ),
    ],
)
def test_file_of_a_folder_that_cannot_be_read_is_told(
    scan: Callable[[dict[str, str], str, str], Site], files: dict[str, str], path: str, message: str
) -> None:
    (problem,) = scan(files, path, "").index.problems()

    assert (problem.path, problem.level) == (path, Level.ERROR)
    assert problem.message == f"{message}: so no post that it is for is published"
