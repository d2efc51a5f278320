"""Check 8: issued, anchored, signed and accredited in an order that an honest issuer could have made."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from credentials.checks.timeline import check_timeline
from credentials.verdict import CheckResult, Outcome
from did.jwk import Jwk
from did.methods.key import did_key_from_jwk
from tests.credentials.cases import case_of
from tests.credentials.ledger import DAY
from tests.credentials.memory_record import RememberingCache
from tests.credentials.world import Country, country


def _judged(home: Country, document: bytes | None = None, **options: Any) -> CheckResult:
    return check_timeline(case_of(home.world, home.credential if document is None else document, **options))


def _issued_before_its_anchor_by(seconds: int) -> Country:
    return country(lambda world, actor: world.issue(actor, at=world.now + 60 - seconds))


def test_an_honest_order_passes_and_says_so() -> None:
    home = country()
    result = _judged(home)
    assert (result.outcome, result.reason, result.findings) == (Outcome.PASSED, None, ())
    assert result.sentence == (
        "It was anchored on 2026-11-21, while its key was in force and its issuer accredited."
    )
    assert result.evidence["issued"] == "2026-11-21T10:19:00Z"
    assert result.evidence["judgedAt"] == "2026-11-21T10:20:00Z"
    assert result.evidence["entriesBelow"] == home.anchor.index


def test_without_an_anchor_the_present_is_looked_at() -> None:
    home = country()
    result = _judged(home, home.world.issue(home.university))
    assert result.outcome is Outcome.PASSED
    assert result.sentence == (
        "On 2026-11-21, its key was in force and its issuer accredited (by the newest state)."
    )


def test_issuance_a_minute_after_the_anchor_is_a_clock_and_a_second_more_is_a_lie() -> None:
    assert _judged(_issued_before_its_anchor_by(-60)).outcome is Outcome.PASSED
    result = _judged(_issued_before_its_anchor_by(-61))
    assert result.reason == "issued_after_anchor"
    assert result.sentence.endswith("after its anchor of 2026-11-21T10:20:00Z.")


def test_the_later_of_two_claimed_moments_counts() -> None:
    home = country(lambda world, actor: world.issue(actor, claims={"iat": world.now + 1000}))
    assert _judged(home).reason == "issued_after_anchor"


def test_without_an_anchor_nothing_is_issued_tomorrow() -> None:
    home = country()
    document = home.world.issue(home.university, at=home.world.now + DAY)
    result = _judged(home, document)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "not_issued_yet")
    assert "which has not come" in result.sentence


def test_a_key_that_ended_before_the_anchor_fails() -> None:
    home = country()
    world, university = home.world, home.university
    old = university.key
    world.roll_key(university)
    late = world.issue(university, key=old)
    world.anchor(university, [late])
    result = _judged(home, late)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "key_not_in_force")


def test_an_accreditation_revoked_before_the_anchor_fails_unless_the_policy_does_without() -> None:
    home = country()
    world, university = home.world, home.university
    world.revoke(university, home.tao)
    late = world.issue(university)
    world.anchor(university, [late])
    result = _judged(home, late)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "not_accredited_then")
    relaxed = _judged(home, late, policy=world.policy("accreditation"))
    assert relaxed.outcome is Outcome.PASSED
    assert relaxed.sentence == "It was anchored on 2026-11-21, while its key was in force."


def test_an_accreditation_revoked_after_the_anchor_does_not_spoil_it() -> None:
    home = country()
    home.world.revoke(home.university, home.tao)
    assert _judged(home).outcome is Outcome.PASSED


def test_rolling_a_key_after_the_anchor_does_not_spoil_it() -> None:
    home = country()
    home.world.roll_key(home.university)
    assert _judged(home).outcome is Outcome.PASSED


@pytest.mark.parametrize(("before_anchor", "spoiled"), [(1, True), (0, True), (-1, False)])
def test_a_key_ended_at_or_before_the_anchor_by_a_later_entry_is_retroactive(
    *, before_anchor: int, spoiled: bool
) -> None:
    """Play the attack: a stolen key anchored this; its owner says so afterwards."""
    home = country()
    entry = home.world.revoke_key(home.university, not_after=home.anchor.time - before_anchor)
    result = _judged(home)
    assert (result.reason == "retroactive") is spoiled
    if spoiled:
        assert result.evidence["keyEndsAs"]["byEntry"] == entry
        assert "is not trusted since" in result.sentence


def test_a_verdict_as_of_before_the_retroactive_entry_stands() -> None:
    home = country()
    world = home.world
    before = world.moment
    world.wait(3600)
    world.revoke_key(home.university, not_after=home.anchor.time - 60)
    world.wait(3600)
    assert _judged(home).reason == "retroactive"
    assert _judged(home, at=before).outcome is Outcome.PASSED
    assert _judged(home, at=world.moment - timedelta(seconds=1)).reason == "retroactive"


def test_a_time_before_the_key_was_recorded_shows_no_anchor_and_the_present_is_looked_at() -> None:
    home = country()
    result = _judged(home, at=home.world.moment - timedelta(days=1))
    assert (result.outcome, result.evidence["entriesBelow"]) == (Outcome.PASSED, None)


def test_between_two_retroactive_entries_the_first_counts() -> None:
    home = country()
    world, university = home.world, home.university
    first = world.revoke_key(university, not_after=home.anchor.time - 1)
    between = world.moment
    world.wait(3600)
    second = world.revoke_key(university, not_after=home.anchor.time - 600)
    assert _judged(home, at=between).evidence["keyEndsAs"]["byEntry"] == first
    assert _judged(home).evidence["keyEndsAs"]["byEntry"] == second


def test_what_an_unseen_anchor_could_cure_is_not_determinable() -> None:
    home = country()
    world, university = home.world, home.university
    document = world.issue(university)
    world.anchor(university, [world.issue(university)], held=False)
    world.anchor(university, [document])
    unseen, anchor = (known.anchor for known in world.record.batches[-2:])
    world.revoke_key(university, not_after=anchor.time)
    result = _judged(home, document)
    assert (result.outcome, result.reason) == (Outcome.NOT_DETERMINABLE, "unseen_batches")
    world.revoke_key(university, not_after=unseen.time)
    assert _judged(home, document).reason == "retroactive"


def test_no_unseen_anchor_cures_an_issuance_after_all_of_them() -> None:
    home = country()
    world, university = home.world, home.university
    world.anchor(university, [world.issue(university)], held=False)
    document = world.issue(university, at=world.now + DAY)
    world.anchor(university, [document])
    assert _judged(home, document).reason == "issued_after_anchor"


def test_a_late_anchor_is_a_finding() -> None:
    assert _judged(_issued_before_its_anchor_by(30 * DAY)).findings == ()
    result = _judged(_issued_before_its_anchor_by(31 * DAY))
    assert result.outcome is Outcome.PASSED
    assert result.findings[0] == "It says that it was issued on 2026-10-21, 31 days before its anchor."


def test_an_anchor_on_the_day_of_a_revocation_is_a_finding() -> None:
    for hours, found in ((1, 1), (26, 0)):
        home = country()
        home.world.wait(hours * 3600)
        home.world.revoke_key(home.university)
        result = _judged(home)
        assert (result.outcome, len(result.findings)) == (Outcome.PASSED, found)


def test_a_key_that_is_its_did_has_no_history() -> None:
    home = country()
    key = home.world.key()
    jwk: Jwk = key.jwk
    did = did_key_from_jwk(jwk)
    case = case_of(home.world, home.credential)
    secured = replace(
        case.secured,
        credential=replace(case.credential, issuer=did),
        verification_method=f"{did}#{did.removeprefix('did:key:')}",
    )
    result = check_timeline(replace(case, secured=secured, anchor=None, past=True))
    assert result.outcome is Outcome.PASSED
    assert result.sentence == "Its key is its issuer's on 2026-11-21, as ever."


def test_a_credential_without_any_date_is_issued_whenever() -> None:
    home = country()
    case = case_of(home.world, home.credential)
    undated = replace(case.secured, credential=replace(case.credential, issued=None), issued_at=None)
    result = check_timeline(replace(case, secured=undated))
    assert (result.outcome, result.evidence["issued"]) == (Outcome.PASSED, None)
    dated = check_timeline(replace(case, secured=replace(undated, issued_at=home.world.now)))
    assert dated.reason == "issued_after_anchor"


def test_a_history_that_no_contract_could_have_written_vouches_for_no_key() -> None:
    home = country()
    home.world.write("did.method.revoked", did=home.university.did, vMethodId="never added", notAfter=0)
    assert _judged(home).reason == "key_not_in_force"


def test_what_was_derived_for_one_credential_serves_the_next_of_its_batch() -> None:
    home, cache = country(), RememberingCache()
    _judged(home, cache=cache)
    derived = cache.derived
    _judged(home, cache=cache)
    assert cache.derived == derived
    home.world.revoke_key(home.university, not_after=home.anchor.time - 1)
    assert _judged(home, cache=cache).reason == "retroactive"
