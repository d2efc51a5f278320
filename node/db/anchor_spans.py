"""What an issuer has anchored, in four numbers read off running counts: no batch is counted for it."""

from dataclasses import dataclass

from sqlalchemy import Connection, select, text

from anchoring.entry import anchors_subject
from node.db.tables import ENTRY

# From the issuer's last month down to its first, by one look into `ix_tally_did` each: a month's last row
# holds what the month came to.
_TOTALS = text(
    """
WITH RECURSIVE step(entry_index) AS (
    SELECT (SELECT entry_index FROM tally WHERE did = :did ORDER BY month DESC, entry_index DESC LIMIT 1)
    UNION ALL
    SELECT (SELECT own.entry_index FROM tally AS own WHERE own.did = :did AND own.month < here.month
            ORDER BY own.month DESC, own.entry_index DESC LIMIT 1)
    FROM step JOIN tally AS here ON here.entry_index = step.entry_index
)
SELECT coalesce(sum(found.batches), 0), coalesce(sum(found.credentials), 0)
FROM step JOIN tally AS found ON found.entry_index = step.entry_index
"""
)


@dataclass(frozen=True, slots=True)
class AnchorSpan:
    """How many batches and digests an issuer anchored; times of the first and last in seconds, if any."""

    count: int
    digests: int
    first: int | None
    last: int | None


def anchor_span(connection: Connection, did: str) -> AnchorSpan:
    """The issuer's batches, summed up."""
    count, digests = connection.execute(_TOTALS, {"did": did}).one()
    subject = anchors_subject(did)
    ends = [
        connection.execute(
            select(ENTRY.c.time).where(ENTRY.c.subject == subject).order_by(order).limit(1)
        ).scalar()
        for order in (ENTRY.c.entry_index, ENTRY.c.entry_index.desc())
    ]
    return AnchorSpan(int(count), int(digests), *ends)
