"""The digests of one anchored batch, fetched and hashed again (protocol section 3)."""

from dataclasses import dataclass, replace
from typing import cast

from anchoring.batch import Batch
from anchoring.entry import Entry
from anchoring.errors import AnchoringError
from anchoring.merkle import MerkleTree
from node.client.api import Node
from node.client.errors import NodeProblem, NoNode, UnexpectedAnswer

_LEAF = 32  # bytes


@dataclass(frozen=True, slots=True)
class BatchFinding:
    """One anchored batch and what was found of it.

    `rehashed`: its digests hash to its root. `malformed`: they do, but are not what a batch is.
    `unavailable`: the node does not hold them. `mismatch`: what it holds is something else.
    """

    index: int
    did: str
    root: bytes
    size: int
    state: str
    detail: str = ""


def rehash(node: Node, entry: Entry) -> BatchFinding:
    """What the node's digests of one batch come to, hashed against the root that the ledger holds.

    Raises:
        ClientError: the node does not answer.
    """
    fields = entry.fields
    did, root, size = cast("str", fields["did"]), cast("bytes", fields["root"]), cast("int", fields["size"])
    finding = BatchFinding(entry.index, did, root, size, "rehashed")
    try:
        stream = node.stream(f"/v1/batches/{did}/{root.hex()}/{size}/leaves", limit=_LEAF * (size + 1))
        leaves = b"".join(stream)
    except (NodeProblem, NoNode) as absent:  # a page in place of digests proves nothing wrong with them
        return _ended(finding, "unavailable", str(absent))
    except UnexpectedAnswer as error:
        return _ended(finding, "mismatch", str(error))
    try:
        batch = Batch.from_leaves(leaves)
    except AnchoringError as error:
        return _malformed(finding, leaves, str(error))
    if batch.root != root:
        return _ended(finding, "mismatch", "the digests that the node holds do not hash to the root")
    if batch.size != size:
        return _ended(finding, "malformed", f"{batch.size} digests under this root, {size} committed")
    return finding


def _malformed(finding: BatchFinding, leaves: bytes, why: str) -> BatchFinding:
    """What is no batch but hashes to the root was anchored so, and stands (protocol section 3)."""
    if leaves and not len(leaves) % _LEAF and MerkleTree.from_leaves(leaves).root == finding.root:
        return _ended(finding, "malformed", why)
    return _ended(finding, "mismatch", f"the node holds something else: {why}")


def _ended(finding: BatchFinding, state: str, detail: str) -> BatchFinding:
    return replace(finding, state=state, detail=detail)
