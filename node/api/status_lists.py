"""`/v1/status-lists`: an issuer hands in a signed list, and builds the transaction that publishes it."""

from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from credentials.securing.reading import MAX_SIZE
from node.api.body_schemas import JSON_RPC, LIST_MEDIA_TYPES, STATUS_LIST
from node.api.caching import json_bytes
from node.api.errors import UnsupportedMediaType
from node.api.forms import NodeOf, as_of, rfc3339
from node.api.json_body import read_body
from node.api.json_rpc import answer_call
from node.api.parameters import StrictRoute
from node.services.status_lists import KeptList, keep_list, serve_publication

router = APIRouter(route_class=StrictRoute, tags=["Status lists"])


@router.put("/v1/status-lists", response_model=None, openapi_extra=STATUS_LIST)
async def put_status_list(request: Request, node: NodeOf) -> Response:
    """Hand in a signed status list credential: it is verified and kept by its digest, ready to be published.

    The same list again gets the same answer. A list that is never published is dropped.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in LIST_MEDIA_TYPES:
        raise UnsupportedMediaType(media_type, wanted=LIST_MEDIA_TYPES)
    document = await read_body(request, limit=MAX_SIZE)
    kept = await run_in_threadpool(keep_list, node, document)
    body = json_bytes(_form(kept))
    return Response(body, media_type="application/json", headers={"Cache-Control": "no-store"})


@router.post("/v1/status-lists/jsonrpc", response_model=None, openapi_extra=JSON_RPC)
async def post_jsonrpc(request: Request, node: NodeOf) -> Response:
    """Build the transaction that publishes a kept list (`publishStatusList`), or send it signed."""
    return await answer_call(request, lambda call: serve_publication(node, call.method, call.params))


def _form(kept: KeptList) -> dict[str, object]:
    upload = kept.upload
    return {
        "digest": upload.hash.hex(),
        "did": upload.did,
        "url": upload.url,
        "purpose": upload.purpose,
        "bits": upload.bits,
        "validFrom": rfc3339(upload.valid_from),
        "validUntil": rfc3339(upload.valid_until),
        "state": kept.state,
        "asOf": as_of(kept.as_of),
    }
