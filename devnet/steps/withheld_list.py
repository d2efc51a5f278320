"""[withheld_list] A list's digest on the ledger, the list kept back: nobody falls back on the one before.

Afterwards the university hands the list in, so that the nodes that stay give whole verdicts.
"""

from __future__ import annotations

import hashlib

from devnet.members import ANCHORING
from devnet.sender import Sender
from devnet.step import Facts, Step
from devnet.steps.issued import first_credential
from devnet.steps.status_published import await_copies, hosted, list_of
from devnet.verdicts import VALID, decided, decided_against, verdict
from devnet.world import World
from node.accounts import Account
from node.client.accreditation import own_attribute
from node.client.status_publication import list_credential

_DAY, _DAY_BEFORE = 20.0, 19.5
_LIST = "revoked"
_KEPT_BACK = "kept-back.jwt"


def _act(world: World) -> None:
    """Put the digest of a new list on the ledger and hand the list to nobody; then come to the present."""
    issuer = world.cast[ANCHORING].issuer
    now = world.walk(_DAY)
    record = list_of(world, _LIST)
    credential = list_credential(record, signer=issuer.signer(), now=now).encode()
    (world.folder / _KEPT_BACK).write_bytes(credential)
    valid_from, valid_until = record.schedule.validity(now)
    key = issuer.keystore.open(issuer.profile.ledger_key)
    # A node would not pass it on without the list: the issuer writes to the ledger itself.
    Sender(world.ledger.rpc, Account.from_key(key.scalar)).transact(
        "AnchorRegistry",
        world.address("AnchorRegistry"),
        "publishStatusList",
        issuer.did,
        own_attribute(issuer.node, issuer.did, types=("TI",)),
        record.url,
        record.purpose,
        len(record.bits),
        hashlib.sha256(credential).digest(),
        int(valid_from.timestamp()),
        int(valid_until.timestamp()),
    )
    world.arrive()
    world.follow()


def _expected(_world: World) -> Facts:
    """Unknown, which is neither revoked nor in force; the other kind and the day before are untouched."""
    return {
        "now": decided_against("status", "withheld", outcome="indeterminate"),
        "served": None,
        "other_kind": VALID,
        "day_before": VALID,
    }


def _observe(world: World) -> Facts:
    first = first_credential(world, "2.0")
    day_before = verdict(world.abroad, first, as_of=world.plan.day(_DAY_BEFORE))
    return {
        "now": decided(verdict(world.abroad, first)),
        "served": hosted(world.abroad, list_of(world, _LIST).url),
        "other_kind": decided(verdict(world.abroad, first_credential(world, "1.1"))),
        "day_before": decided(day_before),
    }


def _hand_in(world: World) -> None:
    """The university hands the list in at its node, from which the other copies it.

    Raises:
        NotCopied: a node does not come to have it.
        ClientError: the node refused.
    """
    credential = (world.folder / _KEPT_BACK).read_bytes()
    world.home.api.put("/v1/status-lists", credential, media_type="application/vc+jwt")
    await_copies(world, list_of(world, _LIST), credential)


STEP = Step(
    id="withheld_list",
    title="A list kept back: unknown, never the one before",
    act=_act,
    expected=_expected,
    observe=_observe,
    leave=_hand_in,
)
