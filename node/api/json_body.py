"""JSON request bodies, bounded before they are parsed (RFC 8259, I-JSON RFC 7493 section 2)."""

import asyncio
import json
import re
from collections.abc import AsyncIterable
from typing import Any, NoReturn

from fastapi import Request
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from node.api import large_bodies
from node.api.errors import BodyTooLarge, BodyTooSlow, InvalidJson, UnsupportedMediaType
from node.api.large_bodies import Place

MAX_DEPTH = 32
"""Objects and arrays inside one another; the deepest body of any API here needs 4."""
MAX_CONTAINERS = 10_000
"""Objects and arrays in one body: what a scan may cost is bounded, whatever the body's size."""
MAX_INTEGER_DIGITS = 78
"""Decimal digits of 2^256 - 1: no integer on the ledger is longer."""

# An unclosed string reaches to the end, and nothing is tried twice: each character is looked at once.
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)


async def read_json(request: Request, *, limit: int, place: Place | None = None) -> Any:
    """Return the JSON value in the body of `request`, read as a stream and never beyond `limit`.

    Args:
        request: its Content-Type must be `application/json`, so that no web page can post here by a form.
        limit: bytes, at most.
        place: taken once more than `LARGE` bytes have come; needed where `limit` is above that.

    Raises:
        UnsupportedMediaType: the body is not declared as JSON.
        BodyTooLarge: the body is longer than `limit`, by its declaration or in fact.
        BodyTooSlow: the rest of a large body does not come in time.
        Busy: the body is large, by its declaration or in fact, and no place is free.
        InvalidJson: the body is not strict JSON.
    """
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "application/json":
        raise UnsupportedMediaType(media_type)
    return await run_in_threadpool(parse_json, await read_body(request, limit=limit, place=place))


async def read_body(request: Request, *, limit: int, place: Place | None = None) -> bytes:
    """Return the body of `request` as it came, read as a stream and never beyond `limit`.

    Args:
        request: of whatever Content-Type.
        limit: bytes, at most.
        place: as for `read_json`.

    Raises:
        BodyTooLarge: the body is longer than `limit`, by its declaration or in fact.
        BodyTooSlow: the rest of a large body does not come in time.
        Busy: the body is large, by its declaration or in fact, and no place is free.
        InvalidJson: the body ended before it was complete.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise BodyTooLarge(limit)
    if place is not None and declared.isdecimal() and int(declared) > large_bodies.LARGE:
        place.check()  # what is only announced takes no place: announcing costs nothing
    return await _read_bounded(request.stream(), limit, place)


async def _read_bounded(stream: AsyncIterable[bytes], limit: int, place: Place | None) -> bytes:
    body = bytearray()
    try:
        async with asyncio.timeout(None) as deadline:
            async for chunk in stream:
                body += chunk
                if len(body) > limit:
                    raise BodyTooLarge(limit)
                if place is not None and len(body) > large_bodies.LARGE and place.take():
                    deadline.reschedule(asyncio.get_running_loop().time() + large_bodies.SECONDS)
    except TimeoutError as error:
        raise BodyTooSlow(large_bodies.SECONDS) from error
    except ClientDisconnect as error:
        raise InvalidJson("The body ended before it was complete.") from error
    return bytes(body)


def parse_json(body: bytes) -> Any:
    """Return the value of `body`: UTF-8, no duplicate names, no NaN, at most `MAX_DEPTH` deep.

    Raises:
        InvalidJson: one of these rules is broken, or the text is not JSON at all.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidJson(f"The body is not UTF-8 (byte {error.start}).") from error
    _refuse_depth(text)
    try:
        value = json.loads(
            text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant, parse_int=_integer
        )
    except json.JSONDecodeError as error:
        raise InvalidJson(f"The body is not JSON: {error.msg} at character {error.pos}.") from error
    if "\\u" in text:
        _refuse_lone_surrogates(value)
    return value


def _refuse_depth(text: str) -> None:
    depth = containers = 0
    for match in _STRING_OR_BRACKET.finditer(text):
        mark = text[match.start()]
        if mark in "[{":
            depth += 1
            containers += 1
            if depth > MAX_DEPTH:
                raise InvalidJson(f"The body is nested deeper than {MAX_DEPTH}.")
            if containers > MAX_CONTAINERS:
                raise InvalidJson(f"The body has more than {MAX_CONTAINERS} objects and arrays.")
        elif mark in "]}":
            depth -= 1


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise InvalidJson(f"The member {name[:64]!r} stands twice in one object.")
            seen.add(name)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise InvalidJson(f"{name} is not JSON.")


def _integer(digits: str) -> int:
    if len(digits) > MAX_INTEGER_DIGITS + 1:
        raise InvalidJson(f"An integer has more than {MAX_INTEGER_DIGITS} digits.")
    return int(digits)


def _refuse_lone_surrogates(value: Any) -> None:
    open_values = [value]
    while open_values:
        item = open_values.pop()
        if isinstance(item, dict):
            open_values += item
            open_values += item.values()
        elif isinstance(item, list):
            open_values += item
        elif isinstance(item, str) and not item.isascii():
            try:
                item.encode("utf-8")
            except UnicodeEncodeError as error:
                raise InvalidJson("A string holds half of a surrogate pair.") from error
