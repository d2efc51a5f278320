"""Who accredited an issuer, out of the projection: recorded chains, and the names their credentials give."""

from collections.abc import Sequence
from dataclasses import dataclass

from anchoring.entry import ZERO_HASH
from credentials.accreditation import IssuerType, Link, RecordedChain, Revision, recorded_chain
from node.db import issuers as db
from node.services.organisation_names import name_of
from node.services.view import View


@dataclass(frozen=True, slots=True)
class NamedLink:
    """A link of a chain and the name that its accreditor gave the organisation; None if it gave none."""

    link: Link
    name: str | None


@dataclass(frozen=True, slots=True)
class Accreditation:
    """A chain from an issuer up, as of some place in the log, with a sentence for people."""

    chain: RecordedChain
    links: tuple[NamedLink, ...]
    sentence: str

    @property
    def in_force(self) -> bool:
        """Whether every link holds, up to a Root TAO."""
        return self.chain.in_force


def accreditation(
    view: View, *, did: str, attribute_id: bytes, before_index: int | None = None
) -> Accreditation:
    """Return the chain of (did, attribute_id) by the entries before `before_index`, by all if None.

    Raises:
        ProjectionDamaged: the database does not hash to what the ledger has.
    """
    known_through = view.size if before_index is None else before_index
    key = (view.root_at(known_through), did, attribute_id)
    found: Accreditation = view.node.memory.accreditations.get(
        key, lambda: _derive(view, did, attribute_id, before_index)
    )
    return found


def _derive(view: View, did: str, attribute_id: bytes, before_index: int | None) -> Accreditation:
    chain = recorded_chain(
        lambda holder, attribute: revisions_of(view, holder, attribute),
        did=did,
        attribute_id=attribute_id,
        before_index=before_index,
    )
    links = tuple(NamedLink(link, name_of(view, link.did, before_index=before_index)) for link in chain.links)
    return Accreditation(chain=chain, links=links, sentence=_sentence(chain, links))


def accreditation_by(
    view: View, did: str, attribute_ids: Sequence[bytes], *, before_index: int | None = None
) -> Accreditation:
    """Return the chain of the first of these attributes that holds, or else of the first of all.

    Those behind the one that holds are not looked at. Entries are meant as in `accreditation`.

    Raises:
        ProjectionDamaged: the database does not hash to what the ledger has.
    """
    first = None
    for attribute_id in attribute_ids:
        found = accreditation(view, did=did, attribute_id=attribute_id, before_index=before_index)
        if found.in_force:
            return found
        first = first or found
    return first or accreditation(view, did=did, attribute_id=ZERO_HASH, before_index=before_index)


def revisions_of(view: View, did: str, attribute_id: bytes) -> list[Revision]:
    """Return all revisions of an attribute in log order, for `credentials.accreditation`."""
    return [
        Revision(
            index=row.entry_index,
            time=row.time,
            did=row.did,
            attribute_id=row.attribute_id,
            revision_id=row.revision_id,
            issuer_type=row.issuer_type,
            tao_did=row.tao,
            attribute_id_tao=row.attribute_id_tao,
            body=row.body,
        )
        for row in db.revisions(view.connection, did, attribute_id)
    ]


def _sentence(chain: RecordedChain, links: tuple[NamedLink, ...]) -> str:
    if chain.first_break is not None:
        return chain.first_break
    holder, *above = (f"{named.name} ({named.link.did})" if named.name else named.link.did for named in links)
    if not above:
        return f"{holder} is a Root TAO."
    role = "a TAO" if links[0].link.issuer_type == IssuerType.TAO else "an issuer"
    return f"{holder} is accredited as {role} by {', who is accredited by '.join(above)}, a Root TAO."
