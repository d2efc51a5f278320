"""A document's one securing mechanism, told by its content, never by a name (protocol section 7, check 0)."""

from typing import Any, Final

from anchoring.digest import secured_digest
from anchoring.errors import AnchoringError
from credentials.errors import (
    AlgorithmRefused,
    HandedInWrapped,
    MalformedCredential,
    MalformedJws,
    NotJudged,
)
from credentials.model import A_PRESENTATION
from did.errors import InvalidJson
from did.json_text import parse_object

from . import vc_jose, vc_jwt
from .claims import read_claims
from .embedded_proof import read_embedded_proof
from .envelope import ENVELOPED_CREDENTIAL, MEMBERS, is_of_type, token_in
from .jades import read_jades
from .jades_header import seal_header
from .jose import parse_compact
from .jws_json import JWS_MEMBERS, parts_of_compact, parts_of_json
from .sd_jwt_vc import read_sd_jwt_vc
from .secured import SecuredCredential

MAX_SIZE: Final = 1024 * 1024
"""Bytes of a document, white space around it included."""

_WHITE_SPACE: Final = b" \t\r\n"
_LONGEST_REASON: Final = 200
_CONTENT_TYPE: Final = "application/"
_PRESENTATIONS: Final = frozenset({"vp+jwt", "vp+ld+jwt"})


def read_secured(document: bytes) -> SecuredCredential:
    """The credential that `document` holds, and what secures it; no signature has been verified.

    Args:
        document: a compact JWT, a JWS as JSON, a JSON object with a proof, or the envelope of a token, at
            most 1 MiB, white space around it allowed.

    Raises:
        MalformedCredential: no known form, or one whose rules it breaks.
        NotJudged: a form that is known and not judged yet.
    """
    if len(document) > MAX_SIZE:
        raise MalformedCredential(f"it has more than {MAX_SIZE} bytes")
    text = document.strip(_WHITE_SPACE)
    if not text:
        raise MalformedCredential("there is nothing in it")
    if text[:1] == b"{":
        return _read_json(text)
    if b"~" in text:
        return _read_sd_jwt(text)
    return _read_compact(text)


def _read_compact(text: bytes) -> SecuredCredential:
    header = seal_header(text.partition(b".")[0].decode("ascii", "replace"))
    if header is not None:
        digest = _digest(text)
        return read_jades(parts_of_compact(text.decode("ascii")), header, digest=digest)
    try:
        jws = parse_compact(text.decode("ascii"))
        members = parse_object(jws.payload, max_bytes=MAX_SIZE)
    except UnicodeDecodeError:
        raise MalformedCredential("it is neither a compact JWT nor a JSON object") from None
    except (MalformedJws, AlgorithmRefused) as error:
        raise MalformedCredential(str(error)) from error
    except InvalidJson as error:
        raise MalformedCredential(f"what the JWT holds is unusable: {error.reason}") from error
    kind = _kind(jws.header.get("typ"))
    if kind in _PRESENTATIONS:
        raise HandedInWrapped(A_PRESENTATION)
    if kind not in vc_jose.TYPES:
        raise NotJudged(f"a JWT of the type {str(kind)[:40]!r} is not judged yet")
    if "vp" in members:
        raise HandedInWrapped(A_PRESENTATION)
    claims = read_claims(members, header=jws.header)
    digest = _digest(text)
    if "vc" in members and kind in vc_jwt.TYPES:
        return vc_jwt.read_vc_jwt(jws, claims, digest=digest)
    if "vc" not in members and "@context" not in members:
        raise MalformedCredential("the JWT holds no credential")
    return vc_jose.read_vc_jose(jws, claims, digest=digest)


def _read_sd_jwt(text: bytes) -> SecuredCredential:
    try:
        decoded = text.decode("ascii")
    except UnicodeDecodeError:
        raise MalformedCredential("it is neither an SD-JWT nor a JSON object") from None
    return read_sd_jwt_vc(decoded, digest=_digest(text))


def _kind(typ: object) -> str | None:
    """The header's `typ` in lower case, without the prefix that RFC 7515 section 4.1.9 lets writers drop."""
    if typ is None:
        return None
    if not isinstance(typ, str):
        raise MalformedCredential("the type of the JWT (typ) is no text")
    return typ.lower().removeprefix(_CONTENT_TYPE)


def _read_json(text: bytes) -> SecuredCredential:
    try:
        members = parse_object(text, max_bytes=MAX_SIZE)
    except InvalidJson as error:
        raise MalformedCredential(error.reason) from error
    if "proof" in members:
        return read_embedded_proof(members, digest=_digest(text))
    if is_of_type(members, ENVELOPED_CREDENTIAL):
        return _read_enveloped(members)
    return _read_json_jws(members, text)


def _read_enveloped(members: dict[str, Any]) -> SecuredCredential:
    """The credential whose token is in an envelope, as if the token had been handed in itself."""
    token = token_in(members)
    if token is not None:
        return read_secured(token)
    if str(members.get("id")).startswith("data:") and members.keys() <= MEMBERS:
        raise NotJudged("an envelope with anything else than one token is not judged")
    raise MalformedCredential("an envelope has the id data:application/…, and a token in it, alone")


def _read_json_jws(members: dict[str, Any], text: bytes) -> SecuredCredential:
    """The credential of a JWS in its JSON serialisation: a seal, or what a compact JWS could hold as well."""
    if JWS_MEMBERS.isdisjoint(members):
        raise MalformedCredential("nothing secures it: it has no proof, and it is no JWT")
    digest = _digest(text)
    parts = parts_of_json(members)
    header = seal_header(parts.protected)
    if header is not None:
        return read_jades(parts, header, digest=digest)
    if parts.unprotected:
        raise NotJudged("evidence added to a signature that is no seal (etsiU) is not judged")
    return _read_compact(f"{parts.protected}.{parts.payload}.{parts.signature}".encode())


def _digest(text: bytes) -> bytes:
    try:
        return secured_digest(text, max_size=MAX_SIZE).digest
    except AnchoringError as error:
        raise MalformedCredential(str(error)[:_LONGEST_REASON]) from error
