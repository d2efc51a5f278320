"""Whether the log that a node shows goes on from a checkpoint that somebody kept (RFC 9162 section 2.1.4)."""

from anchoring.checkpoint import Checkpoint
from anchoring.consistency import verify_consistency
from anchoring.errors import AnchoringError
from node.client.api import Node
from node.client.errors import UnexpectedAnswer
from node.client.verdict import AttestedBy


def vouch(offered: Checkpoint, *, trusted: Checkpoint | None, node: Node) -> AttestedBy:
    """Who vouches for the node's log: the asker's own checkpoint, if the log continues it.

    Args:
        offered: the node's.
        trusted: the asker's own, or None: then only the node does.
        node: asked for the consistency proof.

    Raises:
        UnexpectedAnswer: the log is another one, or does not continue the trusted checkpoint.
        ClientError: the node does not answer.
    """
    if trusted is None:
        return "node"
    if trusted.origin != offered.origin:
        raise UnexpectedAnswer(f"{node.url} follows {offered.origin}, your checkpoint is of {trusted.origin}")
    if trusted.size > offered.size:
        return "nobody"
    check_consistency(node, earlier=trusted, later=offered)
    return "checkpoint"


def check_consistency(node: Node, *, earlier: Checkpoint, later: Checkpoint) -> None:
    """Return if the log at `later` continues the log at `earlier`, by a proof that the node gives.

    Raises:
        UnexpectedAnswer: there is no such proof: the log was rewritten, or the node lies.
        ClientError: the node does not answer.
    """
    path: object = []
    if earlier.size != later.size:
        params = {"from": str(earlier.size), "to": str(later.size)}
        path = node.get("/v1/log/consistency", params=params).get("path")
    if not isinstance(path, list):
        raise UnexpectedAnswer(f"{node.url} gives no proof of consistency")
    try:
        hashes = [bytes.fromhex(str(value)) for value in path]
        verify_consistency(
            first_size=earlier.size,
            second_size=later.size,
            first_root=earlier.root,
            second_root=later.root,
            path=hashes,
        )
    except (AnchoringError, ValueError) as error:
        raise UnexpectedAnswer(f"the log of {node.url} does not continue your checkpoint: {error}") from None
