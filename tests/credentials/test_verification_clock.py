"""A verifier whose clock is behind the ledger: what is on record has happened, whatever the clock says."""

from datetime import timedelta

import pytest

from credentials.errors import TimeNotCome
from credentials.verdict import SIGNATURE, STATUS, rfc3339

from .cases import decided, verdict_on, with_list
from .world import World, country

BEHIND = timedelta(seconds=3)


def test_before_anything_is_followed_there_is_no_time_and_nothing_is_known() -> None:
    """A node that was started a minute ago calls no diploma invalid."""
    home, nowhere = country(), World()
    verdict = verdict_on(nowhere, home.credential, now=home.world.moment)
    assert verdict.at == verdict.judged_at == home.world.moment
    assert verdict.outcome == "indeterminate"


def test_an_anchor_on_record_is_seen_by_a_clock_before_its_block() -> None:
    """Play the accident: a diploma is anchored, and the verifier's clock is three seconds slow."""
    home = country()
    world = home.world
    document = world.issue(home.university)
    anchor = world.anchor(home.university, [document])
    verdict = verdict_on(world, document, now=world.moment - BEHIND)
    assert decided(verdict) == ("valid", None, None)
    assert (verdict.at, verdict.judged_at) == (world.moment, world.moment)
    assert world.now == anchor.time


def test_a_revocation_on_record_counts_for_a_clock_before_its_block() -> None:
    """Play the attack: a slow clock would take the list before the last one for the last."""
    home = country()
    world = home.world
    document, url = with_list(home, index=5)
    world.publish_list(home.university, url)
    world.publish_list(home.university, url, set_bits=[5])
    verdict = verdict_on(world, document, now=world.moment - BEHIND)
    assert decided(verdict) == ("invalid", STATUS, "revoked")


def test_a_key_that_ended_on_record_is_not_in_force_for_a_clock_before_its_end() -> None:
    """Play the attack: a thief signs with a key revoked a minute ago, and shows it to a slow clock."""
    home = country()
    world = home.world
    world.revoke_key(home.university)
    stolen = world.issue(home.university)
    verdict = verdict_on(world, stolen, now=world.moment - timedelta(hours=1))
    assert verdict.result(SIGNATURE).reason == "no_longer_valid"
    assert verdict.outcome == "invalid"


def test_a_time_that_the_ledger_has_reached_has_come() -> None:
    home = country()
    world = home.world
    world.register_schema(b"{}")
    behind = world.moment - timedelta(hours=1)
    assert verdict_on(world, home.credential, at=world.moment, now=behind).outcome == "valid"
    with pytest.raises(TimeNotCome):
        verdict_on(world, home.credential, at=world.moment + timedelta(hours=1), now=behind)


def test_the_sentence_says_for_which_past_time_it_holds() -> None:
    home = country()
    asked = home.world.moment - timedelta(seconds=1)
    for document in (home.credential, b"no credential"):
        then = verdict_on(home.world, document, at=asked)
        assert then.sentence.startswith(f"As of {rfc3339(asked)}: ")
        for present in (None, home.world.moment):
            assert "As of" not in verdict_on(home.world, document, at=present).sentence
