"""Registered schemas, their revisions and metadata; the documents themselves are in the entries' payloads."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, select

from node.db.entries import StoredEntry, entries_at, entry_at
from node.db.tables import ENTRY, SCHEMA_REVISION


@dataclass(frozen=True, slots=True)
class SchemaChange:
    """A new revision of a schema (`inserted`, `updated`), or new metadata for one (`metadata`)."""

    entry_index: int
    time: int
    schema_id: bytes
    schema_revision_id: bytes
    metadata_id: bytes
    change: str


def schema_changes(
    connection: Connection, schema_id: bytes, *, before: int | None = None
) -> list[SchemaChange]:
    """Every change of the schema in log order, below entry `before` where given."""
    query = _changes().where(SCHEMA_REVISION.c.schema_id == schema_id)
    if before is not None:
        query = query.where(SCHEMA_REVISION.c.entry_index < before)
    return [_change(row) for row in connection.execute(query.order_by(SCHEMA_REVISION.c.entry_index))]


def latest_schema(
    connection: Connection, schema_id: bytes, *, before: int | None = None
) -> SchemaChange | None:
    """The schema's newest revision, of those below entry `before` where given."""
    revised = [
        change
        for change in schema_changes(connection, schema_id, before=before)
        if change.change != "metadata"
    ]
    return revised[-1] if revised else None


def schema_document(connection: Connection, change: SchemaChange) -> bytes:
    """The schema's bytes as registered; empty for a change of metadata alone."""
    return _field(connection, change, "schema")


def schema_metadata(connection: Connection, change: SchemaChange) -> bytes:
    """The metadata's bytes as registered."""
    return _field(connection, change, "metadata")


def metadata_texts(connection: Connection, changes: Iterable[SchemaChange]) -> dict[int, bytes]:
    """The metadata's bytes as registered with each of the changes, by its entry's index."""
    wanted = [change.entry_index for change in changes]
    found = entries_at(connection, wanted)
    return {index: _bytes(found.get(index), "metadata") for index in wanted}


def _field(connection: Connection, change: SchemaChange, name: str) -> bytes:
    return _bytes(entry_at(connection, change.entry_index), name)


def _bytes(found: StoredEntry | None, name: str) -> bytes:
    value = found.entry.fields.get(name) if found else None
    return value if isinstance(value, bytes) else b""


def _changes() -> Select[Any]:
    return select(SCHEMA_REVISION, ENTRY.c.time).join(
        ENTRY, ENTRY.c.entry_index == SCHEMA_REVISION.c.entry_index
    )


def _change(row: Row[Any]) -> SchemaChange:
    return SchemaChange(
        entry_index=row.entry_index,
        time=row.time,
        schema_id=row.schema_id,
        schema_revision_id=row.schema_revision_id,
        metadata_id=row.metadata_id,
        change=row.change,
    )
