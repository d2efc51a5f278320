"""Where a signed transaction stands: kept, anchored, final, failed, taken back, and told from the log."""

import pytest
from sqlalchemy import delete, select

from node.chain.transactions import read_transaction
from node.db.kept_transactions import find_kept
from node.db.session import reading, writing
from node.db.tables import KEPT_TRANSACTION
from tests.node.api.conftest import ACADEMY, COUNCIL, KAUNAS, STRANGER, TRENTO
from tests.node.api.status_lists import MadeList, add_proxy, publish, put
from tests.node.api.test_json_rpc import DIDS, ISSUERS, complaint, result
from tests.node.api.world import REVOKED, World, accredit, batch_body, digests, rpc, sign
from tests.node.api.writes import (
    SEND,
    automine,
    built,
    name_of,
    signed,
    state,
)

pytestmark = pytest.mark.enable_socket


def test_a_write_is_kept_anchored_final_and_told_from_the_log_for_ever(own: World) -> None:
    automine(own, on=False)
    unsigned = built(own, "addController", KAUNAS, did=KAUNAS.did, controller=TRENTO.did)
    sent = signed(unsigned, KAUNAS)
    assert result(rpc(own.http, DIDS, SEND, sent)) == name_of(sent)
    own.background.step()
    found = state(own, sent)
    assert (found["state"], found["entries"], found["confirmations"]) == ("submitted", [], None)
    assert (found["hash"], found["sender"]) == (name_of(sent), KAUNAS.address.lower())
    assert (found["contract"], found["function"], found["did"]) == (
        "DidRegistry",
        "addController",
        KAUNAS.did,
    )
    assert found["nonce"] == int(unsigned["nonce"], 16)
    assert found["keptAt"] is not None
    assert found["expiresAt"] > found["sentAt"] >= found["keptAt"]
    assert (found["blockNumber"], found["blockTime"], found["reason"]) == (None, None, None)
    own.ledger.ledger.mine()
    automine(own, on=True)
    own.follow()
    found = state(own, sent)
    block = own.ledger.ledger.height()
    assert (found["state"], found["blockNumber"], found["confirmations"]) == ("anchored", block, 0)
    entry = own.ok("/v1/history", params={"issuer": KAUNAS.did, "kind": "did.controller.added"})["items"][-1]
    assert found["entries"] == [entry["index"]]
    assert found["expiresAt"] is None
    own.ledger.ledger.mine(own.node.settings.finality_depth)
    own.follow()
    final = state(own, sent)
    assert (final["state"], final["confirmations"]) == ("final", own.node.settings.finality_depth)
    with writing(own.node.engine) as connection:
        connection.execute(delete(KEPT_TRANSACTION))
    forgotten = state(own, sent)
    unknown_now = {"nonce", "contract", "function", "keptAt", "sentAt"}
    assert {name for name, value in forgotten.items() if value != final[name]} == unknown_now
    assert all(forgotten[name] is None for name in unknown_now)


def test_an_accreditation_and_a_status_list_are_kept_alike(own: World) -> None:
    tao = {"taoDid": ACADEMY.did, "attributeIdTao": "0x" + ACADEMY.attribute_id.hex()}
    params = {"did": STRANGER.did, "revisionId": "0x" + "5a" * 32, "issuerType": 3, **tao}
    sent = signed(built(own, "setAttributeMetadata", ACADEMY, path=ISSUERS, **params), ACADEMY)
    result(rpc(own.http, ISSUERS, SEND, sent))
    own.follow()
    found = state(own, sent)
    assert (found["state"], found["did"]) == ("anchored", STRANGER.did)
    assert len(found["entries"]) == 2, "issuer.began and the attribute's own"
    add_proxy(own, KAUNAS)
    one = MadeList(KAUNAS, own.ledger.ledger.time())
    assert put(own, one.jwt).json()["state"] == "accepted"
    automine(own, on=False)
    publish(own, one)
    assert put(own, one.jwt).json()["state"] == "submitted"
    own.ledger.ledger.mine()
    own.follow()
    assert put(own, one.jwt).json()["state"] == "anchored"
    own.ledger.ledger.mine(own.node.settings.finality_depth)
    own.follow()
    assert put(own, one.jwt).json()["state"] == "final"
    with reading(own.node.engine) as connection:
        row = connection.execute(
            select(KEPT_TRANSACTION).where(KEPT_TRANSACTION.c.function == "publishStatusList")
        ).one()
    assert (row.state, row.did, row.contract) == ("final", KAUNAS.did, "AnchorRegistry")


