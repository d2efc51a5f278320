"""`/v1/log/…` and `/v1/deployment`: what a whole log comes to, and which log it is."""

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from node.api.caching import json_answer
from node.api.errors import InvalidParameter
from node.api.forms import NodeOf
from node.api.parameters import StrictRoute, size_parameter
from node.services.log import checkpoint, consistency_path, digest, inclusion
from node.services.view import viewing

router = APIRouter(route_class=StrictRoute, tags=["Log"])

Size = Annotated[str | None, Query(description="An earlier log size.")]


@router.get("/v1/log/checkpoint", response_model=None)
def get_checkpoint(node: NodeOf, size: Size = None, final: str | None = None) -> Response:
    """Three lines: origin, size, root (C2SP tlog-checkpoint); `final=true` leaves out what may yet change."""
    if final not in {None, "true", "false"}:
        raise InvalidParameter("final must be true or false.")
    asked = None if size is None else size_parameter(size)
    found = checkpoint(node, size=asked, final=final == "true")
    return Response(
        found.text(), media_type="text/plain; charset=utf-8", headers={"Cache-Control": "no-cache"}
    )


@router.get("/v1/log/consistency", response_model=None)
def get_consistency(
    request: Request,
    node: NodeOf,
    first: Annotated[str, Query(alias="from", description="The earlier size.")],
    second: Annotated[str, Query(alias="to", description="The later size.")],
) -> Response:
    """The proof that one log size continues another (RFC 9162 section 2.1.4)."""
    sizes = size_parameter(first, name="from"), size_parameter(second, name="to")
    if not 1 <= sizes[0] <= sizes[1]:
        raise InvalidParameter("from must be at least 1 and at most to.")
    path = consistency_path(node, first=sizes[0], second=sizes[1])
    return json_answer(
        request, {"from": sizes[0], "to": sizes[1], "path": [node_hash.hex() for node_hash in path]}
    )


@router.get("/v1/log/inclusion", response_model=None)
def get_inclusion(
    request: Request,
    node: NodeOf,
    index: Annotated[str, Query(description="Of the entry.")],
    size: Size = None,
) -> Response:
    """The proof that an entry stands in the log (RFC 9162 section 2.1.3): its hash, the path, the root."""
    asked = None if size is None else size_parameter(size)
    found = inclusion(node, index=size_parameter(index, name="index"), size=asked)
    value = {
        "index": found.index,
        "size": found.size,
        "hash": found.leaf_hash.hex(),
        "path": [node_hash.hex() for node_hash in found.path],
        "root": found.root.hex(),
    }
    return json_answer(request, value)


@router.get("/v1/log/digest", response_model=None)
async def get_digest(request: Request, node: NodeOf, size: Size = None) -> Response:
    """One digest over every projected row: two nodes that followed the same log compare one line."""
    asked = None if size is None else size_parameter(size)
    # All rows are read: one at a time, and who waits holds no thread that other answers need.
    async with request.app.state.digesting:
        found, value = await run_in_threadpool(digest, node, size=asked)
    return json_answer(request, {"size": found, "digest": value.hex()})


@router.get("/v1/deployment", response_model=None)
def get_deployment(request: Request, node: NodeOf) -> Response:
    """Which ledger and which contracts this node follows."""
    deployment = node.deployment
    with viewing(node) as view:
        log_origin = view.origin
    value = {
        "name": deployment.name,
        "chainId": deployment.chain_id,
        "registryLog": deployment.registry_log,
        "contracts": dict(deployment.contracts),
        "logOrigin": log_origin,
        "origins": list(node.settings.origins),
        "rootTaos": list(node.settings.root_taos),
    }
    return json_answer(request, value)
