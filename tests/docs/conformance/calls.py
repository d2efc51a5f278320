"""A call of every method that the page names: who makes it, under which scope, with which parameters."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from did.jwk import jwk_from_public_key
from node.client.access_tokens import Scope
from node.client.keys import PrivateKey
from tests.docs.conformance.town import (
    DOCUMENT_HASH,
    LISTED,
    OTHER_HASH,
    SCHEMA,
    SLEEPING_POLICY,
    Town,
    base_document,
)
from tests.node.api.world import FOREVER

DIDR, TIR, TSR, TPR, TIMESTAMP = (
    *("/did-registry/v5", "/trusted-issuers-registry/v5", "/trusted-schemas-registry/v3"),
    *("/trusted-policies-registry/v3", "/timestamp/v4"),
)
SCOPES: Mapping[str, Scope] = {
    DIDR: "didr_write",
    TIR: "tir_write",
    TSR: "tsr_write",
    TPR: "tpr_write",
    TIMESTAMP: "timestamp_write",
}
SENT = {
    DIDR: "updateBaseDocument",
    TIR: "addIssuerProxy",
    TSR: "updateMetadata",
    TPR: "updatePolicy",
    TIMESTAMP: "timestampHashes",
}
"""Which call of each registry is signed and sent."""
ACTORS = {"setAttributeMetadata": "Agency", "insertDidDocument": "Newcomer"}
"""Who makes a call that is not KTU's."""
_SERVICE = {"id": "#registry", "type": "Registry", "serviceEndpoint": "https://registry.example"}
_NEW_KEY, _NEW_LEDGER_KEY = (PrivateKey(curve, (77).to_bytes(32, "big")) for curve in ("P-256", "secp256k1"))


@dataclass(frozen=True, slots=True)
class Call:
    """One call.

    Attributes:
        actor: whose transaction it builds.
        scope: of the token that it needs.
        parameters: without `from`.
    """

    actor: str
    scope: Scope
    parameters: Mapping[str, Any]


def call_of(town: Town, base: str, method: str) -> Call:
    """A call of this method that the contract takes."""
    makers: dict[str, Callable[[Town], Mapping[str, Mapping[str, Any]]]] = {
        DIDR: _did_registry,
        TIR: _trusted_issuers,
        TSR: _trusted_schemas,
        TPR: _trusted_policies,
        TIMESTAMP: _timestamp,
    }
    scope: Scope = "didr_invite" if method == "insertDidDocument" else SCOPES[base]
    actor = ACTORS.get(method, "KTU")
    return Call(actor, scope, makers[base](town).get(method, {}))


def _did_registry(town: Town) -> Mapping[str, Mapping[str, Any]]:
    did, issuer = town.issuer("KTU").did, town.issuer("KTU")
    dates = {"notBefore": town.now, "notAfter": FOREVER}
    old, credential_key = issuer.profile.ledger_key, issuer.profile.credential_key
    jwk = json.dumps(jwk_from_public_key(_NEW_KEY.private_key.public_key()))
    fresh = {"vMethodId": "walked", "publicKey": "0x" + _NEW_LEDGER_KEY.point.hex(), "isSecp256k1": True}
    rolled = {"did": did, **fresh, **dates, "oldVMethodId": old, "duration": 3600}
    newcomer = town.issuer("Newcomer")
    first_key = newcomer.profile.ledger_key
    return {
        "insertDidDocument": {
            "did": newcomer.did,
            "baseDocument": base_document("walked"),
            "vMethodId": first_key,
            "publicKey": "0x" + town.key("Newcomer").point.hex(),
            "isSecp256k1": True,
            **dates,
        },
        "updateBaseDocument": {"did": did, "baseDocument": base_document("walked", LISTED)},
        "addService": {"did": did, "service": json.dumps(_SERVICE)},
        "revokeService": {"did": did, "serviceId": "#listed"},
        "addController": {"did": did, "controller": town.issuer("Council").did},
        "revokeController": {"did": did, "controller": town.issuer("Agency").did},
        "addVerificationMethod": {
            "did": did,
            "vMethodId": "walked",
            "isSecp256k1": False,
            "publicKey": "0x" + jwk.encode().hex(),
        },
        "addVerificationRelationship": {
            "did": did,
            "name": "keyAgreement",
            "vMethodId": credential_key,
            **dates,
        },
        "expireVerificationMethod": {"did": did, "vMethodId": credential_key, "notAfter": town.now + 10**6},
        "revokeVerificationMethod": {"did": did, "vMethodId": credential_key, "notAfter": town.now - 1},
        "rollVerificationMethod": {"args": rolled},
        "rollVerificationMethod as v4 has it": rolled,
    }


