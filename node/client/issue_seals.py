"""The certificate and the key of an e-seal: from files, the key encrypted (PKCS#8); or the profile's key."""

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509 import load_pem_x509_certificates

from credentials.securing.certificate import read_chain
from did.jwk import thumbprint
from node.client.errors import Refused, Unusable, WrongPassphrase
from node.client.issuer import Issuer

_MAX_FILE: Final = 256 * 1024
_ENCRYPTED: Final = b"-----BEGIN ENCRYPTED PRIVATE KEY-----"


def read_certificates(path: Path) -> tuple[bytes, ...]:
    """The certificates of a file in PEM, in DER: the seal's own, then each one's issuer.

    Raises:
        Unusable: it cannot be read, or holds none.
    """
    try:
        found = load_pem_x509_certificates(_content(path))
    except ValueError:
        raise Unusable(f"{path} holds no certificates in PEM") from None
    return tuple(certificate.public_bytes(Encoding.DER) for certificate in found)


def read_seal_key(path: Path, *, passphrase: Callable[[], str]) -> bytes:
    """The private key of a file in PEM, which is encrypted there (PKCS#8), in DER without encryption.

    Args:
        path: of the file.
        passphrase: asks for it.

    Raises:
        Unusable: it cannot be read, is not encrypted, or holds no key that seals here.
        WrongPassphrase: the passphrase does not open it.
    """
    content = _content(path)
    if _ENCRYPTED not in content:
        raise Unusable(
            f"{path} is no encrypted PKCS#8 key: openssl pkcs8 -topk8 -v2 aes-256-cbc -in KEY -out ENCRYPTED"
        )
    try:
        key = load_pem_private_key(content, password=passphrase().encode())
    except ValueError:
        raise WrongPassphrase(path) from None
    except Exception as error:  # noqa: BLE001 - of the many that OpenSSL's decoders have
        raise Unusable(f"{path} holds no key that can be read: {error}") from None
    if not isinstance(key, RSAPrivateKey | EllipticCurvePrivateKey):
        raise Unusable(f"{path} holds a key of a kind that seals nothing here")
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def profile_key(issuer: Issuer) -> bytes:
    """The key by which the profile signs credentials, in DER.

    Raises:
        KeystoreError: it cannot be opened.
    """
    key = issuer.keystore.open(issuer.profile.credential_key).private_key
    return key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def kid_of(issuer: Issuer, certificate: bytes) -> str:
    """The DID URL by which the issuer's DID document has the key of a certificate, for asserting.

    Args:
        issuer: who seals.
        certificate: DER.

    Raises:
        Refused: it has not: nobody could tell by the ledger whose seal it is.
        UnusableCertificate: it is none that a seal could be verified by (`credentials.errors`).
        ClientError: the node does not answer.
    """
    document = issuer.node.resolve(issuer.did) or {}
    asserting = document.get("assertionMethod", ())
    name = thumbprint(read_chain([b64encode(certificate).decode()]).seal.jwk)
    for method in document.get("verificationMethod", ()):
        jwk = method.get("publicKeyJwk") if isinstance(method, dict) else None
        if isinstance(jwk, dict) and method.get("id") in asserting and thumbprint(jwk) == name:
            return str(method["id"])
    raise Refused(
        f"nothing was issued: the key of the certificate is not under assertionMethod of {issuer.did}, so "
        "nobody could tell by the ledger whose seal it is"
    )


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_FILE + 1)
    except OSError as error:
        raise Unusable(f"cannot read {path}: {error.strerror}") from None
    if len(content) > _MAX_FILE:
        raise Unusable(f"{path} is larger than {_MAX_FILE} bytes")
    return content
