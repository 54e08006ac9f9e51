"""Text of any script in ASCII letters, as the slugs of Pelican and Zola have it. Pure."""


def to_ascii(text: str) -> str:
    """Return a text with each character replaced by the ASCII letters that are closest to it."""
    if text.isascii():
        return text
    from text_unidecode import unidecode  # noqa: PLC0415 - 4 MB, and many sites have ASCII names only

    return str(unidecode(text))
