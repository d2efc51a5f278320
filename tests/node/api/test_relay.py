"""A registry write as it is handed in: refused if that is certain, else kept once and sent until mined."""

from typing import Any

import pytest
from sqlalchemy import delete, insert

from node.artifacts import load_artifact
from node.chain.client import LedgerClient
from node.db.session import writing
from node.db.tables import KEPT_TRANSACTION
from node.services.kept_transactions import MAX_OF_SENDER, MAX_OF_STRANGERS, MAX_OPEN
from tests.node.api.conftest import KAUNAS, STRANGER, TRENTO
from tests.node.api.test_json_rpc import DIDS, complaint, result
from tests.node.api.world import FOREVER, World, batch_body, digests, rpc, sign
from tests.node.api.writes import (
    SEND,
    automine,
    built,
    gone,
    kept_count,
    name_of,
    refuses,
    signed,
    state,
    through,
    unknown,
)
from tests.node.keeping import keep_raw

pytestmark = pytest.mark.enable_socket
STAMPS = "/timestamp/v4/jsonrpc"


def test_the_same_transaction_again_gets_the_same_answer_in_every_state(own: World) -> None:
    automine(own, on=False)
    sent = signed(built(own, "addController", KAUNAS, did=KAUNAS.did, controller=TRENTO.did), KAUNAS)
    for _ in range(2):
        assert result(rpc(own.http, DIDS, SEND, sent)) == name_of(sent)
    own.ledger.ledger.mine()
    automine(own, on=True)
    assert result(rpc(own.http, DIDS, SEND, sent)) == name_of(sent)
    for _ in range(2):
        own.follow()
        assert result(rpc(own.http, DIDS, SEND, sent)) == name_of(sent)
        own.ledger.ledger.mine(own.node.settings.finality_depth)
    with writing(own.node.engine) as connection:
        connection.execute(delete(KEPT_TRANSACTION))
    assert result(rpc(own.http, DIDS, SEND, sent)) == name_of(sent), "forgotten, and in the log"
    assert kept_count(own) == 0
    items = own.ok("/v1/history", params={"issuer": KAUNAS.did, "kind": "did.controller.added"})["items"]
    assert len(items) == 1


def test_a_certain_refusal_is_told_in_ebsis_words_and_not_kept(own: World) -> None:
    sent = signed(built(own, "addController", KAUNAS, did=KAUNAS.did, controller=TRENTO.did), KAUNAS)
    nonce = hex(own.ledger.sender(TRENTO.ledger_secret).nonce())
    foreign = signed(sent["unsignedTransaction"] | {"from": TRENTO.address}, TRENTO, nonce=nonce)
    words = complaint(rpc(own.http, DIDS, SEND, foreign))
    assert words == "not controller and not authorized for policy DID:addController"
    assert unknown(own, foreign)
    assert kept_count(own) == 0


def test_what_depends_on_one_still_to_be_mined_is_kept_and_mined_after_it(own: World) -> None:
    automine(own, on=False)
    first = signed(built(own, "addController", KAUNAS, did=KAUNAS.did, controller=TRENTO.did), KAUNAS)
    call = load_artifact("DidRegistry").function("revokeController").encode((KAUNAS.did, TRENTO.did))
    after = hex(int(first["unsignedTransaction"]["nonce"], 16) + 1)
    then = signed(first["unsignedTransaction"] | {"data": "0x" + call.hex()}, KAUNAS, nonce=after)
    result(rpc(own.http, DIDS, SEND, first))
    result(rpc(own.http, DIDS, SEND, then))
    own.ledger.ledger.mine()
    automine(own, on=True)
    own.follow()
    assert [state(own, one)["state"] for one in (first, then)] == ["anchored", "anchored"]


def test_a_nonce_that_another_used_is_refused_at_once(own: World) -> None:
    unsigned = built(own, "addController", KAUNAS, did=KAUNAS.did, controller=TRENTO.did)
    own.anchor(KAUNAS, digests("uses the nonce"))
    sent = signed(unsigned, KAUNAS)
    assert "nonce too low" in complaint(rpc(own.http, DIDS, SEND, sent))
    assert unknown(own, sent)


