"""EBSI's DID Registry, `/did-registry/v5` (ebsi-api section 2)."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response

from did.document import JSON, JSON_LD
from did.syntax import parse_ebsi_did
from node.api.body_schemas import JSON_RPC
from node.api.caching import json_answer
from node.api.forms import NodeOf
from node.api.json_rpc import answer_call
from node.api.negotiation import negotiate
from node.api.pagination import EbsiPageQuery, ebsi_collection
from node.api.parameters import StrictRoute, time_parameter
from node.services.did_documents import document_at, listed_dids
from node.services.registry_calls import DID_REGISTRY
from node.services.registry_rpc import serve_call

router = APIRouter(route_class=StrictRoute, tags=["DID Registry (EBSI v5)"])


@router.get("/did-registry/v5/identifiers", response_model=None)
def get_identifiers(request: Request, node: NodeOf, page: EbsiPageQuery) -> Response:
    """Registered DIDs, in the order of their registration."""
    found, total = listed_dids(node, offset=page.offset, limit=page.size)
    base = str(request.url.replace(query=""))
    items = [{"did": did, "href": f"{base}/{did}"} for did in found]
    return json_answer(request, ebsi_collection(request, page, items=items, total=total))


@router.get("/did-registry/v5/identifiers/{did}", response_model=None)
def get_identifier(
    request: Request,
    node: NodeOf,
    did: str,
    valid_at: Annotated[str | None, Query(alias="valid-at", description="RFC 3339 time.")] = None,
) -> Response:
    """The DID document, bare; `valid-at` gives the keys effective at that time."""
    media_type = negotiate(request, (JSON_LD, JSON, "application/json"))
    instant = None if valid_at is None else time_parameter(valid_at, name="valid-at")
    document = document_at(node, parse_ebsi_did(did), at=instant)
    body = document.to_json() if media_type == JSON else document.to_json_ld()
    return json_answer(request, body, media_type=media_type)


@router.post("/did-registry/v5/jsonrpc", response_model=None, openapi_extra=JSON_RPC)
async def post_jsonrpc(request: Request, node: NodeOf) -> Response:
    """Build an unsigned transaction (a method of the contract), or send one signed."""
    return await answer_call(request, lambda call: serve_call(node, DID_REGISTRY, call.method, call.params))
