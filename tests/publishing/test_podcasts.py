"""Feeds of posts with sound are podcasts: by Apple's requirements, and as gPodder's parser reads them."""

from __future__ import annotations

import io
import json
import wave
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5
from xml.etree import ElementTree as ET

import podcastparser
import pytest
from bs4 import BeautifulSoup

from feedsvc.podcast_settings import CATEGORIES, read_show
from feedsvc.publishing import post_cleaner

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Site

    from feedsvc.settings import Settings

BASE = "http://feeds.example.org"
ITUNES, PODCAST = "{http://www.itunes.com/dtds/podcast-1.0.dtd}", "{https://podcastindex.org/namespace/1.0}"
OTHER_NAME = "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md"
# https://podcasters.apple.com/support/823-podcast-requirements
SOUND_TYPES = {"audio/x-m4a", "audio/mp4", "audio/mpeg", "video/quicktime", "video/mp4", "video/x-m4v"}
TABLE = {
    "author": "Li & Wu",
    "owner": "Li",
    "email": "li@example.org",
    "image": "https://example.org/cover.jpeg?1",
    "category": ["Society & Culture > Documentary", "Technology"],
    "explicit": False,
    "type": "serial",
    "locked": True,
    "funding": "https://example.org/support",
}
EPISODE: dict[str, Any] = {
    "title": "The moon",
    "tags": ["月"],
    "author": "Li",
    "enclosure": {"url": "https://cdn.example/1.mp3", "length": 24_000_000},
    "season": 2,
    "episode": 12,
    "episodeType": "full",
    "duration": "39:37",
    "explicit": True,
    "episode_image": "https://example.org/12.png",
    "transcript": {"url": "https://example.org/12.vtt", "language": "en"},
    "chapters": "https://example.org/12.json",
    "hosts": [{"name": "Li", "img": "https://example.org/li.png", "href": "https://li.example/"}],
    "guests": ["Ada"],
    "summary": "About the moon.",
}


@pytest.fixture
def site(settings: Settings, make_site: Callable[[Settings], Site]) -> Site:
    return make_site(replace(settings, language="en", podcast=read_show(TABLE)))


def make_sound(seconds: float) -> bytes:
    """Return a WAV file."""
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(1)
        written.setframerate(1000)
        written.writeframes(bytes(int(1000 * seconds)))
    return file.getvalue()


@pytest.fixture
def sound(site: Site) -> bytes:
    """A file of three seconds and a half in the folder."""
    (site.posts / "sounds").mkdir()
    (site.posts / "sounds" / "a.wav").write_bytes(make_sound(3.5))
    return make_sound(3.5)


def parse(site: Site, target: str = "/rss.xml") -> dict[str, Any]:
    """Return what gPodder reads, which knows the namespace of `podcast:*` by its other name alone.

    By the namespace's own document, clients must know both, and feeds have the one of ours.
    """
    body = site.get(target).body.replace(PODCAST[1:-1].encode(), OTHER_NAME.encode())
    found: dict[str, Any] = podcastparser.parse(BASE + target, io.BytesIO(body))
    return found


def channel_of(site: Site, target: str = "/rss.xml") -> ET.Element:
    channel = ET.fromstring(site.get(target).body).find("channel")
    assert channel is not None
    return channel


def faults_of(channel: ET.Element) -> list[str]:
    """Return what Apple's requirements for a feed miss."""
    needed = ["title", "description", "link", "language"]
    faults = [name for name in needed if not channel.findtext(name)]
    image, category = channel.find(f"{ITUNES}image"), channel.find(f"{ITUNES}category")
    if image is None or not image.get("href", "").startswith("http"):
        faults.append("itunes:image")
    if category is None or category.get("text") not in CATEGORIES:
        faults.append("itunes:category")
    if channel.findtext(f"{ITUNES}explicit") not in {"true", "false"}:
        faults.append("itunes:explicit")
    guids = [item.findtext("guid", "") for item in channel.iter("item")]
    if len(set(guids)) < len(guids) or not all(guids):
        faults.append("guid")
    return faults + [fault for item in channel.iter("item") for fault in faults_of_item(item)]


def faults_of_item(item: ET.Element) -> list[str]:
    faults = [name for name in ("title", "pubDate", "description") if not item.findtext(name)]
    (enclosure,) = item.findall("enclosure")
    if enclosure.get("type") not in SOUND_TYPES or not enclosure.get("length", "").isdecimal():
        faults.append("enclosure")
    numbers = [item.findtext(f"{ITUNES}{name}") for name in ("season", "episode", "duration")]
    faults += [f"number {number}" for number in numbers if number is not None and not number.isdecimal()]
    if item.findtext(f"{ITUNES}episodeType") not in {None, "full", "trailer", "bonus"}:
        faults.append("itunes:episodeType")
    return faults


