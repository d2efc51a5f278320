from typing import Any

import pytest

from did.methods.ebsi import new_did
from node.artifacts import load_artifact
from node.services.errors import RpcRefused
from node.services.policy_calls import TRUSTED_POLICIES_REGISTRY
from node.services.registry_calls import (
    DID_REGISTRY,
    STATUS_LISTS,
    TRUSTED_ISSUERS_REGISTRY,
    TRUSTED_SCHEMAS_REGISTRY,
    Registry,
    check_arguments,
    read_call,
)
from node.services.timestamp_calls import TIMESTAMP

DID = new_did(bytes(range(16)))
SENDER = "0x" + "ab" * 20
REGISTRIES = (
    DID_REGISTRY,
    TRUSTED_ISSUERS_REGISTRY,
    TRUSTED_SCHEMAS_REGISTRY,
    TRUSTED_POLICIES_REGISTRY,
    TIMESTAMP,
    STATUS_LISTS,
)
EXAMPLES: dict[str, Any] = {
    "did": DID,
    "controller": DID,
    "taoDid": DID,
    "baseDocument": "{}",
    "vMethodId": "key-1",
    "oldVMethodId": "key-0",
    "name": "authentication",
    "publicKey": "0x04" + "11" * 64,
    "isSecp256k1": True,
    "notBefore": 1,
    "notAfter": "0x2",
    "duration": 3,
    "issuerType": 2,
    "revisionId": "0x" + "22" * 32,
    "attributeId": "0x" + "33" * 32,
    "attributeIdTao": "0x" + "44" * 32,
    "attributeData": "0x6a7774",
    "schemaId": "0x" + "55" * 32,
    "schemaRevisionId": "0x" + "66" * 32,
    "schema": "0x7b7d",
    "metadata": "0x7b7d",
    "proxyData": "{}",
    "proxyId": "0x" + "77" * 32,
    "url": "https://registry.example/1",
    "purpose": "revocation",
    "bits": 131_072,
    "credentialDigest": "0x" + "88" * 32,
    "validFrom": 4,
    "validUntil": 5,
    "policyName": "TSR:insertSchema",
    "description": "who may register schemas",
    "user": "0x" + "cd" * 20,
    "attribute": "TSR:insertSchema",
    "attributes": ["TSR:insertSchema", "TSR:updateSchema"],
    "hashAlgorithmIds": [0, "0x1"],
    "hashValues": ["0x" + "99" * 32, "0x" + "aa" * 64],
    "hashValue": "0x" + "99" * 32,
    "versionHash": "0x" + "99" * 32,
    "timestampData": ["0x7b7d", "0x"],
    "versionInfo": "0x7b7d",
    "versionId": 6,
    "recordId": "0x" + "bb" * 32,
    "ownerId": "0x" + "ab" * 20,
    "outputLength": 256,
    "ianaName": "sha-256",
    "oid": "2.16.840.1.101.3.4.2.1",
    "status": 1,
    "multiHash": "sha2-256",
    "hashAlgorithmId": 0,
}
EVERY_METHOD = [(registry, method) for registry in REGISTRIES for method in registry.methods]


def params_of(registry: Registry, method: str) -> dict[str, Any]:
    return {"from": SENDER} | {name: EXAMPLES[name] for name in registry.methods[method]}


@pytest.mark.parametrize(("registry", "method"), EVERY_METHOD)
def test_every_method_encodes_its_arguments_for_its_contract(registry: Registry, method: str) -> None:
    call = read_call(registry, method, params_of(registry, method))
    function = load_artifact(call.contract).function(call.function)
    assert function.decode_arguments(function.encode(call.arguments)) == call.arguments


@pytest.mark.parametrize(("registry", "method"), EVERY_METHOD)
def test_names_and_order_of_parameters_are_the_contracts_own(registry: Registry, method: str) -> None:
    raw = next(item for item in load_artifact(registry.contract).raw["abi"] if item.get("name") == method)
    inputs = raw["inputs"]
    if inputs[0]["type"] == "tuple":
        inputs = inputs[0]["components"]
    assert tuple(part["name"] for part in inputs) == registry.methods[method]


@pytest.mark.parametrize(("registry", "method"), EVERY_METHOD)
def test_what_was_taken_as_json_is_taken_again_out_of_the_signed_call(
    registry: Registry, method: str
) -> None:
    call = read_call(registry, method, params_of(registry, method))
    function = load_artifact(call.contract).function(method)
    check_arguments(registry, method, function.decode_arguments(function.encode(call.arguments)))


@pytest.mark.parametrize(
    ("registry", "method", "place", "wrong", "complaint"),
    [
        (DID_REGISTRY, "addController", 1, "did:ebsi:zabc", "controller:"),
        (TIMESTAMP, "timestampHashes", 2, (b"{",), "timestampData must be JSON"),
        (TIMESTAMP, "insertRecordVersionInfo", 2, b"{", "versionInfo must be JSON"),
        (TIMESTAMP, "updateHashAlgorithm", 5, "md5", "multiHash must be the name of a multihash"),
    ],
)
def test_a_signed_call_with_what_would_not_have_been_built_is_refused(
    registry: Registry, method: str, place: int, wrong: Any, complaint: str
) -> None:
    arguments = list(read_call(registry, method, params_of(registry, method)).arguments)
    arguments[place] = wrong
    with pytest.raises(RpcRefused, match=complaint):
        check_arguments(registry, method, arguments)


