"""Months of UTC as numbers, by which the projection counts: twelve times the year and the month less one."""

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_YEARS: Final = 9999
_IN_A_YEAR: Final = 12


def month_at(seconds: int) -> int:
    """The month of a time; ledger seconds, of years up to 9999."""
    at = _EPOCH + timedelta(seconds=seconds)
    return at.year * _IN_A_YEAR + at.month - 1


def first_second(month: int) -> int:
    """When a month begins, in ledger seconds; of months that no time falls into, when the last year ends."""
    year, month_of_year = divmod(month, _IN_A_YEAR)
    if year > _YEARS:
        return 253_402_300_800  # 10000-01-01T00:00:00Z
    return int((datetime(year, month_of_year + 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())


def month_text(month: int) -> str:
    """The month as people and machines write it: `2026-11` (RFC 3339's date without the day)."""
    year, month_of_year = divmod(month, _IN_A_YEAR)
    return f"{year:04}-{month_of_year + 1:02}"


def month_number(text: str) -> int:
    """The month that `month_text` writes so; the text is checked already."""
    year, _, month_of_year = text.partition("-")
    return int(year) * _IN_A_YEAR + int(month_of_year) - 1
