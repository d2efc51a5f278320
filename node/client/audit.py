"""A whole history replayed: every entry re-hashed, every batch re-hashed, roots compared with the ledger's.

An auditor believes a node nothing: what the node shows is put together again from the first entry on, and the
three lines at the end are this machine's own.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from anchoring.checkpoint import Checkpoint, parse_checkpoint
from anchoring.entry import Entry, entry_from_json
from anchoring.errors import AnchoringError
from anchoring.history import History
from anchoring.sentences import Line, timeline
from node.artifacts import ArtifactError, load_artifact
from node.client.api import Node
from node.client.errors import ClientError, NodeProblem, NoNode, UnexpectedAnswer
from node.client.issuing import rfc3339
from node.client.profile import Deployment, compare_deployments
from node.client.receipts import log_origin
from node.client.rehash import BatchFinding, rehash
from node.client.vouching import check_consistency

_ENTRY = ("index", "kind", "subject", "previous", "time", "actor", "parent", "payload", "hash")
_PAGE = "1000"
_CATCH_UP = 5  # rounds in which a log that grows is followed


@dataclass(frozen=True, slots=True)
class AuditReport:
    """What an audit found; `failures` are sentences, none if all holds."""

    checkpoint: Checkpoint
    audited_at: datetime
    entries: int
    batches: tuple[BatchFinding, ...]
    digests: int
    issuers: Mapping[str | None, list[Line]]
    ledger_root_compared: bool
    continues: Checkpoint | None
    failures: tuple[str, ...]
    projection_digest: str | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    """Names of issuers, by DID: the node's word, for reading only."""

    @property
    def unavailable(self) -> tuple[BatchFinding, ...]:
        """Batches whose digests the node does not hold: what is in them could not be checked."""
        return tuple(batch for batch in self.batches if batch.state == "unavailable")

    @property
    def outcome(self) -> str:
        """`valid`, `invalid` or `indeterminate`."""
        if self.failures:
            return "invalid"
        return "indeterminate" if self.unavailable else "valid"

    def to_json(self) -> dict[str, Any]:
        """The report as `--json` prints it."""
        return {
            "outcome": self.outcome,
            "auditedAt": rfc3339(self.audited_at),
            "entries": self.entries,
            "digests": self.digests,
            "batches": [
                {
                    "index": batch.index,
                    "did": batch.did,
                    "root": batch.root.hex(),
                    "size": batch.size,
                    "state": batch.state,
                    "detail": batch.detail,
                }
                for batch in self.batches
            ],
            "ledgerRootCompared": self.ledger_root_compared,
            "continues": self.continues.text() if self.continues else None,
            "projectionDigest": self.projection_digest,
            "failures": list(self.failures),
            "timeline": [
                {
                    "issuer": did,
                    "name": self.names.get(did or ""),
                    "events": [
                        {"time": rfc3339(line.time), "index": line.index, "kind": line.kind}
                        | {"sentence": line.sentence}
                        for line in lines
                    ],
                }
                for did, lines in self.issuers.items()
            ],
            "checkpoint": self.checkpoint.text(),
        }


def audit(
    node: Node,
    *,
    now: datetime,
    deployment: Deployment | None = None,
    rpc: Node | None = None,
    earlier: Checkpoint | None = None,
    progress: Callable[[str, int], None] = lambda _stage, _count: None,
) -> AuditReport:
    """The whole history of a node replayed and compared.

    Args:
        node: who shows the history.
        now: the time of the audit.
        deployment: the pinned one; the node's own word if not given.
        rpc: a ledger node's JSON-RPC, operated by somebody else than the node at best.
        earlier: a checkpoint of an earlier audit, from which the log must go on.
        progress: told of each stage and how far it is.

    Raises:
        BrokenHistory: an entry does not continue the log.
        ClientError: the node does not answer as it should.
    """
    named = node.deployment()
    if deployment is not None:
        compare_deployments(pinned=deployment, seen=named)
    origin = log_origin(named)
    failures: list[str] = []
    history, entries = History(), list[Entry]()
    _replay(node, history, entries, progress)
    if rpc is not None:
        failures += _compare_with_ledger(node, rpc, named, history, entries, progress)
    checkpoint = history.checkpoint(origin)
    failures += _compare_with_node(node, checkpoint)
    if earlier is not None:
        failures += _compare_with_earlier(node, earlier, checkpoint, history)
    batches = []
    for entry in entries:
        if entry.kind == "anchor.batch":
            batches.append(rehash(node, entry))
            progress("batches", len(batches))
    failures += [f"entry {b.index}: {b.detail}" for b in batches if b.state == "mismatch"]
    return AuditReport(
        checkpoint=checkpoint,
        audited_at=now,
        entries=len(entries),
        batches=tuple(batches),
        digests=sum(batch.size for batch in batches if batch.state == "rehashed"),
        issuers=timeline(entries),
        ledger_root_compared=rpc is not None,
        continues=earlier,
        failures=tuple(failures),
        projection_digest=_projection_digest(node, checkpoint.size),
        names=_names(node, at_most=len(entries)),
    )


