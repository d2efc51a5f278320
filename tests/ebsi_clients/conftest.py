"""A node on the network whose state our own client wrote, and EBSI's clients beside it."""

from collections.abc import Iterator

import pytest

from tests.ebsi_clients.clients import EbsiClients, ebsi_clients, options_for
from tests.ebsi_clients.people import COURSE_SCHEMA, COURSE_SCHEMA_ID
from tests.foreign.conftest import played_abroad
from tests.ledger import DeployedState
from tests.node.client.conftest import Play


@pytest.fixture(scope="package")
def abroad(deployed_state: DeployedState, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """Council (Root TAO) → Agency (TAO) → KTU (TI), and the schema of courses; no test takes them away."""
    with played_abroad(deployed_state, tmp_path_factory.mktemp("abroad")) as play:
        _grant(play, "Council", "TSR:insertSchema", "TIR:setAttributeMetadata")
        play.open("Council").writer().write(
            "insertSchema", schemaId=COURSE_SCHEMA_ID, schema=COURSE_SCHEMA, metadata=b"{}"
        )
        play.world.follow()
        yield play


@pytest.fixture(scope="package")
def clients(abroad: Play) -> Iterator[EbsiClients]:
    """EBSI's clients, told the node's address; all tests here ask the same process."""
    with ebsi_clients(options_for(abroad.world.url)) as started:
        yield started


def _grant(play: Play, name: str, *policies: str) -> None:
    """The ledger's operator lets an organisation act under policies, as EBSI does its Support Office."""
    ledger, issuer = play.world.ledger, play.issuers[name]
    account = issuer.keystore.open(issuer.profile.ledger_key).address
    registry = ledger.deployment.address("TrustedPoliciesRegistry")
    ledger.operator.transact(
        "TrustedPoliciesRegistry", registry, "insertUserAttributes", account, list(policies)
    )
    play.world.follow()