def test_a_rolled_key_is_checked_within_its_struct() -> None:
    call = read_call(
        DID_REGISTRY, "rollVerificationMethod", params_of(DID_REGISTRY, "rollVerificationMethod")
    )
    (struct,) = call.arguments
    with pytest.raises(RpcRefused, match="did:"):
        check_arguments(DID_REGISTRY, "rollVerificationMethod", (("did:ebsi:zabc", *struct[1:]),))


@pytest.mark.parametrize("spelled", [7, "7", "0x7", "07"], ids=repr)
def test_a_number_may_be_spelled_as_ebsis_clients_spell_it(spelled: Any) -> None:
    params = params_of(TIMESTAMP, "insertRecordVersionInfo") | {"versionId": spelled}
    assert read_call(TIMESTAMP, "insertRecordVersionInfo", params).arguments[1] == 7


def test_a_roll_is_taken_flat_and_as_a_struct() -> None:
    flat = params_of(DID_REGISTRY, "rollVerificationMethod")
    nested = {"from": SENDER, "args": {name: value for name, value in flat.items() if name != "from"}}
    assert read_call(DID_REGISTRY, "rollVerificationMethod", flat) == read_call(
        DID_REGISTRY, "rollVerificationMethod", nested
    )


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"from": "0x12"}, "from must be an address"),
        ({"from": None}, "from must be an address"),
        ({"did": "did:ebsi:zabc"}, "did:"),
        ({"did": 7}, "did must be a string"),
        ({"publicKey": "04ff"}, "publicKey must be 0x"),
        ({"publicKey": "0x0"}, "publicKey must be 0x"),
        ({"isSecp256k1": 1}, "isSecp256k1 must be true or false"),
        ({"notBefore": -1}, "notBefore must be a whole number"),
        ({"notBefore": True}, "notBefore must be a whole number"),
        ({"notBefore": 1.5}, "notBefore must be a whole number"),
        ({"notAfter": 2**256}, "notAfter must be a whole number"),
        ({"baseDocument": "x" * 40_000}, "baseDocument must be a string of at most"),
        ({"surplus": 1}, "unknown parameter: surplus"),
    ],
)
def test_a_wrong_parameter_is_refused_by_name(change: dict[str, Any], complaint: str) -> None:
    params = params_of(DID_REGISTRY, "insertDidDocument") | change
    with pytest.raises(RpcRefused, match=complaint):
        read_call(DID_REGISTRY, "insertDidDocument", params)


def test_a_missing_parameter_is_refused_by_name() -> None:
    params = params_of(DID_REGISTRY, "addController")
    del params["controller"]
    with pytest.raises(RpcRefused, match="missing parameter: controller"):
        read_call(DID_REGISTRY, "addController", params)


@pytest.mark.parametrize(
    "method", ["deactivate", "actingAuthority", "append", "", "__class__", "setAttributeData"]
)
def test_a_method_that_is_not_served_is_refused(method: str) -> None:
    with pytest.raises(RpcRefused, match="is invalid"):
        read_call(DID_REGISTRY, method, {"from": SENDER})


def test_an_id_of_another_length_is_refused() -> None:
    params = params_of(TRUSTED_ISSUERS_REGISTRY, "setAttributeData") | {"attributeId": "0x" + "33" * 31}
    with pytest.raises(RpcRefused, match="attributeId must be 32 bytes"):
        read_call(TRUSTED_ISSUERS_REGISTRY, "setAttributeData", params)


@pytest.mark.parametrize("left_out", ["timestampData", "versionInfo"])
def test_what_may_be_left_out_is_empty_then(left_out: str) -> None:
    params = params_of(TIMESTAMP, "timestampRecordHashes")
    del params[left_out]
    call = read_call(TIMESTAMP, "timestampRecordHashes", params)
    place = TIMESTAMP.methods["timestampRecordHashes"].index(left_out)
    assert not call.arguments[place]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"hashValues": "0x99"}, "hashValues must be an array"),
        ({"hashValues": ["0x99"] * 65}, "hashValues must be an array of at most 64"),
        ({"hashValues": [7]}, "hashValues must be 0x"),
        ({"hashAlgorithmIds": [-1]}, "hashAlgorithmIds must be a whole number"),
        ({"timestampData": ["0xff"]}, "timestampData must be JSON, written in hexadecimal"),
        ({"versionInfo": "0x7b"}, "versionInfo must be JSON, written in hexadecimal"),
        ({"oid": "1"}, "unknown parameter: oid"),
    ],
)
def test_a_wrong_parameter_of_a_timestamp_is_refused_by_name(change: dict[str, Any], complaint: str) -> None:
    params = params_of(TIMESTAMP, "timestampRecordHashes") | change
    with pytest.raises(RpcRefused, match=complaint):
        read_call(TIMESTAMP, "timestampRecordHashes", params)


def test_a_hash_function_that_multihashes_do_not_know_is_refused() -> None:
    params = params_of(TIMESTAMP, "insertHashAlgorithm") | {"multiHash": "sha-256"}
    with pytest.raises(RpcRefused, match="multiHash must be the name of a multihash: one of identity, sha1,"):
        read_call(TIMESTAMP, "insertHashAlgorithm", params)


def test_what_is_no_address_is_refused_by_name() -> None:
    params = params_of(TRUSTED_POLICIES_REGISTRY, "insertUserAttributes") | {"user": "0x12"}
    with pytest.raises(RpcRefused, match="user must be an address"):
        read_call(TRUSTED_POLICIES_REGISTRY, "insertUserAttributes", params)
