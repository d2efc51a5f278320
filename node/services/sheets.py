"""Lists that are leafed through newest first, forth and back, each sheet by its place in the log.

A sheet costs what is on it: it begins at an entry's index, and nothing before that is counted.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Place:
    """Which sheet is wanted: what lies below `before`, or else next above `after`; the newest for neither."""

    before: int | None = None
    after: int | None = None


NEWEST = Place()
"""The first sheet."""


@dataclass(frozen=True, slots=True)
class Sheet(Generic[T]):
    """Some items, newest first.

    Attributes:
        items: at most as many as asked for.
        older: the log index below which the next sheet lies; None if there is nothing older.
        newer: the log index above which the sheet before lies; None if there is nothing newer.
    """

    items: Sequence[T]
    older: int | None
    newer: int | None


class Find(Protocol[T_co]):
    """Gives the first or the last items of a stretch of the log."""

    def __call__(self, *, start: int, stop: int, limit: int, newest_first: bool) -> Sequence[T_co]:
        """At most `limit` items with start <= index < stop, in log order or against it."""


def sheet(
    find: Find[T], index_of: Callable[[T], int], *, start: int = 0, stop: int, limit: int, place: Place
) -> Sheet[T]:
    """Return the sheet at `place` of the items with start <= index < stop.

    Args:
        find: where they are read.
        index_of: the log index of an item.
        start: smallest log index.
        stop: the log index behind the largest.
        limit: items at most.
        place: which sheet.
    """
    if place.after is None:
        below = stop if place.before is None else min(place.before, stop)
        found = find(start=start, stop=below, limit=limit + 1, newest_first=True)
        items, has_older = found[:limit], len(found) > limit
        has_newer = below < stop and bool(find(start=below, stop=stop, limit=1, newest_first=False))
        first, last = below - 1, below
    else:
        above = max(start, place.after + 1)
        found = find(start=above, stop=stop, limit=limit + 1, newest_first=False)
        items, has_newer = found[:limit][::-1], len(found) > limit
        has_older = bool(find(start=start, stop=min(above, stop), limit=1, newest_first=True))
        first, last = above - 1, above
    if items:
        first, last = index_of(items[0]), index_of(items[-1])
    return Sheet(items, older=last if has_older else None, newer=first if has_newer else None)
