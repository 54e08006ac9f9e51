"""Hints on what was removed and a reader would have seen; nothing on what no reader would miss."""

import pytest

from feedsvc import cleaning

TEXT = "<p>The meeting is on Monday, at seven in the evening, in the old boat house behind the pier.</p>"


def hints(html: str) -> list[str]:
    return [hint.text for hint in cleaning.clean(TEXT + html, rules=cleaning.packaged_rules().own).hints]


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ('<p><img src="javascript:x" alt="A lamp"></p>', "picture"),
        ('<p><img src="data:image/gif;base64,x" data-picture="1.jpg"></p>', "picture"),
        ('<video><source src="ftp://a.example/1.mp4"></video>', "player"),
        ("<audio controls></audio>", "player"),
        ("<iframe srcdoc='<p>x</p>'></iframe>", "frame"),
        ('<iframe src="about:blank"></iframe>', "frame"),
        ("<p><progress max=9 value=3></progress></p>", "progress bar"),
        ('<canvas id="c">A chart</canvas>', "canvas"),
        ('<script src="https://charts.example/embed.js"></script>', "script"),
        ("<form>How many? <input name=n><button>Send</button></form>", "form"),
        ("<p>Choose <select><option>a</select></p>", "form"),
        ('<div class="ad-box"><table><tr><td>1</td></tr></table></div>', "class ad-box"),
    ],
)
def test_what_a_reader_would_have_seen_is_a_hint(html: str, kind: str) -> None:
    assert [hint.partition(":")[0] for hint in hints(html)] == [kind]


@pytest.mark.parametrize(
    "html",
    [
        "<script>track()</script>",
        '<script async src="https://www.googletagmanager.com/gtag/js"></script>',
        "<style>p {}</style>",
        '<img src="https://stats.example/p.gif" width="1" height="1">',
        '<ins class="adsbygoogle"></ins>',
        '<div class="ad-slot">Buy lamps</div>',
        '<input type="hidden" name="x">',
        "<iframe></iframe>",
        "<p></p>",
        "<!-- note -->",
    ],
)
def test_what_no_reader_would_miss_is_none(html: str) -> None:
    assert hints(html) == []


def test_hints_of_one_kind_are_counted() -> None:
    assert hints("<canvas></canvas>" * 3) == ["canvas: left out, for only a script can draw it (3 times)"]


def test_junk_of_another_site_is_no_loss() -> None:
    html = f'{TEXT}{TEXT}{TEXT}<div class="related"><table><tr><td>Read more</td></tr></table></div>'

    assert cleaning.clean(html, original="https://news.example/a").hints == ()
