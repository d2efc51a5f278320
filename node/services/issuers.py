"""Issuers for people who decide about them: by whom accredited, with which keys, what they anchored."""

from collections.abc import Sequence
from dataclasses import dataclass

from did.methods.ebsi import KeyHistory, key_history
from node.db import issuers as db
from node.db.anchor_spans import AnchorSpan, anchor_span
from node.db.listed import listed_names
from node.db.row_making import ISSUERS
from node.services.accreditations import Accreditation, accreditation, accreditation_by
from node.services.did_documents import changes_of
from node.services.node import Node
from node.services.organisation_names import name_of, names_of
from node.services.trusted_issuers import Attribute, attributes_in
from node.services.view import AsOf, View, viewing


@dataclass(frozen=True, slots=True)
class IssuerSummary:
    """One issuer in a list.

    Attributes:
        did: who.
        name: as its accreditor states it; None if it states none.
        attributes: how many it has.
        accreditation: its chain as of now.
    """

    did: str
    name: str | None
    attributes: int
    accreditation: Accreditation


@dataclass(frozen=True, slots=True)
class IssuerPage:
    """Some issuers, in the order in which they were first accredited.

    Attributes:
        items: at most as many as asked for.
        next_after: how many issuers stand before the next page; None at the end.
        as_of: the state that they were read from.
    """

    items: list[IssuerSummary]
    next_after: int | None
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class IssuerDetail:
    """All that the ledger says of one issuer; `accreditation` and `anchors` as of now.

    Attributes:
        standings: the attributes' chains as of now, in their order; as many as were asked for.
    """

    did: str
    name: str | None
    attributes: list[Attribute]
    standings: list[Accreditation]
    accreditation: Accreditation
    keys: tuple[KeyHistory, ...]
    anchors: AnchorSpan
    as_of: AsOf


def issuer_page(node: Node, *, limit: int, offset: int) -> IssuerPage:
    """Return at most `limit` issuers after the first `offset`."""
    with viewing(node) as view:
        names = listed_names(view.connection, ISSUERS, offset=offset, limit=limit + 1)
        found = [name.decode() for name in names]
        more = len(found) > limit
        return IssuerPage(
            items=issuer_summaries(view, found[:limit]),
            next_after=offset + limit if more else None,
            as_of=view.as_of,
        )


def issuer_detail(node: Node, did: str) -> IssuerDetail:
    """Return everything about one issuer.

    Raises:
        IssuerNotFound: the DID has no attribute.
    """
    with viewing(node) as view:
        return issuer_in_full(view, did)


def issuer_in_full(view: View, did: str, *, most_standings: int | None = None) -> IssuerDetail:
    """Return everything about one issuer in `view`.

    Args:
        view: to read from.
        did: whose.
        most_standings: of how many attributes the chain is wanted; None: of all.

    Raises:
        IssuerNotFound: the DID has no attribute.
    """
    attributes = attributes_in(view, did)
    ids = [one.attribute_id for one in attributes]
    return IssuerDetail(
        did=did,
        name=name_of(view, did),
        attributes=attributes,
        standings=[accreditation(view, did=did, attribute_id=one) for one in ids[:most_standings]],
        accreditation=accreditation_by(view, did, ids),
        keys=key_history(changes_of(view.connection, did)),
        anchors=anchor_span(view.connection, did),
        as_of=view.as_of,
    )


def standing_attribute(view: View, did: str, *, before_index: int) -> bytes | None:
    """Return the first attribute of a DID whose chain held before an entry, else its first; None: none."""
    ids = db.attributes(view.connection, did, before=before_index)
    chains = ((one, accreditation(view, did=did, attribute_id=one, before_index=before_index)) for one in ids)
    return next((one for one, chain in chains if chain.in_force), ids[0] if ids else None)


def issuer_summaries(view: View, dids: Sequence[str]) -> list[IssuerSummary]:
    """Return these issuers as lists show them."""
    names = names_of(view, dids)
    attributes = db.attributes_of(view.connection, dids)
    return [
        IssuerSummary(
            did=did,
            name=names[did],
            attributes=len(attributes[did]),
            accreditation=accreditation_by(view, did, attributes[did]),
        )
        for did in dids
    ]
