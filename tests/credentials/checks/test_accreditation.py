"""Check 5 as a whole: which accreditation counts, by which state of the record, and what is said of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from credentials.verdict import Outcome
from tests.credentials.accredited_country import (
    Accredited,
    accredited,
    judge,
    organisations,
)
from tests.credentials.ledger import DAY, Actor
from tests.credentials.memory_record import RememberingCache
from tests.credentials.world import ROOT_TAO, TAO, TI, World, country


def _chain(world: World, *names: str) -> list[Actor]:
    """Organisations of which each accredits the next; the first is a root, the last issues."""
    actors = [world.actor(name) for name in names]
    world.accredit(actors[0], actors[0], ROOT_TAO)
    for parent, child in pairwise(actors):
        world.accredit(child, parent, TI if child is actors[-1] else TAO)
    return actors


# --- what is said -----------------------------------------------------------------------------------------


def test_a_chain_is_told_from_the_issuer_up() -> None:
    result = accredited().judge()
    assert (
        result.sentence == "University was accredited on 2026-11-21 by Ministry, up to the Root TAO Root TAO."
    )
    links = result.evidence["links"]
    assert [(link["name"], link["issuerType"]) for link in links] == [
        ("University", "TI"),
        ("Ministry", "TAO"),
        ("Root TAO", "RootTAO"),
    ]
    assert result.evidence["root"] == links[2]["did"]
    assert result.evidence["attributeId"] == links[0]["attributeId"]
    assert links[0]["accreditedFor"][0]["jurisdictions"] == ["EUR"]
    assert links[0]["credential"]["signedBy"]["verificationMethod"].startswith(links[1]["did"])


def test_without_an_anchor_the_sentence_names_the_state_that_it_is_by() -> None:
    home = country()
    world, university = home.world, home.university
    document = world.issue(university)
    passed = judge(world, document)
    assert passed.outcome is Outcome.PASSED
    assert passed.sentence.endswith("(by the newest state).")
    world.revoke(university, home.tao)
    failed = judge(world, document)
    assert failed.reason == "accreditation_revoked"
    assert failed.sentence.endswith("(by the newest state).")
    assert "newest" not in judge(world, home.credential).sentence


@pytest.mark.parametrize(
    ("names", "sentence"),
    [
        (("Root",), "Root, the issuer, has been a Root TAO since 2026-11-21."),
        (("Root", "Uni"), "Uni was accredited on 2026-11-21 by the Root TAO Root."),
        (
            ("Root", "A", "B", "C", "Uni"),
            "Uni was accredited on 2026-11-21 by C (accredited by B, A), up to the Root TAO Root.",
        ),
    ],
)
def test_chains_of_other_lengths_are_told_too(names: tuple[str, ...], sentence: str) -> None:
    world = World()
    issuer = _chain(world, *names)[-1]
    document = world.issue(issuer)
    world.anchor(issuer, [document])
    result = judge(world, document)
    assert (result.outcome, result.sentence) == (Outcome.PASSED, sentence)


def test_what_was_found_is_remembered() -> None:
    home, cache = country(), RememberingCache()
    first = judge(home.world, home.credential, cache=cache)
    derived = cache.derived
    assert judge(home.world, home.credential, cache=cache) == first
    assert cache.derived == derived
    home.world.revoke(home.tao, home.root)
    assert judge(home.world, home.credential, cache=cache).findings


def test_what_was_found_for_one_policy_is_not_taken_for_another() -> None:
    home, cache = country(), RememberingCache()
    policy = home.world.policy()
    assert judge(home.world, home.credential, cache=cache, policy=policy).outcome is Outcome.PASSED
    other_root = replace(policy, root_taos=frozenset({home.tao.did}))
    assert judge(home.world, home.credential, cache=cache, policy=other_root).reason == "root_not_accepted"
    other_origin = replace(policy, origins=("https://elsewhere.example",))
    assert judge(home.world, home.credential, cache=cache, policy=other_origin).reason == "other_parent"


# --- chains that do not hold ------------------------------------------------------------------------------


def _cycle(home: Accredited) -> None:
    world = home.world
    world.accredit(home.root, home.root, ROOT_TAO)
    attributes = {home.tao.did: world.secret(), home.university.did: world.secret()}
    for child, parent in ((home.tao, home.university), (home.university, home.tao)):
        text = world.accreditation_text(
            child,
            parent,
            TAO,
            attribute_id=attributes[child.did],
            parent_attribute=attributes[parent.did],
        )
        world.set_metadata(
            child, attributes[child.did], TAO, tao=parent.did, attribute_id_tao=attributes[parent.did]
        )
        world.set_data(child, attributes[child.did], text)
        child.attributes.append(attributes[child.did])


def _by_an_issuer(home: Accredited) -> None:
    world = home.world
    world.accredit(home.root, home.root, ROOT_TAO)
    world.accredit(home.tao, home.root, TI)
    world.accredit(home.university, home.tao, TI)


def _without_a_root(home: Accredited) -> None:
    home.world.set_metadata(home.university, bytes(32), TI, tao=home.tao.did, attribute_id_tao=bytes(32))
    home.university.attributes.append(bytes(32))


@pytest.mark.parametrize(
    ("attack", "reason"),
    [(_cycle, "chain_broken"), (_by_an_issuer, "chain_broken"), (_without_a_root, "not_recorded")],
)
def test_a_chain_without_a_sound_end_does_not_hold(attack: Callable[[Accredited], None], reason: str) -> None:
    home = organisations()
    home.world.roots.add(home.root.did)
    attack(home)
    result = home.judge()
    assert (result.outcome, result.reason) == (Outcome.FAILED, reason)
    assert any(link["broken"] == result.sentence for link in result.evidence["links"])


def test_a_chain_of_a_hundred_does_not_hold() -> None:
    """Play the attack: a walk without a bound would verify whatever somebody piles up."""
    world = World()
    issuer = _chain(world, *(f"TAO {place}" for place in range(100)))[-1]
    document = world.issue(issuer)
    world.anchor(issuer, [document])
    result = judge(world, document)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "chain_broken")
    assert len(result.evidence["links"]) == 16


def test_a_root_that_the_verifier_does_not_accept_does_not_hold() -> None:
    """Play the attack: an operator of the registry makes itself a root, with everything in order."""
    home = accredited()
    result = home.judge(policy=home.world.policy(root_taos=[home.tao.did]))
    assert (result.outcome, result.reason) == (Outcome.FAILED, "root_not_accepted")


def test_nobody_is_accredited_by_nothing() -> None:
    home = organisations()
    home.world.roots.add(home.root.did)
    document = home.world.issue(home.university)
    result = judge(home.world, document)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "not_accredited")
    assert result.evidence["attributeId"] is None


# --- then, and at the time asked for ----------------------------------------------------------------------


def test_a_tao_revoked_before_the_anchor_fails() -> None:
    home = accredited()
    home.world.revoke(home.tao, home.root)
    result = home.judge()
    assert (result.outcome, result.reason) == (Outcome.FAILED, "accreditation_revoked")


def test_a_tao_revoked_after_the_anchor_is_reported_and_spoils_nothing() -> None:
    home = country()
    home.world.revoke(home.tao, home.root)
    result = judge(home.world, home.credential)
    assert (result.outcome, result.reason) == (Outcome.PASSED, None)
    (finding,) = result.findings
    assert "the accreditation of Ministry does not hold: The attribute" in finding
    assert f"of {home.tao.did} was revoked on 2026-11-21" in finding
    assert result.evidence["then"]["reason"] is None
    assert result.evidence["atT"]["reason"] == "accreditation_revoked"


def test_as_of_the_day_before_the_revocation_nothing_is_reported() -> None:
    home = country()
    before = home.world.wait(DAY)
    home.world.revoke(home.tao, home.root)
    result = judge(home.world, home.credential, at=before)
    assert (result.outcome, result.findings) == (Outcome.PASSED, ())


def test_an_accreditation_that_expires_after_the_anchor_is_reported() -> None:
    home = organisations()
    world = home.world
    world.accredit(home.root, home.root, ROOT_TAO)
    world.accredit(home.tao, home.root, TAO, expires=world.moment + timedelta(days=2))
    world.accredit(home.university, home.tao, TI)
    document = world.issue(home.university)
    world.anchor(home.university, [document])
    world.wait(3 * DAY)
    result = judge(world, document)
    assert result.outcome is Outcome.PASSED
    assert result.evidence["atT"]["reason"] == "accreditation_expired"
    (finding,) = result.findings
    assert "this accreditation does not hold: A credential of the chain was valid until" in finding
    later = home.judge()
    assert (later.outcome, later.reason) == (Outcome.FAILED, "accreditation_expired")


def test_an_accreditation_that_begins_after_the_anchor_fails() -> None:
    home = organisations()
    world = home.world
    world.accredit(home.root, home.root, ROOT_TAO)
    world.accredit(home.tao, home.root, TAO)

    def begin_later(members: dict[str, Any]) -> None:
        day = (world.moment + timedelta(days=30)).isoformat()
        members["issuanceDate"] = members["validFrom"] = members["issued"] = day

    world.accredit(home.university, home.tao, TI, edit=begin_later, claims={"iat": world.now + 60})
    result = home.judge()
    assert (result.outcome, result.reason) == (Outcome.FAILED, "accreditation_not_yet_valid")
    world.wait(30 * DAY)
    assert home.judge().outcome is Outcome.PASSED


def test_accreditations_without_bounds_hold_at_any_time() -> None:
    home = organisations()
    world = home.world
    for child, parent, issuer_type in (
        (home.root, home.root, ROOT_TAO),
        (home.tao, home.root, TAO),
        (home.university, home.tao, TI),
    ):
        world.accredit(
            child, parent, issuer_type, edit=lambda members: members.pop("expirationDate") and None
        )
    world.wait(50 * 365 * DAY)
    world.add_key(home.university, not_after=world.now + DAY)
    result = home.judge()
    assert result.outcome is Outcome.PASSED
    assert result.evidence["links"][0]["credential"]["validUntil"] is None


def test_without_an_anchor_the_present_decides_and_never_a_past_that_the_asker_chose() -> None:
    """Play the attack: who is accredited no more signs on, and asks to be judged by better days."""
    home = accredited()
    document = home.world.issue(home.university)
    before = home.world.wait(DAY)
    assert judge(home.world, document).outcome is Outcome.PASSED
    home.world.revoke(home.university, home.tao)
    result = judge(home.world, document, at=before)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "accreditation_revoked")
    assert result.evidence["atT"]["reason"] is None


def test_an_anchor_in_a_batch_that_is_not_at_hand_could_cure_it() -> None:
    home = accredited()
    document = home.world.issue(home.university)
    home.world.anchor(home.university, [document], held=False)
    home.world.revoke(home.university, home.tao)
    result = judge(home.world, document)
    assert (result.outcome, result.reason) == (Outcome.NOT_DETERMINABLE, "unseen_batches")
    assert result.evidence["then"]["reason"] == "accreditation_revoked"


def test_an_anchor_from_before_the_expiry_could_cure_it() -> None:
    home = accredited()
    document = home.world.issue(home.university)
    home.world.anchor(home.university, [document], held=False)
    home.world.wait(11 * 365 * DAY)
    result = judge(home.world, document)
    assert (result.outcome, result.reason) == (Outcome.NOT_DETERMINABLE, "unseen_batches")
    assert result.evidence["then"]["reason"] == "accreditation_expired"


def test_a_batch_from_before_the_accreditation_cures_nothing() -> None:
    home = organisations()
    document = home.world.issue(home.university)
    home.world.anchor(home.university, [document], held=False)
    home.world.accredit(home.root, home.root, ROOT_TAO)
    home.world.accredit(home.tao, home.root, TAO)
    home.world.accredit(home.university, home.tao, TI)
    home.world.revoke(home.university, home.tao)
    assert judge(home.world, document).outcome is Outcome.FAILED
