"""The client's side of access tokens, against nodes that answer what a test says."""

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import httpx
import pytest

from credentials.securing.jose import parse_compact, verify_parsed
from did.json_text import parse_object
from node.client.access_tokens import AccessTokens, Scope
from node.client.api import Node
from node.client.errors import NodeProblem, Refused, UnexpectedAnswer
from node.client.issuing import Signer
from node.client.keys import PrivateKey, new_key
from node.client.registries import Registries
from node.client.transactions import Call
from tests.node.client.answers import node_that

DID = "did:ebsi:zZeKyEJfUTGwajhNyNX928z"
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
ISSUER = "https://registry.example.org/authorisation/v4"
DISCOVERY = {"issuer": ISSUER, "token_endpoint": f"{ISSUER}/token"}
INVITE = Call("DidRegistry", "insertDidDocument", (DID, "{}", "k", b"\x04", True, 1, 2))
UPDATE = Call("DidRegistry", "updateBaseDocument", (DID, "{}"))
RECORD = Call("TrustedIssuersRegistry", "setAttributeData", (DID, bytes(32), b"a.b.c"))
GRANT = Call("TrustedIssuersRegistry", "setAttributeMetadata", (DID, bytes(32), 3, DID, bytes(32)))


class Server:
    """An authorisation server and registries on paper."""

    def __init__(self, **given: Any) -> None:
        self.given = given
        self.asked: list[dict[str, str]] = []
        self.bearers: list[str | None] = []
        self.discoveries = 0
        self.now = NOW

    def __call__(self, request: httpx.Request) -> httpx.Response:  # noqa: PLR0911 - one for each path
        path = request.url.path
        if path.endswith("/openid-configuration"):
            self.discoveries += 1
            found = self.given.get("discovery", DISCOVERY)
            problem = {"title": "Not Found", "status": 404, "detail": path}
            return httpx.Response(404, json=problem) if found is None else httpx.Response(200, json=found)
        if path.endswith("/presentation-definitions"):
            scope = request.url.params["scope"].removeprefix("openid ")
            descriptors = self.given.get("descriptors", [{"id": f"{scope}_credential"}])
            return httpx.Response(200, json={"id": f"{scope}_presentation", "input_descriptors": descriptors})
        if path.endswith("/token"):
            assert path == "/authorisation/v4/token"
            assert request.headers["content-type"] == "application/x-www-form-urlencoded"
            form = {name: values[0] for name, values in parse_qs(request.content.decode()).items()}
            self.asked.append(form)
            if "refusal" in self.given:
                return httpx.Response(400, json=self.given["refusal"])
            token = {"access_token": f"token-{len(self.asked)}", "expires_in": 7200, "token_type": "Bearer"}
            return httpx.Response(200, json=token | self.given.get("token", {}))
        if "/issuers/" in path:
            known = self.given.get("has_attributes")
            problem = {"title": "Issuer Not Found", "status": 404}
            found = httpx.Response(200, json={"did": DID, "hasAttributes": known})
            return httpx.Response(404, json=problem) if known is None else found
        self.bearers.append(request.headers.get("authorization"))
        if self.bearers[-1] in self.given.get("stale", ()):
            return httpx.Response(401, json={"title": "Unauthorized", "status": 401, "detail": "expired"})
        return httpx.Response(200, json={"jsonrpc": "2.0", "id": 1, "result": "done"})


@pytest.fixture(scope="module")
def keys() -> tuple[PrivateKey, PrivateKey]:
    return new_key("secp256k1", random=os.urandom), new_key("P-256", random=os.urandom)


Tokens = Callable[[Server], AccessTokens]


@pytest.fixture
def tokens_of(keys: tuple[PrivateKey, PrivateKey]) -> Tokens:
    def signer(scope: Scope) -> Signer:
        return Signer.of(DID, keys[0] if scope == "didr_write" else keys[1])

    return lambda server: AccessTokens(node_that(server), signer, lambda: server.now)


