"""Every method of the policies and the timestamp contract, called through the node in EBSI's two steps."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import pytest

from did.base64url import decode_base64url, encode_base64url
from node.artifacts import load_artifact
from node.services.policy_calls import TRUSTED_POLICIES_REGISTRY
from node.services.timestamp_calls import TIMESTAMP
from tests.ledger import DeployedState, resume
from tests.node.api.conftest import KAUNAS, TRENTO, people
from tests.node.api.test_json_rpc import complaint, result
from tests.node.api.tokens import bearer
from tests.node.api.world import Actor, World, world
from tests.node.api.writes import SEND, signed, state

pytestmark = pytest.mark.enable_socket

POLICIES, STAMPS = "/trusted-policies-registry/v3", "/timestamp/v4"
SCOPES = {POLICIES: "tpr_write", STAMPS: "timestamp_write"}
HASH, OTHER, THIRD = ("0x" + sha256(name).hexdigest() for name in (b"a file", b"another", b"a third"))
ALGORITHM = {
    "outputLength": 256,
    "ianaName": "sha-256",
    "oid": "2.16.840.1.101.3.4.2.1",
    "status": 1,
    "multiHash": "sha2-256",
}
HELD = ["TPR:operator", "TS:insertHashAlgorithm", "TS:updateHashAlgorithm"]


@pytest.fixture(scope="module")
def office(deployed_state: DeployedState, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world in which Kaunas is an operator, and there is one hash algorithm."""
    folder: Path = tmp_path_factory.mktemp("office")
    with resume(deployed_state, folder / "ledger.json") as ledger, world(ledger, folder / "node") as made:
        people(made)
        registry = ledger.deployment.address("TrustedPoliciesRegistry")
        ledger.operator.transact(
            "TrustedPoliciesRegistry", registry, "insertUserAttributes", KAUNAS.address, HELD
        )
        made.follow()
        written(made, STAMPS, "insertHashAlgorithm", **ALGORITHM)
        yield made


def called(
    office: World, service: str, method: str, given: dict[str, Any], *, by: Actor = KAUNAS
) -> httpx.Response:
    """The answer to one call, made with an access token of whoever calls."""
    envelope = {"jsonrpc": "2.0", "id": 7, "method": method, "params": [given]}
    headers = bearer(office, by, SCOPES[service])
    return office.http.post(f"{service}/jsonrpc", json=envelope, headers=headers)


def written(office: World, service: str, method: str, **params: Any) -> dict[str, Any]:
    """The state of the transaction once it is mined, and its entries followed."""
    unsigned = result(called(office, service, method, {"from": KAUNAS.address, **params}))
    name = str(result(called(office, service, SEND, signed(unsigned, KAUNAS))))
    office.follow()
    found: dict[str, Any] = state(office, name)
    assert (found["state"], found["function"]) == ("anchored", method)
    return found


def stamps(*values: str) -> dict[str, Any]:
    return {"hashAlgorithmIds": [0] * len(values), "hashValues": list(values)}


def refused(office: World, service: str, method: str, **params: Any) -> str:
    return complaint(called(office, service, method, {"from": KAUNAS.address, **params}))


def test_policies_are_inserted_changed_and_granted(office: World) -> None:
    name = "WALK:here"
    user = f"{POLICIES}/users/{TRENTO.address}"
    written(office, POLICIES, "insertPolicy", policyName=name, description="first")
    policy = office.ok(f"{POLICIES}/policies/{name}")
    assert (policy["description"], policy["status"]) == ("first", True)
    written(office, POLICIES, "updatePolicy", policyId=policy["policyId"], description="second")
    assert office.ok(f"{POLICIES}/policies/{policy['policyId']}")["description"] == "second"
    written(
        office, POLICIES, "insertUserAttributes", user=TRENTO.address, attributes=[name, "TSR:insertSchema"]
    )
    assert office.ok(user)["attributes"] == [name, "TSR:insertSchema"]
    written(office, POLICIES, "deactivatePolicy", policyId=int(policy["policyId"]))
    assert office.ok(user)["attributes"] == ["TSR:insertSchema"]
    written(office, POLICIES, "activatePolicy", policyName=name)
    assert office.ok(user)["attributes"] == [name, "TSR:insertSchema"]
    written(office, POLICIES, "deleteUserAttribute", user=TRENTO.address, attribute="TSR:insertSchema")
    assert office.ok(user)["attributes"] == [name]


def test_a_policy_is_named_once_and_by_what_there_is(office: World) -> None:
    both = {"policyId": "0", "policyName": "TPR:operator"}
    assert "but not both" in refused(office, POLICIES, "activatePolicy", **both)
    assert refused(office, POLICIES, "activatePolicy", policyId="0x3e7") == "There is no policy 999"
    for wrong in ("one", -1, "1_0", True, None, 1.5, "0x"):
        assert "whole number" in refused(office, POLICIES, "activatePolicy", policyId=wrong)
    assert refused(office, POLICIES, "activatePolicy") == "missing parameter: policyName"
    assert "no policy X:nothing" in refused(office, POLICIES, "activatePolicy", policyName="X:nothing")
    assert "is active already" in refused(office, POLICIES, "activatePolicy", policyId="0")
    assert "cannot be deactivated" in refused(office, POLICIES, "deactivatePolicy", policyId=0)


