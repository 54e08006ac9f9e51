"""Configure logging: one line an event on standard error, as text or as JSON."""

import json
import logging
import sys

from feedsvc.settings import LogFormat
from feedsvc.text import to_printable
from feedsvc.web.access_log import Line, access_log


class _TextFormatter(logging.Formatter):
    """Formats an event as one line, followed by its traceback if it has one."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name it has in logging
        return to_printable(super().formatMessage(record))


class _JsonFormatter(logging.Formatter):
    """Formats an event as a JSON object; each field of an access log line is a member."""

    def format(self, record: logging.LogRecord) -> str:
        event: dict[str, object] = {"time": self.formatTime(record), "level": record.levelname}
        if record.name == access_log.name and isinstance(record.args, tuple):
            event |= zip(Line._fields, record.args, strict=True)
        else:
            event["message"] = record.getMessage()
        if record.exc_info:
            event["exception"] = self.formatException(record.exc_info)
        return json.dumps(event)


_FORMATTERS = {
    LogFormat.TEXT: _TextFormatter("%(asctime)s %(levelname)s %(message)s"),
    LogFormat.JSON: _JsonFormatter(),
}


def configure_logging(log_format: LogFormat) -> None:
    """Send all log events to standard error, in the given format."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_FORMATTERS[log_format])
    logging.basicConfig(level=logging.INFO, handlers=[handler])
