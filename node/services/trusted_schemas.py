"""The schemas registry as EBSI shows it: schemas, revisions, metadata (ebsi-api section 4)."""

from dataclasses import dataclass

from node.db import schemas as db
from node.db.schemas import SchemaChange
from node.services.errors import RevisionNotFound, SchemaNotFound
from node.services.node import Node
from node.services.view import viewing


@dataclass(frozen=True, slots=True)
class SchemaDocument:
    """A registered document, byte for byte, and the id of the revision or metadata that it is."""

    id: bytes
    content: bytes


def listed_schemas(node: Node, *, offset: int, limit: int) -> tuple[list[bytes], int]:
    """Return ids of schemas in the order of their registration, and how many there are."""
    with viewing(node) as view:
        return db.schemas(view.connection, offset=offset, limit=limit), db.count_schemas(view.connection)


def schema_revisions(node: Node, schema_id: bytes) -> list[SchemaChange]:
    """Return the revisions of a schema, oldest first.

    Raises:
        SchemaNotFound: it is not registered.
    """
    return [change for change in _changes(node, schema_id) if change.change != "metadata"]


def latest_schema(node: Node, schema_id: bytes) -> SchemaDocument:
    """Return the newest revision of a schema.

    Raises:
        SchemaNotFound: it is not registered.
    """
    return _document(node, schema_revisions(node, schema_id)[-1])


def schema_at_revision(node: Node, schema_id: bytes, revision_id: bytes) -> SchemaDocument:
    """Return one revision of a schema.

    Raises:
        SchemaNotFound: the schema is not registered.
        RevisionNotFound: it has no such revision.
    """
    for change in schema_revisions(node, schema_id):
        if change.schema_revision_id == revision_id:
            return _document(node, change)
    raise RevisionNotFound("0x" + revision_id.hex())


def metadata_of(node: Node, schema_id: bytes, revision_id: bytes) -> list[SchemaChange]:
    """Return every change that gave a revision its metadata, oldest first.

    Raises:
        SchemaNotFound: the schema is not registered.
        RevisionNotFound: it has no such revision.
    """
    found = [one for one in _changes(node, schema_id) if one.schema_revision_id == revision_id]
    if not found:
        raise RevisionNotFound("0x" + revision_id.hex())
    return found


def metadata_document(node: Node, schema_id: bytes, revision_id: bytes, metadata_id: bytes) -> SchemaDocument:
    """Return one metadata document of a revision.

    Raises:
        SchemaNotFound: the schema is not registered.
        RevisionNotFound: it has no such revision, or the revision no such metadata.
    """
    for change in metadata_of(node, schema_id, revision_id):
        if change.metadata_id == metadata_id:
            with viewing(node) as view:
                return SchemaDocument(metadata_id, db.schema_metadata(view.connection, change))
    raise RevisionNotFound("0x" + metadata_id.hex())


def _changes(node: Node, schema_id: bytes) -> list[SchemaChange]:
    with viewing(node) as view:
        changes = db.schema_changes(view.connection, schema_id)
    if not changes:
        raise SchemaNotFound("0x" + schema_id.hex())
    return changes


def _document(node: Node, change: SchemaChange) -> SchemaDocument:
    with viewing(node) as view:
        return SchemaDocument(change.schema_revision_id, db.schema_document(view.connection, change))
