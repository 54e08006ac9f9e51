"""What scripts and plug-ins would show: a link, frame, picture or player leads to it."""

import pytest

from feedsvc import cleaning
from feedsvc.cleaning import Rules, packaged_rules

TEXT = "<p>Some words that stand before it.</p>"
YOUTUBE = "https://www.youtube.com"


def clean(html: str, rules: Rules | None = None) -> str:
    return cleaning.clean(TEXT + html, original="https://example.org/a/post", rules=rules).html.removeprefix(TEXT)


def link(url: str, text: str = "") -> str:
    return f'<p><a href="{url}">{text or url}</a></p>'


@pytest.mark.parametrize(
    ("source", "page"),
    [
        ("https://gist.github.com/me/0a1b.js", "https://gist.github.com/me/0a1b"),
        ("//gist.github.com/0a1b.js?file=x.py", "https://gist.github.com/0a1b"),
        ("https://asciinema.org/a/14.js", "https://asciinema.org/a/14"),
        ("https://casts.example/a/Xy1.js", "https://casts.example/a/Xy1"),
        ("https://gitlab.com/-/snippets/12.js", "https://gitlab.com/-/snippets/12"),
        ("https://pastebin.com/embed_js/Ab12", "https://pastebin.com/Ab12"),
        ("//jsfiddle.net/me/ab12/3/embed/js,result/", "https://jsfiddle.net/me/ab12/3/"),
        (
            "https://emgithub.com/embed-v2.js?target=https%3A%2F%2Fgithub.com%2Fa%2Fb%2Fblob%2Fmain%2Fc.py&style=x",
            "https://github.com/a/b/blob/main/c.py",
        ),
    ],
)
def test_script_that_shows_a_page_leaves_a_link_to_it(source: str, page: str) -> None:
    assert clean(f'<script src="{source}"></script>') == link(page)


def test_script_that_names_what_it_shows_leaves_a_link_to_it() -> None:
    script = '<script class="speakerdeck-embed" data-id="0a1b" src="//speakerdeck.com/assets/embed.js"></script>'

    assert clean(script) == link("https://speakerdeck.com/player/0a1b")


def test_post_of_telegram_leaves_a_link_to_it() -> None:
    script = '<script async src="https://telegram.org/js/telegram-widget.js?22" data-telegram-post="ada/12"></script>'

    assert clean(script) == link("https://t.me/ada/12")


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ('<lite-youtube videoid="Ab1" playlabel="A film"></lite-youtube>', link(f"{YOUTUBE}/watch?v=Ab1", "A film")),
        ('<lite-vimeo videoid="12"></lite-vimeo>', link("https://vimeo.com/12")),
        ('<div class="lite-youtube-embed x" data-id="Ab1"></div>', link(f"{YOUTUBE}/watch?v=Ab1")),
        ('<amp-youtube data-videoid="Ab1"></amp-youtube>', link(f"{YOUTUBE}/watch?v=Ab1")),
        ('<amp-img src="/b.png" alt="c"></amp-img>', '<p><img src="https://example.org/b.png" alt="c"></p>'),
        ('<youtube id="Ab1"></youtube>', link(f"{YOUTUBE}/watch?v=Ab1")),
        ('<youtube id="https://youtu.be/Ab1"></youtube>', link("https://youtu.be/Ab1")),
        (
            '<figure><oembed url="https://youtu.be/Ab1"></oembed></figure>',
            f"<figure>{link('https://youtu.be/Ab1')[3:-4]}</figure>",
        ),
        ('<code data-gist-id="0a1b"></code>', link("https://gist.github.com/0a1b")),
        ('<video><a href="/x.mp4">The film</a></video>', link("https://example.org/x.mp4", "The film")),
        ('<asciinema-player src="/x.cast"></asciinema-player>', link("https://example.org/x.cast")),
        ('<div class="fb-post" data-href="https://www.facebook.com/a/1"></div>', link("https://www.facebook.com/a/1")),
        (
            '<blockquote class="twitter-tweet"><a href="https://twitter.com/a/status/1"></a></blockquote>',
            f"<blockquote>{link('https://twitter.com/a/status/1')[3:-4]}</blockquote>",
        ),
    ],
)
def test_widget_leaves_what_readers_can_follow(html: str, shown: str) -> None:
    assert clean(html) == shown


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ('<embed src="https://m.example/x.swf">', link("https://m.example/x.swf")),
        ('<embed src="/x.svg" title="A plan">', '<p><img src="https://example.org/x.svg" alt="A plan"></p>'),
        ('<embed src="/x.mp3">', '<p><audio src="https://example.org/x.mp3" controls=""></audio></p>'),
        ('<object data="/x.pdf">The paper</object>', link("https://example.org/x.pdf", "The paper")),
        (
            '<object data="/x.pdf"><p>See <a href="/y">it</a>.</p></object>',
            '<p>See <a href="https://example.org/y">it</a>.</p>',
        ),
        ('<object data="/x.svg"><img src="/x.png"></object>', '<p><img src="https://example.org/x.png"></p>'),
        ('<object><param name="Movie" value="/x.swf"></object>', link("https://example.org/x.swf")),
        ("<object><p>Only words.</p></object>", "<p>Only words.</p>"),
    ],
)
def test_plugin_leaves_what_it_would_show(html: str, shown: str) -> None:
    assert clean(html) == shown


