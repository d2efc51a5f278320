"""Moments as credentials write them (RFC 3339, XML Schema dateTimeStamp) and as the ledger counts them."""

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from .errors import MalformedCredential

_DATE_TIME: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,9})?"
    r"(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)",
    re.ASCII,
)
_LONGEST: Final = 35
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_FIRST: Final = -62_135_596_800
_LAST: Final = 253_402_300_799
"""Seconds of 0001-01-01T00:00:00Z and 9999-12-31T23:59:59Z, where calendars begin and end."""


def parse_moment(text: object, *, name: str) -> datetime:
    """The moment that `text` names, in UTC: RFC 3339 with `T`, seconds, and `Z` or an offset.

    Args:
        text: the value of a member.
        name: of the member, for the error.

    Raises:
        MalformedCredential: no such text, no such day or time, or one outside the years 1 to 9999 of UTC.
    """
    try:
        moment = _moment(text) if isinstance(text, str) else None
    except (ValueError, OverflowError):
        raise MalformedCredential(f"{name} is no moment of the calendar: {text}") from None
    if moment is None:
        raise MalformedCredential(f"{name} is no date and time with a time zone, as 2026-11-21T10:00:00Z is")
    return moment


@lru_cache(maxsize=4096)
def _moment(text: str) -> datetime | None:
    """The moment in UTC, None if the text is of another form: credentials repeat their few dates."""
    if len(text) > _LONGEST or _DATE_TIME.fullmatch(text) is None:
        return None
    return datetime.fromisoformat(text).astimezone(UTC)


def ledger_seconds(moment: datetime) -> int:
    """The whole seconds since 1970 of an aware `moment`, rounded down."""
    return (moment - _EPOCH) // _SECOND


def ledger_moment(seconds: int) -> datetime:
    """The moment that many seconds after 1970, or the calendar's end that is nearest to it."""
    return _EPOCH + timedelta(seconds=min(max(seconds, _FIRST), _LAST))
