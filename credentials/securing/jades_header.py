"""The signed header of a JAdES signature, baseline B (ETSI TS 119 182-1 clauses 5.1 and 5.2)."""

import base64
import binascii
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from hashlib import sha256, sha384, sha512
from typing import Any, Final

from credentials.errors import MalformedCredential, NotJudged
from credentials.moments import ledger_moment, parse_moment
from did.base64url import decode_base64url, encode_base64url
from did.errors import InvalidEncoding, InvalidJson
from did.json_text import parse_object

from .certificate import CertificateChain, certificate_der

MAX_HEADER: Final = 48 * 1024
"""Bytes of the decoded header, which holds certificates and may hold a time stamp."""
FAMILIAR: Final = 1024

_OF_JADES: Final = frozenset(
    {"sigT", "x5t#o", "sigX5ts", "srCms", "sigPl", "srAts", "adoTst", "sigPId", "sigD"}
)
_UNDERSTOOD: Final = frozenset({"b64", "sigT", "iat", "x5t#o", "sigX5ts", "srCms", "sigPl", "adoTst"})
_NOT_JUDGED: Final = frozenset({"srAts", "sigPId", "sigD"})
_REPORTED: Final = ("srCms", "sigPl", "srAts", "adoTst", "sigPId")
_TYPES: Final = frozenset({None, "jose", "jose+json", "jwt", "vc+jwt", "vc+ld+jwt"})
_DIGESTS: Final[Mapping[str, Callable[[bytes], Any]]] = {"S256": sha256, "S384": sha384, "S512": sha512}
_MOST_CRITICAL: Final = 16
_MOST_TOKENS: Final = 16
_LAST_SECOND: Final = 253_402_300_799


def seal_header(protected: str) -> Mapping[str, Any] | None:
    """The header of a JWS if it is that of a seal: has members of JAdES, or names its key by a certificate.

    None also where it cannot be read: that is for whoever reads it as another JWS to say.

    Args:
        protected: the base64url text.
    """
    return _familiar(protected) if len(protected) <= FAMILIAR else _seal_header(protected)


def _seal_header(protected: str) -> Mapping[str, Any] | None:
    try:
        header = parse_object(decode_base64url(protected, max_bytes=MAX_HEADER), max_bytes=MAX_HEADER)
    except (InvalidEncoding, InvalidJson):
        return None
    return header if _is_of_seal(header) else None


_familiar = lru_cache(maxsize=1024)(_seal_header)
"""Credentials signed with one key have one header, and most are no seals."""


def _is_of_seal(header: Mapping[str, Any]) -> bool:
    if not _OF_JADES.isdisjoint(header):
        return True
    if "x5c" not in header and "x5t#S256" not in header:
        return False
    return "iat" in header or not str(header.get("kid", "")).startswith("did:")


def is_payload_encoded(header: Mapping[str, Any]) -> bool:
    """The value of `b64`, once `crit` names nothing that is not understood here (RFC 7515 section 4.1.11).

    Raises:
        MalformedCredential: `crit` is no list of members of the header, or names what nobody knows.
        NotJudged: it names a property of JAdES that is not judged.
    """
    critical = header.get("crit", [])
    if "crit" in header and not (isinstance(critical, list) and 0 < len(critical) <= _MOST_CRITICAL):
        raise MalformedCredential("crit is no list of names")
    if not all(isinstance(name, str) for name in critical) or len(set(critical)) != len(critical):
        raise MalformedCredential("crit is no list of different names")
    for name in critical:
        if name in _NOT_JUDGED:
            raise NotJudged(f"a seal with {name} as a critical property is not judged yet")
        if name not in _UNDERSTOOD:
            raise MalformedCredential(f"its seal has a critical property that is not known: {name[:40]!r}")
        if name not in header:
            raise MalformedCredential(f"crit names {name}, which the header does not have")
    encoded = header.get("b64", True)
    if not isinstance(encoded, bool) or ("b64" in header and "b64" not in critical):
        raise MalformedCredential("b64 is true or false, and crit names it")
    return encoded


