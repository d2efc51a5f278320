"""What a verdict says of an SD-JWT VC whose holder keeps claims back that an issuer should have left open."""

from typing import Any

import pytest

from credentials.securing.sd_jwt_issuing import Selectively, present
from credentials.verdict import FORMAT, SCHEMA_CHECK, Outcome, Verdict
from tests.credentials.cases import decided, verdict_on
from tests.credentials.sd_jwt_world import home_of_degrees, issue_by_vct
from tests.credentials.world import Country

from .sd_jwts import named


@pytest.fixture(scope="module")
def home() -> Country:
    return home_of_degrees()


def _shown(home: Country, *names: str, **claims: Any) -> Verdict:
    text = issue_by_vct(home.world, home.university, **claims)
    home.world.anchor(home.university, [text.encode()])
    return verdict_on(home.world, present(text, show=named(*names)).encode())


def test_an_issue_in_the_future_is_not_hidden(home: Country) -> None:
    verdict = _shown(home, "degree", iat=Selectively(home.world.now + 86400), nbf=None)
    assert decided(verdict) == ("indeterminate", FORMAT, "not_judged")


@pytest.mark.parametrize(
    ("claim", "value", "word"),
    [
        ("exp", 1, "an end"),
        ("nbf", 2**40, "a beginning"),
        ("status", {"status_list": {"idx": 7, "uri": "https://x.example/1"}}, "a status"),
    ],
)
def test_a_hidden_end_beginning_or_status_does_not_pass_silently(
    home: Country, claim: str, value: object, word: str
) -> None:
    verdict = _shown(home, "degree", **{claim: Selectively(value)})
    (finding,) = verdict.result(FORMAT).findings
    assert word in finding
    assert finding in verdict.to_json()["findings"]


def test_where_all_stand_openly_or_nothing_is_withheld_nothing_is_said(home: Country) -> None:
    world = home.world
    status = {"status_list": {"idx": 7, "uri": "https://x.example/1"}}
    openly = _shown(home, "degree", exp=world.now + 86400, status=status)
    assert openly.result(FORMAT).findings == ()
    whole = _shown(home, "degree", "grade")
    assert (whole.outcome, whole.findings) == ("valid", ())
    within = _shown(home, "degree", grade=None, honours={"of": Selectively("x")})
    assert within.result(FORMAT).findings == ()
    assert len(within.result(SCHEMA_CHECK).findings) == 1


def test_a_claim_that_violates_the_schema_is_not_withheld_silently(home: Country) -> None:
    verdict = _shown(home, "degree")
    result = verdict.result(SCHEMA_CHECK)
    assert result.outcome is Outcome.PASSED
    assert result.findings[0].startswith("Only what is shown was held against its schema")
