"""EBSI's Trusted Issuers Registry, `/trusted-issuers-registry/v5` (ebsi-api section 3)."""

from typing import Any

from fastapi import APIRouter, Request, Response

from did.syntax import parse_ebsi_did
from node.api.body_schemas import JSON_RPC
from node.api.caching import json_answer
from node.api.forms import NodeOf
from node.api.json_rpc import answer_call
from node.api.pagination import EbsiPageQuery, ebsi_collection
from node.api.parameters import StrictRoute, hash_parameter
from node.db.issuers import Revision
from node.services.registry_calls import TRUSTED_ISSUERS_REGISTRY
from node.services.registry_rpc import serve_call
from node.services.trusted_issuers import (
    ISSUER_TYPES,
    attribute_of,
    issuer_attributes,
    listed_issuers,
    revision_of,
)

router = APIRouter(route_class=StrictRoute, tags=["Trusted Issuers Registry (EBSI v5)"])
_ISSUERS = "/trusted-issuers-registry/v5/issuers"


@router.get(_ISSUERS, response_model=None)
def get_issuers(request: Request, node: NodeOf, page: EbsiPageQuery) -> Response:
    """Issuers, in the order in which they were first accredited."""
    found, total = listed_issuers(node, offset=page.offset, limit=page.size)
    items = [{"did": did, "href": f"{_here(request)}/{did}"} for did in found]
    return json_answer(request, ebsi_collection(request, page, items=items, total=total))


@router.get(_ISSUERS + "/{did}", response_model=None)
def get_issuer(request: Request, node: NodeOf, did: str) -> Response:
    """An issuer; `hasAttributes` is false until it has accepted its first credential."""
    attributes = issuer_attributes(node, parse_ebsi_did(did))
    accepted = any(revision.body for attribute in attributes for revision in attribute.revisions)
    value = {"did": did, "attributes": f"{_here(request)}/attributes", "hasAttributes": accepted}
    return json_answer(request, value)


@router.get(_ISSUERS + "/{did}/attributes", response_model=None)
def get_attributes(request: Request, node: NodeOf, did: str, page: EbsiPageQuery) -> Response:
    """The issuer's attributes, oldest first."""
    attributes = issuer_attributes(node, parse_ebsi_did(did))
    items = [
        {"id": one.attribute_id.hex(), "href": f"{_here(request)}/{one.attribute_id.hex()}"}
        for one in attributes[page.offset : page.offset + page.size]
    ]
    return json_answer(request, ebsi_collection(request, page, items=items, total=len(attributes)))


@router.get(_ISSUERS + "/{did}/attributes/{attribute_id}", response_model=None)
def get_attribute(request: Request, node: NodeOf, did: str, attribute_id: str) -> Response:
    """The latest revision of an attribute, which any of its revisions' ids names."""
    attribute = attribute_of(node, parse_ebsi_did(did), _id(attribute_id))
    return json_answer(request, _form(did, attribute.latest))


@router.get(_ISSUERS + "/{did}/attributes/{attribute_id}/revisions", response_model=None)
def get_revisions(
    request: Request, node: NodeOf, did: str, attribute_id: str, page: EbsiPageQuery
) -> Response:
    """The revisions of an attribute, oldest first."""
    revisions = attribute_of(node, parse_ebsi_did(did), _id(attribute_id)).revisions
    items = [
        {"id": one.revision_id.hex(), "href": f"{_here(request)}/{one.revision_id.hex()}"}
        for one in revisions[page.offset : page.offset + page.size]
    ]
    return json_answer(request, ebsi_collection(request, page, items=items, total=len(revisions)))


@router.get(_ISSUERS + "/{did}/attributes/{attribute_id}/revisions/{revision_id}", response_model=None)
def get_revision(request: Request, node: NodeOf, did: str, attribute_id: str, revision_id: str) -> Response:
    """One revision of an attribute."""
    attribute = attribute_of(node, parse_ebsi_did(did), _id(attribute_id))
    return json_answer(request, _form(did, revision_of(attribute, _id(revision_id))))


@router.post("/trusted-issuers-registry/v5/jsonrpc", response_model=None, openapi_extra=JSON_RPC)
async def post_jsonrpc(request: Request, node: NodeOf) -> Response:
    """Build an unsigned transaction (a method of the contract), or send one signed."""
    return await answer_call(
        request, lambda call: serve_call(node, TRUSTED_ISSUERS_REGISTRY, call.method, call.params)
    )


def _here(request: Request) -> str:
    return str(request.url.replace(query=""))


def _id(text: str) -> bytes:
    return hash_parameter(text.removeprefix("0x").lower(), name="id")


def _form(did: str, revision: Revision) -> dict[str, Any]:
    return {
        "did": did,
        "attribute": {
            "hash": revision.revision_id.hex(),
            "body": (revision.body or b"").decode("utf-8", "backslashreplace"),
            "issuerType": ISSUER_TYPES.get(revision.issuer_type, "Undefined"),
            "tao": revision.tao,
            "rootTao": revision.root_tao,
        },
    }
