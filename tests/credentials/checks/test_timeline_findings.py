"""What check 8 must not say: findings on an anchor that is not there, or on a revocation of before it."""

from credentials.checks.timeline import check_timeline
from credentials.verdict import Outcome
from tests.credentials.cases import case_of
from tests.credentials.ledger import DAY
from tests.credentials.world import country


def test_without_an_anchor_nothing_is_said_of_a_late_one() -> None:
    home = country()
    document = home.world.issue(home.university, at=home.world.now - 100 * DAY)
    result = check_timeline(case_of(home.world, document))
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())


def test_a_revocation_of_before_the_anchor_that_takes_effect_later_is_no_finding() -> None:
    home = country()
    world, university = home.world, home.university
    document = world.issue(university)
    world.revoke_key(university, not_after=world.now + 2 * DAY)
    world.anchor(university, [document])
    result = check_timeline(case_of(world, document))
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())


def test_a_revocation_is_close_for_a_day_to_the_second() -> None:
    for seconds, found in ((DAY, 1), (DAY + 1, 0)):
        home = country()
        home.world.wait(home.anchor.time + seconds - home.world.now - 60)
        home.world.revoke_key(home.university)
        assert home.world.now - home.anchor.time == seconds
        assert len(check_timeline(case_of(home.world, home.credential)).findings) == found
