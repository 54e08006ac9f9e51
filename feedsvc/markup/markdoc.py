"""Markdown of Markdoc written as other Markdown: its ends of tags, and without its annotations and variables.

Pure, linear time. Code stays; tags themselves are shortcodes. (https://markdoc.dev/docs/syntax)
"""

import re

from feedsvc.markup.mdx import change_outside_code

MAX_ANNOTATION = 500  # characters of an annotation or a variable

_END = re.compile(r"\{%\s{0,9}/\s{0,9}([\w-]{1,40})\s{0,9}%\}")
_ANNOTATION = re.compile(
    rf"[ \t]?\{{%\s{{0,9}}(?:[#.$][\w-]|[\w-]{{1,40}}=)(?:\"[^\"\n]*\"|[^%{{}}\"\n]){{0,{MAX_ANNOTATION}}}%\}}"
)


def adapt_markdoc(text: str) -> str:
    """Return Markdown without what only Markdoc reads."""
    return change_outside_code(text, _adapt)


def _adapt(text: str) -> str:
    return _END.sub(r"{% end\1 %}", _ANNOTATION.sub("", text)) if "{%" in text else text
