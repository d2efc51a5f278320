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

from devnet.members import ANCHORING, LEAVING, TAO, chosen_members
from devnet.node_process import free_ports
from devnet.performance import NOT_HELD, perform
from devnet.report import Report
from devnet.scenarios import STEPS
from devnet.step import Step
from devnet.steps.anchored import batch_folder, credentials_in
from devnet.steps.every_format import form_path
from devnet.steps.issued import issued
from devnet.steps.status_published import publish_lists
from devnet.steps.tampered import BLOB, change_one_byte
from devnet.steps.trust_ended import NOBODY
from devnet.summary import Teller
from devnet.world import Plan, World, open_world
from node.client.accreditation import ISSUER_TYPES
from node.client.status_lists import places_of, set_status

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]

BYSTANDER = "University of Twente"
_LIST = ("payload", "body", "media_type <> ''")
_ENTRY = ("entry", "payload", "kind = 'anchor.batch'")


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
def a_replaced_key_revoked_for_the_past(world: World) -> Iterator[None]:
    university = world.cast[ANCHORING].issuer
    university.writer().write(
        "revokeVerificationMethod",
        did=university.did,
        vMethodId=university.profile.retired_keys[0],
        notAfter=int(world.plan.day(3.2).timestamp()),
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
    change_one_byte(world.home.database_url, *_ENTRY)
    yield
    change_one_byte(world.home.database_url, *_ENTRY)


@contextmanager
def a_leaf_changed_again(world: World) -> Iterator[None]:
    change_one_byte(world.home.database_url, *BLOB)
    yield


@contextmanager
def a_list_changed_in_a_database(world: World) -> Iterator[None]:
    change_one_byte(world.abroad.database_url, *_LIST)
    yield
    change_one_byte(world.abroad.database_url, *_LIST)


@contextmanager
def a_node_that_came_back(world: World) -> Iterator[None]:
    world.home.start()
    yield
    world.home.stop()


@contextmanager
def another_suspension(world: World) -> Iterator[None]:
    issuer, credential = world.cast[ANCHORING].issuer, issued(world, "2.0")[2]
    set_status(issuer, places_of(issuer, credential.read_bytes(), purpose="suspension"), purpose="suspension")
    publish_lists(world, ("suspended",))
    yield


@contextmanager
def the_tao_accredited_again(world: World) -> Iterator[None]:
    _set_accreditation(world, TAO, "TAO")
    yield
    _set_accreditation(world, TAO, "Revoked")


def exchanged(document: Callable[[World], Path]) -> "Sabotage":
    """A credential that is refused is a good one when it is looked at."""
    return _rewritten(document, lambda world, _before: issued(world, "1.1")[5].read_bytes())


def spoiled(document: Callable[[World], Path]) -> "Sabotage":
    """A good credential has another signature when it is looked at."""
    return _rewritten(document, lambda _world, before: before[:-9] + before[-9:].swapcase())


def _rewritten(document: Callable[[World], Path], rewrite: Callable[[World, bytes], bytes]) -> "Sabotage":
    @contextmanager
    def rewritten(world: World) -> Iterator[None]:
        path = document(world)
        before = path.read_bytes()
        path.write_bytes(rewrite(world, before))
        yield
        path.write_bytes(before)

    return rewritten


def _single(name: str) -> Callable[[World], Path]:
    return lambda world: world.cast[ANCHORING].issued / "single" / name


Sabotage = Callable[[World], AbstractContextManager[None]]
SABOTAGES: dict[str, tuple[Sabotage, bool]] = {
    "accredited": (an_accreditation_revoked_by_the_operator, False),
    "anchored": (a_document_changed_after_it_was_anchored, True),
    "checked_abroad": (a_document_exchanged_on_its_way, False),
    "rotated": (a_replaced_key_revoked_for_the_past, False),
    "deaccredited": (an_accreditation_given_back, False),
    "audited": (an_entry_rewritten_in_a_database, True),
    "tampered": (a_leaf_changed_again, False),
    "issued": (exchanged(lambda world: issued(world, "2.0")[4]), True),
    "status_published": (a_list_changed_in_a_database, True),
    "verified_abroad": (a_node_that_came_back, True),
    "altered": (exchanged(lambda world: world.folder / "altered.jwt"), True),
    "revoked": (exchanged(lambda world: issued(world, "2.0")[1]), True),
    "revoked_day_before": (spoiled(lambda world: issued(world, "1.1")[1]), True),
    "suspended": (exchanged(lambda world: issued(world, "2.0")[2]), True),
    "reinstated": (another_suspension, False),
    "every_format": (spoiled(lambda world: form_path(world, "vc_jose")), True),
    "unaccredited": (exchanged(lambda world: world.cast[NOBODY].issued / "single" / "claim.jwt"), True),
    "key_revoked_before_anchor": (exchanged(_single("signed-then-revoked.jwt")), True),
    "key_rotated_after_anchor": (spoiled(lambda world: issued(world, "1.1")[0]), True),
    "retroactive": (exchanged(_single("compromised.jwt")), True),
    "backdated": (exchanged(_single("backdated.jwt")), True),
    "tao_revoked": (the_tao_accredited_again, False),
    "withheld_list": (exchanged(lambda world: issued(world, "2.0")[0]), True),
}
"""For each step what is done, and whether it can be undone so wholly that the step holds again."""


def test_every_step_notices_what_is_done_behind_its_back(tmp_path: Path) -> None:
    assert list(SABOTAGES) == [step.id for step in STEPS]
    plan = Plan(
        present=int(time.time()), members=chosen_members(3), credentials=20, micro_credentials=16, scrypt_n=2
    )
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
