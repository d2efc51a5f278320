"""Whole verdicts where something is not at hand: unknown is neither absent nor wrong."""

from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from anchoring.batch import Batch
from anchoring.digest import secured_digest
from anchoring.receipt import BatchProof, Receipt
from credentials.moments import ledger_moment
from credentials.ports import Anchor
from credentials.verdict import (
    ACCREDITATION,
    ANCHOR,
    ISSUER,
    SIGNATURE,
    TIMELINE,
    Outcome,
)
from did.methods.key import did_key_from_jwk
from tests.anchoring.world import RECEIPT

from .cases import decided, verdict_on
from .ledger import DAY, Actor, Key
from .world import Country, World, country


def test_a_past_time_before_the_anchor_is_indeterminate() -> None:
    home = country(lambda world, actor: world.issue(actor, at=world.now - DAY))
    moment = ledger_moment(home.anchor.time - 1)
    verdict = verdict_on(home.world, home.credential, at=moment)
    assert decided(verdict) == ("indeterminate", ANCHOR, "past_without_anchor")


def test_while_leaves_are_missing_what_they_could_cure_is_indeterminate() -> None:
    home = country()
    home.world.lose_leaves(home.anchor)
    verdict = verdict_on(home.world, home.credential)
    assert decided(verdict) == ("indeterminate", ANCHOR, "unseen_batches")
    home.world.roll_key(home.university)
    home.world.revoke(home.university, home.tao)
    verdict = verdict_on(home.world, home.credential)
    assert verdict.outcome == "indeterminate"
    for check in (SIGNATURE, ACCREDITATION, ANCHOR, TIMELINE):
        assert (verdict.result(check).outcome, verdict.result(check).reason) == (
            Outcome.NOT_DETERMINABLE,
            "unseen_batches",
        )


def test_missing_leaves_do_not_cure_what_no_anchor_there_could() -> None:
    """Play the attack: a forger withholds the leaves of a batch anchored after the key had ended."""
    home = country()
    world, university = home.world, home.university
    retired = university.key
    world.roll_key(university)
    document = world.issue(university, key=retired)
    world.anchor(university, [document], held=False)
    assert decided(verdict_on(world, document)) == ("invalid", SIGNATURE, "no_longer_valid")


def test_missing_leaves_do_not_cure_a_forged_signature() -> None:
    home = country()
    world, named = home.world, home.university.key.fragment
    forged = world.issue(home.university, key=Key(world.key().private, named, {}))
    world.lose_leaves(home.anchor)
    world.roll_key(home.university)
    assert decided(verdict_on(world, forged)) == ("invalid", SIGNATURE, "signature_mismatch")


def test_batches_missing_after_the_anchor_matter_no_more() -> None:
    home = country()
    world = home.world
    world.anchor(home.university, [world.issue(home.university)], held=False)
    assert verdict_on(world, home.credential).outcome == "valid"


def test_a_malformed_batch_leaves_absence_open() -> None:
    home = country()
    world = home.world
    world.anchor(home.university, [world.issue(home.university) for _ in range(2)], malformed=True)
    verdict = verdict_on(world, world.issue(home.university))
    assert decided(verdict) == ("indeterminate", ANCHOR, "malformed_batches")


@pytest.mark.parametrize(
    "method",
    ["changes_of", "revisions_of", "schema_revisions", "attributes_of"],
)
def test_a_record_that_does_not_answer_makes_nothing_valid_and_nothing_invalid(method: str) -> None:
    home = country()
    document = home.world.issue(home.tao) if method == "attributes_of" else home.credential
    home.world.record.out_of_order.add(method)
    verdict = verdict_on(home.world, document, policy=home.world.policy("anchor"))
    unavailable = [result for result in verdict.results if result.reason == "unavailable"]
    assert unavailable
    assert verdict.outcome != "valid"
    assert {result.outcome for result in unavailable} == {Outcome.NOT_DETERMINABLE}


