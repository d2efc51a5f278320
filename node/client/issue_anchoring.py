"""Issued credentials anchored, a batch for each 1,048,576; the receipts of an NDJSON file in files beside it.

What has a receipt is anchored and left alone. A run that was cut off goes on with the same batch.
"""

import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from glob import escape
from itertools import islice
from pathlib import Path
from typing import IO, Any, Final, Literal

from anchoring.batch import MAX_BATCH_SIZE
from anchoring.digest import secured_digests
from anchoring.errors import AnchoringError
from credentials.securing.reading import MAX_SIZE
from node.client.atomic import check_writable
from node.client.batches import BatchState, Progress, anchor_digests
from node.client.documents import RECEIPT_SUFFIX
from node.client.errors import ReceiptsUnwritten, Refused, Unusable
from node.client.issue_journal import Journal, header_of
from node.client.issue_outputs import SUFFIXES, issued_files, journal_path
from node.client.issuer import Issuer
from node.client.offered_receipt import read_receipt
from node.client.patience import Patience
from node.client.receipts import ReceiptPrinter

_LINE: Final = 2 * MAX_SIZE
_DIGEST: Final = re.compile(rb'\{"digest":"([0-9a-f]{64})"')
_WAITED: Final = Patience(attempts=1200, first=0.05, longest=0.5)


@dataclass(frozen=True, slots=True)
class AnchoredLines:
    """What was anchored of a file.

    Attributes:
        batches: those that were anchored now.
        receipts: files with their receipts.
        credentials: of this run's batches.
        before: credentials that had a receipt already.
    """

    batches: tuple[BatchState, ...]
    receipts: tuple[Path, ...]
    credentials: int
    before: int


def is_issued_lines(path: Path) -> bool:
    """Whether a file is what `credential issue` wrote credentials into, one on each line."""
    return path.suffix in SUFFIXES and path.is_file() and journal_path(path).exists()


def is_issued_folder(path: Path) -> bool:
    """Whether a folder is what `credential issue` wrote files into."""
    return path.is_dir() and journal_path(path).exists()


def unanchored_files(out: Path) -> tuple[list[Path], int]:
    """The files of a folder that are to be anchored yet, and how many need not be.

    Of a batch whose receipts were not all written, all files are anchored again together with those that have
    no receipt: if nothing came since, that is the same batch, and it happens once.

    Args:
        out: as `credential issue` wrote it.

    Raises:
        Unusable: a file cannot be read.
    """
    without: list[Path] = []
    batches: dict[tuple[bytes, int], list[Path]] = {}
    for file in issued_files(out):
        receipt, _ = (None, ()) if file.name.endswith(RECEIPT_SUFFIX) else read_receipt(file, None)
        if receipt is not None:
            batches.setdefault((receipt.batch.root, receipt.batch.size), []).append(file)
        elif not file.name.endswith(RECEIPT_SUFFIX):
            without.append(file)
    anchored = sum(map(len, batches.values()))
    for (_, size), files in batches.items():
        if without and len(files) < size <= len(files) + len(without):
            without += files
            anchored -= len(files)
    return sorted(without), anchored


def anchor_lines(
    issuer: Issuer,
    path: Path,
    *,
    attribute_id: bytes | None = None,
    until: Literal["anchored", "final"] = "final",
    progress: Progress = lambda _stage, _state: None,
    patience: Patience = _WAITED,
) -> AnchoredLines:
    """The credentials of a file are anchored, each with a receipt in a file of receipts.

    Args:
        issuer: accredited.
        path: as `credential issue` wrote it.
        attribute_id: 32 bytes, the accreditation to anchor under; found by the node if not given.
        until: receipts are written once a batch is there.
        progress: told of each stage of each batch.
        patience: how long to wait for a batch.

    Raises:
        Refused: a line is not what was issued, or the contract refused a batch.
        StillWaiting: patience ended; the same command goes on later.
        ClientError: the node or the keystore refused.
        Unusable: the file cannot be read, or no receipt can be written beside it; nothing was sent.
        ReceiptsUnwritten: a batch is anchored; the same command writes the receipts later.
    """
    with _issued(path) as journal:  # nothing is issued there meanwhile
        try:
            check_writable(path.parent)
            had = {digest for file in _receipt_files(path) for digest in _digests_of_receipts(file)}
            digests = [digest for digest in _digests(path, end=journal.length) if digest not in had]
        except OSError as error:
            raise Unusable(f"{error.filename or path}: {error.strerror}; nothing was anchored") from None
        return _anchored(
            issuer,
            path,
            digests,
            before=len(had),
            attribute_id=attribute_id,
            until=until,
            progress=progress,
            patience=patience,
        )


