"""[key_revoked_before_anchor] [key_rotated_after_anchor] [retroactive] [backdated]: which key counts when.

A signature is judged by the keys that stood when its credential was anchored, never by the date that its
author wrote into it.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from devnet.actors import Actor
from devnet.content import learners, micro_credentials
from devnet.copied_leaves import await_leaves
from devnet.members import ANCHORING
from devnet.side_keys import add_side_key
from devnet.step import Facts, Step
from devnet.steps.issued import first_credential
from devnet.verdicts import VALID, decided, decided_against, verdict
from devnet.world import World
from node.client.batches import anchor_files
from node.client.further_keys import end_key
from node.client.issuing import Signer
from node.client.rotation import rotate

_LATE, _RETROACTIVE, _BACKDATED = "signed-then-revoked.jwt", "compromised.jwt", "backdated.jwt"
_REVOKED_DAY, _ROTATED_DAY, _ANCHORED_DAY, _COMPROMISED_DAY, _SINCE_DAY = 14.0, 15.0, 16.0, 17.0, 15.5
_BEFORE_THE_ENTRY = 16.5
_CLAIMED_DAY, _BACKDATING_DAY = 12.5, 18.0


def signed(actor: Actor, signer: Signer, *, name: str, dated: datetime) -> Path:
    """Return the file of one new micro-credential, signed by that key and dated as its author likes."""
    (credential,) = micro_credentials(
        1,
        signer=signer,
        awarding_body=actor.name,
        holders=learners(1, random=os.urandom),
        now=dated,
        random=os.urandom,
    )
    path = _path(actor, name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(credential, encoding="ascii")
    return path


def _path(actor: Actor, name: str) -> Path:
    return actor.issued / "single" / name


# --- key_revoked_before_anchor ------------------------------------------------------------------------------


def _revoke_then_anchor(world: World) -> None:
    """Sign with a second key, revoke the key, and anchor only then."""
    university = world.cast[ANCHORING]
    now = world.walk(_REVOKED_DAY)
    signer, key = add_side_key(university, now=now)
    path = signed(university, signer, name=_LATE, dated=now)
    now = world.now()
    end_key(university.issuer, key.kid, now=now, at=now)
    world.follow()
    anchor_files(university.issuer, [path], until="anchored")
    world.follow()
    await_leaves(world)


def _late(world: World) -> Facts:
    return decided(verdict(world.abroad, _path(world.cast[ANCHORING], _LATE)))


# --- key_rotated_after_anchor -------------------------------------------------------------------------------


def _rotate(world: World) -> None:
    """Replace the key that signed the thousand credentials."""
    rotate(world.cast[ANCHORING].issuer, "credential", now=world.walk(_ROTATED_DAY))
    world.follow()


def _old_key_old_anchor(world: World) -> Facts:
    """What holds of an anchored credential whose key has been replaced since, and which key that was."""
    told = verdict(world.abroad, first_credential(world, "1.1"))
    (signature,) = (check for check in told["checks"] if check["name"] == "signature")
    document = world.abroad.api.resolve(world.cast[ANCHORING].did) or {}
    named = signature["evidence"]["verificationMethod"]
    return {**decided(told), "key_is_current": named in document.get("assertionMethod", ())}


# --- retroactive --------------------------------------------------------------------------------------------


def _compromise(world: World) -> None:
    """Sign and anchor with a second key; later, say that it was compromised since before the anchor."""
    university = world.cast[ANCHORING]
    signer, key = add_side_key(university, now=world.now())
    now = world.walk(_ANCHORED_DAY)
    path = signed(university, signer, name=_RETROACTIVE, dated=now)
    anchor_files(university.issuer, [path], until="anchored")
    world.walk(_COMPROMISED_DAY)
    end_key(university.issuer, key.kid, now=world.now(), at=world.plan.day(_SINCE_DAY))
    world.follow()
    await_leaves(world)


def _compromised(world: World) -> Facts:
    path = _path(world.cast[ANCHORING], _RETROACTIVE)
    before = verdict(world.abroad, path, as_of=world.plan.day(_BEFORE_THE_ENTRY))
    return {"now": decided(verdict(world.abroad, path)), "before_the_entry": decided(before)}


# --- backdated ----------------------------------------------------------------------------------------------


def _backdate(world: World) -> None:
    """Sign with the key that was replaced, claim a date at which it was good, and anchor nothing."""
    university = world.cast[ANCHORING]
    world.walk(_BACKDATING_DAY)
    retired = university.issuer.profile.retired_keys[-1]
    signer = Signer.of(university.did, university.issuer.keystore.open(retired))
    signed(university, signer, name=_BACKDATED, dated=world.plan.day(_CLAIMED_DAY))
    world.follow()


def _backdated(world: World) -> Facts:
    return decided(verdict(world.abroad, _path(world.cast[ANCHORING], _BACKDATED)))


KEY_REVOKED_BEFORE_ANCHOR = Step(
    id="key_revoked_before_anchor",
    title="Signed, the key revoked, then anchored: refused",
    act=_revoke_then_anchor,
    expected=lambda _world: decided_against("signature", "no_longer_valid"),
    observe=_late,
)
KEY_ROTATED_AFTER_ANCHOR = Step(
    id="key_rotated_after_anchor",
    title="Anchored, then the key replaced: still valid",
    act=_rotate,
    expected=lambda _world: {**VALID, "key_is_current": False},
    observe=_old_key_old_anchor,
)
RETROACTIVE = Step(
    id="retroactive",
    title="A key said to be lost since before the anchor",
    act=_compromise,
    expected=lambda _world: {
        "now": decided_against("timeline", "retroactive"),
        "before_the_entry": VALID,
    },
    observe=_compromised,
)
BACKDATED = Step(
    id="backdated",
    title="A retired key, an old date, no anchor: refused",
    act=_backdate,
    expected=lambda _world: decided_against("signature", "no_longer_valid"),
    observe=_backdated,
)
