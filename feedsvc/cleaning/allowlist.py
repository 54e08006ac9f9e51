"""What a clean body is made of: elements, attributes, URL schemes, and what a frame may do.

Data alone. The steps bring a body into this form; the sanitizer lets nothing else through.
"""


def to_names(text: str) -> frozenset[str]:
    """Return the set of the names in a text, separated by blanks."""
    return frozenset(text.split())


# --- elements ------------------------------------------------------------------------------------

HEADINGS = to_names("h1 h2 h3 h4 h5 h6")
MEDIA = to_names("img iframe audio video")
BLOCKS = HEADINGS | to_names(
    "blockquote caption dd details dl dt figcaption figure hr li ol p pre summary table tbody td tfoot th thead tr ul"
)
INLINE = MEDIA | to_names(
    "a abbr b bdi bdo br cite code del dfn em i ins kbd mark q rp rt ruby s samp small source strike strong sub sup "
    "time u var wbr"
)
TAGS = BLOCKS | INLINE
"""The elements of a clean body."""
VOID = to_names("br hr img source wbr")
"""Those without an end tag: https://html.spec.whatwg.org/#void-elements."""

CONTAINERS = BLOCKS | to_names(
    "address article aside body center dialog dir div fieldset footer form header hgroup html legend listing main "
    "menu nav noscript plaintext search section xmp"
)
"""The elements that end a line of text; every other one, known or unknown, is part of a line."""

# --- attributes ----------------------------------------------------------------------------------

ATTRIBUTES: dict[str, frozenset[str]] = {
    "a": to_names("href title"),
    "abbr": to_names("title"),
    "audio": to_names("src controls"),
    "blockquote": to_names("cite"),
    "code": to_names("class"),
    "details": to_names("open"),
    "iframe": to_names("src width height title allowfullscreen sandbox referrerpolicy"),
    "img": to_names("src alt title width height"),
    "li": to_names("value"),
    "ol": to_names("start reversed type"),
    "q": to_names("cite"),
    "source": to_names("src type"),
    "td": to_names("align colspan rowspan"),
    "th": to_names("align colspan rowspan scope"),
    "time": to_names("datetime"),
    "video": to_names("src poster controls width height"),
    "*": to_names("dir id"),
}
"""The attributes an element keeps."""
URL_ATTRIBUTES = to_names("href src poster cite")
NUMERIC_ATTRIBUTES = to_names("width height colspan rowspan start value")
EMPTY_ATTRIBUTES = to_names("alt allowfullscreen controls open reversed")
"""Those that mean something without a value."""

FRAME_ATTRIBUTES = {
    "sandbox": "allow-scripts allow-same-origin allow-popups allow-presentation",
    "referrerpolicy": "strict-origin-when-cross-origin",  # without a referrer YouTube shows error 153
}
"""What a frame may do (https://html.spec.whatwg.org/#attr-iframe-sandbox): play, not navigate the page around it."""

# --- URLs ----------------------------------------------------------------------------------------

WEB_SCHEMES = to_names("http https")
SCHEMES = WEB_SCHEMES | to_names("mailto tel")
