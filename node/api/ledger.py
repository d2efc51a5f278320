"""EBSI's Ledger API, `POST /ledger/v4/blockchains/besu`: reading JSON-RPC methods, one call or many."""

from dataclasses import dataclass, field
from typing import Any, Final

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from fastapi import APIRouter, FastAPI, Request, Response

from node.api.caching import json_bytes
from node.api.errors import InvalidJson
from node.api.forms import NodeOf
from node.api.json_body import read_json
from node.api.json_rpc import INVALID_REQUEST, PARSE_ERROR, rpc_error
from node.api.ledger_calls import MAX_BATCH, Asked, read_calls
from node.api.limits import LEDGER_CALL, spend_further
from node.api.parameters import StrictRoute
from node.errors import LedgerRefused
from node.services.errors import RpcRefused
from node.services.ledger_calls import COSTLY
from node.services.ledger_rpc import LIMIT_EXCEEDED, pass_all, pass_through
from node.services.node import Node

router = APIRouter(route_class=StrictRoute, tags=["Ledger (EBSI v4)"])

MAX_BODY: Final = 1_048_576
"""Bytes of one request."""
MAX_BATCH_ANSWER: Final = 32 * 1024 * 1024
"""Bytes of the answers to one batch."""
_TOO_LARGE: Final = RpcRefused(
    f"The batch's answers are larger than {MAX_BATCH_ANSWER} bytes together: ask for less.",
    code=LIMIT_EXCEEDED,
)
_NO_STORE: Final = {"Cache-Control": "no-store"}
_CALL: Final = {
    "type": "object",
    "required": ["jsonrpc", "method"],
    "properties": {
        "jsonrpc": {"const": "2.0"},
        "id": {"type": ["string", "integer", "null"]},
        "method": {"type": "string"},
        "params": {"type": "array"},
    },
    "additionalProperties": False,
}
_BODY: Final = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"anyOf": [_CALL, {"type": "array", "items": _CALL, "maxItems": MAX_BATCH}]}
            }
        },
    }
}


@dataclass(slots=True)
class Lanes:
    """Threads in which the ledger is waited for: whatever strangers ask of it, other answers find theirs."""

    quick: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(6))
    long: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(4))


@router.post(
    "/ledger/v4/blockchains/besu",
    response_model=None,
    openapi_extra=_BODY,
    responses={204: {"description": "Nothing but notifications, to which nothing is answered."}},
)
async def post_besu(request: Request, node: NodeOf) -> Response:
    """Ask the ledger itself: blocks, transactions, receipts, events, calls of views; up to 1,024 at once."""
    try:
        body = await read_json(request, limit=MAX_BODY)
    except InvalidJson:
        return rpc_error(None, "Parse error", code=PARSE_ERROR)
    try:
        asked = read_calls(body)
    except RpcRefused as error:
        return _answer(_error(None, error))
    lanes = _lanes(request.app)
    if isinstance(asked, Asked):
        return _answer(await _one(node, lanes, asked))
    spend_further(request, LEDGER_CALL * (len(asked) - 1))
    return _answer(await _many(node, lanes, asked))


async def _one(node: Node, lanes: Lanes, asked: Asked) -> bytes:
    if asked.refused is not None:
        return _error(asked.id, asked.refused)
    if asked.is_notification:
        return b""
    lane = lanes.long if asked.method in COSTLY else lanes.quick
    try:
        return _result(asked.id, await run_sync(pass_through, node, asked.method, asked.params, limiter=lane))
    except (RpcRefused, LedgerRefused) as error:
        return _error(asked.id, error)


async def _many(node: Node, lanes: Lanes, asked: list[Asked]) -> bytes:
    calls = [(one.method, one.params) for one in asked if one.is_answered_by_the_ledger]
    outcomes = iter(await run_sync(pass_all, node, calls, limiter=lanes.long) if calls else [])
    return await run_sync(_written, asked, outcomes, limiter=lanes.long)


def _written(asked: list[Asked], outcomes: Any) -> bytes:
    """The answers to a batch; none at all for notifications alone (JSON-RPC 2.0 section 6)."""
    answers, length = [], 0
    for one in asked:
        if one.is_answered_by_the_ledger:
            answer = _told(one.id, next(outcomes))
        elif one.refused is not None:
            answer = _error(one.id, one.refused)
        else:
            continue
        if length + len(answer) > MAX_BATCH_ANSWER:
            answer = _error(one.id, _TOO_LARGE)
        length += len(answer)
        answers.append(answer)
    return b"[" + b",".join(answers) + b"]" if answers else b""


def _told(call_id: str | int | None, outcome: Any) -> bytes:
    if isinstance(outcome, RpcRefused | LedgerRefused):
        return _error(call_id, outcome)
    return _result(call_id, outcome)


def _result(call_id: str | int | None, result: Any) -> bytes:
    return json_bytes({"jsonrpc": "2.0", "id": call_id, "result": result})


def _error(call_id: str | int | None, refused: RpcRefused | LedgerRefused) -> bytes:
    error: dict[str, object] = {"code": refused.code or INVALID_REQUEST, "message": str(refused)}
    if isinstance(refused, LedgerRefused):
        error["message"] = refused.reason
        if refused.data is not None:
            error["data"] = refused.data
    return json_bytes({"jsonrpc": "2.0", "id": call_id, "error": error})


def _answer(content: bytes) -> Response:
    """Errors too have the status 200 here, as at EBSI and at ledgers themselves, whose clients ask for it."""
    if not content:
        return Response(status_code=204, headers=_NO_STORE)
    return Response(content, media_type="application/json", headers=_NO_STORE)


def _lanes(app: FastAPI) -> Lanes:
    lanes: Lanes | None = getattr(app.state, "ledger_lanes", None)
    if lanes is None:
        lanes = app.state.ledger_lanes = Lanes()
    return lanes
