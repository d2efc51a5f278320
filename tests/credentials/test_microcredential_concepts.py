"""Concepts of the European vocabularies, and what badges are aligned to: read by URI, code and label."""

from decimal import Decimal
from typing import Any

import pytest

from credentials import microcredential_badges as badges
from credentials import microcredential_concepts as concepts
from credentials.microcredential_concepts import Concept, Cycle, Ects
from credentials.microcredential_values import Reading, Unreadable

YES = True
SNB = "http://data.europa.eu/snb"


@pytest.mark.parametrize(
    "value",
    [
        *(
            6,
            "6",
            "Level 6",
            "EQF 6",
            f"{SNB}/eqf/6",
            "https://data.europa.eu/snb/eqf/6",
            {"id": f"{SNB}/eqf/6"},
        ),
        *({"id": "6"}, {"prefLabel": {"en": "Level 6"}}, {"@uri": f"{SNB}/eqf/6"}, {"notation": "6"}),
        {"id": "urn:level", "targetName": {"text": {"#text": "Level 6"}}},
    ],
    ids=repr,
)
def test_a_level_is_read_from_uri_number_and_label(value: Any) -> None:
    assert concepts.read_eqf(value, "en") == Reading("EQF level 6", 6)


@pytest.mark.parametrize(
    "value",
    [
        0,
        9,
        -1,
        66,
        "0",
        "9",
        f"{SNB}/eqf/9",
        f"{SNB}/eqf/x",
        "Level 6 or 7",
        "high",
        {"type": "Concept"},
        True,
        "٦",
    ],
    ids=repr,
)
def test_other_levels_are_unreadable(value: Any) -> None:
    assert isinstance(concepts.read_eqf(value, "en"), Unreadable)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"prefLabel": {"en": "QF-EHEA Second Cycle"}}, "second cycle"),
        ("1st cycle", "first cycle"),
        ("third cycle (doctorate)", "third cycle"),
        ({"id": "urn:1", "prefLabel": "Short", "inScheme": {"prefLabel": "QF-EHEA"}}, "short cycle"),
        ({"notation": "2", "inScheme": "European Higher Education Area"}, "second cycle"),
    ],
)
def test_a_cycle_is_read_where_a_value_speaks_of_one(value: Any, name: str) -> None:
    read = concepts.read_national_level(value, "en")
    assert isinstance(read, Reading)
    assert read == Reading(f"QF-EHEA {name}", Cycle(name))


def test_other_levels_of_nations_are_words() -> None:
    assert concepts.read_national_level({"prefLabel": {"en": "RQF Level 6"}}, "en") == Reading("RQF Level 6")
    assert concepts.read_cycle("Level 6", "en") is None
    assert concepts.read_national_level(YES, "en") == Unreadable("names no level")
    assert concepts.read_cycle("Bologna", "en") == Unreadable("names no cycle of the QF-EHEA", "Bologna")
    assert isinstance(concepts.read_cycle("first or second cycle", "en"), Unreadable)


def test_fields_and_skills_keep_uri_and_code() -> None:
    uri = f"{SNB}/isced-f/0688"
    labelled = {"id": uri, "prefLabel": {"en": "ICT"}}
    assert concepts.read_isced(labelled, "en") == Reading("0688 ICT", Concept(uri, "ICT", "0688"))
    assert concepts.read_isced("061", "en") == Reading("061", Concept("", "", "061"))
    for value in ("7", "06881", f"{SNB}/isced-f/x", {"id": "urn:1"}, True):
        assert isinstance(concepts.read_isced(value, "en"), Unreadable)
    skill = "http://data.europa.eu/esco/skill/ccdf3597-5c80-410f-896d-e1bdfa223de9"
    assert concepts.read_skill(skill, "en") == Reading(skill, Concept(skill, ""))
    for other in ("urn:1", f"{skill}/../x", f"{skill} x", True, {"id": 7}):
        assert isinstance(concepts.read_skill(other, "en"), Unreadable)
        assert concepts.read_skill_if_escos(other, "en") is None


@pytest.mark.parametrize(
    ("value", "text", "code"),
    [
        ("LT", "LT", "LT"),
        ("http://publications.europa.eu/resource/authority/country/LTU", "LTU", "LTU"),
        ({"id": "http://publications.europa.eu/resource/authority/country/LTU/"}, "LTU", "LTU"),
        ({"id": "https://x.example/LTU", "prefLabel": {"en": "Lithuania"}}, "Lithuania", "LTU"),
        ("Baltic region", "Baltic region", "Baltic region"),
    ],
)
def test_countries_are_concepts_codes_and_names(value: Any, text: str, code: str) -> None:
    read = concepts.read_country(value, "en")
    assert isinstance(read, Reading)
    assert isinstance(read.value, Concept)
    assert (read.text, read.value.code) == (text, code)


def test_other_countries_are_unreadable() -> None:
    assert concepts.read_country("370", "en") == Unreadable("names no country", "370")
    assert concepts.read_country_name({"x": 1}, "en") == Unreadable("names no country")
    assert concepts.read_country_name("Kaunas", "en") == Reading("Kaunas")
    assert isinstance(badges.read_profile_country("Netherlands", "en"), Unreadable)
    assert isinstance(badges.read_profile_country("NL", "en"), Reading)


def test_settings_are_formal_or_not() -> None:
    def formal(value: Any) -> object:
        read = concepts.read_setting(value, "en")
        assert isinstance(read, Reading)
        return read.value

    assert formal(f"{SNB}/learning-setting/6fd4685715") is True
    assert formal({"prefLabel": {"en": "Formal learning"}}) is True
    assert formal(f"{SNB}/learning-setting/e207a81fc7") is False
    assert formal("non-formal") is False
    assert formal("informal learning") is False


