"""Remove the comments of readers below an article, however long they are, if an article is left.

Only sections of all comments are looked for: a post that is itself a comment has another markup.
"""

from collections import Counter
from itertools import takewhile

from bs4 import Tag

from feedsvc.cleaning.allowlist import HEADINGS
from feedsvc.cleaning.junk import find_token
from feedsvc.cleaning.nodes import count_text, find_elements, find_strings
from feedsvc.cleaning.text import squeeze
from feedsvc.cleaning.tree import Tree

ENOUGH_ARTICLE = 80
"""Characters before the first section of comments that are an article."""
ESSAY = 800
"""Characters of a comment, on average: where they are more, and more than half of what is before, they are the article,
as in a discussion that a paper has asked for.
"""


def remove_comments(tree: Tree) -> None:
    """Remove the sections of readers' comments that come after an article; their text is not counted as its own."""
    sections = _find_sections(tree.root, tree)
    article = _count_before(tree.root, sections[0][1]) if sections else 0
    if article < ENOUGH_ARTICLE:
        return
    for token, section in sections:
        size = count_text(section)
        if size <= _count_comments(section) * max(ESSAY, article // 2):
            tree.aside_length += size
            tree.remove(section, f"comments {token}")
    tree.commit()


def _find_sections(parent: Tag, tree: Tree) -> list[tuple[str, Tag]]:
    """Return the outermost sections of comments, each after the class or id it is known by."""
    found: list[tuple[str, Tag]] = []
    for child in parent.contents:
        if isinstance(child, Tag) and child.name not in HEADINGS:
            token = find_token(child, tree.rules.sections, tree.rules.section_prefixes) if child.attrs else ""
            found += [(token, child)] if token else _find_sections(child, tree)
    return found


def _count_before(root: Tag, section: Tag) -> int:
    """Return the number of characters before a section."""
    inside = {id(node) for node in section.descendants}
    before = takewhile(lambda string: id(string) not in inside, find_strings(root))
    return len(squeeze("".join(before)))


def _count_comments(section: Tag) -> int:
    """Return the number of comments in a section, as its classes and elements show it; at least 1."""
    names = (token for element in find_elements(section) for token in str(element.get("class", "")).lower().split())
    counts = Counter(token for token in names if "comment" in token)
    return max(1, len(find_elements(section, "article")), *counts.values())
