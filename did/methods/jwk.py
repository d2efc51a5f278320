"""did:jwk: the identifier is the base64url text of a JSON Web Key."""

import json
from typing import Any

from did.base64url import decode_base64url, encode_base64url
from did.document import RELATIONSHIPS, DidDocument, document_of_one_key
from did.errors import InvalidDid, InvalidEncoding, InvalidJson
from did.json_text import parse_object
from did.jwk import Jwk, public_key
from did.syntax import Did, parse_did

_PREFIX = "did:jwk:"
_MAX_JWK_BYTES = 1536
_AGREEING = frozenset({"P-256", "P-384", "secp256k1"})


def did_jwk_from_jwk(jwk: Jwk) -> Did:
    """The did:jwk of `jwk`, all its members kept.

    Raises:
        InvalidPublicKey: the JWK is no public key, or has private members.
        UnsupportedPublicKeyType: another `kty` or curve.
        InvalidDid: the JWK is too long for a DID.
    """
    public_key(jwk)
    return parse_did(_PREFIX + encode_base64url(json.dumps(dict(jwk), separators=(",", ":")).encode()))


def jwk_from_did_jwk(did: str) -> dict[str, Any]:
    """The JWK that a did:jwk is, verbatim, its point checked to be on its curve.

    Raises:
        InvalidDid: another method, not base64url, or not a JSON object.
        InvalidPublicKey: the JWK is no public key, or has private members.
        UnsupportedPublicKeyType: another `kty` or curve.
    """
    if not parse_did(did).startswith(_PREFIX):
        raise InvalidDid(did, "not of the method did:jwk")
    try:
        text = decode_base64url(did.removeprefix(_PREFIX), max_bytes=_MAX_JWK_BYTES)
        jwk = parse_object(text, max_bytes=_MAX_JWK_BYTES)
    except (InvalidEncoding, InvalidJson) as error:
        raise InvalidDid(did, error.reason) from error
    public_key(jwk)
    return jwk


def document_of_did_jwk(did: str) -> DidDocument:
    """The document of a did:jwk: key `#0`, under what `use` and the key's type allow.

    Raises:
        InvalidDid: another method, not base64url, or not a JSON object.
        InvalidPublicKey: the JWK is no public key, or has private members.
        UnsupportedPublicKeyType: another `kty` or curve.
    """
    jwk = jwk_from_did_jwk(did)
    use = jwk.get("use")
    agrees = use != "sig" and jwk.get("crv") in _AGREEING
    relationships = [name for name in RELATIONSHIPS if (agrees if name == "keyAgreement" else use != "enc")]
    return document_of_one_key(parse_did(did), fragment="0", jwk=jwk, relationships=relationships)
