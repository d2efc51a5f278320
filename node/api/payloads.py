"""`GET /v1/payloads/{hash}`: any payload of an entry or other kept content, by its SHA-256."""

from fastapi import APIRouter, Request, Response

from node.api.caching import immutable_answer
from node.api.forms import NodeOf
from node.api.parameters import StrictRoute, hash_parameter
from node.services.payloads import payload_by_hash

router = APIRouter(route_class=StrictRoute, tags=["Payloads"])


@router.get("/v1/payloads/{content_hash}", response_model=None)
def get_payload(request: Request, node: NodeOf, content_hash: str) -> Response:
    """The bytes whose SHA-256 the path names."""
    found = payload_by_hash(node, hash_parameter(content_hash, name="hash"))
    return immutable_answer(request, found.content, media_type=found.media_type)
