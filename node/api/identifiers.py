"""`GET /1.0/identifiers/{did}`: DID Resolution over HTTP (W3C DID Resolution section 7, HTTPS binding)."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from did.document import JSON, JSON_LD
from did.errors import DidError, InvalidOptions, RepresentationNotSupported
from did.resolution import failure
from node.api.caching import json_answer
from node.api.errors import InvalidParameter, NotAcceptable
from node.api.forms import NodeOf, as_of
from node.api.negotiation import negotiate
from node.api.parameters import time_or_none
from node.api.recorded_answers import Content, RecordedRoute, recorded_answer
from node.services.resolve import resolve_did
from node.services.view import AsOf, View

RESULT = "application/did-resolution"
LD_JSON = "application/ld+json"
CONTEXT = "https://w3id.org/did-resolution/v1"
_OFFERS = (RESULT, "application/json", LD_JSON, JSON_LD, JSON)
_STATUS = {
    "invalidDid": 400,
    "invalidOptions": 400,
    "invalidPublicKey": 400,
    "unsupportedPublicKeyType": 501,
    "notFound": 404,
    "representationNotSupported": 406,
    "methodNotSupported": 501,
}


class _Failed(Exception):
    """The resolution came to nothing: why, and in which state of the record."""

    def __init__(self, error: DidError, as_of: AsOf) -> None:
        self.error, self.as_of = error, as_of


router = APIRouter(route_class=RecordedRoute, tags=["DID Resolution"])


@router.get("/1.0/identifiers/{did}", response_model=None)
def resolve_identifier(
    request: Request,
    node: NodeOf,
    did: str,
    version_time: Annotated[str | None, Query(alias="versionTime")] = None,
    version_id: Annotated[str | None, Query(alias="versionId")] = None,
) -> Response:
    """Resolve a DID: did:ebsi from the ledger, did:key and did:jwk by computing.

    `versionTime` gives the document as a resolver saw it then, not after the present; `versionId` (a log
    index) as that entry left it.
    With `Accept: application/did+ld+json` or `application/did+json` the document alone is returned.
    """
    try:
        media_type = negotiate(request, _OFFERS)
        instant = time_or_none(version_time, name="versionTime")
    except NotAcceptable:
        return _refused(request, RepresentationNotSupported(request.headers["accept"]))
    except InvalidParameter as error:
        return _refused(request, InvalidOptions(str(error)))
    accept = media_type if media_type in {JSON_LD, JSON} else JSON_LD

    def made(view: View) -> Content:
        found = resolve_did(view, did, accept=accept, version_time=instant, version_id=version_id)
        if found.error is not None:
            raise _Failed(found.error, view.as_of)
        result: dict[str, Any] = found.to_json()
        since, until = found.steady
        status = 410 if found.did_document_metadata.get("deactivated") else 200
        if media_type in {JSON_LD, JSON}:
            return Content(result["didDocument"], since=since, until=until, status=status)
        context = {"@context": CONTEXT} if media_type == LD_JSON else {}
        return Content(context | result, since=since, until=until, status=status, aged=True)

    try:
        return recorded_answer(request, node, made, media_type=media_type, aging=True)
    except _Failed as failed:
        return _refused(request, failed.error, asOf=as_of(failed.as_of))


def _refused(request: Request, error: DidError, **more: Any) -> Response:
    """A result without a document: the error is told in its metadata, and by the status."""
    return json_answer(
        request, failure(error).to_json() | more, status=_STATUS.get(error.code, 500), media_type=RESULT
    )
