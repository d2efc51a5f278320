"""The DIF resolver over HTTP: DIDs that are their keys, and did:ebsi as of a time."""

import json
from typing import Any

import pytest

from did.base64url import encode_base64url
from did.jwk import jwk_from_public_key
from did.methods.ebsi import new_did
from did.methods.jwk import did_jwk_from_jwk
from did.methods.key import did_key_from_jwk, did_key_jcs_from_jwk
from node.api.forms import rfc3339
from tests.node.api.conftest import KAUNAS
from tests.node.api.world import World

pytestmark = pytest.mark.enable_socket

JWK = jwk_from_public_key(KAUNAS.credential_key.public_key())


@pytest.mark.parametrize("printer", [did_key_from_jwk, did_key_jcs_from_jwk, did_jwk_from_jwk])
def test_a_did_that_is_its_key_is_resolved_to_that_key(small: World, printer: type) -> None:
    did = printer(JWK)
    document = small.ok(f"/1.0/identifiers/{did}")["didDocument"]
    assert document["id"] == did
    assert [method["publicKeyJwk"] for method in document["verificationMethod"]] == [dict(JWK)]


def test_a_did_jwk_with_a_private_key_is_refused_and_not_repeated(small: World) -> None:
    did = "did:jwk:" + encode_base64url(json.dumps({**JWK, "d": "c2VjcmV0"}).encode())
    answer = small.get(f"/1.0/identifiers/{did}")
    assert (answer.status_code, answer.json()["didResolutionMetadata"]["error"]) == (400, "invalidPublicKey")
    assert "c2VjcmV0" not in answer.text


def test_a_document_is_resolved_as_it_was_and_as_it_is(own: World) -> None:
    path = f"/1.0/identifiers/{KAUNAS.did}"
    before = own.ledger.ledger.time()
    at = own.ledger.deployment.address("DidRegistry")
    own.ledger.ledger.walk(before + 3600)
    kaunas = own.ledger.sender(KAUNAS.ledger_secret)
    kaunas.transact("DidRegistry", at, "revokeVerificationMethod", KAUNAS.did, "c", before + 3600)
    own.follow()
    then = own.ok(path, params={"versionTime": rfc3339(before)})
    now = own.ok(path)
    assert then["didDocument"]["assertionMethod"] == [f"{KAUNAS.did}#c"]
    assert "assertionMethod" not in now["didDocument"]
    assert then["didDocumentMetadata"]["nextVersionId"] == now["didDocumentMetadata"]["versionId"]


def test_what_is_remembered_ends_with_the_key_that_ends(own: World) -> None:
    path, ends = f"/1.0/identifiers/{KAUNAS.did}", own.ledger.ledger.time() + 3600
    at = own.ledger.deployment.address("DidRegistry")
    kaunas = own.ledger.sender(KAUNAS.ledger_secret)
    kaunas.transact("DidRegistry", at, "expireVerificationMethod", KAUNAS.did, "c", ends)
    own.follow()
    for _ in range(2):
        assert own.ok(path)["didDocument"]["assertionMethod"] == [f"{KAUNAS.did}#c"]
    own.clock.seconds = ends + 1
    for _ in range(2):
        assert "assertionMethod" not in own.ok(path)["didDocument"]


@pytest.mark.parametrize(
    ("did", "options", "status", "error"),
    [
        ("did:ebsi", {}, 400, "invalidDid"),
        ("did:ebsi:zabc", {}, 400, "invalidDid"),
        (new_did(b"\1" * 16), {}, 404, "notFound"),
        ("did:example:1", {}, 501, "methodNotSupported"),
        (KAUNAS.did, {"headers": {"Accept": "application/did+cbor"}}, 406, "representationNotSupported"),
        (KAUNAS.did, {"params": {"versionTime": "yesterday"}}, 400, "invalidOptions"),
        (KAUNAS.did, {"params": {"versionTime": "2199-01-01T00:00:00Z"}}, 400, "invalidOptions"),
        (KAUNAS.did, {"params": {"versionId": "999999"}}, 404, "notFound"),
    ],
)
def test_what_cannot_be_resolved_is_a_result_without_a_document(
    small: World, did: str, options: dict[str, Any], status: int, error: str
) -> None:
    answer = small.get(f"/1.0/identifiers/{did}", **options)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/did-resolution")
    told = answer.json()
    assert (told["didDocument"], told["didDocumentMetadata"]) == (None, {})
    assert told["didResolutionMetadata"]["error"] == error
    assert told["didResolutionMetadata"]["errorMessage"]


@pytest.mark.parametrize(
    ("accept", "media_type", "bare"),
    [
        ("*/*", "application/did-resolution", False),
        ("application/json", "application/json", False),
        ('application/ld+json;profile="https://w3id.org/did-resolution"', "application/ld+json", False),
        ("application/did+ld+json", "application/did+ld+json", True),
        ("application/did+json", "application/did+json", True),
    ],
)
def test_a_document_comes_alone_or_with_what_is_known_of_it(
    small: World,
    accept: str,
    media_type: str,
    bare: bool,  # noqa: FBT001 -- a table
) -> None:
    answer = small.get(f"/1.0/identifiers/{KAUNAS.did}", headers={"Accept": accept})
    assert (answer.status_code, answer.headers["content-type"]) == (200, media_type)
    told = answer.json()
    assert ("didDocument" in told) is not bare
    if media_type == "application/ld+json":
        assert told["@context"] == "https://w3id.org/did-resolution/v1"
    assert (told if bare else told["didDocument"])["id"] == KAUNAS.did


def test_a_result_tells_its_version_and_the_next_one(small: World) -> None:
    path = f"/1.0/identifiers/{KAUNAS.did}"
    now = small.ok(path)
    assert now["didResolutionMetadata"] == {"contentType": "application/did+ld+json"}
    assert set(now["didDocumentMetadata"]) == {"created", "updated", "versionId"}
    events = small.ok(f"/did-registry/v6/identifiers/{KAUNAS.did}/events")["items"]
    assert now["didDocumentMetadata"]["versionId"] == events[-1]["id"]
    first = small.ok(path, params={"versionId": events[0]["id"]})["didDocumentMetadata"]
    assert "updated" not in first
    assert first["nextVersionId"] == events[1]["id"]
    assert first["nextUpdate"] == rfc3339(int(events[1]["timestamp"]))
    assert first["created"] == now["didDocumentMetadata"]["created"] == rfc3339(int(events[0]["timestamp"]))


def test_a_did_that_can_never_have_a_key_again_is_deactivated(own: World) -> None:
    at, end = own.ledger.deployment.address("DidRegistry"), own.ledger.ledger.time() + 60
    kaunas = own.ledger.sender(KAUNAS.ledger_secret)
    for method in ("c", "l"):
        kaunas.transact("DidRegistry", at, "expireVerificationMethod", KAUNAS.did, method, end)
    own.follow()
    own.clock.seconds = end + 1
    answer = own.get(f"/1.0/identifiers/{KAUNAS.did}")
    assert (answer.status_code, answer.json()["didDocumentMetadata"]["deactivated"]) == (410, True)
