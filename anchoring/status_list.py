"""Status lists as the subjects of credentials (Bitstring Status List v1.0 section 2.2, StatusList2021)."""

import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .bitstring import BitString, expand
from .errors import MalformedStatusList, StatusListTooLarge, StatusListTooShort, UnknownStatusType

STATUS_LIST_2021: Final = "StatusList2021"
BITSTRING_STATUS_LIST: Final = "BitstringStatusList"
LIST_TYPES: Final = (STATUS_LIST_2021, BITSTRING_STATUS_LIST)
MIN_LENGTH: Final = 131_072
"""Entries: fewer would tell the issuer, who counts requests, of whom a verifier asks."""
MAX_SIZE: Final = 1024 * 1024
"""Octets of an expanded list: eight million entries of one bit."""
MAX_TTL: Final = 2**53 - 1

_MAX_PURPOSE: Final = 64
_MAX_PURPOSES: Final = 8
_MAX_ID: Final = 2048
# Earlier drafts described the bits here; who read such a list by its entries alone would misread it.
_ELSEWHERE: Final = ("statusSize", "statusMessage", "statusMessages")
_TO_URL: Final = bytes.maketrans(b"+/", b"-_")
_FROM_URL: Final = bytes.maketrans(b"-_", b"+/")


@dataclass(frozen=True, slots=True)
class StatusList:
    """Subject of a status list credential (Bitstring Status List section 2.2, StatusList2021 section 4.2).

    Attributes:
        list_type: `StatusList2021` or `BitstringStatusList`.
        purposes: what its bits may mean; several only in a `BitstringStatusList`.
        bits: at least 131,072 entries.
        id: the subject's `id`.
        ttl: milliseconds for which the list may be kept, only in a `BitstringStatusList`.
    """

    list_type: str
    purposes: tuple[str, ...]
    bits: BitString
    id: str | None = None
    ttl: int | None = None

    def __post_init__(self) -> None:
        """Refuse what neither specification allows.

        Raises:
            UnknownStatusType: of another type.
            StatusListTooShort: too few entries.
            MalformedStatusList: purposes, id or ttl are impossible.
        """
        if self.list_type not in LIST_TYPES:
            raise UnknownStatusType(self.list_type)
        check_length(self.bits)
        _check_purposes(self.list_type, self.purposes)
        if self.id is not None and not 0 < len(self.id) <= _MAX_ID:
            raise MalformedStatusList(f"the id of a status list has 1 to {_MAX_ID} characters")
        if self.ttl is not None and (self.list_type == STATUS_LIST_2021 or not 0 <= self.ttl <= MAX_TTL):
            raise MalformedStatusList("ttl is a number of milliseconds in a BitstringStatusList")

    @property
    def size_in_bits(self) -> int:
        """How many entries of one bit it would have: as publications count (protocol section 3)."""
        return len(self.bits.octets) * 8

    @property
    def marks(self) -> BitString:
        """Where something is set that may not be taken back."""
        return self.bits

    def to_subject(self) -> dict[str, object]:
        """Return the `credentialSubject` of the list's credential (Bitstring Status List section 2.2)."""
        subject: dict[str, object] = {} if self.id is None else {"id": self.id}
        subject["type"] = self.list_type
        subject["statusPurpose"] = self.purposes[0] if len(self.purposes) == 1 else list(self.purposes)
        subject["encodedList"] = encode_list(self.bits, list_type=self.list_type)
        if self.ttl is not None:
            subject["ttl"] = self.ttl
        return subject


def parse_status_list(subject: object, *, size: int = 1, max_size: int = MAX_SIZE) -> StatusList:
    """Return the list that is the subject of a status list credential (Bitstring Status List section 2.2).

    Members that mean nothing here are left to the credential, whose bytes are kept.

    Args:
        subject: `credentialSubject` as strict JSON gives it: one object.
        size: bits of an entry, as the credentials say that point into the list.
        max_size: largest number of octets of the expanded list.

    Raises:
        UnknownStatusType: of another type.
        StatusListTooLarge: it expands to more.
        StatusListTooShort: too few entries.
        MalformedStatusList: a member is missing, of another type or impossible, or encoded otherwise.
    """
    if not isinstance(subject, Mapping):
        raise MalformedStatusList("the subject of a status list credential is one object")
    list_type = _text(subject, "type")
    if list_type not in LIST_TYPES:
        raise UnknownStatusType(list_type)
    if misplaced := [name for name in _ELSEWHERE if name in subject]:
        raise MalformedStatusList(f"{misplaced[0]} stands in the entry of a credential, not in its list")
    ttl = subject.get("ttl")
    if "ttl" in subject and (not isinstance(ttl, int) or isinstance(ttl, bool)):
        raise MalformedStatusList("ttl is a whole number of milliseconds")
    octets = decode_list(_text(subject, "encodedList"), list_type=list_type, max_size=max_size)
    return StatusList(
        list_type,
        _purposes(subject),
        BitString(octets, size),
        id=_text(subject, "id") if "id" in subject else None,
        ttl=ttl if isinstance(ttl, int) else None,
    )


