"""One JSON-RPC call to the ledger, or a batch of them, each judged for itself (JSON-RPC 2.0 section 6)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from node.api.json_rpc import INVALID_REQUEST, parse_call
from node.services.errors import RpcRefused
from node.services.ledger_rpc import LIMIT_EXCEEDED

MAX_BATCH: Final = 1_024
"""Calls in one batch (ebsi-api section 9)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What stands for one call.

    Attributes:
        id: as the client gave it, None without one that can be repeated.
        is_notification: it has no id, and no answer is expected.
        refused: why it is no call; None if it is one.
    """

    id: str | int | None = None
    method: str = ""
    params: list[Any] = field(default_factory=list)
    is_notification: bool = False
    refused: RpcRefused | None = None

    @property
    def is_answered_by_the_ledger(self) -> bool:
        """Whether it is a call, and somebody waits for what it says: all that is passed on only reads."""
        return self.refused is None and not self.is_notification


def read_calls(body: Any) -> Asked | list[Asked]:
    """Return the call in `body`, or the calls of its batch.

    Args:
        body: a JSON value, bounded in size and depth.

    Raises:
        RpcRefused: the batch is empty or too long.
    """
    if not isinstance(body, list):
        return _read(body)
    if not body:
        raise RpcRefused("Invalid Request: the batch is empty.")
    if len(body) > MAX_BATCH:
        raise RpcRefused(
            f"Number of requests exceeds max batch size: a batch has at most {MAX_BATCH} calls.",
            code=LIMIT_EXCEEDED,
        )
    return [_read(one) for one in body]


def _read(one: Any) -> Asked:
    try:
        call = parse_call(one)
    except RpcRefused as error:
        found = one.get("id") if isinstance(one, Mapping) else None
        is_id = isinstance(found, str) or (isinstance(found, int) and not isinstance(found, bool))
        refused = RpcRefused(f"Invalid Request: {error}", code=INVALID_REQUEST)
        return Asked(id=found if is_id else None, refused=refused)
    return Asked(call.id, call.method, call.params, is_notification="id" not in one)
