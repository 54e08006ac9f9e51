"""Filters of Jekyll for URLs and dates of a site. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from feedsvc.markup.liquid import dates
from feedsvc.markup.liquid.work import Work, is_whole_url

_INDEX = re.compile(r"/index\.html?$")


def _relative_url(work: Work, value: Any) -> Any:
    if value is None:
        return None
    text = work.text(value)
    return text if is_whole_url(text) else _join(work.inputs.baseurl, text)


def _absolute_url(work: Work, value: Any) -> Any:
    if value is None:
        return None
    text = work.text(value)
    return text if is_whole_url(text) else work.inputs.url + _join(work.inputs.baseurl, text)


def _join(base: str, path: str) -> str:
    """Return a path below another one, with one slash between (URLFilters#compute_relative_url)."""
    if not path:
        return base or "/"
    return f"{base.rstrip('/')}/{path.lstrip('/')}"


def _date(work: Work, value: Any, form: Any = None) -> Any:
    moment = dates.to_moment(value, work.inputs.now)
    if moment is None or not form:
        return value
    is_local = isinstance(value, str | int | float)
    return dates.format_date(moment if is_local else _local(work, moment), work.text(form))


def _local(work: Work, moment: Any) -> Any:
    return moment.astimezone(work.inputs.zone) if work.inputs.zone else moment


def _dated(write: Callable[..., str]) -> Callable[..., Any]:
    """Return a filter of Jekyll that writes a date; any other value stays."""

    def act(work: Work, value: Any, *options: Any) -> Any:
        moment = dates.to_moment(value, work.inputs.now)
        return value if moment is None else write(_local(work, moment), *options)

    return act


SITE_FILTERS: Mapping[str, Callable[..., Any]] = {
    "absolute_url": _absolute_url,
    "relative_url": _relative_url,
    "strip_index": lambda work, value: _INDEX.sub("/", work.text(value)),
    "date": _date,
    "date_to_string": _dated(lambda at, kind="", style="": dates.to_words(at, "%b", kind, style)),
    "date_to_long_string": _dated(lambda at, kind="", style="": dates.to_words(at, "%B", kind, style)),
    "date_to_xmlschema": _dated(dates.to_xmlschema),
    "date_to_rfc822": _dated(dates.to_rfc822),
    "sassify": lambda work, value: work.text(value),
    "scssify": lambda work, value: work.text(value),
}
