"""Receipts: everything that proves that a digest is in a batch, the batch in the log, its issuer accredited.

What is not proved here is left out: a digest whose path does not lead to the root and size on the ledger gets
no receipt (protocol sections 3 and 4).
"""

from dataclasses import dataclass

from anchoring.checkpoint import Checkpoint
from anchoring.entry import Entry
from anchoring.errors import AnchoringError
from anchoring.inclusion import verify_inclusion
from anchoring.merkle import hash_leaf
from node.db.batches import Anchor, AnchoredBatch, anchored_batch, find_anchors, unavailable_batches
from node.db.entries import entry_at
from node.db.leaves import find_blob, inclusion_path
from node.db.submissions import find_submission
from node.errors import NoSuchLeaf
from node.services.accreditations import Accreditation, accreditation
from node.services.errors import BatchNotAnchored, BatchNotFound, ProjectionDamaged
from node.services.node import Node
from node.services.organisation_names import name_of
from node.services.view import AsOf, View, viewing

MOST_ANCHORS = 100
"""Anchors in one answer: each brings some kilobytes, and whoever is accredited may anchor a digest again."""


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """A log entry and its path to the checkpoint's root."""

    entry: Entry
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class BatchReceipt:
    """What all receipts of one batch have in common: all but digest, salt, index and path in the batch.

    Attributes:
        batch: the batch on the ledger.
        issuer_name: as its accreditor stated it by then.
        then: the issuer's accreditation just before the anchor.
        anchor: its entry.
        accreditation: the entries that made the issuer's chain, issuer first; empty if the chain was broken.
        checkpoint: of the log size to which all paths lead.
    """

    batch: AnchoredBatch
    issuer_name: str | None
    then: Accreditation
    anchor: ProvenEntry
    accreditation: tuple[ProvenEntry, ...]
    checkpoint: Checkpoint


@dataclass(frozen=True, slots=True)
class FoundAnchor:
    """One anchor of a digest.

    Attributes:
        receipt: of its batch.
        index: the digest's place in the batch.
        path: from there to the batch's root.
        final: enough blocks follow.
        now: the issuer's accreditation as of now.
    """

    receipt: BatchReceipt
    index: int
    path: tuple[bytes, ...]
    final: bool
    now: Accreditation


@dataclass(frozen=True, slots=True)
class Anchors:
    """Every anchor of a digest that this node can prove.

    Attributes:
        found: in log order.
        next_after: the entry index of the last one, if there are more behind it.
        unavailable: the first thousand batches whose digests are not held: absence is not certain.
        as_of: the state that they were read from.
    """

    found: list[FoundAnchor]
    next_after: int | None
    unavailable: list[AnchoredBatch]
    as_of: AsOf


def anchors_of(
    node: Node, digest: bytes, *, log_size: int | None, after: int | None = None, limit: int = MOST_ANCHORS
) -> Anchors:
    """Return the anchors of `digest`, each with its receipt, oldest first.

    Args:
        node: where it is looked up.
        digest: 32 bytes.
        log_size: the size to which paths shall lead; None for the newest. Later anchors are left out.
        after: the entry index after which to begin; None: at the beginning.
        limit: anchors at most, and never more than `MOST_ANCHORS`.

    Raises:
        LogSizeUnknown: the log has not had that size here.
        ProjectionDamaged: the database does not hash to what the ledger has.
    """
    most = min(limit, MOST_ANCHORS)
    with viewing(node) as view:
        size = view.checked_size(log_size, least=0)
        found = []
        unavailable = unavailable_batches(view.connection)
        begin = -1 if after is None else after
        anchors = [
            anchor
            for anchor in find_anchors(view.connection, digest)
            if begin < anchor.batch.entry_index < size
        ]
        for anchor in anchors[:most]:
            path = _proven_path(view, anchor, digest)
            if path is None:
                unavailable.append(anchor.batch)
            else:
                found.append(_found(view, anchor, path, size))
        next_after = anchors[most - 1].batch.entry_index if len(anchors) > most else None
        return Anchors(found=found, next_after=next_after, unavailable=unavailable, as_of=view.as_of)


def batch_receipt(node: Node, *, did: str, root: bytes, size: int, log_size: int | None) -> BatchReceipt:
    """Return what the receipts of one batch have in common.

    Raises:
        BatchNotFound: it was not handed in here and is not on the ledger.
        BatchNotAnchored: it is not on the ledger, as far as this node has followed.
        LogSizeUnknown: the log has not had that size here, or the batch came later.
    """
    with viewing(node) as view:
        batch = anchored_batch(view.connection, did=did, root=root, size=size)
        if batch is None:
            handed_in = find_submission(view.connection, did=did, root=root, size=size)
            raise BatchNotFound if handed_in is None else BatchNotAnchored
        asked = view.checked_size(log_size, least=batch.entry_index + 1)
        return receipt_in(view, batch, log_size=asked)


def receipt_in(view: View, batch: AnchoredBatch, *, log_size: int) -> BatchReceipt:
    """Return the common part of the receipts of `batch`, proved at `log_size`.

    Raises:
        ProjectionDamaged: the database does not hash to what the ledger has.
    """
    found: BatchReceipt = view.node.memory.receipts.get(
        (view.root_at(log_size), batch.entry_index), lambda: _derive(view, batch, log_size)
    )
    return found


def _derive(view: View, batch: AnchoredBatch, log_size: int) -> BatchReceipt:
    then = accreditation(view, did=batch.did, attribute_id=batch.attribute_id, before_index=batch.entry_index)
    links = then.links if then.in_force else ()
    return BatchReceipt(
        batch=batch,
        issuer_name=name_of(view, batch.did, before_index=batch.entry_index),
        then=then,
        anchor=_proven(view, batch.entry_index, log_size),
        accreditation=tuple(
            _proven(view, named.link.last_metadata.index, log_size)
            for named in links
            if named.link.last_metadata is not None
        ),
        checkpoint=view.checkpoint(log_size),
    )


def _found(view: View, anchor: Anchor, path: tuple[bytes, ...], log_size: int) -> FoundAnchor:
    batch = anchor.batch
    return FoundAnchor(
        receipt=receipt_in(view, batch, log_size=log_size),
        index=anchor.position,
        path=path,
        final=view.is_final(batch.block_number),
        now=accreditation(view, did=batch.did, attribute_id=batch.attribute_id),
    )


def _proven_path(view: View, anchor: Anchor, digest: bytes) -> tuple[bytes, ...] | None:
    """Return the digest's path if it leads to the root and size on the ledger, else None."""
    blob = find_blob(view.connection, root=anchor.batch.root, size=anchor.batch.size)
    if blob is None:
        return None
    try:
        path = inclusion_path(view.connection, blob, anchor.position)
        verify_inclusion(
            leaf_hash=hash_leaf(digest),
            index=anchor.position,
            tree_size=anchor.batch.size,
            path=path,
            root=anchor.batch.root,
        )
    except (AnchoringError, NoSuchLeaf):
        return None
    return path


def _proven(view: View, index: int, log_size: int) -> ProvenEntry:
    found = entry_at(view.connection, index)
    if found is None:
        raise ProjectionDamaged(size=view.size)
    return ProvenEntry(entry=found.entry, path=view.inclusion_path(index, size=log_size))
