"""[anchored] Thousands of digests in one transaction: credentials, a PDF, and documents that others made."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from pathlib import Path

from anchoring.batch import Batch
from anchoring.checkpoint import Checkpoint
from anchoring.errors import AnchoringError
from anchoring.receipt import parse_receipt
from anchoring.receipt_verification import verify_receipt
from devnet.content import LEARNERS, UNSIGNED, certificate, learners, micro_credentials
from devnet.members import ANCHORING
from devnet.node_process import FINALITY_DEPTH
from devnet.step import Facts, Step
from devnet.world import World, checkpoint_at, items
from node.client.atomic import replace_file
from node.client.batches import anchor_files
from node.client.documents import Document, Unsecured, collect, read_documents, receipt_path, with_salts
from node.client.salts import salts_in_receipts

BATCH = "2026-autumn"
"""Folder of the great batch, among what the university hands out."""
CERTIFICATE = "certificate.pdf"
_CLOSELY = 200
"""Receipts that are checked proof by proof; the root covers every document."""


def batch_folder(world: World) -> Path:
    """Return where the documents of the great batch and their receipts are."""
    return world.cast[ANCHORING].issued / BATCH


def credentials_in(folder: Path) -> list[Path]:
    """Return the credentials that the university signed, in their order."""
    return sorted(folder.glob("*.jwt"))


def _act(world: World) -> None:
    """Sign, collect and anchor; keep what the second node's log then looked like."""
    world.walk(2)
    university = world.cast[ANCHORING]
    folder = batch_folder(world)
    folder.mkdir()
    now = world.now()
    for sample in world.plan.samples:
        shutil.copyfile(sample, folder / sample.name)
    (folder / CERTIFICATE).write_bytes(certificate(awarding_body=university.name, now=now))
    count = world.plan.credentials - 1 - len(world.plan.samples)
    signed = micro_credentials(
        count,
        signer=university.issuer.signer(),
        awarding_body=university.name,
        holders=learners(min(count, LEARNERS), random=os.urandom),
        now=now,
        random=os.urandom,
    )
    for number, credential in enumerate(signed, start=1):
        (folder / f"micro-credential-{number:05}.jwt").write_text(credential, encoding="ascii")
    anchor_files(university.issuer, [folder], progress=lambda _stage, _state: _go_on(world))
    world.follow()
    receipt = parse_receipt(receipt_path(folder / CERTIFICATE).read_bytes())
    kept = checkpoint_at(world.abroad.api, size=receipt.checkpoint.size)
    replace_file(world.checkpoint_file, kept.text().encode())


def _go_on(world: World) -> None:
    """Let so many blocks follow that what is on the ledger is final: nobody has to wait for the clock."""
    world.ledger.mine(FINALITY_DEPTH)


def _expected(world: World) -> Facts:
    """One final batch of one transaction, made of exactly these documents, and receipts that hold."""
    unsigned = 1 + sum(UNSIGNED in sample.name for sample in world.plan.samples)
    return {
        "transactions": 1,
        "state": "final",
        "digests": world.plan.credentials,
        "root_of_documents": "on the ledger",
        "anchored_as": {"salted": unsigned, "signed": world.plan.credentials - unsigned},
        "from_others": [sample.name for sample in world.plan.samples],
        "receipts": {"beside_documents": world.plan.credentials, "do_not_hold": []},
    }


def _observe(world: World) -> Facts:
    """What the node tells of the batch, and what the documents and receipts on the disk come to."""
    university = world.cast[ANCHORING].did
    entries = items(world.home.api, "/v1/history", issuer=university, kind="anchor.batch")
    (fields,) = (entry["fields"] for entry in entries)
    root, size = fields["root"], fields["size"]
    batch = world.home.api.get(f"/v1/batches/{university}/{root}/{size}")
    kept = checkpoint_at(world.abroad.api, size=_size_kept(world))
    paths = collect([batch_folder(world)])
    known = salts_in_receipts(
        document for document in read_documents(paths) if isinstance(document, Unsecured)
    )
    documents, _ = with_salts(read_documents(paths), known=known, random=bytes)
    computed = Batch.from_digests({document.digest for document in documents}).root.hex()
    forms = Counter("signed" if document.salt is None else "salted" for document in documents)
    closely = [document for document in documents if document.salt] + documents[
        :: len(documents) // _CLOSELY + 1
    ]
    return {
        "transactions": len({entry["transactionHash"] for entry in entries}),
        "state": batch["state"],
        "digests": size,
        "root_of_documents": "on the ledger" if computed == root else computed,
        "anchored_as": dict(forms),
        "from_others": sorted({path.name for path in paths} & {sample.name for sample in world.plan.samples}),
        "receipts": {
            "beside_documents": sum(receipt_path(path).is_file() for path in paths),
            "do_not_hold": [document.path.name for document in closely if not _holds(document, kept)],
        },
    }


def _holds(document: Document, kept: Checkpoint) -> bool:
    """Whether the receipt beside a document proves it under the checkpoint that the second node shows."""
    try:
        receipt = parse_receipt(receipt_path(document.path).read_bytes())
        verify_receipt(receipt, digest=document.digest, checkpoint=kept)
    except (AnchoringError, OSError):
        return False
    return True


def _size_kept(world: World) -> int:
    return int(world.checkpoint_file.read_text(encoding="ascii").splitlines()[1])


STEP = Step(
    id="anchored",
    title="A folder of credentials anchored in one transaction",
    act=_act,
    expected=_expected,
    observe=_observe,
)