def check_length(bits: BitString) -> None:
    """Return if a list has entries enough to hide among (Bitstring Status List section 3.2 step 9).

    Raises:
        StatusListTooShort: it has fewer than 131,072.
    """
    if len(bits) < MIN_LENGTH:
        raise StatusListTooShort(length=len(bits), minimum=MIN_LENGTH)


def encode_list(bits: BitString, *, list_type: str) -> str:
    """Return `encodedList`: multibase base64url, in a StatusList2021 base64 (section 3.3 step 3)."""
    encoded = binascii.b2a_base64(bits.compress(), newline=False)
    return encoded.decode() if list_type == STATUS_LIST_2021 else _multibase(encoded)


def decode_list(encoded_list: str, *, list_type: str, max_size: int = MAX_SIZE) -> bytes:
    """Return the octets behind an `encodedList` (Bitstring Status List section 3.4).

    Args:
        encoded_list: `u` and base64url without padding; in a StatusList2021 base64 with or without padding.
        list_type: `StatusList2021`, where EBSI's issuers also use the zlib form, or `BitstringStatusList`.
        max_size: largest number of octets.

    Raises:
        StatusListTooLarge: the text is longer than the worst compression makes it, or expands to more.
        MalformedStatusList: it is not encoded or not compressed so.
    """
    # What is incompressible, and compressed badly, grows by one part in eight.
    if len(encoded_list) > (max_size + max_size // 8 + 1024) * 4 // 3:
        raise StatusListTooLarge(max_size)
    ebsi = list_type == STATUS_LIST_2021
    text = encoded_list.encode("ascii", "replace")
    base64 = text if ebsi else text[1:].translate(_FROM_URL)
    try:
        compressed = binascii.a2b_base64(base64.rstrip(b"=") + b"=" * (-len(base64.rstrip(b"=")) % 4))
    except binascii.Error as error:
        raise MalformedStatusList("encodedList is not base64") from error
    printed = binascii.b2a_base64(compressed, newline=False)
    spellings = (printed.decode(), printed.rstrip(b"=").decode()) if ebsi else (_multibase(printed),)
    if encoded_list not in spellings:
        form = "base64" if ebsi else "'u' and base64url without padding"
        raise MalformedStatusList(f"encodedList is not in the canonical form: {form}")
    return expand(compressed, max_size=max_size, zlib_too=ebsi)


def _multibase(encoded: bytes) -> str:
    return "u" + encoded.rstrip(b"=").translate(_TO_URL).decode()


def _purposes(subject: Mapping[str, object]) -> tuple[str, ...]:
    purposes = subject.get("statusPurpose")
    if isinstance(purposes, str):
        return (purposes,)
    if not isinstance(purposes, list) or not all(isinstance(purpose, str) for purpose in purposes):
        raise MalformedStatusList("statusPurpose is a text or a list of texts")
    if subject["type"] == STATUS_LIST_2021:
        raise MalformedStatusList("a StatusList2021 has one purpose, as a text")
    return tuple(purposes)


def _check_purposes(list_type: str, purposes: tuple[str, ...]) -> None:
    most = 1 if list_type == STATUS_LIST_2021 else _MAX_PURPOSES
    if not 0 < len(purposes) <= most or len(set(purposes)) != len(purposes):
        raise MalformedStatusList(f"a {list_type} has 1 to {most} distinct purposes")
    if not all(0 < len(purpose) <= _MAX_PURPOSE and purpose.isascii() for purpose in purposes):
        raise MalformedStatusList(f"a purpose has 1 to {_MAX_PURPOSE} ASCII characters")


def _text(subject: Mapping[str, object], name: str) -> str:
    value = subject.get(name)
    if not isinstance(value, str):
        raise MalformedStatusList(f"{name} of a status list is a text")
    return value
