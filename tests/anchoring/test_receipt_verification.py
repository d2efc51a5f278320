"""Receipts checked: what a good one shows, and every lie that one could tell."""

from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.batch import MAX_BATCH_SIZE, Batch
from anchoring.entry import Entry, encode_payload
from anchoring.errors import (
    AnchoringError,
    CheckpointMismatch,
    MalformedPayload,
    MalformedProof,
    ReceiptMismatch,
    RootMismatch,
    UnattestedSize,
)
from anchoring.merkle import MerkleTree, hash_children, hash_leaf
from anchoring.receipt import AccreditationProof, LogProof, Receipt, parse_receipt
from anchoring.receipt_verification import AccreditationLink, verify_receipt

from .claims import flip
from .world import (
    ANCHOR,
    BATCH,
    CHAIN,
    DIGESTS,
    KTU_DID,
    KTU_ID,
    KTU_LINK,
    OPENED,
    ORIGIN,
    RECEIPT,
    ROOT_DID,
    ROOT_ID,
    ROOT_LINK,
    TAO_DID,
    TAO_ID,
    TAO_LINK,
    WORLD,
    World,
    accreditation,
)

DIGEST = DIGESTS[4]
TRUSTED = RECEIPT.checkpoint


def _at(minute: int) -> datetime:
    return datetime(2026, 11, 21, 10, minute, tzinfo=UTC)


def test_a_good_receipt_shows_who_anchored_when_and_by_whose_leave() -> None:
    finding = verify_receipt(RECEIPT, digest=DIGEST, checkpoint=TRUSTED)
    assert (finding.did, finding.attribute_id) == (KTU_DID, KTU_ID)
    assert (finding.anchored_at, finding.log_index) == (_at(4), 4)
    assert finding.accreditation == (
        AccreditationLink(KTU_DID, KTU_ID, 3, _at(3), 3),
        AccreditationLink(TAO_DID, TAO_ID, 2, _at(2), 2),
        AccreditationLink(ROOT_DID, ROOT_ID, 1, _at(1), 1),
    )
    assert finding.checkpoint == TRUSTED
    assert finding.attested


def test_without_a_checkpoint_it_is_consistent_but_unattested() -> None:
    assert not verify_receipt(RECEIPT, digest=DIGEST, checkpoint=None).attested


def test_without_a_chain_it_shows_no_accreditation() -> None:
    bare = replace(RECEIPT, accreditation=())
    assert verify_receipt(bare, digest=DIGEST, checkpoint=TRUSTED).accreditation == ()


def test_a_root_tao_may_anchor_itself() -> None:
    world = World()
    world.write("log.opened", OPENED)
    root = world.write("issuer.attribute.metadata", accreditation(KTU_DID, KTU_ID, 1, KTU_DID, bytes(32)))
    receipt = world.receipt(DIGEST, BATCH, world.anchor(BATCH), (root,))
    assert verify_receipt(receipt, digest=DIGEST, checkpoint=None).accreditation[0].issuer_type == 1


def test_a_checkpoint_of_another_size_neither_attests_nor_refutes() -> None:
    for size in (5, 7):
        if size > WORLD.history.size:
            other = replace(TRUSTED, size=size)
        else:
            other = WORLD.history.checkpoint(ORIGIN, size=size)
        with pytest.raises(UnattestedSize, match=f"get a receipt for size {size}") as refusal:
            verify_receipt(RECEIPT, digest=DIGEST, checkpoint=other)
        assert (refusal.value.attested, refusal.value.found) == (size, TRUSTED.size)


def test_a_forged_checkpoint_is_refuted() -> None:
    forged = replace(TRUSTED, root=bytes(32))
    with pytest.raises(CheckpointMismatch, match="two roots") as refusal:
        verify_receipt(RECEIPT, digest=DIGEST, checkpoint=forged)
    assert (refusal.value.expected, refusal.value.found) == (forged.text(), TRUSTED.text())
    elsewhere = replace(TRUSTED, origin=TRUSTED.origin.replace("devnet", "other"))
    with pytest.raises(CheckpointMismatch, match="different logs"):
        verify_receipt(RECEIPT, digest=DIGEST, checkpoint=elsewhere)


@given(st.data())
def test_no_changed_byte_of_a_receipt_survives(data: st.DataObject) -> None:
    printed = RECEIPT.to_json()
    place = data.draw(st.integers(0, len(printed) - 1))
    changed = bytearray(printed)
    changed[place] = data.draw(st.integers(0, 255).filter(lambda byte: byte != printed[place]))
    with pytest.raises(AnchoringError):
        verify_receipt(parse_receipt(bytes(changed)), digest=DIGEST, checkpoint=TRUSTED)


def test_no_hexadecimal_digit_of_a_receipt_can_be_changed() -> None:
    printed = RECEIPT.to_json()
    for place, byte in enumerate(printed):
        if chr(byte) in "0123456789abcdef":
            other = b"1" if byte != ord("1") else b"2"
            with pytest.raises(AnchoringError):
                verify_receipt(
                    parse_receipt(printed[:place] + other + printed[place + 1 :]),
                    digest=DIGEST,
                    checkpoint=TRUSTED,
                )