def test_what_was_mined_already_is_never_refused_for_its_nonce(own: World) -> None:
    """Somebody else sent it: the nonce is used, by itself."""
    sent = signed(built(own, "addController", KAUNAS, did=KAUNAS.did, controller=TRENTO.did), KAUNAS)
    with LedgerClient([own.ledger.ledger.url]) as client:
        client.request("eth_sendRawTransaction", sent["signedRawTransaction"])
    assert result(rpc(own.http, DIDS, SEND, sent)) == name_of(sent)
    own.follow()
    assert result(rpc(own.http, DIDS, SEND, sent)) == name_of(sent)
    assert state(own, sent)["state"] == "anchored"


def test_nothing_is_kept_where_the_ledger_cannot_be_asked(own: World) -> None:
    sent = signed(built(own, "addController", KAUNAS, did=KAUNAS.did, controller=TRENTO.did), KAUNAS)
    for method in ("eth_getTransactionReceipt", "eth_getTransactionCount", "eth_call"):
        with through(own, gone(method)):
            answer = rpc(own.http, DIDS, SEND, sent)
        assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
        assert kept_count(own) == 0
    assert result(rpc(own.http, DIDS, SEND, sent)) == name_of(sent)


@pytest.mark.parametrize("fault", [gone, refuses])
def test_what_is_kept_is_sent_later_if_the_ledger_does_not_take_it_now(own: World, fault: Any) -> None:
    sent = signed(built(own, "addController", KAUNAS, did=KAUNAS.did, controller=TRENTO.did), KAUNAS)
    with through(own, fault("eth_sendRawTransaction")):
        assert result(rpc(own.http, DIDS, SEND, sent)) == name_of(sent)
    found = state(own, sent)
    assert (found["state"], found["reason"]) == ("submitted", "not today" if fault is refuses else None)
    own.clock.pass_by(60)
    own.follow()
    own.follow()
    assert state(own, sent)["state"] == "anchored"


def test_another_of_the_same_nonce_is_taken_and_one_of_them_fails(own: World) -> None:
    automine(own, on=False)
    unsigned = built(own, "addController", KAUNAS, did=KAUNAS.did, controller=TRENTO.did)
    first = signed(unsigned, KAUNAS)
    second = signed(unsigned, KAUNAS, gasLimit=hex(int(unsigned["gasLimit"], 16) + 1))
    for sent in (first, second):
        assert result(rpc(own.http, DIDS, SEND, sent)) == name_of(sent)
    own.ledger.ledger.mine()
    automine(own, on=True)
    own.follow()
    states = {state(own, sent)["state"]: state(own, sent)["reason"] for sent in (first, second)}
    assert states == {"anchored": None, "failed": "its nonce was used by another transaction"}


def test_too_many_of_one_sender_are_refused_and_others_are_not(own: World) -> None:
    unsigned = built(own, "addController", KAUNAS, did=KAUNAS.did, controller=TRENTO.did)
    nonce = int(unsigned["nonce"], 16)
    for number in range(1, MAX_OF_SENDER + 1):
        raw = bytes.fromhex(sign(unsigned, KAUNAS.ledger_secret, nonce=nonce + number)[2:])
        keep_raw(
            own.node.engine, raw, now=own.clock.seconds, contract="DidRegistry", function="addController"
        )
    sent = signed(unsigned, KAUNAS)
    assert f"{MAX_OF_SENDER} transactions of this sender" in complaint(rpc(own.http, DIDS, SEND, sent))
    assert unknown(own, sent)
    body = batch_body(KAUNAS, digests("beyond"))
    offered = own.http.post("/v1/batches", json=body).json()["unsignedTransaction"]
    raw_batch = {"signedRawTransaction": sign(offered, KAUNAS.ledger_secret)}
    answer = own.http.post(f"/v1/batches/{KAUNAS.did}/{body['root']}/1/transaction", json=raw_batch)
    assert (answer.status_code, answer.json()["code"]) == (429, "tooManyTransactions")
    assert own.anchor(TRENTO, digests("another sender"))["state"] == "anchored"


