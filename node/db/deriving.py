"""The projection made anew from the entries kept, after a migration changed what entries make."""

from collections import defaultdict

from sqlalchemy import Connection, Table, delete, select

from anchoring.errors import AnchoringError
from node.db.bulk import insert_rows
from node.db.entries import stored
from node.db.known_aside import KnownAside
from node.db.projection import Place, project
from node.db.row_making import Row
from node.db.tables import ENTRY, PROJECTION

_CHUNK = 1_000  # entries; each has a payload of up to some ten kilobytes


def derive_again(connection: Connection) -> None:
    """Every row of the projection but the entries themselves is what the entries make; they are not touched.

    An entry that is damaged makes no rows: `ankyra node check` names it.

    Raises:
        DatabaseUnavailable: there is no room for a temporary file.
    """
    for table in PROJECTION:
        if table is not ENTRY:
            connection.execute(delete(table))
    with KnownAside() as known:
        _derive(connection, known)


def _derive(connection: Connection, known: KnownAside) -> None:
    start = -(2**63)
    while True:
        query = select(ENTRY).where(ENTRY.c.entry_index >= start).order_by(ENTRY.c.entry_index).limit(_CHUNK)
        kept = connection.execute(query).all()
        rows: dict[Table, list[Row]] = defaultdict(list)
        for row in kept:
            place = Place(row.block_number, row.block_hash, row.transaction_hash)
            try:
                made = project(stored(row).entry, place, known)
            except (AnchoringError, TypeError, AttributeError, ValueError):
                continue
            for table, one in made:
                known.take(table, one)
                if table is not ENTRY:
                    rows[table].append(one)
        for table, several in rows.items():
            insert_rows(connection, table, several)
        if len(kept) < _CHUNK:
            return
        start = kept[-1].entry_index + 1
