"""Check 5 as a whole: which accreditation counts, by which state of the record, and what is said of it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from credentials.accreditation_at import MAX_ATTRIBUTES
from credentials.checks.accreditation import check_accreditation
from credentials.errors import Unavailable
from credentials.verdict import Outcome
from tests.credentials.accredited_country import (
    Accredited,
    accredited,
    case_of,
    judge,
    organisations,
)
from tests.credentials.credential_makers import ISSUERS
from tests.credentials.ledger import DAY, Actor
from tests.credentials.memory_record import RememberingCache
from tests.credentials.world import ROOT_TAO, SCHEMA_URL, TAO, TI, World, country


def _terms(
    *attributes: tuple[str, bytes], kind: str = "IssuanceCertificate"
) -> Callable[[dict[str, Any]], None]:
    def edit(members: dict[str, Any]) -> None:
        members["termsOfUse"] = [
            {"id": f"{ISSUERS}/{did}/attributes/{attribute_id.hex()}", "type": kind}
            for did, attribute_id in attributes
        ]

    return edit


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
    assert "was revoked on 2026-11-21" in finding
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


# --- which accreditation counts ---------------------------------------------------------------------------


def _twice(home: Accredited) -> tuple[bytes, bytes]:
    """Two accreditations of the university, the first of which is revoked."""
    revoked = home.university.attribute_id
    second = home.world.accredit(home.university, home.tao, TI)
    home.world.revoke(home.university, home.tao, attribute_id=revoked)
    return revoked, second


def test_without_an_anchor_any_accreditation_will_do() -> None:
    home = accredited()
    _, second = _twice(home)
    result = judge(home.world, home.world.issue(home.university))
    assert (result.outcome, result.evidence["attributeId"]) == (Outcome.PASSED, second.hex())


def test_the_accreditation_that_the_credential_names_decides() -> None:
    home = accredited()
    revoked, second = _twice(home)
    did = home.university.did
    named = home.world.issue(home.university, edit=_terms((did, revoked)))
    home.world.anchor(home.university, [named])
    result = judge(home.world, named)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "accreditation_revoked")
    both = home.world.issue(home.university, edit=_terms((did, revoked), (did, second)))
    assert judge(home.world, both).outcome is Outcome.PASSED


def test_the_accreditation_under_which_it_was_anchored_decides_if_none_is_named() -> None:
    home = accredited()
    revoked, _ = _twice(home)
    home.university.attributes.append(revoked)
    result = home.judge()
    assert (result.outcome, result.reason) == (Outcome.FAILED, "accreditation_revoked")


def test_terms_of_another_type_name_no_accreditation() -> None:
    home = accredited()
    document = home.world.issue(
        home.university, edit=_terms((home.tao.did, home.tao.attribute_id), kind="Licence")
    )
    assert judge(home.world, document).outcome is Outcome.PASSED


def test_an_accreditation_of_somebody_else_is_not_the_issuers() -> None:
    """Play the attack: an issuer without accreditation names the one of its neighbour."""
    home = accredited()
    neighbour = home.world.actor("Nobody")
    document = home.world.issue(neighbour, edit=_terms((home.university.did, home.university.attribute_id)))
    result = judge(home.world, document)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "foreign_terms_of_use")


def test_an_accreditation_in_another_registry_cannot_be_judged_here() -> None:
    home = accredited()

    def elsewhere(members: dict[str, Any]) -> None:
        members["termsOfUse"] = {"id": "https://elsewhere.example/1", "type": "IssuanceCertificate"}

    with pytest.raises(Unavailable):
        judge(home.world, home.world.issue(home.university, edit=elsewhere))


def test_among_too_many_accreditations_none_is_looked_for_for_ever() -> None:
    home = accredited()
    revoked = home.university.attribute_id
    home.world.revoke(home.university, home.tao)
    for _ in range(MAX_ATTRIBUTES):
        home.world.accredit(home.university, home.tao, TI, text=b"")
    with pytest.raises(Unavailable, match="more than 16"):
        judge(home.world, home.world.issue(home.university))
    named = home.world.issue(home.university, edit=_terms((home.university.did, revoked)))
    assert judge(home.world, named).reason == "accreditation_revoked"


def test_later_accreditations_crowd_no_earlier_one_out() -> None:
    """Play the attack: a TAO buries a good accreditation under a heap of void ones."""
    home = accredited()
    for _ in range(MAX_ATTRIBUTES + 1):
        home.world.accredit(home.university, home.tao, TI, text=b"")
    assert judge(home.world, home.world.issue(home.university)).outcome is Outcome.PASSED


# --- what it covers ---------------------------------------------------------------------------------------


def test_a_credential_of_a_kind_that_is_not_covered_fails() -> None:
    home = country(
        lambda world, issuer: world.issue(
            issuer, types=("VerifiableCredential", "VerifiableAttestation", "MedicalLicence")
        )
    )
    result = judge(home.world, home.credential)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "not_covered")
    assert "MedicalLicence" in result.sentence


def test_a_credential_by_a_schema_that_is_not_covered_fails() -> None:
    home = country(lambda world, issuer: world.issue(issuer, schema=f"{SCHEMA_URL[:-1]}1"))
    assert judge(home.world, home.credential).reason == "not_covered"


# --- where it cannot be determined ------------------------------------------------------------------------


def test_other_methods_have_no_framework_of_accreditation() -> None:
    home = country()
    case = case_of(home.world, home.credential)
    object.__setattr__(case.secured.credential, "issuer", "did:web:example.org")
    result = check_accreditation(case)
    assert (result.outcome, result.reason) == (Outcome.NOT_DETERMINABLE, "no_framework")


def test_without_accepted_roots_nothing_is_determined() -> None:
    home = country()
    result = judge(home.world, home.credential, policy=home.world.policy(root_taos=()))
    assert (result.outcome, result.reason) == (Outcome.NOT_DETERMINABLE, "no_root_taos")


def test_before_anything_of_the_ledger_is_known_nothing_is_determined() -> None:
    home, nowhere = country(), World()
    with pytest.raises(Unavailable):
        judge(nowhere, home.credential, policy=home.world.policy())


@pytest.mark.parametrize("silent", ["attributes_of", "revisions_of", "changes_of"])
def test_a_record_that_does_not_answer_is_no_absence(silent: str) -> None:
    home = accredited()
    case = case_of(home.world, home.world.issue(home.university))
    home.world.record.out_of_order.add(silent)
    with pytest.raises(Unavailable):
        check_accreditation(case)
