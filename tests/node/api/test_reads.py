import base64
import hashlib
import json
from typing import Any

import pytest

from anchoring.checkpoint import parse_checkpoint
from anchoring.consistency import verify_consistency
from anchoring.entry import entry_from_json
from anchoring.history import History
from did.multibase import encode_base58btc
from node.api.forms import rfc3339
from node.api.pagination import cursor_after
from tests.node.api.conftest import ACADEMY, COUNCIL, KAUNAS, STRANGER, TRENTO
from tests.node.api.world import FOREVER, World, accreditation_jwt, digests, record

pytestmark = pytest.mark.enable_socket
ENTRY = ("index", "kind", "subject", "previous", "time", "actor", "parent", "payload", "hash")


def all_entries(world: World, **params: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        found = world.ok("/v1/history", params={"limit": "7", **params, **cursor})
        items += found["items"]
        if found["next"] is None:
            return items
        cursor = {"cursor": found["next"]}


def test_the_paged_history_replays_to_the_ledgers_root(small: World) -> None:
    history = History()
    for item in all_entries(small):
        history.append(entry_from_json({name: item[name] for name in ENTRY}))
    checkpoint = parse_checkpoint(small.get("/v1/log/checkpoint").content)
    log = small.ledger.deployment.registry_log
    assert (history.size, history.root()) == (checkpoint.size, checkpoint.root)
    assert small.ledger.operator.call("RegistryLog", log, "root") == (checkpoint.root,)


def test_the_streamed_history_is_the_paged_one(small: World) -> None:
    streamed = small.get("/v1/history", headers={"Accept": "application/x-ndjson"})
    assert streamed.headers["content-type"].startswith("application/x-ndjson")
    assert [json.loads(line) for line in streamed.text.splitlines()] == all_entries(small)


def test_history_is_filtered_by_issuer_kind_subject_and_range(small: World) -> None:
    everything = all_entries(small)
    of_kaunas = all_entries(small, issuer=KAUNAS.did)
    assert of_kaunas == [item for item in everything if item["issuer"] == KAUNAS.did]
    assert {item["kind"].partition(".")[0] for item in of_kaunas} >= {"did", "issuer"}
    of_dids = all_entries(small, kind="did.method")
    assert of_dids == [item for item in everything if item["kind"].startswith("did.method.")]
    one = everything[10]
    assert all_entries(small, subject=one["subject"]) == [
        item for item in everything if item["subject"] == one["subject"]
    ]
    assert all_entries(small, **{"from": "3", "to": "9"}) == everything[3:10]
    assert all(item["sentence"] for item in everything)


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"issuer": "did:ebsi:x"}, "invalidDid"),
        ({"subject": "ab"}, "invalidDigest"),
        ({"kind": "did.nothing"}, "invalidParameter"),
        ({"kind": "di"}, "invalidParameter"),
        ({"from": "-1"}, "invalidParameter"),
        ({"to": "99999999999999999999"}, "invalidParameter"),
        ({"limit": "0"}, "invalidParameter"),
        ({"cursor": "nonsense"}, "invalidParameter"),
        ({"isuer": KAUNAS.did}, "unknownParameter"),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused(small: World, params: dict[str, str], code: str) -> None:
    answer = small.get("/v1/history", params=params)
    assert (answer.status_code, answer.json()["code"]) == (400, code)


def test_an_earlier_checkpoint_and_a_later_one_are_consistent(small: World) -> None:
    last = parse_checkpoint(small.get("/v1/log/checkpoint").content)
    for size in (1, 2, last.size - 1, last.size):
        first = parse_checkpoint(small.get("/v1/log/checkpoint", params={"size": str(size)}).content)
        proof = small.ok("/v1/log/consistency", params={"from": str(size), "to": str(last.size)})
        verify_consistency(
            first_size=size,
            second_size=last.size,
            first_root=first.root,
            second_root=last.root,
            path=tuple(bytes.fromhex(node) for node in proof["path"]),
        )


def test_log_sizes_that_were_never_followed_are_not_found(small: World) -> None:
    size = parse_checkpoint(small.get("/v1/log/checkpoint").content).size
    for path, params in (
        ("/v1/log/checkpoint", {"size": str(size + 1)}),
        ("/v1/log/consistency", {"from": "1", "to": str(size + 1)}),
        ("/v1/log/digest", {"size": str(size + 1)}),
    ):
        answer = small.get(path, params=params)
        assert (answer.status_code, answer.json()["code"]) == (404, "logSizeUnknown")
    for params in ({"from": "0", "to": "1"}, {"from": "2", "to": "1"}):
        assert small.get("/v1/log/consistency", params=params).json()["code"] == "invalidParameter"
    assert small.get("/v1/log/consistency", params={"from": "1"}).status_code == 400


