"""The ledger's own clock, by which its contracts decide what is valid."""

import re

from node.client.api import Node
from node.client.errors import UnexpectedAnswer

_QUANTITY = re.compile(r"0x(0|[1-9a-f][0-9a-f]{0,11})", re.ASCII)


def ledger_seconds(node: Node) -> int:
    """Return when the ledger's newest block was made, in seconds, as the node tells.

    Raises:
        ClientError: the node does not answer, or not of that form.
    """
    block = node.ledger("eth_getBlockByNumber", ["latest", False])
    time = block.get("timestamp") if isinstance(block, dict) else None
    if not isinstance(time, str) or not _QUANTITY.fullmatch(time):
        raise UnexpectedAnswer(f"{node.url}: the newest block of the ledger tells no time")
    return int(time, 16)
