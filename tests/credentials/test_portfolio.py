"""Portfolios: only what is valid counts, each once, and what may be counted twice is named."""

import json
from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from credentials.model import parse_credential
from credentials.portfolio import Judged, Portfolio, portfolio_of
from credentials.portfolio_overlaps import MOST_OVERLAPS
from credentials.verdict import Outcome, VerdictOutcome
from tests.credentials.credential_makers import CONTEXTS, LEARNER

ECTS = {"prefLabel": {"en": "ECTS"}}
OTHER = "did:key:z2"
ESCO = "http://data.europa.eu/esco/skill/"
COOK, SING = f"{ESCO}5fd5c985-eaaa-47aa-8314-62359c54505a", f"{ESCO}00735755-adc6-4ea0-b034-b8caff339c9f"


def micro(
    title: str,
    points: str | None = None,
    *,
    level: int | None = None,
    setting: str | None = None,
    outcomes: tuple[str, ...] = (),
    skills: tuple[str, ...] = (),
    stacks: bool | None = None,
    learner: str | None = LEARNER,
) -> dict[str, Any]:
    """The subject of a micro-credential in the European Learning Model."""
    listed = [{"title": {"en": text}} for text in outcomes]
    listed += [{"title": {"en": title}, "relatedESCOSkill": {"id": one}} for one in skills]
    specified: dict[str, Any] = {
        "creditPoint": None if points is None else {"framework": ECTS, "point": points},
        "eqfLevel": None if level is None else {"id": f"http://data.europa.eu/snb/eqf/{level}"},
        "learningSetting": setting and {"prefLabel": {"en": setting}},
        "learningOutcome": listed or None,
        "isPartialQualification": stacks,
    }
    claim = {
        "type": "LearningAchievement",
        "title": {"en": title},
        "awardedBy": {"awardingBody": {"legalName": {"en": "University"}}},
        "specifiedBy": {name: value for name, value in specified.items() if value is not None},
    }
    subject = {"type": "Person", "hasClaim": claim}
    return subject if learner is None else {"id": learner, **subject}


def judged(
    subject: dict[str, Any] | None,
    outcome: VerdictOutcome = "valid",
    *,
    accredited: Outcome = Outcome.PASSED,
    name: str = "",
) -> Judged:
    members = {
        "@context": [CONTEXTS["2.0"]],
        "type": ["VerifiableCredential"],
        "issuer": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK",
        "credentialSubject": subject,
    }
    return Judged(
        name=name,
        outcome=outcome,
        sentence=f"It is {outcome}.",
        accredited=accredited,
        accreditation=f"Accreditation {accredited}.",
        digest=sha256(json.dumps(subject).encode()).digest() if subject else None,
        credential=parse_credential(members) if subject else None,
    )


def levels(portfolio: Portfolio) -> dict[int | None, tuple[str, str, str, str]]:
    return {
        level.eqf_level: (str(level.ects), str(level.formal), str(level.non_formal), str(level.unstated))
        for level in portfolio.levels
    }


def test_credits_are_summed_by_level_and_by_how_they_were_learnt() -> None:
    found = portfolio_of(
        [
            judged(micro("A", "2.5", level=6, setting="formal")),
            judged(micro("B", "1", level=6, setting="non-formal")),
            judged(micro("C", "0.5", level=6)),
            judged(micro("D", "4", level=5, setting="formal")),
            judged(micro("E", "3")),
        ]
    )
    assert found.total == Decimal(11)
    assert levels(found) == {
        5: ("4", "4", "0", "0"),
        6: ("4.0", "2.5", "1", "0.5"),
        None: ("3", "0", "0", "3"),
    }
    assert [level.eqf_level for level in found.levels] == [5, 6, None]
    assert [level.credentials for level in found.levels] == [(3,), (0, 1, 2), (4,)]
    assert found.learners == (LEARNER,)


