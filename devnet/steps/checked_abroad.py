"""[checked_abroad] The university's node is down; a stranger asks another country's, or nobody at all."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

from anchoring.entry import entry_from_json
from anchoring.merkle import hash_leaf
from anchoring.receipt import parse_receipt
from devnet.commands import Command, ankyra
from devnet.content import UNSIGNED
from devnet.copied_leaves import await_leaves
from devnet.members import ANCHORING, ROOT_TAO, TAO
from devnet.step import Facts, Step
from devnet.steps.anchored import CERTIFICATE, batch_folder, credentials_in
from devnet.world import World, items
from node.client.documents import receipt_path
from node.client.rehash import rehash

_ENTRY = ("index", "kind", "subject", "previous", "time", "actor", "parent", "payload", "hash")
_CREDENTIAL, _CHANGED, _NODE_OF_TREE = "credential.jwt", "changed.jwt", "inner-node.bin"
_LONELY = "without-receipt.pdf"


def _act(world: World) -> None:
    """Hand documents to the stranger, those without a signature with their receipts; stop the first node."""
    desk = _desk(world)
    desk.mkdir()
    folder = batch_folder(world)
    credential = credentials_in(folder)[0]
    shutil.copyfile(credential, desk / _CREDENTIAL)
    (desk / _CHANGED).write_text(_with_one_letter_changed(credential.read_text(encoding="ascii")))
    shutil.copyfile(folder / CERTIFICATE, desk / CERTIFICATE)
    shutil.copyfile(receipt_path(folder / CERTIFICATE), receipt_path(desk / CERTIFICATE))
    shutil.copyfile(folder / CERTIFICATE, desk / _LONELY)
    for sample in world.plan.samples:
        shutil.copyfile(folder / sample.name, desk / sample.name)
        if UNSIGNED in sample.name:
            shutil.copyfile(receipt_path(folder / sample.name), receipt_path(desk / sample.name))
    _offer_inner_node(desk, credential)
    await_leaves(world)
    world.home.stop()


def _expected(world: World) -> Facts:
    """The same answers from the second node alone, and from bytes; nothing for what was never anchored."""
    good = {
        "exit": 0,
        "anchored_by": ANCHORING,
        "at": world.plan.day(2).date().isoformat(),
        "accredited_by": [TAO, ROOT_TAO],
    }
    unknown = {"exit": 3, "anchored_by": None}
    return {
        "node_one": "down",
        "leaves_abroad": "rehashed",
        "intact": good,
        "changed": {"exit": 1, "anchored_by": None},
        "inner_node": {"exit": 1, "anchored_by": None},
        "anchors_of_inner_node": 0,
        "salted": good,
        "salted_without_receipt": unknown,
        "offline_with_checkpoint": good,
        "offline_without_checkpoint": {**good, "exit": 3},
        # A seal gets the whole verdict: whose it is cannot be told without the authority of its certificate.
        **{sample.name: good if UNSIGNED in sample.name else unknown for sample in world.plan.samples},
    }


def _observe(world: World) -> Facts:
    """What `ankyra verify` says of each document, and what the second node holds."""
    node = ("--node", world.abroad.url)
    checkpoint = ("--checkpoint", str(world.checkpoint_file))
    questions: dict[str, Sequence[str]] = {
        "intact": (_CREDENTIAL, *node),
        "changed": (_CHANGED, *node),
        "inner_node": (_NODE_OF_TREE, *node),
        "salted": (CERTIFICATE, *node),
        "salted_without_receipt": (_LONELY, *node),
        "offline_with_checkpoint": (CERTIFICATE, *checkpoint),
        "offline_without_checkpoint": (CERTIFICATE,),
        **{sample.name: (sample.name, *node) for sample in world.plan.samples},
    }
    desk = _desk(world)
    with ThreadPoolExecutor(max_workers=2) as pool:
        answers = pool.map(lambda question: ankyra("verify", *question, cwd=desk), questions.values())
        found = dict(zip(questions, answers, strict=True))
    names = _names(world)
    inner = hashlib.sha256((desk / _NODE_OF_TREE).read_bytes()).hexdigest()
    return {
        "node_one": "answers" if world.home.answers() else "down",
        "leaves_abroad": _rehashed(world),
        "anchors_of_inner_node": len(world.abroad.api.get(f"/v1/anchors/{inner}")["anchors"]),
        **{question: _told(answer, names) for question, answer in found.items()},
    }


def _told(answer: Command, names: Mapping[str, str]) -> dict[str, Any]:
    """What people would take from an answer; organisations by the names that the second node knows."""
    anchors = answer.printed.get("anchors", [])
    if not anchors:
        return {"exit": answer.code, "anchored_by": None}
    (anchor,) = anchors
    links = anchor["accreditation"]["links"]
    return {
        "exit": answer.code,
        "anchored_by": names.get(anchor["issuer"]["did"]),
        "at": anchor["anchoredAt"][:10],
        "accredited_by": [names.get(link["did"]) for link in links[1:]],
    }


def _names(world: World) -> dict[str, str]:
    return {issuer["did"]: issuer["name"] for issuer in items(world.abroad.api, "/v1/issuers")}


def _rehashed(world: World) -> str:
    """What the second node's own copy of the leaves comes to."""
    university = world.cast[ANCHORING].did
    (found,) = items(world.abroad.api, "/v1/history", issuer=university, kind="anchor.batch")
    entry = entry_from_json({name: found[name] for name in _ENTRY})
    return rehash(world.abroad.api, entry).state


def _offer_inner_node(desk: Path, credential: Path) -> None:
    """Write a node of the tree as if it were a document, with the proof of its own place as its receipt.

    In a tree that does not tell leaves from nodes both would pass (RFC 9162 section 2.1.1).
    """
    receipt = parse_receipt(receipt_path(credential).read_bytes())
    leaf, sibling = hash_leaf(receipt.digest), receipt.batch.path[0]
    document = b"\x01" + (sibling + leaf if receipt.batch.index % 2 else leaf + sibling)
    (desk / _NODE_OF_TREE).write_bytes(document)
    place = replace(
        receipt.batch,
        index=receipt.batch.index // 2,
        size=(receipt.batch.size + 1) // 2,
        path=receipt.batch.path[1:],
    )
    forged = replace(receipt, digest=hashlib.sha256(document).digest(), batch=place)
    receipt_path(desk / _NODE_OF_TREE).write_bytes(forged.to_json())


def _with_one_letter_changed(credential: str) -> str:
    middle = len(credential) // 2
    return credential[:middle] + ("B" if credential[middle] == "A" else "A") + credential[middle + 1 :]


def _desk(world: World) -> Path:
    """Where the stranger keeps the documents."""
    return world.folder / "abroad"


def _leave(world: World) -> None:
    """Bring the university's node back."""
    world.home.start()
    world.follow()


STEP = Step(
    id="checked_abroad",
    title="Checked abroad and offline, the issuer's node down",
    act=_act,
    expected=_expected,
    observe=_observe,
    leave=_leave,
)
