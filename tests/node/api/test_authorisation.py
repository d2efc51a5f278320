"""`/authorisation/v4` over HTTP: what it is called, what it answers, what it does not take."""

from http.client import HTTPConnection

import httpx
import pytest
from starlette.requests import Request

from node.api.access import access_of, audiences_of, issuer_of
from node.services.authorisation_errors import AccessRefused
from node.services.node_keys import rotate
from tests.node.api.conftest import KAUNAS, STRANGER
from tests.node.api.tokens import SERVER, TOKEN, asked, bearer, issuer, presented
from tests.node.api.world import World
from tests.node.services.presenting import ISSUER, form

pytestmark = pytest.mark.enable_socket

SCOPES = [
    "didr_invite",
    "didr_write",
    "tir_invite",
    "tir_write",
    "timestamp_write",
    "tpr_write",
    "tsr_write",
]


def test_discovery_leads_to_everything_else(small: World) -> None:
    found = small.ok(f"{SERVER}/.well-known/openid-configuration")
    assert found["issuer"] == small.url + SERVER
    assert found["scopes_supported"] == ["openid", *SCOPES]
    assert found["grant_types_supported"] == ["vp_token"]
    assert small.get(found["jwks_uri"]).headers["content-type"] == "application/jwk-set+json"
    for scope in SCOPES:
        asks = small.ok(found["presentation_definition_endpoint"], params={"scope": f"openid {scope}"})
        assert asks["id"] == f"{scope}_presentation"
        assert bool(asks["input_descriptors"]) is scope.endswith("_invite")
    answer = httpx.post(found["token_endpoint"], data=form("tsr_write", presented(small, KAUNAS)))
    assert answer.json()["scope"] == "openid tsr_write"
    assert (answer.headers["cache-control"], answer.headers["content-type"]) == (
        "no-store",
        "application/json",
    )


@pytest.mark.parametrize("scope", ["", "openid", "didr_write", "openid tnt_create", "openid x", "a b c"])
def test_a_definition_of_another_scope_is_a_problem(small: World, scope: str) -> None:
    answer = small.get(f"{SERVER}/presentation-definitions", params={"scope": scope})
    assert (answer.status_code, answer.json()["title"]) == (400, "Bad Request")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_definition_is_asked_for_by_its_scope(small: World) -> None:
    missing = small.get(f"{SERVER}/presentation-definitions")
    assert (missing.status_code, missing.json()["detail"]) == (400, "Missing or malformed: query.scope.")


def test_a_refusal_is_told_in_oauths_words(small: World) -> None:
    answer = asked(small, STRANGER, "didr_write")
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/json")
    assert answer.json() == {
        "error": "invalid_request",
        "error_description": f"{STRANGER.did} is not registered, as far as this node has followed.",
    }
    vp = presented(small, KAUNAS)
    for over, error in (
        ({"scope": "openid x"}, "invalid_scope"),
        ({"grant_type": "x"}, "unsupported_grant_type"),
    ):
        refusal = small.http.post(TOKEN, data=form("didr_write", vp) | over)
        assert (refusal.status_code, refusal.json()["error"]) == (400, error)
    foreign = {"grant_type": "client_credentials", "client_id": "x", "client_secret": "y"}
    assert small.http.post(TOKEN, data=foreign).json()["error"] == "unsupported_grant_type"


def test_a_presentation_that_was_shown_is_refused_the_second_time(small: World) -> None:
    fields = form("didr_write", presented(small, KAUNAS))
    assert small.http.post(TOKEN, data=fields).status_code == 200
    again = small.http.post(TOKEN, data=fields)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_request")
    assert "used before" in again.json()["error_description"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"grant_type",
        b"grant_type=vp_token&grant_type=vp_token&scope=x",
        b"a=1&" * 20 + b"a=1",
        b"grant_type=%ff",
    ],
)
def test_a_body_that_is_no_form_is_refused(small: World, body: bytes) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    answer = small.http.post(TOKEN, content=body, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_two_mebibytes_and_other_media_types_are_refused(small: World) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert small.http.post(TOKEN, content=b"a" * 2_097_152, headers=headers).status_code == 413
    assert small.http.post(TOKEN, json={}).status_code == 415


def test_a_flood_of_headers_is_refused(small: World) -> None:
    host, port = small.url.removeprefix("http://").split(":")
    connection = HTTPConnection(host, int(port), timeout=30)
    connection.request("POST", TOKEN, headers={f"x-{number}": "x" * 400 for number in range(99)})
    assert connection.getresponse().status == 431
    connection.close()


def test_a_rotated_key_is_in_the_set_beside_the_new_one(own: World) -> None:
    before = own.ok(f"{SERVER}/jwks")["keys"]
    token = bearer(own, KAUNAS, "tir_write")
    rotate(own.node)
    after = own.ok(f"{SERVER}/jwks")["keys"]
    assert after[1:] == before
    assert access_of(_request(own, token), own.node).subject == KAUNAS.did
    assert bearer(own, KAUNAS, "tir_write") != token


def _request(
    world: World, headers: dict[str, str] | None = None, *, peer: str = "127.0.0.1", host: str | None = None
) -> Request:
    given = {"Host": host or world.url.removeprefix("http://")} | (headers or {})
    named = [(name.lower().encode(), value.encode()) for name, value in given.items()]
    path = "/did-registry/v5/jsonrpc"
    return Request({"type": "http", "method": "POST", "path": path, "client": (peer, 5000), "headers": named})


def test_the_server_is_called_by_an_origin_or_by_loopback_and_by_nothing_a_stranger_says(
    small: World,
) -> None:
    node = small.node
    local = small.url + SERVER
    assert issuer(small) == local
    assert audiences_of(_request(small), node) == {ISSUER, local}
    for host, peer, headers in (
        (None, "203.0.113.7", {}),
        ("evil.example", "127.0.0.1", {}),
        ("evil.example", "203.0.113.7", {}),
        ("127.0.0.1", "203.0.113.7", {}),
        ("127.0.0.1:8080", "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}),
        ("127.0.0.1:x", "127.0.0.1", {}),
        ("127.0.0.1@evil.example", "127.0.0.1", {}),
        ("evil.example#127.0.0.1", "127.0.0.1", {}),
        ("[::1", "127.0.0.1", {}),
        ("registry.ankyra.invalid", "203.0.113.7", {}),
        ("REGISTRY.ankyra.invalid", "203.0.113.7", {}),
    ):
        request = _request(small, headers, peer=peer, host=host)
        assert issuer_of(request, node) == ISSUER, host
        assert audiences_of(request, node) == {ISSUER}, host
    for host in ("localhost", "localhost:80", "[::1]:8080", "127.8.9.10:1"):
        request = _request(small, host=host)
        assert issuer_of(request, node) == f"http://{host}{SERVER}"


@pytest.mark.parametrize(
    "headers",
    [{}, *({"Authorization": text} for text in ("Basic x", "Bearer", "Bearer a b", "Bearer é", "x"))],
)
def test_what_is_no_bearer_token_gives_no_access(small: World, headers: dict[str, str]) -> None:
    with pytest.raises(AccessRefused) as caught:
        access_of(_request(small, headers), small.node)
    assert caught.value.www_authenticate.startswith('Bearer realm="ankyra"')
    assert ("invalid_token" in caught.value.www_authenticate) is bool(headers)


def test_two_tokens_are_none(small: World) -> None:
    request = _request(small, bearer(small, KAUNAS, "tir_write"))
    request.scope["headers"].append(request.scope["headers"][-1])
    with pytest.raises(AccessRefused, match="one access token"):
        access_of(Request(request.scope), small.node)
