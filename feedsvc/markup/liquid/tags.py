"""Tags of Jekyll for python-liquid: outputs, includes, code, links to posts and files; and tags that are not known."""

import posixpath
import re
from collections.abc import Mapping
from html import escape
from typing import Any, TextIO

from liquid.ast import BlockNode, Node
from liquid.builtin.expressions import FilteredExpression, tokenize
from liquid.exceptions import LiquidError, LiquidSyntaxError
from liquid.parser import get_parser
from liquid.stream import TokenStream
from liquid.tag import Tag
from liquid.token import TOKEN_EXPRESSION, TOKEN_TAG, Token

from feedsvc.lookup import INCLUDES, to_post_link
from feedsvc.markup.hints import MAX_SHOWN, shorten
from feedsvc.markup.liquid.best_effort import to_page_link
from feedsvc.markup.liquid.limits import MAX_DEPTH, OutOfBudget
from feedsvc.markup.liquid.state import RenderState
from feedsvc.markup.liquid.tokens import Broken
from feedsvc.markup.shortcodes import show_include

_PARAMETER = re.compile(r"""([\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*+)"|'((?:[^'\\]|\\.)*+)'|([\w.\[\]"'-]+))""", re.DOTALL)
_FILE = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|((?:\{\{[^}]{0,200}\}\}|[^\s{])+))""")
_MAX_BEFORE = 2_000  # characters of a tag before the part of it that a hint is on
_OUTPUT = re.compile(r"\{\{-?(.{0,200}?)-?\}\}")
_OPTION = re.compile(r"""(\w+)(?:\s*=\s*(?:"[^"]*"|\S+))?""")
_INDENT = re.compile(r"(?:^|\n)([ \t]*)\Z")


def state_of(context: Any) -> RenderState:
    """Return what the rendering that a context belongs to knows."""
    state: RenderState = context.state
    return state


def text_of_tag(token: Token) -> str:
    """Return a tag as its author wrote it, of a long one the beginning, by which its line is found."""
    source, at = token.source, token.start_index
    first = max(at - _MAX_BEFORE, 0)
    start = max(source.rfind("{%", first, at + 2), source.rfind("{{", first, at + 2))
    end = source.find("}}" if source.startswith("{{", start) else "%}", at, start + MAX_SHOWN)
    return shorten(source[start : end + 2 if end >= 0 else start + MAX_SHOWN]) if start >= 0 else ""


def _argument(stream: TokenStream) -> str:
    """Return what stands in a tag behind its name."""
    if stream.peek.kind != TOKEN_EXPRESSION:
        return ""
    next(stream)
    return str(stream.current.value)


def evaluate(expression: str, context: Any, token: Token) -> Any:
    """Return the value of an expression with filters; None for one that cannot be read."""
    try:
        found = FilteredExpression.parse(context.env, TokenStream(tokenize(expression, token)))
        return found.evaluate(context)
    except LiquidError as error:
        state_of(context).hints.add(f"{expression}: {error.message}", text_of_tag(token))
        return None


def _filled(text: str, context: Any, token: Token) -> str:
    """Return a text with the values of the outputs in it."""
    state = state_of(context)
    return _OUTPUT.sub(lambda found: state.text(evaluate(found[1].strip(), context, token)), text)


class OutputNode(Node):
    """`{{ value }}`, written as Ruby writes it."""

    def __init__(self, token: Token, expression: FilteredExpression) -> None:
        super().__init__(token)
        self.expression = expression
        self.blank = False

    def render_to_output(self, context: Any, buffer: TextIO) -> int:
        """Write the value."""
        return buffer.write(state_of(context).text(self.expression.evaluate(context)))


class ArgumentNode(Node):
    """A tag of one line, with what stands behind its name."""

    def __init__(self, token: Token, argument: str) -> None:
        super().__init__(token)
        self.argument = argument
        self.blank = False

    def render_to_output(self, context: Any, buffer: TextIO) -> int:
        """Write what the tag shows."""
        return buffer.write(self.show(context))

    def show(self, context: Any) -> str:
        """Return what the tag shows."""
        raise NotImplementedError


class ArgumentTag(Tag):
    """A tag of one line; its node is made of its name and its argument."""

    block = False
    node_class: type[ArgumentNode]

    def parse(self, stream: TokenStream) -> Node:
        """Return the node of a tag."""
        token = stream.current
        return self.node_class(token, _argument(stream))


