"""A path from a seal's certificate to an authority that the verifier trusts (RFC 5280 section 6).

Paths are built by cryptography, whose policy for authorities is that of the web; the certificate of a seal
has no host names, so only its key usage is asked for. Whether it was revoked is not looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final

from cryptography.x509 import Certificate, ExtensionType, KeyUsage, Name
from cryptography.x509.verification import (
    ClientVerifier,
    Criticality,
    ExtensionPolicy,
    Policy,
    PolicyBuilder,
    Store,
    VerificationError,
)

from credentials.errors import CertificateRefused, UnusableCertificate
from credentials.verdict import rfc3339

from .certificate import CertificateChain, certificate_der, may_sign, names_of, read_certificate

_OF_AUTHORITIES: Final = ExtensionPolicy.webpki_defaults_ca()


@dataclass(frozen=True, slots=True)
class _Trusted:
    """Anchors, ready for paths to them."""

    store: Store
    names: frozenset[Name]
    own: frozenset[bytes]


def path_to_anchor(chain: CertificateChain, *, anchors: Sequence[bytes], at: datetime) -> tuple[str, ...]:
    """The names on the way from the seal's certificate to an anchor, both included, in force at `at`.

    Args:
        chain: as it came with the seal.
        anchors: DER of certificates that the verifier trusts: of authorities, or of a seal itself.
        at: aware.

    Raises:
        CertificateRefused: there is no such way; `reason` tells an unknown authority, `no_seal_anchors`
            and `unknown_authority`, and a certificate out of its time, `certificate_not_yet_valid` and
            `certificate_expired`, from all else, `path_refused`.
        UnusableCertificate: an anchor is no certificate.
    """
    seal = chain.seal
    if not anchors:
        sentence = (
            f"The certificate of its seal was issued by {seal.authority}, and this verifier has not been "
            "given the certificate of any authority to trust: its setting seal_anchors is empty."
        )
        raise CertificateRefused("no_seal_anchors", sentence)
    trusted = _trusted(tuple(anchors))
    if chain.seal_der in trusted.own:
        _check_time(chain, at)
        return (seal.subject,)
    path = _path(chain, trusted, at)
    if path is not None:
        return path
    within = min(max(at, seal.not_before), seal.not_after)
    if within != at and _path(chain, trusted, within) is not None:
        _check_time(chain, at)
    if trusted.names.isdisjoint(one.issuer for one in chain.certificates):
        sentence = (
            f"The certificate of its seal was issued by {seal.authority}, and this verifier has not been "
            "given a certificate to trust of that authority or one above it (setting seal_anchors)."
        )
        raise CertificateRefused("unknown_authority", sentence)
    sentence = "No sound path of certificates leads from its seal to an authority that this verifier trusts."
    raise CertificateRefused("path_refused", sentence)


def _check_time(chain: CertificateChain, at: datetime) -> None:
    seal = chain.seal
    if at < seal.not_before:
        sentence = f"The certificate of its seal is not valid before {rfc3339(seal.not_before)}."
        raise CertificateRefused("certificate_not_yet_valid", sentence)
    if at > seal.not_after:
        sentence = (
            f"The certificate of its seal ended on {rfc3339(seal.not_after)}, and nothing that is looked at "
            "here shows that it was sealed before."
        )
        raise CertificateRefused("certificate_expired", sentence)


def _path(chain: CertificateChain, trusted: _Trusted, at: datetime) -> tuple[str, ...] | None:
    certificates = list(chain.certificates)
    try:
        found = _verifier(trusted, at).verify(certificates[0], certificates[1:])
    except VerificationError:
        return None
    return names_of(found.chain)


def _verifier(trusted: _Trusted, at: datetime) -> ClientVerifier:
    return (
        PolicyBuilder()
        .store(trusted.store)
        .time(at)
        .extension_policies(ca_policy=_OF_AUTHORITIES, ee_policy=_OF_SEALS)
        .build_client_verifier()
    )


@lru_cache(maxsize=16)
def _trusted(anchors: tuple[bytes, ...]) -> _Trusted:
    certificates = [read_certificate(der) for der in anchors]
    try:
        names = frozenset(one.subject for one in certificates)
    except ValueError as error:
        raise UnusableCertificate("an anchor is no sound certificate") from error
    return _Trusted(Store(certificates), names, frozenset(map(certificate_der, certificates)))


def _has_purpose(_policy: Policy, _certificate: Certificate, usage: ExtensionType | None) -> None:
    if not isinstance(usage, KeyUsage) or not may_sign(usage):
        raise ValueError("the key is not for signatures")


_OF_SEALS: Final = ExtensionPolicy.permit_all().require_present(KeyUsage, Criticality.AGNOSTIC, _has_purpose)