def test_a_final_checkpoint_leaves_out_what_a_reorganisation_may_take(own: World) -> None:
    own.ledger.ledger.mine(own.node.settings.finality_depth)
    own.follow()
    settled = own.get("/v1/log/checkpoint").text
    own.anchor(KAUNAS, digests("fresh"))
    assert own.get("/v1/log/checkpoint").text != settled
    assert own.get("/v1/log/checkpoint", params={"final": "true"}).text == settled
    assert own.get("/v1/log/checkpoint", params={"final": "maybe"}).status_code == 400
    size = int(settled.splitlines()[1])
    assert own.get("/v1/log/checkpoint", params={"final": "true", "size": str(size)}).text == settled
    refusal = own.get("/v1/log/checkpoint", params={"final": "true", "size": str(size + 1)}).json()["detail"]
    assert refusal == f"A log size from 1 to {size} can be served here, not {size + 1}."


def test_issuers_are_listed_with_their_chains(small: World) -> None:
    items = small.ok("/v1/issuers")["items"]
    by_did = {item["did"]: item for item in items}
    assert list(by_did) == [COUNCIL.did, ACADEMY.did, KAUNAS.did, TRENTO.did]
    kaunas = by_did[KAUNAS.did]
    assert (kaunas["name"], kaunas["issuerType"], kaunas["inForce"]) == (
        "Kaunas University of Technology",
        "TI",
        True,
    )
    assert kaunas["chain"] == [KAUNAS.did, ACADEMY.did, COUNCIL.did]
    assert by_did[TRENTO.did]["name"] is None
    first = small.ok("/v1/issuers", params={"limit": "3"})
    second = small.ok("/v1/issuers", params={"limit": "3", "cursor": first["next"]})
    assert first["items"] + second["items"] == items
    assert second["next"] is None


def test_an_issuer_shows_its_accreditations_keys_and_anchors(small: World) -> None:
    found = small.ok(f"/v1/issuers/{KAUNAS.did}")
    attribute = found["attributes"][0]
    assert attribute["attributeId"] == KAUNAS.attribute_id.hex()
    assert (attribute["tao"], attribute["rootTao"], attribute["until"]) == (ACADEMY.did, COUNCIL.did, None)
    assert [revision["credential"] for revision in attribute["revisions"]] == [False, True]
    assert [key["type"] for key in found["keys"]] == ["secp256k1", "P-256"]
    assert {use["name"] for use in found["keys"][1]["relationships"]} == {"authentication", "assertionMethod"}
    assert found["accreditation"]["inForce"] is True
    answer = small.get(f"/v1/issuers/{STRANGER.did}")
    assert (answer.status_code, answer.json()["code"]) == (404, "issuerNotFound")


