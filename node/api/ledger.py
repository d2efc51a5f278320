"""EBSI's Ledger API, `POST /ledger/v4/blockchains/besu`: reading JSON-RPC methods, one call at a time."""

from fastapi import APIRouter, Request, Response

from node.api.body_schemas import JSON_RPC
from node.api.forms import NodeOf
from node.api.json_rpc import answer_call
from node.api.parameters import StrictRoute
from node.services.ledger_rpc import pass_through

router = APIRouter(route_class=StrictRoute, tags=["Ledger (EBSI v4)"])


@router.post("/ledger/v4/blockchains/besu", response_model=None, openapi_extra=JSON_RPC)
async def post_besu(request: Request, node: NodeOf) -> Response:
    """Ask the ledger itself: block number, chain id, transactions and receipts, calls of views."""
    return await answer_call(request, lambda call: pass_through(node, call.method, call.params), local=False)
