from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from credentials.securing.reading import read_secured
from credentials.verdict import (
    ACCREDITATION,
    ANCHOR,
    FORMAT,
    ISSUER,
    SIGNATURE,
    TIMELINE,
    CheckResult,
    Outcome,
)
from tests.credentials.cases import verdict_on
from tests.credentials.sealing import Trusted
from tests.credentials.securing.certificates import (
    ESIGN,
    IDENTIFIER,
    NOW,
    YEAR,
    Sealer,
    authority,
    name,
    sealer,
    usage,
)
from tests.credentials.securing.sealed import ISSUER as ORGANISATION
from tests.credentials.securing.sealed import members, sealed
from tests.credentials.world import World

SEALER = sealer()
TRUSTED = Trusted(SEALER.anchors)
HOUR = timedelta(hours=1)


def _world() -> World:
    world = World()
    world.actor("Somebody")
    world.wait(3600)
    return world


def _issuer(document: bytes, *, trusted: Trusted | None = TRUSTED, **asked: Any) -> CheckResult:
    return verdict_on(_world(), document, seal_anchors=trusted, **asked).result(ISSUER)


def _ended(result: CheckResult) -> tuple[Outcome, str | None]:
    return result.outcome, result.reason


def test_a_certificate_that_leads_to_a_trusted_authority_tells_the_issuer() -> None:
    verdict = verdict_on(_world(), sealed(), seal_anchors=TRUSTED)
    result = verdict.result(ISSUER)
    assert _ended(result) == (Outcome.PASSED, None)
    assert f"University of Somewhere ({IDENTIFIER})" in result.sentence
    assert [path.rpartition("CN=")[2] for path in result.evidence["path"]] == ["Seal", "Seals", "Root"]
    assert result.evidence["certificate"]["qualified"] is True
    assert result.evidence["certificate"]["serialNumber"] == "7"
    assert verdict.findings == ("Whether the certificate of its seal was revoked is not looked at.",)
    assert verdict.result(FORMAT).evidence["mechanism"] == "jades"
    assert _ended(verdict.result(SIGNATURE)) == (Outcome.PASSED, None)
    assert _ended(verdict.result(TIMELINE)) == (Outcome.PASSED, None)
    assert _ended(verdict.result(ACCREDITATION)) == (Outcome.NOT_DETERMINABLE, "no_framework")
    assert _ended(verdict.result(ANCHOR)) == (Outcome.NOT_APPLICABLE, "foreign_issuer")
    assert verdict.outcome == "indeterminate"


def test_without_an_anchor_the_sentence_says_what_is_missing() -> None:
    for trusted, reason in (
        (None, "no_seal_anchors"),
        (Trusted(()), "no_seal_anchors"),
        (Trusted((authority("Other", 9).der,)), "unknown_authority"),
    ):
        result = _issuer(sealed(), trusted=trusted)
        assert _ended(result) == (Outcome.NOT_DETERMINABLE, reason)
        assert "Seals" in result.sentence
        assert "seal_anchors" in result.sentence


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"not_after": NOW + timedelta(minutes=30)}, (Outcome.NOT_DETERMINABLE, "certificate_expired")),
        ({"not_before": NOW + 3 * HOUR}, (Outcome.FAILED, "sealed_out_of_time")),
        ({"not_after": NOW - HOUR}, (Outcome.FAILED, "sealed_out_of_time")),
        ({"key_usage": usage(key_agreement=True)}, (Outcome.FAILED, "certificate_purpose")),
        ({"key_usage": None}, (Outcome.FAILED, "certificate_purpose")),
        ({"statements": ESIGN}, (Outcome.FAILED, "certificate_purpose")),
        ({"statements": None}, (Outcome.PASSED, None)),
        ({"subject": name("Seal", "Elsewhere", "VATES-B1")}, (Outcome.FAILED, "other_organisation")),
        ({"subject": name("Seal", "University of Somewhere")}, (Outcome.PASSED, None)),
        ({"subject": name("Seal", "Elsewhere")}, (Outcome.NOT_DETERMINABLE, "organisation_unstated")),
        ({"subject": name("Seal")}, (Outcome.NOT_DETERMINABLE, "organisation_unstated")),
        ({"issuer": authority("Seals", 9)}, (Outcome.FAILED, "path_refused")),
    ],
)
def test_each_fault_of_a_certificate_has_its_reason(
    changes: dict[str, Any], expected: tuple[Outcome, str | None]
) -> None:
    result = _issuer(sealed(of=SEALER.but(**changes)))
    assert _ended(result) == expected
    assert result.sentence.endswith(".")


def test_a_certificate_that_has_yet_to_begin_is_refused() -> None:
    later = SEALER.but(not_before=NOW + 3 * HOUR)
    result = _issuer(sealed(of=later, sigT="2026-11-21T14:00:00Z"))
    assert _ended(result) == (Outcome.FAILED, "certificate_not_yet_valid")


def test_a_minute_beside_the_certificates_time_is_no_fault() -> None:
    begun = SEALER.but(not_before=NOW + timedelta(seconds=60))
    assert _issuer(sealed(of=begun)).outcome is Outcome.PASSED
    late = SEALER.but(not_before=NOW + timedelta(seconds=61))
    assert _issuer(sealed(of=late)).reason == "sealed_out_of_time"