def test_of_very_many_revisions_the_latest_are_shown(small: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("node.api.issuers.MOST_REVISIONS", 1)
    (attribute,) = small.ok(f"/v1/issuers/{KAUNAS.did}")["attributes"]
    assert ([one["credential"] for one in attribute["revisions"]], attribute["revisionCount"]) == ([True], 2)


def test_a_name_counts_only_if_the_accreditor_signed_it(own: World) -> None:
    own_words = accreditation_jwt(TRENTO, TRENTO, "Kaunas University of Technology")
    record(own.ledger, TRENTO, own_words)
    own.follow()
    assert own.ok(f"/v1/issuers/{TRENTO.did}")["name"] is None
    header, payload, _ = accreditation_jwt(ACADEMY, TRENTO, "Kaunas University of Technology").split(b".")
    forged = b".".join((header, payload, base64.urlsafe_b64encode(bytes(64)).rstrip(b"=")))
    record(own.ledger, TRENTO, forged)
    record(own.ledger, TRENTO, accreditation_jwt(ACADEMY, KAUNAS, "meant for another"))
    own.follow()
    assert own.ok(f"/v1/issuers/{TRENTO.did}")["name"] is None
    record(own.ledger, TRENTO, accreditation_jwt(ACADEMY, TRENTO, "University of Trento"))
    own.follow()
    assert own.ok(f"/v1/issuers/{TRENTO.did}")["name"] == "University of Trento"


def test_a_payload_is_found_by_its_hash(small: World) -> None:
    entry = all_entries(small)[5]
    payload = bytes.fromhex(entry["payload"])
    answer = small.get(f"/v1/payloads/{hashlib.sha256(payload).hexdigest()}")
    assert answer.content == payload
    assert "immutable" in answer.headers["cache-control"]
    missing = small.get(f"/v1/payloads/{'ab' * 32}")
    assert (missing.status_code, missing.json()["code"]) == (404, "payloadNotFound")


def test_a_did_is_resolved_with_its_metadata(small: World) -> None:
    result = small.ok(f"/1.0/identifiers/{KAUNAS.did}")
    assert result["didDocument"]["id"] == KAUNAS.did
    assert result["didDocument"]["assertionMethod"] == [f"{KAUNAS.did}#c"]
    assert result["didDocumentMetadata"]["created"]
    assert result["didResolutionMetadata"]["contentType"] == "application/did+ld+json"
    bare = small.get(f"/1.0/identifiers/{KAUNAS.did}", headers={"Accept": "application/did+json"})
    assert bare.headers["content-type"] == "application/did+json"
    assert bare.json()["id"] == KAUNAS.did
    first = all_entries(small, kind="did.inserted", issuer=KAUNAS.did)[0]["index"]
    before = small.ok(f"/1.0/identifiers/{KAUNAS.did}", params={"versionId": str(first)})
    assert "assertionMethod" not in before["didDocument"]
    both = {"versionId": str(first), "versionTime": "2026-01-01T00:00:00Z"}
    assert small.get(f"/1.0/identifiers/{KAUNAS.did}", params=both).status_code == 400
    too_early = small.get(f"/1.0/identifiers/{KAUNAS.did}", params={"versionTime": "2020-01-01T00:00:00Z"})
    assert too_early.status_code == 404


@pytest.mark.parametrize(
    ("did", "status", "error"),
    [
        ("nonsense", 400, "invalidDid"),
        ("did:ebsi:zabc", 400, "invalidDid"),
        (STRANGER.did, 404, "notFound"),
        ("did:web:example.org", 501, "methodNotSupported"),
        ("did:ebsi:z" + "1" * 3000, 400, "invalidDid"),
    ],
)
def test_what_cannot_be_resolved_says_why(small: World, did: str, status: int, error: str) -> None:
    answer = small.get(f"/1.0/identifiers/{did}")
    assert (answer.status_code, answer.json()["didResolutionMetadata"]["error"]) == (status, error)


def test_a_did_ebsi_of_version_2_is_refused_by_name(small: World) -> None:
    version_2 = "did:ebsi:" + encode_base58btc(b"\x02" + bytes(32))
    for path in (f"/1.0/identifiers/{version_2}", f"/did-registry/v5/identifiers/{version_2}"):
        answer = small.get(path)
        assert answer.status_code == 400
        assert "version 2" in answer.text


def test_did_key_and_did_jwk_are_computed(small: World) -> None:
    key = "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK"
    assert small.ok(f"/1.0/identifiers/{key}")["didDocument"]["id"] == key


def test_a_mutable_answer_is_not_sent_twice(small: World) -> None:
    for path in ("/v1/issuers", f"/did-registry/v5/identifiers/{KAUNAS.did}", "/v1/history"):
        tag = small.get(path).headers["etag"]
        again = small.get(path, headers={"If-None-Match": tag})
        assert (again.status_code, again.content) == (304, b"")
        assert small.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_the_deployment_names_the_log_and_its_contracts(small: World) -> None:
    found = small.ok("/v1/deployment")
    deployment = small.ledger.deployment
    assert (found["chainId"], found["registryLog"]) == (deployment.chain_id, deployment.registry_log)
    assert found["contracts"] == deployment.contracts
    assert small.get("/v1/log/checkpoint").text.startswith(found["logOrigin"] + "\n")


def test_keys_over_time_name_the_entries_that_set_their_bounds(own: World) -> None:
    at = own.ledger.deployment.address("DidRegistry")
    now = own.ledger.ledger.time()
    kaunas = own.ledger.sender(KAUNAS.ledger_secret)
    kaunas.transact("DidRegistry", at, "revokeVerificationMethod", KAUNAS.did, "c", now)
    own.follow()
    found = own.ok(f"/v1/issuers/{KAUNAS.did}")
    key = next(key for key in found["keys"] if key["id"].endswith("#c"))
    last = own.ok("/v1/history", params={"kind": "did.method.revoked"})["items"][-1]
    assert key["revoked"]["entryIndex"] == last["index"]
    assert {use["setBy"]["notAfter"] for use in key["relationships"]} == {last["index"]}
    assert found["keys"][0]["relationships"][0]["notAfter"] == rfc3339(FOREVER)


@pytest.mark.parametrize("number", [2**63 - 1, 2**63, 10**19 - 1])
def test_a_number_that_no_database_can_count_to_is_refused(small: World, number: int) -> None:
    batch = f"/v1/batches/{KAUNAS.did}/{'0' * 64}/{number}"
    asked = [batch, batch + "/leaves", f"/v1/history?from={number}", f"/v1/log/checkpoint?size={number}"]
    asked += [f"/v1/{name}?cursor={cursor_after(number)}" for name in ("history", "issuers")]
    for path in asked:
        answer = small.get(path)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalidParameter"), path
