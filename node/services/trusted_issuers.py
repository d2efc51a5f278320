"""The issuers registry as EBSI shows it: issuers, attributes, revisions (ebsi-api section 3)."""

from dataclasses import dataclass
from datetime import datetime

from did.methods.ebsi import ledger_seconds
from node.db import issuers as db
from node.db.entries import size_at_time
from node.db.issuers import Revision
from node.services.errors import AttributeNotFound, IssuerNotFound, RevisionNotFound, TooManyToShow
from node.services.view import View

ISSUER_TYPES = {0: "Undefined", 1: "RootTAO", 2: "TAO", 3: "TI", 4: "Revoked"}
MOST_WHOLE = 100
"""Attributes that are shown whole in one answer, each with a credential of up to some ten kilobytes."""


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


@dataclass(frozen=True, slots=True)
class Issuer:
    """A DID with an attribute.

    Attributes:
        did: who.
        has_attributes: whether it has accepted a credential yet.
        recorded: time of its newest revision, in ledger seconds.
    """

    did: str
    has_attributes: bool
    recorded: int | None


@dataclass(frozen=True, slots=True)
class AttributePage:
    """Ids of some attributes of an issuer, in the order in which they began.

    Attributes:
        ids: of one page.
        total: how many it has.
        recorded: time of the issuer's newest revision, in ledger seconds.
    """

    ids: list[bytes]
    total: int
    recorded: int | None


@dataclass(frozen=True, slots=True)
class RevisionPage:
    """Some revisions of an attribute, oldest first, and how many it has."""

    revisions: list[Revision]
    total: int


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


def issuer_in(view: View, did: str, *, at: datetime | None = None) -> Issuer:
    """Return an issuer as it was recorded by `at`, as it is now if None.

    Raises:
        IssuerNotFound: the DID had no attribute by then.
    """
    before = _before(view, at)
    recorded = db.last_recorded(view.connection, did, before=before)
    if recorded is None:
        raise IssuerNotFound(did)
    accepted = db.has_credential(view.connection, did, before=before)
    return Issuer(did, has_attributes=accepted, recorded=recorded)


def whole_attributes(view: View, did: str, *, at: datetime | None = None) -> list[Revision]:
    """Return the newest revision of each of an issuer's attributes, in the order in which these began.

    Raises:
        IssuerNotFound: the DID had no attribute by `at`.
        TooManyToShow: it has more than `MOST_WHOLE`.
    """
    found = db.latest_revisions(view.connection, did, before=_before(view, at), limit=MOST_WHOLE + 1)
    if not found:
        raise IssuerNotFound(did)
    if len(found) > MOST_WHOLE:
        raise TooManyToShow(MOST_WHOLE, what="attributes")
    return found


def attribute_page(
    view: View, did: str, *, offset: int, limit: int, at: datetime | None = None
) -> AttributePage:
    """Return ids of the attributes that an issuer had by `at`, that it has now if None.

    Raises:
        IssuerNotFound: the DID had no attribute by then.
    """
    before = _before(view, at)
    total = db.count_attributes(view.connection, did, before=before)
    if not total:
        raise IssuerNotFound(did)
    ids = db.attributes(view.connection, did, before=before, offset=offset, limit=limit)
    return AttributePage(ids, total, recorded=db.last_recorded(view.connection, did, before=before))


def latest_of(view: View, did: str, any_id: bytes, *, at: datetime | None = None) -> Revision:
    """Return the newest revision, by `at` where given, of the attribute that `any_id` names.

    Args:
        view: what is known.
        did: the issuer.
        any_id: the attribute's own id, or the id of any of its revisions; 32 bytes.
        at: what was recorded by then counts.

    Raises:
        IssuerNotFound: the DID has no attribute at all.
        AttributeNotFound: it has none of that id, or had none by then.
    """
    attribute_id = _named(view, did, any_id)
    found = db.latest_revision(view.connection, did, attribute_id, before=_before(view, at))
    if found is None:
        raise AttributeNotFound(any_id.hex())
    return found


def revisions_of_attribute(view: View, did: str, any_id: bytes, *, offset: int, limit: int) -> RevisionPage:
    """Return some revisions of the attribute that `any_id` names.

    Raises:
        IssuerNotFound: the DID has no attribute at all.
        AttributeNotFound: it has none of that id.
    """
    attribute_id = _named(view, did, any_id)
    found, total = db.revision_page(view.connection, did, attribute_id, offset=offset, limit=limit)
    return RevisionPage(found, total)


def revision_of(view: View, did: str, any_id: bytes, revision_id: bytes) -> Revision:
    """Return one revision of the attribute that `any_id` names.

    Raises:
        IssuerNotFound: the DID has no attribute at all.
        AttributeNotFound: it has none of that id.
        RevisionNotFound: the attribute has no such revision.
    """
    found = db.revision_named(view.connection, did, _named(view, did, any_id), revision_id)
    if found is None:
        raise RevisionNotFound(revision_id.hex())
    return found


def _named(view: View, did: str, any_id: bytes) -> bytes:
    found = db.attribute_named(view.connection, did, any_id)
    if found is not None:
        return found
    if db.last_recorded(view.connection, did) is None:
        raise IssuerNotFound(did)
    raise AttributeNotFound(any_id.hex())


def _before(view: View, at: datetime | None) -> int | None:
    return None if at is None else size_at_time(view.connection, ledger_seconds(at))
