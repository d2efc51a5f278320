"""`/health` and `/abi` of EBSI's services."""

import json
from importlib.resources import files
from pathlib import Path

import pytest

from node.api.abi import ABI_PATHS
from node.api.registry_health import HEALTH_PATHS
from node.db.session import writing
from node.db.tables import FOLLOWER
from tests.databases import cluster
from tests.node.api.test_policies import served_log, some_policies
from tests.node.api.world import World

pytestmark = pytest.mark.enable_socket


def test_every_service_is_up_while_the_ledger_and_the_database_are(small: World) -> None:
    up = {name: {"status": "up"} for name in ("Database", "Besu", "Projection")}
    for path in HEALTH_PATHS:
        answer = small.get(path)
        assert answer.json() == {"status": "ok", "info": up, "error": {}, "details": up}
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json")
        assert answer.headers["cache-control"] == "no-store"


def test_a_service_is_down_while_the_ledger_is_and_says_so(own: World) -> None:
    with writing(own.node.engine) as connection:
        connection.execute(FOLLOWER.update().values(ledger_reachable=False))
    for path in HEALTH_PATHS:
        answer = own.get(path)
        assert (answer.status_code, answer.headers["content-type"]) == (503, "application/json")
        body = answer.json()
        assert (body["status"], set(body["error"]), set(body["info"])) == (
            "error",
            {"Besu", "Projection"},
            {"Database"},
        )
        assert body["details"] == body["error"] | body["info"]
        assert own.get("/readyz").status_code == 503


@pytest.mark.databases("postgresql")
def test_a_service_is_down_while_its_database_is(tmp_path: Path) -> None:
    with served_log(some_policies(), tmp_path) as http:
        cluster().stop("immediate")
        try:
            answer = http.get("/timestamp/v4/health")
        finally:
            cluster().start()
    assert (answer.status_code, answer.headers["content-type"]) == (503, "application/json")
    down = {"Database": {"status": "down", "message": "does not answer"}}
    assert answer.json() == {"status": "error", "info": {}, "error": down, "details": down}


def test_the_interface_of_each_registry_is_its_contracts(small: World) -> None:
    contracts = ("DidRegistry", "TrustedIssuersRegistry", "TrustedSchemasRegistry")
    for path, contract in zip(
        ABI_PATHS, (*contracts, "TrustedPoliciesRegistry", "AnchorRegistry"), strict=True
    ):
        answer = small.get(path)
        printed = files("node").joinpath("chain", "abi", f"{contract}.json").read_text("utf-8")
        assert answer.json() == json.loads(printed)["abi"]
        assert answer.headers["content-type"] == "application/json"
        held = {"If-None-Match": answer.headers["etag"]}
        assert small.get(path, headers=held).status_code == 304
        assert small.get(path, headers={"Accept": "text/html"}).status_code == 406
        assert small.get(path + "?x=1").status_code == 400
