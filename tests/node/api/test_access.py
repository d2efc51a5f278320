"""Writes need an access token: for this node, this registry, this function, this DID and this signer."""

import json
from http.client import HTTPConnection
from typing import Any

import httpx
import pytest
from eth_account import Account
from starlette.requests import Request

from node.api.access import writer_of
from node.services.authorisation_errors import AccessRefused
from node.services.node_keys import TOKEN_LIFE, rotate
from tests.node.api.conftest import ACADEMY, KAUNAS, STRANGER, TRENTO
from tests.node.api.minting import mint
from tests.node.api.test_json_rpc import DIDS, ISSUERS, SCHEMAS, complaint, result
from tests.node.api.world import FOREVER, Actor, World, rpc, sign

pytestmark = pytest.mark.enable_socket

LISTS = "/v1/status-lists/jsonrpc"
SEND = "sendSignedTransaction"
PATHS = [DIDS, ISSUERS, SCHEMAS, LISTS]
ATTRIBUTE = "0x" + "5a" * 32


def token(world: World, actor: Actor, scope: str, **over: Any) -> str:
    """An access token as the node gives it, but for `over`."""
    return mint(world.node, actor.did, scope, **over)


def call(world: World, path: str, method: str, params: Any, *, by: str | None, direct: bool = True) -> Any:
    headers = {} if by is None else {"Authorization": f"Bearer {by}"}
    headers |= {} if direct else {"X-Forwarded-For": "203.0.113.7"}
    body = {"jsonrpc": "2.0", "id": 7, "method": method, "params": [params]}
    return world.http.post(path, json=body, headers=headers, auth=httpx.Auth())


def inserting(world: World, actor: Actor) -> dict[str, Any]:
    return {
        "from": actor.address,
        "did": actor.did,
        "baseDocument": json.dumps({"@context": ["https://www.w3.org/ns/did/v1"]}),
        "vMethodId": "l",
        "publicKey": "0x" + actor.public_point.hex(),
        "isSecp256k1": True,
        "notBefore": world.ledger.ledger.time(),
        "notAfter": FOREVER,
    }


def signed(unsigned: dict[str, str], actor: Actor) -> dict[str, Any]:
    return {"unsignedTransaction": unsigned, "signedRawTransaction": sign(unsigned, actor.ledger_secret)}


def of_fee_market(unsigned: dict[str, str], actor: Actor) -> str:
    """The unsigned transaction, signed as one of EIP-1559."""
    numbers = {"gas": "gasLimit", "nonce": "nonce", "chainId": "chainId", "value": "value"}
    fields = {name: int(unsigned[told], 16) for name, told in numbers.items()}
    fees = {"type": 2, "maxFeePerGas": 0, "maxPriorityFeePerGas": 0}
    made = Account.sign_transaction(
        fees | fields | {"to": unsigned["to"], "data": unsigned["data"]}, actor.ledger_secret
    )
    return "0x" + bytes(made.raw_transaction).hex()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Other"])
def test_who_comes_without_a_token_is_told_so(small: World, path: str, header: str) -> None:
    answer = small.http.post(path, json={}, headers={header: "127.0.0.1"}, auth=httpx.Auth())
    assert (answer.status_code, answer.json()["title"]) == (401, "Unauthorized")
    assert answer.headers["www-authenticate"] == 'Bearer realm="ankyra"'
    assert answer.headers["content-type"] == "application/problem+json"
    scopes = {DIDS: "'openid didr_invite' or 'openid didr_write'", SCHEMAS: "'openid tsr_write'"}
    assert "POST /authorisation/v4/token gives one" in answer.json()["detail"]
    assert scopes.get(path, "'openid tir_write'") in answer.json()["detail"]


@pytest.mark.parametrize(
    "host",
    [
        "203.0.113.7",
        "127.0.0.1",
        "::1",
        "::ffff:127.0.0.1",
        "localhost",
        "",
        None,
    ],
)
def test_nobody_needs_no_token(small: World, host: str | None) -> None:
    client = None if host is None else (host, 5000)
    request = Request({"type": "http", "method": "POST", "path": DIDS, "client": client, "headers": []})
    with pytest.raises(AccessRefused):
        writer_of(request, small.node)


@pytest.mark.parametrize(
    "over",
    [
        {"exp": 1},
        {"aud": "https://another.example/authorisation/v4"},
        {
            "iss": "https://another.example/authorisation/v4",
            "aud": "https://another.example/authorisation/v4",
        },
        {"sub": "did:key:z2dm"},
        {"scp": "openid tsr_write"},
        {"scp": "openid everything"},
    ],
)
@pytest.mark.parametrize("path", [DIDS, ISSUERS, LISTS])
def test_a_token_that_does_not_count_here_is_401(small: World, path: str, over: dict[str, Any]) -> None:
    by = token(small, KAUNAS, "tir_write" if path != DIDS else "didr_write", **over)
    answer = call(small, path, "nothing", {}, by=by)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert 'error="invalid_token"' in answer.headers["www-authenticate"]


