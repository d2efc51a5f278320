"""Leaves of batches as tiles of 256 hashes, kept only if they hash to the root, and found again by digest.

Level 0 holds the leaves themselves, level n + 1 the roots of the tiles of level n. A full tile is a complete
subtree and the last one is promoted (RFC 9162 section 2.1.1), so a path through tiles is a path of the tree:
at most three rows and about a thousand hashes for 1,048,576 leaves.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, func, insert, select

from anchoring.batch import MAX_BATCH_SIZE
from anchoring.merkle import MerkleTree
from node.db.bulk import insert_rows
from node.db.tables import BATCH_BLOB, BATCH_LEAF, BATCH_TILE
from node.errors import LeavesDisagree, NoSuchLeaf

HASH_SIZE = 32
TILE = 256  # hashes in a full tile
HELD, MALFORMED = "held", "malformed"
_TILE_BYTES = TILE * HASH_SIZE
_ROWS = 64  # tiles written, or read, at once
_MOST_SCANNED = 1_000
_MOST_BY_KEY = 8_192  # leaves; of more it is quicker to go through the table once
_ONE_TILE = (  # made once: each receipt and each verdict asks it several times
    select(BATCH_TILE.c.hashes)
    .where(BATCH_TILE.c.blob_id == bindparam("blob_id"))
    .where(BATCH_TILE.c.level == bindparam("level"))
    .where(BATCH_TILE.c.position == bindparam("position"))
)


ReadTile = Callable[[Connection, int, int, int], bytes]
"""Gives the tile of (blob, level, position) as `read_tile` does."""


@dataclass(frozen=True, slots=True)
class Blob:
    """Leaves held for (root, size): `count` of them, `state` held or malformed (protocol section 3)."""

    id: int
    root: bytes
    size: int
    count: int
    state: str


@dataclass(frozen=True, slots=True)
class Found:
    """Where a digest lies among held leaves."""

    blob: Blob
    position: int


def find_blob(connection: Connection, *, root: bytes, size: int) -> Blob | None:
    """The leaves held for (root, size), if any are."""
    query = select(BATCH_BLOB).where(BATCH_BLOB.c.root == root).where(BATCH_BLOB.c.size == size)
    row = connection.execute(query).first()
    return _blob(row) if row else None


def store_leaves(
    connection: Connection, *, root: bytes, size: int, leaves: bytes, levels: list[bytes] | None = None
) -> Blob:
    """The leaves are held, or already were; `malformed` if unsorted, repeated or not `size` of them.

    Args:
        connection: of a writing transaction.
        root: 32 bytes, as committed to on the ledger or by the issuer's signature.
        size: as committed to.
        leaves: 32 bytes each, in order.
        levels: their `tile_levels`, where a caller hashed before it took the database's lock.

    Raises:
        LeavesDisagree: they do not hash to `root`, or their number is impossible; nothing is kept.
    """
    known = find_blob(connection, root=root, size=size)
    if known is not None:
        return known
    levels = tile_levels(leaves) if levels is None else levels
    if not levels or levels[-1] != root:
        raise LeavesDisagree(expected=root, computed=levels[-1] if levels else None)
    count = len(leaves) // HASH_SIZE
    state = HELD if count == size and _ascends(leaves) else MALFORMED
    values = {"root": root, "size": size, "count": count, "state": state}
    key = connection.execute(insert(BATCH_BLOB).values(**values)).inserted_primary_key
    blob_id = int(key[0]) if key else 0
    for level, hashes in enumerate(levels[:-1]):
        _insert_tiles(connection, blob_id, level, hashes)
    for start in range(0, count, TILE * _ROWS):
        stop = min(start + TILE * _ROWS, count)
        insert_rows(
            connection,
            BATCH_LEAF,
            [
                {"prefix": prefix(leaves[at * 32 : at * 32 + 8]), "blob_id": blob_id, "position": at}
                for at in range(start, stop)
            ],
        )
    return Blob(blob_id, root, size, count, state)


def find_digest(connection: Connection, digest: bytes) -> list[Found]:
    """Where the digest lies among held leaves: its first place in each blob.

    An issuer chooses digests freely, so any number of them may share a prefix: in sorted leaves the place is
    found by bisection, in malformed ones only among the first thousand of that prefix.
    """
    query = (
        select(BATCH_BLOB, func.min(BATCH_LEAF.c.position), func.max(BATCH_LEAF.c.position))
        .join(BATCH_BLOB, BATCH_BLOB.c.id == BATCH_LEAF.c.blob_id)
        .where(BATCH_LEAF.c.prefix == prefix(digest))
        .group_by(*BATCH_BLOB.c)
        .order_by(BATCH_BLOB.c.id)
    )
    found = []
    for row in connection.execute(query):
        blob = _blob(row)
        position = position_in(connection, blob, digest, first=int(row[-2]), last=int(row[-1]))
        if position is not None:
            found.append(Found(blob, position))
    return found


def position_in(connection: Connection, blob: Blob, digest: bytes, *, first: int, last: int) -> int | None:
    """The digest's first place in the blob, whose leaves of the same prefix lie from `first` to `last`."""
    if blob.state == HELD:
        return _bisect(connection, blob, digest, first, last)
    return _scan(connection, blob, digest)


