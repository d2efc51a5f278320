"""did:key (W3C CCG did:key; EBSI's jwk_jcs-pub for natural persons): the identifier is the key."""

from typing import Final

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from did.base64url import decode_base64url, encode_base64url
from did.document import DidDocument, document_of_one_key
from did.errors import InvalidDid, InvalidEncoding, InvalidJson, InvalidPublicKey, UnsupportedPublicKeyType
from did.json_text import parse_object
from did.jwk import CURVES, Jwk, jwk_from_public_key, public_key, required_members
from did.multibase import decode_base58btc, decode_varint, encode_base58btc, encode_varint
from did.syntax import Did, parse_did

_PREFIX = "did:key:"
_JWK_JCS_PUB: Final = 0xEB51
_ED25519: Final = 0xED
_CODE_OF_CURVE = {"P-256": 0x1200, "P-384": 0x1201, "secp256k1": 0xE7}
_CURVE_OF_CODE = {code: curve for curve, code in _CODE_OF_CURVE.items()}
_MAX_JWK_BYTES = 512
_SIGNING_RELATIONSHIPS = ("authentication", "assertionMethod", "capabilityInvocation", "capabilityDelegation")


def did_key_from_jwk(jwk: Jwk) -> Did:
    """The did:key whose identifier is the multikey of `jwk`, the W3C form.

    Raises:
        InvalidPublicKey: the JWK is no public key.
        UnsupportedPublicKeyType: not Ed25519, P-256, P-384 or secp256k1.
    """
    key, members = public_key(jwk), required_members(jwk)
    if isinstance(key, EllipticCurvePublicKey):
        point = key.public_bytes(Encoding.X962, PublicFormat.CompressedPoint)
        return _did(_CODE_OF_CURVE[members["crv"]], point)
    _refuse_rsa(members)
    return _did(_ED25519, decode_base64url(members["x"], max_bytes=32))


def did_key_jcs_from_jwk(jwk: Jwk) -> Did:
    """The did:key whose identifier is the canonical JSON of `jwk`, the form of EBSI's natural persons.

    Raises:
        InvalidPublicKey: the JWK is no public key.
        UnsupportedPublicKeyType: not Ed25519, P-256, P-384 or secp256k1.
    """
    public_key(jwk)
    members = required_members(jwk)
    _refuse_rsa(members)
    return _did(_JWK_JCS_PUB, rfc8785.dumps(members))


def jwk_from_did_key(did: str) -> dict[str, str]:
    """The public key that a did:key is, its point checked to be on its curve.

    Raises:
        InvalidDid: another method, or an identifier that no printer would have made.
        InvalidPublicKey: the bytes are no key of the type they announce.
        UnsupportedPublicKeyType: X25519, RSA, BLS12-381, P-521 and every other type.
    """
    identifier = _identifier(did)
    try:
        code, raw = decode_varint(decode_base58btc(identifier))
    except InvalidEncoding as error:
        raise InvalidDid(did, error.reason) from error
    if code == _JWK_JCS_PUB:
        return _jwk_from_canonical_json(raw)
    if code == _ED25519:
        jwk = {"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(raw)}
        public_key(jwk)
        return jwk
    if code in _CURVE_OF_CODE:
        return _jwk_from_compressed_point(_CURVE_OF_CODE[code], raw)
    raise UnsupportedPublicKeyType(f"multicodec 0x{code:x}")


def document_of_did_key(did: str) -> DidDocument:
    """The document of a did:key: one JsonWebKey2020 for everything but key agreement.

    Raises:
        InvalidDid: another method, or an identifier that no printer would have made.
        InvalidPublicKey: the bytes are no key of the type they announce.
        UnsupportedPublicKeyType: the key's type is not handled here.
    """
    jwk = jwk_from_did_key(did)
    return document_of_one_key(
        parse_did(did), fragment=_identifier(did), jwk=jwk, relationships=_SIGNING_RELATIONSHIPS
    )


def _identifier(did: str) -> str:
    if not parse_did(did).startswith(_PREFIX):
        raise InvalidDid(did, "not of the method did:key")
    return did.removeprefix(_PREFIX)


def _did(code: int, raw: bytes) -> Did:
    return Did(_PREFIX + encode_base58btc(encode_varint(code) + raw))


def _refuse_rsa(members: dict[str, str]) -> None:
    if members["kty"] == "RSA":
        raise UnsupportedPublicKeyType("RSA")


def _jwk_from_canonical_json(raw: bytes) -> dict[str, str]:
    try:
        jwk = parse_object(raw, max_bytes=_MAX_JWK_BYTES)
    except InvalidJson as error:
        raise InvalidPublicKey(error.reason) from error
    public_key(jwk)
    members = required_members(jwk)
    _refuse_rsa(members)
    if rfc8785.dumps(members) != raw:
        raise InvalidPublicKey("not the canonical JSON of the required members alone")
    return members


def _jwk_from_compressed_point(curve_name: str, raw: bytes) -> dict[str, str]:
    curve, length = CURVES[curve_name]
    if len(raw) != 1 + length:
        raise InvalidPublicKey(f"a compressed point on {curve_name} has {1 + length} bytes")
    try:
        return jwk_from_public_key(EllipticCurvePublicKey.from_encoded_point(curve, raw))
    except ValueError as error:
        raise InvalidPublicKey(f"not a compressed point on {curve_name}") from error
