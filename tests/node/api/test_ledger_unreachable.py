"""While the ledger is gone: reads go on and say how old they are; what needs it says when to ask again."""

import pytest

from node.db.lease import note_alarm
from node.db.session import writing
from tests.node.api.conftest import KAUNAS
from tests.node.api.world import World, batch_body, digests, rpc, sign

pytestmark = pytest.mark.enable_socket


def test_reads_go_on_and_tell_their_age_and_writes_ask_to_come_back(own: World) -> None:
    leaves = digests("before the outage")
    own.anchor(KAUNAS, leaves)
    waiting = batch_body(KAUNAS, digests("accepted before"))
    accepted = own.http.post("/v1/batches", json=waiting).json()
    own.ledger.ledger.kill()
    own.clock.pass_by(300)
    own.background.step()

    found = own.ok(f"/v1/anchors/{leaves[0].hex()}")
    assert len(found["anchors"]) == 1
    assert found["asOf"]["lagSeconds"] >= 300
    assert own.ok("/v1/issuers")["asOf"]["lagSeconds"] >= 300
    assert own.ok(f"/did-registry/v5/identifiers/{KAUNAS.did}")["id"] == KAUNAS.did
    assert own.get("/v1/log/checkpoint").status_code == 200

    new = own.http.post("/v1/batches", json=batch_body(KAUNAS, digests("during")))
    assert (new.status_code, new.json()["code"]) == (503, "ledgerUnavailable")
    assert int(new.headers["retry-after"]) > 0
    assert "127.0.0.1" not in new.text, "the operator's endpoints are no business of clients"
    call = {"from": KAUNAS.address, "did": KAUNAS.did, "controller": KAUNAS.did}
    for path, method, params in (
        ("/did-registry/v5/jsonrpc", "addController", [call]),
        ("/ledger/v4/blockchains/besu", "eth_blockNumber", []),
    ):
        answer = rpc(own.http, path, method, *params)
        assert (answer.status_code, "retry-after" in answer.headers) == (503, True)

    again = own.http.post("/v1/batches", json=waiting)
    assert (again.status_code, again.json()["unsignedTransaction"]) == (202, accepted["unsignedTransaction"])
    path = f"/v1/batches/{KAUNAS.did}/{waiting['root']}/1"
    raw = {"signedRawTransaction": sign(accepted["unsignedTransaction"], KAUNAS.ledger_secret)}
    kept = own.http.post(path + "/transaction", json=raw)
    assert (kept.status_code, kept.json()["state"]) == (202, "submitted"), (
        "it is kept until the ledger answers"
    )

    ready = own.get("/readyz")
    assert (ready.status_code, ready.json()["ready"], ready.json()["ledger"]) == (503, False, "unreachable")
    assert own.get("/healthz").json() == {"status": "ok"}


def test_an_alarm_stops_the_follower_and_stands_in_the_figures(own: World) -> None:
    assert "ankyra_alarm{" not in own.get("/metrics").text
    with writing(own.node.engine) as connection:
        note_alarm(connection, holder="test", name="root-mismatch", sentence="another root")
    ready = own.get("/readyz")
    told = ready.json()
    assert (ready.status_code, told["follower"], told["alarm"]) == (503, "stopped", "root-mismatch")
    assert 'ankyra_alarm{name="root-mismatch"} 1.0' in own.get("/metrics").text
    with writing(own.node.engine) as connection:
        note_alarm(connection, holder="test", name=None, sentence=None)
    assert own.get("/readyz").json()["follower"] == "working"
    assert "ankyra_alarm{" not in own.get("/metrics").text


def test_readiness_comes_back_with_the_ledger(own: World) -> None:
    assert own.get("/readyz").json()["ready"] is True
    assert own.get("/readyz").json()["follower"] == "working"
    own.clock.pass_by(61)
    stale = own.get("/readyz")
    assert (stale.status_code, stale.json()["follower"]) == (503, "stopped")
    own.background.step()
    assert own.get("/readyz").status_code == 200
