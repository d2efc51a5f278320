"""Everything in the database derived again: entries, rows and leaves, each difference named.

The log's own entries are checked against one another and against the cursor's root, the other projection
rows against the entries that made them, blobs against their roots. Whether all of that is what the ledger has
is for `node.indexer.recheck` to say.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from itertools import chain, islice, pairwise
from typing import Any

from sqlalchemy import Connection, Table, select

from anchoring.entry import Entry
from anchoring.errors import AnchoringError
from anchoring.history import History
from node.db.cursor import read_cursor, read_window
from node.db.digest import order
from node.db.entries import stored
from node.db.leaves import HASH_SIZE, HELD, MALFORMED, Blob, blobs, prefix, tile_roots
from node.db.projection import Place, Row, Standing, project, standing_of
from node.db.tables import BATCH_LEAF, BATCH_TILE, ENTRY, PROJECTION, REVISION

MOST = 1_000  # differences named before the check gives up
_CHUNK = 2_000
_MODULUS = 2**256
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as it must be; `entry_index`, or `root` and `size`, say what it belongs to."""

    table: str
    key: str
    what: str
    entry_index: int | None = None
    root: bytes | None = None
    size: int | None = None


def check_database(connection: Connection, *, progress: Progress | None = None) -> Iterator[Difference]:
    """Each difference found, at most `MOST`; none if everything is as it must be.

    Args:
        connection: of a reading transaction.
        progress: told (what, how many so far) now and then.
    """
    tell = progress or (lambda _what, _count: None)
    yield from islice(
        chain(_check_projection(connection, tell), check_blobs(connection, progress=tell)), MOST
    )


class _Made:
    """The rows that the entries make, table by table, as far as one chunk of entries reaches."""

    def __init__(self) -> None:
        self.standings: dict[tuple[str, bytes], Standing] = {}
        self.rows: dict[Table, list[Row]] = {table: [] for table in PROJECTION}

    def add(self, entry: Entry, place: Place) -> None:
        for table, row in project(entry, place, lambda did, attribute: self.standings.get((did, attribute))):
            self.rows[table].append(row)
            if table is REVISION:
                self.standings[row["did"], row["attribute_id"]] = standing_of(row)


def _check_projection(connection: Connection, tell: Progress) -> Iterator[Difference]:
    history: History | None = History()
    made, start, last = _Made(), 0, -1
    while True:
        query = select(ENTRY).where(ENTRY.c.entry_index >= start).order_by(ENTRY.c.entry_index).limit(_CHUNK)
        kept = connection.execute(query).all()
        for table in PROJECTION:
            made.rows[table].clear()
        for row in kept:
            try:
                entry = stored(row).entry
                if history is not None:
                    history.append(entry)
                made.add(entry, Place(row.block_number, row.block_hash, row.transaction_hash))
            except (AnchoringError, TypeError, AttributeError, ValueError) as error:
                history = None  # what follows cannot continue it; the rows are still compared one by one
                yield Difference("entry", str(row.entry_index), str(error), entry_index=row.entry_index)
        stop = kept[-1].entry_index + 1 if len(kept) == _CHUNK else None
        for table in PROJECTION:
            yield from _compare(connection, table, made.rows[table], start, stop)
        last = kept[-1].entry_index if kept else last
        tell("entries", last + 1)
        if stop is None:
            break
        start = stop
    yield from _check_place(connection, history, empty=last < 0)


def _check_place(connection: Connection, history: History | None, *, empty: bool) -> Iterator[Difference]:
    """What is wrong with the cursor and the remembered blocks, by the entries and by one another."""
    cursor, window = read_cursor(connection), read_window(connection)
    if cursor is None:
        if window or not empty:
            yield Difference("cursor", "1", "the row is missing")
        return
    if history is not None and (history.size, history.root()) != (cursor.size, cursor.root):
        made = f"the entries make the root {history.root().hex()} of {history.size}"
        yield Difference("cursor", "1", f"{made}, not the cursor's")
    tip = (window[-1].number, window[-1].hash, window[-1].time) if window else None
    if tip != (cursor.block_number, cursor.block_hash, cursor.block_time):
        yield Difference("cursor", "1", "it is not at the last of the remembered blocks")
    for before, block in pairwise(window):
        if (block.number, block.parent_hash) != (before.number + 1, before.hash):
            yield Difference("block", str(block.number), "it does not follow the block before it")


