"""Front matter of podcasts: which post is an episode, and what is said of it."""

from __future__ import annotations

import pytest

from feedsvc.files import Stamp
from feedsvc.index.records import to_post, to_row
from feedsvc.models import Chapter, Enclosure, Episode, Person, Post, Reading, Transcript
from feedsvc.posts.durations import MAX_DURATION, parse_duration
from feedsvc.posts.parser import parse
from feedsvc.settings import Settings

SOUND = "enclosure: https://cdn.example/1.mp3\n"


def read(front: str) -> tuple[Post, list[str]]:
    reading = parse("2024-01-02-a.md", f"---\ntitle: A\n{front}\n---\nText".encode(), Settings())
    assert reading.post
    return reading.post, [problem.message for problem in reading.problems]


def episode(front: str) -> Episode:
    post, problems = read(SOUND + front)
    assert (problems, post.episode is None) == ([], False)
    assert post.episode
    return post.episode


# --- which file ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("front", "url", "length"),
    [
        ("audio: /audio/1.mp3", "/audio/1.mp3", 0),
        ("audio: 1.m4a\nlength: 12", "1.m4a", 12),
        ("podcast: https://cdn.example/1.mp3?x=1", "https://cdn.example/1.mp3?x=1", 0),
        ("podcast_file: 71.mp3\npodcast_bytes: 123", "71.mp3", 123),
        ("podcast_link: https://x.example/f.mp3\npodcast_file_size: 13.7 MB\npodcast_length: 13654375",
         "https://x.example/f.mp3", 13654375),
        ("file: //cdn.example/1.mp3\nlength: '13,654,375'\nduration: '39:37'", "//cdn.example/1.mp3", 13654375),
        ("audio:\n  mp3: 1.mp3\n  ogg: 1.ogg", "1.mp3", 0),
        ("audio:\n  url: 1.mp3\n  length: 7", "1.mp3", 7),
        ("podcast:\n  file: 1.mp3\n  bytes: 7", "1.mp3", 7),
        ("episode:\n  filename: 1.mp3\n  size: 7", "1.mp3", 7),
        ("params:\n  podcast_file: 1.mp3", "1.mp3", 0),
        ("extra:\n  audio: 1.mp3", "1.mp3", 0),
        ("audioUrl: https://x.example/1.mp3", "https://x.example/1.mp3", 0),
        ("audio_file_path: /a.mp3\naudio_file_size: 5\naudio_file_duration: 1:00", "/a.mp3", 5),
        ("video: film.mp4", "film.mp4", 0),
        ("audio:\n- 1.opus\n- 2.opus", "1.opus", 0),
    ],
)  # fmt: skip
def test_sound_or_film_is_the_enclosure(front: str, url: str, length: int) -> None:
    post, problems = read(front)

    assert post.enclosure
    assert (post.enclosure.url, post.enclosure.length, problems) == (url, length, [])
    assert post.episode is not None


@pytest.mark.parametrize(
    "front",
    [
        "video: https://video.example/watch?v=1",
        "audio: true",
        "file: report.pdf",
        "podcast: My Show",
        "media:\n  title: x",
        "episode: 12",
        "size: large",
        "media: [{}, []]",
        "duration: 39:37\nseason: 2",
        "audio:",
    ],
)
def test_other_values_are_no_enclosure(front: str) -> None:
    post, problems = read(front)

    assert (post.enclosure, post.episode, problems) == (None, None, [])


def test_enclosure_counts_before_other_keys() -> None:
    post, _ = read("enclosure: https://cdn.example/1.mp3\naudio: 2.mp3")

    assert post.enclosure == Enclosure("https://cdn.example/1.mp3", "audio/mpeg", 0)


def test_enclosure_that_is_a_document_makes_no_episode() -> None:
    post, _ = read("enclosure: https://cdn.example/1.pdf\nseason: 2")

    assert (post.enclosure is None, post.episode) == (False, None)


