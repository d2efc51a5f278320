"""Values as credentials write them: what they say, what says nothing, and what is wrong with the rest."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from credentials import microcredential_badges as badges
from credentials import microcredential_concepts as concepts
from credentials.microcredential_values import (
    MAX_TEXT,
    Hours,
    Reading,
    Unreadable,
    number_of,
    plain_value,
    read_address,
    read_date,
    read_hours,
    read_presence,
    read_text,
    says_nothing,
    text_of,
)

YES, NO = True, False


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Algebra", "Algebra"),
        (7, "7"),
        (2.5, "2.5"),
        (True, ""),
        (10**400, ""),
        (None, ""),
        ({"en": "Algebra", "de": "Algebra I"}, "Algebra"),
        ({"de": "Rechnen", "fr": "Calcul"}, "Rechnen"),
        ({"en-GB": "Maths", "fr": "Calcul"}, "Maths"),
        ({"en": ["Algebra", "more"]}, "Algebra"),
        ({"en": "", "de": "Rechnen"}, "Rechnen"),
        ({"id": "judul", "en": "title"}, "title"),
        ({"id": "urn:1"}, "urn:1"),
        ({"id": "urn:1", "type": "Concept", "prefLabel": {"en": "Online"}}, "Online"),
        ({"noteLiteral": {"en": "Note"}}, "Note"),
        ({"text": {"@lang": "en", "#text": "Degree"}}, "Degree"),
        ([{"@value": "Titel", "@language": "de"}, {"@value": "Title", "@language": "en"}], "Title"),
        ([{"@value": "", "@language": "de"}], ""),
        (["", "second"], "second"),
        ({"en": {}}, ""),
        ({"other": "x"}, ""),
        ({f"a{n:c}": "x" for n in range(97, 123)} | {f"b{n:c}": "x" for n in range(97, 123)}, "x"),
        ({f"{m:c}{n:c}": "x" for m in range(97, 100) for n in range(97, 123)}, ""),
        ([[[[["deep"]]]]], ""),
        ("two\nlines\tof  text", "two lines of text"),
        ("\x1b[2Jred\u202e", "\ufffd[2Jred\ufffd"),
        ("x" * 70_000, "x" * MAX_TEXT),
    ],
    ids=repr,
)
def test_texts_are_plain_bounded_and_in_one_language(value: Any, text: str) -> None:
    assert text_of(value, "en") == text
    assert text.isprintable()


@pytest.mark.parametrize(
    "value",
    [None, False, "", " \n", [], {}, [[]], [{}], [""], [[[[]]]], [[[[[]]]]]],
    ids=repr,
)
def test_empty_values_say_nothing(value: Any) -> None:
    assert says_nothing(value)
    for read in (
        *(read_text, read_presence, read_hours, read_date, read_address),
        *(concepts.read_eqf, concepts.read_isced, concepts.read_skill, concepts.read_country),
        *(concepts.read_country_name, concepts.read_setting, concepts.read_ects, concepts.read_larger),
        *(concepts.read_grade, concepts.read_cycle, concepts.read_credit_point, concepts.read_skill_if_escos),
        *(concepts.read_national_level, badges.read_profile_country, badges.read_identity),
        *(badges.read_credits_available, badges.read_credits_earned, badges.align_eqf),
    ):
        assert read(value, "en") is None, read


def test_zero_and_true_say_something() -> None:
    assert not says_nothing(0)
    assert not says_nothing(YES)
    assert read_text(0, "en") == Reading("0")
    assert concepts.read_stackable(NO, "en") == Reading("stands alone", value=False)
    assert concepts.read_stackable(None, "en") is None


@pytest.mark.parametrize(
    ("value", "number"),
    [
        *((5, "5"), (2.5, "2.5"), ("2.50", "2.50"), (" 3 ", "3"), (Decimal("0.5"), "0.5"), (0, "0")),
        *(
            (True, None),
            ("2,5", None),
            ("six", None),
            ("-1", None),
            (-1, None),
            (10**400, None),
            (None, None),
        ),
        *(("1e3", None), ("٣", None), (1e-7, None), (float("nan"), None), (float("inf"), None), ([5], None)),
    ],
    ids=repr,
)
def test_numbers_are_plain_decimals(value: Any, number: str | None) -> None:
    assert number_of(value) == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    ("value", "text", "hours"),
    [
        ("PT60H", "60 hours", "60"),
        ("PT1H", "1 hour", "1"),
        ("PT90M", "1.5 hours", "1.5"),
        ("PT20S", "0.006 hours", "0.006"),
        ("125", "125 hours", "125"),
        ("60 hours", "60 hours", "60"),
        (30, "30 hours", "30"),
        ({"@value": "PT2H", "@type": "xsd:duration"}, "2 hours", "2"),
        ("P2M", "2 months", None),
        ("P1Y2M3W4DT5H", "1 year 2 months 3 weeks 4 days 5 hours", None),
    ],
)
def test_durations_are_hours_where_they_name_hours(value: Any, text: str, hours: str | None) -> None:
    expected = None if hours is None else Hours(Decimal(hours))
    assert read_hours(value, "en") == Reading(text, expected)


@pytest.mark.parametrize(
    "value", ["P", "PT", "P1", "-PT1H", "PT1H2", "1 week", True, {"hours": 3}, "P1DT", [1, 2]]
)
def test_other_durations_are_unreadable(value: Any) -> None:
    assert isinstance(read_hours(value, "en"), Unreadable)


@pytest.mark.parametrize(
    ("value", "text", "moment"),
    [
        ("2026-11-21", "2026-11-21", datetime(2026, 11, 21, tzinfo=UTC)),
        ("2026-11-21T00:00:00+02:00", "2026-11-20 22:00 UTC", datetime(2026, 11, 20, 22, tzinfo=UTC)),
        ("2010-01-01T10:00:00", "2010-01-01 10:00 UTC", datetime(2010, 1, 1, 10, tzinfo=UTC)),
    ],
)
def test_dates_are_moments_of_utc(value: str, text: str, moment: datetime) -> None:
    assert read_date(value, "en") == Reading(text, moment)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("2026-02-31", "is no day or time of the calendar"),
        ("2026-11-21T25:00:00Z", "is no day or time of the calendar"),
        ("0001-01-01T00:00:00+01:00", "is no day or time of the calendar"),
        ("31.2.2026", "is no date"),
        ("2" * 100, "is no date"),
        (20261121, "is no date"),
    ],
)
def test_other_dates_are_unreadable(value: Any, problem: str) -> None:
    read = read_date(value, "en")
    assert isinstance(read, Unreadable)
    assert read.problem == problem
    assert len(read.shown) <= 40


def test_what_is_no_text_or_address_is_unreadable() -> None:
    assert read_text(YES, "en") == Unreadable("is no text")
    assert read_address({"id": 1}, "en") == Unreadable("is no identifier")
    assert read_address("did:key:z1\x07", "en") == Reading("did:key:z1\ufffd")
    assert read_presence({"a": 1}, "en") == Reading("given")
    assert plain_value(Decimal("1.5")) == "1.5"
