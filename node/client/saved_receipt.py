"""A receipt that fits a checkpoint, kept beside the file: from then on no node is needed to check it."""

from pathlib import Path

from anchoring.checkpoint import Checkpoint
from anchoring.errors import AnchoringError
from anchoring.receipt_verification import verify_receipt
from node.client.api import Node
from node.client.atomic import replace_file
from node.client.documents import receipt_path
from node.client.errors import NoNode, UnexpectedAnswer, Unusable
from node.client.offered_receipt import offered_receipt, read_receipt
from node.client.verdict import AnchorFinding, FileVerdict


def save_receipt(
    verdict: FileVerdict,
    *,
    node: Node,
    receipt_file: Path | None = None,
    checkpoint: Checkpoint | None = None,
) -> Path:
    """Where the receipt of the verdict's best anchor was written: beside the file, with its salt if any.

    Args:
        verdict: valid, from this node.
        node: asked once more, for paths to the checkpoint's size.
        receipt_file: where the salt of an unsigned file was read; beside it if not given.
        checkpoint: the one that the receipt shall fit; the node's newest if not given.

    Raises:
        Unusable: the anchor is younger than the checkpoint, or another receipt is in the way.
        UnexpectedAnswer: what the node offers now does not hold, or does not fit.
        ClientError: the node does not answer.
        OSError: the folder cannot be written.
    """
    best, digest = verdict.best, verdict.digest
    assert best is not None
    assert digest is not None
    path = receipt_path(verdict.path)
    _check_way_is_free(verdict.path, path, digest)
    if checkpoint is not None and checkpoint.size <= best.log_index:
        raise Unusable(
            f"no receipt can fit a checkpoint of size {checkpoint.size}: {verdict.path.name} was anchored "
            f"later, as entry {best.log_index}; obtain a newer checkpoint"
        )
    salt = None
    if verdict.form == "salted":
        old, _ = read_receipt(verdict.path, receipt_file)
        salt = old.salt if old is not None else None
    replace_file(path, _fitting(best, digest=digest, salt=salt, node=node, checkpoint=checkpoint))
    return path


def _check_way_is_free(file: Path, path: Path, digest: bytes) -> None:
    """Only a receipt of the same digest is replaced: any other may hold the only copy of a salt."""
    old, notes = read_receipt(file, None)
    if notes or (old is not None and old.digest != digest):
        raise Unusable(f"{path} is no receipt of this content: move it away first")


def _fitting(
    best: AnchorFinding, *, digest: bytes, salt: bytes | None, node: Node, checkpoint: Checkpoint | None
) -> bytes:
    params = {"log-size": str(checkpoint.size)} if checkpoint is not None else None
    offered = node.get(f"/v1/anchors/{digest.hex()}", params=params).get("anchors")
    if not isinstance(offered, list):
        raise NoNode(node.url, "/v1/anchors", "the answer lists no anchors")
    for item in offered:
        receipt, finding = offered_receipt(item, digest=digest, salt=salt, node=node)
        if finding.log_index != best.log_index:
            continue
        try:
            verify_receipt(receipt, digest=digest, checkpoint=checkpoint)
        except AnchoringError as error:
            raise UnexpectedAnswer(
                f"the receipt of {node.url} does not fit the checkpoint: {error}"
            ) from None
        return receipt.to_json()
    raise UnexpectedAnswer(f"{node.url} does not list entry {best.log_index} any more")
