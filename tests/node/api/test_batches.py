import hashlib
import json
from typing import Any

import pytest
import rfc8785

from anchoring.batch import MAX_BATCH_SIZE, Batch
from did.base64url import encode_base64url
from tests.node.api.conftest import ACADEMY, KAUNAS, STRANGER, TRENTO
from tests.node.api.world import REVOKED, World, accredit, batch_body, digests, sign

pytestmark = pytest.mark.enable_socket


def refused(world: World, body: Any, status: int, code: str) -> str:
    answer = world.http.post("/v1/batches", json=body)
    problem = answer.json()
    assert (answer.status_code, problem.get("code")) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["type"] == f"urn:ankyra:problem:{code}"
    return str(problem["detail"])


def test_a_batch_becomes_final_and_its_leaves_are_served(own: World) -> None:
    leaves = digests(*range(300))
    answer = own.http.post("/v1/batches", json=batch_body(KAUNAS, leaves))
    state = answer.json()
    assert answer.status_code == 202
    assert (state["state"], state["leaves"], state["size"]) == ("accepted", "held", 300)
    path = answer.headers["location"]
    raw = sign(state["unsignedTransaction"], KAUNAS.ledger_secret)
    sent = own.http.post(path + "/transaction", json={"signedRawTransaction": raw}).json()
    assert sent["state"] == "submitted"
    assert own.ok(path)["state"] == "submitted", "the ledger has it, and this node has not followed yet"
    own.follow()
    state = own.ok(path)
    assert (state["state"], state["transactionHash"]) == ("anchored", sent["transactionHash"])
    assert "unsignedTransaction" not in state
    own.ledger.ledger.mine(own.node.settings.finality_depth)
    own.follow()
    assert own.ok(path)["state"] == "final"
    served = own.get(path + "/leaves")
    assert served.content == b"".join(leaves)
    assert "immutable" in served.headers["cache-control"]
    assert own.get(path + "/leaves", headers={"If-None-Match": served.headers["etag"]}).status_code == 304


def test_the_same_batch_twice_gets_the_same_answer_and_one_transaction(own: World) -> None:
    body = batch_body(KAUNAS, digests("same"))
    first, second = (own.http.post("/v1/batches", json=body).json() for _ in range(2))
    assert first == second
    path = f"/v1/batches/{KAUNAS.did}/{body['root']}/1"
    raw = {"signedRawTransaction": sign(first["unsignedTransaction"], KAUNAS.ledger_secret)}
    once, twice = (own.http.post(path + "/transaction", json=raw) for _ in range(2))
    assert (once.status_code, once.json()["transactionHash"]) == (202, twice.json()["transactionHash"])
    own.follow()
    third = own.http.post("/v1/batches", json=body)
    assert (third.status_code, third.json()["state"]) == (202, "anchored")
    entries = own.ok("/v1/history", params={"issuer": KAUNAS.did, "kind": "anchor"})["items"]
    assert len(entries) == 1


def test_a_batch_accepted_before_the_node_restarted_is_still_accepted_after(own: World) -> None:
    body = batch_body(KAUNAS, digests("kept"))
    accepted = own.http.post("/v1/batches", json=body).json()
    own.node.engine.dispose()
    assert own.ok(f"/v1/batches/{KAUNAS.did}/{body['root']}/1")["acceptedAt"] == accepted["acceptedAt"]


def test_the_same_root_with_another_size_is_refused_and_blocks_nothing(own: World) -> None:
    leaves = digests(1, 2, 3)
    refused(own, batch_body(KAUNAS, leaves, size=4), 400, "wrongDigestSize")
    refused(own, batch_body(KAUNAS, leaves, size=2), 400, "wrongDigestSize")
    assert own.anchor(KAUNAS, leaves)["state"] == "anchored"


def test_two_issuers_anchor_the_same_root_and_both_stand_apart(own: World) -> None:
    leaves = digests("shared", "by", "two")
    own.anchor(KAUNAS, leaves)
    own.anchor(TRENTO, leaves)
    found = own.ok(f"/v1/anchors/{leaves[0].hex()}")["anchors"]
    assert [anchor["issuer"]["did"] for anchor in found] == [KAUNAS.did, TRENTO.did]
    assert found[0]["receipt"]["entry"]["index"] < found[1]["receipt"]["entry"]["index"]