class IncludeNode(ArgumentNode):
    """`{% include file.html key="value" %}`: a file of `_includes`, run with its parameters."""

    def render_to_output(self, context: Any, buffer: TextIO) -> int:
        """Write what the file shows."""
        state = state_of(context)
        found = _FILE.match(self.argument)
        name = _filled(next(filter(None, found.groups()), ""), context, self.token) if found else ""
        parameters = self._parameters(self.argument[found.end() :] if found else "", context)
        path = self.path_of(name, state)
        text = state.inputs.lookup.read_source(path) if path else None
        if text is None:
            return buffer.write(self._replace(name, parameters, state))
        if state.depth >= MAX_DEPTH:
            raise OutOfBudget(f"includes nested deeper than {MAX_DEPTH}")
        state.depth += 1
        try:
            context.run(text, path, {"include": parameters}, buffer)
        except Broken as error:
            state.hints.add(f"{path}: {error}: left out", text_of_tag(self.token))
        finally:
            state.depth -= 1
        return 1

    def path_of(self, name: str, _state: RenderState) -> str:
        """Return the path of the file in the site, "" for one that leads out of `_includes`."""
        return INCLUDES + name if name and _is_inside(name) else ""

    def _parameters(self, text: str, context: Any) -> dict[str, Any]:
        found = {}
        for key, double, single, name in _PARAMETER.findall(text):
            quoted = (double or single).replace('\\"', '"').replace("\\'", "'")
            found[key] = evaluate(name, context, self.token) if name else quoted
        return found

    def _replace(self, name: str, parameters: Mapping[str, Any], state: RenderState) -> str:
        """Return what themes show for an include that is not in the folder; leave a hint for an unknown one."""
        named = {key: state.text(value) for key, value in parameters.items()}
        shown = show_include(name, named, state.inputs.shortcodes)
        if not shown:
            state.hints.add(
                f"include {name}: no such file in {INCLUDES.rstrip('/')}, so left out", text_of_tag(self.token)
            )
        return shown


class IncludeRelativeNode(IncludeNode):
    """`{% include_relative file.md %}`: a file beside the post, or below."""

    def path_of(self, name: str, state: RenderState) -> str:
        """Return the path of the file in the site, "" for one that is not beside the post."""
        return posixpath.join(posixpath.dirname(state.inputs.path), name) if name and _is_inside(name) else ""


def _is_inside(name: str) -> bool:
    return not name.startswith(("/", "~")) and not any(part.startswith(".") for part in name.split("/"))


class PostUrlNode(ArgumentNode):
    """`{% post_url 2024-01-02-name %}`: the link to a post, which cleaning looks up."""

    def show(self, context: Any) -> str:
        """Return the link."""
        return to_post_link(_filled(self.argument, context, self.token).strip("\"' "))


class LinkNode(ArgumentNode):
    """`{% link path/file.md %}`: the link to a post or a file of the site."""

    def show(self, context: Any) -> str:
        """Return the link."""
        if "://" in self.argument:  # Hexo's tag of this name
            return state_of(context).inputs.shortcodes.show_tag("link", self.argument)
        return to_page_link(_filled(self.argument, context, self.token).strip("\"' "), state_of(context).inputs.baseurl)


class OtherNode(ArgumentNode):
    """A tag that Jekyll does not know: of a plugin."""

    def show(self, context: Any) -> str:
        """Return a link or a picture for a tag whose name says what it shows; leave a hint for any other."""
        name, shortcodes = self.token.value, state_of(context).inputs.shortcodes
        if shortcodes.can_show(name):
            return shortcodes.show_tag(name, _filled(self.argument, context, self.token))
        if not name.startswith("end"):
            tag = text_of_tag(self.token)
            state_of(context).hints.add(f"{tag}: the tag {name!r} is not known, so left out", tag)
        return ""


class HighlightNode(Node):
    """`{% highlight language %}`: code."""

    def __init__(self, token: Token, argument: str, block: BlockNode) -> None:
        super().__init__(token)
        self.language = argument.split(maxsplit=1)[0] if argument else ""
        self.block = block
        self.blank = False

    def render_to_output(self, context: Any, buffer: TextIO) -> int:
        """Write the code as HTML."""
        inside = context.get_buffer(buffer)
        self.block.render(context, inside)
        code = escape(inside.getvalue().strip("\n"), quote=False)
        name = f' class="language-{escape(self.language)}" data-lang="{escape(self.language)}"' if self.language else ""
        return buffer.write(f'<figure class="highlight"><pre><code{name}>{code}\n</code></pre></figure>')

    def children(self, *_: Any, **__: Any) -> list[Node]:
        """Return the nodes inside."""
        return [self.block]


class HighlightTag(Tag):
    """`{% highlight language %}`."""

    name = "highlight"
    end = "endhighlight"

    def parse(self, stream: TokenStream) -> Node:
        """Return the node of the code."""
        token = stream.current
        argument = _argument(stream)
        next(stream)
        block = get_parser(self.env).parse_block(stream, (self.end,))
        stream.expect(TOKEN_TAG, value=self.end)
        return HighlightNode(token, argument, block)


class OtherTag(ArgumentTag):
    """Any tag that is not known."""

    name = "illegal"
    node_class = OtherNode

    def parse(self, stream: TokenStream) -> Node:
        """Return the node of a tag. Raise LiquidSyntaxError for the end of a block that was never opened."""
        if stream.current.value in _STRAY:
            raise LiquidSyntaxError(f"unexpected tag {stream.current.value!r}", token=stream.current)
        return super().parse(stream)


_STRAY = {"else", "elsif", "when", *(f"end{name}" for name in ("if", "for", "unless", "case", "capture", "tablerow"))}


def _tag(name: str, node: type[ArgumentNode]) -> type[Tag]:
    return type(f"{node.__name__}Tag", (ArgumentTag,), {"name": name, "node_class": node})


TAGS: tuple[type[Tag], ...] = (
    HighlightTag,
    OtherTag,
    _tag("include", IncludeNode),
    _tag("include_cached", IncludeNode),
    _tag("include_relative", IncludeRelativeNode),
    _tag("post_url", PostUrlNode),
    _tag("link", LinkNode),
)
