"""The one place where the node reads a clock; everywhere else the present comes in as an argument."""

from datetime import UTC, datetime
from time import time


def wall_clock() -> datetime:
    """Return the present, aware UTC."""
    return datetime.fromtimestamp(time(), UTC)
