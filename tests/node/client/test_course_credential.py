import json
import pickle
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.microcredential import read_micro_credential
from credentials.model import CONTEXT_1_1, CONTEXT_2_0, parse_credential
from node.client.course_credential import ELM_CONTEXT, TYPES, CourseCredentials, RowRefused
from node.client.credential_drafts import Terms
from node.client.errors import Refused
from node.client.learner_rows import LearnerRow
from tests.node.client.courses import ISSUER, LEARNER, TERMS, course, row, template

ID = bytes(range(16))


def test_every_element_of_a_draft_is_read_with_the_values_of_its_template() -> None:
    draft = course().draft(row(), identifier=ID)
    read = read_micro_credential(draft)
    assert read is not None
    assert {element.name: element.state for element in read.elements} == dict.fromkeys(
        (element.name for element in read.elements), "present"
    )
    values = {element.name: element.values for element in read.elements}
    assert values["learner"] == (LEARNER, "Ana Ąžuolė", "Ąžuolė")
    assert values["country"] == ("Lithuania",)
    assert values["awarding_body"] == ("Example University of Technology",)
    assert values["learning_outcomes"][1] == "Explains content to the people for whom it is made"
    assert values["assessment"] == ("project work", "A published piece with a report")
    assert values["participation"] == ("Blended",)
    assert values["quality_assurance"] == ("Accreditation of the study programme",)
    assert values["prerequisites"] == ("None",)
    assert values["supervision"] == ("Supervised with ID Verification",)
    assert values["stackability"] == (
        "part of a larger qualification",
        "towards Master of Media and Communication",
    )
    assert (read.shape, read.title, read.learner, read.learner_id) == (
        "elm",
        "Digital Content for Public Audiences",
        "Ana Ąžuolė",
        LEARNER,
    )
    assert (read.ects, read.hours) == (Decimal(3), Decimal(80))
    assert (read.eqf_level, read.qf_ehea) == (6, "first cycle")
    assert [skill.label for skill in read.skills] == [
        "develop digital content",
        "communicate with target community",
    ]
    assert [field.code for field in read.isced] == ["0211"]
    assert (read.formal, read.stackable, read.remarks) == (True, True, ())
    assert read.awarded_on is not None
    assert read.awarded_on.isoformat() == "2026-06-30T00:00:00+00:00"
    assert read_micro_credential(draft, "lt").title == "Skaitmeninis turinys visuomenei"  # type: ignore[union-attr]


def test_learning_that_is_not_formal_is_called_so() -> None:
    made = CourseCredentials(template(non_formal=True), Terms(**TERMS)).draft(row(), identifier=ID)
    read = read_micro_credential(made)
    assert read is not None
    assert read.formal is False


def test_a_draft_is_a_credential_of_either_data_model() -> None:
    first = course().draft(row(), identifier=ID)
    assert first["@context"] == [CONTEXT_1_1, ELM_CONTEXT]
    assert first["id"] == "urn:uuid:00010203-0405-4607-8809-0a0b0c0d0e0f"
    assert first["type"] == ["VerifiableCredential", "VerifiableAttestation", *TYPES]
    assert first["issuer"] == ISSUER
    assert "credentialStatus" not in first
    second = course(model="2.0").draft(row(valid_until="2027-06-30"), identifier=ID)
    assert second["@context"] == [CONTEXT_2_0]
    assert second["validUntil"] == "2027-06-30T00:00:00Z"
    for draft in (first, second):
        assert parse_credential(draft).subjects[0]["id"] == LEARNER


def test_the_template_goes_before_the_terms_and_contradicts_no_model() -> None:
    own = ('language = "en"', 'language = "en"\nmodel = "2.0"\ntypes = ["Own"]\nvalid_until = 2030-01-01\n')
    draft = course(own, types=("Other",)).draft(row(), identifier=ID)
    assert draft["type"][-1] == "Own"
    assert draft["validUntil"] == "2030-01-01T00:00:00Z"
    assert course(own).draft(row(valid_until="2029-01-01"), identifier=ID)["validUntil"][:4] == "2029"
    with pytest.raises(Refused, match=r"of the data model 2\.0, and 1\.1 was asked for"):
        course(own, model="1.1")
    with pytest.raises(Refused, match="names no schema"):
        course(schema=None)


def test_what_rows_leave_out_is_left_out() -> None:
    draft = course(model="2.0").draft(LearnerRow(2, {"family_name": "Ana"}), identifier=ID)
    subject = draft["credentialSubject"]
    assert subject.keys() == {"type", "fullName", "familyName", "hasClaim"}
    assert "grade" not in subject["hasClaim"]["provenBy"]
    assert subject["hasClaim"]["awardedBy"]["awardingDate"] == "2026-11-22T10:00:00Z"


def test_an_address_for_post_and_a_reference_are_in_no_credential() -> None:
    text = json.dumps(course().draft(row(email="ana@example.org", reference="4711"), identifier=ID))
    assert "ana@example.org" not in text
    assert "4711" not in text


