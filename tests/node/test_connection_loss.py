"""PostgreSQL goes away under a node at work: the node says so, goes on by itself, and doubles nothing."""

import time
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, make_url
from sqlalchemy.exc import OperationalError

from node.db.batches import batches_of
from node.db.session import open_engine, reading, writing
from node.errors import DatabaseUnavailable
from node.upkeep.checking import check_node
from tests.databases import cluster, database_url
from tests.ledger import DeployedState, resume
from tests.node.api.conftest import KAUNAS, TRENTO, people
from tests.node.api.world import World, batch_body, digests, sign, world

pytestmark = [pytest.mark.enable_socket, pytest.mark.databases("postgresql")]
SECONDS, ACCEPTED = 60, 202


def wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not until():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def disconnect(made: World) -> None:
    cluster().disconnect(str(make_url(made.node.settings.database).database))


def hand_in(made: World, seed: str) -> tuple[str, str]:
    """A batch handed in and its transaction signed; its path and the transaction."""
    answer = made.http.post("/v1/batches", json=batch_body(KAUNAS, digests(seed)))
    assert answer.status_code == 202, answer.text
    return answer.headers["location"], sign(answer.json()["unsignedTransaction"], KAUNAS.ledger_secret)


def given(made: World, path: str, signed: str) -> int:
    """What came of handing in the signed transaction."""
    return made.http.post(path + "/transaction", json={"signedRawTransaction": signed}).status_code


def test_a_restarted_server_is_told_and_survived(deployed_state: DeployedState, tmp_path: Path) -> None:
    with (
        resume(deployed_state, tmp_path / "ledger.json") as ledger,
        world(ledger, tmp_path / "node", poll_interval=0.02) as made,
    ):
        people(made)
        made.background.start()
        path, signed = hand_in(made, "before")
        folder = cluster().folder
        cluster().stop("immediate")
        try:
            answers = [
                made.http.get("/v1/issuers"),
                made.http.post(path + "/transaction", json={"signedRawTransaction": signed}),
                made.http.post("/v1/batches", json=batch_body(TRENTO, digests("meanwhile"))),
            ]
            for answer in answers:
                assert (answer.status_code, answer.json()["code"]) == (503, "databaseUnavailable")
                assert int(answer.headers["retry-after"]) > 0
                assert str(folder) not in answer.text
            assert made.http.get("/readyz").status_code == 503
            assert made.http.get("/healthz").status_code == 200
        finally:
            cluster().start()
        wait(lambda: made.http.get("/readyz").status_code == 200)
        assert given(made, path, signed) == ACCEPTED
        wait(lambda: made.ok(path)["state"] in {"anchored", "final"})
        again, signed = hand_in(made, "after")
        disconnect(made)  # every connection at once, the follower's lock included
        wait(lambda: given(made, again, signed) == ACCEPTED)
        wait(lambda: made.ok(again)["state"] in {"anchored", "final"})
        with reading(made.node.engine) as connection:
            assert len(batches_of(connection, KAUNAS.did)) == 2
        made.background.stop()
        report = check_node(made.node.settings, clock=made.clock)
    assert (report.differences, report.ledger_compared) == ((), True)


Transaction = Callable[[Engine], AbstractContextManager[Connection]]


def pass_over_a_loss(engine: Engine, transaction: Transaction) -> None:
    """As where credentials are judged by one view: each has its answer, and the view ends all the same."""
    with transaction(engine) as connection:
        connection.exec_driver_sql("SELECT 1")
        cluster().disconnect(str(engine.url.database))
        with suppress(OperationalError):
            connection.exec_driver_sql("SELECT 1")


@pytest.mark.parametrize("transaction", [reading, writing])
def test_a_loss_that_its_block_passes_over_is_told_at_the_end(
    transaction: Transaction, tmp_path: Path
) -> None:
    engine = open_engine(database_url(tmp_path))
    with pytest.raises(DatabaseUnavailable, match="broke"):
        pass_over_a_loss(engine, transaction)
    with transaction(engine) as connection:
        assert connection.exec_driver_sql("SELECT 1").scalar_one() == 1
    engine.dispose()
