"""Check 10 of one credential: whether whoever shows it is the one that it is about."""

from collections.abc import Mapping
from typing import Any

import pytest

from credentials.checks.holder import check_holder
from credentials.confirmation import confirmation_of
from credentials.presented_by import PresentedBy
from credentials.securing.reading import read_secured
from credentials.verdict import HOLDER, CheckResult, Outcome
from tests.credentials.cases import case_of, verdict_on
from tests.credentials.credential_makers import LEARNER
from tests.credentials.securing.credentials import json_ld
from tests.credentials.world import Country, country

KID = f"{LEARNER}#{LEARNER.removeprefix('did:key:')}"
GOOD = CheckResult(HOLDER, Outcome.PASSED, "Signed.", {"verificationMethod": KID})


@pytest.fixture(scope="module")
def home() -> Country:
    return country()


def shown_by(
    holder: str | None = LEARNER, *, jwk: Mapping[str, Any] | None = None, result: CheckResult = GOOD
) -> PresentedBy:
    return PresentedBy(holder=holder, verification_method=KID, jwk=jwk, result=result)


def about(home: Country, *subjects: Mapping[str, Any]) -> bytes:
    """A credential about these subjects."""

    def edit(members: dict[str, Any]) -> None:
        members["credentialSubject"] = [dict(subject) for subject in subjects]

    return home.world.issue(home.university, edit=edit)


def test_a_credential_alone_has_no_holder_to_check(home: Country) -> None:
    result = check_holder(case_of(home.world, home.credential))
    assert (result.check, result.outcome) == (HOLDER, Outcome.NOT_APPLICABLE)
    assert result.reason == "no_presentation"
    assert not verdict_on(home.world, home.credential).to_json()["checks"][10]["required"]


def test_its_subject_may_show_it(home: Country) -> None:
    result = check_holder(case_of(home.world, home.credential, presented=shown_by()))
    assert result.outcome is Outcome.PASSED
    assert result.evidence == {"verificationMethod": KID, "holder": LEARNER}
    verdict = verdict_on(home.world, home.credential, presented=shown_by())
    assert verdict.outcome == "valid"
    assert verdict.to_json()["checks"][10]["required"]


def test_somebody_else_may_not(home: Country) -> None:
    verdict = verdict_on(home.world, home.credential, presented=shown_by("did:key:zOther"))
    assert (verdict.outcome, verdict.result(HOLDER).reason) == ("invalid", "other_subject")
    relaxed = verdict_on(
        home.world,
        home.credential,
        presented=shown_by("did:key:zOther"),
        policy=home.world.policy("holder"),
    )
    assert relaxed.outcome == "valid"
    assert "Not required, holder: It is about somebody else" in relaxed.sentence


def test_whoever_names_no_holder_is_not_the_subject(home: Country) -> None:
    result = check_holder(case_of(home.world, home.credential, presented=shown_by(None)))
    assert result.reason == "other_subject"


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.NOT_DETERMINABLE])
def test_what_is_wrong_with_the_presentation_is_wrong_with_each_credential(
    home: Country, outcome: Outcome
) -> None:
    bad = CheckResult(HOLDER, outcome, "Not so.", reason="other_nonce")
    verdict = verdict_on(home.world, home.credential, presented=shown_by(result=bad))
    assert verdict.result(HOLDER) == bad
    assert verdict.outcome == ("invalid" if outcome is Outcome.FAILED else "indeterminate")


@pytest.mark.parametrize(
    ("subjects", "outcome", "reason"),
    [
        ([{"id": LEARNER, "a": 1}, {"id": LEARNER, "a": 2}], Outcome.PASSED, None),
        ([{"id": LEARNER, "a": 1}, {"id": "did:key:z2"}], Outcome.FAILED, "other_subject"),
        ([{"a": 1}, {"id": "did:key:z2"}], Outcome.FAILED, "other_subject"),
        ([{"id": LEARNER, "a": 1}, {"a": 2}], Outcome.NOT_DETERMINABLE, "subject_not_named"),
        ([{"a": 1}], Outcome.NOT_DETERMINABLE, "subject_not_named"),
    ],
)
def test_all_of_its_subjects_are_looked_at(
    home: Country, subjects: list[dict[str, Any]], outcome: Outcome, reason: str | None
) -> None:
    document = about(home, *subjects)
    result = check_holder(case_of(home.world, document, presented=shown_by()))
    assert (result.outcome, result.reason) == (outcome, reason)


def test_a_named_key_decides_before_the_subject(home: Country) -> None:
    key, other = home.world.key(), home.world.key()
    bound = home.world.issue(home.university, claims={"cnf": {"jwk": dict(key.jwk)}})
    passed = check_holder(case_of(home.world, bound, presented=shown_by("did:key:zOther", jwk=key.jwk)))
    assert passed.outcome is Outcome.PASSED
    for jwk in (other.jwk, None):
        failed = check_holder(case_of(home.world, bound, presented=shown_by(jwk=jwk)))
        assert (failed.outcome, failed.reason) == (Outcome.FAILED, "other_key")


def test_a_named_key_stands_in_a_credential_of_the_newer_model_too(home: Country) -> None:
    key = home.world.key()
    bound = home.world.issue(home.university, version="2.0", claims={"cnf": {"kid": KID}})
    assert check_holder(case_of(home.world, bound, presented=shown_by())).outcome is Outcome.PASSED
    other = home.world.issue(
        home.university, version="2.0", edit=lambda members: members.update(cnf={"kid": key.fragment})
    )
    assert check_holder(case_of(home.world, other, presented=shown_by())).reason == "other_key"


def test_a_named_key_stands_in_a_document_with_a_proof_too() -> None:
    assert confirmation_of(read_secured(json_ld(cnf={"kid": KID}))) == {"kid": KID}
    assert confirmation_of(read_secured(json_ld())) is None


@pytest.mark.parametrize(
    ("confirmation", "reason"),
    [
        (7, "unknown_confirmation"),
        ({}, "unknown_confirmation"),
        ({"jku": "https://keys.example"}, "unknown_confirmation"),
        ({"kid": KID, "jwk": {}}, "unknown_confirmation"),
        ({"jwk": 7}, "other_key"),
        ({"jwk": {"kty": "EC"}}, "other_key"),
        ({"kid": None}, "other_key"),
    ],
    ids=repr,
)
def test_a_binding_that_cannot_be_read_binds_to_nobody(
    home: Country, confirmation: object, reason: str
) -> None:
    bound = home.world.issue(home.university, claims={"cnf": confirmation})
    result = check_holder(case_of(home.world, bound, presented=shown_by(jwk=home.world.key().jwk)))
    assert (result.outcome, result.reason) == (Outcome.FAILED, reason)