def test_a_changed_salt_makes_another_document() -> None:
    salt, document = bytes(range(32)), b"%PDF-1.7"
    digest = replace(RECEIPT, salt=salt).digest_of(document)
    batch = Batch.from_digests([*DIGESTS, digest])
    world = World()
    world.write("log.opened", OPENED)
    receipt = world.receipt(digest, batch, world.anchor(batch), salt=salt)
    verify_receipt(receipt, digest=receipt.digest_of(document), checkpoint=None)
    for lie in (replace(receipt, salt=flip(salt)), receipt):
        changed = document if lie.salt != salt else document + b"\n"
        with pytest.raises(ReceiptMismatch, match="another document"):
            verify_receipt(lie, digest=lie.digest_of(changed), checkpoint=None)


def _refused(receipt: Receipt, sentence: str, kind: type[AnchoringError] = ReceiptMismatch) -> None:
    with pytest.raises(kind, match=sentence):
        verify_receipt(receipt, digest=receipt.digest, checkpoint=None)


def test_an_inner_node_is_no_document() -> None:
    inner = BATCH.tree.level(1)[:32]
    batch = replace(RECEIPT.batch, index=0, size=6, path=BATCH.tree.inclusion_path(0)[1:])
    with pytest.raises(AnchoringError):
        verify_receipt(replace(RECEIPT, digest=inner, batch=batch), digest=inner, checkpoint=None)
    forged = MerkleTree(BATCH.tree.level(1))
    assert forged.root == BATCH.root
    _refused(replace(RECEIPT, digest=inner, batch=batch), "another root", RootMismatch)


def test_a_receipt_for_another_document_is_refused() -> None:
    for other in (sha256(b"other").digest(), bytes(32), b"\xff" * 32):
        with pytest.raises(ReceiptMismatch, match="another document"):
            verify_receipt(RECEIPT, digest=other, checkpoint=TRUSTED)


def test_a_batch_of_an_impossible_size_is_refused() -> None:
    _refused(replace(RECEIPT, batch=replace(RECEIPT.batch, size=MAX_BATCH_SIZE + 1)), "no batch has")
    _refused(replace(RECEIPT, batch=replace(RECEIPT.batch, size=0)), "no leaf", MalformedProof)


def test_the_same_root_under_another_size_is_another_batch() -> None:
    batch = Batch.from_digests(DIGESTS[:3])
    world = World()
    world.write("log.opened", OPENED)
    receipt = world.receipt(batch.leaves[:32], batch, world.anchor(batch))
    verify_receipt(receipt, digest=receipt.digest, checkpoint=None)
    _refused(replace(receipt, batch=replace(receipt.batch, size=4)), "another batch")


def test_a_batch_of_another_issuer_is_another_batch() -> None:
    for change in ({"did": TAO_DID}, {"attribute_id": TAO_ID}):
        _refused(replace(RECEIPT, batch=replace(RECEIPT.batch, **change)), "another batch")


def test_a_batch_of_another_root_is_another_batch() -> None:
    world = World()
    world.write("log.opened", OPENED)
    other = Batch.from_digests([flip(digest) for digest in DIGESTS])
    entry = world.anchor(other)
    verify_receipt(world.receipt(flip(DIGEST), other, entry), digest=flip(DIGEST), checkpoint=None)
    _refused(world.receipt(DIGEST, BATCH, entry), "another batch")


def test_the_largest_batch_is_taken() -> None:
    path = tuple(sha256(bytes([level])).digest() for level in range(20))
    root = hash_leaf(DIGEST)
    for sibling in path:
        root = hash_children(left=root, right=sibling)
    fields = {"did": KTU_DID, "attributeId": KTU_ID, "root": root, "size": 1_048_576, "authority": 0}
    world = World()
    world.write("log.opened", OPENED)
    receipt = world.receipt(DIGEST, BATCH, world.write("anchor.batch", fields))
    proof = replace(receipt.batch, root=root, size=1_048_576, index=0, path=path)
    assert not verify_receipt(replace(receipt, batch=proof), digest=DIGEST, checkpoint=None).attested


def test_only_an_anchor_anchors() -> None:
    _refused(replace(RECEIPT, entry=KTU_LINK), "anchors nothing")
    _refused(replace(RECEIPT, entry=replace(ANCHOR, payload=b"")), "within a field", MalformedPayload)


def test_the_log_proof_must_fit_entry_and_checkpoint() -> None:
    log = RECEIPT.log
    for index, size in ((log.index - 1, log.size - 1), (log.index + 1, log.size + 1)):
        _refused(replace(RECEIPT, log=replace(log, index=index)), "another place")
        _refused(replace(RECEIPT, log=replace(log, size=size)), "another size than the checkpoint")
    _refused(replace(RECEIPT, log=LogProof(log.index, log.size, ())), "do not reach", MalformedProof)
    _refused(
        replace(RECEIPT, log=replace(log, path=(bytes(32), *log.path[1:]))), "another root", RootMismatch
    )


