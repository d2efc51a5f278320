"""[revoked] [revoked_day_before] [suspended] [reinstated] A status changed, published, and seen abroad."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from devnet.members import ANCHORING
from devnet.step import Facts, Step
from devnet.steps.issued import MODELS, issued
from devnet.steps.status_published import publish_lists
from devnet.verdicts import VALID, decided, decided_against, verdict
from devnet.world import World
from node.client.status_list_record import Purpose
from node.client.status_lists import places_of, reinstate, set_status

_REVOKED_DAY, _SUSPENDED_DAY, _REINSTATED_DAY = 12.5, 13.0, 13.5
DAY_BEFORE = 11.5
"""A day of the plan on which nothing was revoked yet."""
_WHILE_SUSPENDED = 13.25


def revoked_credentials(world: World) -> list[Path]:
    """Return the credential of each data model that is revoked: the second."""
    return [issued(world, model)[1] for model in MODELS]


def _suspended(world: World) -> Path:
    """The third credential of the data model whose lists can suspend."""
    return issued(world, "2.0")[2]


def _revoke(world: World) -> None:
    """Set both bits, and publish their lists."""
    world.walk(_REVOKED_DAY)
    _change(world, revoked_credentials(world), "revocation", ("revoked-2021", "revoked"))


def _look_back(world: World) -> None:
    """Nothing more is done: the question is another one."""
    world.follow()


def _suspend(world: World) -> None:
    """Set the bit, and publish its list."""
    world.walk(_SUSPENDED_DAY)
    _change(world, [_suspended(world)], "suspension", ("suspended",))


def _reinstate(world: World) -> None:
    """Clear the bit, and publish its list."""
    issuer = world.cast[ANCHORING].issuer
    world.walk(_REINSTATED_DAY)
    reinstate(issuer, places_of(issuer, _suspended(world).read_bytes(), purpose="suspension"))
    publish_lists(world, ("suspended",))


def _change(world: World, credentials: Iterable[Path], purpose: Purpose, lists: Iterable[str]) -> None:
    issuer = world.cast[ANCHORING].issuer
    places = [
        place for path in credentials for place in places_of(issuer, path.read_bytes(), purpose=purpose)
    ]
    set_status(issuer, places, purpose=purpose)
    publish_lists(world, lists)


def _seen(world: World, day: float | None = None) -> Facts:
    """What the second node says of the revoked credentials, and of one issued beside them."""
    as_of = None if day is None else world.plan.day(day)
    told: dict[str, Any] = {
        model: decided(verdict(world.abroad, path, as_of=as_of))
        for model, path in zip(MODELS, revoked_credentials(world), strict=True)
    }
    return {**told, "another": decided(verdict(world.abroad, issued(world, "1.1")[3], as_of=as_of))}


def _seen_of_suspended(world: World, day: float | None = None) -> Facts:
    as_of = None if day is None else world.plan.day(day)
    return decided(verdict(world.abroad, _suspended(world), as_of=as_of))


REVOKED = Step(
    id="revoked",
    title="One credential of each kind revoked: refused",
    act=_revoke,
    expected=lambda _world: {
        **dict.fromkeys(MODELS, decided_against("status", "revoked")),
        "another": VALID,
    },
    observe=_seen,
)
REVOKED_DAY_BEFORE = Step(
    id="revoked_day_before",
    title="The same as of the day before: valid",
    act=_look_back,
    expected=lambda _world: {**dict.fromkeys(MODELS, VALID), "another": VALID},
    observe=lambda world: _seen(world, DAY_BEFORE),
)
SUSPENDED = Step(
    id="suspended",
    title="One credential suspended, which is not revoked",
    act=_suspend,
    expected=lambda _world: decided_against("status", "suspended"),
    observe=_seen_of_suspended,
)
REINSTATED = Step(
    id="reinstated",
    title="Reinstated: valid, and suspended as of before",
    act=_reinstate,
    expected=lambda _world: {"now": VALID, "while_suspended": decided_against("status", "suspended")},
    observe=lambda world: {
        "now": _seen_of_suspended(world),
        "while_suspended": _seen_of_suspended(world, _WHILE_SUSPENDED),
    },
)
