"""Public keys of every supported type, derived from fixed secrets."""

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256K1,
    SECP256R1,
    SECP384R1,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from did.jwk import PublicKey, jwk_from_public_key


def raw_secp256k1(secret: int) -> bytes:
    """65 bytes, as the DID registry stores a ledger key."""
    key = derive_private_key(secret, SECP256K1()).public_key()
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def p256(secret: int = 7) -> EllipticCurvePublicKey:
    """A P-256 key."""
    return derive_private_key(secret, SECP256R1()).public_key()


KEYS: dict[str, PublicKey] = {
    "P-256": p256(),
    "P-384": derive_private_key(7, SECP384R1()).public_key(),
    "secp256k1": derive_private_key(7, SECP256K1()).public_key(),
    "Ed25519": Ed25519PrivateKey.from_private_bytes(bytes(range(32))).public_key(),
}
JWKS: dict[str, dict[str, str]] = {name: jwk_from_public_key(key) for name, key in KEYS.items()}

RSA_JWK = jwk_from_public_key(RSAPublicNumbers(65537, (1 << 2047) | 1).public_key())
"""Shaped like an RSA key; nobody knows its factors, and none is needed to parse it."""
