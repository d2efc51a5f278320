"""Times that people ask by: a moment as the API reads it, or a plain day, read as its end in UTC."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from node.api.errors import InvalidParameter
from node.api.parameters import time_parameter

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_LAST_SECOND = time(23, 59, 59, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """A time that a page was asked for.

    Attributes:
        text: as it was written, for the form to show again.
        instant: the moment meant, aware UTC.
        whole_day: whether a day was written, of which the end is meant.
    """

    text: str
    instant: datetime
    whole_day: bool

    @property
    def begin(self) -> datetime:
        """The moment, or the first second of the day."""
        return self.instant - timedelta(seconds=86_399) if self.whole_day else self.instant


def asked_time(text: str | None, *, name: str) -> Asked | None:
    """Return the time that a page's parameter names; None for nothing, as forms send it.

    Raises:
        InvalidParameter: it is neither a day nor an RFC 3339 time, or one that does not exist.
    """
    if text is None or not text.strip():
        return None
    written = text.strip()
    if not _DAY.fullmatch(written):
        return Asked(written, time_parameter(written, name=name), whole_day=False)
    try:
        day = datetime.fromisoformat(written).date()
    except ValueError as error:
        raise InvalidParameter(f"{name} is not a day that exists: {written}") from error
    return Asked(written, datetime.combine(day, _LAST_SECOND), whole_day=True)


def filled(text: str | None) -> str | None:
    """Return what a form's field holds; None if it was left empty."""
    return None if text is None or not text.strip() else text.strip()
