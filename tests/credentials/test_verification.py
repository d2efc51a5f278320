"""Whole verdicts over a country in memory: what an officer abroad is told, and every attack on it."""

import json
from datetime import timedelta

import pytest

from credentials.errors import TimeNotCome
from credentials.verdict import (
    ACCREDITATION,
    ANCHOR,
    CHECKS,
    FORMAT,
    ISSUER,
    SCHEMA_CHECK,
    SIGNATURE,
    TIMELINE,
    VALIDITY,
    Outcome,
)

from .cases import decided, verdict_on, with_list
from .ledger import DAY
from .memory_record import RememberingCache
from .world import TI, country


@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_an_honest_credential_is_valid_by_every_check(version: str) -> None:
    home = country(lambda world, actor: world.issue(actor, version=version))
    verdict = verdict_on(home.world, home.credential)
    assert decided(verdict) == ("valid", None, None)
    assert [result.check for result in verdict.results] == list(CHECKS)
    passed = {result.check for result in verdict.results if result.outcome is Outcome.PASSED}
    assert {FORMAT, ISSUER, SIGNATURE, VALIDITY, SCHEMA_CHECK, ACCREDITATION, ANCHOR, TIMELINE} <= passed
    assert verdict.findings == ()
    assert (verdict.issuer, verdict.digest) == (home.university.did, home.digest)
    assert verdict.judged_at.timestamp() == home.anchor.time
    assert json.loads(json.dumps(verdict.to_json())) == verdict.to_json()


def test_sentences_are_sentences() -> None:
    home = country()
    document, url = with_list(home)
    home.world.publish_list(home.university, url)
    for result in verdict_on(home.world, document).results:
        assert result.sentence[0].isupper() or result.sentence.startswith("did:")
        assert result.sentence.endswith(".")


def test_a_key_rotated_after_the_anchor_spoils_nothing() -> None:
    home = country()
    home.world.roll_key(home.university)
    home.world.wait(400 * DAY)
    assert verdict_on(home.world, home.credential).outcome == "valid"


def test_a_key_revoked_properly_after_the_anchor_spoils_nothing() -> None:
    home = country()
    home.world.wait(2 * DAY)
    home.world.revoke_key(home.university)
    assert verdict_on(home.world, home.credential).outcome == "valid"


@pytest.mark.parametrize("who", ["tao", "university"])
def test_an_accreditation_revoked_after_the_anchor_is_reported_and_spoils_nothing(who: str) -> None:
    home = country()
    child, parent = (home.tao, home.root) if who == "tao" else (home.university, home.tao)
    home.world.revoke(child, parent)
    verdict = verdict_on(home.world, home.credential)
    assert verdict.outcome == "valid"
    assert len(verdict.findings) == 1
    assert "revoked" in verdict.findings[0]


def test_the_earliest_of_several_anchors_counts() -> None:
    home = country()
    world = home.world
    world.roll_key(home.university)
    world.anchor(home.university, [home.credential])
    verdict = verdict_on(world, home.credential)
    assert (verdict.outcome, verdict.judged_at.timestamp()) == ("valid", home.anchor.time)


def test_an_altered_credential_is_invalid_by_its_signature() -> None:
    home = country()
    header, payload, signature = home.credential.split(b".")
    middle = len(payload) // 2
    other = b"A" if payload[middle : middle + 1] != b"A" else b"B"
    altered = b".".join((header, payload[:middle] + other + payload[middle + 1 :], signature))
    verdict = verdict_on(home.world, altered)
    assert verdict.outcome == "invalid"
    assert verdict.deciding is not None
    assert verdict.deciding.check in {FORMAT, SIGNATURE}


def test_a_changed_grade_is_invalid_by_its_signature() -> None:
    home = country()
    forged = home.world.issue(home.university, subject={"id": "did:key:z6Mk1", "hasClaim": {"title": "A+"}})
    spliced = b".".join((*forged.split(b".")[:2], home.credential.split(b".")[2]))
    assert decided(verdict_on(home.world, spliced)) == ("invalid", SIGNATURE, "signature_mismatch")


def test_an_issuer_without_accreditation_is_invalid() -> None:
    home = country()
    mill = home.world.actor("Degree mill")
    document = home.world.issue(mill)
    home.world.anchor(mill, [document])
    outcome, check, _reason = decided(verdict_on(home.world, document))
    assert (outcome, check) == ("invalid", ACCREDITATION)


def test_an_issuer_accredited_by_nobody_this_verifier_accepts_is_invalid() -> None:
    home = country()
    policy = home.world.policy(root_taos=[home.tao.did])
    outcome, check, _reason = decided(verdict_on(home.world, home.credential, policy=policy))
    assert (outcome, check) == ("invalid", ACCREDITATION)


@pytest.mark.parametrize("who", ["tao", "university"])
def test_an_accreditation_revoked_before_the_anchor_is_invalid(who: str) -> None:
    home = country()
    child, parent = (home.tao, home.root) if who == "tao" else (home.university, home.tao)
    late = home.world.issue(home.university)
    home.world.revoke(child, parent)
    home.world.anchor(home.university, [late])
    outcome, check, _reason = decided(verdict_on(home.world, late))
    assert (outcome, check) == ("invalid", ACCREDITATION)


def test_a_key_revoked_before_the_anchor_is_invalid() -> None:
    home = country()
    world, university = home.world, home.university
    stolen = university.key
    world.revoke_key(university)
    world.add_key(university)
    document = world.issue(university, key=stolen)
    world.anchor(university, [document])
    assert decided(verdict_on(world, document)) == ("invalid", SIGNATURE, "no_longer_valid")


