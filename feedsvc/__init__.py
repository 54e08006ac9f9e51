"""Clean, correct, cached feeds from a folder of posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from feedsvc.settings import Settings

__version__ = "1.1.0"


def create_app(settings: Settings | None = None) -> Flask:
    """Make the WSGI application; imported at call time, so that importing a model imports no Flask."""
    from feedsvc.web.app import create_app as create  # noqa: PLC0415

    return create(settings)
