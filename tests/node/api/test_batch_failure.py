"""A batch whose transaction the contract refused is failed, says why in words, and may be tried again."""

import pytest

from tests.node.api.conftest import ACADEMY, KAUNAS
from tests.node.api.world import REVOKED, TI, World, accredit, batch_body, digests, sign

pytestmark = pytest.mark.enable_socket


def test_a_refused_batch_is_failed_with_the_contracts_reason_and_can_be_tried_again(own: World) -> None:
    body = batch_body(KAUNAS, digests("refused"))
    path = f"/v1/batches/{KAUNAS.did}/{body['root']}/1"
    unsigned = own.http.post("/v1/batches", json=body).json()["unsignedTransaction"]
    accredit(own.ledger, ACADEMY, KAUNAS, REVOKED)
    raw = {"signedRawTransaction": sign(unsigned, KAUNAS.ledger_secret)}
    assert own.http.post(path + "/transaction", json=raw).status_code == 202
    own.follow()
    own.clock.pass_by(60)
    own.follow()
    state = own.ok(path)
    assert (state["state"], state["leaves"]) == ("failed", "held")
    assert "revoked" in state["reason"].lower()
    assert state["entryIndex"] is None
    assert own.ok(f"/v1/anchors/{digests('refused')[0].hex()}")["anchors"] == []
    accredit(own.ledger, ACADEMY, KAUNAS, TI)
    own.follow()
    assert own.anchor(KAUNAS, digests("refused"))["state"] == "anchored"
