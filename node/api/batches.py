"""`/v1/batches`: a university hands in digests and a signed transaction, and watches them become final."""

import re
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from anchoring.batch import MAX_BATCH_SIZE
from did.base64url import decode_base64url
from did.errors import InvalidEncoding
from did.syntax import Did, parse_ebsi_did
from node.api.body_schemas import BATCH, TRANSACTION
from node.api.caching import immutable_headers, json_answer, not_modified
from node.api.errors import InvalidRequest
from node.api.forms import NodeOf, as_of, rfc3339_or_none
from node.api.json_body import read_json
from node.api.large_bodies import place_for
from node.api.parameters import StrictRoute, hash_parameter, size_parameter
from node.api.receipt_forms import common_form
from node.services.anchor_batches import accept_batch
from node.services.batch_leaves import open_leaves
from node.services.batch_states import BatchState, batch_state
from node.services.batch_transactions import submit_transaction
from node.services.offered_batches import OfferedBatch
from node.services.receipts import batch_receipt

router = APIRouter(route_class=StrictRoute, tags=["Batches"])

MAX_TRANSACTION_BODY = 65_536
_PATH = "/v1/batches/{did}/{root}/{size}"
_MEMBERS = ("did", "attributeId", "from", "root", "size", "digests", "jws")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_RAW = re.compile(r"0x(?:[0-9a-fA-F]{2})+")
_MAX_DIGEST_BYTES = 2 * 32 * MAX_BATCH_SIZE
"""Decoded: one too many must be told from far too many, and both from what fits no memory."""


@router.post("/v1/batches", response_model=None, status_code=202, openapi_extra=BATCH)
async def post_batch(request: Request, node: NodeOf) -> Response:
    """Hand in a batch: its digests are kept, and the transaction to sign is returned.

    The same batch again gets the same answer.
    """
    with place_for(request) as place:
        body = await read_json(request, limit=node.settings.max_body, place=place)
        offered = await run_in_threadpool(offered_batch, body)
        state = await run_in_threadpool(accept_batch, node, offered)
    return _accepted(request, state)


@router.post(_PATH + "/transaction", response_model=None, status_code=202, openapi_extra=TRANSACTION)
async def post_transaction(request: Request, node: NodeOf, did: str, root: str, size: str) -> Response:
    """Hand in the signed transaction; the node keeps it and sends it until it is final."""
    identity = _identity(did, root, size)
    body = await read_json(request, limit=MAX_TRANSACTION_BODY)
    raw = _members(body, ("signedRawTransaction",))["signedRawTransaction"]
    if not isinstance(raw, str) or not _RAW.fullmatch(raw):
        raise InvalidRequest("signedRawTransaction must be 0x and hexadecimal characters, two for each byte.")
    state = await run_in_threadpool(
        lambda: submit_transaction(node, **identity, signed_transaction=bytes.fromhex(raw[2:]))
    )
    return _accepted(request, state)


@router.get(_PATH, response_model=None)
def get_batch(request: Request, node: NodeOf, did: str, root: str, size: str) -> Response:
    """The state of a batch: accepted, submitted, anchored, final, failed or expired."""
    return json_answer(request, _form(batch_state(node, **_identity(did, root, size))))


@router.get(_PATH + "/leaves", response_model=None)
def get_leaves(request: Request, node: NodeOf, did: str, root: str, size: str) -> Response:
    """The batch's digests, 32 bytes each, ascending; nodes copy them from one another and re-hash them."""
    tag = f"{root[:64]}.{size[:19]}"
    leaves = open_leaves(node, **_identity(did, root, size))
    known = not_modified(request, tag)
    if known is not None:
        return known
    headers = immutable_headers(tag) | {"Content-Length": str(leaves.length)}
    return StreamingResponse(leaves.chunks, media_type="application/octet-stream", headers=headers)


@router.get(_PATH + "/receipt", response_model=None)
def get_receipt(
    request: Request,
    node: NodeOf,
    did: str,
    root: str,
    size: str,
    log_size: Annotated[
        str | None, Query(alias="log-size", description="Prove at this earlier log size.")
    ] = None,
) -> Response:
    """All of the batch's receipts but digest, salt, index and path, which their holder completes."""
    asked = None if log_size is None else size_parameter(log_size, name="log-size")
    found = batch_receipt(node, **_identity(did, root, size), log_size=asked)
    return json_answer(request, common_form(found))


def offered_batch(body: Any) -> OfferedBatch:
    """Return the batch that a JSON body hands in; whether it holds together is the service's to judge.

    Raises:
        InvalidRequest: a member is missing, unknown or of another type.
        InvalidDid: did is none.
        InvalidDigest: attributeId or root is not 64 hexadecimal characters.
    """
    members = _members(body, _MEMBERS)
    for name in ("did", "attributeId", "from", "root", "digests", "jws"):
        if not isinstance(members[name], str):
            raise InvalidRequest(f"{name} must be a string.")
    size = members["size"]
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size < 1 << 63:
        raise InvalidRequest("size must be a whole number.")
    if not _ADDRESS.fullmatch(members["from"]):
        raise InvalidRequest("from must be an address, 0x and 40 hexadecimal characters.")
    try:
        digests = decode_base64url(members["digests"], max_bytes=_MAX_DIGEST_BYTES)
    except InvalidEncoding as error:
        raise InvalidRequest(f"digests must be base64url without padding: {error}.") from error
    return OfferedBatch(
        did=parse_ebsi_did(members["did"]),
        attribute_id=hash_parameter(members["attributeId"], name="attributeId"),
        sender=members["from"],
        root=hash_parameter(members["root"], name="root"),
        size=size,
        digests=digests,
        jws=members["jws"],
    )


def _members(body: Any, names: tuple[str, ...]) -> dict[str, Any]:
    if not isinstance(body, dict):
        raise InvalidRequest("The body must be a JSON object.")
    if missing := [name for name in names if name not in body]:
        raise InvalidRequest(f"Missing: {', '.join(missing)}.")
    if unknown := sorted(body.keys() - set(names)):
        raise InvalidRequest(f"Unknown: {', '.join(name[:64] for name in unknown[:8])}.")
    return body


def _identity(did: str, root: str, size: str) -> dict[str, Any]:
    identity: dict[str, Did | bytes | int] = {
        "did": parse_ebsi_did(did),
        "root": hash_parameter(root, name="root"),
        "size": size_parameter(size),
    }
    return identity


def _accepted(request: Request, state: BatchState) -> Response:
    path = f"/v1/batches/{quote(state.did, safe=':')}/{state.root.hex()}/{state.size}"
    return json_answer(request, _form(state), status=202, headers={"Location": path})


def _form(state: BatchState) -> dict[str, Any]:
    unsigned = (
        {} if state.unsigned_transaction is None else {"unsignedTransaction": state.unsigned_transaction}
    )
    return {
        "did": state.did,
        "attributeId": state.attribute_id.hex(),
        "root": state.root.hex(),
        "size": state.size,
        "state": state.state,
        "leaves": state.leaves,
        "acceptedAt": rfc3339_or_none(state.accepted_at),
        "expiresAt": rfc3339_or_none(state.expires_at),
        "transactionHash": None if state.transaction_hash is None else "0x" + state.transaction_hash.hex(),
        "entryIndex": state.entry_index,
        "anchoredAt": rfc3339_or_none(state.anchored_at),
        "blockNumber": state.block_number,
        "confirmations": state.confirmations,
        "reason": state.reason,
        **unsigned,
        "asOf": as_of(state.as_of),
    }
