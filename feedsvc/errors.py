"""Every error that feedsvc raises on purpose; the class says what is wrong, the message where.

    FeedsvcError
    ├── SettingError    a setting that cannot be used
    ├── FolderError     the posts folder
    │   └── FolderReplaced   there is another one in its place
    ├── StorageError    the file of the index
    ├── OutputError     the folder of a build
    ├── StartError      a service that cannot start
    ├── DeliveryError   a message that did not arrive
    ├── PostError       becomes a Problem
    │   └── PageError   a file that is no post
    ├── BadRequest      400
    ├── NotFound        404
    ├── Gone            410
    ├── Busy            503
    ├── TooCostly       503
    └── NotReady        503

Messages read "where: what: why" and are shown as they are: by a command as one line, before it exits with code 1.
"""

ALL_UNDATED = "no file has a date: write `date:` or `created:` into the front matter of those that are posts"
NOTE = "no date: a page, as are all notes of a vault without one"
NO_DATE = "date: neither in the front matter nor in the file name, so not published"


class FeedsvcError(Exception):
    """The base class of all errors that feedsvc raises on purpose."""


class SettingError(FeedsvcError):
    """A setting, a settings file or a rules file that cannot be used."""


class FolderError(FeedsvcError):
    """A posts folder that is missing, cannot be read, or is suddenly empty."""


class FolderReplaced(FolderError):
    """A posts folder that was replaced by another one while it was being read: that one has to be scanned."""


class StorageError(FeedsvcError):
    """An index file that cannot be written, or a file in its place that feedsvc did not make."""


class OutputError(FeedsvcError):
    """A folder that a build cannot write to, or must not: it is in use, or not the output of a build."""


class StartError(FeedsvcError):
    """A service that cannot start: the posts cannot be read, or no worker becomes ready."""


class DeliveryError(FeedsvcError):
    """A message to a cache or a hub that did not arrive, or was refused; it may ask for a pause in seconds."""

    def __init__(self, message: str, *, pause: float = 0) -> None:
        super().__init__(message)
        self.pause = pause


class PostError(FeedsvcError):
    """A post that cannot be read; `line` counts from 1, and is 0 for the whole file."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line

    def found_in(self, where: object) -> str:
        """Return what is wrong in a file, with its name and the line."""
        place = f"{where}:{self.line}" if self.line else f"{where}"
        return f"{place}: {str(self).removeprefix('front matter: ')}"


class PageError(PostError):
    """A file that is rather a page than a post: without a date, and without anything else that only posts have."""


class BadRequest(FeedsvcError):
    """A request that cannot be understood."""


class NotFound(FeedsvcError):
    """A URL at which there is nothing."""


class Gone(FeedsvcError):
    """A URL whose feed was given up for good."""


class Busy(FeedsvcError):
    """More requests at once than are worked on; a later one will succeed."""


class TooCostly(FeedsvcError):
    """A selection of posts that takes too long to find."""


class NotReady(FeedsvcError):
    """The posts have not been read yet; a later request will succeed."""
