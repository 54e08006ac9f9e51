"""Every error feedsvc raises.

    FeedsvcError
    ├── SettingError    one line, and the program ends
    ├── StartError      one line, and the service ends
    ├── PostError       becomes a Problem
    ├── BadRequest      400
    ├── NotFound        404
    ├── Gone            410
    └── NotReady        503

Messages read "where: what: why"; whoever catches one shows it as it is.
"""


class FeedsvcError(Exception):
    """The root; catching it catches what feedsvc raises on purpose, and nothing else."""


class SettingError(FeedsvcError):
    """A setting, a settings file or a rules file that cannot be used."""


class StartError(FeedsvcError):
    """A service that cannot start: nothing to serve, nowhere to write, or no process that lives."""


class PostError(FeedsvcError):
    """A post that cannot be read; `line` counts from 1, 0 where no line is at fault."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class BadRequest(FeedsvcError):
    """A request that cannot be understood."""


class NotFound(FeedsvcError):
    """An address at which there is nothing."""


class Gone(FeedsvcError):
    """An address whose feed was given up for good."""


class NotReady(FeedsvcError):
    """The posts have not been read yet; asking again later helps."""