def test_an_expired_certificate_is_not_good_for_whoever_asks_of_the_past() -> None:
    world = _world()
    world.wait(int(2 * YEAR.total_seconds()))
    verdict = verdict_on(world, sealed(), at=NOW + HOUR, seal_anchors=TRUSTED)
    assert _ended(verdict.result(ISSUER)) == (Outcome.NOT_DETERMINABLE, "certificate_expired")


def test_a_credential_that_does_not_say_who_issued_it_is_nobodys() -> None:
    for issuer in ("https://university.example", {"id": "urn:x", "legalName": {"en": "University"}}):
        result = _issuer(sealed(members(issuer=issuer)))
        assert _ended(result) == (Outcome.NOT_DETERMINABLE, "organisation_unstated")
    assert _issuer(sealed(members(issuer=ORGANISATION))).outcome is Outcome.PASSED


def test_a_changed_payload_or_another_key_fails() -> None:
    protected, payload, signature = sealed().decode().split(".")
    _, other, _ = sealed(members(name="Another")).decode().split(".")
    forged = f"{protected}.{other}.{signature}".encode()
    assert _ended(_signature(forged)) == (Outcome.FAILED, "signature_mismatch")
    stranger = _with_key(Sealer(sealer(number=8).private, SEALER.certificate, *_rest(SEALER)))
    assert _ended(_signature(stranger)) == (Outcome.FAILED, "signature_mismatch")
    assert _ended(_signature(sealed(alg="RS256"))) == (Outcome.FAILED, "unfit_key")
    assert payload


def _with_key(of: Sealer) -> bytes:
    return sealed(of=of)


def _rest(of: Sealer) -> tuple[Any, ...]:
    return of.above, of.root, of.middle


def _signature(document: bytes) -> CheckResult:
    verdict = verdict_on(_world(), document, seal_anchors=TRUSTED)
    assert verdict.outcome == "invalid"
    return verdict.result(SIGNATURE)


def test_what_is_not_judged_is_found() -> None:
    stamped = sealed(
        form="general",
        unprotected={"etsiU": [{"sigTst": {}}, {"rVals": {}}, {"sigTst": {}}]},
        adoTst={"tstTokens": [{"val": "AAAA"}]},
        srCms=[],
    )
    verdict = verdict_on(_world(), stamped, seal_anchors=TRUSTED)
    assert verdict.findings[0] == (
        "Its seal carries time stamps or other evidence that is not judged here: adoTst, sigTst, rVals."
    )
    evidence = verdict.result(ISSUER).evidence
    assert evidence["signedProperties"] == ["srCms", "adoTst"]
    assert evidence["addedProperties"] == ["sigTst", "rVals", "sigTst"]
    only_added = sealed(form="general", unprotected={"etsiU": [{"sigTst": {}}]})
    assert "sigTst" in verdict_on(_world(), only_added, seal_anchors=TRUSTED).findings[0]


def test_words_in_an_unprotected_header_are_never_valid() -> None:
    document = sealed(form="general", unprotected={"x5c": [], "kid": "x"})
    verdict = verdict_on(_world(), document, seal_anchors=TRUSTED)
    assert _ended(verdict.result(FORMAT)) == (Outcome.NOT_DETERMINABLE, "not_judged")


def test_the_commissions_sealed_sample_is_sealed_and_its_authority_is_missing(vectors: Path) -> None:
    document = (vectors / "elm-v3" / "Sample-MC-Annex1-signed.jsonld").read_bytes()
    verdict = verdict_on(_world(), document, seal_anchors=TRUSTED)
    assert verdict.result(FORMAT).outcome is Outcome.PASSED
    assert _ended(verdict.result(SIGNATURE)) == (Outcome.PASSED, None)
    issuer = verdict.result(ISSUER)
    assert _ended(issuer) == (Outcome.NOT_DETERMINABLE, "unknown_authority")
    assert "ANF AC Qualified Certificates for eSeal" in issuer.sentence
    assert "seal_anchors" in issuer.sentence
    assert issuer.evidence["organisationIdentifier"] == "VATES-A00000000"
    assert issuer.evidence["certificate"]["qcTypes"] == ["eseal"]
    assert issuer.evidence["addedProperties"] == ["sigTst", "xVals", "rVals", "arcTst"]
    assert verdict.outcome == "indeterminate"


def test_the_sample_with_its_own_certificate_trusted_has_only_expired(vectors: Path) -> None:
    document = (vectors / "elm-v3" / "Sample-MC-Annex1-signed.jsonld").read_bytes()
    seal = read_secured(document).parts
    der = getattr(seal, "chain").seal_der  # noqa: B009 - one of several kinds of parts
    verdict = verdict_on(World(), document, seal_anchors=Trusted((der,)))
    assert _ended(verdict.result(ISSUER)) == (Outcome.NOT_DETERMINABLE, "certificate_expired")
    assert "2025-05-10" in verdict.result(ISSUER).sentence


def test_no_changed_character_of_the_sample_is_good(vectors: Path) -> None:
    document = (vectors / "elm-v3" / "Sample-MC-Annex1-signed.jsonld").read_bytes()
    begin, end = document.index(b'"payload"') + 12, document.index(b'"signatures"') - 4
    for place in range(begin, end, (end - begin) // 40):
        changed = bytearray(document)
        changed[place] ^= 1
        verdict = verdict_on(World(), bytes(changed))
        assert verdict.result(SIGNATURE).outcome is not Outcome.PASSED