def test_a_token_for_another_registry_is_told_in_ebsis_words(small: World) -> None:
    for path, scope, words in (
        (DIDS, "tir_write", "didr_invite or didr_write"),
        (ISSUERS, "didr_invite", "tir_invite or tir_write"),
        (SCHEMAS, "tir_write", "tsr_write"),
        (LISTS, "tir_invite", "tir_write"),
    ):
        answer = call(small, path, "nothing", {}, by=token(small, KAUNAS, scope))
        assert answer.status_code == 401
        assert answer.json()["detail"].removesuffix(".") == f"Invalid JWT: scp must contain {words}"


def test_a_token_of_a_retired_key_is_refused(own: World) -> None:
    by = token(own, KAUNAS, "didr_write", exp=FOREVER)
    assert "is invalid" in complaint(call(own, DIDS, "nothing", {}, by=by))
    rotate(own.node)
    assert "is invalid" in complaint(call(own, DIDS, "nothing", {}, by=by))
    own.clock.pass_by(TOKEN_LIFE + 60)
    assert call(own, DIDS, "nothing", {}, by=by).status_code == 401


def test_who_is_invited_registers_itself_and_does_nothing_else(own: World) -> None:
    by = token(own, STRANGER, "didr_invite")
    other = Actor(77, "Other")
    words = complaint(call(own, DIDS, "insertDidDocument", inserting(own, other), by=by))
    assert words == f"did must be {STRANGER.did}, the subject of the access token"
    for method in ("addController", "updateBaseDocument", "addService", "x" * 100):
        words = complaint(call(own, DIDS, method, {"did": STRANGER.did}, by=by))
        assert words == f"'{method[:64]}' requires an access token with the scope 'didr_write'"
    of_other = result(rpc(own.http, DIDS, "insertDidDocument", inserting(own, other)))
    assert "did must be" in complaint(call(own, DIDS, SEND, signed(of_other, other), by=by))
    changed = {"from": KAUNAS.address, "did": KAUNAS.did, "controller": TRENTO.did}
    of_kaunas = result(rpc(own.http, DIDS, "addController", changed))
    assert "didr_write" in complaint(call(own, DIDS, SEND, signed(of_kaunas, KAUNAS), by=by))
    unsigned = result(call(own, DIDS, "insertDidDocument", inserting(own, STRANGER), by=by, direct=False))
    for direct in (False, True):
        assert result(call(own, DIDS, SEND, signed(unsigned, STRANGER), by=by, direct=direct))
    own.follow()
    assert own.ok(f"/did-registry/v5/identifiers/{STRANGER.did}")["id"] == STRANGER.did


def test_who_is_invited_to_the_issuers_records_its_accreditation_and_does_nothing_else(own: World) -> None:
    tao = {"taoDid": ACADEMY.did, "attributeIdTao": "0x" + ACADEMY.attribute_id.hex()}
    reserving = {"from": ACADEMY.address, "did": TRENTO.did, "revisionId": ATTRIBUTE, "issuerType": 3, **tao}
    by_tao = token(own, ACADEMY, "tir_write")
    unsigned = result(call(own, ISSUERS, "setAttributeMetadata", reserving, by=by_tao))
    result(call(own, ISSUERS, SEND, signed(unsigned, ACADEMY), by=by_tao))
    own.follow()
    by = token(own, TRENTO, "tir_invite")
    words = complaint(call(own, ISSUERS, "setAttributeMetadata", reserving, by=by))
    assert words == "'setAttributeMetadata' requires an access token with the scope 'tir_write'"
    recording = {"did": TRENTO.did, "attributeId": ATTRIBUTE, "attributeData": "0x" + b"a.b.c".hex()}
    of_kaunas = recording | {"from": KAUNAS.address, "did": KAUNAS.did}
    assert "did must be" in complaint(call(own, ISSUERS, "setAttributeData", of_kaunas, by=by))
    unsigned = result(call(own, ISSUERS, "setAttributeData", recording | {"from": TRENTO.address}, by=by))
    result(call(own, ISSUERS, SEND, signed(unsigned, TRENTO), by=by))
    own.follow()
    assert own.ok(f"/trusted-issuers-registry/v5/issuers/{TRENTO.did}")["hasAttributes"] is True


