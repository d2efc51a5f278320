"""The digests of a batch as they are held here, streamed."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from node.db.batches import anchored_batch
from node.db.leaves import HASH_SIZE, find_blob, read_piece
from node.db.session import reading
from node.db.submissions import find_submission
from node.services.errors import BatchNotFound, LeavesUnavailable
from node.services.node import Node
from node.services.view import viewing


@dataclass(frozen=True, slots=True)
class Leaves:
    """Digests in order.

    Attributes:
        length: bytes in all, 32 for each digest.
        chunks: at most half a megabyte each.
    """

    length: int
    chunks: Iterator[bytes]


def open_leaves(node: Node, *, did: str, root: bytes, size: int) -> Leaves:
    """Return the digests of a batch that was handed in here or is on the ledger.

    Raises:
        BatchNotFound: no such batch is known.
        LeavesUnavailable: it is known, and its digests are not held.
    """
    with viewing(node) as view:
        known = anchored_batch(view.connection, did=did, root=root, size=size) or find_submission(
            view.connection, did=did, root=root, size=size
        )
        if known is None:
            raise BatchNotFound
        blob = find_blob(view.connection, root=root, size=size)
        if blob is None:
            raise LeavesUnavailable
        return Leaves(length=blob.count * HASH_SIZE, chunks=_stream(node, root, size))


def _stream(node: Node, root: bytes, size: int) -> Iterator[bytes]:
    for number in count():
        # Between two pieces nothing is held: slow readers would take every connection, the follower's too.
        with reading(node.engine) as connection:
            blob = find_blob(connection, root=root, size=size)
            if blob is None:
                raise LeavesUnavailable
            piece = read_piece(connection, blob, number)
        if not piece:
            return
        yield piece
