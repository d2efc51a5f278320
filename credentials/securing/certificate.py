"""Certificates of seals, as `x5c` carries them (RFC 5280, RFC 7515 section 4.1.6): read, not yet trusted."""

import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from hashlib import sha256
from itertools import pairwise
from typing import Any, Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.utils import CryptographyDeprecationWarning
from cryptography.x509 import (
    Certificate,
    DuplicateExtension,
    Extension,
    Extensions,
    InvalidVersion,
    KeyUsage,
    Name,
    ObjectIdentifier,
    UnrecognizedExtension,
    UnsupportedGeneralNameType,
    load_der_x509_certificate,
)
from cryptography.x509.oid import ExtensionOID, NameOID

from credentials.errors import UnusableCertificate
from credentials.plain_text import MAX_NAME, plain
from did.errors import DidError
from did.jwk import Jwk, jwk_from_public_key, public_key

from .certificate_statements import QcStatements, read_qc_statements

MAX_CERTIFICATES: Final = 10
MAX_CERTIFICATE: Final = 16 * 1024
"""Bytes of one certificate."""

_QC_STATEMENTS: Final = ObjectIdentifier("1.3.6.1.5.5.7.1.3")
_BROKEN: Final = (
    ValueError,
    TypeError,
    OverflowError,
    DuplicateExtension,
    InvalidVersion,
    UnsupportedAlgorithm,
    UnsupportedGeneralNameType,
    CryptographyDeprecationWarning,  # where warnings are errors: it will be one in a later release
)
"""What cryptography raises, at once or on looking closer, for bytes that are no certificate."""


@dataclass(frozen=True, slots=True)
class SealCertificate:
    """The certificate that a seal names as its own; whether anybody should believe it is not said.

    Attributes:
        fingerprint: 32 bytes, SHA-256 of its DER.
        subject: its name (RFC 4514).
        organisation: of the subject (O); None if it names none.
        organisation_identifier: of the subject (2.5.4.97), such as `VATES-A00000000`.
        issuer: the name of the authority that issued it (RFC 4514).
        authority: what people call that authority (CN, else O), else its whole name.
        serial_number: by which that authority knows it.
        not_before: the first moment of its validity, aware UTC.
        not_after: the last one.
        jwk: its public key.
        for_signatures: whether its key usage has digitalSignature or nonRepudiation (contentCommitment).
        statements: what its authority states of it.
    """

    fingerprint: bytes
    subject: str
    organisation: str | None
    organisation_identifier: str | None
    issuer: str
    authority: str
    serial_number: int
    not_before: datetime
    not_after: datetime
    jwk: Jwk
    for_signatures: bool
    statements: QcStatements


@dataclass(frozen=True, slots=True)
class CertificateChain:
    """The certificate of a seal and those that came with it, each of which is of the next one's subject.

    Attributes:
        seal: the certificate of the seal, read.
        certificates: all of them, from the seal's up.
    """

    seal: SealCertificate
    certificates: tuple[Certificate, ...]

    @property
    def seal_der(self) -> bytes:
        """The certificate of the seal, as it was signed."""
        return certificate_der(self.certificates[0])


def read_chain(x5c: object) -> CertificateChain:
    """The certificates in the header `x5c`, of which the first is the signer's (RFC 7515 section 4.1.6).

    Args:
        x5c: the value of the member: base64 texts of DER.

    Raises:
        UnusableCertificate: too many, too large, no certificates, in another order, or of a key that
            nothing here verifies.
    """
    if not isinstance(x5c, list) or not x5c or not all(isinstance(text, str) for text in x5c):
        raise UnusableCertificate("x5c is no list of certificates")
    if len(x5c) > MAX_CERTIFICATES:
        raise UnusableCertificate(f"x5c has more than {MAX_CERTIFICATES} certificates")
    return _chain(tuple(x5c))


@lru_cache(maxsize=256)  # all seals of an institution carry the same ones
def _chain(texts: tuple[str, ...]) -> CertificateChain:
    certificates = tuple(read_certificate(_der(text)) for text in texts)
    try:
        for below, above in pairwise(certificates):
            if below.issuer != above.subject:
                raise UnusableCertificate("the certificates in x5c are not in the order of their issuers")
        return CertificateChain(_seal_certificate(certificates[0]), certificates)
    except _BROKEN as error:
        raise UnusableCertificate("x5c holds what is no sound certificate") from error


