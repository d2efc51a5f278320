"""Sealed credentials in every serialisation, to be altered by tests; not made by what makes our own."""

import base64
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from did.base64url import encode_base64url

from .certificates import IDENTIFIER, Private, Sealer, sealer
from .credentials import AT, members_1_1

URN = "urn:epass:org:1"
ISSUER = {
    "id": URN,
    "type": "Organisation",
    "legalName": {"en": "University of Somewhere"},
    "eIDASIdentifier": {"type": "LegalIdentifier", "notation": IDENTIFIER},
}


def members(**changes: Any) -> dict[str, Any]:
    """A European Digital Credential, as far as the data model goes; a change to None takes a member away."""
    return members_1_1(URN, **({"issuer": ISSUER} | changes))


def header_of(of: Sealer, **changes: Any) -> dict[str, Any]:
    """The protected header of a seal; a change to None takes a member away."""
    header = {
        "alg": "ES256" if isinstance(of.private, EllipticCurvePrivateKey) else "RS256",
        "typ": "jose+json",
        "x5t#S256": encode_base64url(sha256(of.x5c[0]).digest()),
        "x5c": [base64.b64encode(der).decode() for der in of.x5c],
        "sigT": AT,
        "crit": ["sigT"],
    } | changes
    return {name: value for name, value in header.items() if value is not None}


def signature(private: Private, signing_input: bytes) -> bytes:
    """RS256 or ES256."""
    if not isinstance(private, EllipticCurvePrivateKey):
        return private.sign(signing_input, PKCS1v15(), SHA256())
    r, s = decode_dss_signature(private.sign(signing_input, ECDSA(SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


def sealed(
    payload: Mapping[str, Any] | str | None = None,
    *,
    of: Sealer | None = None,
    form: str = "compact",
    unprotected: Mapping[str, Any] | None = None,
    encoded: bool = True,
    **header: Any,
) -> bytes:
    """A sealed credential, `compact`, `flattened` or `general`; `header` changes the protected header."""
    of = sealer() if of is None else of
    text = payload if isinstance(payload, str) else json.dumps(members() if payload is None else payload)
    if not encoded:
        header = {"b64": False, "crit": ["b64", "sigT"]} | header
    protected = encode_base64url(json.dumps(header_of(of, **header)).encode())
    body = encode_base64url(text.encode()) if encoded else text
    made = encode_base64url(signature(of.private, f"{protected}.{body}".encode()))
    if form == "compact":
        return f"{protected}.{body}.{made}".encode()
    part: dict[str, Any] = {"protected": protected, "signature": made}
    if unprotected is not None:
        part["header"] = dict(unprotected)
    if form == "flattened":
        return json.dumps({"payload": body, **part}).encode()
    return json.dumps({"payload": body, "signatures": [part]}).encode()