def test_a_claimed_date_does_not_choose_the_key() -> None:
    """Play the attack: signed with a retired key, claiming a day on which it was in force, anchored today."""
    home = country()
    world, university = home.world, home.university
    then, retired = world.now, university.key
    world.roll_key(university)
    world.wait(100 * DAY)
    document = world.issue(university, key=retired, at=then)
    world.anchor(university, [document])
    assert decided(verdict_on(world, document)) == ("invalid", SIGNATURE, "no_longer_valid")


def test_a_past_time_asked_for_does_not_choose_the_key() -> None:
    """Play the attack: the same, and the verifier is talked into asking as of that day."""
    home = country()
    world, university = home.world, home.university
    then, moment, retired = world.now, world.moment, university.key
    world.wait(60)
    world.roll_key(university)
    world.wait(100 * DAY)
    document = world.issue(university, key=retired, at=then - 60)
    for anchored in (False, True):
        if anchored:
            world.anchor(university, [document])
        verdict = verdict_on(world, document, at=moment)
        assert decided(verdict) == ("invalid", SIGNATURE, "no_longer_valid")
        assert verdict.result(ANCHOR).reason == "past_without_anchor"


def test_a_backdated_credential_that_was_never_anchored_is_invalid() -> None:
    home = country()
    world, university = home.world, home.university
    then, retired = world.now, university.key
    world.roll_key(university)
    document = world.issue(university, key=retired, at=then)
    verdict = verdict_on(world, document)
    assert decided(verdict) == ("invalid", SIGNATURE, "no_longer_valid")
    assert verdict.result(ANCHOR).outcome is Outcome.FAILED


def test_a_key_in_force_does_not_make_up_for_a_missing_anchor() -> None:
    home = country()
    document = home.world.issue(home.university)
    assert decided(verdict_on(home.world, document)) == ("invalid", ANCHOR, "not_anchored")


def test_a_retroactive_end_fails_now_and_the_verdict_before_it_stands() -> None:
    home = country()
    world = home.world
    before = world.moment
    world.wait(3600)
    world.revoke_key(home.university, not_after=home.anchor.time - 60)
    assert decided(verdict_on(world, home.credential)) == ("invalid", TIMELINE, "retroactive")
    assert verdict_on(world, home.credential, at=before).outcome == "valid"


def test_expired_is_invalid_and_was_valid() -> None:
    home = country(lambda world, actor: world.issue(actor, expires=world.moment + timedelta(days=30)))
    world = home.world
    day = world.wait(31 * DAY)
    outcome, check, _reason = decided(verdict_on(world, home.credential))
    assert (outcome, check) == ("invalid", VALIDITY)
    assert verdict_on(world, home.credential, at=day).outcome == "valid"


def test_nothing_of_a_schema_is_a_schema() -> None:
    home = country(lambda world, actor: world.issue(actor, subject={"id": "did:key:z6Mk1"}))
    assert decided(verdict_on(home.world, home.credential)) == ("invalid", SCHEMA_CHECK, "schema_violated")


def test_the_future_is_not_judged_and_a_fast_clock_means_now() -> None:
    home = country()
    soon = home.world.moment + timedelta(seconds=60)
    verdict = verdict_on(home.world, home.credential, at=soon)
    assert (verdict.outcome, verdict.at) == ("valid", home.world.moment)
    with pytest.raises(TimeNotCome):
        verdict_on(home.world, home.credential, at=soon + timedelta(seconds=1))


def test_relaxing_a_check_is_said_and_shows_it_all_the_same() -> None:
    home = country()
    document = home.world.issue(home.university)
    verdict = verdict_on(home.world, document, policy=home.world.policy("anchor"))
    assert (verdict.outcome, verdict.relaxed) == ("valid", ("anchor",))
    assert verdict.result(ANCHOR).outcome is Outcome.FAILED
    assert "does not require: anchor" in verdict.sentence


def test_without_root_taos_no_accreditation_is_determinable() -> None:
    home = country()
    verdict = verdict_on(home.world, home.credential, policy=home.world.policy(root_taos=[]))
    assert decided(verdict) == ("indeterminate", ACCREDITATION, "no_root_taos")


def test_a_cache_changes_no_verdict() -> None:
    home, cache = country(), RememberingCache()
    world, university = home.world, home.university

    def both() -> str:
        plain = verdict_on(world, home.credential).to_json()
        assert verdict_on(world, home.credential, cache=cache).to_json() == plain
        assert verdict_on(world, home.credential, cache=cache).to_json() == plain
        return str(plain["outcome"])

    assert both() == "valid"
    world.roll_key(university)
    world.revoke(home.tao, home.root)
    assert both() == "valid"
    world.lose_leaves(home.anchor)
    assert both() == "indeterminate"
    world.revoke_key(university, key=university.keys[0], not_after=home.anchor.time - 1)
    assert both() == "invalid"


def test_an_accreditation_of_another_university_helps_nobody() -> None:
    home = country()
    world = home.world
    mill = world.actor("Degree mill")
    stolen = next(
        fields["attributeData"]
        for kind, fields, _time in world.log
        if kind == "issuer.attribute.data" and fields["did"] == home.university.did
    )
    world.accredit(mill, home.tao, TI, text=stolen)
    document = world.issue(mill)
    world.anchor(mill, [document])
    outcome, check, _reason = decided(verdict_on(world, document))
    assert (outcome, check) == ("invalid", ACCREDITATION)
