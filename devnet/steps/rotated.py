"""[rotated] A university changes both its keys, a day apart, and goes on writing with the new ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from devnet.actors import Actor
from devnet.content import certificate
from devnet.members import ANCHORING
from devnet.node_process import NodeProcess
from devnet.step import Facts, Step
from devnet.world import World, items
from node.client.batches import anchor_files
from node.client.issuing import rfc3339
from node.client.profile import load_profile
from node.client.rotation import rotate

_CREDENTIAL_DAY, _LEDGER_DAY, _WRITING_DAY = 4.0, 5.0, 6.0
_MOMENTS = {"before": 3.5, "between": 4.5, "after": 5.5}
"""Days on which the document is looked at; a replaced key stays valid for an hour."""

_KEPT = "after-rotation"


def _act(world: World) -> None:
    """Rotate the credential key, then the ledger key, then anchor."""
    university = world.cast[ANCHORING]
    rotate(university.issuer, "credential", now=world.walk(_CREDENTIAL_DAY))
    rotate(university.issuer, "ledger", now=world.walk(_LEDGER_DAY))
    now = world.walk(_WRITING_DAY)
    world.follow()
    folder = university.issued / _KEPT
    folder.mkdir()
    (folder / "certificate.pdf").write_bytes(certificate(awarding_body=university.name, now=now))
    anchor_files(university.issuer, [folder], until="anchored")
    world.follow()


def _expected(world: World) -> Facts:
    """At each moment the keys of that moment, at both nodes; and a batch written with the new ones."""
    university = world.cast[ANCHORING]
    profile = load_profile(university.issuer.folder)
    old_credential_key, old_ledger_key = profile.retired_keys
    documents = {
        "before": _keys(old_credential_key, old_ledger_key),
        "between": _keys(profile.credential_key, old_ledger_key),
        "after": _keys(profile.credential_key, profile.ledger_key),
    }
    new_address = university.issuer.keystore.open(profile.ledger_key).address
    seen = {"documents": documents, "now": documents["after"], "last_written_by": new_address}
    return {node.name: seen for node in world.nodes}


def _observe(world: World) -> Facts:
    """What each node shows of the DID at each moment, and who sent the last transaction."""
    return {node.name: _shown_by(node, world.cast[ANCHORING], world) for node in world.nodes}


def _shown_by(node: NodeProcess, university: Actor, world: World) -> dict[str, Any]:
    path = f"/did-registry/v5/identifiers/{university.did}"
    documents = {
        moment: _keys_of(node.api.get(path, params={"valid-at": rfc3339(world.plan.day(day))}))
        for moment, day in _MOMENTS.items()
    }
    entries = items(node.api, "/v1/history", issuer=university.did, kind="anchor.batch")
    return {
        "documents": documents,
        "now": _keys_of(node.api.resolve(university.did) or {}),
        "last_written_by": entries[-1]["actor"],
    }


def _keys(credential_key: str, ledger_key: str) -> dict[str, list[str]]:
    return {"assertionMethod": [credential_key], "capabilityInvocation": [ledger_key]}


def _keys_of(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """The names of the keys under the two relationships that matter here."""
    return {
        name: [str(method).partition("#")[2] for method in document.get(name, ())]
        for name in ("assertionMethod", "capabilityInvocation")
    }


STEP = Step(
    id="rotated",
    title="Both keys of a university replaced, still writing",
    act=_act,
    expected=_expected,
    observe=_observe,
)
