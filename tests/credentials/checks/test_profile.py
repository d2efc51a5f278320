"""Check 9, which informs and never decides."""

from credentials.checks.profile import check_profile
from credentials.verdict import REQUIRED, Outcome
from tests.credentials.cases import case_of, verdict_on
from tests.credentials.test_microcredential import COMPLETE
from tests.credentials.world import country


def test_missing_elements_are_named_and_do_not_decide() -> None:
    home = country()
    result = check_profile(case_of(home.world, home.credential))
    assert (result.outcome, result.reason) == (Outcome.FAILED, "elements_missing")
    assert "3 of the 11 standard elements" in result.sentence
    assert "learning outcomes" in result.sentence
    assert "profile" not in REQUIRED
    assert verdict_on(home.world, home.credential).outcome == "valid"


def test_a_complete_micro_credential_passes() -> None:
    home = country(lambda world, actor: world.issue(actor, subject=COMPLETE["credentialSubject"]))
    result = check_profile(case_of(home.world, home.credential))
    assert (result.outcome, result.reason) == (Outcome.PASSED, None)
    assert len(result.evidence["elements"]) == 11


def test_other_credentials_have_no_such_profile() -> None:
    home = country()
    types = ("VerifiableCredential", "VerifiableAttestation", "StudentCard")
    card = home.world.issue(home.university, types=types, subject={"id": "did:key:z1"})
    result = check_profile(case_of(home.world, card))
    assert (result.outcome, result.reason) == (Outcome.NOT_APPLICABLE, "no_micro_credential")