@contextmanager
def _issued(path: Path) -> Iterator[Journal]:
    """The journal of a file, held: lines that it does not count are made anew by the next run."""
    place = journal_path(path)
    try:
        held = Journal(place, header=header_of(place))
    except OSError as error:
        raise Unusable(f"{error.filename or place}: {error.strerror}; nothing was anchored") from None
    with held as journal:
        yield journal


def _anchored(
    issuer: Issuer,
    path: Path,
    digests: list[bytes],
    *,
    before: int,
    attribute_id: bytes | None,
    until: Literal["anchored", "final"],
    progress: Progress,
    patience: Patience,
) -> AnchoredLines:
    batches: list[BatchState] = []
    written: list[Path] = []
    for start in range(0, len(digests), MAX_BATCH_SIZE):
        part = digests[start : start + MAX_BATCH_SIZE]
        batch, state, receipt = anchor_digests(
            issuer, part, attribute_id=attribute_id, until=until, progress=progress, patience=patience
        )
        batches.append(state)
        try:
            written.append(_write(path, part, ReceiptPrinter(receipt, batch)))
        except OSError as error:
            raise ReceiptsUnwritten(f"{error.filename or path}: {error.strerror or error}") from None
    return AnchoredLines(tuple(batches), tuple(written), len(digests), before)


def _digests(path: Path, *, end: int) -> Iterator[bytes]:
    """Digests of the credentials, made of them as they stand, each held against what its line says.

    Args:
        path: the file.
        end: bytes of it that count.
    """
    with path.open("rb") as file:
        lines = _lines(file, end=end)
        while members := [_members(line, path) for line in islice(lines, 1000)]:
            texts = [str(one["credential"]).encode() for one in members]
            try:
                digests = list(secured_digests(texts, max_size=MAX_SIZE))
            except AnchoringError as error:
                raise Refused(f"{path} holds what was not issued: {error}") from None
            for one, digest in zip(members, digests, strict=True):
                if one.get("digest") != digest.hex():
                    raise Refused(
                        f"{path}: the credential of row {one.get('row')} was changed since it was issued"
                    )
            yield from digests


def _lines(file: IO[bytes], *, end: int | None = None) -> Iterator[bytes]:
    read = 0
    while (end is None or read < end) and (line := file.readline(_LINE)):
        read += len(line)
        yield line


def _members(line: bytes, path: Path) -> dict[str, Any]:
    try:
        members = json.loads(line)
    except (ValueError, RecursionError):
        members = None
    if not isinstance(members, dict) or "credential" not in members:
        raise Refused(f"{path} has a line that is no issued credential")
    return members


def _receipt_files(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{escape(path.stem)}.receipts-[0-9][0-9][0-9][0-9]{path.suffix}"))


def _digests_of_receipts(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for line in _lines(file):
            found = _DIGEST.match(line)
            if found is None:
                raise Refused(f"{path} has a line that is no receipt")
            yield bytes.fromhex(found[1].decode())


def _write(path: Path, digests: list[bytes], printer: ReceiptPrinter) -> Path:
    """The receipts in a file of their own, whole or not at all."""
    number = len(_receipt_files(path)) + 1
    receipts = path.with_name(f"{path.stem}.receipts-{number:04}{path.suffix}")
    temporary = path.with_name(f".{receipts.name}.tmp")
    with temporary.open("wb") as file:
        for digest in digests:
            text = json.dumps(printer.print(digest).decode())
            file.write(f'{{"digest":"{digest.hex()}","receipt":{text}}}\n'.encode())
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(receipts)
    return receipts
