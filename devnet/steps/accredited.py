"""[accredited] Contracts, a Root TAO, a TAO, and the members of the alliance with their accreditations."""

from __future__ import annotations

import os
import queue
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

from devnet.actors import Actor
from devnet.errors import CommandFailed
from devnet.members import ROOT_TAO, TAO
from devnet.node_process import NodeProcess
from devnet.schemas import ALL_COVERED, SCHEMA, SCHEMA_NAME, SCHEMAS
from devnet.step import Facts, Step
from devnet.world import World, items
from node.client.accreditation import ISSUER_TYPES, check_accreditation
from node.client.issuer import Issuer
from node.client.onboard import Given, Goal, Terms, Waiting, onboard
from node.progress import SILENT

_AT_ONCE = 5  # members that register side by side
_VALIDITY: dict[Goal, timedelta] = {
    "root": timedelta(days=5 * 365),
    "tao": timedelta(days=4 * 365),
    "issuer": timedelta(days=3 * 365),
}
_RELATIONSHIPS = ("authentication", "assertionMethod", "capabilityInvocation")


def _act(world: World) -> None:
    """Deploy, start the nodes, register the schema, and accredit everybody from the root down."""
    members = world.plan.members
    with ThreadPoolExecutor(max_workers=1) as background, ThreadPoolExecutor(max_workers=_AT_ONCE) as desks:
        entering = _entering(world, (ROOT_TAO, TAO, *members), background)
        try:
            root = next(entering)
            world.trust(root.did)
            world.deploy()
            for node in world.nodes:
                node.launch()
            for node in world.nodes:
                node.await_ready()
            invited = background.submit(invite, world.home, root)
            world.operate_together("TrustedSchemasRegistry", "insertSchema", SCHEMAS)
            _begin_root(world, root, invited.result())
            tao = next(entering)
            _join(world, tao, "tao", by=root.issuer)
            world.walk(1)
            world.follow()
            free: queue.SimpleQueue[Issuer] = queue.SimpleQueue()
            for _ in range(_AT_ONCE):
                free.put(tao.at_another_desk())
            joining = [desks.submit(_join_at_a_desk, world, member, free) for member in entering]
            for joined in joining:
                joined.result()
        except BaseException:
            for pool in (background, desks):
                pool.shutdown(wait=False, cancel_futures=True)
            raise
    world.follow()


def _expected(world: World) -> Facts:
    """Each member under the TAO under the Root TAO, with its credential, at both nodes."""
    seen = {
        "accredited": {name: [TAO, ROOT_TAO] for name in sorted(world.plan.members)},
        "signed_accreditations": len(world.plan.members),
        "resolved": {"documents": len(world.plan.members) + 2, "without_a_key": 0},
        "schema": SCHEMA_NAME,
    }
    return {node.name: seen for node in world.nodes}


def _observe(world: World) -> Facts:
    """What each node tells of issuers, their chains, their credentials, their DIDs and the schema."""
    return {node.name: _told_by(node) for node in world.nodes}


def _told_by(node: NodeProcess) -> Facts:
    issuers = items(node.api, "/v1/issuers")
    names = {issuer["did"]: issuer["name"] for issuer in issuers}
    attesting = [one for one in issuers if one["issuerType"] == "TI" and one["inForce"]]
    documents = [node.api.resolve(issuer["did"]) or {} for issuer in issuers]
    schema = node.api.request("GET", f"/trusted-schemas-registry/v3/schemas/{SCHEMA_NAME}").content
    return {
        "accredited": dict(
            sorted((one["name"], [names.get(did) for did in one["chain"][1:]]) for one in attesting)
        ),
        "signed_accreditations": sum(_is_signed(node, one["did"]) for one in attesting),
        "resolved": {
            "documents": sum(bool(document) for document in documents),
            "without_a_key": sum(
                not all(document.get(name) for name in _RELATIONSHIPS) for document in documents
            ),
        },
        "schema": SCHEMA_NAME if schema == SCHEMA else None,
    }


def _is_signed(node: NodeProcess, did: str) -> bool:
    """Whether the credential that the node shows for a member's accreditation is signed by its accreditor."""
    base = f"/trusted-issuers-registry/v5/issuers/{did}/attributes"
    (listed,) = node.api.get(base)["items"]
    body = node.api.get(f"{base}/{listed['id']}")["attribute"]["body"]
    return check_accreditation(body, did=did, node=node.api).hex() == str(listed["id"]).removeprefix("0x")


def _entering(world: World, names: tuple[str, ...], pool: ThreadPoolExecutor) -> Iterator[Actor]:
    """Give the actors one after the other; the keys of those to come are sealed meanwhile."""
    coming: list[Future[Actor]] = [pool.submit(world.cast.enter, name) for name in names]
    return (future.result() for future in coming)


def invite(node: NodeProcess, actor: Actor) -> str:
    """Return the credential by which a node's operator invites somebody to register itself.

    Raises:
        CommandFailed: the node's command gave none.
    """
    done = node.command("invite", actor.did)
    if done.code:
        raise CommandFailed("ankyra node invite", done.said)
    return str(done.printed["invitation"])


def _begin_root(world: World, root: Actor, invitation: str) -> None:
    """Register by the operator's invitation, be appointed, and accredit oneself."""
    waits = onboard(root.issuer, "root", Given(invitation=invitation), now=world.now(), tell=SILENT)
    assert isinstance(waits, Waiting), "nobody appointed the root before"
    attribute_id = os.urandom(32)
    world.operate(
        "TrustedIssuersRegistry",
        "setAttributeMetadata",
        root.did,
        attribute_id,
        ISSUER_TYPES["RootTAO"],
        root.did,
        attribute_id,
    )
    world.follow()
    onboard(root.issuer, "root", _given(world, root, "root"), now=world.now(), tell=SILENT)


def _join_at_a_desk(world: World, member: Actor, free: queue.SimpleQueue[Issuer]) -> None:
    """Come onto the ledger at a desk of the TAO that nobody else is at."""
    accreditor = free.get()
    try:
        _join(world, member, "issuer", by=accreditor)
    finally:
        free.put(accreditor)


def _join(world: World, actor: Actor, goal: Goal, *, by: Issuer) -> None:
    """Come onto the ledger with an accreditor at the same desk."""
    onboard(actor.issuer, goal, _given(world, actor, goal), accreditor=by, now=world.now(), tell=SILENT)


def _given(world: World, actor: Actor, goal: Goal) -> Given:
    return Given(terms=Terms(actor.name, ALL_COVERED, world.now() + _VALIDITY[goal]))


STEP = Step(
    id="accredited",
    title="A Root TAO, a TAO and every member accredited",
    act=_act,
    expected=_expected,
    observe=_observe,
)
