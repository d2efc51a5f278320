"""The same micro-credential in the words of three vocabularies: each says the same to who asks for values."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from anchoring.strict_json import parse_json
from credentials.microcredential import MicroCredential, members_of, read_micro_credential
from credentials.model import Credential
from credentials.securing.reading import read_secured

from .micro_credentials import BADGE, EBSI, EBSI_EARLIER, ELM, ESCO, changed
from .securing.credentials import members_2_0, signed

FULL = (ELM, EBSI, EBSI_EARLIER, BADGE)
CLAIM = "credentialSubject.hasClaim"
BADGED = "credentialSubject.achievement"


def read(members: Any, language: str = "en") -> MicroCredential:
    found = read_micro_credential(members, language)
    assert found is not None
    return found


@pytest.mark.parametrize("members", FULL)
def test_each_shape_can_say_all_mandatory_elements(members: dict[str, Any]) -> None:
    found = read(members)
    states = {one.name: one.state for one in found.elements if one.group == "mandatory"}
    if found.shape == "ebsi" and "achieved" in members["credentialSubject"]:
        assert states.pop("assessment") == "present"
    assert set(states.values()) == {"present"}
    assert all(
        one.path and one.values and one.problem is None for one in found.elements if one.state == "present"
    )


@pytest.mark.parametrize("members", FULL)
def test_who_what_where_and_when_are_read_in_each_shape(members: dict[str, Any]) -> None:
    found = read(members)
    assert (found.title, found.learner) == ("Teamwork", "Ana Andrei")
    assert found.awarded_on is not None
    assert found.awarded_on.date() == datetime(2026, 11, 21, tzinfo=UTC).date()
    assert [skill.id for skill in found.skills] == [ESCO]
    assert [field.code for field in found.isced] == ["0413"]
    assert found.stackable is True
    assert found.remarks == ()


def test_credits_hours_and_levels_are_values() -> None:
    read_of = {name: read(one) for name, one in zip(("elm", "ebsi", "earlier", "badge"), FULL, strict=True)}
    assert {name: one.ects for name, one in read_of.items()} == {
        "elm": Decimal("2.5"),
        "ebsi": Decimal("2.5"),
        "earlier": Decimal(5),
        "badge": Decimal(3),
    }
    assert {name: one.hours for name, one in read_of.items()} == {
        "elm": Decimal("62.5"),
        "ebsi": Decimal("62.5"),
        "earlier": Decimal(125),
        "badge": None,
    }
    assert [one.eqf_level for one in read_of.values()] == [6, 6, 7, 7]
    assert [one.qf_ehea for one in read_of.values()] == ["first cycle", "first cycle", None, "second cycle"]
    assert [one.formal for one in read_of.values()] == [True, True, False, True]
    assert [one.shape for one in read_of.values()] == ["elm", "ebsi", "ebsi", "open-badges"]


def test_optional_elements_are_read_and_their_paths_named() -> None:
    elm, badge = read(ELM), read(BADGE)
    assert elm.element("prerequisites").values == ("A school leaving certificate",)
    assert elm.element("supervision").path == f"{CLAIM}.provenBy.idVerification"
    assert elm.element("grade").values == ("28/30",)
    assert elm.element("stackability").values == ("part of a larger qualification",)
    assert elm.element("further").values == ("https://university.example/teamwork",)
    assert badge.element("grade").values == ("8.5",)
    assert badge.element("supervision").values == ("Proctored",)
    assert badge.element("prerequisites").state == "missing"
    assert badge.element("stackability").values == ("towards Master of Management",)
    assert badge.element("participation").path == f"{BADGED}.alignment"
    assert badge.element("assessment").values == ("Portfolio", "Final mark", "Project", "Report of a team")


@pytest.mark.parametrize(
    ("path", "value", "name", "said"),
    [
        ("specifiedBy.creditPoint.point", "six", "workload", "“six” is no number of credits"),
        ("specifiedBy.creditPoint.point", -3, "workload", "“-3” is no number of credits"),
        ("specifiedBy.creditPoint.point", 1001, "workload", "“1001” is more than 1000 credits"),
        (
            "specifiedBy.volumeOfLearning",
            "long",
            "workload",
            "“long” is neither a duration nor a number of hours",
        ),
        (
            "specifiedBy.eqfLevel",
            {"id": "http://data.europa.eu/snb/eqf/9"},
            "level",
            "“9” is no EQF level of 1 to 8",
        ),
        ("specifiedBy.eqfLevel", "advanced", "level", "“advanced” names no EQF level"),
        (
            "awardedBy.awardingDate",
            "2026-02-31",
            "date_of_issuing",
            "“2026-02-31” is no day or time of the calendar",
        ),
        ("awardedBy.awardingDate", "yesterday", "date_of_issuing", "“yesterday” is no date"),
        ("title", True, "title", "is no text"),
        (
            "specifiedBy.isPartialQualification",
            "perhaps",
            "stackability",
            "“perhaps” is neither true nor false",
        ),
        ("specifiedBy.thematicArea", ["art"], "fields", "“art” is no field of ISCED-F"),
        ("specifiedBy.learningSetting", "indoors", "setting", "“indoors” is neither formal nor non-formal"),
        (
            "specifiedBy.learningOutcome.relatedESCOSkill",
            "https://skills.example/1",
            "skills",
            "“https://skills.example/1” is no URI of an ESCO skill",
        ),
    ],
)
def test_what_is_malformed_says_what_is_wrong_and_has_no_value(
    path: str, value: Any, name: str, said: str
) -> None:
    found = read(changed(ELM, f"{CLAIM}.{path}", value))
    element = found.element(name)
    assert (element.state, element.problem) == ("malformed", said)
    assert element.path is not None
    assert element.path.startswith(CLAIM)
    if "creditPoint" in path:
        assert found.ects is None
        assert found.hours == Decimal("62.5")
    if "eqfLevel" in path:
        assert found.eqf_level is None


@pytest.mark.parametrize(
    ("language", "title", "outcome"),
    [
        ("en", "Teamwork", "Leads a team"),
        ("de", "Teamarbeit", "Leitet ein Team"),
        ("de-AT", "Teamarbeit", "Leitet ein Team"),
        ("fr", "Teamwork", "Leads a team"),
    ],
)
def test_the_language_asked_for_goes_before_english(language: str, title: str, outcome: str) -> None:
    found = read(ELM, language)
    assert (found.title, found.element("learning_outcomes").values) == (title, (outcome,))


def test_a_credential_that_is_none_is_read_as_none() -> None:
    card = {"type": ["VerifiableCredential", "StudentCard"], "credentialSubject": {"id": "did:key:z1"}}
    assert read_micro_credential(card) is None
    assert read_micro_credential({}) is None
    assert read_micro_credential({**card, "type": "MicroCredential"}) is not None


def test_a_badge_counts_credits_of_its_own_unless_it_is_aligned_to_europe() -> None:
    american = changed(BADGE, f"{BADGED}.alignment", [])
    found = read(american)
    assert found.ects is None
    assert found.element("workload").values == ("3 credits of no framework named",)
    earned = changed(BADGE, "credentialSubject.creditsEarned", 1.5)
    assert read(earned).ects == Decimal("1.5")
    assert read(earned).element("workload").values == ("1.5 ECTS", "3 ECTS")


def test_a_hashed_learner_has_no_name() -> None:
    hashed = [{"identityHash": "sha256$ab", "identityType": "emailAddress", "hashed": True}]
    found = read(changed(BADGE, "credentialSubject.identifier", hashed))
    assert (found.learner, found.learner_id) == (None, None)
    assert found.element("learner").values == ("emailAddress, hashed",)


def test_the_json_form_has_every_element_and_decimals_as_texts() -> None:
    printed = read(ELM).to_json()
    assert (printed["ects"], printed["hours"], printed["eqfLevel"]) == ("2.5", "62.5", 6)
    assert printed["awardedOn"] == "2026-11-21T10:00:00Z"
    assert printed["learner"] == {"id": "did:key:z1", "name": "Ana Andrei"}
    assert printed["skills"] == [{"id": ESCO, "label": "lead a team"}]
    assert printed["iscedF"] == [{"code": "0413", "label": "Management"}]
    assert len(printed["elements"]) == 19
    bare = read({"type": "MicroCredential"}).to_json()
    assert (bare["ects"], bare["hours"], bare["awardedOn"], bare["title"]) == (None, None, None, None)
    assert {one["state"] for one in bare["elements"]} == {"missing"}


def test_a_parsed_credential_is_read_as_its_members_are() -> None:
    members = members_2_0(credentialSubject=ELM["credentialSubject"])
    credential = read_secured(signed(members, typ="vc+jwt")).credential
    assert members_of(credential) is credential.members
    assert read_micro_credential(credential) == read_micro_credential(members)


def test_claims_without_a_subject_are_read_as_the_subjects() -> None:
    claims = {"vct": "https://university.example/micro", "title": "Teamwork"}
    credential = Credential(
        version="sd-jwt-vc",
        members=claims,
        id=None,
        types=("MicroCredential",),
        issuer="did:web:university.example",
        subjects=({"id": "did:key:z1", "title": "Teamwork"},),
        valid_from=None,
        valid_until=None,
        issued=datetime(2026, 11, 21, tzinfo=UTC),
    )
    found = read(credential)
    assert (found.title, found.learner_id, found.shape) == ("Teamwork", "did:key:z1", "ebsi")
    assert found.awarded_on == datetime(2026, 11, 21, tzinfo=UTC)
    undated = Credential(**{**_members(credential), "issued": None})
    assert read(undated).awarded_on is None


def _members(credential: Credential) -> dict[str, Any]:
    return {name: getattr(credential, name) for name in Credential.__dataclass_fields__}


def test_the_commissions_micro_credential_is_read_to_its_values(vectors: Path) -> None:
    sample: Any = parse_json((vectors / "elm-v3" / "Sample-MC-Annex1-unsigned.jsonld").read_bytes()).value
    found = read(sample, "es")
    assert (found.ects, found.hours, found.eqf_level) == (Decimal(2), Decimal(60), 6)
    assert (found.formal, found.stackable, found.learner) == (False, False, "Ana Andromeda")
    assert (len(found.skills), [field.code for field in found.isced]) == (4, ["003", "0688"])
    assert found.element("learning_outcomes").values[1] == "Contento digital"
    assert [one.name for one in found.elements if one.state == "malformed"] == []
    missing = {one.name for one in found.elements if one.state == "missing" and one.group != "beside"}
    assert missing == {"quality_assurance", "further"}


def test_the_commissions_other_samples_are_read(vectors: Path) -> None:
    def sample(name: str) -> MicroCredential:
        value: Any = parse_json((vectors / "elm-v3" / name).read_bytes()).value
        return read(value)

    attended = sample("Sample-CertOfPart-unsigned.jsonld")
    assert (attended.hours, attended.ects, attended.title) == (Decimal(2), None, "EDC Updates Webinar")
    plain = sample("credential-sample.jsonld")
    assert (plain.learner, plain.element("country").values) == ("Max Power", ("FRA",))
    older = sample("older/VerifiableAttestation-Europass.json")
    assert (older.title, older.eqf_level, older.learner) == ("Degree in Biology", 7, "Lea Skywalker")


def test_ebsis_examples_are_no_micro_credentials_and_harm_nobody(vectors: Path) -> None:
    folder = vectors / "ebsi" / "vcdm2.0-attestation-schema-2.0.0"
    for path in sorted(folder.glob("examples_*.json")):
        value: Any = parse_json(path.read_bytes()).value
        assert read_micro_credential(value) is None
        assert read({**value, "type": ["MicroCredential"]}).shape == "ebsi"
