"""Sums over claims: nothing counted twice, and nothing taken where a credential says two things."""

from decimal import Decimal
from typing import Any

import pytest

from credentials.microcredential import MicroCredential, read_micro_credential

ECTS = {"prefLabel": {"en": "ECTS"}}


def claim(
    *points: Any, hours: str | None = None, kind: str = "LearningAchievement", **more: Any
) -> dict[str, Any]:
    specified: dict[str, Any] = {"creditPoint": [{"framework": ECTS, "point": one} for one in points], **more}
    if hours is not None:
        specified["volumeOfLearning"] = hours
    return {"type": kind, "specifiedBy": specified}


def read(*claims: Any, **members: Any) -> MicroCredential:
    found = read_micro_credential({"credentialSubject": {"hasClaim": list(claims), **members}})
    assert found is not None
    return found


def test_claims_of_one_credential_are_summed() -> None:
    found = read(claim("2", hours="PT50H"), claim("0.5", hours="PT12H30M"), claim())
    assert (found.ects, found.hours, found.remarks) == (Decimal("2.5"), Decimal("62.5"), ())


def test_subjects_of_one_credential_are_summed() -> None:
    subjects = [{"hasClaim": claim("2")}, {"hasClaim": claim("3")}]
    found = read_micro_credential({"credentialSubject": subjects})
    assert found is not None
    assert found.ects == Decimal(5)


def test_two_numbers_for_one_claim_are_none() -> None:
    found = read(claim("2", "3", hours="PT50H"))
    assert (found.ects, found.hours) == (None, Decimal(50))
    assert found.remarks == ("It names several numbers of ECTS credits for one achievement: none is taken.",)
    assert read(claim("2", "2.0")).ects == Decimal(2)


def test_one_number_that_cannot_be_read_spoils_the_sum() -> None:
    found = read(claim("2"), claim("six"))
    assert (found.ects, found.remarks) == (None, ())
    assert found.element("workload").state == "malformed"


def test_credits_received_stand_where_none_are_specified() -> None:
    received = {**claim("2"), "creditReceived": {"framework": ECTS, "point": "1"}}
    assert read(received).ects == Decimal(2)
    only = {"creditReceived": {"framework": ECTS, "point": "1"}}
    assert read(only).ects == Decimal(1)


def test_activities_beside_an_achievement_are_not_counted_again() -> None:
    activity = claim(hours="PT50H", kind="LearningActivity")
    assert read(claim("2", hours="PT50H"), activity).hours == Decimal(50)
    assert read(activity).hours == Decimal(50)
    assert read(claim("2"), activity).hours == Decimal(50)
    listed = {**claim(hours="PT50H"), "type": ["LearningAchievement", "Claim"]}
    assert read(listed, activity).hours == Decimal(50)
    assert read({**activity, "type": []}, "a claim").hours == Decimal(50)


def test_what_a_subject_says_of_itself_agrees_with_its_claims_or_nothing_is_taken() -> None:
    assert read(claim("2"), ECTSCreditPoints=2).ects == Decimal(2)
    found = read(claim("2"), ECTSCreditPoints=5)
    assert found.ects is None
    assert len(found.remarks) == 1
    assert read(claim(), ECTSCreditPoints=5).ects == Decimal(5)


def test_nothing_is_summed_of_a_list_that_is_not_looked_at_to_its_end() -> None:
    found = read(*[claim("1", hours="PT1H")] * 65)
    assert (found.ects, found.hours) == (None, None)
    assert (
        found.remarks[0] == "Of a list in it only the first 64 were looked at: ECTS credits are not summed."
    )
    assert read(*[claim("1")] * 64).ects == Decimal(64)


@pytest.mark.parametrize("levels", [("5", "6"), ("6", "5")])
def test_several_levels_are_no_level(levels: tuple[str, str]) -> None:
    found = read(*(claim("1", eqfLevel=level) for level in levels))
    assert (found.eqf_level, found.remarks) == (None, ("It names several EQF levels: none is taken.",))
    assert found.element("level").state == "present"
    assert read(claim(eqfLevel="5"), claim(eqfLevel="5")).eqf_level == 5


def test_several_settings_are_none_and_any_larger_whole_makes_it_stackable() -> None:
    found = read(claim(learningSetting="formal"), claim(learningSetting="non-formal"))
    assert (found.formal, found.remarks) == (None, ("It names several learning settings: none is taken.",))
    assert read(claim(isPartialQualification=False), claim(isPartialQualification=True)).stackable is True
    assert read(claim(isPartialQualification=False)).stackable is False
    assert read(claim()).stackable is None


def test_of_several_award_dates_the_last_counts() -> None:
    dated = [{"awardedBy": {"awardingDate": day}} for day in ("2026-01-02", "2026-03-04", "2026-02-03")]
    found = read(*dated)
    assert found.awarded_on is not None
    assert found.awarded_on.isoformat() == "2026-03-04T00:00:00+00:00"
    assert read({"awardedBy": {"awardingDate": "soon"}}).awarded_on is None
