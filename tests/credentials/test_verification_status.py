"""Whole verdicts as the published status changes: revoked, suspended, reinstated, withheld."""

from credentials.verdict import (
    STATUS,
)

from .cases import decided, verdict_on, with_list
from .credential_makers import status_entry
from .ledger import DAY
from .world import country


def test_revoked_suspended_and_reinstated() -> None:
    home = country()
    world, university = home.world, home.university
    revocations, suspensions = world.list_url(university, "1"), world.list_url(university, "2")
    document = world.issue(
        university,
        status=[status_entry(revocations, 7), status_entry(suspensions, 7, purpose="suspension")],
    )
    world.anchor(university, [document])
    world.publish_list(university, revocations)
    world.publish_list(university, suspensions, purpose="suspension")
    good = world.wait(DAY)
    assert verdict_on(world, document).outcome == "valid"
    world.publish_list(university, suspensions, purpose="suspension", set_bits=[7])
    suspended = world.wait(DAY)
    assert decided(verdict_on(world, document)) == ("invalid", STATUS, "suspended")
    world.publish_list(university, suspensions, purpose="suspension")
    reinstated = world.wait(DAY)
    assert verdict_on(world, document).outcome == "valid"
    world.publish_list(university, revocations, set_bits=[7, 8])
    assert decided(verdict_on(world, document)) == ("invalid", STATUS, "revoked")
    assert verdict_on(world, document, at=good).outcome == "valid"
    assert decided(verdict_on(world, document, at=suspended)) == ("invalid", STATUS, "suspended")
    assert verdict_on(world, document, at=reinstated).outcome == "valid"


def test_a_withheld_list_is_indeterminate_and_never_the_previous_one() -> None:
    home = country()
    document, url = with_list(home)
    home.world.publish_list(home.university, url)
    assert verdict_on(home.world, document).outcome == "valid"
    home.world.publish_list(home.university, url, set_bits=[7], held=False)
    outcome, check, _reason = decided(verdict_on(home.world, document))
    assert (outcome, check) == ("indeterminate", STATUS)


def test_an_unpublished_list_is_indeterminate() -> None:
    home = country()
    document, _url = with_list(home)
    outcome, check, _reason = decided(verdict_on(home.world, document))
    assert (outcome, check) == ("indeterminate", STATUS)