def test_digests_of_a_wrong_size_are_refused(small: World) -> None:
    body = batch_body(KAUNAS, digests(1, 2))
    for wrong in (b"\1" * 31, b"\1" * 33, b"\1" * 63, b"\1" * 96):
        refused(small, body | {"digests": encode_base64url(wrong)}, 400, "wrongDigestSize")


def test_an_empty_batch_is_refused(small: World) -> None:
    refused(small, batch_body(KAUNAS, []), 400, "emptyBatch")


def test_a_duplicate_digest_is_refused(small: World) -> None:
    leaves = digests(1, 2)
    body = batch_body(KAUNAS, leaves, size=3, digests=encode_base64url(leaves[0] + leaves[1] * 2))
    assert "positions 1 and 2" in refused(small, body, 400, "duplicateDigest")


def test_digests_out_of_order_are_refused(small: World) -> None:
    leaves = digests(1, 2, 3)[::-1]
    refused(
        small, batch_body(KAUNAS, leaves, digests=encode_base64url(b"".join(leaves))), 400, "unsortedBatch"
    )


def test_more_digests_than_a_batch_may_have_are_refused(small: World) -> None:
    many = b"".join(n.to_bytes(32, "big") for n in range(MAX_BATCH_SIZE + 1))
    body = batch_body(KAUNAS, digests(1)) | {"size": MAX_BATCH_SIZE + 1, "digests": encode_base64url(many)}
    refused(small, body, 400, "tooManyDigests")
    refused(small, batch_body(KAUNAS, digests(1), size=MAX_BATCH_SIZE + 1), 400, "tooManyDigests")


def test_digests_of_another_root_are_refused(small: World) -> None:
    detail = refused(small, batch_body(KAUNAS, digests(1, 2), root="ab" * 32), 400, "rootMismatch")
    assert Batch.from_digests(digests(1, 2)).root.hex() in detail


def test_a_batch_signed_by_another_did_is_refused(small: World) -> None:
    leaves = digests("forged")
    by_trento = batch_body(KAUNAS, leaves, kid=f"{TRENTO.did}#c", key=TRENTO.credential_key)
    refused(small, by_trento, 403, "notTheIssuer")
    claimed = batch_body(KAUNAS, leaves, key=TRENTO.credential_key)
    refused(small, claimed, 400, "invalidSignature")
    refused(small, batch_body(STRANGER, leaves), 403, "notTheIssuer")


def test_a_key_that_is_not_under_authentication_cannot_sign(small: World) -> None:
    refused(small, batch_body(KAUNAS, digests(1), kid=f"{KAUNAS.did}#unknown"), 403, "notTheIssuer")


def test_the_ledger_key_may_sign_too(own: World) -> None:
    body = batch_body(KAUNAS, digests("es256k"), kid=f"{KAUNAS.did}#l", key=KAUNAS.ledger_secret)
    assert own.http.post("/v1/batches", json=body).status_code == 202


def test_a_sender_that_does_not_control_the_did_is_refused(small: World) -> None:
    body = batch_body(KAUNAS, digests("sender"), **{"from": TRENTO.address})
    refused(small, body, 403, "notTheIssuer")


@pytest.mark.parametrize("member", ["attributeId", "did", "from", "root", "size"])
def test_a_signature_over_something_else_is_refused(small: World, member: str) -> None:
    body = batch_body(KAUNAS, digests(1))
    claims: dict[str, Any] = {name: body[name] for name in ("attributeId", "did", "from", "root", "size")}
    other = {
        "attributeId": "00" * 32,
        "did": TRENTO.did,
        "from": TRENTO.address,
        "root": "00" * 32,
        "size": 2,
    }
    forged = batch_body(KAUNAS, digests(1), signs=claims | {member: other[member]})
    refused(small, forged, 400, "invalidSignature")


def test_a_signature_of_another_kind_is_refused(small: World) -> None:
    refused(small, batch_body(KAUNAS, digests(1), typ="JWT"), 400, "invalidSignature")
    body = batch_body(KAUNAS, digests(1))
    for jws in ("", "a.b.c", body["jws"][:-4], body["jws"] + "A", "é", "." * 5):
        refused(small, body | {"jws": jws}, 400, "invalidSignature")
    header = encode_base64url(
        json.dumps({"alg": "none", "typ": "ankyra-batch+jwt", "kid": f"{KAUNAS.did}#c"}).encode()
    )
    claims = {name: body[name] for name in ("attributeId", "did", "from", "root", "size")}
    unsigned = f"{encode_base64url(json.dumps(header).encode())}.{encode_base64url(rfc8785.dumps(claims))}."
    refused(small, body | {"jws": unsigned}, 400, "invalidSignature")


