"""What EBSI's client presents at our authorisation server, and what the token is good for."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.ebsi_clients.clients import EbsiClients
from tests.ebsi_clients.people import legal_entity, presentation, shown_for
from tests.node.client.conftest import Play

pytestmark = pytest.mark.enable_socket

_SERVER = "/authorisation/v4"


def issuer_of(play: Play) -> str:
    return str(play.world.ok(f"{_SERVER}/.well-known/openid-configuration")["issuer"])


def presented(clients: EbsiClients, play: Play, *, ledger_key: bool = False, **change: Any) -> str:
    """KTU's empty presentation for the server, by EBSI's own client."""
    holder = legal_entity(play.issuers["KTU"], ledger_key=ledger_key)
    options = shown_for(play) | change
    audience = options.pop("audience", issuer_of(play))
    return clients.create_presentation(presentation(holder), holder, audience, **options)


def asked(play: Play, scope: str, jwt: str) -> httpx.Response:
    submission = {"id": str(uuid4()), "definition_id": f"{scope}_presentation", "descriptor_map": []}
    form = {
        "grant_type": "vp_token",
        "scope": f"openid {scope}",
        "vp_token": jwt,
        "presentation_submission": json.dumps(submission),
    }
    return play.world.http.post(f"{_SERVER}/token", data=form)


@pytest.mark.parametrize("scope", ["didr_write", "tir_write", "tsr_write", "tpr_write", "timestamp_write"])
def test_a_presentation_of_their_client_is_good_for_a_token_that_jose_verifies(
    clients: EbsiClients, abroad: Play, scope: str
) -> None:
    answer = asked(abroad, scope, presented(clients, abroad))
    assert answer.status_code == 200, answer.text
    given = answer.json()
    assert (given["token_type"], given["scope"], given["expires_in"]) == ("Bearer", f"openid {scope}", 7200)
    (key,) = abroad.world.ok(f"{_SERVER}/jwks")["keys"]
    told = clients.verify_jwt(given["access_token"], key)
    assert told["header"] == {"alg": "ES256", "kid": key["kid"], "typ": "JWT"}
    claims, issuer = told["claims"], issuer_of(abroad)
    assert (claims["iss"], claims["aud"], claims["sub"]) == (issuer, issuer, abroad.issuers["KTU"].did)
    assert claims["scp"] == f"openid {scope}"
    assert claims["exp"] - claims["iat"] == 7200


def test_the_token_lets_an_organisation_write_about_itself(clients: EbsiClients, abroad: Play) -> None:
    token = asked(abroad, "didr_write", presented(clients, abroad)).json()["access_token"]
    issuer = abroad.issuers["KTU"]
    parameters = {
        "from": issuer.keystore.open(issuer.profile.ledger_key).address,
        "did": issuer.did,
        "baseDocument": '{"@context": "https://www.w3.org/ns/did/v1"}',
    }
    call = {"jsonrpc": "2.0", "id": 1, "method": "updateBaseDocument", "params": [parameters]}
    answer = abroad.world.http.post(
        "/did-registry/v5/jsonrpc", json=call, headers={"Authorization": f"Bearer {token}"}
    )
    assert answer.json()["result"]["from"].lower() == parameters["from"].lower()


def test_a_presentation_counts_once(clients: EbsiClients, abroad: Play) -> None:
    jwt = presented(clients, abroad)
    assert [asked(abroad, "didr_write", jwt).status_code for _ in range(2)] == [200, 400]


def test_a_presentation_for_another_server_counts_nowhere_here(clients: EbsiClients, abroad: Play) -> None:
    jwt = presented(clients, abroad, audience="https://api-pilot.ebsi.eu/authorisation/v4")
    refused = asked(abroad, "didr_write", jwt)
    assert (refused.status_code, set(refused.json())) == (400, {"error", "error_description"})


def test_the_ledger_key_is_good_for_dids_and_not_for_accreditations(
    clients: EbsiClients, abroad: Play
) -> None:
    answers = [
        asked(abroad, scope, presented(clients, abroad, ledger_key=True)).status_code
        for scope in ("didr_write", "tir_write")
    ]
    assert answers == [200, 400]
