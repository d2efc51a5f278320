"""The signed transaction that anchors a batch: only the one asked for is kept, and only one at a time."""

from typing import Any

import pytest

from tests.node.api.conftest import COUNCIL, KAUNAS, TRENTO
from tests.node.api.world import World, batch_body, digests, sign

pytestmark = pytest.mark.enable_socket


def mine_by_itself(world: World, *, on: bool) -> None:
    world.ledger.ledger.rpc.request("evm_setAutomine", on)


def test_an_unsigned_transaction_whose_nonce_was_used_is_made_anew(own: World) -> None:
    body = batch_body(KAUNAS, digests("nonce"))
    first = own.http.post("/v1/batches", json=body).json()["unsignedTransaction"]
    own.anchor(KAUNAS, digests("other"))
    second = own.http.post("/v1/batches", json=body).json()["unsignedTransaction"]
    assert int(second["nonce"], 16) == int(first["nonce"], 16) + 1


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"to": COUNCIL.address}, "wrongContract"),
        ({"chainId": 1}, "wrongChain"),
        ({"chainId": None}, "wrongChain"),
        ({"value": 1}, "wrongValue"),
        ({"gasPrice": 1}, "wrongValue"),
        ({"data": "0x12345678"}, "wrongFunction"),
    ],
)
def test_a_transaction_that_is_not_the_batchs_is_refused(
    small: World, change: dict[str, Any], code: str
) -> None:
    body = batch_body(KAUNAS, digests("transaction"))
    unsigned = small.http.post("/v1/batches", json=body).json()["unsignedTransaction"]
    path = f"/v1/batches/{KAUNAS.did}/{body['root']}/1/transaction"
    answer = small.http.post(
        path, json={"signedRawTransaction": sign(unsigned, KAUNAS.ledger_secret, **change)}
    )
    assert (answer.status_code, answer.json()["code"]) == (400, code), answer.text


def test_a_transaction_of_another_sender_or_for_another_batch_is_refused(small: World) -> None:
    body, other = batch_body(KAUNAS, digests("one")), batch_body(KAUNAS, digests("two"))
    unsigned, foreign = (
        small.http.post("/v1/batches", json=one).json()["unsignedTransaction"] for one in (body, other)
    )
    path = f"/v1/batches/{KAUNAS.did}/{body['root']}/1/transaction"
    for raw, code in (
        (sign(unsigned, TRENTO.ledger_secret), "wrongSender"),
        (sign(foreign, KAUNAS.ledger_secret), "wrongArguments"),
        ("0x" + "ff" * 40, "malformedTransaction"),
        ("0x02" + "c0", "malformedTransaction"),
        (sign(unsigned, KAUNAS.ledger_secret)[:-2], "malformedTransaction"),
        ("zz", "invalidRequest"),
        ("0x", "invalidRequest"),
    ):
        answer = small.http.post(path, json={"signedRawTransaction": raw})
        assert (answer.status_code, answer.json()["code"]) == (400, code), answer.text


def test_a_transaction_for_an_unknown_batch_is_not_found(small: World) -> None:
    path = f"/v1/batches/{KAUNAS.did}/{'ab' * 32}/1"
    answer = small.http.post(path + "/transaction", json={"signedRawTransaction": "0x00"})
    assert (answer.status_code, answer.json()["code"]) == (404, "batchNotFound")
    for tail in ("", "/leaves"):
        assert small.get(path + tail).json()["code"] == "batchNotFound"
    assert small.get(path + "/receipt").json()["code"] == "batchNotFound"


def test_another_transaction_is_refused_while_the_kept_one_can_be_mined(own: World) -> None:
    mine_by_itself(own, on=False)
    body = batch_body(KAUNAS, digests("kept"))
    unsigned = own.http.post("/v1/batches", json=body).json()["unsignedTransaction"]
    path = f"/v1/batches/{KAUNAS.did}/{body['root']}/1/transaction"
    assert (
        own.http.post(path, json={"signedRawTransaction": sign(unsigned, KAUNAS.ledger_secret)}).status_code
        == 202
    )
    other = sign(unsigned, KAUNAS.ledger_secret, nonce=int(unsigned["nonce"], 16) + 1)
    answer = own.http.post(path, json={"signedRawTransaction": other})
    assert (answer.status_code, answer.json()["code"]) == (409, "anotherTransactionKept")


def test_the_same_transaction_again_gets_the_same_answer(own: World) -> None:
    mine_by_itself(own, on=False)
    body = batch_body(KAUNAS, digests("twice"))
    unsigned = own.http.post("/v1/batches", json=body).json()["unsignedTransaction"]
    path = f"/v1/batches/{KAUNAS.did}/{body['root']}/1/transaction"
    raw = {"signedRawTransaction": sign(unsigned, KAUNAS.ledger_secret)}
    answers = [own.http.post(path, json=raw).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert (answers[0]["state"], answers[0]["reason"]) == ("submitted", None)


def test_a_kept_transaction_whose_nonce_was_used_gives_way_to_another(own: World) -> None:
    body = batch_body(KAUNAS, digests("dead"))
    path = f"/v1/batches/{KAUNAS.did}/{body['root']}/1"
    unsigned = own.http.post("/v1/batches", json=body).json()["unsignedTransaction"]
    mine_by_itself(own, on=False)
    own.http.post(path + "/transaction", json={"signedRawTransaction": sign(unsigned, KAUNAS.ledger_secret)})
    own.ledger.ledger.rpc.request("anvil_dropAllTransactions")
    mine_by_itself(own, on=True)
    own.anchor(KAUNAS, digests("uses the nonce"))
    again = own.http.post("/v1/batches", json=body)
    raw = sign(again.json()["unsignedTransaction"], KAUNAS.ledger_secret)
    assert own.http.post(path + "/transaction", json={"signedRawTransaction": raw}).status_code == 202
    own.follow()
    assert own.ok(path)["state"] == "anchored"
