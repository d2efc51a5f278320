"""Receipts: what a holder keeps, printed and read in one form (protocol section 4)."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .checkpoint import Checkpoint, parse_checkpoint
from .digest import file_hash, salted_digest, secured_digest
from .entry import Entry, entry_from_json, entry_to_json
from .errors import AnchoringError, MalformedReceipt
from .merkle import HASH_SIZE
from .strict_json import parse_json

MEDIA_TYPE: Final = "application/vnd.ankyra.receipt+json"
MAX_RECEIPT_SIZE: Final = 2 * 1024 * 1024
MAX_PATH_LENGTH: Final = 64
MAX_ACCREDITATION_LENGTH: Final = 16
_MAX_DEPTH: Final = 8
_VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class BatchProof:
    """Where a digest stands in a batch.

    Attributes:
        did: the DID that anchored the batch.
        attribute_id: 32 bytes, the accreditation named when anchoring.
        root: 32 bytes.
        size: number of digests in the batch.
        index: place of the digest.
        path: 32-byte siblings from leaf to root.
    """

    did: str
    attribute_id: bytes
    root: bytes
    size: int
    index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class LogProof:
    """Where the anchoring entry stands in the log.

    Attributes:
        index: place of the entry.
        size: number of entries under the receipt's checkpoint.
        path: 32-byte siblings from leaf to root.
    """

    index: int
    size: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class AccreditationProof:
    """One link of the issuer's chain of accreditations, with its inclusion under the same checkpoint.

    Attributes:
        entry: of the kind `issuer.attribute.metadata`.
        path: 32-byte siblings from leaf to root.
    """

    entry: Entry
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The whole proof that a digest was anchored (protocol section 4).

    Attributes:
        digest: 32 bytes, as anchored.
        salt: 32 bytes if the digest is a salted one, else None.
        batch: the digest in its batch.
        entry: the batch on the ledger, of the kind `anchor.batch`.
        log: the entry in the log.
        accreditation: from the issuer's own link up to the Root TAO's; empty if it was not asked for.
        checkpoint: the log under which all this is proved.
    """

    digest: bytes
    salt: bytes | None
    batch: BatchProof
    entry: Entry
    log: LogProof
    accreditation: tuple[AccreditationProof, ...]
    checkpoint: Checkpoint

    def digest_of(self, document: bytes) -> bytes:
        """Return the digest of a document as this receipt counts it, salted or secured (protocol section 3).

        Raises:
            NotSecured: the receipt has no salt and the document no signature.
            MalformedDocument: the document claims a form that its bytes do not have.
        """
        if self.salt is None:
            return secured_digest(document).digest
        return salted_digest(salt=self.salt, file_hash=file_hash(document))

    def to_json(self) -> bytes:
        """Return the one printed form: members in this order, two spaces of indentation, a last line feed."""
        salt = {} if self.salt is None else {"salt": self.salt.hex()}
        members = {
            "version": _VERSION,
            "digest": self.digest.hex(),
            **salt,
            "batch": {
                "did": self.batch.did,
                "attributeId": self.batch.attribute_id.hex(),
                "root": self.batch.root.hex(),
                "size": self.batch.size,
                "index": self.batch.index,
                "path": _print_path(self.batch.path),
            },
            "entry": entry_to_json(self.entry),
            "log": {"index": self.log.index, "size": self.log.size, "path": _print_path(self.log.path)},
            "accreditation": [
                {"entry": entry_to_json(link.entry), "path": _print_path(link.path)}
                for link in self.accreditation
            ],
            "checkpoint": self.checkpoint.text(),
        }
        return json.dumps(members, indent=2).encode("ascii") + b"\n"


def parse_receipt(document: bytes) -> Receipt:
    """Return the receipt whose `to_json()` is `document`, and of nothing else (protocol section 4).

    Args:
        document: at most 2 MiB.

    Raises:
        MalformedReceipt: the printer would print something else.
    """
    try:
        receipt = _read(parse_json(document, max_size=MAX_RECEIPT_SIZE, max_depth=_MAX_DEPTH).value)
    except AnchoringError as error:
        raise MalformedReceipt(f"no receipt: {error}") from error
    if receipt.to_json() != document:
        raise MalformedReceipt("a receipt is printed in one form only, and this is another")
    return receipt


def _read(value: object) -> Receipt:
    members = _object(value, "receipt")
    if members.get("version") != _VERSION:
        raise MalformedReceipt(f"only version {_VERSION} is known")
    batch = _object(members.get("batch"), "batch")
    log = _object(members.get("log"), "log")
    return Receipt(
        digest=_hash(members, "digest"),
        salt=_hash(members, "salt") if "salt" in members else None,
        batch=BatchProof(
            did=_text(batch, "did"),
            attribute_id=_hash(batch, "attributeId"),
            root=_hash(batch, "root"),
            size=_integer(batch, "size"),
            index=_integer(batch, "index"),
            path=_path(batch),
        ),
        entry=entry_from_json(_object(members.get("entry"), "entry")),
        log=LogProof(index=_integer(log, "index"), size=_integer(log, "size"), path=_path(log)),
        accreditation=tuple(map(_link, _list(members, "accreditation", MAX_ACCREDITATION_LENGTH))),
        checkpoint=parse_checkpoint(_text(members, "checkpoint")),
    )


def _link(value: object) -> AccreditationProof:
    link = _object(value, "accreditation")
    return AccreditationProof(entry_from_json(_object(link.get("entry"), "entry")), _path(link))


def _object(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise MalformedReceipt(f"{name} is an object")
    return value


def _list(members: Mapping[str, object], name: str, longest: int) -> Sequence[object]:
    value = members.get(name)
    if not isinstance(value, list) or len(value) > longest:
        raise MalformedReceipt(f"{name} is a list of at most {longest}")
    return value


def _text(members: Mapping[str, object], name: str) -> str:
    value = members.get(name)
    if not isinstance(value, str):
        raise MalformedReceipt(f"{name} is a text")
    return value


def _integer(members: Mapping[str, object], name: str) -> int:
    value = members.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise MalformedReceipt(f"{name} is a whole number")
    return value


def _hash(members: Mapping[str, object], name: str) -> bytes:
    return _read_hash(members.get(name), name)


def _path(members: Mapping[str, object]) -> tuple[bytes, ...]:
    return tuple(_read_hash(node, "path") for node in _list(members, "path", MAX_PATH_LENGTH))


def _read_hash(value: object, name: str) -> bytes:
    if not isinstance(value, str) or len(value) != 2 * HASH_SIZE:
        raise MalformedReceipt(f"{name} is 64 hexadecimal digits")
    try:
        return bytes.fromhex(value)
    except ValueError as error:
        raise MalformedReceipt(f"{name} is 64 hexadecimal digits") from error


def _print_path(path: tuple[bytes, ...]) -> list[str]:
    return [node.hex() for node in path]