def registries(tokens: AccessTokens, invitation: str | None = "inviting.jwt.text") -> Registries:
    return Registries(tokens.node, DID, tokens, lambda: invitation)


def presented(form: dict[str, str]) -> dict[str, Any]:
    return parse_object(parse_compact(form["vp_token"]).payload, max_bytes=1 << 16)


def test_a_presentation_is_for_one_server_one_use_and_a_few_minutes(
    tokens_of: Tokens, keys: tuple[PrivateKey, PrivateKey]
) -> None:
    server = Server()
    tokens = tokens_of(server)
    assert tokens.token("tir_write") == "token-1"
    tokens.forget("tir_write")
    assert tokens.token("tir_write") == "token-2"
    first, second = (presented(form) for form in server.asked)
    assert (first["aud"], first["iss"], first["sub"], first["vp"]["holder"]) == (ISSUER, DID, DID, DID)
    assert timedelta() < timedelta(seconds=first["exp"] - int(NOW.timestamp())) < timedelta(minutes=5)
    assert first["jti"] == first["vp"]["id"] != second["jti"]
    assert first["nonce"] != second["nonce"]
    assert first["vp"]["verifiableCredential"] == []
    parsed = parse_compact(server.asked[0]["vp_token"])
    assert parsed.header == {"alg": "ES256", "kid": f"{DID}#{keys[1].kid}", "typ": "JWT"}
    verify_parsed(parsed, jwk=dict(keys[1].public_jwk), algorithms=("ES256",))
    submission = parse_object(server.asked[0]["presentation_submission"], max_bytes=4096)
    assert (submission["definition_id"], submission["descriptor_map"]) == ("tir_write_presentation", [])
    assert (server.asked[0]["grant_type"], server.asked[0]["scope"]) == ("vp_token", "openid tir_write")


def test_a_token_serves_until_shortly_before_its_end(tokens_of: Tokens) -> None:
    server = Server()
    tokens = tokens_of(server)
    for later, expected in ((0, "token-1"), (7138, "token-1"), (7141, "token-2")):
        server.now = NOW + timedelta(seconds=later)
        assert tokens.token("tir_write") == expected
    assert server.discoveries == 1


@pytest.mark.parametrize(
    ("call", "route", "has_attributes", "scope", "credential"),
    [
        (INVITE, "did-registry/v5", None, "didr_invite", "inviting.jwt.text"),
        (UPDATE, "did-registry/v5", None, "didr_write", None),
        (RECORD, "trusted-issuers-registry/v5", None, "tir_invite", "a.b.c"),
        (RECORD, "trusted-issuers-registry/v5", False, "tir_invite", "a.b.c"),
        (RECORD, "trusted-issuers-registry/v5", True, "tir_write", None),
        (GRANT, "trusted-issuers-registry/v5", True, "tir_write", None),
        (Call("AnchorRegistry", "publishStatusList", ()), "v1/status-lists", True, "tir_write", None),
        (
            Call("TrustedSchemasRegistry", "insertSchema", ()),
            "trusted-schemas-registry/v3",
            True,
            "tsr_write",
            None,
        ),
    ],
)
def test_a_call_is_made_with_the_scope_that_it_needs_now(
    tokens_of: Tokens,
    call: Call,
    route: str,
    *,
    has_attributes: bool | None,
    scope: str,
    credential: str | None,
) -> None:
    server = Server(has_attributes=has_attributes)
    assert registries(tokens_of(server)).rpc(route, call, call.function, {}) == "done"
    assert server.bearers == ["Bearer token-1"]
    (form,) = server.asked
    assert form["scope"] == f"openid {scope}"
    assert presented(form)["vp"]["verifiableCredential"] == ([] if credential is None else [credential])
    places = parse_object(form["presentation_submission"], max_bytes=4096)["descriptor_map"]
    assert [place["path_nested"]["path"] for place in places] == (
        [] if credential is None else ["$.vp.verifiableCredential[0]"]
    )


