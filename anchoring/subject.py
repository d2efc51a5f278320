"""What an entry speaks of: a typed 32-byte subject, never a bare identifier (protocol section 2)."""

from collections.abc import Callable, Mapping
from hashlib import sha256
from typing import Final

from .errors import MalformedEntry

_WORD_SIZE = 32
_ZERO = bytes(_WORD_SIZE)

Fields = Mapping[str, bytes]
Pair = tuple[bytes, bytes]


def subject(subject_type: str, a: bytes, b: bytes = _ZERO) -> bytes:
    """Return H(abi.encode(bytes32 type, bytes32 a, bytes32 b)) (protocol section 2).

    Args:
        subject_type: ASCII, at most 32 characters: `did`, `attribute`, …
        a: 32 bytes, the first half of the identity.
        b: 32 bytes, the second half; zero where there is none.

    Raises:
        MalformedEntry: the type or a length is impossible.
    """
    if not subject_type.isascii() or len(subject_type) > _WORD_SIZE:
        raise MalformedEntry(f"no subject is of the type {subject_type!r}")
    if len(a) != _WORD_SIZE or len(b) != _WORD_SIZE:
        raise MalformedEntry(f"a subject is named by two times 32 bytes, not {len(a)} and {len(b)}")
    return sha256(subject_type.encode("ascii").ljust(_WORD_SIZE, b"\0") + a + b).digest()


def did_subject(did: str) -> bytes:
    """Return the subject of a DID's document (protocol section 2).

    Raises:
        MalformedEntry: the text has no UTF-8 form.
    """
    return subject("did", _hash_text(did))


def attribute_subject(did: str, attribute_id: bytes) -> bytes:
    """Return the subject of one accreditation of a DID (protocol section 2).

    Args:
        did: the DID that is accredited.
        attribute_id: 32 bytes, the attribute's first revision id.

    Raises:
        MalformedEntry: the attribute id is not 32 bytes long, or the text has no UTF-8 form.
    """
    return subject("attribute", _hash_text(did), attribute_id)


def issuer_subject(did: str) -> bytes:
    """Return the subject that enumerates the attributes, proxies and lists of a DID (protocol section 2).

    Raises:
        MalformedEntry: the text has no UTF-8 form.
    """
    return subject("issuer", _hash_text(did))


def anchors_subject(did: str) -> bytes:
    """Return the subject of all batches of an issuer (protocol section 2).

    Raises:
        MalformedEntry: the text has no UTF-8 form.
    """
    return subject("anchors", _hash_text(did))


def status_subject(did: str, url: str) -> bytes:
    """Return the subject of one list of one issuer; a URL alone belongs to nobody (protocol section 2).

    Raises:
        MalformedEntry: a text has no UTF-8 form.
    """
    return subject("status", _hash_text(did), _hash_text(url))


def subject_from_fields(subject_type: str, fields: Fields) -> bytes:
    """Return the subject that a payload speaks of (protocol section 2).

    Args:
        subject_type: as its kind names it.
        fields: the identifying fields as bytes: strings as they stand on the ledger, integers and addresses
            as 32-byte words.

    Raises:
        MalformedEntry: an identifying field has an impossible length.
    """
    return subject(subject_type, *_IDENTITY[subject_type](fields))


def _hash_text(text: str) -> bytes:
    try:
        return sha256(text.encode("utf-8")).digest()
    except UnicodeEncodeError as error:
        raise MalformedEntry("an identifier holds half of a surrogate pair") from error


def _hash(name: str) -> Callable[[Fields], Pair]:
    return lambda fields: (sha256(fields[name]).digest(), _ZERO)


def _word(name: str) -> Callable[[Fields], Pair]:
    return lambda fields: (fields[name], _ZERO)


_IDENTITY: Final[Mapping[str, Callable[[Fields], Pair]]] = {
    "did": _hash("did"),
    "issuer": _hash("did"),
    "anchors": _hash("did"),
    "attribute": lambda fields: (sha256(fields["did"]).digest(), fields["attributeId"]),
    "proxy": lambda fields: (sha256(fields["did"]).digest(), fields["proxyId"]),
    "status": lambda fields: (sha256(fields["did"]).digest(), sha256(fields["url"]).digest()),
    "schema": _word("schemaId"),
    "record": _word("recordId"),
    "algorithm": _word("hashAlgorithmId"),
    "policy": _hash("policyName"),
    "user": _word("user"),
    "timestamp": _hash("hashValue"),
    "log": lambda _: (_ZERO, _ZERO),
}
