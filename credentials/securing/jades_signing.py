"""Make JAdES seals, baseline B, in the compact serialisation (ETSI TS 119 182-1)."""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.hashes import SHA256

from credentials.errors import UnfitKey
from credentials.verdict import rfc3339
from did.base64url import base64url, encode_base64url
from did.jwk import jwk_from_public_key, public_key

from .certificate import read_chain
from .jades import SEAL_ALGORITHMS
from .signing_key import PrivateKey, signing_key

_PKCS1: Final = PKCS1v15()
_SHA256: Final = SHA256()

SealingKey = RSAPrivateKey | PrivateKey
"""What `seal` takes: most certificates for seals are of RSA keys."""


def seal(
    members: Mapping[str, Any],
    *,
    key: SealingKey,
    certificates: Sequence[bytes],
    at: datetime,
    kid: str | None = None,
) -> str:
    """A compact JWS that seals a credential: RS256 or ES256 with `x5c`, `x5t#S256` and `sigT`.

    Args:
        members: the credential's.
        key: of the first certificate.
        certificates: DER, the seal's own and then each one's issuer; the anchor may be left out.
        at: when it is sealed, aware.
        kid: the DID URL by which the sealer's DID document has the key, if it has.

    Raises:
        UnfitKey: the first certificate is of another key, or nothing here seals with the key.
        UnusableCertificate: the certificates are none that a seal could be verified by.
    """
    return Sealer(key=key, certificates=certificates, at=at, kid=kid).sign(_printed(members)).decode()


class Sealer:
    """Seals many credentials of one moment, with a header that is made and looked at once."""

    __slots__ = ("_front", "_key")

    def __init__(
        self, *, key: SealingKey, certificates: Sequence[bytes], at: datetime, kid: str | None = None
    ) -> None:
        """Take what `seal` takes.

        Raises:
            UnfitKey: the first certificate is of another key, or nothing here seals with the key.
            UnusableCertificate: the certificates are none that a seal could be verified by.
        """
        self._key = _RsaKey(key) if isinstance(key, RSAPrivateKey) else signing_key(key)
        alg = self._key.alg
        if alg not in SEAL_ALGORITHMS:
            raise UnfitKey(f"nothing is sealed by {alg}")
        x5c = [base64.b64encode(der).decode() for der in certificates]
        if public_key(read_chain(x5c).seal.jwk) != public_key(self._key.public_jwk):
            raise UnfitKey("the certificate is of another key")
        header = {
            "alg": alg,
            "typ": "jose",
            **({} if kid is None else {"kid": kid}),
            "x5t#S256": encode_base64url(sha256(certificates[0]).digest()),
            "x5c": x5c,
            "sigT": rfc3339(at),
            "crit": ["sigT"],
        }
        self._front = base64url(_printed(header))

    def sign(self, payload: bytes) -> bytes:
        """A compact JWS, in ASCII, that seals the credential which `payload` is the JSON of."""
        signing_input = b"%b.%b" % (self._front, base64url(payload))
        return b"%b.%b" % (signing_input, base64url(self._key.sign(signing_input)))


def _printed(members: Mapping[str, Any]) -> bytes:
    return json.dumps(members, separators=(",", ":"), ensure_ascii=False).encode()


class _RsaKey:
    """An RSA key (RS256) of a certificate: no DID here is made with one."""

    alg: Final = "RS256"

    def __init__(self, key: RSAPrivateKey) -> None:
        self._key = key
        self.public_jwk = jwk_from_public_key(key.public_key())

    def sign(self, signing_input: bytes) -> bytes:
        return self._key.sign(signing_input, _PKCS1, _SHA256)
