"""Multibase base58btc and unsigned varints (W3C Controlled Identifiers section 2.4, Multiformats)."""

import re

import base58

from .errors import InvalidEncoding

MAX_MULTIBASE_LENGTH = 1024
"""Characters: a bound before the quadratic decoder; the longest key handled here takes about 250."""

_BASE58BTC = re.compile(r"z[1-9A-HJ-NP-Za-km-z]+", re.ASCII)
_MAX_VARINT_BYTES = 9
_MORE = 0x80


def encode_base58btc(data: bytes) -> str:
    """`z` and the base58btc text of `data`."""
    return "z" + base58.b58encode(data).decode()


def decode_base58btc(text: str) -> bytes:
    """The bytes that the multibase `text` encodes.

    Raises:
        InvalidEncoding: no leading `z`, another alphabet, nothing encoded, or longer than 1024 characters.
    """
    if len(text) > MAX_MULTIBASE_LENGTH:
        raise InvalidEncoding(f"multibase text longer than {MAX_MULTIBASE_LENGTH} characters")
    if _BASE58BTC.fullmatch(text) is None:
        raise InvalidEncoding("not multibase base58btc: 'z' and characters of the base58 alphabet")
    digits = text[1:]
    number = base58.b58decode_int(digits)
    # base58 itself takes the number apart byte by byte, which takes several times as long.
    zeros = bytes(len(digits) - len(digits.lstrip("1")))
    return zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def encode_varint(value: int) -> bytes:
    """The unsigned varint of `value`, least significant seven bits first."""
    encoded = bytearray()
    while value >= _MORE:
        encoded.append(value & 0x7F | _MORE)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def decode_varint(data: bytes) -> tuple[int, bytes]:
    """The unsigned varint at the head of `data`, and what follows it.

    Raises:
        InvalidEncoding: it does not end within 9 bytes, or is not the shortest form.
    """
    value = 0
    for position, byte in enumerate(data[:_MAX_VARINT_BYTES]):
        value |= (byte & 0x7F) << (7 * position)
        if byte < _MORE:
            if byte == 0 and position > 0:
                raise InvalidEncoding("a varint that is not in its shortest form")
            return value, data[position + 1 :]
    raise InvalidEncoding("a varint that does not end")
