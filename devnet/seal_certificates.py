"""Certificates for an electronic seal, by an authority that is invented and that nobody trusts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from did.jwk import public_key

_LIFE = timedelta(days=365)
_AUTHORITY = "Trust Services (example)"


def seal_certificates(
    public_jwk: Mapping[str, str], *, organisation: str, now: datetime
) -> tuple[bytes, ...]:
    """Return the certificate (DER) of an organisation's key for seals, as `x5c` has it.

    Args:
        public_jwk: the key, which is also in the organisation's DID document.
        organisation: its name.
        now: the begin of its validity.
    """
    authority = generate_private_key(SECP256R1())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_name(f"Seal of {organisation}"[:64], organisation))
        .issuer_name(_name(_AUTHORITY, _AUTHORITY))
        .public_key(public_key(public_jwk))
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + _LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_for_signatures(), critical=True)
        .sign(authority, SHA256())
    )
    return (certificate.public_bytes(Encoding.DER),)


def _name(common: str, organisation: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organisation),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _for_signatures() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
