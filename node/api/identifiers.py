"""`GET /1.0/identifiers/{did}`: DID Resolution over HTTP (W3C DID Resolution section 7, HTTPS binding)."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from did.document import JSON, JSON_LD
from node.api.caching import json_answer
from node.api.forms import NodeOf, as_of
from node.api.negotiation import negotiate
from node.api.parameters import StrictRoute, time_parameter
from node.services.resolve import resolve_did

RESULT = "application/did-resolution"
_OFFERS = (RESULT, "application/json", "application/ld+json", JSON_LD, JSON)
_STATUS = {
    "invalidDid": 400,
    "invalidOptions": 400,
    "invalidPublicKey": 400,
    "unsupportedPublicKeyType": 501,
    "notFound": 404,
    "representationNotSupported": 406,
    "methodNotSupported": 501,
}

router = APIRouter(route_class=StrictRoute, tags=["DID Resolution"])


@router.get("/1.0/identifiers/{did}", response_model=None)
def resolve_identifier(
    request: Request,
    node: NodeOf,
    did: str,
    version_time: Annotated[str | None, Query(alias="versionTime")] = None,
    version_id: Annotated[str | None, Query(alias="versionId")] = None,
) -> Response:
    """Resolve a DID: did:ebsi from the ledger, did:key and did:jwk by computing.

    `versionTime` gives the document as a resolver saw it then, `versionId` (a log index) as that
    entry left it.
    With `Accept: application/did+ld+json` or `application/did+json` the document alone is returned.
    """
    media_type = negotiate(request, _OFFERS)
    accept = media_type if media_type in {JSON_LD, JSON} else JSON_LD
    instant = None if version_time is None else time_parameter(version_time, name="versionTime")
    found = resolve_did(node, did, accept=accept, version_time=instant, version_id=version_id)
    result: dict[str, Any] = found.result.to_json()
    if found.result.error is not None:
        status = _STATUS.get(found.result.error.code, 500)
        return json_answer(request, result | {"asOf": as_of(found.as_of)}, status=status, media_type=RESULT)
    status = 410 if found.result.did_document_metadata.get("deactivated") else 200
    if media_type in {JSON_LD, JSON}:
        return json_answer(request, result["didDocument"], status=status, media_type=media_type)
    return json_answer(request, result | {"asOf": as_of(found.as_of)}, status=status, media_type=media_type)
