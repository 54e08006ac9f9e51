"""Wiki links of notes (https://help.obsidian.md/links): `[[note]]`, `[[note#Part|label]]`, `![[picture.png|label]]`.

Pure. A link is written as `lookup.to_post_link` has it; where no post is called so, cleaning leaves its text.
"""

import re

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline

from feedsvc.lookup import to_file_link, to_post_link
from feedsvc.text import to_anchor

# Not `[[ -f x ]]` of a shell, not `[[1]](url)`, a link whose text has brackets, and not `x[[1]]` or `[[1]]` of R.
_LINK = re.compile(
    r"(?<![A-Za-z0-9_)\]])(!?)\[\[(?! |\d{1,3}\]|[\"'])([^\[\]|\n]{1,250})(?<! )(?:\|([^\[\]\n]{1,250}))?\]\]"
    r"(?![(\[]|:[ ]*(?:[/<]|https?:))"
)
_SUFFIX = re.compile(r"\.(?!md\Z)(?=[0-9]*[A-Za-z])[A-Za-z0-9]{2,5}\Z")  # of a file that is no note
_SIZE = re.compile(r"(?:(.*)\|)?(\d{1,5})(?:x(\d{1,5}))?\Z")  # `![[x.png|300]]`, `![[x.png|A picture|300x200]]`


def wiki_link_plugin(parser: MarkdownIt) -> None:
    """Let a parser of Markdown read wiki links."""
    parser.inline.ruler.before("link", "wiki_link", _read_link)


def _read_link(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - the interface of markdown-it
    found = _LINK.match(state.src, state.pos)
    if found is None or _is_in_code(state):
        return False
    if not silent:
        mark, target, label = found.groups()
        target = target.removesuffix("\\")  # `[[note\|label]]`, as in tables
        name, hash_mark, part = target.partition("#")
        is_file = _SUFFIX.search(name) is not None
        if mark and is_file:
            _write_picture(state, name, label or "")
        else:
            parts = [one for one in part.split("#") if one and not (name and one.startswith("^"))]  # no id of a block
            text = label or " > ".join(filter(None, (name, *parts)))
            _write_link(state, to_file_link(name) if is_file else _to_note(name, hash_mark, part), text)
    state.pos = found.end()
    return True


def _is_in_code(state: StateInline) -> bool:
    """True in code between tags of HTML: `<code>[[x]]</code>`."""
    last = state.tokens[-1] if state.tokens else None
    return last is not None and last.type == "html_inline" and last.content[:5].lower() in {"<code", "<kbd>"}


def _to_note(name: str, mark: str, part: str) -> str:
    post = to_post_link(name) if name else ""  # without a name, a place in the same note
    return post + (f"#{to_anchor(part.rpartition('#')[2])}" if mark else "")


def _write_link(state: StateInline, href: str, text: str) -> None:
    state.push("link_open", "a", 1).attrSet("href", href)
    state.push("text", "", 0).content = text
    state.push("link_close", "a", -1)


def _write_picture(state: StateInline, target: str, label: str) -> None:
    token = state.push("image", "img", 0)
    token.attrs = {"src": to_file_link(target), "alt": ""}
    token.content, *size = found.groups("") if (found := _SIZE.match(label)) else (label,)
    token.attrs |= {name: value for name, value in zip(("width", "height"), size, strict=False) if value}
    token.children = []
    state.md.inline.parse(token.content, state.md, state.env, token.children)
