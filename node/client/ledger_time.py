"""The ledger's own clock, by which its contracts decide what is valid."""

from node.client.api import Node
from node.client.outcomes import quantity


def ledger_seconds(node: Node) -> int:
    """Return when the ledger's newest block was made, in seconds, as the node tells.

    Raises:
        ClientError: the node does not answer, or not of that form.
    """
    block = node.ledger("eth_getBlockByNumber", ["latest", False])
    time = block.get("timestamp") if isinstance(block, dict) else None
    return quantity(time, what="the newest block's time")
