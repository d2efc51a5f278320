"""Counts by month, for everybody and for each issuer, read off running counts: no row is counted for it.

Counting 1,000,000 batches by issuer and month along an index that holds all that is needed took SQLite 0.25
seconds of one core, on top of which a page has to be made, and the log goes on growing. With counts in rows
(ADR 0021) each number is the last row of an index's stretch, and months cost what happened in them: one look
for each issuer that did anything in it.
"""

from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any, NamedTuple

from sqlalchemy import Connection, func, select, text

from node.db.entries import size_at_time
from node.db.months import first_second
from node.db.row_making import MonthTally, Totals
from node.db.tables import LIST_CHANGE, TALLY

_OVERALL = [TALLY.c[f"all_{field.name}"].label(field.name) for field in fields(Totals)]
_OWN = [TALLY.c[field.name] for field in fields(MonthTally)]

# From the last row of the last issuer down: to the issuer's last row of an earlier month that is asked for,
# or else to the issuer before. Each step is one look into `ix_tally_did`, on SQLite as on PostgreSQL.
_CELLS = text(
    """
WITH RECURSIVE step(entry_index) AS (
    SELECT (SELECT entry_index FROM tally ORDER BY did DESC, month DESC, entry_index DESC LIMIT 1)
    UNION ALL
    SELECT coalesce(
        (SELECT own.entry_index FROM tally AS own
         WHERE own.did = here.did AND own.month >= :first
         AND own.month < CASE WHEN here.month > :last THEN :last + 1 ELSE here.month END
         ORDER BY own.month DESC, own.entry_index DESC LIMIT 1),
        (SELECT other.entry_index FROM tally AS other WHERE other.did < here.did
         ORDER BY other.did DESC, other.month DESC, other.entry_index DESC LIMIT 1))
    FROM step JOIN tally AS here ON here.entry_index = step.entry_index
)
SELECT found.did, found.month, found.batches, found.credentials, found.publications
FROM step JOIN tally AS found ON found.entry_index = step.entry_index
WHERE found.month BETWEEN :first AND :last AND found.batches + found.publications > 0
"""
)


class IssuerMonth(NamedTuple):
    """What one issuer did in one month."""

    did: str
    month: int
    batches: int
    credentials: int
    publications: int


class Marked(NamedTuple):
    """What publications of status lists newly marked.

    Attributes:
        revoked: credentials, by lists that could be counted.
        suspended: likewise.
        unknown: publications of lists whose content is not at hand, or cannot be read.
    """

    revoked: int = 0
    suspended: int = 0
    unknown: int = 0


def month_bounds(connection: Connection, first: int, last: int) -> list[int]:
    """The log's size when each month from `first` to `last` began, and when `last` was over."""
    return [size_at_time(connection, first_second(month) - 1) for month in range(first, last + 2)]


def totals_below(connection: Connection, size: int) -> Totals:
    """What everybody counted up to in the first `size` entries."""
    query = select(*_OVERALL).where(TALLY.c.entry_index < size).order_by(TALLY.c.entry_index.desc()).limit(1)
    row = connection.execute(query).first()
    return Totals(*row) if row else Totals()


def last_totals(connection: Connection) -> Totals:
    """What everybody counts up to in the whole log."""
    row = connection.execute(select(*_OVERALL).order_by(TALLY.c.entry_index.desc()).limit(1)).first()
    return Totals(*row) if row else Totals()


def last_month_tally(connection: Connection, did: str) -> MonthTally | None:
    """What the DID counts up to, in the last month in which it counted anything."""
    query = select(*_OWN).where(TALLY.c.did == did)
    row = connection.execute(
        query.order_by(TALLY.c.month.desc(), TALLY.c.entry_index.desc()).limit(1)
    ).first()
    return MonthTally(*row) if row else None


def month_tally_of(row: Mapping[str, Any]) -> MonthTally:
    """What a row of `tally` counts for its DID."""
    return MonthTally(*(row[column.name] for column in _OWN))


def totals_of(row: Mapping[str, Any]) -> Totals:
    """What a row of `tally` counts for everybody."""
    return Totals(*(row[f"all_{field.name}"] for field in fields(Totals)))


def difference(later: Totals, earlier: Totals) -> Totals:
    """What was counted between two places of the log."""
    before = asdict(earlier)
    return Totals(**{name: count - before[name] for name, count in asdict(later).items()})


def issuer_months(connection: Connection, first: int, last: int) -> list[IssuerMonth]:
    """What each issuer did in each month from `first` to `last`; what did nothing is left out."""
    rows = connection.execute(_CELLS, {"first": first, "last": last}).all()
    return [IssuerMonth(*row) for row in rows]


def marked_between(connection: Connection, *, start: int, stop: int) -> dict[str, tuple[Marked, int]]:
    """What each issuer's publications with start <= entry index < stop newly marked, and how many are known.

    An issuer of whom nothing is known is left out.
    """
    query = (
        select(
            LIST_CHANGE.c.did,
            func.coalesce(func.sum(LIST_CHANGE.c.revoked), 0),
            func.coalesce(func.sum(LIST_CHANGE.c.suspended), 0),
            func.count(LIST_CHANGE.c.revoked),
        )
        .where(LIST_CHANGE.c.entry_index >= start)
        .where(LIST_CHANGE.c.entry_index < stop)
        .group_by(LIST_CHANGE.c.did)
    )
    return {
        did: (Marked(int(revoked), int(suspended)), count)
        for did, revoked, suspended, count in connection.execute(query).all()
    }
