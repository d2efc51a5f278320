"""Receipts written beside files: the part they share asked once, each path from the client's own tree."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from anchoring.batch import Batch
from anchoring.checkpoint import origin
from anchoring.entry import entry_from_json, entry_to_json
from anchoring.errors import AnchoringError
from anchoring.receipt import MAX_RECEIPT_SIZE, Receipt, parse_receipt
from anchoring.receipt_verification import verify_receipt
from node.client.atomic import replace_file
from node.client.documents import RECEIPT_SUFFIX, Document, receipt_path
from node.client.errors import UnexpectedAnswer
from node.client.profile import Deployment

_ENTRY, _LOG_PROOF = b'\n  "entry": ', b'\n  "log": '  # where these members begin in a printed receipt


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
    printer = ReceiptPrinter(receipt, batch)
    written = kept = 0
    for document in documents:
        path = receipt_path(document.path)
        content = printer.print(document.digest, salt=document.salt)
        if _keeps_older(path, document, content, index=receipt.entry.index):
            kept += 1
            continue
        replace_file(path, content, durable=False)
        written += 1
    return written, kept


def _keeps_older(path: Path, document: Document, content: bytes, *, index: int) -> bool:
    """Whether the receipt that is there already stays; one that is for something else is moved aside."""
    try:
        with path.open("rb") as file:
            older = file.read(MAX_RECEIPT_SIZE + 1)
    except FileNotFoundError:
        return False
    anchor = content[: content.index(_LOG_PROOF)]  # digest, salt, batch and entry: all but the growing log
    if older.startswith(anchor):
        return True
    try:
        receipt = parse_receipt(older)
    except AnchoringError:
        path.replace(_aside(document.path, "unreadable"))
        return False
    if receipt.digest != document.digest:
        path.replace(_aside(document.path, receipt.digest.hex()[:16]))
        return False
    return receipt.entry.index <= index


class ReceiptPrinter:
    """Prints many receipts of one batch as `Receipt.to_json` would; what they share is printed once."""

    def __init__(self, receipt: Receipt, batch: Batch) -> None:
        """Take the receipt of any digest of the batch, and the batch."""
        self._batch = batch
        whole = receipt.to_json()
        self._rest = whole[whole.index(_ENTRY) :]
        self._head = (
            '  "batch": {\n'
            f'    "did": {json.dumps(receipt.batch.did)},\n'
            f'    "attributeId": "{receipt.batch.attribute_id.hex()}",\n'
            f'    "root": "{batch.root.hex()}",\n'
            f'    "size": {batch.size},\n'
        )

    def print(self, digest: bytes, *, salt: bytes | None = None) -> bytes:
        """The receipt of a digest of the batch.

        Args:
            digest: 32 bytes.
            salt: under which it was made of an unsigned file.

        Raises:
            NotInBatch: the batch has no such digest (`anchoring.errors`).
        """
        index = self._batch.index_of(digest)
        salted = f'  "salt": "{salt.hex()}",\n' if salt else ""
        nodes = ",\n".join(f'      "{node.hex()}"' for node in self._batch.tree.inclusion_path(index))
        path = f"[\n{nodes}\n    ]" if nodes else "[]"
        text = (
            f'{{\n  "version": 1,\n  "digest": "{digest.hex()}",\n{salted}{self._head}'
            f'    "index": {index},\n    "path": {path}\n  }},'
        )
        return text.encode("ascii") + self._rest


def _aside(path: Path, mark: str) -> Path:
    return path.with_name(f"{path.name}.{mark}{RECEIPT_SUFFIX}")
