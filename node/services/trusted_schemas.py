"""The schemas registry as EBSI shows it: schemas, revisions, metadata (ebsi-api section 4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from did.errors import InvalidJson
from did.json_text import parse_object
from did.methods.ebsi import ledger_seconds
from node.db import schemas as db
from node.db.schemas import SchemaChange
from node.services.errors import MetadataNotFound, RevisionNotFound, SchemaNotFound
from node.services.view import View

_METADATA = "metadata"
_MAX_METADATA_BYTES = 32 * 1024  # no payload on the ledger is longer


@dataclass(frozen=True, slots=True)
class SchemaDocument:
    """A registered document, byte for byte, the id of the revision or metadata that it is, and since when."""

    id: bytes
    content: bytes
    recorded: int


def schema_revisions(view: View, schema_id: bytes) -> list[SchemaChange]:
    """Return the revisions of a schema, oldest first.

    Raises:
        SchemaNotFound: it is not registered.
    """
    return _revisions(_changes(view, schema_id))


def revisions_valid_at(view: View, schema_id: bytes, at: datetime) -> list[SchemaChange]:
    """Return the revisions whose newest metadata say that they are valid at `at`, oldest first.

    Metadata without `validFrom` or `validTo` set no such bound; what is no JSON object says nothing.

    Raises:
        SchemaNotFound: the schema is not registered.
    """
    changes = _changes(view, schema_id)
    newest = {one.schema_revision_id: one for one in changes}
    metadata = db.metadata_texts(view.connection, newest.values())
    return [
        one
        for one in _revisions(changes)
        if _covers(metadata[newest[one.schema_revision_id].entry_index], at)
    ]


def latest_schema(view: View, schema_id: bytes, *, at: datetime | None = None) -> SchemaDocument:
    """Return the newest revision of a schema, of those recorded by `at` where given.

    Raises:
        SchemaNotFound: it is not registered, or was not by then.
    """
    changes = _revisions(_changes(view, schema_id))
    if at is not None:
        seconds = ledger_seconds(at)
        changes = [one for one in changes if one.time <= seconds]
    if not changes:
        raise SchemaNotFound("0x" + schema_id.hex())
    return _document(view, changes[-1])


def schema_at_revision(view: View, schema_id: bytes, revision_id: bytes) -> SchemaDocument:
    """Return one revision of a schema.

    Raises:
        SchemaNotFound: the schema is not registered.
        RevisionNotFound: it has no such revision.
    """
    for change in schema_revisions(view, schema_id):
        if change.schema_revision_id == revision_id:
            return _document(view, change)
    raise RevisionNotFound("0x" + revision_id.hex())


def metadata_of(view: View, schema_id: bytes, revision_id: bytes) -> list[SchemaChange]:
    """Return every change that gave a revision its metadata, oldest first.

    Raises:
        SchemaNotFound: the schema is not registered.
        RevisionNotFound: it has no such revision.
    """
    found = [one for one in _changes(view, schema_id) if one.schema_revision_id == revision_id]
    if not found:
        raise RevisionNotFound("0x" + revision_id.hex())
    return found


def metadata_document(view: View, schema_id: bytes, revision_id: bytes, metadata_id: bytes) -> SchemaDocument:
    """Return one metadata document of a revision.

    Raises:
        SchemaNotFound: the schema is not registered.
        RevisionNotFound: it has no such revision.
        MetadataNotFound: the revision has no such metadata.
    """
    for change in metadata_of(view, schema_id, revision_id):
        if change.metadata_id == metadata_id:
            content = db.schema_metadata(view.connection, change)
            return SchemaDocument(metadata_id, content, change.time)
    raise MetadataNotFound("0x" + metadata_id.hex())


def _changes(view: View, schema_id: bytes) -> list[SchemaChange]:
    changes = db.schema_changes(view.connection, schema_id)
    if not changes:
        raise SchemaNotFound("0x" + schema_id.hex())
    return changes


def _revisions(changes: Sequence[SchemaChange]) -> list[SchemaChange]:
    return [one for one in changes if one.change != _METADATA]


def _document(view: View, change: SchemaChange) -> SchemaDocument:
    content = db.schema_document(view.connection, change)
    return SchemaDocument(change.schema_revision_id, content, change.time)


def _covers(metadata: bytes, at: datetime) -> bool:
    try:
        members = parse_object(metadata, max_bytes=_MAX_METADATA_BYTES)
        begins, ends = _instant(members.get("validFrom")), _instant(members.get("validTo"))
    except (InvalidJson, ValueError, TypeError):
        return False
    return (begins is None or begins <= at) and (ends is None or at <= ends)


def _instant(value: object) -> datetime | None:
    """The instant that a text names; in UTC where it names no offset.

    Raises:
        ValueError: it names none.
        TypeError: it is no text.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        raise TypeError
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)
