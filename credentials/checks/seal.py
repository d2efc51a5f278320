"""Checks 1 and 2 of a seal whose key no DID has: by its certificate, as far as the verifier trusts it."""

from typing import Any, Final

from credentials.case import SKEW, Case
from credentials.errors import CertificateRefused, InvalidSignature, UnfitKey
from credentials.moments import ledger_seconds
from credentials.seal_members import issuing_organisation
from credentials.securing.certificate import SealCertificate
from credentials.securing.certificate_path import path_to_anchor
from credentials.securing.jades import SEAL_ALGORITHMS
from credentials.securing.jose import verify_parsed
from credentials.securing.seal import Seal
from credentials.verdict import ISSUER, SIGNATURE, CheckResult, Outcome, rfc3339

_SEAL: Final = "eseal"
_OPEN: Final = frozenset(
    {"no_seal_anchors", "unknown_authority", "certificate_expired", "organisation_unstated"}
)
"""What may be different to whoever knows more; all else is wrong whoever looks."""


def issued_by_certificate(case: Case, seal: Seal) -> CheckResult:
    """Check 1: whether a trusted authority says that the seal is that of the organisation named as issuer.

    Judged now: nothing that is looked at here shows how old the seal is.
    """
    certificate, evidence = seal.chain.seal, seal_evidence(seal)
    try:
        evidence["path"] = list(_checked(case, seal))
        _check_organisation(case, certificate)
    except CertificateRefused as error:
        outcome = Outcome.NOT_DETERMINABLE if error.reason in _OPEN else Outcome.FAILED
        return CheckResult(ISSUER, outcome, error.sentence, evidence, seal_findings(seal), error.reason)
    sentence = f"Sealed by {_whose(certificate)}, as a certificate says that leads to a trusted authority."
    findings = (*seal_findings(seal), "Whether the certificate of its seal was revoked is not looked at.")
    return CheckResult(ISSUER, Outcome.PASSED, sentence, evidence, findings)


def with_certificate(case: Case, seal: Seal, result: CheckResult) -> CheckResult:
    """The result of check 1 for a DID that has the seal's key, with what the certificate adds to it."""
    evidence, findings = {**result.evidence, **seal_evidence(seal)}, seal_findings(seal)
    try:
        evidence["path"] = list(_checked(case, seal))
    except CertificateRefused as error:
        evidence["certificateReason"] = error.reason
        findings = (*findings, f"Its issuer is known by its DID, not by its certificate: {error.sentence}")
    return CheckResult(
        ISSUER,
        result.outcome,
        f"{result.sentence.removesuffix('.')}; it has the key of the seal.",
        evidence,
        (*result.findings, *findings),
        result.reason,
    )


def sealed_with_certificate(case: Case, seal: Seal) -> CheckResult:
    """Check 2: whether the key of the certificate made the seal."""
    certificate = seal.chain.seal
    evidence = {
        "verificationMethod": case.secured.verification_method,
        "algorithm": case.secured.algorithm,
        "judgedAt": rfc3339(case.judged_moment),
    }
    assert case.secured.jws is not None
    try:
        verify_parsed(case.secured.jws, jwk=certificate.jwk, algorithms=SEAL_ALGORITHMS)
    except UnfitKey as error:
        sentence = f"The key of the certificate cannot have made this seal: {error.reason}."
        return CheckResult(SIGNATURE, Outcome.FAILED, sentence, evidence, reason="unfit_key")
    except InvalidSignature:
        sentence = "It was altered after it was sealed, or not sealed by the key of the certificate."
        return CheckResult(SIGNATURE, Outcome.FAILED, sentence, evidence, reason="signature_mismatch")
    sentence = f"Sealed by the key of a certificate of {_whose(certificate)}."
    return CheckResult(SIGNATURE, Outcome.PASSED, sentence, evidence)


def seal_evidence(seal: Seal) -> dict[str, Any]:
    """The seal as checks show it: whose certificate, what for, when it was made, what else is with it."""
    certificate = seal.chain.seal
    return {
        "organisation": certificate.organisation,
        "organisationIdentifier": certificate.organisation_identifier,
        "namedIssuer": seal.named_issuer,
        "sealedAt": rfc3339(seal.sealed_at),
        "certificate": {
            "subject": certificate.subject,
            "issuer": certificate.issuer,
            "serialNumber": f"{certificate.serial_number:x}",
            "notBefore": rfc3339(certificate.not_before),
            "notAfter": rfc3339(certificate.not_after),
            "sha256": certificate.fingerprint.hex(),
            "qualified": certificate.statements.qualified,
            "qcTypes": list(certificate.statements.types),
        },
        "signedProperties": list(seal.signed_properties),
        "addedProperties": list(seal.added),
    }


def seal_findings(seal: Seal) -> tuple[str, ...]:
    """What came with the seal and is not judged."""
    if not seal.added and "adoTst" not in seal.signed_properties:
        return ()
    names = [*(name for name in seal.signed_properties if name == "adoTst"), *seal.added]
    shown = ", ".join(dict.fromkeys(name[:40] for name in names[:8]))
    return (f"Its seal carries time stamps or other evidence that is not judged here: {shown}.",)


def _checked(case: Case, seal: Seal) -> tuple[str, ...]:
    """The path to a trusted authority, of a certificate that is for seals and was in force when it sealed.

    Raises:
        CertificateRefused: there is none, or the certificate is for something else.
    """
    certificate = seal.chain.seal
    if not certificate.for_signatures:
        sentence = "The certificate of its seal is of a key that is not for signatures."
        raise CertificateRefused("certificate_purpose", sentence)
    types = certificate.statements.types
    if types and _SEAL not in types:
        sentence = f"The certificate is not for seals of organisations, but for: {', '.join(types)}."
        raise CertificateRefused("certificate_purpose", sentence)
    sealed = ledger_seconds(seal.sealed_at)
    begin, end = ledger_seconds(certificate.not_before), ledger_seconds(certificate.not_after)
    if not begin - SKEW <= sealed <= end + SKEW:
        sentence = (
            f"It says that it was sealed on {rfc3339(seal.sealed_at)}, when its certificate was not in force."
        )
        raise CertificateRefused("sealed_out_of_time", sentence)
    port = case.ports.seal_anchors
    anchors = () if port is None else port.certificates()
    return path_to_anchor(seal.chain, anchors=anchors, at=case.judged_moment)


def _check_organisation(case: Case, certificate: SealCertificate) -> None:
    whose = issuing_organisation(case.credential.members).is_holder_of(certificate)
    if whose:
        return
    if whose is None:
        sentence = (
            f"The seal is that of {_whose(certificate)}; the credential does not say that its issuer is that "
            "organisation, by its eIDAS identifier or its legal name."
        )
        raise CertificateRefused("organisation_unstated", sentence)
    sentence = f"The seal is that of {_whose(certificate)}, and the credential names another issuer."
    raise CertificateRefused("other_organisation", sentence)


def _whose(certificate: SealCertificate) -> str:
    name = certificate.organisation or certificate.subject
    identifier = certificate.organisation_identifier
    return f"{name} ({identifier})" if identifier else name