def test_only_what_is_valid_counts_and_only_once() -> None:
    one = judged(micro("A", "2", level=6))
    found = portfolio_of(
        [
            one,
            judged(micro("B", "2", level=6), "invalid"),
            judged(micro("C", "2", level=6), "indeterminate"),
            one,
            judged({"id": LEARNER, "name": "Ana"}),
            judged(micro("D")),
            judged(None, "invalid"),
            judged(None, "invalid"),
        ]
    )
    assert found.total == Decimal(2)
    assert [entry.why_not for entry in found.entries] == [
        None,
        "It is invalid.",
        "It is indeterminate.",
        "It is the same as number 0.",
        "It is no micro-credential.",
        "It does not say its credits (ECTS) in a way that can be read.",
        "It is invalid.",
        "It is invalid.",
    ]
    assert found.overlaps == ()


def test_what_several_name_is_named_with_the_credits_that_may_count_twice() -> None:
    found = portfolio_of(
        [
            judged(micro("Cooking", "2", outcomes=("Cooks a meal",), skills=(COOK,))),
            judged(micro("Singing", "3", outcomes=("cooks  a MEAL", "Sings"), skills=(SING,))),
            judged(micro("COOKING", "1", skills=(COOK, SING))),
            judged(micro("Cooking", "9", outcomes=("Cooks a meal",)), "invalid"),
        ]
    )
    told = [(one.kind, one.name, one.credentials, str(one.ects)) for one in found.overlaps]
    assert ("activity", "Cooking", (0, 2), "1") in told
    assert ("learning_outcome", "Cooks a meal", (0, 1), "2") in told
    assert [(one[0], one[2], one[3]) for one in told if one[0] == "skill"] == [
        ("skill", (0, 2), "1"),
        ("skill", (1, 2), "1"),
    ]
    assert found.total == Decimal(6)


def test_what_has_no_title_is_the_same_activity_as_nothing_else() -> None:
    untitled = micro("", "2", outcomes=("Cooks a meal",))
    found = portfolio_of([judged(untitled), judged({**untitled, "name": "Ana"})])
    assert [(one.kind, one.name) for one in found.overlaps] == [("learning_outcome", "Cooks a meal")]


