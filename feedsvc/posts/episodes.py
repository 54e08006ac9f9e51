"""Front matter of podcasts: the sound or film of a post, and what is said of it as an episode. Pure.

Keys are those of the podcast themes and plug-ins of Jekyll, Hugo, Eleventy and WordPress. They count without letter
case, dashes and underscores (`episodeType`, `episode_type`); a key in a mapping counts with the mapping's name before
it (`podcast: {duration: …}` as `podcast_duration`).
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from feedsvc.models import Chapter, Enclosure, Episode, Level, Person, Transcript
from feedsvc.posts.durations import parse_duration
from feedsvc.posts.metadata import Front, flatten, plain_key, to_shown, to_text
from feedsvc.posts.urls import guess_media_type, url_in
from feedsvc.text import to_language

# By meaning, in the order in which they count.
FILE = (
    *("audio", "podcast", "podcast_file", "podcast_url", "podcast_link", "podcast_audio", "audio_file", "audio_url"),
    *("audio_file_path", "audio_file_url", "episode_file", "episode_filename", "episode_url", "episode_audio", "mp3"),
    *("mp3_url", "media", "media_url", "sound", "file", "video", "video_file", "video_url"),
)
SIZE = (
    *("podcast_bytes", "podcast_length", "podcast_size", "podcast_file_size", "audio_file_size", "audio_size"),
    *("audio_bytes", "audio_length", "episode_size", "episode_length", "file_size", "filesize", "length", "bytes"),
    "size",
)
DURATION = (
    *("itunes_duration", "podcast_duration", "episode_duration", "audio_duration", "audio_file_duration"),
    *("enclosure_duration", "duration"),
)
SEASON = (*("itunes_season", "podcast_season", "episode_season", "episode_season_number", "season_number", "season"),)
NUMBER = (
    *("itunes_episode", "podcast_episode", "episode_number", "podcast_episode_number", "episode_episode_number"),
    "episode",
)
KIND = ("itunes_episode_type", "podcast_episode_type", "episode_episode_type", "episode_type")
EXPLICIT = ("itunes_explicit", "podcast_explicit", "episode_explicit", "episode_explicit_content", "explicit")
IMAGE = ("itunes_image", "podcast_image", "episode_image", "episode_cover", "podcast_cover")
CHAPTERS = ("chapters", "podcast_chapters", "episode_chapters", "chapters_url", "chapters_file")
TRANSCRIPT = ("transcript", "transcripts", "podcast_transcript", "episode_transcript", "transcript_url")
# With the role of the people under each key (https://podcasting2.org/docs/podcast-namespace/tags/person).
PERSONS: Mapping[str, str] = {
    "person": "",
    "persons": "",
    "people": "",
    "podcast_person": "",
    "host": "host",
    "hosts": "host",
    "guest": "guest",
    "guests": "guest",
}

KINDS = ("full", "trailer", "bonus")
MAX_NUMBER = 999_999
MAX_CHAPTERS = 500
MAX_LISTED = 50  # transcripts, and people, of an episode
# PowerPress keeps the duration in the fourth line of WordPress's `enclosure`, as PHP writes it.
_IN_ENCLOSURE = re.compile(r'"duration";s:\d+:"([\d:]+)"', re.ASCII)
_TABLES = ("podcast", "episode", "itunes", "audio", "enclosure")
_OF_FILES = frozenset({*map(plain_key, FILE), *_TABLES, "params", "extra"})
_TRUTH = {"yes": True, "true": True, "explicit": True, "no": False, "false": False, "clean": False}


def attached_file(front: Front) -> Enclosure | None:
    """Return the sound or film under a key other than `enclosure`; a value without such a suffix is something else."""
    if _OF_FILES.isdisjoint(map(plain_key, front.values)):  # most posts
        return None
    fields = _Fields(front)
    for _, value in fields.all(FILE):
        url = url_in(next(flatten(value), ""))
        kind = guess_media_type(url)
        if is_media(kind):
            return Enclosure(url, kind, _size(fields))
    return None


def is_media(media_type: str) -> bool:
    """True if a media type is one of sound or film."""
    return media_type.startswith(("audio/", "video/"))


def episode_of(front: Front, enclosure: Enclosure | None) -> Episode | None:
    """Return what a post says of itself as an episode, None if its enclosure is neither sound nor film."""
    if enclosure is None or not is_media(enclosure.type):
        return None
    fields = _Fields(front)
    return Episode(
        season=_number(fields, SEASON),
        number=_number(fields, NUMBER),
        kind=_kind(fields),
        duration=_duration(fields),
        explicit=_explicit(fields),
        image=next((url for _, value in fields.all(IMAGE) if (url := url_in(value))), ""),
        chapters=_chapters(fields),
        transcripts=_transcripts(fields),
        persons=_persons(fields),
        parts=_parts(fields),
    )


class _Fields:
    """The values of a post's front matter by plain key; those in mappings with the mapping's name before their own."""

    def __init__(self, front: Front) -> None:
        self._front = front
        self._values: dict[str, tuple[str, Any]] = {}
        for key, value in front.values.items():
            plain = plain_key(key)
            self._values[plain] = (key, value)
            if isinstance(value, dict) and plain in (*_TABLES, "params", "extra"):
                self._take(key, plain if plain in _TABLES else "", value)

    def _take(self, key: str, prefix: str, values: Mapping[object, Any]) -> None:
        for name, value in values.items():
            self._values.setdefault(prefix + plain_key(str(name)), (key, value))

    def all(self, keys: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
        """Yield the keys that have a value, as they are written, with their values."""
        return (self._values[plain] for plain in map(plain_key, keys) if plain in self._values)

    def text(self, keys: tuple[str, ...]) -> tuple[str, str]:
        """Return the first key with a text, and the text; empty ones without any."""
        return next(((key, text) for key, value in self.all(keys) if (text := to_text(value))), ("", ""))

    def first(self, keys: tuple[str, ...]) -> object:
        """Return the value of the first key that has one."""
        return next((value for _, value in self.all(keys)), None)

    def report(self, key: str, text: str, meaning: str) -> None:
        """Report a value that is left out."""
        self._front.report(Level.HINT, key, f"{to_shown(text)} is {meaning}: left out")


def _size(fields: _Fields) -> int:
    """Return the bytes of the file; of several lengths the first that is a whole number: others are durations."""
    sizes = (to_text(value).replace(",", "").replace("_", "") for _, value in fields.all(SIZE))
    return next((int(size) for size in sizes if re.fullmatch("[0-9]{1,15}", size)), 0)


def _duration(fields: _Fields) -> int:
    key, text = fields.text(DURATION)
    if not text and (named := _IN_ENCLOSURE.search(str(fields.first(("enclosure",))))):
        return parse_duration(named[1])
    found = parse_duration(text)
    if text and not found and text.strip("0:. "):
        fields.report(key, text, "no duration like 1:02:03")
    return found


def _number(fields: _Fields, keys: tuple[str, ...]) -> int:
    """Return the first number in a text such as `12`, `#12` or `Episode 12`."""
    texts = (to_text(value) for _, value in fields.all(keys))
    found = next(filter(None, (re.search("[0-9]+", text[:100], re.ASCII) for text in texts)), None)
    return int(found[0]) if found and len(found[0]) <= len(str(MAX_NUMBER)) else 0


def _kind(fields: _Fields) -> str:
    key, text = fields.text(KIND)
    if text and text.lower() not in KINDS:
        fields.report(key, text, f"none of {', '.join(KINDS)}")
        return ""
    return text.lower()


def _explicit(fields: _Fields) -> bool | None:
    key, text = fields.text(EXPLICIT)
    found = _TRUTH.get(text.lower())
    if text and found is None:
        fields.report(key, text, "neither yes nor no")
    return found


def _file_in(value: object) -> str:
    """Return the URL or path of a file; "" for text that is no name of a file, such as a whole transcript."""
    url = url_in(value)
    return url if re.search(r"\.[A-Za-z0-9]{2,5}(?:[?#]|\Z)", url) and "\n" not in url else ""


def _chapters(fields: _Fields) -> str:
    """Return the URL or path of a file of chapters, "" without one."""
    items = (item for _, value in fields.all(CHAPTERS) for item in flatten(value))
    return next((url for item in items if not _to_part(item) and (url := _file_in(item))), "")


def _transcripts(fields: _Fields) -> tuple[Transcript, ...]:
    items = (item for _, value in fields.all(TRANSCRIPT) for item in flatten(value))
    found = [_to_transcript(item, url) for item in items if (url := _file_in(item))]
    return tuple(dict.fromkeys(found))[:MAX_LISTED]


def _to_transcript(item: object, url: str) -> Transcript:
    fields = item if isinstance(item, dict) else {}
    kind = to_text(fields.get("type")) or guess_media_type(url) or "text/plain"
    return Transcript(url, kind, to_language(to_text(fields.get("language") or fields.get("lang"))))


def _persons(fields: _Fields) -> tuple[Person, ...]:
    found = (
        _to_person(item, role)
        for key, role in PERSONS.items()
        for _, value in fields.all((key,))
        for item in flatten(value.split(",") if isinstance(value, str) else value)
    )
    return tuple(dict.fromkeys(person for person in found if person.name))[:MAX_LISTED]


def _to_person(item: object, role: str) -> Person:
    """Return a person by a name or a mapping, whose keys are those of `podcast:person` or alike."""
    if not isinstance(item, dict):
        return Person(to_text(item), role)
    image = to_text(item.get("img") or item.get("image"))
    url = to_text(item.get("href") or item.get("url"))
    return Person(to_text(item.get("name")), to_text(item.get("role")).lower() or role, image, url)


def _parts(fields: _Fields) -> tuple[Chapter, ...]:
    """Return the chapters that a post lists itself, in the order of their beginnings."""
    items = (item for _, value in fields.all(CHAPTERS) for item in flatten(value))
    found = [part for part in map(_to_part, items) if part]
    return tuple(sorted(found, key=lambda part: part.start)[:MAX_CHAPTERS])


def _to_part(item: object) -> Chapter | None:
    """Return a chapter by a line such as `00:12:30.000 The moon`, or by a mapping; None for anything else."""
    if isinstance(item, dict):
        start = next((to_text(item[key]) for key in ("start", "time", "startTime", "timestamp") if key in item), "")
        title, url = to_text(item.get("title") or item.get("name")), to_text(item.get("href") or item.get("url"))
    else:
        start, _, title = to_text(item).partition(" ")
        title, url = title.strip(" -–—|:"), ""
    is_time = bool(parse_duration(start)) or bool(re.fullmatch("[0:.]+", start))
    return Chapter(parse_duration(start), title, url) if is_time and title else None
