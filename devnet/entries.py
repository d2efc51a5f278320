"""What the registries' log says, read from the ledger's events: for an operator who has no node."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from anchoring.errors import MalformedEntry
from anchoring.kinds import known_kind
from anchoring.payload import decode_payload
from devnet.errors import LedgerRefused
from node.chain.logs import ENTRY_TOPIC, decode_event
from node.errors import MalformedLedgerAnswer

if TYPE_CHECKING:
    from devnet.rpc import JsonRpc
    from node.config import Deployment

_RANGE: Final = 1_000  # blocks in one question for events; ledger nodes bound it


def payloads_of(rpc: JsonRpc, deployment: Deployment, kinds: Iterable[str]) -> Iterator[dict[str, object]]:
    """Yield what each entry of these kinds says, oldest first.

    Raises:
        LedgerRefused: an event is no entry.
    """
    topics = ["0x" + ENTRY_TOPIC.hex(), None, ["0x" + known_kind(kind).code.hex() for kind in kinds]]
    newest = int(rpc.request("eth_blockNumber"), 16)
    for first in range(deployment.first_block, newest + 1, _RANGE):
        asked = {"address": deployment.registry_log, "topics": topics, "fromBlock": hex(first)}
        asked["toBlock"] = hex(min(first + _RANGE - 1, newest))
        for event in rpc.request("eth_getLogs", asked):
            yield payload_of(event, deployment)


def payload_of(event: object, deployment: Deployment) -> dict[str, object]:
    """Return what the entry of this event says.

    Raises:
        LedgerRefused: it is none.
    """
    try:
        entry = decode_event(event, deployment.registry_log.lower()).entry
        return decode_payload(entry.kind, entry.payload)
    except (MalformedLedgerAnswer, MalformedEntry) as error:
        raise LedgerRefused("eth_getLogs", 0, str(error)) from error
