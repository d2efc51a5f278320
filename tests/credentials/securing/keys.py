"""Throw-away signing keys, one per algorithm."""

from functools import cache

from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    SECP384R1,
    EllipticCurvePrivateKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key

SECRET = bytes(range(1, 33))

PRIVATE_KEYS: dict[str, EllipticCurvePrivateKey | Ed25519PrivateKey | bytes] = {
    "ES256": derive_private_key(1234567, SECP256R1()),
    "ES384": derive_private_key(1234567, SECP384R1()),
    "ES256K": SECRET,
    "EdDSA": Ed25519PrivateKey.from_private_bytes(SECRET),
}


@cache
def rsa_key() -> RSAPrivateKey:
    """An RSA key, made once: RSA is verified here, never signed."""
    return generate_private_key(65537, 2048)
