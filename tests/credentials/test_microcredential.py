"""Standard elements of a micro-credential: found where they stand, missing where they do not."""

from pathlib import Path
from typing import Any

import pytest

from anchoring.strict_json import parse_json
from credentials.microcredential import MANDATORY, is_micro_credential, paths_present

COMPLETE: dict[str, Any] = {
    "validFrom": "2026-11-21T10:00:00Z",
    "credentialSubject": {
        "id": "did:key:z1",
        "hasClaim": {
            "title": {"en": "Teamwork"},
            "awardedBy": {
                "awardingBody": {
                    "legalName": {"en": "University"},
                    "location": [{"address": {"countryCode": {"id": "ITA"}}}],
                    "accreditation": [{"id": "urn:1"}],
                },
                "awardingDate": "2026-11-21T10:00:00Z",
            },
            "specifiedBy": {
                "learningOutcome": [{"title": {"en": "Leads a team"}}],
                "creditPoint": {"point": "2"},
                "eqfLevel": {"id": "6"},
                "mode": [{"id": "blended"}],
            },
            "provenBy": {"specifiedBy": {"dcType": {"id": "written"}}},
        },
    },
}


def _missing(members: Any) -> set[str]:
    present = paths_present(members)
    return {element.name for element in MANDATORY if element.found_at(present) is None}


def test_a_complete_one_has_them_all() -> None:
    assert _missing(COMPLETE) == set()
    assert len(MANDATORY) == 11


@pytest.mark.parametrize(
    ("steps", "name"),
    [
        (("title",), "title"),
        (("awardedBy", "awardingBody", "legalName"), "awarding_body"),
        (("awardedBy", "awardingBody", "location"), "country"),
        (("awardedBy", "awardingBody", "accreditation"), "quality_assurance"),
        (("specifiedBy", "learningOutcome"), "learning_outcomes"),
        (("specifiedBy", "creditPoint"), "workload"),
        (("specifiedBy", "eqfLevel"), "level"),
        (("specifiedBy", "mode"), "participation"),
        (("provenBy",), "assessment"),
    ],
)
@pytest.mark.parametrize("empty", [None, "", {}, [], [{}], [[]]])
def test_each_element_is_missed_alone(steps: tuple[str, ...], name: str, empty: Any) -> None:
    assert _missing(_with(COMPLETE, ("credentialSubject", "hasClaim", *steps), empty)) == {name}


def _with(members: dict[str, Any], steps: tuple[str, ...], value: Any) -> dict[str, Any]:
    head, *rest = steps
    return {**members, head: _with(members[head], tuple(rest), value) if rest else value}


def test_lists_stand_for_their_elements_and_zero_is_a_value() -> None:
    claim = COMPLETE["credentialSubject"]["hasClaim"]
    members = {**COMPLETE, "credentialSubject": [{"id": "did:key:z1", "hasClaim": [{}, claim]}]}
    assert _missing(members) == set()
    assert _missing(_with(COMPLETE, ("credentialSubject", "hasClaim", "title"), 0)) == set()


def test_what_is_no_object_leads_nowhere() -> None:
    assert _missing({"credentialSubject": "text"}) == {element.name for element in MANDATORY}


def test_it_is_known_by_its_types_or_its_claims() -> None:
    plain = ("VerifiableCredential",)
    assert is_micro_credential((*plain, "MicroCredential"), frozenset())
    assert is_micro_credential(plain, paths_present(COMPLETE))
    assert not is_micro_credential(plain, paths_present({"credentialSubject": {"id": "did:key:z1"}}))


def test_the_commissions_own_sample_has_all_but_quality_assurance(vectors: Path) -> None:
    sample = parse_json((vectors / "elm-v3" / "Sample-MC-Annex1-unsigned.jsonld").read_bytes()).value
    assert _missing(sample) <= {"quality_assurance", "country"}
