"""Only a key that stands under `authentication` now hands in batches; to be in the document is not enough."""

import json
from typing import Any

import pytest

from did.jwk import jwk_from_public_key
from tests.node.api.conftest import KAUNAS
from tests.node.api.world import FOREVER, Actor, World, batch_body, digests

pytestmark = pytest.mark.enable_socket

OTHER = Actor(77, "another key of Kaunas")


def _write(world: World, function: str, *arguments: Any) -> None:
    at = world.ledger.deployment.address("DidRegistry")
    world.ledger.sender(KAUNAS.ledger_secret).transact("DidRegistry", at, function, KAUNAS.did, *arguments)


def _hand_in(world: World, **change: Any) -> tuple[int, str]:
    answer = world.http.post("/v1/batches", json=batch_body(KAUNAS, digests("signed"), **change))
    return answer.status_code, answer.json().get("code", "")


def test_a_key_that_may_only_sign_credentials_hands_in_nothing(own: World) -> None:
    jwk = json.dumps(dict(jwk_from_public_key(OTHER.credential_key.public_key()))).encode()
    now = own.ledger.ledger.time()
    _write(own, "addVerificationMethod", "seal", jwk, False)  # noqa: FBT003 - isSecp256k1, by its place in the ABI
    _write(own, "addVerificationRelationship", "assertionMethod", "seal", now, FOREVER)
    own.follow()
    by_seal = {"kid": f"{KAUNAS.did}#seal", "key": OTHER.credential_key}
    assert _hand_in(own, **by_seal) == (403, "notTheIssuer")
    _write(own, "addVerificationRelationship", "authentication", "seal", now, FOREVER)
    own.follow()
    assert _hand_in(own, **by_seal) == (202, "")


def test_a_revoked_key_hands_in_nothing(own: World) -> None:
    _write(own, "revokeVerificationMethod", "c", own.ledger.ledger.time())
    own.follow()
    assert _hand_in(own) == (403, "notTheIssuer")


def test_a_key_whose_time_has_come_to_its_end_hands_in_nothing(own: World) -> None:
    end = own.ledger.ledger.time() + 600
    _write(own, "expireVerificationMethod", "c", end)
    own.follow()
    assert _hand_in(own) == (202, "")
    own.ledger.ledger.walk(end)
    own.follow()
    assert _hand_in(own) == (403, "notTheIssuer")
