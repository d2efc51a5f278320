"""[accredited] Contracts, a Root TAO, a TAO, and the members of the alliance with their accreditations."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta

from devnet.actors import Actor
from devnet.content import COVERED, SCHEMA, SCHEMA_ID, SCHEMA_METADATA, SCHEMA_NAME
from devnet.members import ROOT_TAO, TAO
from devnet.node_process import NodeProcess
from devnet.step import Facts, Step
from devnet.world import World, items
from node.client.accreditation import ISSUER_TYPES, Role, accept, accept_root, accredit, check_accreditation
from node.client.challenge import answer_challenge, new_challenge
from node.client.onboarding import register

_AT_ONCE = 3  # members that register side by side
_VALIDITY = timedelta(days=3 * 365)
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
            world.operate("TrustedSchemasRegistry", "insertSchema", SCHEMA_ID, SCHEMA, SCHEMA_METADATA)
            _begin_root(world, root)
            tao = next(entering)
            register(tao.issuer, now=world.now())
            _accredit(world, world.cast[ROOT_TAO], tao, "TAO", threading.Lock())
            world.walk(1)
            world.follow()
            one_at_a_time = threading.Lock()  # the TAO's transactions are numbered
            joining = [desks.submit(_join, world, member, one_at_a_time) for member in entering]
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


def _begin_root(world: World, root: Actor) -> None:
    attribute_id = os.urandom(32)
    register(root.issuer, now=world.now())
    world.operate(
        "TrustedIssuersRegistry",
        "setAttributeMetadata",
        root.did,
        attribute_id,
        ISSUER_TYPES["RootTAO"],
        root.did,
        attribute_id,
    )
    accept_root(
        root.issuer,
        attribute_id=attribute_id,
        name=ROOT_TAO,
        accredited_for=[COVERED],
        expires=world.now() + _VALIDITY,
        now=world.now(),
    )
    world.follow()


def _join(world: World, member: Actor, one_at_a_time: threading.Lock) -> None:
    register(member.issuer, now=world.now())
    _accredit(world, world.cast[TAO], member, "TI", one_at_a_time)


def _accredit(
    world: World, accreditor: Actor, actor: Actor, role: Role, one_at_a_time: threading.Lock
) -> None:
    """Challenge and answer, then the accreditation, then its acceptance by whom it is for."""
    challenge = new_challenge(accreditor.did, random=os.urandom)
    answer = answer_challenge(challenge, signer=actor.issuer.signer(), now=world.now())
    with one_at_a_time:
        given = accredit(
            accreditor.issuer,
            did=actor.did,
            role=role,
            name=actor.name,
            accredited_for=[COVERED],
            expires=world.now() + _VALIDITY,
            challenge=challenge,
            answer=answer,
            now=world.now(),
        )
    accept(actor.issuer, given.credential)


STEP = Step(
    id="accredited",
    title="A Root TAO, a TAO and every member accredited",
    act=_act,
    expected=_expected,
    observe=_observe,
)