@pytest.mark.parametrize("method", ["anchors_of", "batches_of"])
def test_without_a_word_on_anchors_there_is_no_moment_to_judge_by(method: str) -> None:
    """Play the attack: the record fails where the anchor would be found; the present must not stand in."""
    home = country()
    home.world.record.out_of_order.add(method)
    verdict = verdict_on(home.world, home.credential)
    assert decided(verdict) == ("indeterminate", ISSUER, "unavailable")
    judged = {result.check.name for result in verdict.results if result.reason != "unavailable"}
    assert judged == {"format", "validity", "profile", "holder"}


def _person(world: World) -> Actor:
    """An issuer whose DID is its key."""
    key = world.key(Ed25519PrivateKey.from_private_bytes(b"\7" * 32))
    did = did_key_from_jwk(key.jwk)
    return Actor("Somebody", did, [Key(key.private, did.removeprefix("did:key:"), key.jwk)])


def test_a_did_key_issuer_signs_well_and_is_accredited_by_no_framework() -> None:
    home = country()
    document = home.world.issue(_person(home.world))
    verdict = verdict_on(home.world, document)
    assert decided(verdict) == ("indeterminate", ACCREDITATION, "no_framework")
    assert verdict.result(SIGNATURE).outcome is Outcome.PASSED
    assert verdict.result(ANCHOR).outcome is Outcome.NOT_APPLICABLE
    relaxed = verdict_on(home.world, document, policy=home.world.policy("accreditation"))
    assert relaxed.outcome == "valid"


def _receipt(home: Country, anchor: Anchor, document: bytes) -> Receipt:
    """A receipt whose batch is that of `anchor`, made from the leaves that were once at hand."""
    batch = Batch.from_leaves(b"".join(home.world.leaves[anchor.root]))
    digest = secured_digest(document).digest
    index = batch.index_of(digest)
    proof = BatchProof(
        did=anchor.did,
        attribute_id=anchor.attribute_id,
        root=anchor.root,
        size=anchor.size,
        index=index,
        path=batch.tree.inclusion_path(index),
    )
    return replace(RECEIPT, digest=digest, batch=proof)


def test_a_receipt_supplies_the_anchor_that_nobody_else_has() -> None:
    home = country()
    receipt = _receipt(home, home.anchor, home.credential)
    home.world.lose_leaves(home.anchor)
    home.world.roll_key(home.university)
    assert verdict_on(home.world, home.credential).outcome == "indeterminate"
    assert verdict_on(home.world, home.credential, receipt=receipt).outcome == "valid"


def test_a_receipt_counts_only_for_its_digest_its_issuer_and_a_batch_on_the_ledger() -> None:
    """Play the attack: a receipt of another credential, of another issuer, of a batch never anchored."""
    home = country()
    world = home.world
    receipt = _receipt(home, home.anchor, home.credential)
    forged = world.issue(home.university)
    home.world.lose_leaves(home.anchor)
    lies = [
        (forged, receipt),
        (home.credential, replace(receipt, batch=replace(receipt.batch, did=home.tao.did))),
        (home.credential, replace(receipt, batch=replace(receipt.batch, size=receipt.batch.size + 1))),
        (home.credential, replace(receipt, batch=replace(receipt.batch, root=bytes(32)))),
        (home.credential, replace(receipt, batch=replace(receipt.batch, path=()))),
    ]
    own = Batch.from_digests([secured_digest(forged).digest])
    proof = BatchProof(home.university.did, bytes(32), own.root, 1, 0, ())
    lies.append((forged, replace(receipt, digest=secured_digest(forged).digest, batch=proof)))
    for document, lie in lies:
        verdict = verdict_on(world, document, receipt=lie)
        assert verdict.result(ANCHOR).reason == "unseen_batches"


def test_a_receipt_of_a_later_anchor_does_not_replace_an_earlier_one() -> None:
    home = country()
    world = home.world
    later = world.anchor(home.university, [home.credential])
    verdict = verdict_on(world, home.credential, receipt=_receipt(home, later, home.credential))
    assert verdict.judged_at.timestamp() == home.anchor.time