# --- whole feeds ---------------------------------------------------------------------------------


def test_feed_meets_the_requirements_of_apple(site: Site) -> None:
    site.write("2024-01-01-a.md", **EPISODE)
    site.publish("2024-01-02-b.md", enclosure="https://cdn.example/2.m4a")

    targets = ["/rss.xml", "/tags/%E6%9C%88/rss.xml", "/authors/Li/rss.xml"]

    assert [faults_of(channel_of(site, target)) for target in targets] == [[]] * 3


def test_every_field_is_read_by_gpodder(site: Site) -> None:
    site.publish("2024-01-01-a.md", **EPISODE)

    show = parse(site)
    (episode,) = show.pop("episodes")

    assert {name: show[name] for name in show if name not in {"description", "generator", "link", "title"}} == {
        "cover_url": "https://example.org/cover.jpeg?1",
        "type": "serial",
        "language": "en",
        "itunes_categories": [["Society & Culture", "Documentary"], ["Technology"]],
        "itunes_author": "Li & Wu",
        "itunes_owner": {"name": "Li", "email": "li@example.org"},
        "explicit": False,
        "funding_url": "https://example.org/support",
        "import_prohibited": True,
    }
    assert {
        name: episode[name] for name in episode if name not in {"guid", "link", "published", "description_html"}
    } == {
        "title": "The moon",
        "description": "About the moon.",
        "total_time": 2377,
        "explicit": True,
        "itunes_author": "Li",
        "season": 2,
        "number": 12,
        "type": "full",
        "episode_art_url": "https://example.org/12.png",
        "transcript_url": "https://example.org/12.vtt",
        "chapters_json_url": "https://example.org/12.json",
        "persons": [
            {
                "name": "Li",
                "role": "host",
                "group": "cast",
                "href": "https://li.example/",
                "img": "https://example.org/li.png",
            },
            {"name": "Ada", "role": "guest", "group": "cast", "href": None, "img": None},
        ],
        "payment_url": None,
        "enclosures": [{"url": "https://cdn.example/1.mp3", "file_size": 24_000_000, "mime_type": "audio/mpeg"}],
    }


def test_id_of_a_podcast_is_made_of_its_feed_and_differs_between_feeds(site: Site) -> None:
    site.publish("2024-01-01-a.md", **EPISODE)

    ids = [
        channel_of(site, target).findtext(f"{PODCAST}guid")
        for target in ("/rss.xml", "/rss.xml?limit=1", "/authors/Li/rss.xml")
    ]

    namespace = UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
    made = [str(uuid5(namespace, f"feeds.example.org/{path}")) for path in ("rss.xml", "rss.xml", "authors/Li/rss.xml")]
    assert ids == made


def test_id_that_is_set_is_that_of_the_feed_of_everything(site: Site, make_site: Callable[[Settings], Site]) -> None:
    guid = "917393e3-1b1e-5cef-ace4-edaa54e1f810"
    other = make_site(replace(site.settings, podcast=read_show({"guid": guid})))
    other.publish("2024-01-01-a.md", **EPISODE)

    ids = [channel_of(other, target).findtext(f"{PODCAST}guid") for target in ("/rss.xml", "/authors/Li/rss.xml")]

    assert (ids[0], ids[1] != guid) == (guid, True)


def test_settings_of_the_site_stand_for_those_of_the_podcast(
    settings: Settings, make_site: Callable[[Settings], Site]
) -> None:
    site = make_site(replace(settings, author="Li <li@example.org>", logo="/logo.png"))
    site.publish(enclosure="https://cdn.example/1.mp3")

    show = parse(site)

    assert (show["itunes_author"], show["cover_url"], show["explicit"]) == ("Li", f"{BASE}/logo.png", False)
    assert show["itunes_owner"] == {"name": "Li", "email": "li@example.org"}


@pytest.mark.parametrize(("languages", "expected"), [(["fr", "fr"], "fr"), (["fr", "de"], None), (["", ""], None)])
def test_language_of_all_episodes_is_that_of_the_podcast(
    settings: Settings, make_site: Callable[[Settings], Site], languages: list[str], expected: str | None
) -> None:
    site = make_site(settings)
    for day, language in enumerate(languages, 1):
        site.write(f"2024-01-0{day}-a.md", body="1234", enclosure="https://cdn.example/1.mp3", lang=language, title="1")
    site.publish("2024-01-03-text.md", body="1234", lang="ja", title="1")

    assert channel_of(site).findtext("language") == expected


@pytest.mark.parametrize("front", [{}, {"enclosure": "https://cdn.example/1.pdf"}, {"season": 2, "duration": "1:00"}])
def test_feed_without_sound_is_no_podcast(site: Site, front: dict[str, object]) -> None:
    site.publish(**front)

    assert "itunes" not in site.get("/rss.xml").text