def _compare(
    connection: Connection, table: Table, made: list[Row], start: int, stop: int | None
) -> Iterator[Difference]:
    query = select(table).where(table.c.entry_index >= start).order_by(*order(table))
    if stop is not None:
        query = query.where(table.c.entry_index < stop)
    keys = [column.name for column in order(table)]
    made_by_key = {tuple(row[key] for key in keys): row for row in made}
    kept_by_key = {tuple(row[key] for key in keys): dict(row) for row in connection.execute(query).mappings()}
    for key in sorted(made_by_key.keys() | kept_by_key.keys(), key=_sortable):
        one, other = made_by_key.get(key), kept_by_key.get(key)
        if one == other:
            continue
        if table is ENTRY and one is None:
            continue  # its entry could not be read, and that was named
        name = "/".join(str(part) for part in key)
        if one is None:
            what = "no entry makes this row"
        elif other is None:
            what = "the row is missing"
        else:
            what = "differs in " + ", ".join(column for column in one if one[column] != other[column])
        yield Difference(table.name, name, what, entry_index=key[0])


def _sortable(key: tuple[Any, ...]) -> list[tuple[str, Any]]:
    return [(type(part).__name__, part) for part in key]  # a damaged key may be of any type


def check_blobs(connection: Connection, *, progress: Progress | None = None) -> Iterator[Difference]:
    """Each blob whose leaves do not hash to its root, or whose tiles, state or look-up rows differ.

    Args:
        connection: of a reading transaction.
        progress: told (what, how many so far) now and then.
    """
    looked_up = _looked_up(connection)
    for count, blob in enumerate(blobs(connection), start=1):
        expected, wrong = _check_blob(connection, blob)
        for table, what in wrong:
            yield _of(blob, table, what)
        if looked_up.pop(blob.id, 0) != expected and not wrong:
            yield _of(blob, "batch_leaf", "the look-up rows are not those of the leaves")
        if progress:
            progress("batches", count)
    for blob_id in looked_up:
        yield Difference("batch_leaf", str(blob_id), "look-up rows of no batch")


def _check_blob(connection: Connection, blob: Blob) -> tuple[int, list[tuple[str, str]]]:
    """The sum that the look-up rows must make, and what is wrong with the blob."""
    hashes, level, wrong = _level(connection, blob, 0), 0, list[tuple[str, str]]()
    if len(hashes) % HASH_SIZE:
        return 0, [("batch_tile", f"{len(hashes)} bytes are no whole number of digests")]
    leaves = [hashes[at : at + HASH_SIZE] for at in range(0, len(hashes), HASH_SIZE)]
    while True:
        above = tile_roots(level, hashes) if hashes else b""
        if len(above) <= HASH_SIZE:
            break
        kept = _level(connection, blob, level + 1)
        if kept != above:
            wrong.append(("batch_tile", f"level {level + 1} is not made of level {level}"))
        level, hashes = level + 1, above
    if above != blob.root:
        wrong.append(("batch_tile", f"the leaves hash to {above.hex()}"))
    if _level(connection, blob, level + 1):
        wrong.append(("batch_tile", "there are tiles above the root"))
    ascending = all(one < other for one, other in pairwise(leaves))
    state = HELD if ascending and len(leaves) == blob.size else MALFORMED
    if (len(leaves), state) != (blob.count, blob.state):
        wrong.append(
            ("batch_blob", f"{len(leaves)} leaves, {state}; the row says {blob.count}, {blob.state}")
        )
    return sum(_mark(prefix(leaf), blob.id, at) for at, leaf in enumerate(leaves)) % _MODULUS, wrong


def _level(connection: Connection, blob: Blob, level: int) -> bytes:
    query = (
        select(BATCH_TILE.c.position, BATCH_TILE.c.hashes)
        .where(BATCH_TILE.c.blob_id == blob.id)
        .where(BATCH_TILE.c.level == level)
        .order_by(BATCH_TILE.c.position)
    )
    return b"".join(row.hashes for row in connection.execute(query))


def _looked_up(connection: Connection) -> dict[int, int]:
    """For each blob the sum of marks of its look-up rows: one pass, whatever their order."""
    sums: dict[int, int] = {}
    query = select(BATCH_LEAF.c.prefix, BATCH_LEAF.c.blob_id, BATCH_LEAF.c.position)
    for at, blob_id, position in connection.execute(query, execution_options={"yield_per": 10_000}):
        sums[blob_id] = (sums.get(blob_id, 0) + _mark(at, blob_id, position)) % _MODULUS
    return sums


def _mark(at: int, blob_id: int, position: int) -> int:
    return int.from_bytes(sha256(b"%d/%d/%d" % (at, blob_id, position)).digest(), "big")


def _of(blob: Blob, table: str, what: str) -> Difference:
    return Difference(table, f"{blob.root.hex()}/{blob.size}", what, root=blob.root, size=blob.size)
