"""What a template says is read back as it was said, whatever word of a vocabulary or number it says."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.microcredential import MicroCredential, read_micro_credential
from node.client import course_vocabularies as vocabularies
from node.client.course_claims import claim_of
from node.client.course_credential import CourseCredentials
from node.client.course_example import example
from node.client.course_template import parse_template
from node.client.credential_drafts import Terms
from node.client.elm_export import elm_of
from tests.node.client.courses import TERMS, row

EXAMPLE: dict[str, Any] = json.loads(example(json_form=True))


def changed(path: str, value: Any) -> dict[str, Any]:
    """The example with another value; `...` removes it."""
    members: dict[str, Any] = json.loads(json.dumps(EXAMPLE))
    *above, last = path.split(".")
    inner = members
    for step in above:
        inner = inner.setdefault(step, {})
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return members


def drafted(members: dict[str, Any]) -> dict[str, Any]:
    template = parse_template(json.dumps(members).encode(), name="course.json")
    return CourseCredentials(template, Terms(**TERMS)).draft(row(), identifier=bytes(16))


def read(members: dict[str, Any]) -> MicroCredential:
    found = read_micro_credential(drafted(members))
    assert found is not None
    assert {one.state for one in found.elements if one.group == "mandatory"} == {"present"}
    assert all(one.state != "malformed" for one in found.elements)
    assert found.remarks == ()
    return found


WORDS = [
    *(("mode", "participation", word) for word in vocabularies.MODE.words),
    *(("assessment.type", "assessment", word) for word in vocabularies.ASSESSMENT.words),
    *(("supervision", "supervision", word) for word in vocabularies.SUPERVISION.words),
    *(("level.qf_ehea", "level", word) for word in vocabularies.CYCLES),
]


@pytest.mark.parametrize(("path", "element", "word"), WORDS)
def test_every_word_of_a_vocabulary_is_read_back(path: str, element: str, word: str) -> None:
    found = read(changed(path, word))
    assert any(word in value for value in found.element(element).values)


@pytest.mark.parametrize("level", range(1, 9))
def test_every_level_is_read_back(level: int) -> None:
    assert read(changed("level", {"eqf": level})).eqf_level == level


@pytest.mark.parametrize("cycle", vocabularies.CYCLES)
def test_a_cycle_alone_is_a_level(cycle: str) -> None:
    found = read(changed("level", {"qf_ehea": cycle}))
    assert (found.eqf_level, found.qf_ehea) == (None, cycle)


@given(thousandths=st.integers(1, 1_000_000))
def test_every_number_of_credits_is_read_back(thousandths: int) -> None:
    points = Decimal(thousandths) / 1000
    found = read(changed("workload", {"ects": str(points)}))
    assert (found.ects, found.hours) == (points, None)


@given(minutes=st.integers(1, 60 * 100_000))
def test_hours_are_read_back_to_the_minute(minutes: int) -> None:
    hours = round(Decimal(minutes) / 60, 3)
    found = read(changed("workload", {"hours": str(hours)}))
    assert found.ects is None
    assert found.hours is not None
    assert abs(found.hours - hours) <= Decimal("0.001")


@pytest.mark.parametrize("code", [*vocabularies.COUNTRY_NAMES, "USA"])
def test_a_country_is_shown_by_its_name_or_else_by_its_code(code: str) -> None:
    found = read(changed("awarding_body.country", code))
    assert found.element("country").values == (vocabularies.COUNTRY_NAMES.get(code, code),)


@pytest.mark.parametrize("tag", vocabularies.LANGUAGE_CODES)
def test_a_template_may_be_in_any_language_it_knows(tag: str) -> None:
    members = changed("title", {tag: "Titel"}) | {"language": tag}
    found = read_micro_credential(drafted(members), tag)
    assert found is not None
    assert (found.title, found.learner) == ("Titel", "Ana Ąžuolė")


@pytest.mark.parametrize(
    ("path", "element"),
    [
        ("prerequisites", "prerequisites"),
        ("supervision", "supervision"),
        ("stackability", "stackability"),
        ("fields", "fields"),
    ],
)
def test_what_a_template_leaves_out_is_missing(path: str, element: str) -> None:
    assert read(changed(path, ...)).element(element).state == "missing"


def test_further_information_and_stackability_have_several_places() -> None:
    members = changed("additional_note", {"en": "Taught in English"})
    assert "Taught in English" in read(members).element("further").values
    assert read(changed("stackability", {"partial": False})).stackable is False
    assert read(changed("stackability", {"towards": {"en": "Master"}})).stackable is True
    for path in ("description", "homepage"):
        assert read(changed(path, ...)).element("further").state == "present"


def test_the_awarding_body_may_have_an_identifier_and_numbers() -> None:
    own = {"id": "did:ebsi:zZeKyEJfUTGwajhNyNX928z", "registration": "111", "eidas_identifier": "LT-111"}
    body = claim_of(
        parse_template(
            json.dumps(changed("awarding_body", EXAMPLE["awarding_body"] | own)).encode(), name="x"
        ).members
    )["awardedBy"]["awardingBody"]
    assert body["id"] == own["id"]
    assert (body["registration"]["notation"], body["eIDASIdentifier"]["notation"]) == ("111", "LT-111")
    assert body["registration"]["spatial"]["id"].endswith("/LTU")


NEEDED = {
    "Accreditation": {"title", "dcType", "accreditingAgent"},
    "Address": {"countryCode"},
    "AwardingProcess": {"awardingBody"},
    "Concept": {"id"},
    "ConceptScheme": {"id"},
    "CreditPoint": {"framework", "point"},
    "DisplayDetail": {"image", "page"},
    "DisplayParameter": {"title", "primaryLanguage", "language", "individualDisplay"},
    "Identifier": {"notation"},
    "IndividualDisplay": {"language", "displayDetail"},
    "LearningAchievement": {"title", "awardedBy"},
    "LearningAssessment": {"title", "grade", "awardedBy"},
    "LearningAssessmentSpecification": {"title"},
    "LearningOutcome": {"title"},
    "LegalIdentifier": {"notation", "spatial"},
    "Location": {"address"},
    "MediaObject": {"contentType", "contentEncoding", "content"},
    "Note": {"noteLiteral"},
    "Organisation": {"legalName", "location"},
    "Person": set(),
    "Qualification": {"title"},
    "ShaclValidator2017": {"id"},
    "WebResource": {"contentURL"},
}
"""By class of ELM 3, what its profile for digital credentials wants at least (EDC-generic-no-cv)."""


def typed(value: Any) -> Iterator[dict[str, Any]]:
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from typed(inner)
    if isinstance(value, dict) and isinstance(value.get("type"), str):
        yield value


@pytest.mark.parametrize("path", ["additional_note", "prerequisites", "description"])
def test_the_export_has_what_the_application_profile_wants(path: str) -> None:
    found = list(typed(json.loads(elm_of(drafted(changed(path, {"en": "A note"}))))))
    assert {one["type"] for one in found} <= NEEDED.keys()
    for one in found:
        assert one.keys() >= NEEDED[one["type"]] | {"id"}, one
