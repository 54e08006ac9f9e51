"""A body with Liquid → the body that Jekyll would make Markdown of. Pure; python-liquid is imported here alone."""

from dataclasses import dataclass

from feedsvc.markup.liquid.best_effort import drop_prefixes
from feedsvc.markup.liquid.drops import PageValues, SiteValues
from feedsvc.markup.liquid.limits import OutOfBudget
from feedsvc.markup.liquid.state import RenderState, TemplateInputs
from feedsvc.models import Hint


@dataclass(frozen=True, slots=True)
class Rendered:
    """A body after Liquid, None if it could not be run, and hints."""

    text: str | None
    hints: tuple[Hint, ...] = ()


def may_render(text: str) -> bool:
    """Return True if a text has anything of Liquid."""
    return "{%" in text or "{{" in text


def render(text: str, inputs: TemplateInputs) -> Rendered:
    """Return a body after Liquid."""
    state = RenderState(inputs)
    shown = _run(text, state)
    if shown is not None:
        shown = drop_prefixes(shown, (inputs.url + inputs.baseurl, inputs.url, inputs.baseurl))
    return Rendered(shown, state.hints.all())


def _run(text: str, state: RenderState) -> str | None:
    from feedsvc.markup.liquid.environment import run  # noqa: PLC0415 - only Jekyll sites need python-liquid
    from feedsvc.markup.liquid.tokens import Broken  # noqa: PLC0415

    try:
        return run(text, state, {"page": PageValues(state), "site": SiteValues(state), "jekyll": {"version": "4.4.1"}})
    except OutOfBudget as limit:
        state.hints.add(f"Liquid: {limit}: the body is shown without running it")
    except RecursionError:
        state.hints.add("Liquid: nested too deep: the body is shown without running it")
    except Broken as error:
        state.hints.add(f"Liquid: {error}: the body is shown without running it", text[error.position :])
    return None