def check_purpose(header: Mapping[str, Any]) -> None:
    """Return if the header is one of a sealed document that is all there.

    Raises:
        MalformedCredential: its type is no text.
        NotJudged: it is of another type, or the document lies elsewhere (`sigD`).
    """
    kind = header.get("typ")
    if kind is not None and not isinstance(kind, str):
        raise MalformedCredential("the type of the seal (typ) is no text")
    if kind is not None:
        kind = kind.lower().removeprefix("application/")
    if kind not in _TYPES:
        raise NotJudged(f"a seal of the type {str(kind)[:40]!r} is not judged yet")
    if "sigD" in header:
        raise NotJudged("a seal over documents that lie elsewhere (sigD) is not judged yet")


def sealed_at(header: Mapping[str, Any]) -> datetime:
    """When the seal claims to have been made: `sigT`, or `iat` in its place (clauses 5.1.11 and 5.2.1).

    Raises:
        MalformedCredential: neither, both, or no moment in UTC.
    """
    if ("sigT" in header) == ("iat" in header):
        raise MalformedCredential("a seal says once when it was made: by sigT or by iat")
    if "sigT" in header:
        moment = parse_moment(header["sigT"], name="sigT")
        if not header["sigT"].endswith("Z"):
            raise MalformedCredential("sigT is not in UTC")
        return moment
    seconds = header["iat"]
    if type(seconds) is not int or not 0 <= seconds <= _LAST_SECOND:
        raise MalformedCredential("iat is no number of seconds")
    return ledger_moment(seconds)


def check_references(header: Mapping[str, Any], chain: CertificateChain) -> None:
    """Return if the header's digests of certificates are of those in `x5c` (clauses 5.1.7, 5.2.2).

    Raises:
        MalformedCredential: there is none, or one is of another certificate.
        NotJudged: a digest is by an algorithm that is not known here.
    """
    if header.keys().isdisjoint({"x5t#S256", "x5t#o", "sigX5ts"}):
        raise MalformedCredential("the seal does not say by a digest which certificate is its own (x5t#S256)")
    if "x5t#S256" in header and header["x5t#S256"] != encode_base64url(chain.seal.fingerprint):
        raise MalformedCredential("x5t#S256 is the digest of another certificate than the first in x5c")
    if "x5t#o" in header:
        _check_reference("x5t#o", header["x5t#o"], chain.seal_der)
    if "sigX5ts" in header:
        references = header["sigX5ts"]
        if not isinstance(references, list) or not 0 < len(references) <= len(chain.certificates):
            raise MalformedCredential("sigX5ts is no list of digests of the certificates in x5c")
        for reference, certificate in zip(references, chain.certificates, strict=False):
            _check_reference("sigX5ts", reference, certificate_der(certificate))


def _check_reference(name: str, reference: object, der: bytes) -> None:
    if not isinstance(reference, dict) or reference.keys() != {"digAlg", "digVal"}:
        raise MalformedCredential(f"{name} is no digest of a certificate")
    algorithm, value = reference["digAlg"], reference["digVal"]
    if not isinstance(algorithm, str) or not isinstance(value, str):
        raise MalformedCredential(f"{name} is no digest of a certificate")
    if algorithm not in _DIGESTS:
        raise NotJudged(f"a seal whose {name} is by {algorithm[:40]!r} is not judged yet")
    if value != encode_base64url(_DIGESTS[algorithm](der).digest()):
        raise MalformedCredential(f"{name} is the digest of another certificate than that in x5c")


def signed_properties(header: Mapping[str, Any]) -> tuple[str, ...]:
    """Names of the signed properties that are reported and not judged (clause 5.2).

    Raises:
        MalformedCredential: `adoTst` holds no time stamps.
    """
    if "adoTst" in header:
        _check_time_stamps(header["adoTst"])
    return tuple(name for name in _REPORTED if name in header)


def _check_time_stamps(container: object) -> None:
    tokens = container.get("tstTokens") if isinstance(container, dict) else None
    if not isinstance(tokens, list) or not 0 < len(tokens) <= _MOST_TOKENS:
        raise MalformedCredential("adoTst holds no time stamps")
    for token in tokens:
        value = token.get("val") if isinstance(token, dict) else None
        if not isinstance(value, str) or not _is_base64(value):
            raise MalformedCredential("adoTst holds what is no time stamp")


def _is_base64(text: str) -> bool:
    try:
        return bool(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError):
        return False
