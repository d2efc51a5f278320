"""[verified_abroad] [altered] The university's node is down; another country's gives the whole verdict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from devnet.commands import ankyra
from devnet.step import Facts, Step
from devnet.steps.issued import MODELS, first_credential
from devnet.verdicts import VALID, decided, decided_against, outcomes, verdict
from devnet.world import World

_REQUIRED = (
    "format", "issuer", "signature", "validity", "schema", "accreditation", "status", "anchor", "timeline",
)  # fmt: skip
_ALTERED = "altered.jwt"


def _stop_home(world: World) -> None:
    """Stop the first node, once the second has all that it needs."""
    world.follow()
    world.home.stop()


def _all_passed(_world: World) -> Facts:
    """Every required check passed, for a credential of either data model; the command says the same."""
    told = {**VALID, "checks": dict.fromkeys(_REQUIRED, "passed")}
    return {"node_one": "down", **dict.fromkeys(MODELS, told), "command": {"exit": 0, "outcome": "valid"}}


def _verdicts_abroad(world: World) -> Facts:
    done = ankyra(
        "verify",
        str(first_credential(world, "2.0")),
        *("--node", world.abroad.url),
        cwd=world.folder,
    )
    return {
        "node_one": "up" if world.home.answers() else "down",
        **{model: _told(world, first_credential(world, model)) for model in MODELS},
        "command": {"exit": done.code, "outcome": done.printed.get("outcome")},
    }


def _told(world: World, credential: Path) -> dict[str, Any]:
    told = verdict(world.abroad, credential)
    found = outcomes(told)
    return {**decided(told), "checks": {name: found[name] for name in _REQUIRED}}


def _alter(world: World) -> None:
    """Change one letter of a credential's signature; start the first node again."""
    head, _, signature = first_credential(world, "1.1").read_text(encoding="ascii").strip().rpartition(".")
    letter = "A" if signature[10] != "A" else "B"
    altered = f"{head}.{signature[:10]}{letter}{signature[11:]}"
    (world.folder / _ALTERED).write_text(altered, encoding="ascii")
    world.home.launch()


def _altered(world: World) -> Facts:
    return decided(verdict(world.abroad, world.folder / _ALTERED))


VERIFIED_ABROAD = Step(
    id="verified_abroad",
    title="The whole verdict abroad, the issuer's node down",
    act=_stop_home,
    expected=_all_passed,
    observe=_verdicts_abroad,
)
ALTERED = Step(
    id="altered",
    title="One letter changed: refused",
    act=_alter,
    expected=lambda _world: decided_against("signature", "signature_mismatch"),
    observe=_altered,
    leave=lambda world: world.home.await_ready(),
)
