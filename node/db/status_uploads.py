"""List credentials that their issuers handed in: kept as payloads, dropped if they are never published."""

from dataclasses import asdict, dataclass

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select, update

from node.db.cursor import read_cursor
from node.db.kept_transactions import KeptTransaction, find_kept, may_be_mined
from node.db.lease import read_sighting
from node.db.payloads import drop_payload
from node.db.tables import KEPT_TRANSACTION, STATUS_PUBLICATION, STATUS_UPLOAD

_PUBLISHES = KEPT_TRANSACTION.c.function == "publishStatusList"


@dataclass(frozen=True, slots=True)
class StatusUpload:
    """What the publication of a list credential has to say of it; times in ledger seconds."""

    hash: bytes
    did: str
    url: str
    purpose: str
    bits: int
    valid_from: int
    valid_until: int


def keep_upload(connection: Connection, upload: StatusUpload, *, expires_at: int) -> None:
    """The upload is noted; the same one again waits from now on."""
    noted = update(STATUS_UPLOAD).where(STATUS_UPLOAD.c.hash == upload.hash).values(expires_at=expires_at)
    if connection.execute(noted).rowcount == 0:  # no other writer is at work
        connection.execute(insert(STATUS_UPLOAD).values(**asdict(upload), expires_at=expires_at))


def find_upload(connection: Connection, content_hash: bytes) -> StatusUpload | None:
    """The upload of the credential with this hash, if it was handed in here."""
    row = connection.execute(select(STATUS_UPLOAD).where(STATUS_UPLOAD.c.hash == content_hash)).first()
    if row is None:
        return None
    return StatusUpload(
        hash=row.hash,
        did=row.did,
        url=row.url,
        purpose=row.purpose,
        bits=row.bits,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
    )


def count_unpublished(connection: Connection, did: str) -> int:
    """How many lists the issuer has handed in that are not on the ledger: what a quota is held against."""
    query = select(func.count()).select_from(STATUS_UPLOAD).where(STATUS_UPLOAD.c.did == did)
    return connection.execute(query.where(~_is_published())).scalar() or 0


def drop_unpublished(connection: Connection, *, now: int, limit: int = 64) -> int:
    """Uploads past their time and never published are gone, with their credentials; how many.

    One stays while a publication of its issuer is kept that may still be mined, be it after a reorg. What an
    unfinished projection does not show may be published all the same: nothing is dropped before it is
    at the head, nor while nobody knows where that is: the ledger is away, or an alarm stopped the follower.
    """
    cursor, sighting = read_cursor(connection), read_sighting(connection)
    if cursor is None or sighting is None or not sighting.shows_the_head(cursor.block_number):
        return 0
    query = select(STATUS_UPLOAD.c.hash).where(STATUS_UPLOAD.c.expires_at <= now).where(~_is_published())
    under_way = may_be_mined(_PUBLISHES, KEPT_TRANSACTION.c.did == STATUS_UPLOAD.c.did)
    query = query.where(~under_way.exists())
    expired = connection.execute(query.limit(limit)).scalars().all()
    for content_hash in expired:
        connection.execute(delete(STATUS_UPLOAD).where(STATUS_UPLOAD.c.hash == content_hash))
        drop_payload(connection, content_hash)
    return len(expired)


def publication_kept(connection: Connection, upload: StatusUpload) -> KeptTransaction | None:
    """The newest kept transaction that is to publish this very credential, if there is one."""
    table = KEPT_TRANSACTION.c
    query = select(table.hash, table.raw).where(_PUBLISHES).where(table.did == upload.did)
    for row in connection.execute(query.order_by(table.kept_at.desc(), table.hash)):
        if upload.hash in row.raw:  # 32 bytes that stand in nothing else
            return find_kept(connection, row.hash)
    return None


def _is_published() -> ColumnElement[bool]:
    # By whomever: one who publishes another's list shows it as another's, and it is to be seen.
    published = select(STATUS_PUBLICATION.c.entry_index)
    return published.where(STATUS_PUBLICATION.c.credential_digest == STATUS_UPLOAD.c.hash).exists()
