"""Check 10, which says nothing of a credential alone."""

from credentials.checks.holder import check_holder
from credentials.verdict import HOLDER, Outcome
from tests.credentials.cases import case_of
from tests.credentials.world import country


def test_a_credential_has_no_holder_to_check() -> None:
    home = country()
    result = check_holder(case_of(home.world, home.credential))
    assert (result.check, result.outcome) == (HOLDER, Outcome.NOT_APPLICABLE)