@pytest.mark.parametrize(
    ("members", "field", "said"),
    [
        ({"famly_name": "A"}, "famly_name", "no column of this course; did you mean `family_name`?"),
        ({"title.en": "Another"}, "title.en", "no column of this course"),
        ({"date_of_birth": "2000-01-01"}, "date_of_birth", "no column"),
        ({"subject": "did:web:university.example"}, "subject", "is not a did:key or did:ebsi"),
        ({"subject": None}, "subject", "names no learner"),
        ({"awarding_date": "30.06.2026"}, "awarding_date", "is not a day, as 2027-06-30"),
        ({"awarding_date": "2026-02-30"}, "awarding_date", "is not a day"),
        ({"awarding_date": "2026-11-23"}, "awarding_date", "is in the future"),
        ({"valid_until": "2026-11-01"}, "valid_until", "it ends on 2026-11-01T00:00:00Z"),
        ({"grade": ["9"]}, "grade", "is not a text"),
        ({"grade": True}, "grade", "is not a text"),
        ({"given_name": "Ana\x1b[2J"}, "given_name", "is not a text"),
        ({"workload.ects": "4,5"}, "workload.ects", "is not a number of credits"),
        ({"workload.ects": "0"}, "workload.ects", "is not a number of credits"),
    ],
)
def test_what_a_row_cannot_say_is_refused_with_its_column(
    members: dict[str, Any], field: str, said: str
) -> None:
    with pytest.raises(RowRefused) as refused:
        course().draft(row(**members), identifier=ID)
    assert refused.value.field == field
    assert said in refused.value.reason


def test_a_row_that_could_not_be_read_is_refused_by_its_fault() -> None:
    with pytest.raises(RowRefused, match="not UTF-8"):
        course().draft(LearnerRow(7, {}, "not UTF-8"), identifier=ID)


def test_rows_give_what_the_template_lets_them() -> None:
    let = (
        'may_give = ["workload.ects"]',
        'may_give = ["workload.ects", "title", "supervision", "date_of_birth"]',
    )
    given_by_row = {
        "workload.ects": 4.5,
        "title.lt": "Kitas",
        "supervision": "Unsupervised without ID Verification",
        "date_of_birth": "2000-02-29",
    }
    made = course(let)
    subject = made.draft(row(**given_by_row), identifier=ID)["credentialSubject"]
    claim = subject["hasClaim"]
    assert subject["dateOfBirth"] == "2000-02-29T00:00:00Z"
    assert claim["title"] == {"en": "Digital Content for Public Audiences", "lt": "Kitas"}
    assert claim["specifiedBy"]["creditPoint"]["point"] == "4.5"
    assert claim["provenBy"]["idVerification"]["id"].endswith("c598449d64")
    again = made.draft(row(), identifier=ID)["credentialSubject"]["hasClaim"]
    assert again["title"]["lt"] == "Skaitmeninis turinys visuomenei"
    assert again["specifiedBy"]["creditPoint"]["point"] == "3"
    with pytest.raises(RowRefused, match=r"title\.lit: no column of this course"):
        made.draft(row(**{"title.lit": "x"}), identifier=ID)
    with pytest.raises(RowRefused, match=r"date_of_birth: .*in the future"):
        made.draft(row(date_of_birth="2027-01-01"), identifier=ID)


def test_rows_are_the_same_if_they_say_the_same_of_the_same_learner() -> None:
    made = course()
    same = [
        row(2),
        row(9),
        row(9, given_name=" Ana "),
        row(9, email="a@b"),
        row(9, student_number="1"),
        row(9, grade=9),
    ]
    assert len({made.key(one) for one in same}) == 1
    others = [
        row(),
        row(given_name="Anna"),
        row(grade="8"),
        row(reference="1"),
        row(awarding_date=None),
        row(valid_until="2030-01-01"),
        row(subject=LEARNER + "p"),
        row(**{"workload.ects": "2"}),
    ]
    assert len({made.key(one) for one in others}) == len(others)
    assert course(("eqf = 6", "eqf = 7")).key(row()) != made.key(row())
    assert len(made.key(row())) == 32


def test_what_stands_around_a_cell_and_how_letters_are_composed_make_no_difference() -> None:
    made = course()
    apart = row(
        subject=f" {LEARNER} ",
        family_name="A\N{COMBINING OGONEK}z\N{COMBINING CARON}uole\N{COMBINING DOT ABOVE}\t",
        awarding_date=" 2026-06-30",
        **{"workload.ects": " 3 "},
    )
    given = row(**{"workload.ects": 3})
    assert made.key(apart) == made.key(given)
    assert made.draft(apart, identifier=ID) == made.draft(given, identifier=ID)


def test_rows_that_all_differ_are_not_kept() -> None:
    made = course()
    for number in range(1, 600):
        day = f"20{30 + number % 60}-{1 + number % 12:02}-{1 + number % 28:02}"
        made.draft(row(valid_until=day, **{"workload.ects": number}), identifier=ID)
    assert max(len(made._claims), len(made._wholes)) <= 256
    assert made.draft(row(), identifier=ID) == course().draft(row(), identifier=ID)


def test_another_process_makes_the_same_of_them() -> None:
    made = course()
    other = pickle.loads(pickle.dumps(made))  # noqa: S301 - what this test itself has written
    assert other.draft(row(), identifier=ID) == made.draft(row(), identifier=ID)
    assert other.key(row()) == made.key(row())


@given(
    rows=st.lists(
        st.dictionaries(
            st.sampled_from(
                ["subject", "given_name", "family_name", "grade", "awarding_date", "workload.ects", "x"]
            ),
            st.one_of(
                st.text(), st.integers(), st.floats(), st.none(), st.just(LEARNER), st.just("2026-01-01")
            ),
        ),
        max_size=4,
    )
)
def test_no_row_changes_what_is_made_of_the_next(rows: list[dict[str, Any]]) -> None:
    made = _MADE
    for members in rows:
        for ask in _ASKED:
            try:
                ask(made, LearnerRow(2, members))
            except RowRefused:
                continue
    assert made.draft(row(), identifier=ID) == _EXPECTED


_ASKED: tuple[Callable[[CourseCredentials, LearnerRow], object], ...] = (
    lambda made, one: made.draft(one, identifier=ID),
    lambda made, one: made.key(one),
)
_MADE = course()
_EXPECTED = course().draft(row(), identifier=ID)
