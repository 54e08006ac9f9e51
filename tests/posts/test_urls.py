"""The picture of a post, and the file enclosed with it, as WordPress writes it into one text."""

import pytest

from feedsvc.models import Enclosure
from feedsvc.posts.front_matter import Source
from feedsvc.posts.metadata import Front
from feedsvc.posts.urls import enclosure_of, image_of

EPISODE = Enclosure("https://cast.example/ep1.mp3", "audio/mpeg", 12345678)


@pytest.mark.parametrize(
    ("written", "enclosure"),
    [
        ("https://cast.example/ep1.mp3\n12345678\naudio/mpeg\n", EPISODE),
        ("https://cast.example/ep1.mp3\r\n12345678\r\naudio/mpeg\r\n", EPISODE),
        ('https://cast.example/ep1.mp3\n12345678\naudio/mpeg\na:1:{s:8:"duration";s:5:"10:00";}', EPISODE),
        ("https://cast.example/ep1.mp3 12345678 audio/mpeg", EPISODE),
        (["https://cast.example/ep1.mp3\n12345678\naudio/mpeg"], EPISODE),
        ("https://cast.example/ep1\n\naudio/mpeg", Enclosure("https://cast.example/ep1", "audio/mpeg", 0)),
        ("/a b.mp3", Enclosure("/a b.mp3", "audio/mpeg", 0)),
        ("/a 1 b/c.mp3", Enclosure("/a 1 b/c.mp3", "audio/mpeg", 0)),
        ("/part 2 of.mp3", Enclosure("/part 2 of.mp3", "audio/mpeg", 0)),
    ],
)
def test_enclosure_in_one_text_is_read(written: object, enclosure: Enclosure) -> None:
    front = Front("a.md", Source({"enclosure": written}, "", ""))

    assert (enclosure_of(front), front.problems) == (enclosure, {})


@pytest.mark.parametrize(
    ("values", "image"),
    [
        ({"cover": {"image": "cover.jpg", "alt": "A"}}, "cover.jpg"),
        ({"image": {"path": "/a.png", "image": "b.png"}}, "/a.png"),
        ({"cover": "[[a cover.jpg]]"}, "a cover.jpg"),
        ({"cover": "![[img/a.png|300]]"}, "img/a.png"),
        ({"cover": ["[[b.png|B]]", "c.png"]}, "b.png"),
        ({"cover": "a [[b]].png"}, "a [[b]].png"),
        ({"cover": {"alt": "A"}}, ""),
    ],
)
def test_picture_is_the_first_usable_one(values: dict[str, object], image: str) -> None:
    assert image_of(Front("a.md", Source(values, "", ""))) == image


def test_link_to_a_note_that_is_never_closed_is_read_once() -> None:
    value = "[[" + "a" * 1_000_000  # quadratic time would be hours

    assert image_of(Front("a.md", Source({"image": value}, "", ""))) == value
