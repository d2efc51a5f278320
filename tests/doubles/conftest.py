"""The two ledgers that one suite is run against: the simulated one, and the engine with real contracts."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from node.chain.client import LedgerClient
from node.chain.headers import head
from node.chain.registries import Registries
from node.config import Deployment
from tests.doubles.ledger_endpoints import Endpoint, Endpoints
from tests.doubles.ledger_writer import Issuer, Writer, an_issuer
from tests.doubles.registries import OPERATOR_KEY
from tests.doubles.simulated_ledger import SimulatedLedger
from tests.ledger import DeployedLedger


@dataclass(frozen=True, slots=True)
class LedgerUnderTest:
    """A ledger that makes blocks on demand, and who writes to it."""

    client: LedgerClient
    deployment: Deployment
    writer: Writer
    mine: Callable[[], object]
    reorg: Callable[[int], object]

    @property
    def registries(self) -> Registries:
        """The contracts."""
        return Registries(self.client, self.deployment)

    def issuer(self, name: str = "university") -> Issuer:
        """An accredited issuer, each of its two transactions in a block of its own."""
        issuer = an_issuer(name)
        for _ in self.writer.register(issuer, now=head(self.client).time):
            self.mine()
        return issuer


def simulated() -> LedgerUnderTest:
    """The simulated ledger."""
    ledger = SimulatedLedger()
    endpoints = Endpoints([Endpoint(ledger)])
    client = LedgerClient(endpoints.urls, transport=endpoints)
    writer = Writer(client, ledger.deployment, OPERATOR_KEY)
    return LedgerUnderTest(client, ledger.deployment, writer, ledger.mine, ledger.reorganise)


def engine(deployed: DeployedLedger) -> LedgerUnderTest:
    """The devnet's engine, mining on demand."""
    deployed.ledger.rpc.request("evm_setAutomine", False)  # noqa: FBT003 - JSON-RPC's
    client = LedgerClient([deployed.ledger.url])
    writer = Writer(client, deployed.deployment, bytes(deployed.operator.account.key))
    ledger = deployed.ledger
    return LedgerUnderTest(client, deployed.deployment, writer, ledger.mine, ledger.reorg)


@pytest.fixture(params=["simulated", pytest.param("engine", marks=pytest.mark.enable_socket)])
def world(request: pytest.FixtureRequest) -> Iterator[LedgerUnderTest]:
    """Each of the two, in turn."""
    made = simulated() if request.param == "simulated" else engine(request.getfixturevalue("deployed"))
    yield made
    made.client.close()
