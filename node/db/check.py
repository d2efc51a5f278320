"""Everything in the database derived again, each difference named, in memory that does not grow with it.

The log's own entries are checked against one another and against the cursor's root, the other projection
rows against the entries that made them, blobs against their roots, contents against their digests. Whether
the projection is what the ledger has is for `node.indexer.recheck` to say, and what signed transactions do
for `node.indexer.recheck_kept`.
"""

from collections.abc import Iterator
from itertools import chain, islice

from sqlalchemy import Connection

from node.db.check_blobs import check_blobs
from node.db.check_contents import check_contents
from node.db.check_projection import check_projection
from node.db.difference import Difference, Reach

__all__ = [
    "MOST", "Difference", "Reach", "check_blobs", "check_contents", "check_database", "check_projection",
]  # fmt: skip
MOST = 1_000
"""Differences named before the check gives up."""


def check_database(
    connection: Connection, *, progress: Reach | None = None, most: int | None = MOST
) -> Iterator[Difference]:
    """Each difference found, at most `most` of them; none if everything is as it must be.

    Args:
        connection: of a reading transaction.
        progress: told how far the check is.
        most: after how many to end; None: never.
    """
    found = chain(
        check_projection(connection, progress=progress),
        check_blobs(connection, progress=progress),
        check_contents(connection, progress=progress),
    )
    yield from islice(found, most)
