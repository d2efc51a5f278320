"""Logs as one JSON object a line, for collectors: when, how bad, who says it, what, and named values.

Nothing personal is ever passed to a logger: no DID, digest, address, path or body (see docs/privacy.md). What
a library or a trace says is beyond that rule: it is cut here, whoever wrote it.
"""

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Any, TextIO

MAX_TEXT = 16_384
"""Characters of a message or a trace; of a longer one the end is kept, where a trace says what happened."""
_NAMED = ("method", "route", "status", "seconds", "url", "block", "size")
_SCHEME = r"\b([a-z][a-z0-9+.-]{0,24}://)"
_CUTS = (
    (re.compile(_SCHEME + r"(?:[^\s/?#@]*@)?([^\s/?#'\"<>]+)[/?#][^\s'\"<>)]*", re.IGNORECASE), r"\1\2/…"),
    (re.compile(_SCHEME + r"[^\s/?#@]*@", re.IGNORECASE), r"\1…@"),
    (re.compile(r"did:([a-z0-9]+):[A-Za-z0-9._:%#-]+"), r"did:\1:…"),
    (re.compile(r"eyJ[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)*"), "eyJ…"),
    (re.compile(r"(?<![0-9a-fA-F])((?:0x)?[0-9a-fA-F]{8})[0-9a-fA-F]{32,}"), r"\1…"),
    (re.compile(r"(?<![\w/.-])([A-Za-z0-9_-]{8})[A-Za-z0-9_-]{56,}(?![\w/.-])"), r"\1…"),
)
"""Paths and users of URLs, DIDs, JWTs, and what is as long as an address, a digest or a batch of them."""


class JsonLines(logging.Formatter):
    """Formats a record as one line of JSON; a trace goes into the member `trace`."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line, without its end."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": cut(record.getMessage()),
        }
        line |= {name: _named(getattr(record, name)) for name in _NAMED if hasattr(record, name)}
        if record.exc_info:
            line["trace"] = cut(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def cut(text: str) -> str:
    """Return `text` without what may name a person or open a door: enough is left to tell two apart."""
    if len(text) > MAX_TEXT:
        text = "… " + text[-MAX_TEXT:].partition(" " if "\n" not in text else "\n")[2]  # no halved word
    for pattern, kept in _CUTS:
        text = pattern.sub(kept, text)
    return text


def _named(value: Any) -> Any:
    return cut(value) if isinstance(value, str) and "://" in value else value


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
