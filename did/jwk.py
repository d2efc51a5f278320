"""Public keys as JSON Web Keys (RFC 7517, RFC 7518 section 6, RFC 8037, RFC 8812), thumbprints (RFC 7638)."""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256K1,
    SECP256R1,
    SECP384R1,
    EllipticCurve,
    EllipticCurvePublicKey,
    EllipticCurvePublicNumbers,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey, RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from .base64url import decode_base64url, encode_base64url
from .ed25519 import check_point
from .errors import InvalidEncoding, InvalidPublicKey, UnsupportedPublicKeyType

Jwk = Mapping[str, Any]
"""A public key; members beyond the required ones are kept, as RFC 7517 section 4 allows."""

PublicKey = EllipticCurvePublicKey | Ed25519PublicKey | RSAPublicKey

CURVES: Mapping[str, tuple[EllipticCurve, int]] = {
    "P-256": (SECP256R1(), 32),
    "P-384": (SECP384R1(), 48),
    "secp256k1": (SECP256K1(), 32),
}
"""Curve by its JWK name, and the bytes of one coordinate."""

_NAME_OF_CURVE = {curve.name: name for name, (curve, _) in CURVES.items()}
_PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
_REQUIRED = {"EC": ("crv", "kty", "x", "y"), "OKP": ("crv", "kty", "x"), "RSA": ("e", "kty", "n")}
_RSA_BITS = range(2048, 8193)
_RSA_BYTES = 1024
_RAW_SECP256K1_LENGTH = 65


def required_members(jwk: Jwk) -> dict[str, str]:
    """The members that identify the key, in the order of RFC 7638 section 3.2.

    Raises:
        InvalidPublicKey: a member is missing or no text, or a private member is there.
        UnsupportedPublicKeyType: another `kty`.
    """
    if not _PRIVATE_MEMBERS.isdisjoint(jwk):
        raise InvalidPublicKey("the JWK has private members")
    key_type = jwk.get("kty")
    names = _REQUIRED.get(key_type) if isinstance(key_type, str) else None
    if names is None:
        raise UnsupportedPublicKeyType(str(key_type))
    members = {name: jwk.get(name) for name in names}
    if not all(isinstance(value, str) for value in members.values()):
        raise InvalidPublicKey(f"a JWK of type {key_type} needs the texts {', '.join(names)}")
    return {name: str(value) for name, value in members.items()}


def thumbprint(jwk: Jwk) -> str:
    """The SHA-256 thumbprint of a sound key, base64url (RFC 7638).

    Raises:
        InvalidPublicKey: the JWK is no public key.
        UnsupportedPublicKeyType: another `kty` or curve.
    """
    public_key(jwk)
    members = json.dumps(required_members(jwk), separators=(",", ":"))
    return encode_base64url(hashlib.sha256(members.encode()).digest())


def public_key(jwk: Jwk) -> PublicKey:
    """The key that `jwk` describes; its point is on its curve, an RSA modulus has 2048 to 8192 bits.

    Raises:
        InvalidPublicKey: a member is missing, malformed or private, or the point is not on the curve.
        UnsupportedPublicKeyType: another `kty` or curve.
    """
    return _load(tuple(required_members(jwk).items()))


@lru_cache(maxsize=4096)
def _load(members: tuple[tuple[str, str], ...]) -> PublicKey:
    jwk = dict(members)
    try:
        if jwk["kty"] == "EC":
            return _load_ec(jwk)
        if jwk["kty"] == "OKP":
            return _load_okp(jwk)
        return _load_rsa(jwk)
    except InvalidEncoding as error:
        raise InvalidPublicKey(error.reason) from error


def _load_ec(jwk: dict[str, str]) -> EllipticCurvePublicKey:
    if jwk["crv"] not in CURVES:
        raise UnsupportedPublicKeyType(jwk["crv"])
    curve, length = CURVES[jwk["crv"]]
    x, y = (decode_base64url(jwk[name], max_bytes=length) for name in ("x", "y"))
    if len(x) != length or len(y) != length:
        raise InvalidPublicKey(f"a coordinate on {jwk['crv']} has {length} bytes")
    numbers = EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), curve)
    try:
        return numbers.public_key()
    except ValueError as error:
        raise InvalidPublicKey(f"the point is not on {jwk['crv']}") from error


def _load_okp(jwk: dict[str, str]) -> Ed25519PublicKey:
    if jwk["crv"] != "Ed25519":
        raise UnsupportedPublicKeyType(jwk["crv"])
    raw = decode_base64url(jwk["x"], max_bytes=32)
    check_point(raw)
    return Ed25519PublicKey.from_public_bytes(raw)


def _load_rsa(jwk: dict[str, str]) -> RSAPublicKey:
    n = decode_base64url(jwk["n"], max_bytes=_RSA_BYTES)
    e = decode_base64url(jwk["e"], max_bytes=4)
    if n[:1] in {b"", b"\0"} or e[:1] in {b"", b"\0"}:
        raise InvalidPublicKey("an RSA number is printed in the fewest bytes")
    modulus, exponent = int.from_bytes(n, "big"), int.from_bytes(e, "big")
    if modulus.bit_length() not in _RSA_BITS or not modulus & 1:
        raise InvalidPublicKey("an RSA modulus is odd and has 2048 to 8192 bits")
    try:
        return RSAPublicNumbers(exponent, modulus).public_key()
    except ValueError as error:
        raise InvalidPublicKey("the RSA exponent is odd and at least 3") from error


def jwk_from_public_key(key: PublicKey) -> dict[str, str]:
    """The required members of `key` as a JWK.

    Raises:
        UnsupportedPublicKeyType: a curve other than P-256, P-384, secp256k1, Ed25519.
    """
    if isinstance(key, Ed25519PublicKey):
        return {"kty": "OKP", "crv": "Ed25519", "x": encode_base64url(_raw_ed25519(key))}
    if isinstance(key, RSAPublicKey):
        numbers = key.public_numbers()
        return {"kty": "RSA", "n": _unsigned(numbers.n), "e": _unsigned(numbers.e)}
    name = _NAME_OF_CURVE.get(key.curve.name)
    if name is None:
        raise UnsupportedPublicKeyType(key.curve.name)
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    length = CURVES[name][1]
    x, y = point[1 : 1 + length], point[1 + length :]
    return {"kty": "EC", "crv": name, "x": encode_base64url(x), "y": encode_base64url(y)}


def jwk_from_raw_secp256k1(raw: bytes) -> dict[str, str]:
    """The JWK of a secp256k1 key as the DID registry stores it.

    Args:
        raw: 65 bytes, 0x04 and both coordinates.

    Raises:
        InvalidPublicKey: another length or prefix, or a point that is not on the curve.
    """
    if len(raw) != _RAW_SECP256K1_LENGTH or raw[0] != 4:  # noqa: PLR2004  the uncompressed prefix of SEC 1 section 2.3.3
        raise InvalidPublicKey("a raw secp256k1 key has 65 bytes and begins with 0x04")
    jwk = {
        "kty": "EC",
        "crv": "secp256k1",
        "x": encode_base64url(raw[1:33]),
        "y": encode_base64url(raw[33:]),
    }
    public_key(jwk)
    return jwk


def _raw_ed25519(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _unsigned(number: int) -> str:
    return encode_base64url(number.to_bytes((number.bit_length() + 7) // 8, "big"))
