"""A batch on its way to the ledger: handed in, signed, watched until it is final, receipts beside the files.

The same files again are the same batch: nothing is sent twice, and a run that was cut off goes on.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import rfc8785

from anchoring.batch import Batch
from anchoring.errors import AnchoringError
from anchoring.receipt import Receipt
from credentials.securing.jose import sign_compact
from did.base64url import encode_base64url
from node.client.accreditation import own_attribute
from node.client.atomic import check_writable
from node.client.documents import Document, Unsecured, collect, read_documents, with_salts
from node.client.errors import (
    NodeProblem,
    ReceiptsUnwritten,
    Refused,
    StillWaiting,
    UnexpectedAnswer,
    Unusable,
)
from node.client.issuer import Issuer
from node.client.patience import Patience
from node.client.receipts import batch_receipt, write_receipts
from node.client.salts import PendingSalts, salts_in_receipts
from node.client.transactions import Call

JWS_TYPE = "ankyra-batch+jwt"
STATES = ("accepted", "submitted", "anchored", "final", "failed", "expired")
_NOT_FOUND, _CONFLICT = 404, 409
_WAITED = Patience(attempts=1200, first=0.05, longest=0.5)


@dataclass(frozen=True, slots=True)
class BatchState:
    """Where a batch is, as its node says."""

    did: str
    attribute_id: str
    root: str
    size: int
    state: str
    transaction_hash: str | None
    anchored_at: str | None
    confirmations: int | None
    reason: str | None
    unsigned_transaction: Mapping[str, Any] | None

    @classmethod
    def from_json(cls, members: Mapping[str, Any]) -> "BatchState":
        """The state in an answer.

        Raises:
            UnexpectedAnswer: it is none.
        """
        state = members.get("state")
        if state not in STATES:
            raise UnexpectedAnswer(f"no state of a batch: {state}")
        return cls(
            did=str(members.get("did")),
            attribute_id=str(members.get("attributeId")),
            root=str(members.get("root")),
            size=int(members.get("size") or 0),
            state=state,
            transaction_hash=members.get("transactionHash"),
            anchored_at=members.get("anchoredAt"),
            confirmations=members.get("confirmations"),
            reason=members.get("reason"),
            unsigned_transaction=members.get("unsignedTransaction"),
        )


@dataclass(frozen=True, slots=True)
class Anchored:
    """A batch that is on the ledger, and what was written beside the files."""

    state: BatchState
    documents: tuple[Document, ...]
    receipts_written: int
    receipts_kept: int


Progress = Callable[[str, BatchState | None], None]
"""Told `digested`, then each state that is new."""


def anchor_files(
    issuer: Issuer,
    paths: Iterable[Path],
    *,
    attribute_id: bytes | None = None,
    until: Literal["anchored", "final"] = "final",
    progress: Progress = lambda _stage, _state: None,
    patience: Patience = _WAITED,
    random: Callable[[int], bytes] = os.urandom,
) -> Anchored:
    """The files' digests are anchored in one transaction, with a receipt beside each file.

    Args:
        issuer: accredited.
        paths: files and folders.
        attribute_id: 32 bytes, the accreditation to anchor under; found by the node if not given.
        until: receipts are written once the batch is there.
        progress: told of each stage.
        patience: how long to wait for it.
        random: the operating system's randomness, for salts.

    Raises:
        Refused: a file cannot be anchored, or the contract refused the batch.
        StillWaiting: patience ended; the same command goes on later.
        ClientError: the node or the keystore refused.
        Unusable: a folder cannot be written; nothing was signed or sent.
        ReceiptsUnwritten: the batch is anchored; the same command writes the receipts later.
    """
    files = collect(paths)
    _check_folders({file.parent for file in files})
    found = list(read_documents(files))
    unsecured = [file for file in found if isinstance(file, Unsecured)]
    pending = PendingSalts(issuer.folder / "pending", unsecured)
    known = {**pending.load(), **salts_in_receipts(unsecured)} if unsecured else {}
    documents, salts = with_salts(found, known=known, random=random)
    if salts:
        pending.save(salts)
    batch, state, receipt = anchor_digests(
        issuer,
        {document.digest for document in documents},
        attribute_id=attribute_id,
        until=until,
        progress=progress,
        patience=patience,
    )
    try:
        written, kept = write_receipts(receipt, batch=batch, documents=documents)
    except OSError as error:
        named = f"{error.filename}: " if error.filename else ""
        raise ReceiptsUnwritten(f"{named}{error.strerror or error}") from None
    if salts:
        os.sync()  # receipts hold the only copy of the salts from here on
        pending.forget()
    return Anchored(state, tuple(documents), written, kept)


def anchor_digests(
    issuer: Issuer,
    digests: Iterable[bytes],
    *,
    attribute_id: bytes | None = None,
    until: Literal["anchored", "final"] = "final",
    progress: Progress = lambda _stage, _state: None,
    patience: Patience = _WAITED,
) -> tuple[Batch, BatchState, Receipt]:
    """The batch of these digests, where it is, and the receipt of its first digest, checked whole.

    Args:
        issuer: accredited.
        digests: 32 bytes each, each once.
        attribute_id: 32 bytes, the accreditation to anchor under; found by the node if not given.
        until: how far to wait.
        progress: told of each stage.
        patience: how long to wait.

    Raises:
        Refused: there are none or too many, or the contract refused the batch.
        StillWaiting: patience ended; the same digests go on later.
        ClientError: the node or the keystore refused.
    """
    try:
        batch = Batch.from_digests(digests)
    except AnchoringError as error:
        raise Refused(str(error)) from None
    progress("digested", None)
    attribute = attribute_id or _known_attribute(issuer, batch)
    state = anchor_batch(
        issuer, batch, attribute_id=attribute, until=until, progress=progress, patience=patience
    )
    common = issuer.node.get(batch_path(issuer.did, batch) + "/receipt")
    return (
        batch,
        state,
        batch_receipt(common, batch=batch, did=issuer.did, deployment=issuer.deployment()),
    )


def anchor_batch(
    issuer: Issuer,
    batch: Batch,
    *,
    attribute_id: bytes,
    until: Literal["anchored", "final"] = "final",
    progress: Progress = lambda _stage, _state: None,
    patience: Patience = _WAITED,
) -> BatchState:
    """The batch is on the ledger; only digests leave this machine.

    Raises:
        Refused: the contract refused it, in words.
        StillWaiting: patience ended.
        ClientError: the node or the keystore refused.
    """
    path = batch_path(issuer.did, batch)
    issuer.outbox.begin(f"anchor {batch.root.hex()}/{batch.size}")
    state = _state_or_none(issuer, path)
    if state is None or state.state in {"failed", "expired", "accepted"}:
        state = hand_in(issuer, batch, attribute_id=attribute_id)
        progress(state.state, state)
    if state.state not in {"submitted", "anchored", "final"}:
        state = _submit(issuer, batch, state, attribute_id=attribute_id)
    seen = ""
    for _ in patience.tries():
        state = BatchState.from_json(issuer.node.get(path))
        if state.state != seen:
            seen = state.state
            progress(seen, state)
        if state.state in {"final", until}:
            _note_outcome(issuer, batch, state)
            return state
        if state.state in {"failed", "expired"}:
            raise Refused(f"the batch {state.state}: {state.reason or 'no reason given'}")
    raise StillWaiting(f"the batch is {seen}, not yet {until}; the same command goes on later")


def hand_in(issuer: Issuer, batch: Batch, *, attribute_id: bytes) -> BatchState:
    """The node keeps the batch's digests, signed for by the issuer.

    Raises:
        ClientError: the node or the keystore refused.
    """
    issuer.open_keys()
    signer = issuer.signer()
    claims: dict[str, str | int] = {
        "attributeId": attribute_id.hex(),
        "did": issuer.did,
        "from": issuer.keystore.open(issuer.profile.ledger_key).address,
        "root": batch.root.hex(),
        "size": batch.size,
    }
    jws = sign_compact(
        header={"kid": signer.kid, "typ": JWS_TYPE}, payload=rfc8785.dumps(dict(claims)), key=signer.key
    )
    body = {**claims, "digests": encode_base64url(batch.leaves), "jws": jws}
    return BatchState.from_json(issuer.node.post("/v1/batches", body))


def batch_state(issuer: Issuer, *, root: str, size: int, did: str | None = None) -> BatchState:
    """Where a batch is.

    Raises:
        ClientError: the node knows none, or does not answer.
    """
    return BatchState.from_json(issuer.node.get(f"/v1/batches/{did or issuer.did}/{root}/{size}"))


def batch_path(did: str, batch: Batch) -> str:
    """The batch's own address at a node."""
    return f"/v1/batches/{did}/{batch.root.hex()}/{batch.size}"


