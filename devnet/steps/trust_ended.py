"""[unaccredited] [tao_revoked] Whoever nobody accredited, and whoever lost its accreditor afterwards."""

from __future__ import annotations

from pathlib import Path

from devnet.members import ROOT_TAO, TAO
from devnet.step import Facts, Step
from devnet.steps.issued import first_credential
from devnet.steps.keys_and_time import signed
from devnet.verdicts import VALID, decided, decided_against, verdict
from devnet.world import World
from node.client.accreditation import own_attribute, revoke
from node.client.invitation import VALIDITY, invite
from node.client.onboarding import register
from node.client.papers import keep_paper

NOBODY = "Academy that nobody accredited (example)"
_CLAIM = "claim.jwt"
_CLAIM_DAY, _REVOCATION_DAY = 13.75, 19.0


def _claim(world: World) -> None:
    """Register a DID that is invited and that nobody accredits, and let it sign a micro-credential."""
    academy = world.cast.enter(NOBODY)
    now = world.walk(_CLAIM_DAY)
    tao = world.cast[TAO].issuer
    keep_paper(
        academy.issuer.folder, "invitation", invite(tao, did=academy.did, expires=now + VALIDITY, now=now)
    )
    register(academy.issuer, now=now)
    signed(academy, academy.issuer.signer(), name=_CLAIM, dated=now)
    world.follow()


def _claimed(world: World) -> Facts:
    told = verdict(world.abroad, _path_of_claim(world))
    (signature,) = (check["outcome"] for check in told["checks"] if check["name"] == "signature")
    return {**decided(told), "signature": signature}


def _path_of_claim(world: World) -> Path:
    return world.cast[NOBODY].issued / "single" / _CLAIM


def _revoke_tao(world: World) -> None:
    """The Root TAO revokes the TAO that accredited everybody."""
    root, tao = world.cast[ROOT_TAO], world.cast[TAO]
    world.walk(_REVOCATION_DAY)
    attribute_id = own_attribute(world.home.api, tao.did, types=("TAO",))
    revoke(root.issuer, did=tao.did, attribute_id=attribute_id)
    world.follow()


def _after_tao(world: World) -> Facts:
    """The verdict on what was anchored before, and what the check of accreditation reports."""
    told = verdict(world.abroad, first_credential(world, "2.0"))
    (check,) = (check for check in told["checks"] if check["name"] == "accreditation")
    return {
        **decided(told),
        "accreditation": check["outcome"],
        "fault_then": check["evidence"]["then"]["reason"],
        "fault_now": check["evidence"]["atT"]["reason"],
        "said": any(world.cast[TAO].did in finding for finding in told["findings"]),
    }


UNACCREDITED = Step(
    id="unaccredited",
    title="Signed by somebody whom nobody accredited: refused",
    act=_claim,
    expected=lambda _world: {**decided_against("accreditation", "not_accredited"), "signature": "passed"},
    observe=_claimed,
)
TAO_REVOKED = Step(
    id="tao_revoked",
    title="The TAO revoked afterwards: still valid, and said",
    act=_revoke_tao,
    expected=lambda _world: {
        **VALID,
        "accreditation": "passed",
        "fault_then": None,
        "fault_now": "accreditation_revoked",
        "said": True,
    },
    observe=_after_tao,
)