def test_credits_are_ects_only_where_their_framework_is() -> None:
    def read(framework: Any, point: Any = "3") -> Any:
        return concepts.read_credit_point({"point": point, "framework": framework}, "en")

    assert read({"prefLabel": {"en": "European Credit Transfer System"}}) == Reading(
        "3 ECTS", Ects(Decimal(3))
    )
    assert read({"prefLabel": {"en": "ECTS"}}, {"@value": "4"}) == Reading("4 ECTS", Ects(Decimal(4)))
    assert read({"prefLabel": {"en": "ECVET"}}) == Reading("3 ECVET")
    assert read({"prefLabel": {"en": "projects"}}) == Reading("3 projects")
    assert read(None) == Reading("3 credits of no framework named")
    assert read(None, "three") == Unreadable("is no number of credits", "three")


def test_grades_and_larger_wholes_are_words() -> None:
    assert concepts.read_grade({"type": ["Result"], "achievedLevel": "urn:level:2"}, "en") == Reading(
        "urn:level:2"
    )
    assert concepts.read_grade({"type": ["Result"], "status": "Completed"}, "en") == Reading("Completed")
    assert concepts.read_grade(YES, "en") == Unreadable("is no grade")
    assert concepts.read_larger(YES, "en") == Unreadable("names nothing towards which it would stack")


def aligned(**members: Any) -> dict[str, Any]:
    return {f"target{name}": value for name, value in members.items()}


@pytest.mark.parametrize(
    ("alignment", "framework"),
    [
        (aligned(Url=f"{SNB}/eqf/6"), "eqf"),
        (aligned(Url=f"{SNB}/unknown/6", Framework="EQF"), "eqf"),
        (aligned(Url="https://nrk.example/", Framework="European Qualifications Framework"), "eqf"),
        (aligned(Type="ext:EQFLevel"), "eqf"),
        (aligned(Framework="Framework of Qualifications for the EHEA (EQF-EHEA)"), "ehea"),
        (aligned(Framework="ECTS"), "ects"),
        (aligned(Framework="ESCO v1.2"), "esco"),
        (aligned(Type="CTDL"), "credential"),
        (aligned(Name="CFItem"), "other"),
    ],
)
def test_an_alignment_belongs_to_one_framework(alignment: dict[str, Any], framework: str) -> None:
    assert badges.framework_of(alignment) == framework


def test_alignments_to_levels_are_read_by_code_url_and_name() -> None:
    assert badges.align_eqf(aligned(Framework="EQF", Code="5"), "en") == Reading("EQF level 5", 5)
    assert badges.align_eqf(aligned(Framework="EQF", Name="Level 5"), "en") == Reading("EQF level 5", 5)
    assert badges.align_eqf(aligned(Url=f"{SNB}/eqf/5"), "en") == Reading("EQF level 5", 5)
    elsewhere = aligned(Framework="EQF", Url="https://europa.example/en", Name="Level 5")
    assert badges.align_eqf(elsewhere, "en") == Reading("EQF level 5", 5)
    wrong = aligned(Framework="EQF", Code="9", Name="Level 5")
    assert badges.align_eqf(wrong, "en") == Unreadable("is no EQF level of 1 to 8", "9")
    assert isinstance(badges.align_eqf(aligned(Framework="EQF", Name="high"), "en"), Unreadable)
    assert badges.align_eqf(aligned(Framework="EQF"), "en") == Unreadable("is an alignment to nothing")
    assert badges.align_eqf("EQF 5", "en") is None
    assert badges.align_larger(aligned(Type="CTDL"), "en") == Unreadable("is an alignment to nothing")
    assert isinstance(badges.align_cycle(aligned(Framework="QF-EHEA", Name="high"), "en"), Unreadable)


def test_outcomes_are_skills_and_competencies_and_no_levels() -> None:
    assert badges.align_outcome(aligned(Type="ceasn:Competency", Name="Leads"), "en") == Reading("Leads")
    assert badges.align_outcome(aligned(Framework="ESCO", Name="lead"), "en") == Reading("lead")
    assert badges.align_outcome(aligned(Framework="EQF", Name="Level 5"), "en") is None


def test_credits_of_a_badge_are_ects_by_its_alignments() -> None:
    european = {"alignment": aligned(Framework="EQF", Code="6")}
    assert badges.read_credits_available({**european, "creditsAvailable": 3}, "en") == Reading(
        "3 ECTS", Ects(Decimal(3))
    )
    named = {"alignment": [aligned(Name="3 ECTS credits")], "creditsAvailable": "3"}
    assert isinstance(badges.read_credits_available(named, "en"), Reading)
    several = {"achievement": [{"alignment": [7]}, european], "creditsEarned": 2}
    assert badges.read_credits_earned(several, "en") == Reading("2 ECTS", Ects(Decimal(2)))
    assert badges.read_credits_earned({"creditsEarned": 2}, "en") == Reading(
        "2 credits of no framework named"
    )
    assert badges.read_credits_earned(
        {"achievement": "x", "creditsEarned": {"@value": "2"}}, "en"
    ) == Reading("2 credits of no framework named")
    assert isinstance(badges.read_credits_available({"creditsAvailable": "many"}, "en"), Unreadable)


def test_identities_are_names_or_hashes() -> None:
    assert badges.read_identity({"identityHash": "Ana", "hashed": False}, "en") == Reading("Ana")
    assert badges.read_identity({"identityHash": "ab", "hashed": True}, "en") == Reading("identity, hashed")
    assert badges.read_identity({"identityHash": {"x": 1}}, "en") == Unreadable("is no identity")
    assert badges.read_identity({"notation": "S-1"}, "en") is None
