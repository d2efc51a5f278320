"""What issuers do during a run: anchor folders, publish lists, accredit newcomers."""

import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from node.cli.failures import INDETERMINATE, WAITING
from node.client.status_list_record import is_kept, load_record
from node.client.status_lists import allot
from tests.crash.cast import SCHEMA, Member, new_member
from tests.crash.lanes import Command, Job
from tests.crash.stage import BLOCK_SECONDS, FINALITY_DEPTH, Stage
from tests.node.client.credentials import signed_credential

LIST = "revocation"
_PAPERS = ("invitation", "answer", "accreditation")
_VALIDITY = timedelta(days=200)  # less than its accreditor's


@dataclass(slots=True)
class Deeds:
    """What was asked for in a run, to be found on the ledger exactly once."""

    folders: dict[str, list[Path]] = field(default_factory=dict)
    """Folders anchored, by DID."""
    revoked: dict[str, list[int]] = field(default_factory=dict)
    """Places revoked, by the name of the member."""
    newcomers: list[Member] = field(default_factory=list)


def anchoring(stage: Stage, deeds: Deeds, member: Member, out: Path) -> Iterator[Job]:
    """Folder after folder, two signed credentials and an unsigned file each."""
    while True:
        yield _anchor(stage, deeds, member, out / str(len(deeds.folders.get(member.did, ()))))


def _anchor(stage: Stage, deeds: Deeds, member: Member, folder: Path) -> Job:
    folder.mkdir(parents=True)
    with member.open() as issuer:
        signer = issuer.signer()
    for number in range(2):
        credential = signed_credential(signer, now=datetime.fromtimestamp(stage.ledger.time(), UTC))
        (folder / f"{number}.jwt").write_text(credential)
    (folder / "diploma.pdf").write_bytes(b"%PDF-1.7 " + os.urandom(16))
    deeds.folders.setdefault(member.did, []).append(folder)
    yield Command(("batch", "anchor", str(folder), "--profile", str(member.folder), "--json"))


def publishing(deeds: Deeds, member: Member) -> Iterator[Job]:
    """A list, and one revocation after another, each published at once."""
    profile = ("--profile", str(member.folder), "--json")

    def begun() -> bool:
        return is_kept(member.folder, LIST) and load_record(member.folder, LIST).published is not None

    yield iter([Command(("status", "create", LIST, *profile), done=begun)])
    while True:
        with member.open() as issuer:
            (entry,) = allot(issuer, LIST, 1)
        index = int(str(entry["statusListIndex"]))
        deeds.revoked.setdefault(member.name, []).append(index)
        revoke = ("status", "revoke", "--list", LIST, "--index", str(index), "--now", *profile)
        yield iter([Command(revoke)])


def accrediting(stage: Stage, deeds: Deeds, folder: Path) -> Iterator[Job]:
    """Newcomer after newcomer: invited, registered, challenged, accredited, accepted."""
    while True:
        yield _accredit(stage, deeds, folder)


def _accredit(stage: Stage, deeds: Deeds, folder: Path) -> Job:
    name = f"newcomer-{len(deeds.newcomers)}"
    newcomer = new_member(folder, name, node_url=stage.url)
    deeds.newcomers.append(newcomer)
    own = ("--profile", str(newcomer.folder), "--json")
    tao = ("--profile", str(stage.council.folder), "--json")
    invitation, answer, accreditation = (folder / f"{name}.{paper}" for paper in _PAPERS)
    challenge: list[str] = []
    onboard = ("issuer", "onboard", "--as", "issuer", *own)
    yield Command(onboard, accepted=(WAITING,))
    yield Command(("issuer", "invite", newcomer.did, "--out", str(invitation), *tao))
    yield Command((*onboard, "--invitation", str(invitation)), accepted=(WAITING,))
    _settle(stage)
    yield Command(
        ("issuer", "accredit", newcomer.did, *tao),
        accepted=(INDETERMINATE,),
        told=lambda text: challenge.append(json.loads(text)["challenge"]),
    )
    yield Command((*onboard, "--challenge", challenge[0], "--out", str(answer)), accepted=(WAITING,))
    terms = ("--as", "TI", "--name", name, "--schema", SCHEMA, "--type", "MicroCredential")
    until = datetime.fromtimestamp(stage.ledger.time(), UTC) + _VALIDITY
    given = ("--valid-until", until.isoformat(), "--answer", str(answer), "--out", str(accreditation))
    yield Command(
        ("issuer", "accredit", newcomer.did, *terms, *given, *tao), done=lambda: _is_written(accreditation)
    )
    _settle(stage)
    yield Command((*onboard, "--accreditation", str(accreditation)))


def _is_written(path: Path) -> bool:
    return path.exists() and path.read_text().endswith("\n")


def _settle(stage: Stage) -> None:
    """Somebody else's transaction is built upon only when no reorganisation of this run can take it back."""
    height = stage.ledger.height()
    while stage.ledger.height() <= height + FINALITY_DEPTH:
        time.sleep(BLOCK_SECONDS / 2)
