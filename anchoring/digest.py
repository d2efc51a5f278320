"""The digest under which a document is anchored (protocol section 3)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Final, Literal, NamedTuple, cast

from .errors import MalformedDocument, NotSecured
from .jws import BASE64URL, compact_signed_bytes, continues_compact, json_signed_bytes
from .merkle import HASH_SIZE
from .strict_json import MAX_DOCUMENT_SIZE, Json, canonical_form, parse_json

Form = Literal["jws", "sd-jwt", "json-ld"]

_WHITESPACE: Final = b" \t\r\n"
_OBJECT: Final = re.compile(rb'(?:\xef\xbb\xbf)?[ \t\r\n]*+\{[ \t\r\n]*+["}]')
_JWS_MEMBERS: Final = frozenset({"signature", "signatures"})
_PROOF_VALUES: Final = ("proofValue", "jws", "signatureValue")


class SecuredDigest(NamedTuple):
    """The digest of a secured document, with the form that secures it.

    A tuple, because 100,000 of them are made in a fraction of a second.
    """

    digest: bytes
    form: Form


def secured_digest(document: bytes, *, max_size: int = MAX_DOCUMENT_SIZE) -> SecuredDigest:
    """Return the digest of a signed document, the same for every presentation of it (protocol section 3).

    A JWS counts as `protected . payload . signature`, an SD-JWT as its issuer-signed JWT alone, JSON-LD with
    an embedded proof as its whole RFC 8785 form. That the signature is good is for others to check.

    Args:
        document: the bytes of a file.
        max_size: largest number of bytes that is looked at.

    Raises:
        NotSecured: nothing shows that it is signed; it may be anchored only with salt.
        MalformedDocument: it claims a form that its bytes do not have, or exceeds a limit.
    """
    if len(document) > max_size:
        raise MalformedDocument(f"a document has at most {max_size} bytes, not {len(document)}")
    text = document.strip(_WHITESPACE)
    separators = text.translate(None, BASE64URL)
    if separators == b"..":
        return SecuredDigest(sha256(compact_signed_bytes(text)).digest(), "jws")
    if separators.startswith(b"..~") and not separators.strip(b".~"):
        return SecuredDigest(sha256(compact_signed_bytes(text.partition(b"~")[0])).digest(), "sd-jwt")
    if _OBJECT.match(document) is None:
        raise NotSecured("the file is no signed document")
    return _digest_of_json(parse_json(document, max_size=max_size))


def secured_digests(documents: Iterable[bytes], *, max_size: int = MAX_DOCUMENT_SIZE) -> Iterator[bytes]:
    """Yield the digests of many signed documents, in their order, as `secured_digest` gives them one by one.

    Raises:
        NotSecured: nothing shows that a document is signed.
        MalformedDocument: a document claims a form that its bytes do not have, or exceeds a limit.
    """
    head = b""  # the protected header, with its dot, of the last compact JWS that took the long way
    for document in documents:
        if head and len(document) <= max_size and continues_compact(document, head):
            yield sha256(document).digest()
            continue
        yield secured_digest(document, max_size=max_size).digest
        if document[:1].isalnum():  # no JSON: a compact JWS or an SD-JWT
            head = document[: document.index(b".") + 1]


def file_hash(document: bytes) -> bytes:
    """Return SHA-256 of a file, the half of a salted digest that comes from the file (protocol section 3)."""
    return sha256(document).digest()


def salted_digest(*, salt: bytes, file_hash: bytes) -> bytes:
    """Return H(salt || H(file)), under which an unsigned file is anchored (protocol section 3).

    Args:
        salt: 32 random bytes, kept in the receipt and nowhere else.
        file_hash: 32 bytes, SHA-256 of the file.

    Raises:
        MalformedDocument: one of them is not 32 bytes long.
    """
    if len(salt) != HASH_SIZE or len(file_hash) != HASH_SIZE:
        raise MalformedDocument(f"salt and hash are 32 bytes each, not {len(salt)} and {len(file_hash)}")
    return sha256(salt + file_hash).digest()


def _digest_of_json(document: Json) -> SecuredDigest:
    members = cast("dict[str, object]", document.value)  # its text begins with a brace and was parsed
    signed = bool(members.keys() & _JWS_MEMBERS)
    if signed and "proof" in members:
        raise MalformedDocument("one mechanism secures a document, not a JWS and a proof at once")
    if signed:
        return SecuredDigest(sha256(json_signed_bytes(members)).digest(), "jws")
    if _has_proof(members):
        return SecuredDigest(sha256(canonical_form(document)).digest(), "json-ld")
    raise NotSecured("the document has neither a signature nor an embedded proof")


def _has_proof(value: Mapping[str, object]) -> bool:
    proof = value.get("proof")
    proofs = proof if isinstance(proof, list) else [proof]
    return bool(proofs) and all(map(_is_proof, proofs))


def _is_proof(proof: object) -> bool:
    if not isinstance(proof, dict) or not isinstance(proof.get("type"), str):
        return False
    values = [proof[name] for name in _PROOF_VALUES if name in proof]
    return bool(values) and all(isinstance(text, str) and text for text in values)
