"""When a status list is published: on a grid of times that follows nothing (protocol section 8).

Whoever compares two successive lists sees who changed. A list published at each change would show every
change alone, at the moment at which it was made; on a grid, all changes of a period show at once.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from .errors import InvalidSchedule

MIN_PERIOD: Final = timedelta(minutes=1)
MAX_PERIOD: Final = timedelta(days=366)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class PublicationSchedule:
    """Moments at `offset` after each multiple of `every` since 1970, in UTC.

    Attributes:
        every: the period in whole seconds, from a minute to 366 days.
        offset: whole seconds, less than the period; chosen once, so that not all lists come at midnight.
    """

    every: timedelta
    offset: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        """Refuse a grid that is none.

        Raises:
            InvalidSchedule: the period or the offset is out of bounds, or no whole seconds.
        """
        if not MIN_PERIOD <= self.every <= MAX_PERIOD:
            raise InvalidSchedule("a list is published once in a minute to 366 days")
        if not timedelta(0) <= self.offset < self.every:
            raise InvalidSchedule("the offset is less than the period, and not negative")
        if self.every % _SECOND or self.offset % _SECOND:
            raise InvalidSchedule("the ledger's times are whole seconds")

    def last_until(self, moment: datetime) -> datetime:
        """Return the latest moment of the grid that is not after `moment`.

        Args:
            moment: aware.

        Raises:
            InvalidSchedule: `moment` has no offset from UTC, or the answer lies beyond all calendars.
        """
        return self._at(self._place(moment))

    def next_after(self, moment: datetime) -> datetime:
        """Return the earliest moment of the grid that is after `moment`.

        Args:
            moment: aware.

        Raises:
            InvalidSchedule: `moment` has no offset from UTC, or the answer lies beyond all calendars.
        """
        return self._at(self._place(moment) + 1)

    def due(self, last_published: datetime | None, now: datetime) -> bool:
        """Return whether a moment of the grid has come since the list was last published.

        A list that was never published is due at once: it has not changed yet, so its first publication
        tells nothing. Whether it has changed since is no question here: it is published all the same.

        Args:
            last_published: aware; None if it never was.
            now: aware.

        Raises:
            InvalidSchedule: a time has no offset from UTC.
        """
        return last_published is None or self._place(last_published) < self._place(now)

    def validity(self, published_at: datetime) -> tuple[datetime, datetime]:
        """Return from when until when a list holds that is published at `published_at`.

        It begins with the period, whatever the moment, and lasts for two: so the next list comes, even a
        whole period late, before this one ends, and nobody's clock finds a gap.

        Args:
            published_at: aware.

        Raises:
            InvalidSchedule: the time has no offset from UTC, or an answer lies beyond all calendars.
        """
        place = self._place(published_at)
        return self._at(place), self._at(place + 2)

    def _place(self, moment: datetime) -> int:
        if moment.tzinfo is None:
            raise InvalidSchedule("a time without an offset from UTC")
        return (moment - _EPOCH - self.offset) // self.every

    def _at(self, place: int) -> datetime:
        try:
            return _EPOCH + self.offset + place * self.every
        except OverflowError:
            raise InvalidSchedule("a time beyond all calendars") from None
