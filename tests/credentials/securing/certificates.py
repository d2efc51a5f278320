"""Authorities and certificates of seals, made for a test."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import (
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    derive_private_key,
)
from cryptography.hazmat.primitives.asymmetric.rsa import (
    RSAPrivateKey,
    RSAPublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from credentials.moments import parse_moment

NOW = parse_moment("2026-11-21T10:00:00Z", name="now")
YEAR = timedelta(days=365)
ESEAL = bytes.fromhex("301f3008060604008e4601013013060604008e4601063009060704008e46010602")
ESIGN = ESEAL[:-1] + b"\x01"
IDENTIFIER = "VATES-A00000000"
QC_STATEMENTS = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.3")

Private = RSAPrivateKey | EllipticCurvePrivateKey
Public = RSAPublicKey | EllipticCurvePublicKey


@cache
def rsa_key(number: int = 0) -> RSAPrivateKey:  # noqa: ARG001 - one for each number
    """An RSA key of 2048 bits: making one takes a while."""
    return generate_private_key(65_537, 2048)


def ec_key(number: int) -> EllipticCurvePrivateKey:
    """A P-256 key."""
    return derive_private_key(number, SECP256R1())


def name(common: str, organisation: str | None = None, identifier: str | None = None) -> x509.Name:
    """The name of an authority or of an organisation."""
    given = {
        NameOID.COMMON_NAME: common,
        NameOID.ORGANIZATION_NAME: organisation,
        NameOID.ORGANIZATION_IDENTIFIER: identifier,
    }
    return x509.Name([x509.NameAttribute(oid, text) for oid, text in given.items() if text is not None])


@dataclass(frozen=True)
class Authority:
    """An authority: its name, its key and its certificate."""

    subject: x509.Name
    private: Private
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        """Its certificate."""
        return self.certificate.public_bytes(Encoding.DER)


def authority(common: str, number: int, *, above: Authority | None = None, **changes: Any) -> Authority:
    """An authority: a root, or one below another."""
    private, subject = ec_key(number), name(common, "Trust Services")
    made: dict[str, Any] = {"ca": True, "key_usage": usage(key_cert_sign=True)}
    certificate = issue(
        subject,
        private.public_key(),
        above or Authority(subject, private, None),  # type: ignore[arg-type]
        **(made | changes),
    )
    return Authority(subject, private, certificate)


def usage(**given: bool) -> x509.KeyUsage:
    """A key usage with nothing but what is given."""
    names = (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    )  # fmt: skip
    return x509.KeyUsage(**{one: given.get(one, False) for one in names})


def issue(
    subject: x509.Name,
    public: Public,
    issuer: Authority,
    *,
    not_before: datetime = NOW - YEAR,
    not_after: datetime = NOW + YEAR,
    ca: bool = False,
    key_usage: x509.KeyUsage | None = None,
    statements: bytes | None = None,
    more: Sequence[x509.ExtensionType] = (),
) -> x509.Certificate:
    """A certificate by `issuer`."""
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.subject)
        .public_key(public)
        .serial_number(7)
        .not_valid_before(not_before)
        .not_valid_after(not_after)
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.private.public_key()), critical=False
        )
    )
    if key_usage is not None:
        builder = builder.add_extension(key_usage, critical=True)
    if statements is not None:
        builder = builder.add_extension(x509.UnrecognizedExtension(QC_STATEMENTS, statements), critical=False)
    for extension in more:
        builder = builder.add_extension(extension, critical=False)
    return builder.sign(issuer.private, SHA256())


@dataclass(frozen=True)
class Sealer:
    """What seals: a key, its certificate, those above it as they go into `x5c`, and the anchor of all."""

    private: Private
    certificate: x509.Certificate
    above: tuple[x509.Certificate, ...]
    root: Authority
    middle: Authority
    made: dict[str, Any] = field(default_factory=dict)

    @property
    def x5c(self) -> list[bytes]:
        """The seal's certificate and those above it but the root's."""
        return [one.public_bytes(Encoding.DER) for one in (self.certificate, *self.above)]

    @property
    def anchors(self) -> tuple[bytes, ...]:
        """The root's certificate."""
        return (self.root.der,)

    def but(self, **changes: Any) -> "Sealer":
        """The same with another certificate for the same key."""
        certificate = issue(**(self.made | changes))
        return replace(self, certificate=certificate, made=self.made | changes)


@cache
def sealer(*, rsa: bool = False, number: int = 3) -> Sealer:
    """An organisation with a qualified certificate for seals, two steps below a root."""
    root = authority("Root", 1)
    middle = authority("Seals", 2, above=root)
    private: Private = rsa_key(number) if rsa else ec_key(number)
    made: dict[str, Any] = {
        "subject": name("Seal", "University of Somewhere", IDENTIFIER),
        "public": private.public_key(),
        "issuer": middle,
        "key_usage": usage(digital_signature=True, content_commitment=True),
        "statements": ESEAL,
    }
    return Sealer(private, issue(**made), (middle.certificate,), root, middle, made)
