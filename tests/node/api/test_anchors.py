import json
from typing import Any

import pytest

from anchoring.batch import Batch
from anchoring.checkpoint import parse_checkpoint
from anchoring.errors import AnchoringError, UnattestedSize
from anchoring.merkle import MerkleTree, hash_leaf
from anchoring.receipt import Receipt, parse_receipt
from anchoring.receipt_verification import verify_receipt
from node.db.leaves import drop_blob
from node.db.session import writing
from tests.node.api.conftest import ACADEMY, COUNCIL, KAUNAS
from tests.node.api.world import World, batch_body, digests

pytestmark = pytest.mark.enable_socket

LEAVES = digests(*range(700))
Json = dict[str, Any]


@pytest.fixture(scope="module")
def batch(small: World) -> dict[str, Any]:
    """A batch of several tiles, anchored by Kaunas."""
    state = small.anchor(KAUNAS, LEAVES)
    small.anchor(KAUNAS, digests("a later batch"))
    return state


def receipt_of(form: dict[str, Any]) -> Receipt:
    """The receipt in an answer, read by the strict parser that a holder's file must pass."""
    return parse_receipt(json.dumps(form, indent=2).encode() + b"\n")


def test_every_leaf_gets_a_receipt_that_verifies_against_the_nodes_checkpoint(
    small: World, batch: Json
) -> None:
    checkpoint = parse_checkpoint(small.get("/v1/log/checkpoint").content)
    for place in (0, 1, 255, 256, 511, 512, 698, 699):
        found = small.ok(f"/v1/anchors/{LEAVES[place].hex()}")
        receipt = receipt_of(found["anchors"][0]["receipt"])
        finding = verify_receipt(receipt, digest=LEAVES[place], checkpoint=checkpoint)
        assert (finding.did, finding.attested, receipt.batch.index) == (KAUNAS.did, True, place)
        assert [link.did for link in finding.accreditation] == [KAUNAS.did, ACADEMY.did, COUNCIL.did]
        assert receipt.batch.root.hex() == batch["root"]


@pytest.mark.usefixtures("batch")
def test_no_changed_byte_of_a_receipt_survives(small: World) -> None:
    found = small.ok(f"/v1/anchors/{LEAVES[5].hex()}")["anchors"][0]["receipt"]
    checkpoint = parse_checkpoint(found["checkpoint"])
    whole = json.dumps(found, indent=2).encode() + b"\n"
    for place in range(0, len(whole), 7):
        changed = bytearray(whole)
        changed[place] ^= 1
        with pytest.raises(AnchoringError):
            verify_receipt(parse_receipt(bytes(changed)), digest=LEAVES[5], checkpoint=checkpoint)


def test_an_answer_says_who_and_when_and_accredited_by_whom_up_to_which_root(
    small: World, batch: Json
) -> None:
    anchor = small.ok(f"/v1/anchors/{LEAVES[0].hex()}")["anchors"][0]
    assert anchor["issuer"] == {"did": KAUNAS.did, "name": "Kaunas University of Technology"}
    assert anchor["anchoredAt"] == batch["anchoredAt"]
    then = anchor["accreditation"]["then"]
    assert (then["inForce"], then["root"]) == (True, COUNCIL.did)
    assert [(link["did"], link["issuerType"]) for link in then["links"]] == [
        (KAUNAS.did, "TI"),
        (ACADEMY.did, "TAO"),
        (COUNCIL.did, "RootTAO"),
    ]
    assert then["sentence"].startswith("Kaunas University of Technology")
    assert "European Council (example)" in then["sentence"]


def test_an_unknown_digest_is_not_an_error(small: World) -> None:
    found = small.ok(f"/v1/anchors/{'ab' * 32}")
    assert (found["anchors"], found["batchesUnavailable"]) == ([], [])
    assert found["asOf"]["size"] > 0


@pytest.mark.usefixtures("batch")
def test_an_inner_node_of_the_tree_is_no_anchored_digest(small: World) -> None:
    tree = MerkleTree.from_leaves(b"".join(LEAVES))
    for level in range(tree.height):
        nodes = tree.level(level)
        for node in (nodes[:32], nodes[-32:]):
            assert small.ok(f"/v1/anchors/{node.hex()}")["anchors"] == []
    assert small.ok(f"/v1/anchors/{hash_leaf(LEAVES[0]).hex()}")["anchors"] == []


@pytest.mark.parametrize("digest", ["ab", "AB" * 32, "0x" + "ab" * 32, "zz" * 32, "ab" * 33, "é" * 64])
def test_a_malformed_digest_is_refused(small: World, digest: str) -> None:
    answer = small.get(f"/v1/anchors/{digest}")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalidDigest")


