"""How receipts are written in answers: whole, and the part that a batch shares (protocol section 4)."""

from collections.abc import Sequence
from typing import Any

from anchoring.entry import entry_to_json
from node.services.receipts import BatchReceipt, ProvenEntry


def common_form(found: BatchReceipt) -> dict[str, Any]:
    """Return all of a receipt but digest, salt, index and path in the batch."""
    batch = found.batch
    return {
        "batch": {
            "did": batch.did,
            "attributeId": batch.attribute_id.hex(),
            "root": batch.root.hex(),
            "size": batch.size,
        },
        "entry": entry_to_json(found.anchor.entry),
        "log": {
            "index": found.anchor.entry.index,
            "size": found.checkpoint.size,
            "path": _hexes(found.anchor.path),
        },
        "accreditation": [_proven(one) for one in found.accreditation],
        "checkpoint": found.checkpoint.text(),
    }


def receipt_form(found: BatchReceipt, *, digest: str, index: int, path: Sequence[bytes]) -> dict[str, Any]:
    """Return a whole receipt; a salt only its holder knows."""
    common = common_form(found)
    batch = common["batch"] | {"index": index, "path": _hexes(path)}
    return {"version": 1, "digest": digest} | common | {"batch": batch}


def _proven(found: ProvenEntry) -> dict[str, Any]:
    return {"entry": entry_to_json(found.entry), "path": _hexes(found.path)}


def _hexes(hashes: Sequence[bytes]) -> list[str]:
    return [node_hash.hex() for node_hash in hashes]
