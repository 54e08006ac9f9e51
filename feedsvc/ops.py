"""For operators: is the process alive, are the posts read, what does the index hold."""

import json

from flask import Blueprint, Response

from feedsvc import __version__
from feedsvc.responses import plain
from feedsvc.web import publisher, to_flask

checks = Blueprint("ops", __name__)


@checks.get("/healthz")
def health() -> Response:
    """Say that the process answers; nothing else is looked at."""
    return to_flask(plain(200, "ok"))


@checks.get("/readyz")
def ready() -> Response:
    """Say that feeds are served; 503 until the posts have been read."""
    publisher().state()
    return to_flask(plain(200, "ready"))


@checks.get("/status")
def status() -> Response:
    """Give counts as JSON; what the problems are, `feedsvc check` says to whoever has the posts."""
    counts = publisher().counts()
    response = to_flask(plain(200, json.dumps({"version": __version__, **counts}, indent=2)))
    response.content_type = "application/json"
    return response
