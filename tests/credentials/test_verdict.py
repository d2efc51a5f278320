"""Verdicts: which outcome decides, and the JSON form that others rely on."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import product

import pytest

from credentials.verdict import (
    ANCHOR,
    CHECKS,
    PROFILE,
    REQUIRED,
    SIGNATURE,
    STATUS,
    CheckName,
    CheckResult,
    Outcome,
    Verdict,
    rfc3339,
)

MOMENT = datetime(2026, 11, 22, 9, 30, 1, 999_999, tzinfo=UTC)


def _verdict(*relaxed: str, **outcomes: Outcome) -> Verdict:
    results = tuple(
        CheckResult(
            check,
            outcomes.get(check.name, Outcome.PASSED),
            f"Sentence on {check.name}.",
            findings=(f"Finding on {check.name}.",) if check in {STATUS, PROFILE} else (),
        )
        for check in CHECKS
    )
    return Verdict(
        results=results,
        at=MOMENT,
        judged_at=MOMENT - timedelta(days=1),
        digest=bytes(32),
        issuer="did:ebsi:z1",
        credential_id=None,
        relaxed=relaxed,
        required=REQUIRED - set(relaxed),
    )


def test_checks_are_numbered_in_their_order() -> None:
    assert [check.number for check in CHECKS] == list(range(11))
    assert [check.name for check in CHECKS if check.name not in REQUIRED] == ["profile", "holder"]


@pytest.mark.parametrize(("signature", "status"), list(product(Outcome, Outcome)))
def test_one_failure_makes_invalid_and_one_gap_indeterminate(signature: Outcome, status: Outcome) -> None:
    verdict = _verdict(signature=signature, status=status)
    outcomes = {signature, status}
    if Outcome.FAILED in outcomes:
        assert verdict.outcome == "invalid"
    elif Outcome.NOT_DETERMINABLE in outcomes:
        assert verdict.outcome == "indeterminate"
    else:
        assert verdict.outcome == "valid"
        assert verdict.deciding is None


def test_a_failure_decides_before_an_earlier_gap() -> None:
    verdict = _verdict(signature=Outcome.NOT_DETERMINABLE, status=Outcome.FAILED)
    assert verdict.deciding == verdict.result(STATUS)
    assert verdict.sentence == "Sentence on status."
    assert _verdict(signature=Outcome.NOT_DETERMINABLE).sentence == "Sentence on signature."


def test_what_is_not_required_decides_nothing() -> None:
    assert _verdict(profile=Outcome.FAILED, holder=Outcome.NOT_DETERMINABLE).outcome == "valid"
    relaxed = _verdict("anchor", anchor=Outcome.FAILED)
    assert relaxed.outcome == "valid"
    assert relaxed.sentence == (
        "Valid by a policy that does not require: anchor. Not required, anchor: Sentence on anchor."
    )


def test_a_policy_hides_nothing_that_was_found() -> None:
    relaxed = _verdict(
        "schema",
        "status",
        "anchor",
        schema=Outcome.PASSED,
        status=Outcome.FAILED,
        anchor=Outcome.NOT_APPLICABLE,
    )
    assert relaxed.sentence == (
        "Valid by a policy that does not require: schema, status, anchor. "
        "Not required, status: Sentence on status."
    )
    assert _verdict("status").sentence == "Valid by a policy that does not require: status."


def test_a_past_time_that_was_asked_for_stands_in_the_sentence() -> None:
    asked = "As of 2026-11-22T09:30:01Z: "
    genuine = "Genuine, in force, and issued by somebody accredited."
    assert replace(_verdict(), past=True).sentence == asked + genuine
    assert replace(_verdict(status=Outcome.FAILED), past=True).sentence == f"{asked}Sentence on status."


def test_a_valid_credential_is_called_genuine() -> None:
    assert _verdict().sentence == "Genuine, in force, and issued by somebody accredited."


def test_a_result_is_found_by_its_check() -> None:
    verdict = _verdict(anchor=Outcome.FAILED)
    assert verdict.result(ANCHOR).outcome is Outcome.FAILED
    assert verdict.result(SIGNATURE).check == CheckName(2, "signature")


def test_the_json_form_has_every_member_and_prints() -> None:
    printed = _verdict("anchor", anchor=Outcome.FAILED).to_json()
    assert json.loads(json.dumps(printed)) == printed
    assert list(printed) == [
        "schema", "outcome", "sentence", "at", "judgedAt", "credential", "checks", "relaxed", "findings",
    ]  # fmt: skip
    assert printed["schema"] == "ankyra-verdict/1"
    assert (printed["at"], printed["judgedAt"]) == ("2026-11-22T09:30:01Z", "2026-11-21T09:30:01Z")
    assert printed["credential"] == {"id": None, "issuer": "did:ebsi:z1", "digest": "00" * 32}
    assert printed["relaxed"] == ["anchor"]
    assert printed["findings"] == ["Finding on status.", "Finding on profile."]
    assert printed["checks"][7] == {
        "number": 7,
        "name": "anchor",
        "outcome": "failed",
        "required": False,
        "reason": None,
        "sentence": "Sentence on anchor.",
        "evidence": {},
    }
    assert printed["checks"][2]["required"] is True


def test_without_a_digest_the_json_form_has_null() -> None:
    verdict = Verdict(
        results=(),
        at=MOMENT,
        judged_at=MOMENT,
        digest=None,
        issuer=None,
        credential_id=None,
        relaxed=(),
        required=REQUIRED,
    )
    assert verdict.to_json()["credential"] == {"id": None, "issuer": None, "digest": None}


def test_times_are_printed_in_utc_and_whole_seconds() -> None:
    athens = timezone(timedelta(hours=2))
    assert rfc3339(datetime(2026, 11, 22, 1, 0, tzinfo=athens)) == "2026-11-21T23:00:00Z"
