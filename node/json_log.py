"""Logs as one JSON object a line, for collectors: when, how bad, who says it, what, and named values.

Nothing personal is ever passed to a logger: no DID, digest, address, path or body (see docs/privacy.md).
"""

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

_NAMED = ("method", "route", "status", "seconds", "url", "block", "size")


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON; a trace goes into the member `trace`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        line |= {name: getattr(record, name) for name in _NAMED if hasattr(record, name)}
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def log_to(stream: TextIO = sys.stderr, *, level: int = logging.INFO) -> None:
    """Make every logger of the process write JSON lines to `stream`."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    # httpx reports each request with its URL, alembic each start: of no use to an operator
    for noisy in ("httpx", "httpcore", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