def inclusion_path(
    connection: Connection, blob: Blob, position: int, *, read: ReadTile | None = None
) -> tuple[bytes, ...]:
    """The siblings from leaf `position` to the root, over `blob.count` leaves (RFC 9162 section 2.1.3.1).

    Args:
        connection: where tiles are read.
        blob: the leaves.
        position: of one of them.
        read: reads a tile in place of `read_tile`, such as one that remembers what it has read.

    Raises:
        NoSuchLeaf: there is no such leaf, or its tiles are damaged.
    """
    if not 0 <= position < blob.count:
        raise NoSuchLeaf(f"no leaf {position} among {blob.count}")
    path: list[bytes] = []
    level, width = 0, blob.count
    while True:
        tile = (read or read_tile)(connection, blob.id, level, position // TILE)
        if len(tile) != HASH_SIZE * min(TILE, width - position // TILE * TILE):
            raise NoSuchLeaf(f"tile {position // TILE} of level {level} is damaged")
        tree = _lower_tree(tile) if level == 0 else _upper_tree(tile)
        path += tree.inclusion_path(position % TILE)
        if width <= TILE:
            return tuple(path)
        level, width, position = level + 1, -(-width // TILE), position // TILE


@lru_cache(maxsize=512)  # by content, so never stale; the 17 upper tiles of the largest batch stay in 300 kB
def _upper_tree(tile: bytes) -> MerkleTree:
    return MerkleTree(tile)


@lru_cache(maxsize=128)  # likewise; a class's credentials lie in one tile or few, and are asked for together
def _lower_tree(tile: bytes) -> MerkleTree:
    return MerkleTree.from_leaves(tile)


def read_leaves(connection: Connection, blob: Blob) -> Iterator[bytes]:
    """The leaves in order, in pieces of at most half a megabyte."""
    number = 0
    while piece := read_piece(connection, blob, number):
        yield piece
        number += 1


def read_piece(connection: Connection, blob: Blob, number: int) -> bytes:
    """One of the pieces of at most half a megabyte, from 0; nothing behind the last."""
    query = (
        select(BATCH_TILE.c.hashes)
        .where(BATCH_TILE.c.blob_id == blob.id)
        .where(BATCH_TILE.c.level == 0)
        .where(BATCH_TILE.c.position >= number * _ROWS)
        .where(BATCH_TILE.c.position < (number + 1) * _ROWS)
        .order_by(BATCH_TILE.c.position)
    )
    return b"".join(connection.execute(query).scalars())


def read_tile(connection: Connection, blob_id: int, level: int, position: int) -> bytes:
    """A tile's hashes; nothing if there is no such tile."""
    asked = {"blob_id": blob_id, "level": level, "position": position}
    hashes: bytes | None = connection.execute(_ONE_TILE, asked).scalar()
    return hashes or b""


def drop_blob(connection: Connection, *, root: bytes, size: int, damaged: bool = True) -> None:
    """No leaves are held for (root, size).

    Args:
        connection: of a writing transaction.
        root: 32 bytes.
        size: as committed to.
        damaged: False where the leaves can be trusted to say where they are looked up. The table of all
            leaves has no index by blob: it would cost every batch more than this saves.
    """
    blob = find_blob(connection, root=root, size=size)
    if blob is not None:
        if damaged or blob.count > _MOST_BY_KEY:
            connection.execute(delete(BATCH_LEAF).where(BATCH_LEAF.c.blob_id == blob.id))
        else:
            _drop_by_key(connection, blob)
        connection.execute(delete(BATCH_TILE).where(BATCH_TILE.c.blob_id == blob.id))
        connection.execute(delete(BATCH_BLOB).where(BATCH_BLOB.c.id == blob.id))


def blobs_after(connection: Connection, after: int | None, *, limit: int) -> list[Blob]:
    """What is held under keys above `after` (None: from the first), in the order of its keys."""
    query = select(BATCH_BLOB).order_by(BATCH_BLOB.c.id).limit(limit)
    if after is not None:
        query = query.where(BATCH_BLOB.c.id > after)
    return [_blob(row) for row in connection.execute(query)]


def prefix(digest: bytes) -> int:
    """The digest's first 64 bits as a whole number that every database sorts as the digests sort."""
    return int.from_bytes(digest[:8], "big") - 2**63


def tile_levels(leaves: bytes) -> list[bytes]:
    """The tiles' hashes by level, the root alone at the end; nothing for an impossible number."""
    if not leaves or len(leaves) % HASH_SIZE or len(leaves) > HASH_SIZE * MAX_BATCH_SIZE:
        return []
    levels = [leaves, tile_roots(0, leaves)]
    while len(levels[-1]) > HASH_SIZE:
        levels.append(tile_roots(len(levels) - 1, levels[-1]))
    return levels


def tile_roots(level: int, hashes: bytes) -> bytes:
    """The roots of the tiles that the hashes of a level fill, one after another."""
    build = MerkleTree.from_leaves if level == 0 else MerkleTree
    return b"".join(build(hashes[at : at + _TILE_BYTES]).root for at in range(0, len(hashes), _TILE_BYTES))


def _insert_tiles(connection: Connection, blob_id: int, level: int, hashes: bytes) -> None:
    tiles = -(-len(hashes) // _TILE_BYTES)
    for start in range(0, tiles, _ROWS):
        rows = [
            {
                "blob_id": blob_id,
                "level": level,
                "position": at,
                "hashes": hashes[at * _TILE_BYTES : (at + 1) * _TILE_BYTES],
            }
            for at in range(start, min(start + _ROWS, tiles))
        ]
        insert_rows(connection, BATCH_TILE, rows)


def _drop_by_key(connection: Connection, blob: Blob) -> None:
    """The rows by which the blob's leaves are found are gone, each by its key."""
    at = 0
    for piece in read_leaves(connection, blob):
        keys = [
            {"key": prefix(piece[start : start + 8]), "place": at + start // HASH_SIZE}
            for start in range(0, len(piece), HASH_SIZE)
        ]
        connection.execute(
            delete(BATCH_LEAF)
            .where(BATCH_LEAF.c.prefix == bindparam("key"))
            .where(BATCH_LEAF.c.blob_id == blob.id)
            .where(BATCH_LEAF.c.position == bindparam("place")),
            keys,
        )
        at += len(keys)


def _ascends(leaves: bytes) -> bool:
    return all(leaves[at - 32 : at] < leaves[at : at + 32] for at in range(32, len(leaves), 32))


def _leaf(connection: Connection, blob: Blob, position: int) -> bytes:
    at = position % TILE * HASH_SIZE
    return read_tile(connection, blob.id, 0, position // TILE)[at : at + HASH_SIZE]


def _bisect(connection: Connection, blob: Blob, digest: bytes, first: int, last: int) -> int | None:
    while first < last:
        middle = (first + last) // 2
        if _leaf(connection, blob, middle) < digest:
            first = middle + 1
        else:
            last = middle
    return first if _leaf(connection, blob, first) == digest else None


def _scan(connection: Connection, blob: Blob, digest: bytes) -> int | None:
    query = (
        select(BATCH_LEAF.c.position)
        .where(BATCH_LEAF.c.prefix == prefix(digest))
        .where(BATCH_LEAF.c.blob_id == blob.id)
        .order_by(BATCH_LEAF.c.position)
        .limit(_MOST_SCANNED)
    )
    positions = list(connection.execute(query).scalars())
    return next((at for at in positions if _leaf(connection, blob, at) == digest), None)


def _blob(row: Row[Any]) -> Blob:
    found = row._mapping  # noqa: SLF001 - the public name of it; `row.count` is a method of tuples
    return Blob(row.id, row.root, row.size, found["count"], row.state)