def test_strangers_who_fill_the_outbox_leave_room_for_the_accredited(own: World) -> None:
    """A DID takes no leave, a key no time: what the ledger will never take must not keep issuers out."""
    fill(own, MAX_OF_STRANGERS - 1)
    base = '{"@context":["https://www.w3.org/ns/did/v1"]}'
    key = {"vMethodId": "l", "publicKey": "0x" + STRANGER.public_point.hex(), "isSecp256k1": True}
    dates = {"notBefore": own.ledger.ledger.time(), "notAfter": FOREVER}
    given: dict[str, Any] = {"did": STRANGER.did, "baseDocument": base, **key, **dates}
    unsigned = built(own, "insertDidDocument", STRANGER, **given)
    last, beyond = (signed(unsigned, STRANGER, nonce=hex(nonce)) for nonce in (10**6, 10**7))
    assert result(rpc(own.http, DIDS, SEND, last)) == name_of(last)
    assert f"{MAX_OF_STRANGERS} transactions wait" in complaint(rpc(own.http, DIDS, SEND, beyond))
    assert unknown(own, beyond)
    sent = signed(built(own, "addController", KAUNAS, did=KAUNAS.did, controller=TRENTO.did), KAUNAS)
    assert result(rpc(own.http, DIDS, SEND, sent)) == name_of(sent)
    body = batch_body(TRENTO, digests("beside strangers"))
    offered = own.http.post("/v1/batches", json=body).json()["unsignedTransaction"]
    raw_batch = {"signedRawTransaction": sign(offered, TRENTO.ledger_secret)}
    answer = own.http.post(f"/v1/batches/{TRENTO.did}/{body['root']}/1/transaction", json=raw_batch)
    assert answer.status_code < 300, answer.text


def test_timestamps_that_anybody_may_make_fill_no_more_than_strangers_may(own: World) -> None:
    operator, registry = own.ledger.operator, own.ledger.deployment.address("AnchorRegistry")
    algorithm = (256, "sha-256", "", 1, "sha2-256")
    operator.transact("AnchorRegistry", registry, "insertHashAlgorithm", *algorithm)
    fill(own, MAX_OF_STRANGERS)
    stamps = {"hashAlgorithmIds": [0], "hashValues": ["0x" + "ab" * 32]}
    unsigned = built(own, "timestampHashes", TRENTO, path=STAMPS, **stamps)
    sent = signed(unsigned, TRENTO)
    assert f"{MAX_OF_STRANGERS} transactions wait" in complaint(rpc(own.http, STAMPS, SEND, sent))
    assert unknown(own, sent)


def test_with_the_outbox_full_nobody_gets_in(own: World) -> None:
    fill(own, MAX_OPEN)
    sent = signed(built(own, "addController", KAUNAS, did=KAUNAS.did, controller=TRENTO.did), KAUNAS)
    assert f"{MAX_OPEN} transactions wait" in complaint(rpc(own.http, DIDS, SEND, sent))


def fill(world: World, count: int) -> None:
    """So many transactions of others wait for their block."""
    rows = [
        {
            "hash": number.to_bytes(32, "big"),
            "raw": b"",
            "sender": number.to_bytes(20, "big"),
            "nonce": 1,
            "contract": "DidRegistry",
            "function": "insertDidDocument",
            "state": "submitted",
            "kept_at": world.clock.seconds,
            "changed_at": world.clock.seconds,
            "expires_at": FOREVER,
        }
        for number in range(1, count + 1)
    ]
    with writing(world.node.engine) as connection:
        connection.execute(insert(KEPT_TRANSACTION), rows)


def test_a_nonce_that_no_account_comes_to_is_refused(own: World) -> None:
    unsigned = built(own, "addController", KAUNAS, did=KAUNAS.did, controller=TRENTO.did)
    sent = signed(unsigned, KAUNAS, nonce=hex(2**63))
    assert "nonce" in complaint(rpc(own.http, DIDS, SEND, sent))
    assert unknown(own, sent)
