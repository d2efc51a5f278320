"""Path and query parameters, read strictly: what a path does not know it refuses, what it knows it checks."""

import re
from collections.abc import Callable, Coroutine, Iterator
from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import Query, Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from node.api.errors import InvalidDigest, InvalidParameter, UnknownParameter

_HEX = re.compile(r"[0-9a-f]{64}")
_RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
LARGEST = 2**63 - 2
"""No database counts further than 2^63 - 1, and what follows the largest must be a number too."""


class StrictRoute(APIRoute):
    """A route that refuses query parameters it does not declare, and any given twice."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the route's handler behind the check of its query's names."""
        handler = super().get_route_handler()
        known = sorted(set(_query_names(self.dependant)))

        async def strict(request: Request) -> Response:
            seen: set[str] = set()
            for name, _ in request.query_params.multi_items():
                if name not in known:
                    raise UnknownParameter(name, known)
                if name in seen:
                    raise InvalidParameter(f"The query parameter {name!r} is given twice.")
                seen.add(name)
            return await handler(request)

        return strict


def _query_names(dependant: Dependant) -> Iterator[str]:
    for parameter in dependant.query_params:
        yield parameter.alias
    for inner in dependant.dependencies:
        yield from _query_names(inner)


def hash_parameter(text: str, *, name: str = "digest") -> bytes:
    """Return the 32 bytes that `text` spells as 64 lower-case hexadecimal characters.

    Raises:
        InvalidDigest: it does not.
    """
    if not _HEX.fullmatch(text):
        raise InvalidDigest(f"The {name} must be 64 lower-case hexadecimal characters, without 0x.")
    return bytes.fromhex(text)


def transaction_hash_parameter(text: str) -> bytes:
    """Return the 32 bytes of a transaction's hash, which ledgers write with 0x.

    Raises:
        InvalidDigest: it is none.
    """
    digits = text.removeprefix("0x")
    if not _HEX.fullmatch(digits):
        raise InvalidDigest("The hash must be 64 lower-case hexadecimal characters, with or without 0x.")
    return bytes.fromhex(digits)


def size_parameter(text: str, *, name: str = "size") -> int:
    """Return the number that `text` spells in decimal digits, without sign or leading zeros.

    Raises:
        InvalidParameter: it does not, or the number is beyond `LARGEST`.
    """
    if not _SIZE.fullmatch(text) or int(text) > LARGEST:
        raise InvalidParameter(
            f"The {name} must be a decimal number without sign or leading zeros, at most {LARGEST}."
        )
    return int(text)


def time_parameter(text: str, *, name: str) -> datetime:
    """Return the instant that `text` names (RFC 3339, with an offset or Z).

    Raises:
        InvalidParameter: it names none.
    """
    if not _RFC3339.fullmatch(text):
        raise InvalidParameter(f"{name} must be an RFC 3339 time such as 2026-11-21T10:00:00Z.")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise InvalidParameter(f"{name} is not a time that exists: {text[:40]}") from error


ValidAt = Annotated[
    str | None, Query(alias="valid-at", description="RFC 3339 time: as it was recorded by then.")
]


def time_or_none(text: str | None, *, name: str) -> datetime | None:
    """Return the instant that `text` names, None for None.

    Raises:
        InvalidParameter: it names none.
    """
    return None if text is None else time_parameter(text, name=name)


def deprecated_parameter(text: str | None) -> bool:
    """Return whether EBSI's `version` asks for the shape of the version before.

    Raises:
        InvalidParameter: it asks for something else.
    """
    if text not in {None, "deprecated"}:
        raise InvalidParameter('["version must be equal to deprecated"]')
    return text is not None
