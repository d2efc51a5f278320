"""EBSI's Trusted Issuers Registry, `/trusted-issuers-registry/v5` (ebsi-api section 3)."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from did.syntax import parse_ebsi_did
from node.api.body_schemas import JSON_RPC
from node.api.forms import NodeOf
from node.api.json_rpc import answer_call
from node.api.listed_content import listed_content
from node.api.pagination import EbsiPageQuery, ebsi_collection, here
from node.api.parameters import ValidAt, deprecated_parameter, hash_parameter, time_or_none
from node.api.recorded_answers import Content, RecordedRoute, recorded_answer
from node.db.issuers import Revision
from node.db.row_making import ISSUERS
from node.services.listed_names import names_in
from node.services.registry_calls import TRUSTED_ISSUERS_REGISTRY
from node.services.registry_rpc import serve_call
from node.services.trusted_issuers import (
    ISSUER_TYPES,
    attribute_page,
    issuer_in,
    latest_of,
    revision_of,
    revisions_of_attribute,
    whole_attributes,
)
from node.services.view import View

router = APIRouter(route_class=RecordedRoute, tags=["Trusted Issuers Registry (EBSI v5)"])
_ISSUERS = "/trusted-issuers-registry/v5/issuers"
_ATTRIBUTES = _ISSUERS + "/{did}/attributes"
Version = Annotated[str | None, Query(description="`deprecated`: the shape of the version before.")]


@router.get(_ISSUERS, response_model=None)
def get_issuers(request: Request, node: NodeOf, page: EbsiPageQuery) -> Response:
    """Issuers, in the order in which they were first accredited."""

    def made(view: View) -> Content:
        found = names_in(view, ISSUERS, offset=page.offset, limit=page.size)
        return listed_content(request, page, found, member="did", spell=bytes.decode)

    return recorded_answer(request, node, made)


@router.get(_ISSUERS + "/{did}", response_model=None)
def get_issuer(
    request: Request, node: NodeOf, did: str, version: Version = None, valid_at: ValidAt = None
) -> Response:
    """An issuer; `hasAttributes` is false until it has accepted its first credential."""
    named, at = parse_ebsi_did(did), time_or_none(valid_at, name="valid-at")

    def made(view: View) -> Content:
        found = issuer_in(view, named, at=at)
        value: dict[str, Any] = {"did": did, "attributes": f"{here(request)}/attributes"}
        value["hasAttributes"] = found.has_attributes
        return Content(value, recorded=found.recorded)

    def made_deprecated(view: View) -> Content:
        found = whole_attributes(view, named, at=at)
        value = {"did": did, "attributes": [_attribute(one) for one in found]}
        return Content(value, recorded=max(one.time for one in found))

    return recorded_answer(request, node, made_deprecated if deprecated_parameter(version) else made)


@router.get(_ATTRIBUTES, response_model=None)
def get_attributes(
    request: Request, node: NodeOf, did: str, page: EbsiPageQuery, valid_at: ValidAt = None
) -> Response:
    """The issuer's attributes, oldest first; `valid-at`: those that had begun by then."""
    named, at = parse_ebsi_did(did), time_or_none(valid_at, name="valid-at")

    def made(view: View) -> Content:
        found = attribute_page(view, named, offset=page.offset, limit=page.size, at=at)
        value = ebsi_collection(request, page, items=_links(request, found.ids), total=found.total)
        return Content(value, recorded=found.recorded)

    return recorded_answer(request, node, made)


@router.get(_ATTRIBUTES + "/{attribute_id}", response_model=None)
def get_attribute(
    request: Request, node: NodeOf, did: str, attribute_id: str, valid_at: ValidAt = None
) -> Response:
    """The latest revision of an attribute, which any revision's id names; `valid-at`: the latest by then."""
    named, asked, at = parse_ebsi_did(did), _id(attribute_id), time_or_none(valid_at, name="valid-at")
    return recorded_answer(request, node, lambda view: _one(did, latest_of(view, named, asked, at=at)))


@router.get(_ATTRIBUTES + "/{attribute_id}/revisions", response_model=None)
def get_revisions(
    request: Request, node: NodeOf, did: str, attribute_id: str, page: EbsiPageQuery, version: Version = None
) -> Response:
    """The revisions of an attribute, oldest first; `version=deprecated`: whole."""
    named, asked, whole = parse_ebsi_did(did), _id(attribute_id), deprecated_parameter(version)

    def made(view: View) -> Content:
        found = revisions_of_attribute(view, named, asked, offset=page.offset, limit=page.size)
        if whole:
            items = [_attribute(one) for one in found.revisions]
        else:
            items = _links(request, [one.revision_id for one in found.revisions])
        recorded = found.revisions[-1].time if found.revisions else None
        return Content(ebsi_collection(request, page, items=items, total=found.total), recorded=recorded)

    return recorded_answer(request, node, made)


@router.get(_ATTRIBUTES + "/{attribute_id}/revisions/{revision_id}", response_model=None)
def get_revision(request: Request, node: NodeOf, did: str, attribute_id: str, revision_id: str) -> Response:
    """One revision of an attribute."""
    named, asked, revision = parse_ebsi_did(did), _id(attribute_id), _id(revision_id)
    return recorded_answer(request, node, lambda view: _one(did, revision_of(view, named, asked, revision)))


@router.post("/trusted-issuers-registry/v5/jsonrpc", response_model=None, openapi_extra=JSON_RPC)
async def post_jsonrpc(request: Request, node: NodeOf) -> Response:
    """Build an unsigned transaction (a method of the contract), or send one signed."""
    return await answer_call(
        request, lambda call: serve_call(node, TRUSTED_ISSUERS_REGISTRY, call.method, call.params)
    )


def _id(text: str) -> bytes:
    return hash_parameter(text.removeprefix("0x").lower(), name="id")


def _links(request: Request, ids: list[bytes]) -> list[dict[str, Any]]:
    base = here(request)
    return [{"id": one.hex(), "href": f"{base}/{one.hex()}"} for one in ids]


def _one(did: str, revision: Revision) -> Content:
    return Content({"did": did, "attribute": _attribute(revision)}, recorded=revision.time)


def _attribute(revision: Revision) -> dict[str, Any]:
    return {
        "hash": revision.revision_id.hex(),
        "body": (revision.body or b"").decode("utf-8", "backslashreplace"),
        "issuerType": ISSUER_TYPES.get(revision.issuer_type, "Undefined"),
        "tao": revision.tao,
        "rootTao": revision.root_tao,
    }
