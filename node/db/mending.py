"""Rows that are not what they say they are dropped or derived again, each in a transaction of its own."""

from sqlalchemy import Connection, delete, select, update

from anchoring.merkle import HASH_SIZE, MerkleTree
from credentials.errors import CredentialsError
from credentials.status_list_credential import read_status_list
from node.db.check_blobs import ownerless_tiles
from node.db.check_contents import NO_DIGESTS
from node.db.difference import Difference
from node.db.kept_transactions import SUBMITTED
from node.db.leaves import drop_blob, find_blob, read_leaves, store_leaves
from node.db.tables import (
    BATCH_BLOB,
    BATCH_LEAF,
    BATCH_TILE,
    FOLLOWER,
    KEPT_TRANSACTION,
    PAYLOAD,
    STATUS_PUBLICATION,
    STATUS_UPLOAD,
    SUBMISSION,
)


def mend_blob(connection: Connection, *, root: bytes, size: int) -> bool:
    """True if the leaves still hash to the root: all else is made of them; otherwise nothing is held."""
    blob = find_blob(connection, root=root, size=size)
    if blob is None:
        return False
    leaves = b"".join(read_leaves(connection, blob))
    leaves = leaves[: len(leaves) // HASH_SIZE * HASH_SIZE]
    whole = bool(leaves) and MerkleTree.from_leaves(leaves).root == root
    drop_blob(connection, root=root, size=size)
    if whole:
        store_leaves(connection, root=root, size=size, leaves=leaves)
    return whole


def drop_ownerless(connection: Connection) -> None:
    """No tile and no look-up row is kept of a blob that is not there."""
    connection.execute(delete(BATCH_TILE).where(BATCH_TILE.c.blob_id.in_(ownerless_tiles())))
    owner = select(BATCH_BLOB.c.id).where(BATCH_BLOB.c.id == BATCH_LEAF.c.blob_id).exists()
    connection.execute(delete(BATCH_LEAF).where(~owner))


def mend_content(connection: Connection, found: Difference) -> None:
    """What differs is gone, or is again what its content says; what only its issuer can mend stays.

    Args:
        connection: of a writing transaction.
        found: as `check_contents` named it.
    """
    match found.table:
        case PAYLOAD.name:
            connection.execute(delete(PAYLOAD).where(PAYLOAD.c.hash == found.kept_hash))
            _mend_upload(connection, found.kept_hash)
        case STATUS_UPLOAD.name:
            _mend_upload(connection, found.kept_hash)
        case SUBMISSION.name if found.what != NO_DIGESTS:
            connection.execute(
                delete(SUBMISSION)
                .where(SUBMISSION.c.did == found.did)
                .where(SUBMISSION.c.root == found.root)
                .where(SUBMISSION.c.size == found.size)
            )
        case KEPT_TRANSACTION.name:  # open again: what becomes of it is concluded anew
            connection.execute(
                update(KEPT_TRANSACTION)
                .where(KEPT_TRANSACTION.c.hash == found.kept_hash)
                .values(state=SUBMITTED, block_number=None, block_hash=None, error=None, sent_at=None)
            )
        case FOLLOWER.name:
            connection.execute(delete(FOLLOWER).where(FOLLOWER.c.id != 1))


def _mend_upload(connection: Connection, kept_hash: bytes | None) -> None:
    content = connection.execute(select(PAYLOAD.c.body).where(PAYLOAD.c.hash == kept_hash)).scalar()
    this = STATUS_UPLOAD.c.hash == kept_hash
    try:
        read = read_status_list(content) if content is not None else None
    except CredentialsError:
        read = None
    if read is not None and read.valid_from is not None and read.valid_until is not None:
        said = {
            "did": read.issuer,
            "url": read.url,
            "purpose": read.status_list.purposes[0],
            "bits": read.status_list.size_in_bits,
            "valid_from": read.valid_from,
            "valid_until": read.valid_until,
        }
        connection.execute(update(STATUS_UPLOAD).where(this).values(said))
        return
    published = select(STATUS_PUBLICATION.c.entry_index).where(
        STATUS_PUBLICATION.c.credential_digest == kept_hash
    )
    if content is not None or connection.execute(published.limit(1)).first() is None:
        connection.execute(delete(STATUS_UPLOAD).where(this))  # a published one's content comes from peers
