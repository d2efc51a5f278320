"""What an issuer has anchored, in four numbers."""

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from node.db.tables import BATCH, ENTRY


@dataclass(frozen=True, slots=True)
class AnchorSpan:
    """How many batches and digests an issuer anchored; times of the first and last in seconds, if any."""

    count: int
    digests: int
    first: int | None
    last: int | None


def anchor_span(connection: Connection, did: str) -> AnchorSpan:
    """The issuer's batches, summed up."""
    query = (
        select(
            func.count(),
            func.coalesce(func.sum(BATCH.c.size), 0),
            func.min(ENTRY.c.time),
            func.max(ENTRY.c.time),
        )
        .select_from(BATCH)
        .join(ENTRY, ENTRY.c.entry_index == BATCH.c.entry_index)
        .where(BATCH.c.did == did)
    )
    count, digests, first, last = connection.execute(query).one()
    return AnchorSpan(int(count), int(digests), first, last)
