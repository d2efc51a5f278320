from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from node.chain.client import LedgerClient
from node.db.session import open_engine, upgrade
from node.indexer.follower import Follower, Step
from tests.databases import database_url
from tests.ledger import DeployedLedger
from tests.node.registrations import Registrar


class Clock:
    """A clock that the test walks."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 21, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def walk(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class Desk:
    """A real ledger, a real database, and followers made on demand."""

    def __init__(self, deployed: DeployedLedger, folder: Path) -> None:
        self.deployed, self.folder = deployed, folder
        self.registrar = Registrar(deployed)
        self.clock = Clock()
        self.engine = self.database("node")
        self.client = LedgerClient([deployed.ledger.url])

    def database(self, name: str) -> Engine:
        engine = open_engine(database_url(self.folder, name))
        upgrade(engine)
        return engine

    def follower(
        self, holder: str = "one", engine: Engine | None = None, client: LedgerClient | None = None
    ) -> Follower:
        return Follower(
            engine or self.engine,
            client or self.client,
            self.deployed.deployment,
            holder=holder,
            now=self.clock,
        )

    def gone(self) -> None:
        """Who followed is gone without a word, with its connections, and for longer than a lease lasts."""
        self.clock.walk(60)
        self.engine.dispose()

    def follow(self, follower: Follower | None = None) -> Step:
        """Steps until nothing moves any more, once the ledger has mined what it took."""
        self.deployed.await_mined()
        follower = follower or self.follower()
        while (step := follower.step()) is Step.MOVED:
            pass
        return step


@pytest.fixture
def desk(deployed: DeployedLedger, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(deployed, tmp_path)
    yield desk
    desk.client.close()
    desk.engine.dispose()
