"""A token that is not quite one of ours gives no access."""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

import pytest

from credentials.securing.jose import sign_compact
from node.services.access_tokens import MAX_TOKEN, read_access
from node.services.authorisation_errors import AccessRefused
from node.services.invitations import invite
from node.services.node import Node
from node.services.node_keys import key_set, signing_key
from tests.node.services.presenting import ISSUER, Desk, ask, desk, form


@pytest.fixture(scope="module")
def open_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with desk(tmp_path_factory.mktemp("desk")) as made:
        yield made


def claims_of(made: Desk, **over: Any) -> dict[str, Any]:
    did, now = made.home.university.did, made.now
    claims = {
        "iss": ISSUER,
        "aud": ISSUER,
        "sub": did,
        "scp": "openid tir_write",
        "iat": now,
        "exp": now + 60,
    }
    return {name: value for name, value in (claims | over).items() if value is not None}


def refused(node: Node, token: str, words: str) -> None:
    with pytest.raises(AccessRefused, match=words) as caught:
        read_access(node, token, audiences={ISSUER})
    assert 'error="invalid_token"' in caught.value.www_authenticate


@pytest.mark.parametrize(
    ("over", "words"),
    [
        ({"exp": None}, "expired"),
        ({"exp": 1}, "expired"),
        ({"exp": "never"}, "signature validation|exp"),
        ({"iat": None}, "issued"),
        ({"iat": 4_000_000_000}, "future"),
        ({"aud": "https://another.example/authorisation/v4"}, "iss and aud"),
        ({"aud": None}, "iss and aud"),
        ({"aud": [ISSUER]}, "iss and aud"),
        ({"iss": "https://another.example", "aud": "https://another.example"}, "iss and aud"),
        ({"sub": "did:key:z2dm"}, "subject"),
        ({"sub": None}, "subject"),
        ({"scp": None}, "scope"),
        ({"scp": "tir_write"}, "scope"),
        ({"scp": "openid tir_write didr_write"}, "scope"),
        ({"scp": ["openid", "tir_write"]}, "scope"),
    ],
)
def test_a_claim_that_does_not_hold_gives_no_access(
    open_desk: Desk, over: dict[str, Any], words: str
) -> None:
    token = signing_key(open_desk.node).sign(claims_of(open_desk, **over))
    refused(open_desk.node, token, words)


def test_an_id_token_and_an_invitation_give_no_access(open_desk: Desk) -> None:
    answer = ask(open_desk.node, form("tir_write", open_desk.vp(open_desk.home.university)))
    found = read_access(open_desk.node, answer["access_token"], audiences={ISSUER})
    assert found.subject == open_desk.home.university.did
    refused(open_desk.node, answer["id_token"], "iss and aud")
    refused(open_desk.node, invite(open_desk.node, open_desk.stranger[0]), "iss and aud")


def _b64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def test_forged_headers_and_signatures_give_no_access(open_desk: Desk) -> None:
    node, key = open_desk.node, signing_key(open_desk.node)
    payload = json.dumps(claims_of(open_desk)).encode()
    public = json.dumps(key_set(node)["keys"][0]).encode()

    def forged(header: str, secret: bytes | None) -> str:
        body = f"{_b64(header.encode())}.{_b64(payload)}"
        return f"{body}." + (
            "" if secret is None else _b64(hmac.digest(secret, body.encode(), hashlib.sha256))
        )

    names = f'"kid":"{key.kid}","typ":"JWT"'
    refused(node, forged(f'{{"alg":"none",{names}}}', None), "alg")
    refused(node, forged(f'{{"alg":"HS256",{names}}}', public), "alg")
    refused(node, forged(f'{{"alg":"ES256","kid":"x",{names}}}', public), "a key twice")
    refused(node, forged(f'{{"alg":"ES256",{names}}}', public), "signature validation failed")
    for kid in ('"kid":"",', '"kid":7,', ""):
        refused(node, forged(f'{{"alg":"ES256",{kid}"typ":"JWT"}}', public), "empty or missing kid")
    refused(node, forged('{"alg":"ES256","kid":"x","typ":"JWT"}', public), "no key of this")
    for over in ({"typ": "at+jwt"}, {"jwk": {"kty": "EC"}}, {"jku": "https://x.example"}, {"cty": "JWT"}):
        header = {"kid": key.kid, "typ": "JWT"} | over
        token = sign_compact(header=header, payload=payload, key=key.key.private_key)
        refused(node, token, "its header")
    own = open_desk.home.world.key()
    bare = {"kid": key.kid, "typ": "JWT"}
    refused(node, sign_compact(header=bare, payload=payload, key=own.private), "signature validation failed")
    by_their_own = {"kid": f"{open_desk.home.university.did}#{own.fragment}", "typ": "JWT"}
    refused(node, sign_compact(header=by_their_own, payload=payload, key=own.private), "no key of this")


def test_what_is_no_jwt_gives_no_access(open_desk: Desk) -> None:
    node, key = open_desk.node, signing_key(open_desk.node)
    for text in ("", "x", "a.b", "a.b.c.d", "é.é.é", "e" * (MAX_TOKEN + 1)):
        refused(node, text, "Invalid JWT")
    for payload in (b"[]", b"{", b'{"sub":1,"sub":2}'):
        token = sign_compact(header={"kid": key.kid, "typ": "JWT"}, payload=payload, key=key.key.private_key)
        refused(node, token, "Invalid JWT")
