"""A simulated ledger behind endpoints of every mood, a real database, and processes that die and return."""

import atexit
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, Phase, settings
from sqlalchemy import Engine

from node import failpoints
from node.chain.client import LedgerClient
from node.chain.registries import Registries
from node.db.session import open_engine, upgrade
from tests.doubles.ledger_endpoints import Endpoint, Endpoints
from tests.doubles.simulated_ledger import SimulatedLedger

START = datetime(2026, 11, 21, tzinfo=UTC)
FATES = ("again", "back", "gone", "gone")
"""What becomes of the transactions of blocks that are taken back; most vanish."""


class Death(BaseException):
    """The process was killed: nothing catches this, and nothing is tidied up."""


class Clock:
    """A clock that the test moves, forwards and backwards."""

    def __init__(self) -> None:
        self.time = self.latest = START

    def __call__(self) -> datetime:
        return self.time

    def walk(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)
        self.latest = max(self.latest, self.time)


class Interrupted(httpx.BaseTransport):
    """Between two requests something else happens, once."""

    def __init__(self, network: Endpoints) -> None:
        self._network = network
        self._waiting: tuple[int, Callable[[], object]] | None = None

    def after(self, requests: int, what: Callable[[], object]) -> None:
        """`what` happens after so many more requests."""
        self._waiting = requests, what

    def calm(self) -> None:
        """Nothing will happen."""
        self._waiting = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._network.handle_request(request)
        if self._waiting is not None:
            left, what = self._waiting
            self._waiting = (left - 1, what) if left > 1 else None
            if left <= 1:
                what()
        return answer


class World:
    """One ledger and its endpoints, one folder of databases, one clock."""

    def __init__(self, *, endpoints: int) -> None:
        self.folder = Path(mkdtemp(prefix="ankyra-stateful-"))
        self.ledger = SimulatedLedger()
        self.endpoints = [Endpoint(self.ledger) for _ in range(endpoints)]
        network = Endpoints(self.endpoints)
        self.urls, self.network = network.urls, Interrupted(network)
        self.client = LedgerClient(self.urls, transport=self.network)
        self.registries = Registries(self.client, self.ledger.deployment)
        self.clock = Clock()
        self._engines: list[Engine] = []

    def database(self, name: str) -> Engine:
        """A new database with the newest tables."""
        path = self.folder / f"{name}.sqlite3"
        shutil.copy(_template(), path)
        engine = open_engine(f"sqlite:///{path}")
        self._engines.append(engine)
        return engine

    def honest_client(self) -> LedgerClient:
        """A way to the ledger past all moods."""
        network = Endpoints([Endpoint(self.ledger)])
        return LedgerClient(network.urls, transport=network)

    def close(self) -> None:
        """Nothing is left of it."""
        self.client.close()
        for engine in self._engines:
            engine.dispose()
        shutil.rmtree(self.folder)


def reorganise(ledger: SimulatedLedger, depth: int, *, blocks: int, fate: str) -> None:
    """Other blocks take the place of the last ones; `fate` says what becomes of all their transactions.

    Args:
        ledger: which is rewritten.
        depth: blocks taken back.
        blocks: made instead.
        fate: one of `FATES`: mined `again`, `back` in the pool, or `gone`.
    """
    names = {o.transaction.hash for block in ledger.blocks[-depth:] for o in block.outcomes}
    ledger.reorganise(
        depth,
        blocks=blocks,
        again=names if fate == "again" else (),
        back=names if fate == "back" else (),
    )


def briefly(*, share: int, steps: int) -> settings:
    """The profile's settings for a machine: one example where a property has `share`, of so many steps.

    Shrinking a history of a real database takes longer than a test may; the whole one is printed instead.
    """
    return settings(
        max_examples=settings().max_examples // share,
        stateful_step_count=steps,
        phases=[phase for phase in Phase if phase is not Phase.shrink],
        suppress_health_check=[HealthCheck.too_slow],
    )


_made: dict[int, Path] = {}


def _template() -> Path:
    """A database with the newest tables and nothing else; made once in a process."""
    if os.getpid() not in _made:
        path = Path(mkdtemp(prefix="ankyra-stateful-")) / "template.sqlite3"
        atexit.register(shutil.rmtree, path.parent, ignore_errors=True)
        engine = open_engine(f"sqlite:///{path}")
        upgrade(engine)
        engine.dispose()
        _made[os.getpid()] = path
    return _made[os.getpid()]


@contextmanager
def killed_at(name: str, times: int = 1) -> Iterator[None]:
    """The process dies where it reaches the failpoint `name` for the `times`-th time."""

    def kill(*_: Any) -> None:
        raise Death(name)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(failpoints, "os", SimpleNamespace(kill=kill, getpid=os.getpid))
        failpoints.arm(f"{name}:{times}")
        try:
            yield
        finally:
            failpoints.arm("")
