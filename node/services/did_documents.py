"""DIDs out of the projection: their changes, for the pure rooms that make documents of them."""

from datetime import datetime

from sqlalchemy import Connection

from did.document import DidDocument
from did.methods.ebsi import Change, document_from_changes
from did.syntax import Did
from node.db.dids import count_dids, did_entries, registered_dids
from node.services.errors import IdentifierNotFound
from node.services.node import Node
from node.services.view import View, viewing


def changes_of(connection: Connection, did: str) -> list[Change]:
    """Return the `did.*` entries of a DID in log order; none if it is not registered."""
    return [
        Change(
            index=found.entry.index,
            time=found.entry.time,
            kind=found.entry.kind,
            fields=found.entry.fields,
        )
        for found in did_entries(connection, did)
    ]


def document_in(view: View, did: Did, *, at: datetime) -> DidDocument:
    """Return the document of a did:ebsi with the keys effective at `at`, by all that is known in `view`.

    Raises:
        IdentifierNotFound: the DID is not registered, as far as this node has followed.
    """
    changes = changes_of(view.connection, did)
    if not changes:
        raise IdentifierNotFound(did)
    return document_from_changes(did, changes, at=at)


def document_at(node: Node, did: Did, *, at: datetime | None) -> DidDocument:
    """Return the document of a did:ebsi with the keys effective at `at`, now if None.

    Raises:
        IdentifierNotFound: the DID is not registered, as far as this node has followed.
    """
    with viewing(node) as view:
        return document_in(view, did, at=at or view.present)


def listed_dids(node: Node, *, offset: int, limit: int) -> tuple[list[str], int]:
    """Return registered DIDs in the order of their registration, and how many there are."""
    with viewing(node) as view:
        found = registered_dids(view.connection, offset=offset, limit=limit)
        return found, count_dids(view.connection)