def _replay(node: Node, history: History, entries: list[Entry], progress: Callable[[str, int], None]) -> None:
    """Every entry from where `history` stands is appended to it, each checked against those before."""
    for entry in _entries(node, start=history.size):
        history.append(entry)
        entries.append(entry)
        if not history.size % 1000:
            progress("entries", history.size)
    progress("entries", history.size)


def _entries(node: Node, *, start: int) -> Iterator[Entry]:
    params = {"limit": _PAGE, "from": str(start)}
    while True:
        page = node.get("/v1/history", params=params)
        items = page.get("items")
        if not isinstance(items, list):
            raise UnexpectedAnswer(f"{node.url}/v1/history lists no entries")
        for item in items:
            try:
                yield entry_from_json({name: item[name] for name in _ENTRY})
            except (KeyError, TypeError, AnchoringError) as error:
                raise UnexpectedAnswer(f"{node.url}/v1/history shows what is no entry: {error}") from None
        cursor = page.get("next")
        if not isinstance(cursor, str) or not items:
            return
        params["cursor"] = cursor


def _compare_with_node(node: Node, own: Checkpoint) -> list[str]:
    """The node's own three lines for the same size are the same."""
    answer = node.request("GET", "/v1/log/checkpoint", params={"size": str(own.size)})
    try:
        shown = parse_checkpoint(answer.content)
    except AnchoringError as error:
        return [f"the node's checkpoint is none: {error}"]
    return [] if shown == own else ["the node's checkpoint differs from the replayed log"]


def _compare_with_earlier(node: Node, earlier: Checkpoint, own: Checkpoint, history: History) -> list[str]:
    if earlier.origin != own.origin:
        return [f"the earlier checkpoint is of another log: {earlier.origin}"]
    if not 0 < earlier.size <= own.size:
        return [f"the earlier checkpoint has {earlier.size} entries, this log {own.size}"]
    if history.root(earlier.size) != earlier.root:
        return [f"the log was rewritten: its root at size {earlier.size} is not the earlier checkpoint's"]
    try:  # what a stranger without the entries would check; ours was recomputed just now
        check_consistency(node, earlier=earlier, later=own)
    except ClientError as error:
        return [str(error)]
    return []


def _compare_with_ledger(
    node: Node,
    rpc: Node,
    deployment: Deployment,
    history: History,
    entries: list[Entry],
    progress: Callable[[str, int], None],
) -> list[str]:
    """The ledger's own root at the replayed size; where the ledger is ahead, the node is followed further."""
    size, root = 0, b""
    for _ in range(_CATCH_UP):
        size, root = _ledger_root(rpc, deployment)
        if size <= history.size:
            break
        _replay(node, history, entries, progress)
    if size > history.size:
        return [f"the ledger has {size} entries, the node shows only {history.size}"]
    if size < 1 or history.root(size) != root:
        return [f"the ledger's root at size {size} is not the root of the replayed log"]
    if size < history.size:
        return [f"the node shows {history.size} entries, the ledger has only {size}"]
    return []


def _ledger_root(rpc: Node, deployment: Deployment) -> tuple[int, bytes]:
    """`size()` and `root()` of the log contract at one and the same block."""
    block = rpc.json_rpc("eth_blockNumber", [])
    log = load_artifact("RegistryLog")
    values = []
    for name in ("size", "root"):
        view = log.function(name)
        call = {"to": deployment.registry_log, "data": "0x" + view.selector.hex()}
        answer = rpc.json_rpc("eth_call", [call, block])
        try:
            values.append(view.decode_outputs(bytes.fromhex(str(answer).removeprefix("0x")))[0])
        except (ArtifactError, ValueError, IndexError):
            raise UnexpectedAnswer(f"{rpc.url} has no log at {deployment.registry_log}") from None
    return cast("int", values[0]), cast("bytes", values[1])


def _names(node: Node, *, at_most: int) -> dict[str, str]:
    """How the node calls the issuers, as their accreditors stated it; none where it does not say.

    Args:
        node: taken at its word.
        at_most: entries in its log, which has no more issuers: a node could name more without end.
    """
    names, seen, params = dict[str, str](), 0, {"limit": _PAGE}
    while True:
        page = node.get("/v1/issuers", params=params)
        items = page.get("items")
        if not isinstance(items, list):
            raise UnexpectedAnswer(f"{node.url}/v1/issuers lists nobody")
        for item in items:
            if isinstance(item, dict) and isinstance(item.get("name"), str):
                names[str(item.get("did"))] = item["name"]
        seen += len(items)
        if not isinstance(page.get("next"), str) or not items or seen > at_most:
            return names
        params["cursor"] = page["next"]


def _projection_digest(node: Node, size: int) -> str | None:
    """The node's one line about its projection, for comparison with another node's."""
    try:
        digest = node.get("/v1/log/digest", params={"size": str(size)}).get("digest")
    except (NodeProblem, NoNode):
        return None
    return digest if isinstance(digest, str) and len(digest) == 2 * hashlib.sha256().digest_size else None
