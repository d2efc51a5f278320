"""Lists of statuses of tokens: `status_list` (Token Status List, draft-ietf-oauth-status-list, section 4).

Inside, index 0 is the left-most entry, as in every `BitString`; `lst` alone has it in the lowest bits.
"""

import binascii
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from .bitstring import STATUS_SIZES, BitString, expand_zlib
from .errors import MalformedStatusList, StatusListTooLarge
from .status_list import MAX_SIZE

TOKEN_STATUS_LIST: Final = "TokenStatusList"  # noqa: S105  a type, no secret
STATUS_LIST: Final = "status_list"
"""The claim of the list, and the purpose under which one is published on the ledger."""
VALID: Final = 0x00
INVALID: Final = 0x01
SUSPENDED: Final = 0x02
APPLICATION_SPECIFIC: Final = frozenset({0x03, *range(0x0B, 0x10)})
"""Statuses whose meaning their issuer agrees with others elsewhere (section 7.1)."""

_OCTET: Final = 8
_LEVEL: Final = 9
_TO_URL: Final = bytes.maketrans(b"+/", b"-_")
_FROM_URL: Final = bytes.maketrans(b"-_", b"+/")


def _mirror(size: int) -> bytes:
    """Each octet with its entries of `size` bits in the opposite order: its own inverse."""
    mask = (1 << size) - 1
    return bytes(
        sum((octet >> place & mask) << _OCTET - size - place for place in range(0, _OCTET, size))
        for octet in range(256)
    )


_MIRRORS: Final = {size: _mirror(size) for size in STATUS_SIZES}


@dataclass(frozen=True, slots=True)
class TokenStatusList:
    """The claim `status_list` (Token Status List section 4.2).

    Attributes:
        bits: the statuses, each of 1, 2, 4 or 8 bits.
    """

    list_type: ClassVar[str] = TOKEN_STATUS_LIST
    purposes: ClassVar[tuple[str, ...]] = (STATUS_LIST,)

    bits: BitString

    @property
    def size_in_bits(self) -> int:
        """How many entries of one bit it would have: as publications count (protocol section 3)."""
        return len(self.bits.octets) * _OCTET

    @property
    def marks(self) -> BitString:
        """Where something is set that may not be taken back: `INVALID`, and nothing else."""
        return self.bits.matching(INVALID)

    def to_json(self) -> dict[str, object]:
        """Return the claim `status_list` (Token Status List section 4.2).

        One version of zlib always makes the same text of the same list; another may make another.
        """
        compressed = zlib.compress(self.bits.octets.translate(_MIRRORS[self.bits.size]), _LEVEL)
        return {"bits": self.bits.size, "lst": _base64url(compressed)}


def parse_token_status_list(claim: object, *, max_size: int = MAX_SIZE) -> TokenStatusList:
    """Return the list that a claim `status_list` holds (Token Status List section 4.2).

    Members that mean nothing here, as `aggregation_uri`, are left to the token, whose bytes are kept.

    Args:
        claim: as strict JSON gives it: one object.
        max_size: largest number of octets of the expanded list.

    Raises:
        StatusListTooLarge: it expands to more.
        MalformedStatusList: a member is missing, of another type or impossible, or encoded otherwise.
    """
    if not isinstance(claim, Mapping):
        raise MalformedStatusList("status_list is one object")
    size, lst = claim.get("bits"), claim.get("lst")
    if not isinstance(size, int) or isinstance(size, bool) or size not in STATUS_SIZES:
        raise MalformedStatusList("bits of a status list is 1, 2, 4 or 8")
    if not isinstance(lst, str):
        raise MalformedStatusList("lst of a status list is a text")
    octets = expand_zlib(_compressed(lst, max_size), max_size=max_size)
    return TokenStatusList(BitString(octets.translate(_MIRRORS[size]), size))


def _compressed(lst: str, max_size: int) -> bytes:
    # What is incompressible, and compressed badly, grows by one part in eight.
    if len(lst) > (max_size + max_size // 8 + 1024) * 4 // 3:
        raise StatusListTooLarge(max_size)
    text = lst.encode("ascii", "replace").translate(_FROM_URL)
    try:
        compressed = binascii.a2b_base64(text + b"=" * (-len(text) % 4))
    except binascii.Error as error:
        raise MalformedStatusList("lst is not base64url") from error
    if _base64url(compressed) != lst:
        raise MalformedStatusList("lst is not in the canonical form: base64url without padding")
    return compressed


def _base64url(octets: bytes) -> str:
    return binascii.b2a_base64(octets, newline=False).rstrip(b"=").translate(_TO_URL).decode()
