import base64
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from credentials.errors import CertificateRefused, UnusableCertificate
from credentials.securing.certificate import CertificateChain, read_chain
from credentials.securing.certificate_path import path_to_anchor

from .certificates import NOW, YEAR, Sealer, authority, issue, name, sealer, usage

SEALER = sealer()
SECOND = timedelta(seconds=1)


def _chain(of: Sealer = SEALER, *, alone: bool = False) -> CertificateChain:
    ders = of.x5c[:1] if alone else of.x5c
    return read_chain([base64.b64encode(der).decode() for der in ders])


def _refusal(
    chain: CertificateChain, anchors: tuple[bytes, ...] = SEALER.anchors, at: datetime = NOW
) -> CertificateRefused:
    with pytest.raises(CertificateRefused) as refused:
        path_to_anchor(chain, anchors=anchors, at=at)
    return refused.value


def test_a_path_leads_to_the_root_or_to_whichever_authority_is_trusted() -> None:
    subject, middle, root = (
        SEALER.certificate.subject,
        "O=Trust Services,CN=Seals",
        "O=Trust Services,CN=Root",
    )
    own = subject.rfc4514_string()
    assert path_to_anchor(_chain(), anchors=SEALER.anchors, at=NOW) == (own, middle, root)
    assert path_to_anchor(_chain(alone=True), anchors=(SEALER.middle.der,), at=NOW) == (own, middle)
    assert path_to_anchor(_chain(), anchors=(authority("Other", 9).der, SEALER.root.der), at=NOW)[-1] == root


def test_a_single_seal_may_be_trusted_as_it_is() -> None:
    own, anchors = SEALER.certificate.subject.rfc4514_string(), (SEALER.x5c[0],)
    assert path_to_anchor(_chain(), anchors=anchors, at=NOW) == (own,)
    assert _refusal(_chain(), anchors, NOW + 2 * YEAR).reason == "certificate_expired"
    assert _refusal(_chain(), anchors, NOW - 2 * YEAR).reason == "certificate_not_yet_valid"


def test_a_certificate_is_good_from_its_first_second_to_its_last() -> None:
    for at in (NOW - YEAR, NOW + YEAR):
        assert path_to_anchor(_chain(), anchors=SEALER.anchors, at=at)


def test_a_certificate_out_of_its_time_is_told_from_a_bad_one() -> None:
    shorter = SEALER.but(not_before=NOW - 5 * SECOND, not_after=NOW + 5 * SECOND)
    early, late = (_refusal(_chain(shorter), at=NOW + step * SECOND) for step in (-6, 6))
    assert (early.reason, late.reason) == ("certificate_not_yet_valid", "certificate_expired")
    assert "2026-11-21T09:59:55Z" in early.sentence
    assert "2026-11-21T10:00:05Z" in late.sentence


def test_without_an_authority_to_trust_the_sentence_names_the_setting_and_who_is_missing() -> None:
    missing, unknown = _refusal(_chain(), ()), _refusal(_chain(), (authority("Other", 9).der,))
    assert (missing.reason, unknown.reason) == ("no_seal_anchors", "unknown_authority")
    for refused in (missing, unknown):
        assert "issued by Seals" in refused.sentence
        assert "seal_anchors" in refused.sentence


def test_an_expired_certificate_of_an_unknown_authority_is_of_an_unknown_authority() -> None:
    refused = _refusal(_chain(), (authority("Other", 9).der,), NOW + 2 * YEAR)
    assert refused.reason == "unknown_authority"


def test_a_root_of_the_same_name_with_another_key_signed_nothing() -> None:
    assert _refusal(_chain(), (authority("Root", 9).der,)).reason == "path_refused"


def test_a_middle_that_is_missing_breaks_the_path() -> None:
    assert _refusal(_chain(alone=True)).reason == "unknown_authority"


@pytest.mark.parametrize(
    "changes",
    [
        {"ca": False},
        {"key_usage": usage(digital_signature=True)},
        {"not_after": NOW - SECOND},
        {"not_before": NOW + SECOND},
    ],
)
def test_an_authority_in_between_has_to_be_one_and_in_force(changes: dict[str, Any]) -> None:
    middle = authority("Seals", 2, above=SEALER.root, **changes)
    below = Sealer(
        SEALER.private, SEALER.certificate, (middle.certificate,), SEALER.root, middle, SEALER.made
    )
    assert _refusal(_chain(below)).reason == "path_refused"


def test_a_seal_is_no_authority() -> None:
    seal = SEALER
    subject = name("Another", "Forger")
    own = type(seal.middle)(seal.certificate.subject, seal.private, seal.certificate)
    forged = issue(subject, seal.private.public_key(), own, key_usage=usage(digital_signature=True))
    ders = (forged.public_bytes(Encoding.DER), *seal.x5c)
    chain = read_chain([base64.b64encode(der).decode() for der in ders])
    assert _refusal(chain).reason == "path_refused"


def test_a_key_for_something_else_has_no_path() -> None:
    for key_usage in (None, usage(key_encipherment=True)):
        assert _refusal(_chain(SEALER.but(key_usage=key_usage))).reason == "path_refused"


def test_purposes_beyond_the_key_usage_do_not_matter() -> None:
    email = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
    assert path_to_anchor(_chain(SEALER.but(more=[email])), anchors=SEALER.anchors, at=NOW)


def test_an_anchor_that_is_no_certificate_is_refused() -> None:
    for broken in (b"{}", SEALER.root.der.replace(b"Trust Services", b"Trust\xffServices")):
        with pytest.raises(UnusableCertificate):
            path_to_anchor(_chain(), anchors=(broken,), at=NOW)