def test_atom_and_its_bytes_have_no_elements_of_podcasts(site: Site) -> None:
    site.publish("2024-01-01-a.md", **EPISODE)

    assert "itunes" not in site.get("/atom.xml").text


def test_post_without_sound_stays_in_a_podcast_as_it_is(site: Site) -> None:
    site.write("2024-01-01-a.md", **EPISODE)
    site.publish("2024-01-02-b.md", image="https://example.org/b.png")

    text, sound = channel_of(site).iter("item")

    assert [child.tag for child in text if "itunes" in child.tag or "podcast" in child.tag] == []
    assert sound.find(f"{ITUNES}duration") is not None


def test_picture_of_an_episode_is_not_taken_for_its_sound(site: Site) -> None:
    site.publish("2024-01-01-a.md", enclosure="https://cdn.example/1.mp3", image="https://example.org/1.png")

    (episode,) = parse(site)["episodes"]

    assert [one["url"] for one in episode["enclosures"]] == ["https://cdn.example/1.mp3"]
    assert episode["episode_art_url"] == "https://example.org/1.png"


def test_namespace_of_chapters_is_declared_where_it_is_used(site: Site) -> None:
    site.publish("2024-01-01-a.md", **EPISODE)

    assert "simple-chapters" not in site.get("/rss.xml").text


def test_chapters_that_a_post_lists_are_read_by_gpodder(site: Site) -> None:
    chapters = ["0:00 Intro", {"start": "12:30", "title": "The moon", "href": "https://example.org/moon"}]
    site.publish("2024-01-01-a.md", enclosure="https://cdn.example/1.mp3", chapters=chapters)

    (episode,) = parse(site)["episodes"]

    assert episode["chapters"] == [
        {"start": 0, "title": "Intro"},
        {"start": 750, "title": "The moon", "href": "https://example.org/moon"},
    ]


def test_json_feed_has_the_duration_of_an_attachment(site: Site) -> None:
    site.publish("2024-01-01-a.md", **EPISODE)

    (item,) = json.loads(site.get("/feed.json").body)["items"]

    assert item["attachments"] == [
        {
            "url": "https://cdn.example/1.mp3",
            "mime_type": "audio/mpeg",
            "size_in_bytes": 24_000_000,
            "duration_in_seconds": 2377,
        }
    ]


# --- files beside posts --------------------------------------------------------------------------


def test_sound_beside_a_post_has_its_length_type_and_duration(site: Site, sound: bytes) -> None:
    site.publish("2024-01-01-a.md", audio="sounds/a.wav")

    (episode,) = parse(site)["episodes"]

    url = f"{BASE}/files/sounds/a.wav"
    assert episode["enclosures"] == [{"url": url, "file_size": len(sound), "mime_type": "audio/wav"}]
    assert episode["total_time"] == 4
    assert site.get("/files/sounds/a.wav").body == sound


def test_written_duration_counts_before_that_of_the_file(site: Site, sound: bytes) -> None:
    site.publish("2024-01-01-a.md", audio="sounds/a.wav", duration=7)

    assert (bool(sound), parse(site)["episodes"][0]["total_time"]) == (True, 7)


def test_duration_follows_the_file(site: Site, sound: bytes) -> None:
    site.publish("2024-01-01-a.md", audio="sounds/a.wav")
    assert parse(site)["episodes"][0]["total_time"] == 4

    (site.posts / "sounds" / "a.wav").write_bytes(sound and make_sound(1))
    site.scan()

    assert parse(site)["episodes"][0]["total_time"] == 1


@pytest.mark.parametrize("content", [b"", b"ID3", b"\xff\xfb\x90\x00" * 9, bytes(5000), b"<html>no sound</html>"])
def test_file_of_any_content_costs_nothing_but_its_duration(site: Site, content: bytes) -> None:
    (site.posts / "a.mp3").write_bytes(content)
    site.publish("2024-01-01-a.md", audio="a.mp3")

    (episode,) = parse(site)["episodes"]

    assert (episode["enclosures"][0]["mime_type"], episode["title"]) == ("audio/mpeg", "2024-01-01-a")


