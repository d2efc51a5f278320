"""Receipts checked from bytes alone, from the document to the checkpoint (protocol section 4)."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from .batch import MAX_BATCH_SIZE
from .checkpoint import Checkpoint, check_same_log
from .entry import Entry
from .errors import ReceiptMismatch, UnattestedSize
from .inclusion import verify_inclusion
from .merkle import hash_leaf
from .payload import subject_of_payload
from .receipt import AccreditationProof, Receipt

ROOT_TAO: Final = 1
TAO: Final = 2
TI: Final = 3


@dataclass(frozen=True, slots=True)
class AccreditationLink:
    """One accreditation as the ledger recorded it.

    Attributes:
        did: who is accredited.
        attribute_id: 32 bytes, the accreditation.
        issuer_type: 1 RootTAO, 2 TAO, 3 TI.
        recorded_at: time of the entry.
        log_index: place of the entry.
    """

    did: str
    attribute_id: bytes
    issuer_type: int
    recorded_at: datetime
    log_index: int


@dataclass(frozen=True, slots=True)
class ReceiptFinding:
    """What a good receipt shows.

    Attributes:
        did: who anchored.
        attribute_id: 32 bytes, the accreditation named when anchoring.
        anchored_at: time of the entry.
        log_index: place of the entry.
        accreditation: from the issuer up to the Root TAO; empty if the receipt holds none. It shows what was
            recorded before the anchor, not that nothing was revoked between: for that ask a node.
        checkpoint: the log under which all this holds.
        attested: whether the caller's own checkpoint vouches for that log.
    """

    did: str
    attribute_id: bytes
    anchored_at: datetime
    log_index: int
    accreditation: tuple[AccreditationLink, ...]
    checkpoint: Checkpoint
    attested: bool


def verify_receipt(receipt: Receipt, *, digest: bytes, checkpoint: Checkpoint | None) -> ReceiptFinding:
    """Return what a receipt shows about `digest`, every part of it checked (protocol section 4).

    Args:
        receipt: as parsed.
        digest: 32 bytes, computed from the document by the caller, never taken from the receipt.
        checkpoint: one that the caller trusts, or None: then the finding is consistent but unattested.

    Raises:
        ReceiptMismatch: two parts contradict one another, or the receipt is for another document.
        MalformedProof: a proof is impossible.
        RootMismatch: a proof leads to another root.
        MalformedPayload: an entry's payload is none.
        CheckpointMismatch: the trusted checkpoint refutes the receipt's own.
        UnattestedSize: the trusted checkpoint is of another size: get a receipt for that size.
    """
    _check_batch(receipt, digest)
    _check_entry(receipt)
    accreditation = _check_accreditation(receipt)
    return ReceiptFinding(
        did=receipt.batch.did,
        attribute_id=receipt.batch.attribute_id,
        anchored_at=receipt.entry.recorded_at,
        log_index=receipt.entry.index,
        accreditation=accreditation,
        checkpoint=receipt.checkpoint,
        attested=checkpoint is not None and _attest(receipt.checkpoint, checkpoint),
    )


def _check_batch(receipt: Receipt, digest: bytes) -> None:
    batch = receipt.batch
    if receipt.digest != digest:
        raise ReceiptMismatch("the receipt is for another document")
    if batch.size > MAX_BATCH_SIZE:
        raise ReceiptMismatch(f"no batch has {batch.size} digests")
    verify_inclusion(
        leaf_hash=hash_leaf(digest),
        index=batch.index,
        tree_size=batch.size,
        path=batch.path,
        root=batch.root,
    )


def _check_entry(receipt: Receipt) -> None:
    entry, batch, log = receipt.entry, receipt.batch, receipt.log
    if entry.kind != "anchor.batch":
        raise ReceiptMismatch(f"an entry of the kind {entry.kind} anchors nothing")
    fields = entry.fields
    named = (fields["did"], fields["attributeId"], fields["root"], fields["size"])
    if named != (batch.did, batch.attribute_id, batch.root, batch.size):
        raise ReceiptMismatch("the entry anchors another batch")
    if log.index != entry.index:
        raise ReceiptMismatch("the entry stands at another place in the log")
    if log.size != receipt.checkpoint.size:
        raise ReceiptMismatch("the log proof is for another size than the checkpoint")
    _check_recorded(receipt, entry, log.path)


def _check_recorded(receipt: Receipt, entry: Entry, path: tuple[bytes, ...]) -> None:
    if subject_of_payload(entry.kind, entry.payload) != entry.subject:
        raise ReceiptMismatch("the payload of an entry speaks of another subject")
    verify_inclusion(
        leaf_hash=entry.hash,
        index=entry.index,
        tree_size=receipt.checkpoint.size,
        path=path,
        root=receipt.checkpoint.root,
    )


def _check_accreditation(receipt: Receipt) -> tuple[AccreditationLink, ...]:
    if not receipt.accreditation:
        return ()
    links = []
    expected: tuple[object, object] | None = (receipt.batch.did, receipt.batch.attribute_id)
    accepted: tuple[int, ...] = (ROOT_TAO, TAO, TI)  # who may anchor; above them only those who may accredit
    for proof in receipt.accreditation:
        if expected is None:
            raise ReceiptMismatch("the chain of accreditations goes on above a Root TAO")
        link, expected = _check_link(receipt, proof, expected, accepted)
        links.append(link)
        accepted = (ROOT_TAO, TAO)
    if expected is not None:
        raise ReceiptMismatch("the chain of accreditations ends below a Root TAO")
    return tuple(links)


def _check_link(
    receipt: Receipt, proof: AccreditationProof, expected: tuple[object, object], accepted: tuple[int, ...]
) -> tuple[AccreditationLink, tuple[object, object] | None]:
    entry = proof.entry
    if entry.kind != "issuer.attribute.metadata":
        raise ReceiptMismatch(f"an entry of the kind {entry.kind} accredits nobody")
    if entry.index >= receipt.entry.index:
        raise ReceiptMismatch("an accreditation was recorded after the anchor")
    _check_recorded(receipt, entry, proof.path)
    fields = entry.fields
    did, attribute_id, issuer_type = fields["did"], fields["attributeId"], fields["issuerType"]
    if (did, attribute_id) != expected:
        raise ReceiptMismatch("an accreditation is not the one that the link below it names")
    if issuer_type not in accepted:
        raise ReceiptMismatch(f"an accreditation of the type {issuer_type} does not carry the link below it")
    if issuer_type == ROOT_TAO and fields["taoDid"] != did:
        raise ReceiptMismatch("a Root TAO is accredited by nobody else")
    link = AccreditationLink(
        did=cast("str", did),
        attribute_id=cast("bytes", attribute_id),
        issuer_type=issuer_type,
        recorded_at=entry.recorded_at,
        log_index=entry.index,
    )
    return link, None if issuer_type == ROOT_TAO else (fields["taoDid"], fields["attributeIdTao"])


def _attest(own: Checkpoint, trusted: Checkpoint) -> bool:
    if not check_same_log(trusted=trusted, offered=own):
        raise UnattestedSize(
            f"the trusted checkpoint is of size {trusted.size}, the receipt of size {own.size}: "
            f"get a receipt for size {trusted.size}",
            attested=trusted.size,
            found=own.size,
        )
    return True
