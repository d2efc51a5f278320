"""What happened on the record by month: everybody's counts and each issuer's, out of counts that are rows.

These are the public record's own numbers. What `/v1/statistics` tells of them is for
`node.services.disclosure` to say.
"""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from node.db.entries import entry_at
from node.db.list_changes import changes_counted
from node.db.months import first_second, month_at
from node.db.row_making import Totals
from node.db.statistics import (
    IssuerMonth,
    Marked,
    difference,
    issuer_months,
    marked_between,
    month_bounds,
    totals_below,
)
from node.services.view import View

MOST_MONTHS = 120
"""Asked for at once."""


class IssuerFigures(NamedTuple):
    """What one issuer did in a month, and what its lists newly marked, as far as they are known."""

    did: str
    batches: int
    credentials: int
    publications: int
    marked: Marked


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """One month of the record.

    Attributes:
        month: by `node.db.months`.
        start: log index of its first entry, if it has any.
        stop: the log index behind its last one.
        complete: whether the ledger has got beyond its end.
        totals: what everybody did.
        marked: what everybody's lists newly marked, as far as they are known.
        issuers: who did anything, by DID.
    """

    month: int
    start: int
    stop: int
    complete: bool
    totals: Totals
    marked: Marked
    issuers: tuple[IssuerFigures, ...]


def figures_in(view: View, *, first: int, last: int) -> tuple[MonthFigures, ...]:
    """Return every month from `first` to `last` of the record in `view`, oldest first.

    Args:
        view: to read from.
        first: by `node.db.months`.
        last: likewise, not before `first`, at most `MOST_MONTHS` of them.
    """
    assert 0 <= last - first < MOST_MONTHS
    root = view.cursor.root if view.cursor else None
    key: Hashable = root, changes_counted(view.connection), first, last
    found: tuple[MonthFigures, ...] = view.node.memory.statistics.get(
        key, lambda: _derive(view, first, last), holds=lambda held: _as_complete(view, held)
    )
    return found


def newest_month(view: View) -> int:
    """Return the month that the ledger has got to; before its first block, that of the clock."""
    return month_at(view.cursor.block_time if view.cursor else int(view.now.timestamp()))


def oldest_month(view: View) -> int:
    """Return the month of the log's first entry; of an empty log, the newest."""
    begin = entry_at(view.connection, 0)
    return newest_month(view) if begin is None else month_at(begin.entry.time)


def totals_in(view: View) -> Totals:
    """Return what everybody has done since the log began."""
    return totals_below(view.connection, view.size)


def _derive(view: View, first: int, last: int) -> tuple[MonthFigures, ...]:
    connection = view.connection
    bounds = month_bounds(connection, first, last)
    sums = [totals_below(connection, bound) for bound in bounds]
    own: dict[int, dict[str, IssuerMonth]] = {}
    for one in issuer_months(connection, first, last):
        own.setdefault(one.month, {})[one.did] = one
    found = []
    for place, month in enumerate(range(first, last + 1)):
        start, stop = bounds[place], bounds[place + 1]
        totals = difference(sums[place + 1], sums[place])
        marked = marked_between(connection, start=start, stop=stop) if totals.publications else {}
        issuers = tuple(_figures(one, marked) for _, one in sorted(own.get(month, {}).items()))
        complete = _is_complete(view, month)
        found.append(MonthFigures(month, start, stop, complete, totals, _sum(issuers), issuers))
    return tuple(found)


def _figures(one: IssuerMonth, marked: Mapping[str, tuple[Marked, int]]) -> IssuerFigures:
    known, count = marked.get(one.did, (Marked(), 0))
    of_all = Marked(known.revoked, known.suspended, one.publications - count)
    return IssuerFigures(one.did, one.batches, one.credentials, one.publications, of_all)


def _sum(issuers: Sequence[IssuerFigures]) -> Marked:
    return Marked(
        revoked=sum(one.marked.revoked for one in issuers),
        suspended=sum(one.marked.suspended for one in issuers),
        unknown=sum(one.marked.unknown for one in issuers),
    )


def _is_complete(view: View, month: int) -> bool:
    return view.cursor is not None and view.cursor.block_time >= first_second(month + 1)


def _as_complete(view: View, held: tuple[MonthFigures, ...]) -> bool:
    """Whether no month ended since: blocks without entries move the time and not the root."""
    return all(one.complete is _is_complete(view, one.month) for one in held)


def issuer_sums(months: Sequence[MonthFigures]) -> list[IssuerFigures]:
    """Return what each issuer did in all of the months together, the most credentials first."""
    own: dict[str, list[IssuerFigures]] = {}
    for month in months:
        for one in month.issuers:
            own.setdefault(one.did, []).append(one)
    sums = [
        IssuerFigures(
            did=did,
            batches=sum(one.batches for one in found),
            credentials=sum(one.credentials for one in found),
            publications=sum(one.publications for one in found),
            marked=_sum(found),
        )
        for did, found in own.items()
    ]
    return sorted(sums, key=lambda one: (-one.credentials, one.did))
