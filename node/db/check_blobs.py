"""Blobs derived again from their leaves: tiles, root, state and look-up rows, a tile in memory at a time."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, func, select

from node.db.difference import Difference, Reach
from node.db.leaves import HASH_SIZE, HELD, MALFORMED, TILE, Blob, blobs_after, prefix, tile_roots
from node.db.tables import BATCH_BLOB, BATCH_LEAF, BATCH_TILE

_MODULUS = 2**256
_TILE_BYTES = TILE * HASH_SIZE
_TILES = 64  # read at once: half a megabyte
_LOOKED_UP = 10_000  # look-up rows read at once
_TOLD = 100_000  # look-up rows between two words about them


def check_blobs(connection: Connection, *, progress: Reach | None = None) -> Iterator[Difference]:
    """Each blob whose leaves do not hash to its root, or whose tiles, state or look-up rows differ.

    Args:
        connection: of a reading transaction.
        progress: told how many leaves are done.
    """
    tell = progress or (lambda _what, _done, _total: None)
    total = connection.execute(select(func.count()).select_from(BATCH_LEAF)).scalar_one()
    looked_up = _looked_up(connection, tell, total)
    hashed = 0
    for blob in _all_blobs(connection):
        found = _Leaves()
        wrong = list(_check_blob(connection, blob, found))
        for table, what in wrong:
            yield _of(blob, table, what)
        if looked_up.pop(blob.id, 0) != found.marks and not wrong:
            yield _of(blob, "batch_leaf", "the look-up rows are not those of the leaves")
        hashed += found.count
        tell("leaves hashed", hashed, total)
    for blob_id in looked_up:
        yield Difference("batch_leaf", str(blob_id), "look-up rows of no batch")
    for blob_id in connection.execute(ownerless_tiles()).scalars():
        yield Difference("batch_tile", str(blob_id), "tiles of no batch")


def ownerless_tiles() -> Any:
    """The query for the ids under which tiles are kept, and no blob."""
    owner = select(BATCH_BLOB.c.id).where(BATCH_BLOB.c.id == BATCH_TILE.c.blob_id).exists()
    return select(BATCH_TILE.c.blob_id).where(~owner).distinct()


@dataclass(slots=True)
class _Leaves:
    """What the leaves of a blob come to, as far as they were read."""

    count: int = 0
    ascending: bool = True
    marks: int = 0
    last: bytes = field(default=b"")

    def add(self, blob_id: int, hashes: bytes) -> None:
        for at in range(0, len(hashes), HASH_SIZE):
            leaf = hashes[at : at + HASH_SIZE]
            self.ascending = self.ascending and self.last < leaf
            self.marks = (self.marks + _mark(prefix(leaf), blob_id, self.count)) % _MODULUS
            self.count, self.last = self.count + 1, leaf


def _check_blob(connection: Connection, blob: Blob, found: _Leaves) -> Iterator[tuple[str, str]]:
    """What is wrong with which table; `found` holds what the leaves come to, without marks if damaged."""
    above = bytearray()
    for at, (position, hashes) in enumerate(_tiles(connection, blob, 0)):
        whole = 0 < len(hashes) <= _TILE_BYTES and not len(hashes) % HASH_SIZE
        if not whole or position != at or found.count != at * TILE:  # only the last may be shorter
            found.marks = 0
            yield "batch_tile", f"the leaves end in tile {at}, or it is damaged"
            return
        found.add(blob.id, hashes)
        above += tile_roots(0, hashes)
    level = 1
    while len(above) > HASH_SIZE:
        if _level(connection, blob, level) != _as_tiles(bytes(above)):
            yield "batch_tile", f"level {level} is not made of level {level - 1}"
        above = bytearray(tile_roots(level, bytes(above)))
        level += 1
    if above != blob.root:
        yield "batch_tile", f"the leaves hash to {above.hex()}"
    if next(_tiles(connection, blob, level, above=True), None) is not None:
        yield "batch_tile", "there are tiles above the root"
    state = HELD if found.ascending and found.count == blob.size else MALFORMED
    if (found.count, state) != (blob.count, blob.state):
        yield "batch_blob", f"{found.count} leaves, {state}; the row says {blob.count}, {blob.state}"


def _all_blobs(connection: Connection) -> Iterator[Blob]:
    after: int | None = None
    while page := blobs_after(connection, after, limit=1_000):
        yield from page
        after = page[-1].id


def _tiles(
    connection: Connection, blob: Blob, level: int, *, above: bool = False
) -> Iterator[tuple[int, bytes]]:
    """The tiles of a level (and of those above), in their order, few in memory."""
    query = (
        select(BATCH_TILE.c.position, BATCH_TILE.c.hashes)
        .where(BATCH_TILE.c.blob_id == blob.id)
        .where(BATCH_TILE.c.level >= level if above else BATCH_TILE.c.level == level)
        .order_by(BATCH_TILE.c.position)
        .limit(_TILES)
    )
    page = [(row.position, row.hashes) for row in connection.execute(query)]
    while page:
        yield from page
        following = query.where(BATCH_TILE.c.position > page[-1][0])
        page = [(row.position, row.hashes) for row in connection.execute(following)]


def _level(connection: Connection, blob: Blob, level: int) -> list[tuple[int, bytes]]:
    return list(_tiles(connection, blob, level))


def _as_tiles(hashes: bytes) -> list[tuple[int, bytes]]:
    return [(at // _TILE_BYTES, hashes[at : at + _TILE_BYTES]) for at in range(0, len(hashes), _TILE_BYTES)]


def _looked_up(connection: Connection, tell: Reach, total: int) -> dict[int, int]:
    """For each blob the sum of marks of its look-up rows: one pass, whatever their order."""
    sums: dict[int, int] = {}
    query = select(BATCH_LEAF.c.prefix, BATCH_LEAF.c.blob_id, BATCH_LEAF.c.position)
    rows = connection.execute(query, execution_options={"yield_per": _LOOKED_UP})
    for done, (at, blob_id, position) in enumerate(rows, start=1):
        sums[blob_id] = (sums.get(blob_id, 0) + _mark(at, blob_id, position)) % _MODULUS
        if done % _TOLD == 0 or done == total:
            tell("look-up rows", done, total)
    return sums


def _mark(at: int, blob_id: int, position: int) -> int:
    return int.from_bytes(sha256(b"%d/%d/%d" % (at, blob_id, position)).digest(), "big")


def _of(blob: Blob, table: str, what: str) -> Difference:
    return Difference(table, f"{blob.root.hex()}/{blob.size}", what, root=blob.root, size=blob.size)
