"""DIDs and DID URLs (DID Core sections 3.1 and 3.2), and the identifiers of did:ebsi."""

import re
from dataclasses import dataclass
from typing import NewType

from .errors import InvalidDid, InvalidDidUrl, InvalidEncoding
from .multibase import decode_base58btc

Did = NewType("Did", str)
"""A text that `parse_did` has accepted."""

MAX_DID_LENGTH = 2048
MAX_DID_URL_LENGTH = 4096

_IDCHAR = r"(?:[A-Za-z0-9._-]|%[0-9A-Fa-f]{2})"
_DID = rf"did:[a-z0-9]+:(?:{_IDCHAR}*:)*{_IDCHAR}+"
_PCHAR = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%[0-9A-Fa-f]{2})"
_DID_PATTERN = re.compile(_DID, re.ASCII)
_DID_URL_PATTERN = re.compile(
    rf"(?P<did>{_DID})(?P<path>(?:/{_PCHAR}*)*)"
    rf"(?:\?(?P<query>(?:{_PCHAR}|[/?])*))?(?:#(?P<fragment>(?:{_PCHAR}|[/?])*))?",
    re.ASCII,
)
_EBSI_PREFIX = "did:ebsi:"
_EBSI_V1_LENGTH = 17
_EBSI_V2_LENGTH = 33


@dataclass(frozen=True, slots=True)
class DidUrl:
    """The parts of a DID URL; `None` where the delimiter itself is absent."""

    did: Did
    path: str
    query: str | None
    fragment: str | None

    def __str__(self) -> str:
        query = "" if self.query is None else f"?{self.query}"
        fragment = "" if self.fragment is None else f"#{self.fragment}"
        return f"{self.did}{self.path}{query}{fragment}"


def parse_did(text: str) -> Did:
    """`text`, which is a DID by the grammar of DID Core section 3.1.

    Raises:
        InvalidDid: it is not, or is longer than 2048 characters.
    """
    if len(text) > MAX_DID_LENGTH:
        raise InvalidDid(text, f"longer than {MAX_DID_LENGTH} characters")
    if _DID_PATTERN.fullmatch(text) is None:
        raise InvalidDid(text, "not did:method:identifier")
    return Did(text)


def parse_did_url(text: str) -> DidUrl:
    """The parts of the DID URL `text` (DID Core section 3.2); printing them gives `text` again.

    Raises:
        InvalidDidUrl: it is none, is longer than 4096 characters, or its DID is longer than 2048.
    """
    if len(text) > MAX_DID_URL_LENGTH:
        raise InvalidDidUrl(text, f"longer than {MAX_DID_URL_LENGTH} characters")
    match = _DID_URL_PATTERN.fullmatch(text)
    if match is None or len(match["did"]) > MAX_DID_LENGTH:
        raise InvalidDidUrl(text, "not a DID with an optional path, query and fragment")
    return DidUrl(Did(match["did"]), match["path"], match["query"], match["fragment"])


def method_of(did: Did) -> str:
    """The method name of `did`."""
    return did.split(":", 2)[1]


def parse_ebsi_did(text: str) -> Did:
    """`text`, which is a did:ebsi of version 1, the one for legal entities.

    Its identifier is `z` and base58btc of 17 bytes: 0x01 and 16 random ones.

    Raises:
        InvalidDid: another method, another version (2 was for natural persons and is withdrawn),
            another length, or another alphabet.
    """
    did = parse_did(text)
    if not did.startswith(_EBSI_PREFIX):
        raise InvalidDid(text, "not of the method did:ebsi")
    try:
        identifier = decode_base58btc(did.removeprefix(_EBSI_PREFIX))
    except InvalidEncoding as error:
        raise InvalidDid(text, error.reason) from error
    if identifier[0] == 2 and len(identifier) == _EBSI_V2_LENGTH:  # noqa: PLR2004  the version byte
        raise InvalidDid(text, "did:ebsi version 2 is withdrawn; natural persons use did:key")
    if identifier[0] != 1 or len(identifier) != _EBSI_V1_LENGTH:
        raise InvalidDid(text, "a did:ebsi encodes 0x01 and 16 bytes")
    return did