# --- what is said of it --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("front", "expected"),
    [
        ("season: 2\nepisode: 12", Episode(2, 12)),
        ("season: '02'\nepisode: '#12'", Episode(2, 12)),
        ("season_number: 2\nepisode_number: 12", Episode(2, 12)),
        ("seasonNumber: 2\nepisodeNumber: 12", Episode(2, 12)),
        ("itunes_season: 2\nitunes_episode: 12\nepisode: 99", Episode(2, 12)),
        ("itunes:\n  season: 2\n  episode: 12", Episode(2, 12)),
        ("episode:\n  seasonNumber: 2\n  episodeNumber: 12", Episode(2, 12)),
        ("podcast:\n  season: 2\n  episode: 12", Episode(2, 12)),
        ("episode: Episode 12", Episode(number=12)),
        ("episode: the pilot", Episode()),
        ("episode: 99999999999", Episode()),
        ("episodeType: Trailer", Episode(kind="trailer")),
        ("episode_type: bonus", Episode(kind="bonus")),
        ("itunes:\n  episode_type: full", Episode(kind="full")),
        ("explicit: true", Episode(explicit=True)),
        ("explicit: 'no'", Episode(explicit=False)),
        ("explicit: clean", Episode(explicit=False)),
        ("itunes_explicit: yes", Episode(explicit=True)),
        ("duration: 39:37", Episode(duration=2377)),
        ("podcast_duration: '1:02:03'", Episode(duration=3723)),
        ("podcast:\n  duration: 62 min", Episode(duration=3720)),
        ("length: 1000\nduration: 2377", Episode(duration=2377)),
        ("episode_image: /cover.jpg", Episode(image="/cover.jpg")),
        ("itunes:\n  image: /cover.jpg", Episode(image="/cover.jpg")),
        ("chapters: /1.json", Episode(chapters="/1.json")),
        ("transcript: /1.vtt", Episode(transcripts=(Transcript("/1.vtt", "text/vtt"),))),
        (
            "transcripts:\n- url: /1.srt\n  language: zh-CN\n- /1.txt",
            Episode(
                transcripts=(Transcript("/1.srt", "application/x-subrip", "zh-CN"), Transcript("/1.txt", "text/plain"))
            ),
        ),
        ("transcript: Hello and welcome. I am Li.", Episode()),
        (
            "chapters:\n- '00:00:00.000 Intro.'\n- 12:30 The moon\n- 'no time'\n- 1:00:00 – End",
            Episode(parts=(Chapter(0, "Intro."), Chapter(750, "The moon"), Chapter(3600, "End"))),
        ),
        (
            ("chapters:\n- {start: '0:30', title: B, href: 'https://b.example'}\n- {startTime: 0, title: A}\n"
            "- {title: C}\n- 1:00 with a.file"),
            Episode(parts=(Chapter(0, "A"), Chapter(30, "B", "https://b.example"), Chapter(60, "with a.file"))),
        ),
        (
            "hosts: [Li, Wu]\nguest: Ada",
            Episode(persons=(Person("Li", "host"), Person("Wu", "host"), Person("Ada", "guest"))),
        ),
        (
            "person:\n- name: Li\n  role: Editor\n  img: https://x.example/li.png\n  href: https://li.example",
            Episode(persons=(Person("Li", "editor", "https://x.example/li.png", "https://li.example"),)),
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_episode_is_read_from_the_keys_of_themes(front: str, expected: Episode) -> None:
    assert episode(front) == expected


@pytest.mark.parametrize(
    ("front", "message"),
    [
        ("duration: long", "duration: 'long' is no duration like 1:02:03: left out"),
        ("explicit: perhaps", "explicit: 'perhaps' is neither yes nor no: left out"),
        ("episode_type: special", "episode_type: 'special' is none of full, trailer, bonus: left out"),
    ],
)
def test_value_that_cannot_be_read_is_a_hint(front: str, message: str) -> None:
    post, problems = read(SOUND + front)

    assert (post.episode, problems) == (Episode(), [message])


@pytest.mark.parametrize(
    "text", ["1:02:03", "62:03", "01:02:03.500", "3723", "3723.9", "3723s", "PT1H2M3S", "1h 2m 3s", "62 min 3 sec",
             "1 hour, 2 minutes, 3 seconds", "1小时2分3秒", "62分钟3秒"]
)  # fmt: skip
def test_durations_are_read(text: str) -> None:
    assert parse_duration(text) == 3723


@pytest.mark.parametrize("text", ["", " ", "long", "1:2:3:4", "-5", "5-6", ":", "PT", f"{MAX_DURATION + 1}", "1:", "٣"])
def test_other_texts_are_no_durations(text: str) -> None:
    assert parse_duration(text) == 0


def test_duration_of_powerpress_is_read() -> None:
    lines = ("https://cdn.example/1.mp3", "123", "audio/mpeg", 'a:1:{s:8:"duration";s:8:"00:39:37";}')
    post, problems = read("enclosure: |\n  " + "\n  ".join(lines))

    assert (post.episode, post.enclosure, problems) == (Episode(duration=2377), Enclosure(lines[0], lines[2], 123), [])


def test_index_keeps_an_episode_whole() -> None:
    post, _ = read(f"{SOUND}season: 2\nexplicit: no\ntranscript: /1.vtt\nhosts: [Li]\nchapters: [0:00 A, 1:00 B]")

    row = to_row(post.path, Stamp(), Reading(post))

    assert to_post(row.data) == post
