"""Private keys as objects that sign and never show themselves (ES256, ES384, ES256K, EdDSA)."""

from typing import Protocol

import coincurve
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256K1,
    SECP256R1,
    SECP384R1,
    EllipticCurvePrivateKey,
)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256, SHA384

from credentials.errors import UnfitKey
from did.jwk import jwk_from_public_key, jwk_from_raw_secp256k1

_SECRET_LENGTH = 32
_ECDSA_SHA256 = ECDSA(SHA256(), deterministic_signing=True)
_ECDSA_OF_SHA256 = ECDSA(Prehashed(SHA256()), deterministic_signing=True)
_ECDSA_SHA384 = ECDSA(SHA384(), deterministic_signing=True)


class SigningKey(Protocol):
    """What can sign: a key in memory, or one kept elsewhere that answers with signatures."""

    @property
    def alg(self) -> str:
        """The JWS algorithm of this key."""

    @property
    def public_jwk(self) -> dict[str, str]:
        """The public half, required members only."""

    def sign(self, signing_input: bytes) -> bytes:
        """A signature over `signing_input`, in the form of RFC 7518 section 3.4 or RFC 8037."""


PrivateKey = SigningKey | EllipticCurvePrivateKey | Ed25519PrivateKey | bytes
"""What `signing_key` takes; bytes are the 32-byte secret of a secp256k1 key."""


def signing_key(key: PrivateKey) -> SigningKey:
    """`key` as a signing key; ECDSA signatures are deterministic (RFC 6979).

    Raises:
        UnfitKey: a curve without an algorithm here, or bytes that are no secp256k1 secret.
    """
    if isinstance(key, bytes):
        return Secp256k1SigningKey(key)
    if isinstance(key, Ed25519PrivateKey):
        return Ed25519SigningKey(key)
    if isinstance(key, EllipticCurvePrivateKey):
        if isinstance(key.curve, SECP256K1):
            return Secp256k1SigningKey(key.private_numbers().private_value.to_bytes(_SECRET_LENGTH, "big"))
        return NistSigningKey(key)
    return key


class _Undisclosed:
    """Shows the public half only, and refuses to be copied into a byte stream."""

    __slots__ = ()
    alg: str
    public_jwk: dict[str, str]

    def __repr__(self) -> str:
        return f"<{self.alg} key, x={self.public_jwk['x']}>"

    def __reduce__(self) -> str:
        raise UnfitKey("a private key is not serialised")


class NistSigningKey(_Undisclosed):
    """A P-256 (ES256) or P-384 (ES384) key."""

    __slots__ = ("_key", "_length", "_scheme", "alg", "public_jwk")

    def __init__(self, key: EllipticCurvePrivateKey) -> None:
        """Take `key`.

        Raises:
            UnfitKey: another curve.
        """
        if isinstance(key.curve, SECP256R1):
            self.alg, self._length, self._scheme = "ES256", 32, _ECDSA_SHA256
        elif isinstance(key.curve, SECP384R1):
            self.alg, self._length, self._scheme = "ES384", 48, _ECDSA_SHA384
        else:
            raise UnfitKey(f"no algorithm here signs on {key.curve.name}")
        self._key = key
        self.public_jwk = jwk_from_public_key(key.public_key())

    def sign(self, signing_input: bytes) -> bytes:
        """The signature r, s in fixed length (RFC 7518 section 3.4)."""
        return _fixed_length(self._key.sign(signing_input, self._scheme), self._length)

    def sign_hashed(self, digest: bytes) -> bytes:
        """The signature that `sign` gives over what has this SHA-256; with ES256 alone, which hashes so.

        Raises:
            UnfitKey: the key is for another algorithm.
        """
        if self.alg != "ES256":
            raise UnfitKey(f"{self.alg} does not sign a SHA-256")
        return _fixed_length(self._key.sign(digest, _ECDSA_OF_SHA256), self._length)


class Secp256k1SigningKey(_Undisclosed):
    """A secp256k1 key (ES256K, RFC 8812); signatures have the lower s."""

    __slots__ = ("_key", "alg", "public_jwk")

    def __init__(self, secret: bytes) -> None:
        """Take a 32-byte secret.

        Raises:
            UnfitKey: another length, zero, or not below the order of the curve.
        """
        if len(secret) != _SECRET_LENGTH:
            raise UnfitKey("a secp256k1 secret has 32 bytes")
        try:
            self._key = coincurve.PrivateKey(secret)
        except ValueError:
            raise UnfitKey("the bytes are no secp256k1 secret") from None
        self.alg = "ES256K"
        self.public_jwk = jwk_from_raw_secp256k1(self._key.public_key.format(compressed=False))

    def sign(self, signing_input: bytes) -> bytes:
        """The signature r, s in fixed length, deterministic and with the lower s."""
        return _fixed_length(self._key.sign(signing_input), _SECRET_LENGTH)


class Ed25519SigningKey(_Undisclosed):
    """An Ed25519 key (EdDSA, RFC 8037)."""

    __slots__ = ("_key", "alg", "public_jwk")

    def __init__(self, key: Ed25519PrivateKey) -> None:
        """Take `key`."""
        self._key = key
        self.alg = "EdDSA"
        self.public_jwk = jwk_from_public_key(key.public_key())

    def sign(self, signing_input: bytes) -> bytes:
        """The 64-byte signature."""
        return self._key.sign(signing_input)


def _fixed_length(der: bytes, length: int) -> bytes:
    r, s = decode_dss_signature(der)
    return r.to_bytes(length, "big") + s.to_bytes(length, "big")
