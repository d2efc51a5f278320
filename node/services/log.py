"""The log as a whole: its checkpoint at any size, and proofs that a later one continues an earlier one."""

from dataclasses import dataclass

from anchoring.checkpoint import Checkpoint
from node.db.digest import projection_digest
from node.db.entries import entry_at, size_at_block
from node.services.errors import LogSizeUnknown, ProjectionDamaged
from node.services.node import Node
from node.services.view import viewing


@dataclass(frozen=True, slots=True)
class Inclusion:
    """An entry's place under a root of the log; hashes of 32 bytes."""

    index: int
    size: int
    leaf_hash: bytes
    path: tuple[bytes, ...]
    root: bytes


def checkpoint(node: Node, *, size: int | None, final: bool) -> Checkpoint:
    """Return the checkpoint of the log.

    Args:
        node: whose log.
        size: an earlier size; None for all that is followed.
        final: count only entries with as many blocks after them as the operator asks for.

    Raises:
        LogSizeUnknown: no such size has been followed, or not finally.
    """
    with viewing(node) as view:
        if final:
            last = view.cursor.block_number - node.settings.finality_depth if view.cursor else -1
            settled = size_at_block(view.connection, last)
            size = settled if size is None else size
            if size > settled:
                raise LogSizeUnknown(size, known=settled, least=1)
        return view.checkpoint(size)


def inclusion(node: Node, *, index: int, size: int | None) -> Inclusion:
    """Return the proof that entry `index` stands in the log of `size` (RFC 9162 section 2.1.3.1).

    Args:
        node: whose log.
        index: of the entry.
        size: an earlier size; None for all that is followed.

    Raises:
        LogSizeUnknown: no such size has been followed, or the entry came later.
        ProjectionDamaged: the entries do not hash to the root compared with the ledger's.
    """
    with viewing(node) as view:
        asked = view.checked_size(size, least=index + 1)
        found = entry_at(view.connection, index)
        if found is None:
            raise ProjectionDamaged(size=view.size)
        path = view.inclusion_path(index, size=asked)
        return Inclusion(index, asked, found.hash, path, view.root_at(asked))


def consistency_path(node: Node, *, first: int, second: int) -> tuple[bytes, ...]:
    """Return the proof that the log of `second` entries continues that of `first` (RFC 9162 section 2.1.4.1).

    Raises:
        LogSizeUnknown: not 1 <= first <= second <= the size followed.
    """
    with viewing(node) as view:
        view.checked_size(second)
        view.checked_size(first)
        return view.consistency_path(first, second)


def digest(node: Node, *, size: int | None) -> tuple[int, bytes]:
    """Return a log size and the digest over all projected rows up to it: equal on every sound node.

    Raises:
        LogSizeUnknown: no such size has been followed.
    """
    with viewing(node) as view:
        asked = view.checked_size(size, least=0)
        return asked, projection_digest(view.connection, size=asked)
