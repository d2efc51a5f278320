"""The DIF resolver over HTTP: DIDs that are their keys, and did:ebsi as of a time."""

import json

import pytest

from did.base64url import encode_base64url
from did.jwk import jwk_from_public_key
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
