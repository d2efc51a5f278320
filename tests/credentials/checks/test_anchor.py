"""Check 7: what shows an anchor, what shows its absence, and what shows neither."""

from dataclasses import replace

from credentials.checks.anchor import check_anchor
from credentials.verdict import Outcome
from tests.credentials.cases import case_of
from tests.credentials.memory_record import MemoryRecord
from tests.credentials.world import country


def test_an_anchored_credential_passes_and_says_when_and_where() -> None:
    home = country()
    result = check_anchor(case_of(home.world, home.credential))
    assert result.outcome is Outcome.PASSED
    assert result.sentence == "Anchored by its issuer on 2026-11-21, among 3 digests."
    assert result.evidence == {
        "entry": home.anchor.index,
        "recorded": "2026-11-21T10:20:00Z",
        "root": home.anchor.root.hex(),
        "size": 3,
        "attributeId": home.university.attribute_id.hex(),
        "final": True,
    }
    assert result.findings == ()


def test_an_anchor_that_the_chain_could_still_drop_is_a_finding() -> None:
    home = country()
    home.world.record.batches[-1].anchor = replace(home.anchor, final=False)
    result = check_anchor(case_of(home.world, home.credential))
    assert result.outcome is Outcome.PASSED
    assert result.findings == ("Its anchor is not final yet: the ledger could still drop it.",)


def test_absence_from_every_batch_at_hand_fails() -> None:
    home = country()
    result = check_anchor(case_of(home.world, home.world.issue(home.university)))
    assert (result.outcome, result.reason) == (Outcome.FAILED, "not_anchored")
    assert result.sentence == "Its issuer never anchored it: it is in none of the issuer's 1 batches."


def test_an_anchor_by_somebody_else_is_none() -> None:
    """Play the attack: another issuer anchors a credential that its own issuer never did."""
    home = country()
    world, credential = home.world, home.world.issue(home.university)
    world.anchor(home.tao, [credential])
    assert check_anchor(case_of(world, credential)).reason == "not_anchored"


def test_an_issuer_that_anchors_nothing_needs_no_anchor() -> None:
    home = country()
    academy = home.world.actor("Academy")
    result = check_anchor(case_of(home.world, home.world.issue(academy)))
    assert (result.outcome, result.reason) == (Outcome.NOT_APPLICABLE, "no_batches")


def test_while_a_batch_is_not_at_hand_absence_is_not_shown() -> None:
    """Play the attack: leaves withheld by their author must not look like absence, nor like presence."""
    home = country()
    world = home.world
    missing = world.anchor(home.university, [world.issue(home.university)], held=False)
    result = check_anchor(case_of(world, world.issue(home.university)))
    assert (result.outcome, result.reason) == (Outcome.NOT_DETERMINABLE, "unseen_batches")
    assert result.evidence["unavailable"][0]["entry"] == missing.index


def test_a_malformed_batch_shows_presence_but_not_absence() -> None:
    home = country()
    world = home.world
    inside = [world.issue(home.university) for _ in range(3)]
    world.anchor(home.university, inside, malformed=True)
    assert check_anchor(case_of(world, inside[0])).outcome is Outcome.PASSED
    outside = check_anchor(case_of(world, world.issue(home.university)))
    assert (outside.outcome, outside.reason) == (Outcome.NOT_DETERMINABLE, "malformed_batches")
    assert outside.evidence == {"batches": 2, "malformed": 1}


def test_a_past_time_without_an_anchor_by_then_is_not_determinable() -> None:
    """Play the attack: asking as of before the anchor makes nothing unanchored, and nothing valid."""
    home = country()
    before = home.world.wait(0).replace(hour=10, minute=0)
    result = check_anchor(case_of(home.world, home.credential, at=before))
    assert (result.outcome, result.reason) == (Outcome.NOT_DETERMINABLE, "past_without_anchor")


def test_a_node_that_has_followed_nothing_knows_nothing() -> None:
    home = country()
    home.world.record = MemoryRecord()
    result = check_anchor(case_of(home.world, home.credential))
    assert (result.outcome, result.reason) == (Outcome.NOT_DETERMINABLE, "nothing_followed")


def test_issuers_of_other_methods_do_not_anchor_here() -> None:
    home = country()
    case = case_of(home.world, home.world.issue(home.university))
    foreign = replace(case.credential, issuer="did:web:university.example")
    result = check_anchor(replace(case, secured=replace(case.secured, credential=foreign)))
    assert (result.outcome, result.reason) == (Outcome.NOT_APPLICABLE, "foreign_issuer")
