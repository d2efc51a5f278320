"""The signature algorithms accepted here (RFC 7518 section 3, RFC 8037, RFC 8812): keys and checks."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import coincurve
from cryptography.exceptions import InvalidSignature as _Mismatch
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, PSS, PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from credentials.errors import InvalidSignature, UnfitKey
from did.errors import DidError
from did.jwk import Jwk, PublicKey, public_key, required_members

SECP256K1_ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141

_DECLARED = ("alg", "use", "key_ops")
_SHA256 = SHA256()
_ECDSA_SHA256 = ECDSA(_SHA256)
_ECDSA_SHA384 = ECDSA(SHA384())
_PKCS1 = PKCS1v15()
_PSS = PSS(MGF1(_SHA256), _SHA256.digest_size)


@dataclass(frozen=True, slots=True)
class Algorithm:
    """One value of `alg`: the only curve (or `RSA`) it may be used with, and its check.

    `check(key, signature, signing_input)` returns None, or raises cryptography's mismatch.
    """

    name: str
    key_type: str
    check: Callable[[PublicKey, bytes, bytes], None]


def verify_signature(algorithm: Algorithm, *, jwk: Jwk, signature: bytes, signing_input: bytes) -> None:
    """Return if `signature` is one over `signing_input` by the key `jwk`, under `algorithm`.

    Raises:
        UnfitKey: the key is none, of another type or curve, or declared for something else.
        InvalidSignature: it is not.
    """
    try:
        key = public_key(jwk)
    except DidError as error:
        raise UnfitKey(str(error)) from error
    if ("RSA" if isinstance(key, RSAPublicKey) else jwk["crv"]) != algorithm.key_type:
        raise UnfitKey(f"{algorithm.name} takes a key of type {algorithm.key_type}")
    _check_declared_purpose(algorithm, jwk)
    try:
        algorithm.check(key, signature, signing_input)
    except _Mismatch:
        raise InvalidSignature(algorithm.name) from None


def verifying_members(jwk: Jwk) -> Hashable:
    """All of the JWK that decides whether it verifies a signature, for the keys of a cache.

    Raises:
        DidError: the JWK is no public key.
    """
    declared = {name: jwk[name] for name in _DECLARED if name in jwk}
    return (*required_members(jwk).items(), repr(declared))


def _check_declared_purpose(algorithm: Algorithm, jwk: Jwk) -> None:
    """Hold `alg`, `use` and `key_ops` of the JWK, where present, against a signature's verification."""
    if jwk.get("alg", algorithm.name) != algorithm.name:
        raise UnfitKey("the key is declared for another algorithm")
    if jwk.get("use", "sig") != "sig":
        raise UnfitKey("the key is not declared for signatures")
    operations = jwk.get("key_ops", ["verify"])
    if not isinstance(operations, list) or "verify" not in operations:
        raise UnfitKey("the key is not declared for verification")


def _check_p256(key: PublicKey, signature: bytes, signing_input: bytes) -> None:
    _check_ecdsa(key, signature, signing_input, 32, _ECDSA_SHA256)


def _check_p384(key: PublicKey, signature: bytes, signing_input: bytes) -> None:
    _check_ecdsa(key, signature, signing_input, 48, _ECDSA_SHA384)


def _check_ecdsa(key: PublicKey, signature: bytes, signing_input: bytes, length: int, scheme: ECDSA) -> None:
    if len(signature) != 2 * length:
        raise _Mismatch
    r, s = int.from_bytes(signature[:length], "big"), int.from_bytes(signature[length:], "big")
    assert isinstance(key, EllipticCurvePublicKey)
    key.verify(encode_dss_signature(r, s), signing_input, scheme)


def _check_secp256k1(key: PublicKey, signature: bytes, signing_input: bytes) -> None:
    """Verify with libsecp256k1, nine times faster than OpenSSL on this curve.

    The library takes only the lower of the two values of s; RFC 8812 allows both, and signers make both.
    """
    if len(signature) != 64:  # noqa: PLR2004  two numbers of 32 bytes
        raise _Mismatch
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    if not (0 < r < SECP256K1_ORDER and 0 < s < SECP256K1_ORDER):
        raise _Mismatch
    assert isinstance(key, EllipticCurvePublicKey)
    low_s = min(s, SECP256K1_ORDER - s)
    point = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    if not _libsecp256k1_key(point).verify(encode_dss_signature(r, low_s), signing_input):
        raise _Mismatch


@lru_cache(maxsize=4096)
def _libsecp256k1_key(point: bytes) -> coincurve.PublicKey:
    return coincurve.PublicKey(point)


def _check_ed25519(key: PublicKey, signature: bytes, signing_input: bytes) -> None:
    assert isinstance(key, Ed25519PublicKey)
    key.verify(signature, signing_input)


def _check_pkcs1(key: PublicKey, signature: bytes, signing_input: bytes) -> None:
    assert isinstance(key, RSAPublicKey)
    key.verify(signature, signing_input, _PKCS1, _SHA256)


def _check_pss(key: PublicKey, signature: bytes, signing_input: bytes) -> None:
    assert isinstance(key, RSAPublicKey)
    key.verify(signature, signing_input, _PSS, _SHA256)


ALGORITHMS: Mapping[str, Algorithm] = {
    algorithm.name: algorithm
    for algorithm in (
        Algorithm("ES256", "P-256", _check_p256),
        Algorithm("ES384", "P-384", _check_p384),
        Algorithm("ES256K", "secp256k1", _check_secp256k1),
        Algorithm("EdDSA", "Ed25519", _check_ed25519),
        Algorithm("RS256", "RSA", _check_pkcs1),
        Algorithm("PS256", "RSA", _check_pss),
    )
}
"""Every algorithm known here, all asymmetric: `none` and HS256 cannot be allowed, even by a caller."""