def _lying_log(entry: Entry) -> Receipt:
    """Return a receipt whose log holds an entry that no ledger would write."""
    tree = MerkleTree(WORLD.history.tree.leaf_hash(0) * entry.index + entry.hash)
    checkpoint = replace(TRUSTED, size=entry.index + 1, root=tree.root)
    log = LogProof(entry.index, checkpoint.size, tree.inclusion_path(entry.index))
    return replace(RECEIPT, entry=entry, log=log, accreditation=(), checkpoint=checkpoint)


def test_an_entry_filed_under_a_foreign_subject_is_refused() -> None:
    verify_receipt(_lying_log(ANCHOR), digest=DIGEST, checkpoint=None)
    for subject in (KTU_LINK.subject, bytes(32), b"\xff" * 32):
        _refused(_lying_log(replace(ANCHOR, subject=subject)), "another subject")


def _with_chain(*chain: Entry) -> Receipt:
    return replace(WORLD.receipt(DIGEST, BATCH, ANCHOR, chain))


def test_a_chain_must_lead_from_the_issuer_to_a_root() -> None:
    _refused(_with_chain(KTU_LINK, TAO_LINK), "ends below a Root TAO")
    _refused(_with_chain(KTU_LINK), "ends below a Root TAO")
    _refused(_with_chain(TAO_LINK, ROOT_LINK), "the link below it names")
    _refused(_with_chain(KTU_LINK, ROOT_LINK), "the link below it names")
    _refused(_with_chain(*CHAIN, ROOT_LINK), "goes on above a Root TAO")
    _refused(_with_chain(KTU_LINK, ANCHOR, ROOT_LINK), "accredits nobody")
    _refused(_with_chain(WORLD.entries[5]), "accredits nobody")


def test_a_link_must_be_in_the_log() -> None:
    broken = AccreditationProof(KTU_LINK, ())
    _refused(replace(RECEIPT, accreditation=(broken, *RECEIPT.accreditation[1:])), "reach", MalformedProof)
    forged = replace(KTU_LINK, actor=bytes(20))
    lie = AccreditationProof(forged, RECEIPT.accreditation[0].path)
    _refused(replace(RECEIPT, accreditation=(lie, *RECEIPT.accreditation[1:])), "another root", RootMismatch)
    payload = encode_payload("issuer.attribute.metadata", accreditation(KTU_DID, TAO_ID, 3, TAO_DID, TAO_ID))
    lie = AccreditationProof(replace(KTU_LINK, payload=payload), RECEIPT.accreditation[0].path)
    _refused(replace(RECEIPT, accreditation=(lie,)), "another subject")


@pytest.mark.parametrize(
    ("links", "sentence"),
    [
        (((KTU_DID, KTU_ID, 4, TAO_DID, TAO_ID),), "type 4 does not carry"),
        (((KTU_DID, KTU_ID, 0, TAO_DID, TAO_ID),), "type 0 does not carry"),
        (
            ((KTU_DID, KTU_ID, 3, TAO_DID, TAO_ID), (TAO_DID, TAO_ID, 3, ROOT_DID, ROOT_ID)),
            "type 3 does not carry",
        ),
        (
            ((KTU_DID, KTU_ID, 3, TAO_DID, TAO_ID), (TAO_DID, TAO_ID, 4, ROOT_DID, ROOT_ID)),
            "type 4 does not carry",
        ),
        (((KTU_DID, KTU_ID, 1, TAO_DID, TAO_ID),), "accredited by nobody else"),
        (((KTU_DID, KTU_ID, 1, "did:ebsi:zA", TAO_ID),), "accredited by nobody else"),
        (((KTU_DID, TAO_ID, 3, TAO_DID, TAO_ID),), "the link below it names"),
        (((TAO_DID, KTU_ID, 3, TAO_DID, TAO_ID),), "the link below it names"),
    ],
)
def test_links_that_carry_nothing_are_refused(
    links: tuple[tuple[str, bytes, int, str, bytes], ...], sentence: str
) -> None:
    world = World()
    world.write("log.opened", OPENED)
    chain = tuple(world.write("issuer.attribute.metadata", accreditation(*link)) for link in links)
    _refused(world.receipt(DIGEST, BATCH, world.anchor(BATCH), chain), sentence)


def test_an_accreditation_after_the_anchor_does_not_count() -> None:
    world = World()
    world.write("log.opened", OPENED)
    anchor = world.anchor(BATCH)
    link = world.write("issuer.attribute.metadata", accreditation(KTU_DID, KTU_ID, 1, KTU_DID, bytes(32)))
    _refused(world.receipt(DIGEST, BATCH, anchor, (link,)), "after the anchor")
    _refused(_with_chain(replace(KTU_LINK, index=ANCHOR.index), TAO_LINK, ROOT_LINK), "after the anchor")
