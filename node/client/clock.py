"""The present: the one place where the client reads a clock."""

from datetime import UTC, datetime
from time import time


def present() -> datetime:
    """The present, aware UTC."""
    return datetime.fromtimestamp(time(), UTC)