def test_hashes_are_stamped_and_kept_as_versions_of_a_record(office: World) -> None:
    versions = written(office, STAMPS, "timestampRecordHashes", **stamps(HASH), versionInfo="0x7b7d")
    assert len(versions["entries"]) == 2
    record_id = office.ok(f"{STAMPS}/records?owner={KAUNAS.address}")["items"][-1]["recordId"]
    record = f"{STAMPS}/records/{record_id}"
    by_id = {"recordId": "0x" + bytes_of(record_id).hex()}
    written(office, STAMPS, "timestampHashes", **stamps(OTHER), timestampData=["0x7b7d"])
    stamp = "u" + encode_base64url(b"\x12\x20" + sha256(bytes.fromhex(OTHER[2:])).digest())
    assert office.ok(f"{STAMPS}/timestamps/{stamp}")["data"] == "0x7b7d"
    written(office, STAMPS, "timestampVersionHashes", versionHash=HASH, **stamps(OTHER))
    written(office, STAMPS, "timestampRecordVersionHashes", **by_id, **stamps(HASH))
    written(office, STAMPS, "appendRecordVersionHashes", **by_id, versionId=1, **stamps(THIRD))
    assert office.ok(f"{record}/versions/1")["hashes"] == [OTHER, THIRD]
    written(office, STAMPS, "detachRecordVersionHash", **by_id, versionId=1, hashValue=OTHER)
    written(office, STAMPS, "insertRecordVersionInfo", **by_id, versionId=1, versionInfo="0x5b315d")
    assert office.ok(f"{record}/versions/1") == {"hashes": [THIRD], "info": [[1]]}
    guest = TRENTO.address.lower()
    written(office, STAMPS, "insertRecordOwner", **by_id, ownerId=guest, notBefore=0, notAfter="0x0")
    assert office.ok(record)["ownerIds"] == [KAUNAS.address.lower(), guest]
    written(office, STAMPS, "revokeRecordOwner", **by_id, ownerId=guest)
    shown = office.ok(record)
    assert (shown["ownerIds"], shown["revokedOwnerIds"]) == ([KAUNAS.address.lower()], [guest])
    assert (shown["firstVersionTimestamps"], shown["lastVersionTimestamps"]) == ([HASH], [HASH])
    assert shown["totalVersions"] == 3


def test_a_hash_algorithm_is_revoked_by_who_may(office: World) -> None:
    written(office, STAMPS, "insertHashAlgorithm", **ALGORITHM)
    number = office.ok(f"{STAMPS}/hash-algorithms")["total"] - 1
    written(office, STAMPS, "updateHashAlgorithm", hashAlgorithmId=number, **ALGORITHM | {"status": 2})
    assert office.ok(f"{STAMPS}/hash-algorithms/{number}")["status"] == "revoked"
    wrong = {"hashAlgorithmIds": [number], "hashValues": [HASH]}
    assert refused(office, STAMPS, "timestampHashes", **wrong) == f"The hash algorithm {number} is revoked."
    params = {"from": TRENTO.address, **ALGORITHM}
    answer = called(office, STAMPS, "insertHashAlgorithm", params, by=TRENTO)
    assert "TS:insertHashAlgorithm" in complaint(answer)


@pytest.mark.parametrize(
    ("method", "params", "words"),
    [
        ("timestampHashes", stamps(HASH, HASH, HASH, HASH), "One call takes 1 to 3 hashes, not 4."),
        ("timestampHashes", stamps(), "One call takes 1 to 3 hashes, not 0."),
        ("timestampHashes", stamps(HASH + "00"), "is no output of the hash algorithm 0"),
        ("timestampHashes", {"hashAlgorithmIds": [99], "hashValues": [HASH]}, "no hash algorithm 99"),
        (
            "insertRecordVersionInfo",
            {"recordId": "0x" + "ab" * 32, "versionId": 0, "versionInfo": "0x7b7d"},
            "record unknown",
        ),
        ("timestampVersionHashes", {"versionHash": "0x77", **stamps(HASH)}, "no version with the hash 77"),
    ],
)
def test_what_the_contract_would_refuse_is_refused_in_its_words(
    office: World, method: str, params: dict[str, Any], words: str
) -> None:
    assert words in refused(office, STAMPS, method, **params)


def test_a_signed_call_with_empty_arrays_is_refused_and_not_stumbled_over(office: World) -> None:
    """Nothing says what such a call is about: its first argument is an array with nothing in it."""
    unsigned = result(called(office, STAMPS, "timestampHashes", {"from": KAUNAS.address, **stamps(HASH)}))
    empty = load_artifact("AnchorRegistry").function("timestampHashes").encode(((), (), ()))
    unsigned["data"] = "0x" + empty.hex()
    answer = called(office, STAMPS, SEND, signed(unsigned, KAUNAS))
    assert complaint(answer) == "One call takes 1 to 3 hashes, not 0."


@pytest.mark.parametrize("path", [POLICIES, STAMPS])
def test_a_method_of_another_registry_is_none_of_this_one(office: World, path: str) -> None:
    other = "anchorBatch" if path == STAMPS else "closeLog"
    assert refused(office, path, other, successor=KAUNAS.address) == f"The method {other!r} is invalid"


@pytest.mark.parametrize(("path", "scope"), [(POLICIES, "timestamp_write"), (STAMPS, "tpr_write")])
def test_a_token_for_another_registry_is_refused(office: World, path: str, scope: str) -> None:
    envelope = {"jsonrpc": "2.0", "id": 7, "method": "timestampHashes", "params": [{}]}
    answer = office.http.post(f"{path}/jsonrpc", json=envelope, headers=bearer(office, KAUNAS, scope))
    assert SCOPES[path] in answer.text
    assert answer.status_code in {400, 401}


def test_the_flows_above_call_every_method() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    for registry in (TRUSTED_POLICIES_REGISTRY, TIMESTAMP):
        for method in registry.methods:
            assert f'S, "{method}"' in text, method


def bytes_of(record_id: str) -> bytes:
    return decode_base64url(record_id[1:], max_bytes=32)
