"""Filters of Jekyll for URLs and dates of a site. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from feedsvc.markup.liquid import dates
from feedsvc.markup.liquid.state import RenderState, is_whole_url

_INDEX = re.compile(r"/index\.html?$")


def _relative_url(state: RenderState, value: Any) -> Any:
    if value is None:
        return None
    text = state.text(value)
    return text if is_whole_url(text) else _join(state.inputs.baseurl, text)


def _absolute_url(state: RenderState, value: Any) -> Any:
    if value is None:
        return None
    text = state.text(value)
    return text if is_whole_url(text) else state.inputs.url + _join(state.inputs.baseurl, text)


def _join(base: str, path: str) -> str:
    """Return a path below another one, with one slash between (URLFilters#compute_relative_url)."""
    if not path:
        return base or "/"
    return f"{base.rstrip('/')}/{path.lstrip('/')}"


def _date(state: RenderState, value: Any, form: Any = None) -> Any:
    moment = dates.to_moment(value, state.inputs.now)
    if moment is None or not form:
        return value
    is_local = isinstance(value, str | int | float)
    return dates.format_date(moment if is_local else _local(state, moment), state.text(form))


def _local(state: RenderState, moment: Any) -> Any:
    return moment.astimezone(state.inputs.zone) if state.inputs.zone else moment


def _dated(write: Callable[..., str]) -> Callable[..., Any]:
    """Return a filter of Jekyll that writes a date; any other value stays."""

    def act(state: RenderState, value: Any, *options: Any) -> Any:
        moment = dates.to_moment(value, state.inputs.now)
        return value if moment is None else write(_local(state, moment), *options)

    return act


SITE_FILTERS: Mapping[str, Callable[..., Any]] = {
    "absolute_url": _absolute_url,
    "relative_url": _relative_url,
    "strip_index": lambda state, value: _INDEX.sub("/", state.text(value)),
    "date": _date,
    "date_to_string": _dated(lambda at, kind="", style="": dates.to_words(at, "%b", kind, style)),
    "date_to_long_string": _dated(lambda at, kind="", style="": dates.to_words(at, "%B", kind, style)),
    "date_to_xmlschema": _dated(dates.to_xmlschema),
    "date_to_rfc822": _dated(dates.to_rfc822),
    "sassify": lambda state, value: state.text(value),
    "scssify": lambda state, value: state.text(value),
}
