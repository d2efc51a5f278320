"""Identifiers of did:ebsi version 1, for legal entities."""

from did.errors import InvalidDid
from did.multibase import encode_base58btc
from did.syntax import Did, parse_ebsi_did

_RANDOM_LENGTH = 16


def new_did(random16: bytes) -> Did:
    """The did:ebsi of 16 random bytes.

    Args:
        random16: 16 bytes from a cryptographic source of randomness.

    Raises:
        InvalidDid: another length.
    """
    if len(random16) != _RANDOM_LENGTH:
        raise InvalidDid("did:ebsi:", "an identifier is made of 16 random bytes")
    return Did("did:ebsi:" + encode_base58btc(b"\x01" + random16))


def is_ebsi_did(text: str) -> bool:
    """Whether `text` is a did:ebsi of version 1."""
    try:
        parse_ebsi_did(text)
    except InvalidDid:
        return False
    return True
