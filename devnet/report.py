"""How a play ended, for machines: `ankyra-demo/1`, and what differed where something did."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from devnet.chain import CHAIN_ID, write_state
from devnet.step import Outcome
from devnet.world import World

SCHEMA = "ankyra-demo/1"
_ABSENT = "nothing"


@dataclass(slots=True)
class Report:
    """What is known of a play so far; seconds are wall time."""

    steps_planned: int
    setup_seconds: float
    scenario_seconds: float = 0.0
    outcomes: list[Outcome] = field(default_factory=list)
    ledger: Mapping[str, object] = field(default_factory=dict)
    database: str = ""
    nodes: Sequence[Mapping[str, str]] = ()

    @property
    def ok(self) -> bool:
        """Whether every step was played and held."""
        return len(self.outcomes) == self.steps_planned and all(outcome.ok for outcome in self.outcomes)

    def look_at(self, world: World) -> None:
        """Take down where the ledger and the nodes are."""
        deployment = world.deployment
        self.ledger = {
            "chain_id": deployment.chain_id if deployment else CHAIN_ID,
            "rpc": world.ledger.url,
            "registry_log": deployment.registry_log if deployment else None,
        }
        self.database = world.database_name
        self.nodes = [{"name": node.name, "url": node.url} for node in world.nodes]

    def to_json(self) -> dict[str, Any]:
        """Return the report in its documented form."""
        return {
            "schema": SCHEMA,
            "ok": self.ok,
            "seconds": {"setup": round(self.setup_seconds, 3), "scenario": round(self.scenario_seconds, 3)},
            "ledger": self.ledger,
            "database": self.database,
            "nodes": self.nodes,
            "steps": [
                {
                    "id": outcome.step.id,
                    "expected": outcome.expected,
                    "observed": outcome.observed,
                    "ok": outcome.ok,
                    "seconds": round(outcome.seconds, 3),
                }
                for outcome in self.outcomes
            ],
        }

    def write(self, path: Path) -> None:
        """Make `path` hold the report, whole or not at all.

        Raises:
            StateUnusable: it cannot be written.
        """
        write_state(path, json.dumps(self.to_json(), indent=2, ensure_ascii=False).encode() + b"\n")


def differences(
    expected: Mapping[str, Any], observed: Mapping[str, Any], *, path: str = ""
) -> Iterator[tuple[str, str, str]]:
    """Yield each place where two reports differ, with what was expected and what was seen there."""
    for name in [*expected, *(name for name in observed if name not in expected)]:
        place = f"{path}{name}"
        wanted, seen = expected.get(name, _ABSENT), observed.get(name, _ABSENT)
        if isinstance(wanted, Mapping) and isinstance(seen, Mapping):
            yield from differences(wanted, seen, path=f"{place} / ")
        elif wanted != seen:
            yield place, _shown(wanted), _shown(seen)


def _shown(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
