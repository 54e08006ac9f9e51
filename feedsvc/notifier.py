"""The process that notifies caches and hubs of changes."""

from feedsvc.notify.notifier import notify_targets
from feedsvc.pool import die_with
from feedsvc.settings import Settings
from feedsvc.startup import open_index
from feedsvc.stopping import begin


def run(settings: Settings, parent: int) -> None:
    """Send changes to caches and hubs in this process, until SIGTERM or until the parent has gone."""
    die_with(parent)
    notify_targets(settings, open_index(settings), begin(settings, parent))
