"""Callouts in HTML: a quotation that begins with its bold title, whoever wrote them; other boxes stay as they are."""

import pytest

from feedsvc import cleaning

TEXT = "<p>Some words that stand before it.</p>"


def clean(html: str, rules: cleaning.Rules | None = None) -> str:
    rules = rules or cleaning.packaged_rules().own
    return cleaning.clean(TEXT + html, rules=rules).html.removeprefix(TEXT)


QUARTO = """<div class="callout callout-style-default callout-note callout-titled"><div class="callout-header d-flex">
<div class="callout-icon-container"><i class="callout-icon"></i></div><div class="callout-title-container flex-fill">
<span class="screen-reader-only">Note</span>Mind the gap</div>
<div class="callout-btn-toggle d-inline-block"><i class="callout-toggle"></i></div></div>
<div id="c-1" class="callout-collapse collapse">
<div class="callout-body-container callout-body"><p>Text.</p></div></div>
</div>"""
OBSIDIAN = """<div data-callout-fold="-" data-callout="note" class="callout is-collapsible"><div class="callout-title">
<div class="callout-icon"><svg class="svg-icon"><path d=""/></svg></div><div class="callout-title-inner">Mind the gap
</div></div><div class="callout-content"><p>Text.</p></div></div>"""
DOCUSAURUS = """<div class="theme-admonition theme-admonition-note admonition_xJq3 alert alert--secondary">
<div class="admonitionHeading_Gvgb"><span class="admonitionIcon_Rf37"><svg viewBox="0 0 14 16"><path d=""/></svg></span>
note</div><div class="admonitionContent_BuS1"><p>Text.</p></div></div>"""
GITHUB = """<div class="markdown-alert markdown-alert-note"><p class="markdown-alert-title">
<svg class="octicon octicon-info"><path d=""/></svg>Mind the gap</p><p>Text.</p></div>"""
STARLIGHT = """<aside aria-label="Note" class="starlight-aside starlight-aside--note">
<p class="starlight-aside__title" aria-hidden="true"><svg class="starlight-aside__icon"><path d=""/></svg>Mind the gap
</p><div class="starlight-aside__content"><p>Text.</p></div></aside>"""


@pytest.mark.parametrize(
    ("html", "title"),
    [
        pytest.param(
            '<div class="admonition note"><p class="admonition-title">Mind the gap</p><p>Text.</p></div>',
            "Mind the gap",
            id="Sphinx, Python-Markdown",
        ),
        pytest.param(
            '<div class="admonition note"><p class="first admonition-title">Mind <em>the</em> gap</p>Text.</div>',
            "Mind <em>the</em> gap",
            id="docutils, with markup and bare text",
        ),
        pytest.param(
            '<details class="note"><summary>Mind the gap</summary><p>Text.</p></details>', "Mind the gap", id="MkDocs"
        ),
        pytest.param(
            '<details class="admonition my"><summary>Mind the gap</summary><p>Text.</p></details>',
            "Mind the gap",
            id="folded, of another kind",
        ),
        pytest.param(GITHUB, "Mind the gap", id="GitHub"),
        pytest.param(QUARTO, "Mind the gap", id="Quarto, folded"),
        pytest.param(OBSIDIAN, "Mind the gap", id="Obsidian Publish, folded"),
        pytest.param(DOCUSAURUS, "Note", id="Docusaurus"),
        pytest.param(STARLIGHT, "Mind the gap", id="Starlight"),
        pytest.param(
            '<div class="tip custom-block"><p class="custom-block-title">TIP</p><p>Text.</p></div>',
            "TIP",
            id="VitePress",
        ),
        pytest.param(
            '<blockquote class="callout note"><div class="callout-title"><h5>Mind the gap</h5></div><p>Text.</p>'
            "</blockquote>",
            "Mind the gap",
            id="a quotation, with a heading",
        ),
    ],
)
@pytest.mark.parametrize("rules", [cleaning.packaged_rules(), cleaning.packaged_rules().own], ids=["scraped", "own"])
def test_a_callout_is_a_quotation_with_its_title(html: str, title: str, rules: cleaning.Rules) -> None:
    shown = f"<blockquote><p><strong>{title}</strong></p><p>Text.</p></blockquote>"

    assert clean(html, rules).replace("\n", "").replace(' id="c-1"', "") == shown


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ('<div class="admonition note"><p>Text.</p></div>', "<blockquote><p>Text.</p></blockquote>"),
        (
            '<div class="callout tip"><div class="callout note"><p class="callout-title">A</p>B</div><p>C</p></div>',
            "<blockquote><blockquote><p><strong>A</strong></p><p>B</p></blockquote><p>C</p></blockquote>",
        ),
    ],
    ids=["without a title", "in another"],
)
def test_a_box_without_a_title_has_none(html: str, shown: str) -> None:
    assert clean(html) == shown


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ('<aside class="callout-box"><p>Prose.</p></aside>', "<p>Prose.</p>"),
        ('<div class="callout"><p>Prose.</p></div>', "<p>Prose.</p>"),
        ('<p class="note">Prose.</p>', "<p>Prose.</p>"),
        ('<div class="note"><p>Prose.</p></div>', "<p>Prose.</p>"),
        ('<p class="admonition-title">A title</p><p>Prose.</p>', "<p>A title</p><p>Prose.</p>"),
        (
            "<details><summary>More</summary><p>Prose.</p></details>",
            "<details><summary>More</summary><p>Prose.</p></details>",
        ),
        (
            '<div class="callout"><p>Prose.</p><p class="callout-title">Later</p></div>',
            "<p>Prose.</p><p>Later</p>",
        ),
    ],
)
def test_other_boxes_stay_as_they_are(html: str, shown: str) -> None:
    assert clean(html) == shown


def test_an_operator_names_other_boxes() -> None:
    rules = cleaning.load_rules(
        '[callouts]\ncallout_boxes = ["hint-box"]\ncallout_titles = ["hint-head"]', "rules.toml"
    )

    shown = clean('<div class="hint-box"><b class="hint-head">Mind</b><p>Text.</p></div>', rules.own)

    assert shown == "<blockquote><p><strong>Mind</strong></p><p>Text.</p></blockquote>"
