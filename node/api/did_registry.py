"""EBSI's DID Registry, `/did-registry/v5` (ebsi-api section 2), and of its next version a DID's events."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from did.document import JSON, JSON_LD, RELATIONSHIPS
from did.syntax import parse_ebsi_did
from node.api.body_schemas import JSON_RPC
from node.api.errors import InvalidParameter
from node.api.forms import NodeOf, address
from node.api.json_rpc import answer_call
from node.api.negotiation import negotiate
from node.api.pagination import EbsiPageQuery, ebsi_collection, ebsi_stream, here
from node.api.parameters import time_parameter
from node.api.recorded_answers import Content, RecordedRoute, recorded_answer
from node.services.did_controllers import act
from node.services.did_documents import (
    ListedDids,
    controlled_dids,
    dated_document,
    dids_with_key,
    listed_dids,
)
from node.services.did_events import EVENTS, events_of
from node.services.did_service_writes import serve_did_call
from node.services.view import View

router = APIRouter(route_class=RecordedRoute, tags=["DID Registry (EBSI v5)"])
_IDENTIFIERS = "/did-registry/v5/identifiers"
_TWO_FILTERS = "It is not possible to filter by controller and verification relationship"
_HALF_A_FILTER = (
    "Both verification-method-id and verification-relationship must be defined in the query to filter by "
    "verification relationship"
)


@router.get(_IDENTIFIERS, response_model=None)
def get_identifiers(
    request: Request,
    node: NodeOf,
    page: EbsiPageQuery,
    controller: Annotated[str | None, Query(description="Those that this DID controls.")] = None,
    method_id: Annotated[
        str | None,
        Query(alias="verification-method-id", description="Those with a verification method of this id,"),
    ] = None,
    relationship: Annotated[
        str | None, Query(alias="verification-relationship", description="now under this relationship.")
    ] = None,
) -> Response:
    """Registered DIDs, in the order of their registration: all, or those that a filter names."""
    if controller is not None and (method_id is not None or relationship is not None):
        raise InvalidParameter(_TWO_FILTERS)
    if (method_id is None) is not (relationship is None):
        raise InvalidParameter(_HALF_A_FILTER)
    if relationship is not None and relationship not in RELATIONSHIPS:
        raise InvalidParameter(f"verification-relationship must be one of {', '.join(RELATIONSHIPS)}")
    controlling = None if controller is None else parse_ebsi_did(controller)

    def found(view: View) -> ListedDids:
        if controlling is not None:
            return controlled_dids(view, controlling, offset=page.offset, limit=page.size)
        if method_id is not None and relationship is not None:
            return dids_with_key(
                view, method_id, relationship=relationship, offset=page.offset, limit=page.size
            )
        return listed_dids(view, offset=page.offset, limit=page.size)

    def made(view: View) -> Content:
        listed, base = found(view), here(request)
        items = [{"did": did, "href": f"{base}/{did}"} for did in listed.dids]
        value = ebsi_collection(request, page, items=items, total=listed.total)
        return Content(value, recorded=listed.recorded, since=listed.since, until=listed.until)

    return recorded_answer(request, node, made)


@router.get(_IDENTIFIERS + "/{did}", response_model=None)
def get_identifier(
    request: Request,
    node: NodeOf,
    did: str,
    valid_at: Annotated[str | None, Query(alias="valid-at", description="RFC 3339 time.")] = None,
) -> Response:
    """The DID document, bare; `valid-at`: with the keys effective, and the rest as recorded, at that time."""
    media_type = negotiate(request, (JSON_LD, JSON, "application/json"))
    instant = None if valid_at is None else time_parameter(valid_at, name="valid-at")
    named = parse_ebsi_did(did)

    def made(view: View) -> Content:
        found = dated_document(view, named, at=instant)
        body = found.document.to_json() if media_type == JSON else found.document.to_json_ld()
        since = 0 if instant is not None else found.recorded
        return Content(body, recorded=found.recorded, since=since, until=found.until)

    return recorded_answer(request, node, made, media_type=media_type)


@router.post(_IDENTIFIERS + "/{did}/actions", response_model=None, openapi_extra=JSON_RPC)
async def post_action(request: Request, node: NodeOf, did: str) -> Response:
    """`checkController`: whether an account acts for the DID now. It writes nothing, and needs no token."""
    named = parse_ebsi_did(did)
    return await answer_call(request, lambda call: act(node, named, call.method, call.params), writes=False)


@router.get("/did-registry/v6/identifiers/{did}/events", response_model=None)
def get_events(request: Request, node: NodeOf, did: str, page: EbsiPageQuery) -> Response:
    """What was recorded of a DID, oldest first: events named and written as EBSI's next version does it."""
    named = parse_ebsi_did(did)

    def made(view: View) -> Content:
        found = events_of(view, named, offset=page.offset, limit=page.size)
        items = [
            {
                "id": str(one.entry.index),
                "event": EVENTS[one.entry.kind],
                "signer": address(one.entry.actor),
                "timestamp": str(one.entry.time),
                "txId": f"0x{one.transaction_hash.hex()}",
                "blockNumber": str(one.block_number),
            }
            for one in found.entries
        ]
        recorded = found.entries[-1].entry.time if found.entries else None
        return Content(ebsi_stream(request, page, items=items, more=found.more), recorded=recorded)

    return recorded_answer(request, node, made)


@router.post("/did-registry/v5/jsonrpc", response_model=None, openapi_extra=JSON_RPC)
async def post_jsonrpc(request: Request, node: NodeOf) -> Response:
    """Build an unsigned transaction (a method of the contract), or send one signed."""
    return await answer_call(request, lambda call: serve_did_call(node, call.method, call.params))