def _trusted_issuers(town: Town) -> Mapping[str, Mapping[str, Any]]:
    did = town.issuer("KTU").did
    agency, tao_attribute = town.issuer("Agency").did, town.play.attributes["Agency"].hex()
    body = b"eyJhbGciOiJFUzI1NiJ9.e30.walked"
    proxy = {"prefix": town.play.world.url, "headers": {}, "testSuffix": "/1"}
    elsewhere = {"prefix": "https://127.0.0.1:9", "headers": {}, "testSuffix": "/1"}
    return {
        "setAttributeMetadata": {
            "did": town.values["unknown_did"],
            "revisionId": "0x" + "5a" * 32,
            "issuerType": 3,
            "taoDid": agency,
            "attributeIdTao": "0x" + tao_attribute,
        },
        "setAttributeData": {
            "did": did,
            "attributeId": "0x" + town.values["attribute_id"],
            "attributeData": "0x" + body.hex(),
        },
        "addIssuerProxy": {"did": did, "proxyData": json.dumps(proxy)},
        "addIssuerProxy with a server that has no list": {"did": did, "proxyData": json.dumps(elsewhere)},
        "addIssuerProxy with a prefix that is not https": {
            "did": did,
            "proxyData": json.dumps(elsewhere | {"prefix": "http://lists.example"}),
        },
        "addIssuerProxy with a secret among its headers": {
            "did": did,
            "proxyData": json.dumps(proxy | {"headers": {"Authorization": "Bearer secret"}}),
        },
        "updateIssuerProxy": {
            "did": did,
            "proxyId": town.values["proxy_id"],
            "proxyData": json.dumps(proxy | {"testSuffix": "/2"}),
        },
        "removeIssuerProxy": {"did": did, "proxyId": town.values["proxy_id"]},
    }


def _trusted_schemas(town: Town) -> Mapping[str, Mapping[str, Any]]:
    schema = SCHEMA.replace(b"}", b', "title": "walked"}')
    metadata = "0x" + b'{"name": "Walked"}'.hex()
    content = {"schema": "0x" + schema.hex(), "metadata": metadata}
    return {
        "insertSchema": {"schemaId": "0x" + hashlib.sha256(schema).hexdigest(), **content},
        "updateSchema": {"schemaId": "0x" + town.values["schema_hash"], **content},
        "updateMetadata": {
            "schemaRevisionId": town.values["schema_revision_id"],
            "metadata": metadata,
        },
    }


def _trusted_policies(town: Town) -> Mapping[str, Mapping[str, Any]]:
    held = town.values["policy_name"]
    described = {"description": "Walked."}
    return {
        "insertPolicy": {"policyName": "WALK:inserted", **described},
        "updatePolicy": {"policyName": held, **described},
        "updatePolicy by its number": {"policyId": "0", **described},
        "activatePolicy": {"policyName": SLEEPING_POLICY},
        "deactivatePolicy": {"policyName": held},
        "insertUserAttributes": {"user": town.key("Agency").address, "attributes": [held]},
        "deleteUserAttribute": {"user": town.values["operator"], "attribute": held},
    }


def _timestamp(town: Town) -> Mapping[str, Mapping[str, Any]]:
    hashes = [hashlib.sha256(b"walked %d" % number).digest() for number in range(4)]

    def stamped(*values: bytes) -> dict[str, Any]:
        return {
            "hashAlgorithmIds": [0] * len(values),
            "hashValues": ["0x" + value.hex() for value in values],
            "timestampData": ["0x7b7d"] * len(values),
        }

    one, info = stamped(hashes[0]), {"versionInfo": "0x7b7d"}
    record = {"recordId": town.values["record_hash"]}
    version = record | {"versionId": 0}
    owner = {"ownerId": town.key("Agency").address.lower()}
    algorithm = {
        "outputLength": 512,
        "ianaName": "sha-512",
        "oid": "2.16.840.1.101.3.4.2.3",
        "status": 1,
        "multiHash": "sha2-512",
    }
    return {
        "timestampHashes": one,
        "timestampHashes with four hashes": stamped(*hashes),
        "timestampHashes without data": {name: one[name] for name in ("hashAlgorithmIds", "hashValues")},
        "timestampRecordHashes": one | info,
        "timestampVersionHashes": {"versionHash": "0x" + DOCUMENT_HASH.hex()} | one | info,
        "timestampRecordVersionHashes": record | one | info,
        "appendRecordVersionHashes": version | one | info,
        "detachRecordVersionHash": version | {"hashValue": "0x" + OTHER_HASH.hex()},
        "insertRecordVersionInfo": version | info,
        "insertRecordOwner": record | owner | {"notBefore": town.now, "notAfter": 0},
        "revokeRecordOwner": record | {"ownerId": town.key("KTU").address.lower()},
        "insertHashAlgorithm": algorithm,
        "updateHashAlgorithm": {"hashAlgorithmId": 0} | algorithm,
    }