def test_what_a_newly_registered_did_writes_is_asked_for_with_the_only_key_that_it_has(
    tokens_of: Tokens, keys: tuple[PrivateKey, PrivateKey]
) -> None:
    server = Server()
    tokens_of(server).token("didr_write")
    header = parse_compact(server.asked[0]["vp_token"]).header
    assert (header["alg"], header["kid"]) == ("ES256K", f"{DID}#{keys[0].kid}")


def test_a_token_that_is_refused_is_replaced_once(tokens_of: Tokens) -> None:
    server = Server(stale={"Bearer token-1"})
    assert registries(tokens_of(server)).rpc("did-registry/v5", UPDATE, UPDATE.function, {}) == "done"
    assert server.bearers == ["Bearer token-1", "Bearer token-2"]
    server = Server(stale={"Bearer token-1", "Bearer token-2"})
    with pytest.raises(NodeProblem, match="expired"):
        registries(tokens_of(server)).rpc("did-registry/v5", UPDATE, UPDATE.function, {})
    assert len(server.bearers) == 2


def test_a_node_without_an_authorisation_server_is_asked_without_a_token(tokens_of: Tokens) -> None:
    server = Server(discovery=None)
    calls = registries(tokens_of(server))
    for _ in range(2):
        assert calls.rpc("did-registry/v5", UPDATE, UPDATE.function, {}) == "done"
    assert (server.bearers, server.asked, server.discoveries) == ([None, None], [], 1)


def test_who_is_not_invited_is_told_so_before_anything_is_sent(tokens_of: Tokens) -> None:
    server = Server()
    with pytest.raises(Refused, match="not invited"):
        registries(tokens_of(server), None).rpc("did-registry/v5", INVITE, INVITE.function, {})
    assert (server.bearers, server.asked) == ([], [])
    old = Server(discovery=None)
    assert registries(tokens_of(old), None).rpc("did-registry/v5", INVITE, INVITE.function, {}) == "done"


def test_a_refusal_is_told_in_the_servers_words(tokens_of: Tokens) -> None:
    refusal = {"error": "invalid_request", "error_description": "the invitation has expired"}
    with pytest.raises(NodeProblem, match="the invitation has expired") as caught:
        tokens_of(Server(refusal=refusal)).token("didr_invite", credentials=["x.y.z"])
    assert (caught.value.status, caught.value.code) == (400, "invalid_request")


@pytest.mark.parametrize(
    "given",
    [
        {"discovery": {"issuer": ISSUER}},
        {"discovery": {"issuer": ISSUER, "token_endpoint": "https://elsewhere.example/token"}},
        {"discovery": {"issuer": ISSUER, "token_endpoint": f"{ISSUER}/../../v1/batches"}},
        {"discovery": {"issuer": ISSUER, "token_endpoint": ISSUER}},
        {"token": {"access_token": None}},
        {"token": {"access_token": "x" * 20_000}},
        {"token": {"access_token": "a\r\nX-Header: b"}},
        {"token": {"expires_in": "7200"}},
        {"descriptors": []},
        {"descriptors": [{"id": 7}]},
    ],
)
def test_an_answer_that_is_none_is_not_used(tokens_of: Tokens, given: dict[str, Any]) -> None:
    with pytest.raises(UnexpectedAnswer):
        tokens_of(Server(**given)).token("didr_invite", credentials=["x.y.z"])


def test_no_token_is_shown_by_what_holds_it(tokens_of: Tokens) -> None:
    tokens = tokens_of(Server())
    tokens.token("tir_write")
    assert "token-1" not in repr(tokens)


def test_a_token_is_sent_to_the_registry_alone() -> None:
    seen: list[str | None] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers.get("authorization"))
        return httpx.Response(200, json={"jsonrpc": "2.0", "id": 1, "result": "0x1"})

    node: Node = node_that(answer)
    node.rpc("did-registry/v5", "updateBaseDocument", {}, token="secret")
    node.ledger("eth_blockNumber", [])
    assert seen == ["Bearer secret", None]
