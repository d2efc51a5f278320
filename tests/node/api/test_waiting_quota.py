"""What all issuers together may leave waiting: room is finite, and comes back when batches are anchored."""

from dataclasses import replace

import httpx
import pytest

from node.app import application
from tests.node.api.conftest import KAUNAS, TRENTO
from tests.node.api.world import Actor, World, batch_body, digests, served, sign

pytestmark = pytest.mark.enable_socket


def test_batches_that_nobody_anchors_cannot_fill_the_disk(own: World) -> None:
    settings = own.node.settings.model_copy(update={"max_waiting": 5 * 32})
    with (
        served(application(replace(own.node, settings=settings))) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=60) as http,
    ):

        def hand_in(actor: Actor, *seeds: object) -> httpx.Response:
            return http.post("/v1/batches", json=batch_body(actor, digests(*seeds)))

        first = hand_in(KAUNAS, 1, 2, 3)
        assert first.status_code == 202
        refused = hand_in(TRENTO, 4, 5, 6)
        assert (refused.status_code, refused.json()["code"]) == (503, "tooMuchWaiting")
        assert refused.headers["retry-after"] == "5"
        assert hand_in(KAUNAS, 1, 2, 3).status_code == 202
        assert hand_in(TRENTO, 4, 5).status_code == 202
        signed = sign(first.json()["unsignedTransaction"], KAUNAS.ledger_secret)
        body = {"signedRawTransaction": signed}
        assert http.post(first.headers["location"] + "/transaction", json=body).status_code == 202
        own.follow()
        assert hand_in(TRENTO, 4, 5, 6).status_code == 202
