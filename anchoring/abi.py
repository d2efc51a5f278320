"""Contract ABI encodings read strictly: the one form that an encoder prints, and no other.

The general decoder follows whatever offsets it finds, so that many encodings mean the same fields; here each
tail must begin where the one before it ended. Only the types that payloads use are known.
"""

from collections.abc import Callable, Sequence
from typing import Final

from .errors import MalformedPayload

_WORD: Final = 32
_UINT_BITS: Final = {"uint8": 8, "uint64": 64, "uint160": 160, "uint256": 256}

# A tail reader takes the payload and the place of its tail; it returns the value and the place after.
_Reader = Callable[[bytes, int], tuple[object, int]]


def decode_canonical(types: Sequence[str], payload: bytes) -> tuple[object, ...]:
    """Return the values of which `payload` is the encoding (Contract ABI specification).

    Args:
        types: `uint8`, `uint64`, `uint160`, `uint256`, `bool`, `bytes32`, `bytes`, or lists of these.
        payload: one head word for each type, then the tails.

    Raises:
        MalformedPayload: an encoder would print these values otherwise, or the bytes end elsewhere.
    """
    values = []
    end = _WORD * len(types)
    for number, abi_type in enumerate(types):
        at = _WORD * number
        if (reader := _tail_reader(abi_type)) is None:
            values.append(_static(abi_type, _word(payload, at)))
            continue
        if int.from_bytes(_word(payload, at), "big") != end:
            raise MalformedPayload(f"the tail of field {number} is not where an encoder puts it")
        value, end = reader(payload, end)
        values.append(value)
    if end != len(payload):
        raise MalformedPayload(f"{len(payload)} bytes where the fields fill {end}")
    return tuple(values)


def _tail_reader(abi_type: str) -> _Reader | None:
    if abi_type == "bytes":
        return _bytes
    if abi_type == "bytes[]":
        return _bytes_list
    if abi_type.endswith("[]"):
        return lambda payload, at: _static_list(abi_type[:-2], payload, at)
    return None


def _word(payload: bytes, at: int) -> bytes:
    word = payload[at : at + _WORD]
    if len(word) != _WORD:
        raise MalformedPayload(f"the bytes end at {len(payload)}, within a field")
    return word


def _static(abi_type: str, word: bytes) -> object:
    if abi_type == "bytes32":
        return word
    number = int.from_bytes(word, "big")
    if abi_type == "bool":
        if number > 1:
            raise MalformedPayload("a bool is 0 or 1")
        return bool(number)
    if number >> _UINT_BITS[abi_type]:
        raise MalformedPayload(f"{number} is no {abi_type}")
    return number


def _count(payload: bytes, at: int) -> int:
    count = int.from_bytes(_word(payload, at), "big")
    if count > len(payload):
        raise MalformedPayload(f"a length of {count} in {len(payload)} bytes")
    return count


def _bytes(payload: bytes, at: int) -> tuple[bytes, int]:
    start = at + _WORD
    length = _count(payload, at)
    stop = start + length
    end = start + (length + _WORD - 1) // _WORD * _WORD
    if end > len(payload) or any(payload[stop:end]):
        raise MalformedPayload("bytes are padded with zeros to whole words")
    return payload[start:stop], end


def _static_list(abi_type: str, payload: bytes, at: int) -> tuple[tuple[object, ...], int]:
    start = at + _WORD
    end = start + _WORD * _count(payload, at)
    return tuple(_static(abi_type, _word(payload, place)) for place in range(start, end, _WORD)), end


def _bytes_list(payload: bytes, at: int) -> tuple[tuple[bytes, ...], int]:
    start = at + _WORD
    count = _count(payload, at)
    end = start + _WORD * count
    items = []
    for number in range(count):
        if int.from_bytes(_word(payload, start + _WORD * number), "big") != end - start:
            raise MalformedPayload(f"the tail of item {number} is not where an encoder puts it")
        item, end = _bytes(payload, end)
        items.append(item)
    return tuple(items), end
