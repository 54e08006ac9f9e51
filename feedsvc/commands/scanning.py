"""The index for a command, brought up to date with the posts folder."""

from feedsvc.console import show_progress
from feedsvc.index.queries import Index
from feedsvc.ingest.scanner import scan
from feedsvc.posts_folder import refuse_missing_folder
from feedsvc.settings import Settings
from feedsvc.startup import open_index


def scan_posts(settings: Settings, command: str) -> Index:
    """Return the index of the posts folder after a scan; errors show how to run `command` with another folder.

    Raise FolderError if the folder cannot be read, StorageError if the index cannot be written.
    """
    refuse_missing_folder(settings.posts, command)
    index = open_index(settings)
    scan(settings, index, show_progress)
    return index
