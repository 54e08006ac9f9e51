"""How the time of cleaning grows with floods of one sign: python floods.py; doubling them may double it."""

import time

from feedsvc.models import Body
from feedsvc.settings import Settings
from feedsvc.startup import make_cleaner

FLOODS = (
    "<div>",
    "&",
    "<p>a",
    "\n\n> ",
    "[a](",
    "<!--",
    "*a ",
    "\u00a0",
    "a@a.",
    "https://a.",
    "@",
    "`",
    "~~~\n",
    "{% a ",
)


def main() -> None:
    """Print the seconds of the processor for half of the largest body that is cleaned, and for one of that size."""
    largest = Settings().max_post_bytes
    for flood in FLOODS:
        half, whole = (seconds(flood, length) for length in (largest // 2, largest))
        print(f"{flood!r:14} {half:6.2f} s {whole:6.2f} s  x {whole / half:.1f}")


def seconds(flood: str, length: int) -> float:
    """Clean a body of so many characters."""
    clean = make_cleaner(Settings()).clean
    text = flood * (length // len(flood))
    started = time.process_time()
    clean(Body(text, "", "", len(text)))
    return time.process_time() - started


if __name__ == "__main__":
    main()
