"""What happened to a DID, entry by entry, under the names of EBSI's events (ebsi-api section 2.4)."""

from collections.abc import Mapping
from dataclasses import dataclass

from anchoring.entry import did_subject
from did.syntax import Did
from node.db.dids import registered_at
from node.db.entries import StoredEntry, page_of_subject
from node.services.errors import IdentifierNotFound
from node.services.view import View

EVENTS: Mapping[str, str] = {
    "did.inserted": "DidDocumentInserted",
    "did.base.updated": "BaseDocumentUpdated",
    "did.controller.added": "ControllerAdded",
    "did.controller.revoked": "ControllerRevoked",
    "did.method.added": "VerificationMethodAdded",
    "did.method.revoked": "VerificationMethodRevoked",
    "did.method.expired": "VerificationMethodExpired",
    "did.method.rolled": "VerificationMethodRolled",
    "did.relationship.added": "VerificationRelationshipAdded",
}
"""Kind of entry → EBSI's name of the event."""


@dataclass(frozen=True, slots=True)
class EventPage:
    """Some entries of a DID, oldest first.

    Attributes:
        entries: of one page.
        more: whether others follow.
    """

    entries: list[StoredEntry]
    more: bool


def events_of(view: View, did: Did, *, offset: int, limit: int) -> EventPage:
    """Return at most `limit` entries of a DID's document after the first `offset`.

    Raises:
        IdentifierNotFound: the DID is not registered, as far as this node has followed.
    """
    if registered_at(view.connection, did) is None:
        raise IdentifierNotFound(did)
    found = page_of_subject(view.connection, did_subject(did), offset=offset, limit=limit + 1)
    return EventPage(found[:limit], more=len(found) > limit)