def test_a_transaction_is_sent_for_whose_account_signed_it(own: World) -> None:
    params = {"from": KAUNAS.address, "did": KAUNAS.did, "controller": TRENTO.did}
    unsigned = result(rpc(own.http, DIDS, "addController", params))
    sent = signed(unsigned, KAUNAS)
    words = complaint(call(own, DIDS, SEND, sent, by=token(own, TRENTO, "didr_write")))
    assert words == f"The DID {TRENTO.did} is not controlled by the address {KAUNAS.address}"
    by = token(own, KAUNAS, "didr_write")
    name = result(call(own, DIDS, SEND, sent, by=by))
    own.follow()
    assert result(call(own, DIDS, SEND, sent, by=by)) == name
    # A controller signs for those that it controls.
    params = {"from": TRENTO.address, "did": KAUNAS.did, "controller": ACADEMY.did}
    unsigned = result(call(own, DIDS, "addController", params, by=by))
    result(call(own, DIDS, SEND, signed(unsigned, TRENTO), by=by))


def test_what_was_sent_before_is_answered_alike_when_its_key_signs_no_more(own: World) -> None:
    by = token(own, KAUNAS, "didr_write")
    of_kaunas = {"from": KAUNAS.address, "did": KAUNAS.did}
    late = result(call(own, DIDS, "addController", of_kaunas | {"controller": TRENTO.did}, by=by))
    revoking = of_kaunas | {"vMethodId": "l", "notAfter": own.ledger.ledger.time()}
    unsigned = result(call(own, DIDS, "revokeVerificationMethod", revoking, by=by))
    sent = signed(unsigned, KAUNAS)
    name = result(call(own, DIDS, SEND, sent, by=by))
    own.follow()
    assert result(call(own, DIDS, SEND, sent, by=by)) == name
    another = signed(late | {"nonce": hex(int(late["nonce"], 16) + 1)}, KAUNAS)
    assert "not controlled by" in complaint(call(own, DIDS, SEND, another, by=by))


def test_a_transaction_of_eip_1559_is_sent_as_well(own: World) -> None:
    by = token(own, KAUNAS, "didr_write")
    base = {"from": KAUNAS.address, "did": KAUNAS.did}
    legacy = result(call(own, DIDS, "addController", base | {"controller": TRENTO.did}, by=by))
    sent = {"unsignedTransaction": legacy, "signedRawTransaction": of_fee_market(legacy, KAUNAS)}
    fees = {"maxFeePerGas": "0x0", "maxPriorityFeePerGas": "0x0"}
    told = {name: value for name, value in legacy.items() if name != "gasPrice"} | fees
    for wrong in (
        legacy | {"gasPrice": "0x1"},
        told | {"maxFeePerGas": "0x1"},
        told | {"maxPriorityFeePerGas": "0x1"},
        told | {"nonce": "0x777"},
        legacy | fees,
    ):
        assert "unsignedTransaction" in complaint(
            call(own, DIDS, SEND, sent | {"unsignedTransaction": wrong}, by=by)
        )
    name = result(call(own, DIDS, SEND, sent | {"unsignedTransaction": told}, by=by))
    assert result(call(own, DIDS, SEND, sent, by=by)) == name
    own.follow()
    own.ledger.ledger.mine(own.node.settings.finality_depth)
    own.follow()
    found = own.ok(f"/v1/transactions/{name}")
    assert (found["state"], found["sender"]) == ("final", KAUNAS.address.lower())


@pytest.mark.parametrize(
    "params",
    [{}, {"signedRawTransaction": 7}, {"signedRawTransaction": "0x"}, {"signedRawTransaction": "0xzz"}],
)
@pytest.mark.parametrize("scope", ["didr_write", "didr_invite"])
def test_what_is_no_transaction_is_refused(small: World, scope: str, params: dict[str, Any]) -> None:
    assert complaint(call(small, DIDS, SEND, params, by=token(small, KAUNAS, scope)))


@pytest.mark.parametrize("params", [[], [{}, {}], ["x"]])
def test_a_call_of_another_form_is_refused(small: World, params: list[Any]) -> None:
    body = {"jsonrpc": "2.0", "id": 7, "method": "addController", "params": params}
    headers = {"Authorization": f"Bearer {token(small, KAUNAS, 'didr_write')}"}
    assert "exactly one object" in complaint(small.http.post(DIDS, json=body, headers=headers))


def test_two_mebibytes_and_floods_of_headers_are_refused_with_a_token_too(small: World) -> None:
    headers = {"Authorization": f"Bearer {token(small, KAUNAS, 'didr_write')}"}
    long = headers | {"content-type": "application/json"}
    assert small.http.post(DIDS, content=b" " * 2_097_152, headers=long).status_code == 413
    host, port = small.url.removeprefix("http://").split(":")
    connection = HTTPConnection(host, int(port), timeout=30)
    flood = {f"x-{number}": "x" * 400 for number in range(99)}
    connection.request("POST", DIDS, headers=headers | flood)
    assert connection.getresponse().status == 431
    connection.close()
