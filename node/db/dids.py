"""Registered DIDs."""

from sqlalchemy import Connection, select

from anchoring.entry import did_subject
from node.db.entries import StoredEntry, find_entries
from node.db.tables import DID

_MOST = 10_000  # entries of one DID's document that are read at once


def registered_at(connection: Connection, did: str) -> int | None:
    """The index of the entry that registered the DID; None if it is not registered."""
    index: int | None = connection.execute(select(DID.c.entry_index).where(DID.c.did == did)).scalar()
    return index


def did_entries(connection: Connection, did: str, *, before: int | None = None) -> list[StoredEntry]:
    """Every entry about the DID's document, in log order, of those below index `before` where given."""
    found: list[StoredEntry] = []
    subject, start = did_subject(did), 0
    while True:
        page = find_entries(connection, start=start, stop=before, limit=_MOST, subject=subject)
        found += page
        if len(page) < _MOST:
            return found
        start = page[-1].entry.index + 1
