"""Text of any script in ASCII letters, as the slugs of Pelican and Zola have it. Pure."""

from text_unidecode import unidecode


def to_ascii(text: str) -> str:
    """Return a text with each character replaced by the ASCII letters that are closest to it."""
    return str(unidecode(text))
