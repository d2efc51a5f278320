"""What is done behind a step's back, between doing and looking, is noticed by that step and named."""

import io
import json
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest
from rich.console import Console

from devnet.members import ANCHORING, LEAVING, chosen_members
from devnet.node_process import free_ports
from devnet.performance import NOT_HELD, perform
from devnet.report import Report
from devnet.scenarios import STEPS
from devnet.step import Step
from devnet.steps.anchored import batch_folder, credentials_in
from devnet.steps.tampered import BLOB, change_one_byte
from devnet.summary import Teller
from devnet.world import Plan, World, open_world
from node.client.accreditation import ISSUER_TYPES

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]

BYSTANDER = "University of Twente"
_ENTRY = ("entry", "payload", "SELECT max(rowid) FROM entry WHERE kind = 'anchor.batch'")


@contextmanager
def an_accreditation_revoked_by_the_operator(world: World) -> Iterator[None]:
    _set_accreditation(world, BYSTANDER, "Revoked")
    yield
    _set_accreditation(world, BYSTANDER, "TI")


@contextmanager
def a_document_changed_after_it_was_anchored(world: World) -> Iterator[None]:
    document = credentials_in(batch_folder(world))[3]
    before = document.read_bytes()
    document.write_bytes(before[:-4] + before[-4:].swapcase())
    yield
    document.write_bytes(before)


@contextmanager
def a_document_exchanged_on_its_way(world: World) -> Iterator[None]:
    desk = world.folder / "abroad"
    shutil.copyfile(desk / "changed.jwt", desk / "credential.jwt")
    yield


@contextmanager
def a_new_key_revoked_for_the_past(world: World) -> Iterator[None]:
    university = world.cast[ANCHORING].issuer
    university.writer().write(
        "revokeVerificationMethod",
        did=university.did,
        vMethodId=university.profile.credential_key,
        notAfter=int(world.plan.day(4.2).timestamp()),
    )
    world.follow()
    yield


@contextmanager
def an_accreditation_given_back(world: World) -> Iterator[None]:
    _set_accreditation(world, LEAVING, "TI")
    yield
    _set_accreditation(world, LEAVING, "Revoked")


@contextmanager
def an_entry_rewritten_in_a_database(world: World) -> Iterator[None]:
    change_one_byte(world.home.database, *_ENTRY)
    yield
    change_one_byte(world.home.database, *_ENTRY)


@contextmanager
def a_leaf_changed_again(world: World) -> Iterator[None]:
    change_one_byte(world.home.database, *BLOB)
    yield


Sabotage = Callable[[World], AbstractContextManager[None]]
SABOTAGES: dict[str, tuple[Sabotage, bool]] = {
    "accredited": (an_accreditation_revoked_by_the_operator, False),
    "anchored": (a_document_changed_after_it_was_anchored, True),
    "checked_abroad": (a_document_exchanged_on_its_way, False),
    "rotated": (a_new_key_revoked_for_the_past, False),
    "deaccredited": (an_accreditation_given_back, False),
    "audited": (an_entry_rewritten_in_a_database, True),
    "tampered": (a_leaf_changed_again, False),
}
"""For each step what is done, and whether it can be undone so wholly that the step holds again."""


def test_every_step_notices_what_is_done_behind_its_back(tmp_path: Path) -> None:
    assert list(SABOTAGES) == [step.id for step in STEPS]
    plan = Plan(present=int(time.time()), members=chosen_members(3), credentials=20, scrypt_n=2)
    stage = tmp_path / "stage"
    stage.mkdir()
    first, second = free_ports(2)
    with open_world(plan, stage, ports=(first, second)) as world:
        for step in STEPS:
            sabotage, undone = SABOTAGES[step.id]
            with ExitStack() as damage:
                _play_sabotaged(step, world, tmp_path / f"{step.id}.json", damage, sabotage)
            if undone:
                assert step.observe(world) == step.expected(world), f"{step.id} fails for another reason too"
            step.leave(world)


def _play_sabotaged(step: Step, world: World, path: Path, damage: ExitStack, sabotage: Sabotage) -> None:
    terminal = io.StringIO()
    code = perform(
        world,
        Report(1, 0.0),
        Teller(Console(file=terminal, width=200)),
        steps=[step],
        json=path,
        before_observe=lambda _step, on: damage.enter_context(sabotage(on)),
    )
    assert code == NOT_HELD, f"{step.id} did not notice"
    report = json.loads(path.read_text(encoding="utf-8"))
    (told,) = report["steps"]
    assert (report["ok"], told["id"], told["ok"]) == (False, step.id, False)
    assert told["expected"], f"{step.id} failed before it was sabotaged: {told['observed']}"
    assert told["expected"] != told["observed"]
    assert f"The step [{step.id}] does not hold" in terminal.getvalue()


def _set_accreditation(world: World, name: str, issuer_type: str) -> None:
    member = world.cast[name].did
    (attribute,) = world.abroad.api.get(f"/v1/issuers/{member}")["attributes"]
    tao = next(actor for actor in world.cast if actor.did == attribute["tao"])
    (parent,) = world.abroad.api.get(f"/v1/issuers/{tao.did}")["attributes"]
    world.operate(
        "TrustedIssuersRegistry",
        "setAttributeMetadata",
        member,
        bytes.fromhex(attribute["attributeId"]),
        ISSUER_TYPES[issuer_type],
        tao.did,
        bytes.fromhex(parent["attributeId"]),
    )
    world.follow()
