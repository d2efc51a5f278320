"""`/registry/issuers`: who may issue, and everything that the ledger says of one of them."""

from typing import Annotated

from fastapi import Query, Request, Response

from did.methods.ebsi import KeyHistory, key_history, ledger_seconds
from did.syntax import parse_ebsi_did
from node.api.forms import NodeOf
from node.api.parameters import size_parameter
from node.db.entries import size_at_time
from node.db.proxies import proxies_of
from node.services.accreditation_graph import given_sheet
from node.services.accreditations import Accreditation, accreditation_by
from node.services.did_documents import changes_of
from node.services.errors import IdentifierNotFound, IssuerNotFound
from node.services.issuer_sheets import batch_sheet, publication_sheet
from node.services.issuers import IssuerDetail, issuer_in_full, issuer_page, issuer_summaries
from node.services.named_issuers import MOST_LOOKED_AT, named_issuers
from node.services.organisation_names import names_of
from node.services.view import View, viewing
from node.web.asked_times import Asked, asked_time, filled
from node.web.pages import page, page_router
from node.web.places import read_place

PAGE = 25
"""Issuers, and items of each list of one issuer, on one page."""
MOST_ATTRIBUTES = 50
MOST_KEYS = 100
MOST_REVISIONS = 20
"""Shown of each; the history has all."""

router = page_router()
Sheeted = Annotated[str | None, Query(description="A log index.")]


@router.get("/registry/issuers")
def get_issuers(
    request: Request,
    node: NodeOf,
    name: Annotated[str | None, Query(description="Words of a name, or their beginnings.")] = None,
    skip: Annotated[str | None, Query(description="Issuers that stand before the page.")] = None,
) -> Response:
    """Issuers in the order in which they were first accredited, or those that are called so."""
    wanted = filled(name)
    begin = 0 if skip is None else size_parameter(skip, name="skip")
    if wanted is None:
        found = issuer_page(node, limit=PAGE, offset=begin)
        items, following, cut, as_of = found.items, found.next_after, False, found.as_of
    else:
        with viewing(node) as view:
            named = named_issuers(view, wanted)
            dids = list(named.names)
            items = issuer_summaries(view, dids[begin : begin + PAGE])
            following = begin + PAGE if len(dids) > begin + PAGE else None
            cut, as_of = named.cut, view.as_of
    return page(
        request,
        "registry/issuers.html",
        items=items,
        wanted=wanted,
        begin=begin,
        following=following,
        leading=max(0, begin - PAGE) if begin else None,
        cut=cut,
        most=MOST_LOOKED_AT,
        as_of=as_of,
    )


@router.get("/registry/issuers/{did}")
def get_issuer(
    request: Request,
    node: NodeOf,
    did: str,
    as_of: Annotated[str | None, Query(alias="as-of", description="A day or a time.")] = None,
    anchors_before: Annotated[str | None, Query(alias="anchors-before")] = None,
    anchors_after: Annotated[str | None, Query(alias="anchors-after")] = None,
    lists_before: Annotated[str | None, Query(alias="lists-before")] = None,
    lists_after: Annotated[str | None, Query(alias="lists-after")] = None,
    given_before: Annotated[str | None, Query(alias="given-before")] = None,
    given_after: Annotated[str | None, Query(alias="given-after")] = None,
) -> Response:
    """One organisation: accreditations then and now, keys, batches, status lists, whom it accredits.

    A registered DID that was never accredited has a page too: its keys are on the ledger.
    """
    issuer, then = parse_ebsi_did(did), asked_time(as_of, name="as-of")
    anchors = read_place(anchors_before, anchors_after, of="anchors-")
    lists = read_place(lists_before, lists_after, of="lists-")
    given = read_place(given_before, given_after, of="given-")
    with viewing(node) as view:
        detail = _detail(view, issuer)
        keys = detail.keys if detail else key_history(changes_of(view.connection, issuer))
        if detail is None and not keys:
            raise IdentifierNotFound(issuer)
        return page(
            request,
            "registry/issuer.html",
            did=issuer,
            detail=detail,
            names=names_of(view, _taos(detail)),
            then=then,
            past=None if then is None or detail is None else _past(view, detail, then),
            keys=_shown(keys),
            keys_left_out=max(0, len(keys) - MOST_KEYS),
            most_revisions=MOST_REVISIONS,
            batches=batch_sheet(view, issuer, limit=PAGE, place=anchors),
            publications=publication_sheet(view, issuer, limit=PAGE, place=lists),
            given=given_sheet(view, issuer, limit=PAGE, place=given),
            proxies=proxies_of(view.connection, issuer),
            is_final=view.is_final,
            now=ledger_seconds(view.present),
            as_of=view.as_of,
        )


def _taos(detail: IssuerDetail | None) -> set[str]:
    attributes = detail.attributes if detail else []
    return {one.tao for attribute in attributes for one in attribute.revisions}


def _detail(view: View, did: str) -> IssuerDetail | None:
    try:
        return issuer_in_full(view, did, most_standings=MOST_ATTRIBUTES)
    except IssuerNotFound:
        return None


def _past(view: View, detail: IssuerDetail, then: Asked) -> Accreditation:
    """How the accreditation that counts stood then; the first of several that held, else the first."""
    size = size_at_time(view.connection, ledger_seconds(then.instant))
    ids = [one.attribute_id for one in detail.attributes]
    return accreditation_by(view, detail.did, ids, before_index=size)


def _shown(keys: tuple[KeyHistory, ...]) -> list[tuple[KeyHistory, str]]:
    """The latest keys, each with its type."""
    return [
        (key, str((key.jwk or {}).get("crv") or (key.jwk or {}).get("kty") or "?"))
        for key in keys[-MOST_KEYS:]
    ]
