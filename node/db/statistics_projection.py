"""What an entry adds to the running counts that statistics are read from (ADR 0021): pure."""

from dataclasses import asdict, replace

from node.db.months import month_at
from node.db.row_making import ISSUERS, Made, Row, Told, Totals, bounded
from node.db.tables import BATCH, LISTED, REVISION, STATUS_PUBLICATION, TALLY

REVOKED = 4
"""An issuer type: no accreditation any more."""


def tallied(told: Told, made: Made, *, did: str) -> Made:
    """The row of running counts up to this entry; none if it changes no count.

    Args:
        told: the entry.
        made: the other rows that it makes.
        did: whom it is about.
    """
    added = Totals()
    for table, row in made:
        if table is LISTED and row["collection"] == ISSUERS:
            added = replace(added, issuers=1)
        elif table is BATCH:
            added = replace(added, batches=1, credentials=row["size"])
        elif table is REVISION:
            added = _accredited(told, row, added)
        elif table is STATUS_PUBLICATION:
            added = replace(added, publications=1)
    if added == Totals():
        return []
    month, own = month_at(told.time), told.known.month_tally(did)
    counts: Row = {"did": did, "month": month}
    for name in ("batches", "credentials", "publications"):
        so_far = getattr(own, name) if own is not None and own.month == month else 0
        counts[name] = bounded(so_far + getattr(added, name))
    for name, so_far in asdict(told.known.totals()).items():
        counts[f"all_{name}"] = bounded(so_far + getattr(added, name))
    return [(TALLY, counts)]


def _accredited(told: Told, row: Row, added: Totals) -> Totals:
    """An accreditation is given where there is none in force, and revoked where there is one."""
    before = told.known.standing(row["did"], row["attribute_id"])
    was = before is not None and _is_in_force(before.issuer_type)
    now = _is_in_force(row["issuer_type"])
    return replace(added, given=int(now and not was), revoked=int(was and not now))


def _is_in_force(issuer_type: int) -> bool:
    return 0 < issuer_type < REVOKED