def read_certificate(der: bytes) -> Certificate:
    """The certificate that `der` encodes.

    Raises:
        UnusableCertificate: it is none, or has more than 16 KiB.
    """
    if len(der) > MAX_CERTIFICATE:
        raise UnusableCertificate(f"a certificate has at most {MAX_CERTIFICATE} bytes")
    try:
        certificate = load_der_x509_certificate(der)
    except _BROKEN as error:
        raise UnusableCertificate("x5c holds what is no certificate") from error
    if certificate.serial_number <= 0:  # RFC 5280 section 4.1.2.2
        raise UnusableCertificate("a certificate has a positive serial number")
    return certificate


def certificate_der(certificate: Certificate) -> bytes:
    """The DER of a certificate, byte for byte as it was signed."""
    return certificate.public_bytes(Encoding.DER)


def names_of(certificates: Sequence[Certificate]) -> tuple[str, ...]:
    """Names of subjects, fit to be shown (RFC 4514)."""
    return tuple(_shown(one.subject) for one in certificates)


def _der(text: str) -> bytes:
    """The bytes of a base64 text, which is the only one that encodes them (RFC 4648 section 4)."""
    if len(text) > 4 * (MAX_CERTIFICATE // 3 + 1):
        raise UnusableCertificate(f"a certificate has at most {MAX_CERTIFICATE} bytes")
    try:
        der = binascii.a2b_base64(text, strict_mode=True)
    except ValueError as error:
        raise UnusableCertificate("x5c holds what is no base64") from error
    if binascii.b2a_base64(der, newline=False).decode() != text:
        raise UnusableCertificate("x5c holds what is no base64")
    return der


def _seal_certificate(certificate: Certificate) -> SealCertificate:
    extensions = certificate.extensions
    usage = _extension(extensions, ExtensionOID.KEY_USAGE)
    stated = _extension(extensions, _QC_STATEMENTS)
    statements = QcStatements()
    if stated is not None:
        assert isinstance(stated.value, UnrecognizedExtension)
        statements = read_qc_statements(stated.value.value)
    return SealCertificate(
        fingerprint=sha256(certificate_der(certificate)).digest(),
        subject=_shown(certificate.subject),
        organisation=_attribute(certificate.subject, NameOID.ORGANIZATION_NAME),
        organisation_identifier=_attribute(certificate.subject, NameOID.ORGANIZATION_IDENTIFIER),
        issuer=_shown(certificate.issuer),
        authority=_called(certificate.issuer),
        serial_number=certificate.serial_number,
        not_before=certificate.not_valid_before_utc,
        not_after=certificate.not_valid_after_utc,
        jwk=_jwk(certificate),
        for_signatures=usage is not None and may_sign(usage.value),
        statements=statements,
    )


def may_sign(usage: object) -> bool:
    """Whether a key usage lets the key sign documents: digitalSignature or nonRepudiation."""
    return isinstance(usage, KeyUsage) and (usage.digital_signature or usage.content_commitment)


def _extension(extensions: Extensions, oid: ObjectIdentifier) -> Extension[Any] | None:
    return next((found for found in extensions if found.oid == oid), None)


def _jwk(certificate: Certificate) -> Jwk:
    key = certificate.public_key()
    if not isinstance(key, RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey):
        raise UnusableCertificate("its certificate has a key that nothing here verifies")
    try:
        jwk = jwk_from_public_key(key)
        public_key(jwk)
    except DidError as error:
        raise UnusableCertificate(f"its certificate has a key that nothing here verifies: {error}") from error
    return jwk


def _attribute(name: Name, oid: ObjectIdentifier) -> str | None:
    """The only attribute of this kind in a name; None where there is none, or more than one."""
    found = name.get_attributes_for_oid(oid)
    if len(found) != 1 or not isinstance(found[0].value, str):
        return None
    return plain(found[0].value, most=MAX_NAME) or None


def _called(name: Name) -> str:
    common, organisation = (_attribute(name, oid) for oid in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME))
    return common or organisation or _shown(name)


def _shown(name: Name) -> str:
    return plain(name.rfc4514_string(), most=2 * MAX_NAME)
