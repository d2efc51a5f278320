"""A served node that holds a world of `tests.credentials`, for reads that need no ledger."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import event

from node.app import application
from node.services.node import Node
from tests.credentials.world import World
from tests.node.api.world import Clock, served
from tests.node.projected import node_of


@dataclass
class Registry:
    """A served node; `statements`, with parameters, are what its database was asked since."""

    node: Node
    clock: Clock
    http: httpx.Client
    statements: list[tuple[str, Any]] = field(default_factory=list)

    def get(self, path: str, **options: Any) -> httpx.Response:
        self.statements.clear()
        return self.http.get(path, **options)

    def ok(self, path: str, **options: Any) -> Any:
        """The JSON of an answer that must be 200."""
        answer = self.get(path, **options)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refused(self, path: str, **options: Any) -> dict[str, Any]:
        """The problem that an answer must be."""
        answer = self.get(path, **options)
        assert answer.headers["content-type"] == "application/problem+json", answer.text
        problem: dict[str, Any] = answer.json()
        assert problem["status"] == answer.status_code
        return problem


@contextmanager
def registry(world: World, folder: Path) -> Iterator[Registry]:
    """Serve the world as if a node had followed it."""
    with node_of(world, folder) as node, served(application(node)) as url:
        clock = node.clock
        assert isinstance(clock, Clock)
        with httpx.Client(base_url=url, trust_env=False, timeout=60) as http:
            made = Registry(node, clock, http)

            def asked(*given: Any) -> None:
                if given[2] != "BEGIN":
                    made.statements.append((given[2], given[3]))

            event.listen(node.engine, "before_cursor_execute", asked)
            yield made
