"""Why the contract refused a transaction that the ledger included, in words."""

from collections.abc import Mapping
from typing import Any

from node.client.api import Node
from node.client.errors import NodeProblem
from node.client.outbox_entry import OutboxEntry
from node.reverts import decode_revert


def reason_of(node: Node, receipt: Mapping[str, Any], entry: OutboxEntry, *, address: str) -> str:
    """The contract's sentence. Besu puts the revert data into the receipt; elsewhere the call is asked again.

    Args:
        node: who is asked.
        receipt: of a transaction that failed.
        entry: the transaction.
        address: of the contract, 0x.

    Raises:
        ClientError: no answer.
    """
    data = receipt.get("revertReason")
    if not isinstance(data, str):
        request = {"from": entry.account, "to": address, "data": "0x" + entry.data.hex()}
        try:
            node.ledger("eth_call", [request, receipt.get("blockNumber", "latest")])
        except NodeProblem as problem:
            if problem.data is None:
                return problem.title
            data = problem.data
    try:
        revert = decode_revert(bytes.fromhex(str(data).removeprefix("0x")), function=entry.function)
    except ValueError:
        revert = None
    return revert.sentence if revert else "no reason given"