def test_overlaps_are_bounded() -> None:
    outcomes = [tuple(f"Outcome {number}.{part}" for part in range(16)) for number in range(20)]
    found = portfolio_of(judged(micro(f"T{n}", "1", outcomes=outcomes[n // 2])) for n in range(40))
    assert len(found.overlaps) == MOST_OVERLAPS


def test_which_stack_and_which_are_not_accredited_is_told() -> None:
    found = portfolio_of(
        [
            judged(micro("A", "1", stacks=True)),
            judged(micro("B", "1", stacks=False), accredited=Outcome.NOT_DETERMINABLE),
            judged(None, "invalid", accredited=Outcome.FAILED),
        ]
    )
    assert (found.stackable, found.not_accredited) == ((0,), (1, 2))


def test_learners_are_told_apart() -> None:
    others = [judged(micro("A", learner=one)) for one in (LEARNER, "did:key:z2", None, LEARNER)]
    assert portfolio_of(others).learners == (LEARNER, "did:key:z2")


def test_credits_of_several_learners_are_summed_for_each_by_itself() -> None:
    found = portfolio_of(
        [
            judged(micro("A", "2", level=6)),
            judged(micro("B", "3", level=6, learner=OTHER)),
            judged(micro("C", "1", level=5)),
            judged(micro("D", "4", learner=None)),
            judged(micro("E", "9", learner="did:key:z3"), "invalid"),
            judged({"id": LEARNER, "name": "Ana"}),
        ]
    )
    told = [(one.learner, str(one.ects), [one.eqf_level for one in one.levels]) for one in found.by_learner]
    assert told == [
        (LEARNER, "3", [5, 6]),
        (OTHER, "3", [6]),
        ("did:key:z3", "0", []),
        (None, "4", [None]),
    ]
    assert (found.total, found.unnamed) == (Decimal(10), (3,))
    assert [level.credentials for level in found.by_learner[0].levels] == [(2,), (0,)]


def test_what_two_learners_learnt_is_no_overlap() -> None:
    same: dict[str, Any] = {"outcomes": ("Cooks a meal",), "skills": (COOK,)}
    both = [judged(micro("A", "2", **same)), judged(micro("A", "2", learner=OTHER, **same))]
    assert portfolio_of(both).overlaps == ()
    again = portfolio_of([*both, judged(micro("A", "1", learner=OTHER, **same))]).overlaps
    assert {(one.kind, one.credentials, one.learner) for one in again} == {
        (kind, (1, 2), OTHER) for kind in ("activity", "learning_outcome", "skill")
    }


def test_what_names_nobody_may_be_the_only_learners_and_no_others() -> None:
    nobodys = micro("A", "2", learner=None)
    (one,) = portfolio_of([judged(nobodys), judged(micro("A", "1"))]).overlaps
    assert (one.credentials, one.learner) == ((0, 1), LEARNER)
    (one,) = portfolio_of([judged(nobodys), judged(micro("A", "1", learner=None))]).overlaps
    assert (one.credentials, one.learner) == ((0, 1), None)
    others = [judged(micro("A", "1")), judged(micro("B", "1", learner=OTHER))]
    assert portfolio_of([judged(nobodys), *others]).overlaps == ()


def test_nothing_comes_to_nothing() -> None:
    found = portfolio_of([])
    assert (found.total, found.levels, found.entries) == (Decimal(0), (), ())


def test_the_json_form_has_every_member_and_prints() -> None:
    found = portfolio_of(
        [
            judged(micro("A", "2.50", level=6, setting="formal", stacks=True), name="a.jwt"),
            judged(micro("A", "1", level=6, learner=None), accredited=Outcome.FAILED),
            judged(None, "invalid"),
        ]
    ).to_json()
    assert json.loads(json.dumps(found)) == found
    assert list(found) == [
        *("schema", "learners", "learnerCount", "unnamed", "credentials", "ects", "byEqfLevel"),
        *("byLearner", "notCounted", "overlaps", "stackable", "notAccredited"),
    ]
    assert (found["schema"], found["ects"]) == ("ankyra-portfolio/1", "3.5")
    assert found["byEqfLevel"] == [
        {
            "eqfLevel": 6,
            "ects": "3.5",
            "formal": "2.5",
            "nonFormal": "0",
            "unstated": "1",
            "credentials": [0, 1],
        }
    ]
    assert found["notCounted"] == [{"credential": 2, "why": "It is invalid."}]
    assert found["overlaps"] == [
        {"kind": "activity", "name": "A", "credentials": [0, 1], "ects": "1", "learner": LEARNER}
    ]
    assert (found["learners"], found["learnerCount"], found["unnamed"]) == ([LEARNER], 1, [1])
    assert [(one["learner"], one["ects"]) for one in found["byLearner"]] == [(LEARNER, "2.5"), (None, "1")]
    assert found["byLearner"][1]["byEqfLevel"] == [
        {
            "eqfLevel": 6,
            "ects": "1",
            "formal": "0",
            "nonFormal": "0",
            "unstated": "1",
            "credentials": [1],
        }
    ]
    assert found["notAccredited"] == [{"credential": 1, "why": "Accreditation failed."}]
    first = found["credentials"][0]
    assert (first["name"], first["title"], first["ects"], first["counted"]) == ("a.jwt", "A", "2.5", True)
    assert (first["formal"], first["stackable"], first["accredited"]) == (True, True, True)
    assert found["credentials"][2] == dict.fromkeys(first) | {
        "outcome": "invalid",
        "accredited": True,
        "counted": False,
    }


@pytest.mark.parametrize("outcome", ["invalid", "indeterminate"])
def test_no_credit_of_what_is_not_valid_counts(outcome: VerdictOutcome) -> None:
    found = portfolio_of([judged(micro("A", "2", level=6), outcome)])
    assert (found.total, found.levels, found.entries[0].ects) == (Decimal(0), (), Decimal(0))
