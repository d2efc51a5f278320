"""JSON-RPC 2.0 over HTTP as EBSI serves it: one call a POST, errors as 400 (ebsi-api section 1.4)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from node.api.access import writer_of
from node.api.caching import json_bytes
from node.api.errors import InvalidJson
from node.api.forms import node_of
from node.api.json_body import read_json
from node.api.problems import MEDIA_TYPE
from node.errors import (
    DatabaseUnavailable,
    LedgerRefused,
    LedgerUnavailable,
    MalformedLedgerAnswer,
    NodeError,
)
from node.services.access_rules import check_call
from node.services.errors import RpcRefused, ServiceError

MAX_CALL = 262_144
"""Bytes of one call: a payload of 32 KiB as hexadecimal, twice, and room around it."""
PARSE_ERROR = -32700
INVALID_REQUEST = -32600


@dataclass(frozen=True, slots=True)
class Call:
    """One JSON-RPC call."""

    id: str | int | None
    method: str
    params: list[Any]


async def answer_call(request: Request, serve: Callable[[Call], Any], *, writes: bool = True) -> Response:
    """Return the JSON-RPC answer of `serve`, which runs off the event loop.

    Args:
        request: one call.
        serve: answers it.
        writes: whether that needs an access token, which is checked first.

    Raises:
        AccessRefused: it does, and the request has none that counts for its path.
        LedgerUnavailable: the ledger is needed and does not answer.
        MalformedLedgerAnswer: it answers with something else.
        DatabaseUnavailable: the database does not answer.
    """
    node = node_of(request)
    writer = await run_in_threadpool(writer_of, request, node) if writes else None

    def checked(call: Call) -> Any:
        if writer is not None:
            check_call(node, writer, call.method, call.params)
        return serve(call)

    try:
        body = await read_json(request, limit=MAX_CALL)
    except InvalidJson as error:
        return rpc_error(None, str(error), code=PARSE_ERROR)
    try:
        call = parse_call(body)
    except RpcRefused as error:
        return rpc_error(_id_of(body), str(error), code=error.code)
    try:
        result = await run_in_threadpool(checked, call)
    except (LedgerUnavailable, MalformedLedgerAnswer, DatabaseUnavailable):
        raise  # an outage, which is no refusal of the call
    except RpcRefused as error:
        return rpc_error(call.id, str(error), code=error.code)
    except LedgerRefused as error:
        return rpc_error(call.id, error.reason, code=error.code, data=error.data)
    except (ServiceError, NodeError) as error:
        return rpc_error(call.id, str(error), code=INVALID_REQUEST)
    return Response(
        json_bytes({"jsonrpc": "2.0", "id": call.id, "result": result}),
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )


def parse_call(body: Any) -> Call:
    """Return the call in `body` (JSON-RPC 2.0 section 4); batches are not taken.

    Raises:
        RpcRefused: it is not one call.
    """
    if not isinstance(body, Mapping):
        raise RpcRefused("Send one JSON-RPC call, an object.")
    if body.keys() - {"jsonrpc", "method", "params", "id"}:
        raise RpcRefused("A call has the members jsonrpc, method, params and id.")
    if body.get("jsonrpc") != "2.0":
        raise RpcRefused('jsonrpc must be "2.0".')
    method, params = body.get("method"), body.get("params", [])
    if not isinstance(method, str):
        raise RpcRefused("method must be a string.")
    if not isinstance(params, list):
        raise RpcRefused("params must be an array.")
    if not _is_id(body.get("id")):
        raise RpcRefused("id must be a string, a number or null.")
    return Call(id=body.get("id"), method=method, params=params)


def rpc_error(call_id: str | int | None, message: str, *, code: int, data: object = None) -> Response:
    """Return an error answer, which EBSI sends with status 400 and the problem media type.

    Args:
        call_id: of the call, None if it could not be read.
        message: for people.
        code: JSON-RPC error code.
        data: what the ledger gave with its error, such as a contract's revert data.
    """
    error = {"code": code, "message": message} | ({} if data is None else {"data": data})
    body = {"jsonrpc": "2.0", "id": call_id, "error": error}
    return Response(
        json_bytes(body), status_code=400, media_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"}
    )


def _id_of(body: Any) -> str | int | None:
    found = body.get("id") if isinstance(body, Mapping) else None
    return found if _is_id(found) else None


def _is_id(value: Any) -> bool:
    return value is None or isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool))