def test_a_write_that_the_contract_refused_says_why_and_is_refused_again(
    own: World,
) -> None:
    automine(own, on=False)
    tao = {"taoDid": ACADEMY.did, "attributeIdTao": "0x" + ACADEMY.attribute_id.hex()}
    params = {"did": STRANGER.did, "revisionId": "0x" + "5a" * 32, "issuerType": 3, **tao}
    unsigned = built(own, "setAttributeMetadata", ACADEMY, path=ISSUERS, **params)
    sent = signed(unsigned, ACADEMY)
    result(rpc(own.http, ISSUERS, SEND, sent))
    own.ledger.ledger.rpc.request("anvil_dropAllTransactions")
    automine(own, on=True)
    accredit(own.ledger, COUNCIL, ACADEMY, REVOKED)
    own.clock.pass_by(60)
    own.follow()
    own.follow()
    found = state(own, sent)
    assert (found["state"], found["entries"]) == ("failed", [])
    assert "revoked" in found["reason"].lower()
    assert found["blockNumber"] == own.ledger.ledger.height()
    assert found["reason"] in complaint(rpc(own.http, ISSUERS, SEND, sent))


def test_a_gap_is_told(own: World) -> None:
    unsigned = built(own, "addController", KAUNAS, did=KAUNAS.did, controller=TRENTO.did)
    nonce = int(unsigned["nonce"], 16)
    sent = signed(unsigned, KAUNAS, nonce=hex(nonce + 2))
    result(rpc(own.http, DIDS, SEND, sent))
    own.clock.pass_by(60)
    own.follow()
    assert state(own, sent)["reason"] == f"it waits for a transaction with nonce {nonce}"


def test_a_reorganisation_takes_a_write_back_and_it_is_sent_again(own: World) -> None:
    sent = signed(built(own, "addController", KAUNAS, did=KAUNAS.did, controller=TRENTO.did), KAUNAS)
    result(rpc(own.http, DIDS, SEND, sent))
    own.follow()
    assert state(own, sent)["state"] == "anchored"
    own.ledger.ledger.reorg(1)
    own.background._follower.step()
    found = state(own, sent)
    assert (found["state"], found["entries"], found["blockNumber"]) == ("submitted", [], None)
    own.follow()
    own.follow()
    assert state(own, sent)["state"] == "anchored"


def test_a_batchs_transaction_is_among_them(own: World) -> None:
    anchored = own.anchor(KAUNAS, digests("a batch"))
    found = state(own, anchored["transactionHash"])
    assert (found["function"], found["entries"]) == ("anchorBatch", [anchored["entryIndex"]])
    assert state(own, anchored["transactionHash"][2:]) == found, "with or without 0x"


@pytest.mark.parametrize("name", ["0x", "00", "0x" + "A" * 64, "0x0x" + "a" * 62, "z" * 64, "a" * 65])
def test_what_is_no_hash_is_refused(small: World, name: str) -> None:
    answer = small.get(f"/v1/transactions/{name}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalidDigest")


def test_a_transaction_that_nobody_knows_is_not_found(small: World) -> None:
    answer = small.get("/v1/transactions/0x" + "ab" * 32)
    assert (answer.status_code, answer.json()["code"]) == (404, "transactionNotFound")


def test_one_that_left_the_ledger_without_being_kept_is_not_found_any_more(own: World) -> None:
    own.ledger.sender(TRENTO.ledger_secret).transact(
        "DidRegistry", own.ledger.deployment.address("DidRegistry"), "addController", TRENTO.did, KAUNAS.did
    )
    own.follow()
    head = own.ledger.ledger.head()["transactions"][0]
    assert state(own, head)["state"] == "anchored"
    own.ledger.ledger.reorg(1)
    own.background._follower.step()
    assert own.get(f"/v1/transactions/{head}").status_code == 404


def test_a_kept_batch_transaction_is_dead_only_by_a_followed_block(own: World) -> None:
    """A nonce used in a block that was not followed proves nothing: the batch may be in that block."""
    automine(own, on=False)
    body = batch_body(KAUNAS, digests("perhaps dead"))
    path = f"/v1/batches/{KAUNAS.did}/{body['root']}/1"
    unsigned = own.http.post("/v1/batches", json=body).json()["unsignedTransaction"]
    raw = {"signedRawTransaction": sign(unsigned, KAUNAS.ledger_secret)}
    assert own.http.post(path + "/transaction", json=raw).status_code == 202
    own.ledger.ledger.rpc.request("anvil_dropAllTransactions")
    automine(own, on=True)
    at = own.ledger.deployment.address("DidRegistry")
    own.ledger.sender(KAUNAS.ledger_secret).transact(
        "DidRegistry", at, "addController", KAUNAS.did, TRENTO.did
    )
    other = {
        "signedRawTransaction": sign(unsigned, KAUNAS.ledger_secret, nonce=int(unsigned["nonce"], 16) + 1)
    }
    answer = own.http.post(path + "/transaction", json=other)
    assert (answer.status_code, answer.json()["code"]) == (409, "anotherTransactionKept")
    own.follow()
    assert own.http.post(path + "/transaction", json=other).status_code == 202
    own.follow()
    assert own.ok(path)["state"] == "anchored"
    with reading(own.node.engine) as connection:
        dead = read_transaction(bytes.fromhex(raw["signedRawTransaction"][2:]))
        kept = find_kept(connection, dead.hash)
    assert kept is not None
    assert (kept.state, kept.sender) == ("failed", bytes.fromhex(KAUNAS.address[2:]))
