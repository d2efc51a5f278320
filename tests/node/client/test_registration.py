"""A registration that was cut off goes on with what it signed, whatever time it is by then."""

from dataclasses import replace
from datetime import timedelta

import pytest

from node.client.errors import StillWaiting
from node.client.onboarding import create_profile, register
from node.client.patience import Patience
from node.client.transactions import Call
from tests.node.client.conftest import Play

pytestmark = pytest.mark.enable_socket


def test_it_goes_on_with_the_dates_that_it_began_with(play: Play) -> None:
    folder, rpc = play.folder / "Later", play.world.ledger.ledger.rpc
    create_profile(folder, node_url=play.world.url, keystore=play.keystore("Later"))
    first = play.open("Later")
    first.change(node=play.world.url)
    play.invite(first)
    first.patience = Patience(attempts=3, sleep=lambda _seconds: None)
    began = play.now
    rpc.request("evm_setAutomine", False)  # noqa: FBT003 - JSON-RPC has positions alone
    try:
        with pytest.raises(StillWaiting):
            register(first, now=began)
    finally:
        rpc.request("evm_setAutomine", True)  # noqa: FBT003 - likewise
    play.world.ledger.ledger.mine()
    again = play.open("Later")
    again.patience = replace(play.patience, attempts=40)
    assert register(again, now=began + timedelta(hours=1))
    signed = again.outbox.entries()
    assert [entry.function for entry in signed].count("insertDidDocument") == 1
    starts = [
        Call.of_data(entry.contract, entry.function, entry.data).arguments[-2]
        for entry in signed
        if entry.function in {"insertDidDocument", "addVerificationRelationship"}
    ]
    assert starts == [int(began.timestamp())] * 3
