"""The issuers registry as EBSI shows it: issuers, attributes, revisions (ebsi-api section 3)."""

from dataclasses import dataclass

from node.db import issuers as db
from node.db.issuers import Revision
from node.services.errors import AttributeNotFound, IssuerNotFound, RevisionNotFound
from node.services.node import Node
from node.services.view import View, viewing

ISSUER_TYPES = {0: "Undefined", 1: "RootTAO", 2: "TAO", 3: "TI", 4: "Revoked"}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One accreditation with all of its revisions, oldest first; the last one counts."""

    did: str
    attribute_id: bytes
    revisions: tuple[Revision, ...]

    @property
    def latest(self) -> Revision:
        """The revision in force."""
        return self.revisions[-1]


def listed_issuers(node: Node, *, offset: int, limit: int) -> tuple[list[str], int]:
    """Return DIDs with at least one attribute, in the order of their first, and how many there are."""
    with viewing(node) as view:
        found = db.issuers(view.connection, offset=offset, limit=limit)
        return found, db.count_issuers(view.connection)


def issuer_attributes(node: Node, did: str) -> list[Attribute]:
    """Return all attributes of an issuer, in the order in which they began.

    Raises:
        IssuerNotFound: the DID has none.
    """
    with viewing(node) as view:
        return attributes_in(view, did)


def attributes_in(view: View, did: str) -> list[Attribute]:
    """Return all attributes of an issuer in `view`, in the order in which they began.

    Raises:
        IssuerNotFound: the DID has none.
    """
    grouped: dict[bytes, list[Revision]] = {}
    for revision in db.revisions(view.connection, did):
        grouped.setdefault(revision.attribute_id, []).append(revision)
    if not grouped:
        raise IssuerNotFound(did)
    return [Attribute(did, attribute_id, tuple(revisions)) for attribute_id, revisions in grouped.items()]


def attribute_of(node: Node, did: str, any_id: bytes) -> Attribute:
    """Return the attribute that `any_id` names: its own id, or the id of any of its revisions.

    Raises:
        IssuerNotFound: the DID has no attribute at all.
        AttributeNotFound: it has none of that id.
    """
    attributes = issuer_attributes(node, did)
    for attribute in attributes:
        if any_id == attribute.attribute_id or any(any_id == one.revision_id for one in attribute.revisions):
            return attribute
    raise AttributeNotFound(any_id.hex())


def revision_of(attribute: Attribute, revision_id: bytes) -> Revision:
    """Return one revision of an attribute.

    Raises:
        RevisionNotFound: it has none of that id.
    """
    for revision in attribute.revisions:
        if revision.revision_id == revision_id:
            return revision
    raise RevisionNotFound(revision_id.hex())
