"""Strict JSON objects and arrays (RFC 8259, I-JSON RFC 7493): bounded, no key twice in one object, no NaN."""

import json
import math
import re
from typing import Any, NoReturn

from .errors import InvalidJson

MAX_DEPTH = 32
"""Levels of arrays and objects: bounded here, since the interpreter's own limit moves with its stack."""
MAX_CONTAINERS = 10_000
"""Arrays and objects in one text: whoever walks through the value has bounded work."""

# The closing quote is optional, so that an unclosed string is passed over once, not once per quote in it.
_STRINGS = re.compile(r'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def parse_object(text: str | bytes, *, max_bytes: int) -> dict[str, Any]:
    """The JSON object that `text` holds.

    Args:
        text: UTF-8; nothing but one object and white space.
        max_bytes: bound on the text, in bytes, checked before it is parsed.

    Raises:
        InvalidJson: too long, too deep, too many arrays and objects, not UTF-8, not JSON, a key twice in
            one object, a number or a string that no JSON printer could print again, or not an object.
    """
    value = _parse(text, max_bytes)
    if not isinstance(value, dict):
        raise InvalidJson("JSON that is not an object")
    return value


def parse_array(text: str | bytes, *, max_bytes: int) -> list[Any]:
    """The JSON array that `text` holds, as strict as `parse_object`.

    Args:
        text: UTF-8; nothing but one array and white space.
        max_bytes: bound on the text, in bytes, checked before it is parsed.

    Raises:
        InvalidJson: as `parse_object` raises it, or not an array.
    """
    value = _parse(text, max_bytes)
    if not isinstance(value, list):
        raise InvalidJson("JSON that is not an array")
    return value


def _parse(text: str | bytes, max_bytes: int) -> Any:
    try:
        if len(text) > max_bytes:
            _refuse(f"JSON of more than {max_bytes} bytes")
        if isinstance(text, bytes):
            text = text.decode()
        elif len(text.encode()) > max_bytes:
            _refuse(f"JSON of more than {max_bytes} bytes")
        _bound_containers(text)
        value = _READER.decode(text)
        if "\\u" in text:
            # An escaped lone surrogate passes the parser and would fail whoever prints the value again.
            json.dumps(value, ensure_ascii=False).encode()
    except ValueError as error:
        raise InvalidJson("not strict JSON in UTF-8") from error
    return value


def _bound_containers(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    # Without escapes every second quote ends a string: splitting there is several times faster.
    outside = _STRINGS.sub("", text) if "\\" in text else "".join(text.split('"')[::2])
    brackets = outside.encode(errors="replace").translate(None, _NO_BRACKETS)
    depth = 0
    for bracket in brackets[: 2 * MAX_CONTAINERS]:
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_DEPTH:
            _refuse(f"JSON nested deeper than {MAX_DEPTH} levels")
    if brackets.count(b"[") + brackets.count(b"{") > MAX_CONTAINERS:
        _refuse(f"JSON of more than {MAX_CONTAINERS} arrays and objects")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        _refuse("a key twice in one JSON object")
    return members


def _finite_float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        _refuse("a number beyond the range of JSON's printers")
    return number


def _refuse_constant(constant: str) -> NoReturn:
    _refuse(f"{constant} is not JSON")


def _refuse(reason: str) -> NoReturn:
    raise InvalidJson(reason)


_READER = json.JSONDecoder(
    object_pairs_hook=_object, parse_constant=_refuse_constant, parse_float=_finite_float
)
