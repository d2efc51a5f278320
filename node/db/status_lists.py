"""Publications of status lists: by issuer and exact URL, which together are a subject of their own."""

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, select

from anchoring.entry import status_subject
from node.db.tables import ENTRY, STATUS_PUBLICATION


@dataclass(frozen=True, slots=True)
class Publication:
    """One publication of a list; times in ledger seconds."""

    entry_index: int
    time: int
    did: str
    attribute_id: bytes
    url: str
    purpose: str
    bits: int
    credential_digest: bytes
    valid_from: int
    valid_until: int


_OF_SUBJECT = (
    select(STATUS_PUBLICATION, ENTRY.c.time)
    .join(ENTRY, ENTRY.c.entry_index == STATUS_PUBLICATION.c.entry_index)
    .where(ENTRY.c.subject == bindparam("subject"))
    .order_by(ENTRY.c.entry_index)
)


def publications_of(connection: Connection, *, did: str, url: str) -> list[Publication]:
    """Every publication of the list at exactly this URL by this issuer, in log order."""
    rows = connection.execute(_OF_SUBJECT, {"subject": status_subject(did, url)})
    return [
        Publication(
            entry_index=row.entry_index,
            time=row.time,
            did=row.did,
            attribute_id=row.attribute_id,
            url=row.url,
            purpose=row.purpose,
            bits=row.bits,
            credential_digest=row.credential_digest,
            valid_from=row.valid_from,
            valid_until=row.valid_until,
        )
        for row in rows
    ]
