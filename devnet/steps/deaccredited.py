"""[deaccredited] A member loses its accreditation: it anchors no more, and what it anchored before stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from anchoring.batch import Batch
from devnet.actors import Actor
from devnet.content import certificate
from devnet.copied_leaves import await_leaves
from devnet.errors import LedgerRefused
from devnet.members import LEAVING, TAO
from devnet.node_process import NodeProcess
from devnet.step import Facts, Step
from devnet.world import World, items
from node.artifacts import load_artifact
from node.client.accreditation import own_attribute, revoke
from node.client.batches import anchor_files, hand_in
from node.client.documents import read_documents, with_salts
from node.client.errors import NodeProblem, Refused
from node.client.verify import verify_file
from node.reverts import decode_revert

_BEFORE_DAY, _REVOCATION_DAY, _AFTER_DAY = 7.0, 8.0, 9.0
_BEFORE, _AFTER = "before.pdf", "after.pdf"


def _act(world: World) -> None:
    """Let the member anchor, revoke it, and let it try again."""
    member, tao = world.cast[LEAVING], world.cast[TAO]
    world.follow()
    _certify(member, _BEFORE, world.walk(_BEFORE_DAY))
    anchor_files(member.issuer, [member.issued / _BEFORE], until="anchored")
    world.walk(_REVOCATION_DAY)
    attribute_id = own_attribute(world.home.api, member.did, types=("TI",))
    revoke(tao.issuer, did=member.did, attribute_id=attribute_id)
    _certify(member, _AFTER, world.walk(_AFTER_DAY))
    world.follow()
    try:
        anchor_files(member.issuer, [member.issued / _AFTER], attribute_id=attribute_id)
    except (NodeProblem, Refused):
        world.follow()
        await_leaves(world)
        return
    raise Refused(f"{member.name} could anchor after it was revoked")


def _expected(world: World) -> Facts:
    """Refused in words, by the contract itself; nothing new; the old anchor accredited then, not now."""
    still = len(world.plan.members) - 1
    seen = {
        "batches_of_the_member": 1,
        "anchored_before": {"outcome": "valid", "accredited_then": True, "accredited_now": False},
        "still_accredited": still,
    }
    return {
        "contract_refuses": "AccreditationRevoked",
        "in_words": True,
        "node_answers": 409,
        **{node.name: seen for node in world.nodes},
    }


def _observe(world: World) -> Facts:
    """What the ledger itself says to the batch, what the node says, and what both nodes show."""
    member = world.cast[LEAVING]
    document = next(iter(read_documents([member.issued / _AFTER])))
    (salted,), _ = with_salts([document], known={}, random=bytes)
    batch = Batch.from_digests([salted.digest])
    (attribute,) = world.abroad.api.get(f"/v1/issuers/{member.did}")["attributes"]
    attribute_id = bytes.fromhex(attribute["attributeId"])
    name, sentence = _refusal(world, member, attribute_id, batch)
    return {
        "contract_refuses": name,
        "in_words": bool(sentence) and member.did in sentence,
        "node_answers": _answer(member, attribute_id, batch),
        **{node.name: _shown_by(node, member, world) for node in world.nodes},
    }


def _shown_by(node: NodeProcess, member: Actor, world: World) -> dict[str, Any]:
    verdict = verify_file(member.issued / _BEFORE, now=world.now(), node=node.api)
    (anchor,) = verdict.anchors
    issuers = items(node.api, "/v1/issuers")
    return {
        "batches_of_the_member": len(items(node.api, "/v1/history", issuer=member.did, kind="anchor.batch")),
        "anchored_before": {
            "outcome": verdict.outcome,
            "accredited_then": anchor.accredited_then,
            "accredited_now": anchor.accredited_now,
        },
        "still_accredited": sum(one["issuerType"] == "TI" and one["inForce"] for one in issuers),
    }


def _refusal(world: World, member: Actor, attribute_id: bytes, batch: Batch) -> tuple[str | None, str]:
    """The name and the sentence with which the contract refuses the batch, asked of the ledger itself."""
    function = load_artifact("AnchorRegistry").function("anchorBatch")
    request = {
        "from": member.issuer.keystore.open(member.issuer.profile.ledger_key).address,
        "to": world.address("AnchorRegistry"),
        "data": "0x" + function.encode([member.did, attribute_id, batch.root, batch.size]).hex(),
    }
    try:
        world.ledger.rpc.request("eth_call", request, "latest")
    except LedgerRefused as error:
        data = bytes.fromhex(str(error.data).removeprefix("0x"))
        revert = decode_revert(data, function="anchorBatch")
        return (revert.name, revert.sentence) if revert else (None, "")
    return None, ""


def _answer(member: Actor, attribute_id: bytes, batch: Batch) -> int:
    """The status with which the node answers to the batch."""
    try:
        hand_in(member.issuer, batch, attribute_id=attribute_id)
    except NodeProblem as problem:
        return problem.status
    return 202


def _certify(member: Actor, name: str, now: Any) -> Path:
    path = member.issued / name
    path.write_bytes(certificate(awarding_body=member.name, now=now))
    return path


STEP = Step(
    id="deaccredited",
    title="A member revoked: refused now, accredited then",
    act=_act,
    expected=_expected,
    observe=_observe,
)
