"""The projection derived again from the entries, chunk by chunk, and the follower's place held against it."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from sqlalchemy import Connection, Table, func, select

from anchoring.entry import Entry
from anchoring.errors import AnchoringError
from anchoring.history import History
from node.db.cursor import read_cursor, read_window
from node.db.difference import Difference, Reach
from node.db.digest import order
from node.db.entries import stored
from node.db.known_aside import KnownAside
from node.db.projection import Place, project
from node.db.row_making import Row
from node.db.tables import ENTRY, PROJECTION

_CHUNK = 1_000  # entries; each has a payload of up to some ten kilobytes


class _Made:
    """The rows that the entries make, table by table, as far as one chunk of entries reaches."""

    def __init__(self, known: KnownAside) -> None:
        self._known = known
        self.rows: dict[Table, list[Row]] = {table: [] for table in PROJECTION}

    def add(self, entry: Entry, place: Place) -> None:
        for table, row in project(entry, place, self._known):
            self.rows[table].append(row)
            self._known.take(table, row)


def check_projection(connection: Connection, *, progress: Reach | None = None) -> Iterator[Difference]:
    """Each row that no entry makes, or makes otherwise, and what is wrong with entries, cursor and blocks.

    Args:
        connection: of a reading transaction.
        progress: told how many entries are done.

    Raises:
        DatabaseUnavailable: there is no room for a temporary file.
    """
    with KnownAside() as known:
        yield from _differences(connection, known, progress)


def _differences(connection: Connection, known: KnownAside, progress: Reach | None) -> Iterator[Difference]:
    total = connection.execute(select(func.count()).select_from(ENTRY)).scalar_one()
    history: History | None = History(known.heads)
    made, start, done = _Made(known), -(2**63), 0
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
        done += len(kept)
        if progress:
            progress("entries", done, total)
        if stop is None:
            break
        start = stop
    yield from _check_place(connection, history, empty=not done)


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