def test_a_receipt_for_an_earlier_log_size_fits_an_earlier_checkpoint(small: World, batch: Json) -> None:
    size = batch["entryIndex"] + 1
    checkpoint = parse_checkpoint(small.get("/v1/log/checkpoint", params={"size": str(size)}).content)
    now = receipt_of(small.ok(f"/v1/anchors/{LEAVES[3].hex()}")["anchors"][0]["receipt"])
    with pytest.raises(UnattestedSize):
        verify_receipt(now, digest=LEAVES[3], checkpoint=checkpoint)
    then = small.ok(f"/v1/anchors/{LEAVES[3].hex()}", params={"log-size": str(size)})
    assert verify_receipt(
        receipt_of(then["anchors"][0]["receipt"]), digest=LEAVES[3], checkpoint=checkpoint
    ).attested


def test_a_log_size_that_is_not_there_yet_or_too_early_is_refused(small: World, batch: Json) -> None:
    size = small.ok(f"/v1/anchors/{LEAVES[0].hex()}")["asOf"]["size"]
    late = small.get(f"/v1/anchors/{LEAVES[0].hex()}", params={"log-size": str(size + 1)})
    assert (late.status_code, late.json()["code"]) == (404, "logSizeUnknown")
    path = f"/v1/batches/{KAUNAS.did}/{batch['root']}/{batch['size']}/receipt"
    early = small.get(path, params={"log-size": str(batch["entryIndex"])})
    assert (early.status_code, early.json()["code"]) == (404, "logSizeUnknown")
    assert (
        small.ok(f"/v1/anchors/{LEAVES[0].hex()}", params={"log-size": str(batch["entryIndex"])})["anchors"]
        == []
    )
    for text in ("-1", "01", "x", "1e3", ""):
        answer = small.get(f"/v1/anchors/{LEAVES[0].hex()}", params={"log-size": text})
        assert (answer.status_code, answer.json()["code"]) == (400, "invalidParameter")


def test_the_batchs_receipt_and_an_own_tree_make_the_receipts_of_all(small: World, batch: Json) -> None:
    common = small.ok(f"/v1/batches/{KAUNAS.did}/{batch['root']}/{batch['size']}/receipt")
    tree = Batch.from_digests(LEAVES).tree
    for index in (0, 300, 699):
        path = [node.hex() for node in tree.inclusion_path(index)]
        own = {"version": 1, "digest": LEAVES[index].hex()} | common
        own["batch"] = common["batch"] | {"index": index, "path": path}
        assert verify_receipt(
            receipt_of(own), digest=LEAVES[index], checkpoint=parse_checkpoint(common["checkpoint"])
        ).attested


def test_a_receipt_before_the_batch_is_on_the_ledger_is_refused(small: World) -> None:
    body = batch_body(KAUNAS, digests("waits"))
    small.http.post("/v1/batches", json=body)
    answer = small.get(f"/v1/batches/{KAUNAS.did}/{body['root']}/1/receipt")
    assert (answer.status_code, answer.json()["code"]) == (409, "batchNotAnchored")


def test_while_leaves_are_missing_absence_is_not_certain(own: World) -> None:
    leaves = digests("lost")
    state = own.anchor(KAUNAS, leaves)
    with writing(own.node.engine) as connection:
        drop_blob(connection, root=bytes.fromhex(state["root"]), size=1)
    found = own.ok(f"/v1/anchors/{leaves[0].hex()}")
    lost = {"did": KAUNAS.did, "root": state["root"], "size": 1}
    assert (found["anchors"], found["batchesUnavailable"]) == ([], [lost])
    path = f"/v1/batches/{KAUNAS.did}/{state['root']}/1"
    assert own.ok(path)["leaves"] == "unavailable"
    answer = own.get(path + "/leaves")
    assert (answer.status_code, answer.json()["code"]) == (404, "leavesUnavailable")


def test_a_digest_of_a_batch_not_on_the_ledger_is_not_anchored(small: World) -> None:
    leaves = digests("accepted only")
    assert small.http.post("/v1/batches", json=batch_body(KAUNAS, leaves)).status_code == 202
    assert small.ok(f"/v1/anchors/{leaves[0].hex()}")["anchors"] == []


def test_a_digest_that_was_anchored_very_often_is_told_in_pages(own: World) -> None:
    often = digests("often")
    entries = [own.anchor(KAUNAS, sorted([*often, *digests(number)]))["entryIndex"] for number in range(5)]
    path, told, cursor = f"/v1/anchors/{often[0].hex()}", [], None
    while True:
        answer = own.ok(path, params={"limit": "2"} | ({"cursor": cursor} if cursor else {}))
        told += [anchor["receipt"]["entry"]["index"] for anchor in answer["anchors"]]
        cursor = answer["next"]
        if cursor is None:
            break
        assert len(answer["anchors"]) == 2
    assert told == entries
    assert own.ok(path)["next"] is None
    assert own.get(path, params={"limit": "0"}).status_code == 400
