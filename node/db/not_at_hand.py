"""How many contents that the ledger names are not held here: leaves of batches, and status lists."""

from sqlalchemy import Connection, func, select

from node.db.tables import BATCH, BATCH_BLOB, PAYLOAD, STATUS_PUBLICATION

_HELD = select(PAYLOAD.c.hash).where(PAYLOAD.c.hash == STATUS_PUBLICATION.c.credential_digest).exists()
_LAST_OF_EACH = select(func.max(STATUS_PUBLICATION.c.entry_index)).group_by(
    STATUS_PUBLICATION.c.did, STATUS_PUBLICATION.c.url
)
_PUBLICATIONS = select(func.count()).select_from(STATUS_PUBLICATION).where(~_HELD)
_LISTS = _PUBLICATIONS.where(STATUS_PUBLICATION.c.entry_index.in_(_LAST_OF_EACH))
_BATCHES = (
    select(func.count())
    .select_from(
        BATCH.outerjoin(BATCH_BLOB, (BATCH_BLOB.c.root == BATCH.c.root) & (BATCH_BLOB.c.size == BATCH.c.size))
    )
    .where(BATCH_BLOB.c.id.is_(None))
)


def publications_not_at_hand(connection: Connection) -> int:
    """Publications whose list credential is not kept, superseded ones included."""
    return connection.execute(_PUBLICATIONS).scalar_one()


def lists_withheld(connection: Connection) -> int:
    """Lists of which what was published last is not kept: verdicts that need them are indeterminate."""
    return connection.execute(_LISTS).scalar_one()


def batches_unavailable(connection: Connection) -> int:
    """Anchored batches whose leaves are not kept."""
    return connection.execute(_BATCHES).scalar_one()
