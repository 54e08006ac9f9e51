"""What the rules of an operator do, and which of them are refused."""

import pytest
import soupsieve

from feedsvc import cleaning
from feedsvc.errors import SettingError
from feedsvc.rule_files import packaged_rule_files, parse_rule_files
from feedsvc.urls import to_host

SITE = '[[site]]\nhost = "example.org"\n'


def clean(html: str, text: str, original: str = "https://www.example.org/post") -> str:
    return cleaning.clean(html, original=original, rules=cleaning.load_rules(text, "rules.toml")).html


# --- what rules do -------------------------------------------------------------------------------


def test_names_of_an_operator_are_added_to_the_packaged_ones() -> None:
    html = "<p>A text that is long enough to stay.</p><p class=mine>x</p><p class=ad>y</p>"

    assert clean(html, '[remove]\nnames = ["mine"]') == "<p>A text that is long enough to stay.</p>"


def test_site_removes_what_its_selectors_match() -> None:
    assert clean("<p>x</p><p class='a b'>y</p><i>z</i>", SITE + 'remove = ["p.a.b", "p + i"]') == "<p>x</p>"


def test_site_keeps_only_its_content_once() -> None:
    html = "<p>no</p><div class=c><p>yes <b class=c>b</b></p></div>"

    assert clean(html, SITE + 'content = [".c"]') == "<p>yes <b>b</b></p>"


def test_content_that_is_not_there_leaves_the_post_alone() -> None:
    assert clean("<p>x</p>", SITE + 'content = [".c"]') == "<p>x</p>"


def test_site_takes_wrappers_off() -> None:
    assert clean("<blockquote>x</blockquote>", SITE + 'unwrap = ["blockquote"]') == "<p>x</p>"


@pytest.mark.parametrize("host", ["charts.example", "Charts.Example", "图表.example"])
def test_site_allows_hosts_of_frames(host: str) -> None:
    html = f'<p><iframe src="https://{host}/1"></iframe></p>'
    rules = f'{SITE}iframes = ["{host}"]'

    assert "<iframe" in clean(html, rules)
    assert "<iframe" not in clean(html, "")
    assert to_host(f"https://{host}") in parse_rule_files(rules, "rules").frame_hosts


def test_site_drops_blocks_by_their_whole_text() -> None:
    assert clean("<p>x</p><p>Buy our book!</p><p>y</p>", SITE + 'text = ["buy our .*"]') == "<p>x</p><p>y</p>"


def test_site_drops_items_of_lists_and_code_by_their_text_as_well() -> None:
    html = "<ul><li>x</li><li>Buy our book!</li></ul><pre>Buy our book!</pre>"

    assert clean(html, SITE + 'text = ["buy our .*"]') == "<ul><li>x</li></ul>"


def test_longest_host_wins() -> None:
    rules = SITE + 'remove = ["b"]\n[[site]]\nhost = "www.example.org"\nremove = ["i"]'

    assert clean("<p>x<b>b</b><i>i</i></p>", rules) == "<p>x<b>b</b></p>"


def test_rules_of_a_site_leave_other_sites_alone() -> None:
    assert clean("<p>x<b>b</b></p>", SITE + 'remove = ["b"]', "https://notexample.org/") == "<p>x<b>b</b></p>"


def test_any_change_of_the_rules_changes_the_fingerprint() -> None:
    fingerprints = {parse_rule_files(text, "x").fingerprint for text in ("", SITE, SITE + 'remove = ["b"]')}

    assert len(fingerprints) == 3


def test_same_rules_have_the_same_fingerprint() -> None:
    assert parse_rule_files("", "x").fingerprint == packaged_rule_files().fingerprint


def test_packaged_selectors_are_valid() -> None:
    sites = cleaning.packaged_rules().sites.values()

    assert [soupsieve.compile(one) for site in sites for one in (*site.remove, *site.content, *site.unwrap)]


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("x", "my.toml: not TOML: "),
        (
            "[remov]",
            (
                "my.toml: unknown key 'remov': known are remove, phrases, images, links, embeds, code, callouts,"
                " shortcodes, site"
            ),
        ),
        ("[remove]\nname = []", "my.toml: [remove]: unknown key 'name': known are names, prefixes, roles, tags"),
        ("remove = 1", "my.toml: [remove]: 1: must be a table"),
        ('[remove]\nnames = "ad"', "my.toml: [remove]: names: 'ad': must be a list of strings"),
        ("[remove]\nnames = [1]", "my.toml: [remove]: names: [1]: must be a list of strings"),
        ('[phrases]\ntail = ["("]', "my.toml: [phrases]: tail: "),
        (
            '[links]\nredirectors = ["example.org/"]',
            "my.toml: [links]: redirectors: 'example.org/' is not 'host/path parameter'",
        ),
        ("site = 1", "my.toml: site: must be written [[site]]"),
        (
            "site = [1]",
            "my.toml: [[site]]: needs a host; known keys are host, image, remove, content, unwrap, iframes, text",
        ),
        ("[[site]]\nremove = []", "my.toml: [[site]]: needs a host"),
        (SITE + "removes = []", "my.toml: example.org: unknown key 'removes': known are host, image, remove, "),
        (SITE + 'remove = "p"', "my.toml: example.org: remove: 'p': must be a list of strings"),
        (SITE + 'remove = ["p["]', "my.toml: example.org: remove: bad selector 'p['"),
        (SITE + 'remove = ["::before"]', "my.toml: example.org: remove: bad selector '::before'"),
        (
            "[embeds]\npages = ['example[.]org/(\\w+) https://example.org/\\9']",
            r"my.toml: [embeds]: pages: 'example[.]org/(\\w+) https://example.org/\\9': invalid group reference 9",
        ),
        (SITE + 'text = ["("]', "my.toml: example.org: text: "),
        (SITE + "image = 1", "my.toml: example.org: image: 1: must be a string"),
    ],
)
def test_bad_rules_are_refused_with_their_place(text: str, message: str) -> None:
    with pytest.raises(SettingError) as caught:
        cleaning.load_rules(text, "my.toml")

    assert str(caught.value).startswith(message)
