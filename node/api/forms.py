"""How values are written in answers: times, addresses, fields, the state that they were read from."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, cast

from eth_utils.address import to_checksum_address
from fastapi import Depends, Request

from node.services.node import Node
from node.services.view import AsOf

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = 253_402_300_799
"""9999-12-31T23:59:59Z, the last second that RFC 3339 can write."""


def node_of(request: Request) -> Node:
    """Return the node that this application serves."""
    return cast("Node", request.app.state.node)


async def _node_of(request: Request) -> Node:
    return node_of(request)  # not in a thread of its own, as a function that is not async would be


NodeOf = Annotated[Node, Depends(_node_of)]


def rfc3339(instant: datetime | int) -> str:
    """Return the instant as RFC 3339 in UTC, to the second; later than year 9999 is written as its end.

    Args:
        instant: aware datetime, or ledger seconds since 1970.
    """
    if isinstance(instant, int):
        instant = _EPOCH + timedelta(seconds=min(instant, _LAST))
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def rfc3339_or_none(instant: datetime | int | None) -> str | None:
    """Return the instant as RFC 3339, None as None."""
    return None if instant is None else rfc3339(instant)


def address(content: bytes) -> str:
    """Return 20 bytes as an EIP-55 address."""
    return to_checksum_address(content)


def as_of(state: AsOf) -> dict[str, Any]:
    """Return the member `asOf`: what the node had followed when it answered."""
    return {
        "block": state.block,
        "blockTime": rfc3339_or_none(state.block_time),
        "size": state.size,
        "lagSeconds": state.lag_seconds,
    }


def fields(values: Mapping[str, object]) -> dict[str, Any]:
    """Return a payload's fields for JSON: bytes as hexadecimal, 20-byte `user`, `operator`… as addresses."""
    return {name: _field(name, value) for name, value in values.items()}


_ADDRESSES = frozenset({"user", "log", "writers", "operator", "successor"})


def _field(name: str, value: object) -> Any:
    if isinstance(value, bytes):
        return address(value) if name in _ADDRESSES else value.hex()
    if isinstance(value, list | tuple):
        return [_field(name, item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 1 << 53:
        return str(value)
    return value