def test_who_was_never_accredited_is_told_why(small: World) -> None:
    assert refused(small, batch_body(KAUNAS, digests(1), attributeId="77" * 32), 409, "notAccredited")


def test_who_lost_its_accreditation_is_told_why_and_its_anchors_stay(own: World) -> None:
    leaves = digests("before")
    own.anchor(TRENTO, leaves)
    accredit(own.ledger, ACADEMY, TRENTO, REVOKED)
    own.follow()
    assert "revoked" in refused(own, batch_body(TRENTO, digests("after")), 409, "notAccredited").lower()
    anchor = own.ok(f"/v1/anchors/{leaves[0].hex()}")["anchors"][0]
    assert anchor["accreditation"]["then"]["inForce"] is True
    assert anchor["accreditation"]["now"]["inForce"] is False
    assert "revoked" in anchor["accreditation"]["now"]["sentence"]
    assert anchor["accreditation"]["now"]["links"][0]["until"] is not None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"did": "did:ebsi:z" + "1" * 22}, "invalidDid"),
        ({"did": "nobody"}, "invalidDid"),
        ({"did": "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"}, "invalidDid"),
        ({"attributeId": "AB" * 32}, "invalidDigest"),
        ({"root": "0x" + "ab" * 32}, "invalidDigest"),
        ({"root": 7}, "invalidRequest"),
        ({"size": "1"}, "invalidRequest"),
        ({"size": True}, "invalidRequest"),
        ({"size": -1}, "invalidRequest"),
        ({"from": "0x12"}, "invalidRequest"),
        ({"digests": "====", "size": 1}, "invalidRequest"),
        ({"surplus": 1}, "invalidRequest"),
    ],
)
def test_a_malformed_member_is_refused(small: World, change: dict[str, Any], code: str) -> None:
    refused(small, batch_body(KAUNAS, digests(1)) | change, 400, code)


def test_a_missing_member_is_named(small: World) -> None:
    body = batch_body(KAUNAS, digests(1))
    for name in body:
        detail = refused(small, {key: body[key] for key in body if key != name}, 400, "invalidRequest")
        assert name in detail
    refused(small, ["not", "an", "object"], 400, "invalidRequest")


def test_an_issuer_cannot_fill_the_node_with_batches_it_never_anchors(
    own: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("node.services.anchor_batches.MAX_WAITING", 2)
    for number in range(2):
        assert own.http.post("/v1/batches", json=batch_body(KAUNAS, digests(number))).status_code == 202
    refused(own, batch_body(KAUNAS, digests("third")), 429, "tooManyPending")
    assert own.http.post("/v1/batches", json=batch_body(KAUNAS, digests(0))).status_code == 202
    assert own.http.post("/v1/batches", json=batch_body(TRENTO, digests("hers"))).status_code == 202


def test_a_batch_that_no_transaction_follows_expires(own: World) -> None:
    body = batch_body(KAUNAS, digests("late"))
    path = f"/v1/batches/{KAUNAS.did}/{body['root']}/1"
    own.http.post("/v1/batches", json=body)
    own.clock.pass_by(own.node.settings.batch_expiry + 1)
    assert own.ok(path)["state"] == "expired"
    assert own.http.post("/v1/batches", json=body).json()["state"] == "accepted"


def test_the_largest_body_that_is_taken_is_bounded(own: World) -> None:
    limit = own.node.settings.max_body

    def endless() -> Any:
        yield b'{"digests":"'
        for _ in range(limit // 1_048_576 + 2):
            yield b"A" * 1_048_576

    answer = own.http.post("/v1/batches", content=endless(), headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (413, "tooLarge")


def test_leaves_hash_to_what_the_path_names(own: World) -> None:
    leaves = digests(*range(1000))
    state = own.anchor(KAUNAS, leaves)
    content = own.get(f"/v1/batches/{KAUNAS.did}/{state['root']}/{state['size']}/leaves").content
    assert Batch.from_leaves(content).root.hex() == state["root"]
    assert hashlib.sha256(content).digest() == hashlib.sha256(b"".join(leaves)).digest()