@pytest.mark.parametrize(
    ("html", "source"),
    [
        (
            f'<object><param name="movie" value="{YOUTUBE}/v/Ab1&hl=en"><embed src="{YOUTUBE}/v/Ab1"></object>',
            f"{YOUTUBE}/embed/Ab1",
        ),
        ('<embed src="http://vimeo.com/moogaloop.swf?clip_id=12&x=1">', "https://player.vimeo.com/video/12"),
        ('<iframe src="http://www.youtube.com/v/Ab1"></iframe>', f"{YOUTUBE}/embed/Ab1"),
        ('<iframe src="HTTPS://WWW.YOUTUBE.com/embed/Ab1"></iframe>', "https://WWW.YOUTUBE.com/embed/Ab1"),
    ],
)
def test_old_player_of_a_known_host_is_a_frame(html: str, source: str) -> None:
    assert f'<iframe src="{source}"' in clean(html)


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("<p>Click <button>OK</button> to go on.</p>", "<p>Click OK to go on.</p>"),
        (
            "<ul><li>Then <button type=button>Save</button>, and wait.</li></ul>",
            "<ul><li>Then Save, and wait.</li></ul>",
        ),
        ("<a href='/x.pdf'><button>Download</button></a>", link("https://example.org/x.pdf", "Download")),
        ("<p><button>Share</button> <button>Print</button></p>", ""),
        ("<p>Share: <button>Facebook</button> <button>Print</button></p>", "<p>Share:</p>"),
        ("<div>1 <button>Like</button></div>", "<p>1</p>"),
        ("<pre>a = 1<button>Copy</button></pre>", "<pre>a = 1</pre>"),
    ],
)
def test_button_in_a_sentence_keeps_its_words(html: str, shown: str) -> None:
    assert clean(html, packaged_rules().own) == shown


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://platform.twitter.com/widgets.js"></script>',
        '<script src="https://cdn.example/embed.js"></script>',
        "<script>var a = 'https://gist.github.com/me/1.js'</script>",
        "<embed>",
        "<object></object>",
        '<embed src="javascript:alert(1)">',
        "<lite-youtube></lite-youtube>",
        '<iframe src="data:text/html,x"></iframe>',
        '<object data="javascript:alert(1)"></object>',
    ],
)
def test_what_shows_nothing_leaves_nothing(html: str) -> None:
    assert clean(html) == ""


def test_card_with_its_words_stays_as_it_is() -> None:
    card = '<blockquote class="twitter-tweet"><p>Words</p><p><a href="https://t.example/1">May 1</a></p></blockquote>'

    assert clean(card) == card.replace(' class="twitter-tweet"', "")
