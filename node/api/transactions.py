"""`/v1/transactions/{hash}`: where a transaction stands that was handed in here, or is on the ledger."""

from typing import Any

from fastapi import APIRouter, Request, Response

from node.api.caching import json_answer
from node.api.forms import NodeOf, as_of, rfc3339_or_none
from node.api.parameters import StrictRoute, transaction_hash_parameter
from node.services.transaction_states import TransactionState, transaction_state

router = APIRouter(route_class=StrictRoute, tags=["Transactions"])


@router.get("/v1/transactions/{transaction_hash}", response_model=None)
def get_transaction(request: Request, node: NodeOf, transaction_hash: str) -> Response:
    """The state of a registry transaction: submitted, anchored, final, failed or expired.

    Known are those that were handed in here, until some days after they are settled, and those of which an
    entry came, for ever.
    """
    wanted = transaction_hash_parameter(transaction_hash)
    return json_answer(request, _form(transaction_state(node, wanted)))


def _form(found: TransactionState) -> dict[str, Any]:
    return {
        "hash": "0x" + found.hash.hex(),
        "state": found.state,
        "sender": "0x" + found.sender.hex(),
        "nonce": found.nonce,
        "contract": found.contract,
        "function": found.function,
        "did": found.did,
        "keptAt": rfc3339_or_none(found.kept_at),
        "sentAt": rfc3339_or_none(found.sent_at),
        "expiresAt": rfc3339_or_none(found.expires_at),
        "blockNumber": found.block_number,
        "blockTime": rfc3339_or_none(found.block_time),
        "entries": list(found.entries),
        "confirmations": found.confirmations,
        "reason": found.reason,
        "asOf": as_of(found.as_of),
    }
