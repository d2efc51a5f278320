"""A simulated ledger behind several endpoints, a database, and a follower that asks them all."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from node.chain.client import LedgerClient
from node.db.cursor import Cursor, read_cursor
from node.db.digest import projection_digest
from node.db.entries import log_size
from node.db.lease import Sighting, read_sighting
from node.db.ledger_endpoints import EndpointState, read_endpoints
from node.db.session import open_engine, reading, upgrade
from node.indexer.follower import Follower, Step
from tests.databases import database_url
from tests.doubles.ledger_endpoints import Endpoint, Endpoints
from tests.doubles.ledger_writer import Writer
from tests.doubles.registries import OPERATOR_KEY
from tests.doubles.simulated_ledger import SimulatedLedger
from tests.node.indexer.conftest import Clock


class Network:
    """What a test of several endpoints works with; `name(0)` is the first endpoint's."""

    def __init__(self, folder: Path, *, endpoints: int) -> None:
        self.folder, self.clock = folder, Clock()
        self.ledger = SimulatedLedger()
        self.endpoints = [Endpoint(self.ledger) for _ in range(endpoints)]
        self.transport = Endpoints(self.endpoints)
        self.client = LedgerClient(self.transport.urls, transport=self.transport)
        honest = Endpoints([Endpoint(self.ledger)])
        self.truth = LedgerClient(honest.urls, transport=honest)
        self.writer = Writer(self.truth, self.ledger.deployment, OPERATOR_KEY)
        self.engine = open_engine(database_url(folder, "network"))
        upgrade(self.engine)
        self.written = 0

    def name(self, place: int) -> str:
        return self.transport.urls[place]

    def follower(self, *, quorum: int = 1, holder: str = "one", finality_depth: int = 2) -> Follower:
        return Follower(
            self.engine,
            self.client,
            self.ledger.deployment,
            holder=holder,
            now=self.clock,
            quorum=quorum,
            finality_depth=finality_depth,
        )

    def follow(self, follower: Follower) -> Step:
        """Steps until nothing moves any more."""
        while (step := follower.step()) is Step.MOVED:
            pass
        return step

    def write(self, count: int = 1, *, blocks: int = 1) -> None:
        """Entries, and the blocks that hold them."""
        for _ in range(count):
            self.written += 1
            policy = f"X:{self.written}"
            self.writer.write(OPERATOR_KEY, "TrustedPoliciesRegistry", "insertPolicy", policy, "")
        self.ledger.mine(blocks)

    def cursor(self) -> Cursor:
        with reading(self.engine) as connection:
            found = read_cursor(connection)
        assert found is not None
        return found

    def sighting(self) -> Sighting:
        with reading(self.engine) as connection:
            found = read_sighting(connection)
        assert found is not None
        return found

    def states(self) -> list[str]:
        """The endpoints' states, as other processes see them."""
        return [one.state for one in self.seen()]

    def seen(self) -> tuple[EndpointState, ...]:
        with reading(self.engine) as connection:
            return read_endpoints(connection)

    def digest(self) -> bytes:
        with reading(self.engine) as connection:
            return projection_digest(connection, size=log_size(connection))

    def newcomers_digest(self) -> bytes:
        """What an empty database becomes at the honest ledger."""
        self.written += 1
        engine = open_engine(database_url(self.folder, f"newcomer-{self.written}"))
        upgrade(engine)
        newcomer = Follower(engine, self.truth, self.ledger.deployment, holder="newcomer", now=self.clock)
        assert self.follow(newcomer) is Step.IDLE
        with reading(engine) as connection:
            found = projection_digest(connection, size=log_size(connection))
        engine.dispose()
        return found


@contextmanager
def network(folder: Path, *, endpoints: int) -> Iterator[Network]:
    """A ledger of 80 blocks, and a network that ends with the test."""
    made = Network(folder, endpoints=endpoints)
    made.write(3, blocks=80)
    try:
        yield made
    finally:
        made.client.close()
        made.truth.close()
        made.engine.dispose()
