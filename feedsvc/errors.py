"""Every error feedsvc raises, each a FeedsvcError.

Messages read "where: what: why"; whoever catches one shows it as it is.
"""


class FeedsvcError(Exception):
    """The root; catching it catches what feedsvc raises on purpose, and nothing else."""


class SettingError(FeedsvcError):
    """A setting, a settings file or a rules file that cannot be used: the program ends with one line."""


class PostError(FeedsvcError):
    """A post that cannot be read, which becomes a Problem; `line` counts from 1, 0 where no line is at fault."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class BadRequest(FeedsvcError):
    """A request that cannot be understood: 400."""


class NotFound(FeedsvcError):
    """An address at which there is nothing: 404."""


class Gone(FeedsvcError):
    """An address whose feed was given up for good: 410."""


class NotReady(FeedsvcError):
    """The posts have not been read yet, asking again later helps: 503."""
