"""The list credentials that the ledger names: the one in force at a place, and those that are not at hand."""

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from node.db.tables import PAYLOAD, STATUS_PUBLICATION


def last_digest(connection: Connection, *, did: str, urls: Sequence[str]) -> bytes | None:
    """The digest that the issuer published last under one of these URLs; None if there was none."""
    query = (
        select(STATUS_PUBLICATION.c.credential_digest)
        .where(STATUS_PUBLICATION.c.did == did)
        .where(STATUS_PUBLICATION.c.url.in_(urls))
        .order_by(STATUS_PUBLICATION.c.entry_index.desc())
    )
    return connection.execute(query.limit(1)).scalar()


def is_published(connection: Connection, *, did: str, url: str, digest: bytes) -> bool:
    """Whether the issuer ever published this credential under this URL."""
    query = (
        select(STATUS_PUBLICATION.c.entry_index)
        .where(STATUS_PUBLICATION.c.credential_digest == digest)
        .where(STATUS_PUBLICATION.c.did == did)
        .where(STATUS_PUBLICATION.c.url == url)
    )
    return connection.execute(query.limit(1)).first() is not None


def digests_not_at_hand(
    connection: Connection, *, before: int | None = None, limit: int
) -> list[tuple[int, bytes]]:
    """Digests named by publications whose content is not kept, newest first.

    Args:
        connection: to the database.
        before: only those that were last named below this entry.
        limit: how many at most.

    Returns:
        The index of the last entry that names it, and the digest.
    """
    held = select(PAYLOAD.c.hash).where(PAYLOAD.c.hash == STATUS_PUBLICATION.c.credential_digest).exists()
    last = func.max(STATUS_PUBLICATION.c.entry_index)
    query = (
        select(last, STATUS_PUBLICATION.c.credential_digest)
        .where(~held)
        .group_by(STATUS_PUBLICATION.c.credential_digest)
        .order_by(last.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.having(last < before)
    return [(index, digest) for index, digest in connection.execute(query)]
