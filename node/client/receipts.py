"""Receipts written beside files: the part they share asked once, each path from the client's own tree."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from anchoring.batch import Batch
from anchoring.checkpoint import origin
from anchoring.entry import entry_from_json, entry_to_json
from anchoring.errors import AnchoringError
from anchoring.receipt import Receipt, parse_receipt
from anchoring.receipt_verification import verify_receipt
from node.client.atomic import replace_file
from node.client.documents import RECEIPT_SUFFIX, Document, receipt_path
from node.client.errors import UnexpectedAnswer
from node.client.profile import Deployment
from node.client.salts import receipt_beside


def log_origin(deployment: Deployment) -> str:
    """The first line of every checkpoint of this deployment's log (protocol section 5)."""
    return origin(
        deployment.name,
        deployment.chain_id,
        bytes.fromhex(deployment.registry_log.removeprefix("0x")),
    )


def receipt_from_json(members: Mapping[str, Any], *, salt: bytes | None) -> Receipt:
    """The receipt in a node's answer, which knows no salt, in whatever order its members came.

    Raises:
        UnexpectedAnswer: it is none.
    """
    try:
        batch, log = members["batch"], members["log"]
        ordered = {
            "version": members["version"],
            "digest": members["digest"],
            **({} if salt is None else {"salt": salt.hex()}),
            "batch": {name: batch[name] for name in ("did", "attributeId", "root", "size", "index", "path")},
            "entry": entry_to_json(entry_from_json(members["entry"])),
            "log": {name: log[name] for name in ("index", "size", "path")},
            "accreditation": [
                {"entry": entry_to_json(entry_from_json(link["entry"])), "path": link["path"]}
                for link in members["accreditation"]
            ],
            "checkpoint": members["checkpoint"],
        }
        return parse_receipt(json.dumps(ordered, indent=2).encode() + b"\n")
    except (KeyError, TypeError, ValueError, AttributeError, AnchoringError) as error:
        raise UnexpectedAnswer(f"the node's receipt cannot be read: {error}") from None


def batch_receipt(common: Mapping[str, Any], *, batch: Batch, did: str, deployment: Deployment) -> Receipt:
    """The receipt of a batch's first digest, checked whole, from the part that the node adds.

    Raises:
        UnexpectedAnswer: what the node adds proves nothing about this batch in this log.
    """
    digest = batch.leaves[:32]
    attribute = common.get("batch", {})
    own = {"did": did, "root": batch.root.hex(), "size": batch.size, "index": 0}
    path = [node.hex() for node in batch.tree.inclusion_path(0)]
    members = {**common, "version": 1, "digest": digest.hex(), "batch": {**attribute, **own, "path": path}}
    receipt = receipt_from_json(members, salt=None)
    try:
        verify_receipt(receipt, digest=digest, checkpoint=None)
    except AnchoringError as error:
        raise UnexpectedAnswer(f"the node's receipt does not hold: {error}") from None
    if receipt.checkpoint.origin != log_origin(deployment):
        raise UnexpectedAnswer(f"the node's receipt is of another log: {receipt.checkpoint.origin}")
    return receipt


def write_receipts(receipt: Receipt, *, batch: Batch, documents: Iterable[Document]) -> tuple[int, int]:
    """How many receipts were written, and how many files kept the older one that they had.

    An older receipt for the same content proves an earlier anchor and is worth more. One for other content
    is moved aside, since its salt may exist nowhere else.

    Args:
        receipt: of any digest of the batch.
        batch: all digests.
        documents: files with their digests.

    Raises:
        OSError: a folder cannot be written.
    """
    printer = _Printer(receipt, batch)
    written = kept = 0
    for document in documents:
        path = receipt_path(document.path)
        older = receipt_beside(document.path) if path.exists() else None
        if older is not None and older.digest == document.digest and older.entry.index <= receipt.entry.index:
            kept += 1
            continue
        if older is not None and older.digest != document.digest:
            path.replace(_aside(document.path, older.digest))
        replace_file(path, printer.print(document), durable=False)
        written += 1
    return written, kept


class _Printer:
    """Prints many receipts of one batch; what they share is printed once."""

    def __init__(self, receipt: Receipt, batch: Batch) -> None:
        self._receipt = receipt
        self._batch = batch
        whole = receipt.to_json()
        self._rest = whole[whole.index(b'\n  "entry": ') :]

    def print(self, document: Document) -> bytes:
        index = self._batch.index_of(document.digest)
        members = {
            "version": 1,
            "digest": document.digest.hex(),
            **({} if document.salt is None else {"salt": document.salt.hex()}),
            "batch": {
                "did": self._receipt.batch.did,
                "attributeId": self._receipt.batch.attribute_id.hex(),
                "root": self._batch.root.hex(),
                "size": self._batch.size,
                "index": index,
                "path": [node.hex() for node in self._batch.tree.inclusion_path(index)],
            },
        }
        head = json.dumps(members, indent=2).encode().removesuffix(b"\n}")
        return head + b"," + self._rest


def whole_receipt(receipt: Receipt, *, batch: Batch, document: Document) -> Receipt:
    """The receipt of one document of the batch."""
    index = batch.index_of(document.digest)
    place = replace(receipt.batch, index=index, path=batch.tree.inclusion_path(index))
    return replace(receipt, digest=document.digest, salt=document.salt, batch=place)


def _aside(path: Path, digest: bytes) -> Path:
    return path.with_name(f"{path.name}.{digest.hex()[:16]}{RECEIPT_SUFFIX}")
