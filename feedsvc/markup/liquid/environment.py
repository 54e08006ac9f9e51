"""python-liquid as Jekyll uses Liquid: its tags and filters, lax about errors, strict about limits."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import Any, TextIO, cast

from liquid import Environment, Mode, RenderContext
from liquid.ast import BlockNode, Node
from liquid.builtin.expressions import BooleanExpression, FilteredExpression, LoopExpression, tokenize
from liquid.builtin.output import Output
from liquid.builtin.tags.for_tag import ForNode
from liquid.builtin.tags.tablerow_tag import TablerowNode
from liquid.exceptions import LiquidError, LiquidInterrupt
from liquid.parser import get_parser
from liquid.stream import TokenStream
from liquid.template import BoundTemplate
from liquid.token import Token

from feedsvc.markup.liquid import list_filters
from feedsvc.markup.liquid.limits import Buffer, OutOfBudget
from feedsvc.markup.liquid.list_filters import LIST_FILTERS
from feedsvc.markup.liquid.site_filters import SITE_FILTERS
from feedsvc.markup.liquid.state import RenderState
from feedsvc.markup.liquid.tags import TAGS, OutputNode, text_of_tag
from feedsvc.markup.liquid.text_filters import TEXT_FILTERS
from feedsvc.markup.liquid.tokens import Broken
from feedsvc.markup.liquid.tokens import tokenize as take_apart
from feedsvc.markup.liquid.values import item_of

MAX_KEPT = 64  # templates that are kept parsed
MAX_KEPT_LENGTH = 5_000  # characters of one of them
ITERATION = 5  # steps of an iteration itself
_BLOCKS = ("if", "unless", "case", "for", "tablerow", "capture", "highlight")
_LEFT_OUT = ("render", "doc", "echo", "liquid")  # of later versions than Jekyll's
_UNFORESEEN = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError)  # of values that go together badly
_errors: ContextVar[list[LiquidError] | None] = ContextVar("errors", default=None)


def _expression_filter(choose: Callable[..., Any], parse: Callable[..., Any]) -> Callable[..., Any]:
    """Return a filter of Jekyll that evaluates an expression for each item, such as `where_exp`."""

    def act(state: RenderState, value: Any, name: Any, expression: Any, *, context: Any) -> Any:
        text = state.text(expression)
        token = Token("expression", text, 0, text)
        parsed = parse(context.env, TokenStream(tokenize(text, token)))

        def of_item(item: Any) -> Any:
            state.budget.spend(len(text))
            with context.extend({str(name): item}):
                return parsed.evaluate(context)

        return choose(state, value, of_item)

    return act


def _find(state: RenderState, value: Any, test: Callable[[Any], Any]) -> Any:
    return next((item for item in state.list(value) if test(item)), None)


_EXPRESSION_FILTERS: Mapping[str, Callable[..., Any]] = {
    "where_exp": _expression_filter(list_filters.choose, BooleanExpression.parse),
    "find_exp": _expression_filter(_find, BooleanExpression.parse),
    "group_by_exp": _expression_filter(list_filters.group_by_values, FilteredExpression.parse),
}
FILTERS: Mapping[str, Callable[..., Any]] = {**TEXT_FILTERS, **LIST_FILTERS, **SITE_FILTERS}


class JekyllContext(RenderContext):
    """What a template sees while it runs; values are those of Ruby, and all that is done is counted."""

    def __init__(self, template: BoundTemplate, state: RenderState, values: Mapping[str, object]) -> None:
        super().__init__(template, globals=values)
        self.state = state
        self.weights: list[int] = []  # of the bodies of the loops that run

    def get(self, path: list[object], **_: Any) -> Any:
        """Return the value of a path, None if there is none."""
        root, *keys = path
        value = self.scope.get(root) if isinstance(root, str) else None
        for key in keys:
            value = item_of(value, key)
        return value

    def resolve(self, name: str, **_: Any) -> Any:
        """Return the value of a name, None if there is none."""
        return self.scope.get(name)

    def filter(self, name: str, token: Token | None) -> Callable[..., object]:
        """Return a filter that counts what it makes; one that is not known changes nothing, and leaves a hint."""
        self.state.budget.spend(10)
        if name in _EXPRESSION_FILTERS:
            return partial(_EXPRESSION_FILTERS[name], self.state, context=self)
        if name not in FILTERS:
            tag = text_of_tag(token) if token else ""
            self.state.hints.add(f"{tag}: the filter {name!r} is not known, so without effect", tag)
            return lambda value, *_, **__: value
        return partial(self._count, FILTERS[name])

    def _count(self, act: Callable[..., Any], value: Any, *arguments: Any, **options: Any) -> Any:
        if isinstance(value, str):
            self.state.budget.read(len(value))
        try:
            result = act(self.state, value, *arguments, **options)
        except OverflowError as error:  # a range or a number without end
            raise OutOfBudget(str(error)) from error
        except ValueError as error:
            raise TypeError(str(error)) from error
        if isinstance(result, str):
            self.state.budget.write(len(result))
        elif isinstance(result, list | tuple):
            self.state.budget.hold(len(result))
        return result

    def get_buffer(self, _buffer: TextIO | None = None) -> Buffer:
        """Return a buffer that counts what is written."""
        return Buffer(self.state.budget)

    def raise_for_loop_limit(self, length: int = 1) -> None:
        """Do nothing: steps are counted instead."""

    def loop(self, namespace: Mapping[str, object], forloop: Any) -> Any:
        """Return the context of a loop whose iterations are counted."""
        forloop.it = self._counted(forloop.it, self.weights[-1] if self.weights else 1)
        return super().loop(namespace, forloop)

    def _counted(self, items: Iterator[Any], weight: int) -> Iterator[Any]:
        for item in items:
            self.state.budget.spend(ITERATION + weight)
            yield item

    def run(self, source: str, name: str, values: Mapping[str, object], buffer: TextIO) -> None:
        """Run a template in this context, with more values."""
        template = self.state.templates.get(source) or parse(source)
        self.state.templates[source] = template
        self.state.budget.spend(template.weight)
        for error in template.errors:
            _note(self.state, error, name)
        with self.extend(values):
            for node in template.nodes:
                self._render(node, buffer, name)

    def _render(self, node: Node, buffer: TextIO, name: str) -> None:
        try:
            node.render(self, buffer)
        except LiquidInterrupt:
            if name:  # in an include: it ends the loop around
                raise
        except LiquidError as error:
            error.token = error.token or node.token
            _note(self.state, error, name)
        except _UNFORESEEN as error:
            _note(self.state, LiquidError(str(error), token=node.token), name)


def _note(state: RenderState, error: LiquidError, name: str) -> None:
    """Leave a hint about an error; the file of an include is named."""
    tag = text_of_tag(error.token) if error.token and error.token.source else ""
    place = (
        f"{name}:{error.token.source.count(chr(10), 0, error.token.start_index) + 1}: " if name and error.token else ""
    )
    state.hints.add(f"{place}{tag}: {error.message}", "" if name else tag)


# --- loops ---------------------------------------------------------------------------------------


def _weigh(source: str) -> int:
    """Return the number of characters in the tags of a text: what running it once takes."""
    return 1 + sum(part.find("}") + 5 for part in source.split("{")[1:])


class _Loop:
    """A loop that counts its iterations by the weight of its body."""

    token: Token
    block: BlockNode
    expression: LoopExpression

    def render_to_output(self, context: Any, buffer: TextIO) -> int:
        """Run the loop."""
        if self.expression.reversed:  # python-liquid makes a list of what it turns around
            context.state.list(self.expression.iterable.evaluate(context))
        context.weights.append(_weigh(self.token.source[self.token.start_index : self.block.token.start_index]))
        try:
            return int(super().render_to_output(context, buffer))  # type: ignore[misc]
        finally:
            context.weights.pop()


class _ForNode(_Loop, ForNode):
    """`{% for %}`."""


class _TablerowNode(_Loop, TablerowNode):
    """`{% tablerow %}`."""


class _Block:
    """A tag around a block: one that cannot be parsed would take along what stands in it."""

    def get_node(self, stream: TokenStream) -> Node:
        """Return the node of the block. Raise Broken if it cannot be parsed."""
        token = stream.current
        try:
            return cast("Node", self.parse(stream))  # type: ignore[attr-defined]
        except LiquidError as error:
            tag = text_of_tag(token)
            raise Broken(f"{tag}: {error.message}", token.source.rfind("{%", 0, token.start_index)) from error


# --- templates -----------------------------------------------------------------------------------


class JekyllEnvironment(Environment):
    """Liquid with Jekyll's tags; errors of parsing are gathered."""

    context_depth_limit = 1_000  # includes are counted by themselves
    block_nesting_limit = 60
    keyword_assignment = True

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Add the tags; filters are looked up by the context."""
        super().setup_tags_and_filters(extra=extra)
        for name in _LEFT_OUT:
            del self.tags[name]
        for tag in TAGS:
            self.add_tag(tag)
        nodes: dict[str, dict[str, Any]] = {"for": {"node_class": _ForNode}, "tablerow": {"node_class": _TablerowNode}}
        for name in _BLOCKS:
            base = type(self.tags[name])
            self.add_tag(type(base.__name__, (_Block, base), nodes.get(name, {})))
        self.add_tag(_OutputTag)

    def tokenizer(self) -> Callable[[str], Iterator[Token]]:
        """Return the lexer."""
        return take_apart

    def error(self, error: Any, msg: str | None = None, token: Token | None = None) -> None:
        """Gather an error of parsing."""
        found = error if isinstance(error, LiquidError) else error(msg, token=token)
        found.token = found.token or token
        errors = _errors.get()
        if errors is not None:
            errors.append(found)


class _OutputTag(Output):
    """`{{ value }}`."""

    node_class = OutputNode  # type: ignore[assignment]


@dataclass(frozen=True, slots=True)
class Template:
    """A parsed template: its nodes, what was wrong with it, and what running it once takes."""

    nodes: Sequence[Node]
    errors: Sequence[LiquidError]
    weight: int


@cache
def _environment() -> JekyllEnvironment:
    return JekyllEnvironment(tolerance=Mode.LAX)


def parse(source: str) -> Template:
    """Return a template. Raise Broken where it cannot be taken apart, OutOfBudget where it is too much."""
    return _parse_kept(source) if len(source) <= MAX_KEPT_LENGTH else _parse(source)


def _parse(source: str) -> Template:
    errors: list[LiquidError] = []
    token = _errors.set(errors)
    try:
        environment = _environment()
        nodes = get_parser(environment).parse(TokenStream(take_apart(source)))
    except RecursionError as error:
        raise OutOfBudget("expressions nested too deep") from error
    finally:
        _errors.reset(token)
    return Template(tuple(nodes), tuple(errors), _weigh(source))


_parse_kept = lru_cache(MAX_KEPT)(_parse)


def run(source: str, state: RenderState, values: Mapping[str, object]) -> str:
    """Return what a template shows. Raise as `parse` does."""
    context = JekyllContext(BoundTemplate(_environment(), []), state, values)
    buffer = context.get_buffer()
    context.run(source, "", {}, buffer)
    return buffer.getvalue()
