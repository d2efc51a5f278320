from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from credentials.case import Case
from credentials.checks.validity import check_validity
from credentials.verdict import VALIDITY, Outcome
from tests.credentials.cases import case_of
from tests.credentials.world import Country, country

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
END = datetime(2027, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@pytest.fixture(scope="module")
def home() -> Country:
    return country()


def _case(home: Country, at: datetime, begin: datetime | None, end: datetime | None, **claims: Any) -> Case:
    case = case_of(home.world, home.credential)
    credential = replace(case.credential, valid_from=begin, valid_until=end)
    claims = {"not_before": None, "expires": None} | claims
    return replace(case, at=at, secured=replace(case.secured, credential=credential, **claims))


@pytest.mark.parametrize(
    ("at", "reason"),
    [
        (BEGIN - 61 * SECOND, "not_yet_valid"),
        (BEGIN - 60 * SECOND, None),
        (BEGIN, None),
        (END, None),
        (END + 60 * SECOND, None),
        (END + 61 * SECOND, "expired"),
    ],
)
def test_a_minute_of_difference_between_clocks_is_allowed(
    home: Country, at: datetime, reason: str | None
) -> None:
    by_dates = check_validity(_case(home, at, BEGIN, END))
    seconds = {"not_before": int(BEGIN.timestamp()), "expires": int(END.timestamp())}
    by_claims = check_validity(_case(home, at, None, None, **seconds))
    assert by_dates == by_claims
    assert by_dates.check == VALIDITY
    assert by_dates.outcome is (Outcome.PASSED if reason is None else Outcome.FAILED)
    assert by_dates.reason == reason
    assert by_dates.evidence["validUntil"] == "2027-01-01T00:00:00Z"


def test_the_narrower_of_dates_and_claims_decides(home: Country) -> None:
    hour = timedelta(hours=1)
    claims = {"not_before": int((BEGIN + hour).timestamp()), "expires": int((END - hour).timestamp())}
    assert check_validity(_case(home, BEGIN, BEGIN, END, **claims)).reason == "not_yet_valid"
    assert check_validity(_case(home, END, BEGIN, END, **claims)).reason == "expired"
    claims = {"not_before": int((BEGIN - hour).timestamp()), "expires": int((END + hour).timestamp())}
    assert check_validity(_case(home, BEGIN - hour, BEGIN, END, **claims)).reason == "not_yet_valid"
    assert check_validity(_case(home, END + hour, BEGIN, END, **claims)).reason == "expired"


@pytest.mark.parametrize(
    ("begin", "end", "sentence"),
    [
        (BEGIN, END, "Valid from 2026-01-01 until 2027-01-01."),
        (BEGIN, None, "Valid since 2026-01-01, without an end."),
        (None, END, "Valid until 2027-01-01."),
        (None, None, "It names no limits of its validity."),
    ],
)
def test_the_sentence_names_the_limits_there_are(
    home: Country, begin: datetime | None, end: datetime | None, sentence: str
) -> None:
    assert check_validity(_case(home, BEGIN, begin, end)).sentence == sentence


def test_the_ends_of_the_calendar_overflow_nothing(home: Country) -> None:
    first, last = datetime(1, 1, 1, tzinfo=UTC), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    for claims in ({}, {"not_before": -(2**53), "expires": 2**53}):
        result = check_validity(_case(home, BEGIN, first, last, **claims))
        assert result.outcome is Outcome.PASSED
        assert result.evidence["validFrom"] == "0001-01-01T00:00:00Z"
    assert check_validity(_case(home, first, None, None, not_before=0)).reason == "not_yet_valid"
    assert check_validity(_case(home, BEGIN, last, None)).reason == "not_yet_valid"
    assert check_validity(_case(home, BEGIN, None, first)).reason == "expired"


def test_an_expired_credential_was_valid_the_day_before(home: Country) -> None:
    world = home.world
    text = world.issue(home.university, expires=world.moment + timedelta(days=1))
    world.anchor(home.university, [text])
    day = timedelta(days=1)
    assert check_validity(case_of(world, text, at=world.moment)).outcome is Outcome.PASSED
    assert check_validity(case_of(world, text, now=world.moment + 2 * day)).reason == "expired"
