"""Clean, correct, cached feeds from a folder of posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from feedsvc.settings import Settings

__version__ = "1.1.0"


def create_app(settings: Settings | None = None) -> Flask:
    """Make the WSGI application for a server such as gunicorn: each process keeps the index fresh in a thread.

    Without `settings`, they come from the environment and `feedsvc.toml`. Raise SettingError for one that is not valid.
    """
    # Imported here, so that importing a model does not import Flask.
    from datetime import UTC, datetime  # noqa: PLC0415
    from threading import Event  # noqa: PLC0415

    from feedsvc.config import load_settings  # noqa: PLC0415
    from feedsvc.ingest.watcher import keep_fresh_in_thread  # noqa: PLC0415
    from feedsvc.notify.notifier import notify_in_thread  # noqa: PLC0415
    from feedsvc.notify.targets import make_targets  # noqa: PLC0415
    from feedsvc.startup import make_cleaner, open_index  # noqa: PLC0415
    from feedsvc.web.app import create_app as create  # noqa: PLC0415

    settings = settings or load_settings({})
    index = open_index(settings)
    cleaner = make_cleaner(settings, index)

    def keep_fresh() -> None:
        keep_fresh_in_thread(settings, index, Event(), cleaner.prepare)
        notify_in_thread(settings, index, Event())

    return create(
        settings,
        index,
        cleaner,
        lambda: datetime.now(UTC),
        keep_fresh=keep_fresh,
        targets=[target.name for target in make_targets(settings)],
    )
