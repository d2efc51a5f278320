"""Receipts read: the one beside a file, and those that a node offers, never believed before they hold."""

from pathlib import Path

from anchoring.errors import AnchoringError, MalformedReceipt
from anchoring.receipt import MAX_RECEIPT_SIZE, Receipt, parse_receipt
from anchoring.receipt_verification import ReceiptFinding, verify_receipt
from node.client.api import Node
from node.client.documents import receipt_path
from node.client.errors import UnexpectedAnswer, Unusable
from node.client.receipts import receipt_from_json


def read_receipt(path: Path, named: Path | None) -> tuple[Receipt | None, tuple[str, ...]]:
    """The receipt of `path`, or None with a note on why it is refused; no note where there is none.

    Args:
        path: the file.
        named: where its receipt is; beside it if not given.

    Raises:
        Unusable: it cannot be read, or was named and is not there.
    """
    source = named or receipt_path(path)
    try:
        with source.open("rb") as file:
            return parse_receipt(file.read(MAX_RECEIPT_SIZE + 1)), ()
    except FileNotFoundError:
        if named is not None:
            raise Unusable(f"there is no {named}") from None
        return None, ()
    except OSError as error:
        raise Unusable(f"cannot read {source}: {error.strerror}") from None
    except MalformedReceipt as error:
        return None, (f"{source.name} is refused: {error}",)


def offered_receipt(
    item: object, *, digest: bytes, salt: bytes | None, node: Node
) -> tuple[Receipt, ReceiptFinding]:
    """The receipt in one of the anchors that a node lists, verified, and what it proves.

    Args:
        item: of the node's list.
        digest: of the file, computed here.
        salt: of the file, which no node knows; None for a signed one.
        node: named in refusals.

    Raises:
        UnexpectedAnswer: it is none, or does not hold.
    """
    if not isinstance(item, dict) or not isinstance(item.get("receipt"), dict):
        raise UnexpectedAnswer(f"{node.url} names an anchor without a receipt")
    receipt = receipt_from_json(item["receipt"], salt=salt)
    try:
        return receipt, verify_receipt(receipt, digest=digest, checkpoint=None)
    except AnchoringError as error:
        raise UnexpectedAnswer(f"{node.url} claims an anchor that its proof does not show: {error}") from None
