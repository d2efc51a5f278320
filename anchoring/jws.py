"""What a JWS signs, in any of its serialisations (RFC 7515, RFC 7797, ETSI TS 119 182-1).

No signature is checked here: these functions find the bytes to which an anchor can be tied.
"""

from base64 import urlsafe_b64decode
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

from .errors import MalformedDocument, NotSecured
from .strict_json import parse_json

MAX_HEADER_SIZE: Final = 64 * 1024
BASE64URL: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_MEMBERS: Final = frozenset({"payload", "protected", "header", "signature", "signatures"})
_SIGNATURE_MEMBERS: Final = frozenset({"protected", "header", "signature"})
# By the length modulo 4 of what is encoded: the last characters whose unused bits are zero.
_LAST: Final = (BASE64URL, b"", b"AQgw", b"AEIMQUYcgkosw048")


def compact_signed_bytes(jws: bytes) -> bytes:
    """Return a compact JWS unchanged, once it is known to be one (RFC 7515 section 7.1).

    Args:
        jws: three parts of base64url characters between two dots, as its caller has made sure.

    Raises:
        NotSecured: it has no signature, or its first part is no protected header.
        MalformedDocument: the header is contradictory, the payload detached, or an encoding not canonical.
    """
    # Places instead of copies of the parts: a batch has 10,000 of these, and more.
    first, second = jws.index(b"."), jws.rindex(b".")
    encoded = _payload_is_encoded(jws[:first])
    payload_size, signature_size = second - first - 1, len(jws) - second - 1
    if not signature_size:
        raise NotSecured("the JWS has no signature")
    if not payload_size:
        raise MalformedDocument("the JWS has its payload elsewhere, so it says nothing by itself")
    if jws[-1] not in _LAST[signature_size % 4]:
        raise MalformedDocument("signature is not in the canonical base64url form")
    if encoded and jws[second - 1] not in _LAST[payload_size % 4]:
        raise MalformedDocument("payload is not in the canonical base64url form")
    return jws


def continues_compact(document: bytes, head: bytes) -> bool:
    """Return whether a document is certainly a compact JWS with the header `head` (RFC 7515 section 7.1).

    False says nothing: the payload of most credentials has neither `-` nor `_`, and only those are known
    here, at a third of the cost.

    Args:
        document: any bytes.
        head: the protected header, with the dot after it, of a compact JWS that was read before.
    """
    if not document.startswith(head):
        return False
    start, stop = len(head), document.rindex(b".")
    signature = document[stop + 1 :]
    return (
        document[start:stop].isalnum()
        and bool(signature)
        and not signature.translate(None, BASE64URL)
        and document[stop - 1] in _LAST[(stop - start) % 4]
        and document[-1] in _LAST[len(signature) % 4]
    )


def json_signed_bytes(document: Mapping[str, object]) -> bytes:
    """Return `protected . payload . signature` of a JSON JWS (RFC 7515 section 7.2, protocol section 3).

    Unprotected headers are left out: they may lawfully grow, as `etsiU` does in JAdES.

    Args:
        document: the flattened form, or the general form with exactly one signature.

    Raises:
        NotSecured: it has no signature.
        MalformedDocument: a member is missing, surplus, of another type, or contradicts another.
    """
    if not document.keys() <= _MEMBERS:
        raise MalformedDocument(f"surplus beside a JWS: {', '.join(sorted(document.keys() - _MEMBERS))}")
    part = _one_signature(document)
    protected = _ascii(part, "protected")
    signature = _ascii(part, "signature")
    payload = document.get("payload")
    if not isinstance(payload, str) or not payload:
        raise MalformedDocument("the JWS has its payload elsewhere, so it says nothing by itself")
    encoded = _payload_is_encoded(protected)
    if not signature:
        raise NotSecured("the JWS has no signature")
    _check_unprotected(part)
    _check_base64url("signature", signature)
    payload_bytes = _utf8(payload)
    if encoded:
        _check_base64url("payload", payload_bytes)
    return b".".join((protected, payload_bytes, signature))


def _one_signature(document: Mapping[str, object]) -> Mapping[str, object]:
    if "signatures" not in document:
        return document
    signatures = document["signatures"]
    if document.keys() & _SIGNATURE_MEMBERS:
        raise MalformedDocument("a JWS is in the flattened or the general form, not in both")
    if not isinstance(signatures, list) or not all(isinstance(part, dict) for part in signatures):
        raise MalformedDocument("signatures is a list of objects")
    if not signatures:
        raise NotSecured("the JWS has no signature")
    if len(signatures) > 1:
        raise MalformedDocument("several signatures make several digests: exactly one is anchored")
    part: dict[str, object] = signatures[0]
    if not part.keys() <= _SIGNATURE_MEMBERS:
        surplus = ", ".join(sorted(part.keys() - _SIGNATURE_MEMBERS))
        raise MalformedDocument(f"surplus beside a signature: {surplus}")
    return part


def _check_unprotected(part: Mapping[str, object]) -> None:
    header = part.get("header", {})
    if not isinstance(header, dict):
        raise MalformedDocument("an unprotected header is an object")
    if misplaced := header.keys() & {"alg", "b64", "crit"}:
        raise MalformedDocument(f"not protected by the signature: {', '.join(sorted(misplaced))}")


@lru_cache(maxsize=128)  # the credentials of a batch mostly share one header
def _payload_is_encoded(protected: bytes) -> bool:
    if len(protected) > MAX_HEADER_SIZE:
        raise MalformedDocument(f"a protected header has at most {MAX_HEADER_SIZE} characters")
    try:
        header = parse_json(urlsafe_b64decode(protected + b"=" * (-len(protected) % 4))).value
    except (ValueError, MalformedDocument) as error:
        raise NotSecured("the first part is no protected header") from error
    if not isinstance(header, dict) or not isinstance(header.get("alg"), str):
        raise NotSecured("the first part is no protected header")
    if header["alg"].lower() == "none":
        raise NotSecured("the JWS says that it is not signed")
    _check_base64url("protected", protected)
    encoded = header.get("b64", True)
    if not isinstance(encoded, bool):
        raise MalformedDocument("b64 is true or false")
    if "b64" in header and not (isinstance(header.get("crit"), list) and "b64" in header["crit"]):
        raise MalformedDocument("b64 must be understood, so crit must name it (RFC 7797 section 6)")
    return encoded


def _check_base64url(name: str, text: bytes) -> None:
    if text.translate(None, BASE64URL):
        raise MalformedDocument(f"{name} is not base64url")
    if text[-1] not in _LAST[len(text) % 4]:
        raise MalformedDocument(f"{name} is not in the canonical base64url form")


def _ascii(part: Mapping[str, object], name: str) -> bytes:
    value = part.get(name)
    if not isinstance(value, str) or not value.isascii():
        raise MalformedDocument(f"{name} is base64url text")
    return value.encode("ascii")


def _utf8(payload: str) -> bytes:
    try:
        return payload.encode("utf-8")
    except UnicodeEncodeError as error:
        raise MalformedDocument("the payload holds half of a surrogate pair") from error
