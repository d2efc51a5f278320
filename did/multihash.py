"""Multihash: a digest that says which function made it (Multiformats, multihash and its table of codes)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from .errors import InvalidEncoding
from .multibase import decode_varint, encode_varint

CODES: Final[Mapping[str, int]] = MappingProxyType(
    {
        "identity": 0x00,
        "sha1": 0x11,
        "sha2-256": 0x12,
        "sha2-512": 0x13,
        "sha3-512": 0x14,
        "sha3-384": 0x15,
        "sha3-256": 0x16,
        "sha3-224": 0x17,
        "shake-128": 0x18,
        "shake-256": 0x19,
        "keccak-224": 0x1A,
        "keccak-256": 0x1B,
        "keccak-384": 0x1C,
        "keccak-512": 0x1D,
        "blake3": 0x1E,
        "sha2-384": 0x20,
        "sha2-224": 0x1013,
        "sha2-512-224": 0x1014,
        "sha2-512-256": 0x1015,
    }
)
"""Names of hash functions and the codes by which a multihash tells them."""


def encode_multihash(name: str, digest: bytes) -> bytes:
    """Return the multihash of `digest`, an output of the function called `name`.

    Raises:
        InvalidEncoding: no function is called so.
    """
    code = CODES.get(name)
    if code is None:
        raise InvalidEncoding(f"{name[:64]!r} is no name of a multihash")
    return encode_varint(code) + encode_varint(len(digest)) + digest


def decode_multihash(data: bytes) -> tuple[int, bytes]:
    """Return the code and the digest of a multihash that is nothing but one.

    Raises:
        InvalidEncoding: the head is no two varints, or the digest has another length than it says.
    """
    code, rest = decode_varint(data)
    length, digest = decode_varint(rest)
    if len(digest) != length:
        raise InvalidEncoding(f"a multihash of {length} bytes with {len(digest)}")
    return code, digest
