"""The list credentials that the ledger names: the one in force at a place, and those that are not at hand."""

from collections.abc import Sequence
from dataclasses import dataclass, fields

from sqlalchemy import Connection, bindparam, select

from anchoring.entry import status_subject
from node.db.tables import ENTRY, PAYLOAD, STATUS_PUBLICATION


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication of a status list as its entry has it; times in seconds."""

    entry_index: int
    time: int
    block_number: int
    did: str
    attribute_id: bytes
    url: str
    purpose: str
    bits: int
    credential_digest: bytes
    valid_from: int
    valid_until: int


_PUBLISHED = select(
    *(
        STATUS_PUBLICATION.c[field.name]
        for field in fields(Publication)
        if field.name in STATUS_PUBLICATION.c
    ),
    ENTRY.c.time,
    ENTRY.c.block_number,
).join(ENTRY, ENTRY.c.entry_index == STATUS_PUBLICATION.c.entry_index)
_OF_SUBJECT = _PUBLISHED.where(ENTRY.c.subject == bindparam("subject")).order_by(ENTRY.c.entry_index)


def last_publication(
    connection: Connection, *, did: str, urls: Sequence[str], before: int | None = None
) -> tuple[bytes, int] | None:
    """The digest that the issuer published last under one of these URLs, and when; None if there was none.

    Args:
        connection: to the database.
        did: the issuer's.
        urls: of one place.
        before: only what was published below this entry counts; all if None.
    """
    query = (
        select(STATUS_PUBLICATION.c.credential_digest, ENTRY.c.time)
        .join(ENTRY, ENTRY.c.entry_index == STATUS_PUBLICATION.c.entry_index)
        .where(STATUS_PUBLICATION.c.did == did)
        .where(STATUS_PUBLICATION.c.url.in_(urls))
        .order_by(STATUS_PUBLICATION.c.entry_index.desc())
    )
    if before is not None:
        query = query.where(STATUS_PUBLICATION.c.entry_index < before)
    row = connection.execute(query.limit(1)).first()
    return None if row is None else (row.credential_digest, row.time)


def published_in(connection: Connection, *, did: str, url: str, digest: bytes) -> int | None:
    """Number of the block in which the issuer first published this credential under this URL, if it did."""
    query = (
        select(ENTRY.c.block_number)
        .join(STATUS_PUBLICATION, STATUS_PUBLICATION.c.entry_index == ENTRY.c.entry_index)
        .where(STATUS_PUBLICATION.c.credential_digest == digest)
        .where(STATUS_PUBLICATION.c.did == did)
        .where(STATUS_PUBLICATION.c.url == url)
    )
    number: int | None = connection.execute(query.order_by(ENTRY.c.entry_index).limit(1)).scalar()
    return number


def entries_of_list(connection: Connection, digest: bytes, *, limit: int) -> list[tuple[int, str]]:
    """The first entries that published a list credential of this digest, and whose they are."""
    query = (
        select(STATUS_PUBLICATION.c.entry_index, STATUS_PUBLICATION.c.did)
        .where(STATUS_PUBLICATION.c.credential_digest == digest)
        .order_by(STATUS_PUBLICATION.c.entry_index)
    )
    return [(index, did) for index, did in connection.execute(query.limit(limit))]


def publications_of(
    connection: Connection, did: str, *, start: int, stop: int, limit: int, newest_first: bool = False
) -> list[Publication]:
    """The issuer's publications with start <= entry index < stop."""
    index = STATUS_PUBLICATION.c.entry_index
    query = (
        _PUBLISHED.where(STATUS_PUBLICATION.c.did == did, index >= start, index < stop)
        .order_by(index.desc() if newest_first else index)
        .limit(limit)
    )
    return [Publication(**row) for row in connection.execute(query).mappings()]


def publications_of_list(connection: Connection, *, did: str, url: str) -> list[Publication]:
    """Every publication of the list at exactly this URL by this issuer, in log order."""
    rows = connection.execute(_OF_SUBJECT, {"subject": status_subject(did, url)})
    return [Publication(**row) for row in rows.mappings()]


def digests_not_at_hand(
    connection: Connection, *, before: int | None = None, limit: int
) -> list[tuple[int, str, bytes]]:
    """Digests named by publications whose content is not kept, newest first; one named twice comes twice.

    Args:
        connection: to the database.
        before: only those named below this entry.
        limit: how many at most.

    Returns:
        The index of the entry, who published, and the digest.
    """
    held = select(PAYLOAD.c.hash).where(PAYLOAD.c.hash == STATUS_PUBLICATION.c.credential_digest).exists()
    query = (
        select(
            STATUS_PUBLICATION.c.entry_index,
            STATUS_PUBLICATION.c.did,
            STATUS_PUBLICATION.c.credential_digest,
        )
        .where(~held)
        .order_by(STATUS_PUBLICATION.c.entry_index.desc())
        .limit(limit)
    )
    if before is not None:
        query = query.where(STATUS_PUBLICATION.c.entry_index < before)
    return [(index, did, digest) for index, did, digest in connection.execute(query)]
