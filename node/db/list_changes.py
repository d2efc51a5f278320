"""What publications of status lists newly marked: which of them are counted already, and which are not."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from node.db.tables import ENTRY, LIST_CHANGE, STATUS_PUBLICATION


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A publication whose change is not known yet.

    Attributes:
        entry_index: of its entry.
        did: the issuer's.
        purpose: of the list, as the ledger has it.
        digest: of the list's credential.
        digest_before: of the one that it took the place of; None if it is the first at its URL.
    """

    entry_index: int
    did: str
    purpose: str
    digest: bytes
    digest_before: bytes | None


@dataclass(frozen=True, slots=True)
class ListChange:
    """What a publication newly marked; None and None if a content is no list that could be counted."""

    entry_index: int
    did: str
    digest: bytes
    revoked: int | None
    suspended: int | None


def changes_counted(connection: Connection) -> int:
    """A number that grows with each publication whose change comes to be known."""
    return connection.execute(select(func.max(LIST_CHANGE.c.number))).scalar() or 0


def uncounted_from(connection: Connection, start: int, *, limit: int) -> list[Uncounted]:
    """The first `limit` publications from entry `start` on whose change is not known, in log order."""
    before, list_before = ENTRY.alias(), STATUS_PUBLICATION.alias()
    known = select(LIST_CHANGE.c.number).where(LIST_CHANGE.c.entry_index == ENTRY.c.entry_index).exists()
    query = (
        select(
            ENTRY.c.entry_index,
            STATUS_PUBLICATION.c.did,
            STATUS_PUBLICATION.c.purpose,
            STATUS_PUBLICATION.c.credential_digest,
            list_before.c.credential_digest,
        )
        .select_from(STATUS_PUBLICATION)
        .join(ENTRY, ENTRY.c.entry_index == STATUS_PUBLICATION.c.entry_index)
        .outerjoin(before, before.c.hash == ENTRY.c.previous)
        .outerjoin(list_before, list_before.c.entry_index == before.c.entry_index)
        .where(STATUS_PUBLICATION.c.entry_index >= start)
        .where(~known)
        .order_by(STATUS_PUBLICATION.c.entry_index)
        .limit(limit)
    )
    return [Uncounted(*row) for row in connection.execute(query)]


def keep_changes(connection: Connection, changes: Iterable[ListChange]) -> None:
    """The changes are known; of an entry that is no longer there, or is known already, nothing is kept."""
    number = changes_counted(connection)
    for change in changes:
        published = select(STATUS_PUBLICATION.c.did).where(
            STATUS_PUBLICATION.c.entry_index == change.entry_index,
            STATUS_PUBLICATION.c.credential_digest == change.digest,
        )
        known = select(LIST_CHANGE.c.number).where(LIST_CHANGE.c.entry_index == change.entry_index)
        if connection.execute(published).first() and not connection.execute(known).first():
            number += 1  # no other writer is at work
            row = {
                "entry_index": change.entry_index,
                "number": number,
                "did": change.did,
                "revoked": change.revoked,
                "suspended": change.suspended,
            }
            connection.execute(insert(LIST_CHANGE).values(row))