def _check_folders(folders: Iterable[Path]) -> None:
    for folder in sorted(folders):
        try:
            check_writable(folder)
        except OSError as error:
            raise Unusable(
                f"no receipt can be written in {folder} ({error.strerror}); nothing was anchored"
            ) from None


def _known_attribute(issuer: Issuer, batch: Batch) -> bytes:
    """What the batch is under already, else the issuer's latest accreditation."""
    state = _state_or_none(issuer, batch_path(issuer.did, batch))
    if state is not None and state.state in {"submitted", "anchored", "final"}:
        return bytes.fromhex(state.attribute_id)
    return own_attribute(issuer.node, issuer.did, types=("RootTAO", "TAO", "TI"))


def _state_or_none(issuer: Issuer, path: str) -> BatchState | None:
    try:
        return BatchState.from_json(issuer.node.get(path))
    except NodeProblem as problem:
        if problem.status == _NOT_FOUND:
            return None
        raise


def _call(issuer: Issuer, batch: Batch, *, attribute_id: bytes) -> Call:
    return Call("AnchorRegistry", "anchorBatch", (issuer.did, attribute_id, batch.root, batch.size))


def _submit(issuer: Issuer, batch: Batch, state: BatchState, *, attribute_id: bytes) -> BatchState:
    """The batch with its transaction handed in: the one of a run that was cut off, if that still serves."""
    path = batch_path(issuer.did, batch)
    try:
        issuer.courier().carry(
            _call(issuer, batch, attribute_id=attribute_id),
            key=issuer.keystore.open(issuer.profile.ledger_key),
            route=path + "/transaction",
            build=lambda: state.unsigned_transaction,
            in_turn=False,  # a batch depends on no transaction before it
        )
    except NodeProblem as problem:
        if problem.status != _CONFLICT:
            raise  # else the node keeps another transaction that anchors this batch
    return BatchState.from_json(issuer.node.get(path))


def _note_outcome(issuer: Issuer, batch: Batch, state: BatchState) -> None:
    """The outbox knows that the batch's transaction is on the ledger, if it is one of this profile."""
    call = _call(issuer, batch, attribute_id=bytes.fromhex(state.attribute_id))
    entry = issuer.outbox.same_call(issuer.outbox.entries(), call)
    if entry is not None and entry.hash[2:] == str(state.transaction_hash).removeprefix("0x"):
        issuer.courier().await_outcome(entry)
