"""Payloads: the ABI encoding of a kind's own fields, strict both ways (protocol sections 1 and 10)."""

from collections.abc import Mapping, Sequence
from typing import Final

from eth_abi.abi import encode as abi_encode
from eth_abi.exceptions import EncodingError

from .abi import decode_canonical
from .errors import MalformedPayload
from .kinds import Kind, known_kind
from .subject import subject_from_fields

MAX_PAYLOAD_SIZE: Final = 32 * 1024
ADDRESS_SIZE: Final = 20

# On the wire a string is bytes and an address an integer of 160 bits. Strings are taken as bytes because a
# contract cannot cheaply refuse what is not UTF-8: such a string is kept whole in payload, hash and subject.
_WIRE_TYPES: Final = {"string": "bytes", "address": "uint160"}


def encode_payload(kind: str, fields: Mapping[str, object]) -> bytes:
    """Return the ABI encoding of `fields` (protocol section 10).

    Args:
        kind: the name of a kind.
        fields: exactly the kind's fields; integers as int, `bytes32` as 32 bytes, addresses as 20 bytes.

    Raises:
        UnknownKind: there is no such kind.
        MalformedPayload: a field is missing, surplus or of another type, or the whole exceeds 32 KiB.
    """
    row = known_kind(kind)
    if fields.keys() != {name for _, name in row.fields}:
        raise MalformedPayload(f"{kind} has the fields {', '.join(name for _, name in row.fields)}")
    payload = _encode(row, [_to_wire(abi_type, name, fields[name]) for abi_type, name in row.fields])
    if len(payload) > MAX_PAYLOAD_SIZE:
        raise MalformedPayload(f"a payload has at most {MAX_PAYLOAD_SIZE} bytes, not {len(payload)}")
    return payload


def decode_payload(kind: str, payload: bytes) -> dict[str, object]:
    r"""Return the fields of a payload by name (protocol section 10).

    Bytes of a string that are not UTF-8 come out as `\xNN`: for people, not for recomputing.

    Raises:
        UnknownKind: there is no such kind.
        MalformedPayload: the bytes are not what the encoder would print, or exceed 32 KiB.
    """
    row = known_kind(kind)
    wire = _decode(row, payload)
    return {
        name: _from_wire(abi_type, value) for (abi_type, name), value in zip(row.fields, wire, strict=True)
    }


def subject_of(kind: str, fields: Mapping[str, object]) -> bytes:
    """Return the subject that an entry of this kind with these fields has (protocol section 2).

    Raises:
        UnknownKind: there is no such kind.
        MalformedPayload: the fields do not make a payload of this kind.
    """
    return subject_of_payload(kind, encode_payload(kind, fields))


def subject_of_payload(kind: str, payload: bytes) -> bytes:
    """Return the subject that a payload speaks of, from its very bytes (protocol section 2).

    Raises:
        UnknownKind: there is no such kind.
        MalformedPayload: the bytes are not what the encoder would print, or exceed 32 KiB.
    """
    row = known_kind(kind)
    identity = {
        name: value.to_bytes(32, "big") if isinstance(value, int) else value
        for (_, name), value in zip(row.fields, _decode(row, payload), strict=True)
        if isinstance(value, int | bytes)
    }
    return subject_from_fields(row.subject_type, identity)


def _encode(kind: Kind, values: Sequence[object]) -> bytes:
    try:
        return bytes(abi_encode([_wire_type(abi_type) for abi_type, _ in kind.fields], values))
    except EncodingError as error:
        raise MalformedPayload(f"these are no fields of {kind.name}: {error}") from error


def _decode(kind: Kind, payload: bytes) -> tuple[object, ...]:
    if len(payload) > MAX_PAYLOAD_SIZE:
        raise MalformedPayload(f"a payload has at most {MAX_PAYLOAD_SIZE} bytes, not {len(payload)}")
    return decode_canonical([_wire_type(abi_type) for abi_type, _ in kind.fields], payload)


def _wire_type(abi_type: str) -> str:
    element, bracket, rest = abi_type.partition("[")
    return _WIRE_TYPES.get(element, element) + bracket + rest


def _to_wire(abi_type: str, name: str, value: object) -> object:
    if abi_type.endswith("[]"):
        if not isinstance(value, list | tuple):
            raise MalformedPayload(f"{name} is a list of {abi_type[:-2]}")
        return [_to_wire(abi_type[:-2], name, item) for item in value]
    match abi_type, value:
        case "string", str():
            return _utf8(name, value)
        case "address", bytes() if len(value) == ADDRESS_SIZE:
            return int.from_bytes(value, "big")
        case "bytes32", bytes() if len(value) == 32:  # noqa: PLR2004 - the type's own name says it
            return value
        case ("bytes", bytes()) | ("bool", bool()):
            return value
        case _, int() if abi_type.startswith("uint") and not isinstance(value, bool):
            return value
    raise MalformedPayload(f"{name} is no {abi_type}")


def _utf8(name: str, value: str) -> bytes:
    try:
        return value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedPayload(f"{name} holds half of a surrogate pair") from error


def _from_wire(abi_type: str, value: object) -> object:
    if isinstance(value, tuple):
        return tuple(_from_wire(abi_type[:-2], item) for item in value)
    if abi_type == "string" and isinstance(value, bytes):
        return value.decode("utf-8", "backslashreplace")
    if abi_type == "address" and isinstance(value, int):
        return value.to_bytes(ADDRESS_SIZE, "big")
    return value