def test_without_mutagen_a_hint_says_what_is_missing(site: Site, sound: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(post_cleaner, "IS_INSTALLED", False)
    site.publish("2024-01-01-a.md", audio="sounds/a.wav")
    site.publish("2024-01-02-b.md", audio="sounds/a.wav", duration=7)

    assert (bool(sound), {episode["title"]: episode["total_time"] for episode in parse(site)["episodes"]}) == (
        True,
        {"2024-01-01-a": 0, "2024-01-02-b": 7},
    )
    assert [(problem.path, "feedsvc[podcast]" in problem.message) for problem in site.index.problems()] == [
        ("2024-01-01-a.md", True)
    ]


def test_transcript_chapters_and_picture_beside_a_post_are_served(site: Site) -> None:
    names = {"transcript": "1.vtt", "chapters": "1.json", "episode_image": "1.jpg"}
    for name in names.values():
        (site.posts / name).write_bytes(b"{}")
    site.publish("2024-01-01-a.md", enclosure="https://cdn.example/1.mp3", **names)

    (episode,) = parse(site)["episodes"]

    keys = ("transcript_url", "chapters_json_url", "episode_art_url")
    urls = [episode[key] for key in keys]
    assert urls == [f"{BASE}/files/{name}" for name in names.values()]
    assert [site.get(url.removeprefix(BASE)).status for url in urls] == [200] * 3


# --- pages ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("file", "player"), [("1.mp3", "audio"), ("1.mp4", "video")])
def test_page_of_a_post_plays_its_sound(site: Site, file: str, player: str) -> None:
    site.publish(enclosure=f"https://cdn.example/{file}")

    reply = site.get("/posts/2024-01-01-a/")

    (element,) = BeautifulSoup(reply.body, "lxml")(player)
    assert (element["src"], element.has_attr("controls")) == (f"https://cdn.example/{file}", True)
    assert "media-src" in reply.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("duration", "shown"), [("39:37", "audio/mpeg, 24 MB, 39:37"), (3723, "24 MB, 1:02:03"), (None, "24 MB)")]
)
def test_page_tells_of_the_duration_and_leads_to_the_transcript(site: Site, duration: object, shown: str) -> None:
    site.publish(**EPISODE | {"duration": duration})

    soup = BeautifulSoup(site.get("/posts/2024-01-01-a/").body, "lxml")

    (transcript,) = soup("a", string="Transcript")
    assert (shown in soup.get_text(), transcript["href"]) == (True, "https://example.org/12.vtt")


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({}, "Season 2 · Episode 12 · Li · Ada"),
        ({"season": None}, "Episode 12 · Li · Ada"),
        ({"season": None, "episode": None, "guests": None}, "Li"),
    ],
)
def test_page_tells_which_episode_it_is_and_who_takes_part(site: Site, values: dict[str, Any], shown: str) -> None:
    site.publish(**EPISODE | values)

    soup = BeautifulSoup(site.get("/posts/2024-01-01-a/").body, "lxml")

    assert shown in [line.get_text() for line in soup("p", class_="about")]
    assert soup.find("a", string="Li", href="https://li.example/")


def test_page_shows_one_player_if_the_body_has_it(site: Site) -> None:
    site.publish(body='<audio controls src="https://cdn.example/1.mp3"></audio>', enclosure="https://cdn.example/1.mp3")

    assert len(BeautifulSoup(site.get("/posts/2024-01-01-a/").body, "lxml")("audio")) == 1


def test_page_has_no_player_for_a_document(site: Site) -> None:
    site.publish(enclosure="https://cdn.example/1.pdf")

    assert not BeautifulSoup(site.get("/posts/2024-01-01-a/").body, "lxml")(["audio", "video"])


# --- pictures of the site ------------------------------------------------------------------------


@pytest.mark.parametrize("base", ["", "https://example.org/b"])
@pytest.mark.parametrize("name", ["icon", "logo", "podcast"])
def test_picture_of_the_site_in_the_posts_folder_is_served(
    settings: Settings, make_site: Callable[[Settings], Site], name: str, base: str
) -> None:
    url = f"{base}/files/art/%E6%9C%88.jpg"
    value: Any = read_show({"image": url}) if name == "podcast" else url
    site = make_site(replace(settings, base_url=base, **{name: value}))
    (site.posts / "art").mkdir()
    (site.posts / "art" / "月.jpg").write_bytes(b"picture")
    (site.posts / "art" / "other.jpg").write_bytes(b"secret")
    site.publish(audio="https://cdn.example/1.mp3")

    assert site.get("/files/art/%E6%9C%88.jpg").body == b"picture"
    assert site.get("/files/art/other.jpg").status == 404
    assert site.publisher.files.paths() == ["art/月.jpg"]
    assert f"{base or BASE}/files/art/%E6%9C%88.jpg" in site.get("/rss.xml").text


def test_text_beside_episodes_has_no_picture_that_is_taken_for_sound(site: Site) -> None:
    site.write("2024-01-01-a.md", **EPISODE)
    site.publish("2024-01-02-b.md", image="https://example.org/b.png")

    found = {episode["title"]: episode["enclosures"] for episode in parse(site)["episodes"]}

    assert (len(found["The moon"]), found.get("2024-01-02-b", [])) == (1, [])
