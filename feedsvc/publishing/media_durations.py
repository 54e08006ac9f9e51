"""Durations of audio and video files beside posts, read by mutagen if it is installed (extra `podcast`)."""

import os
from importlib.util import find_spec

IS_INSTALLED = find_spec("mutagen") is not None
MISSING = "enclosure: duration unknown: write `duration`, or install feedsvc[podcast], which finds it"


def find_duration(descriptor: int, name: str) -> int:
    """Return the duration of a file in seconds, rounded up, 0 if unknown; the suffix of `name` says the format."""
    if not IS_INSTALLED:
        return 0
    from mutagen import File  # noqa: PLC0415 - most folders have no sound

    try:
        with open(name, "rb", opener=lambda *_: os.dup(descriptor)) as file:
            found = File(file)
        return 0 if found is None else int(-(-found.info.length // 1))
    except Exception:  # noqa: BLE001 - of a file of any content; one without a duration is no error
        return 0
