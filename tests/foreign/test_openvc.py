"""openvc-core verifies our issuers' signatures, finding their keys through the node's `/1.0/identifiers`."""

import json
import random
from pathlib import Path

import httpx
import pytest
from openvc import OpenvcError, VerificationPolicy, verify_credential
from openvc.did.base import DidDocument, DidResolutionError, DidResolverRegistry, parse_did_document

from did.base64url import decode_base64url, encode_base64url
from tests.foreign.degrees import issue
from tests.node.client.conftest import Play

pytestmark = pytest.mark.enable_socket

CREDENTIALS = 100


class ByNode:
    """A resolver of theirs that asks a node, as any client of a DIF resolver would."""

    def __init__(self, http: httpx.Client) -> None:
        self._http = http
        self.asked: list[str] = []

    def supports(self, did: str) -> bool:
        return did.startswith("did:ebsi:")

    def resolve(self, did: str) -> DidDocument:
        self.asked.append(did)
        answer = self._http.get(f"/1.0/identifiers/{did}")
        if answer.status_code != httpx.codes.OK:
            raise DidResolutionError(f"{did}: {answer.status_code}")
        return parse_did_document(answer.json()["didDocument"])


def theirs(jwt: str, resolver: ByNode) -> bool:
    """Whether openvc-core accepts the credential's signature and what binds it to its issuer."""
    policy = VerificationPolicy(require_status=False, require_schema=False)
    try:
        verify_credential(jwt, policy=policy, resolver=DidResolverRegistry([resolver]))
    except OpenvcError:
        return False
    return True


def ours(jwt: str, play: Play) -> bool:
    """Whether the node finds that the issuer, and nobody else, signed it."""
    answer = play.world.http.post(
        "/v1/verifications", content=jwt.encode(), headers={"Content-Type": "application/vc+jwt"}
    )
    assert answer.status_code == 200, answer.text
    told = {check["name"]: check["outcome"] for check in answer.json()["checks"]}
    return (told["format"], told["signature"]) == ("passed", "passed")


def spoilt(jwt: str, seed: int) -> str:
    """The JWT with one word of its payload or one character of its signature changed."""
    chance = random.Random(seed)
    header, payload, signature = jwt.split(".")
    if chance.random() < 0.5:
        claims = json.loads(decode_base64url(payload, max_bytes=100_000))
        claims["vc"]["credentialSubject"]["title"] += chance.choice("!?.")
        payload = encode_base64url(json.dumps(claims, separators=(",", ":")).encode())
    else:
        place = chance.randrange(len(signature) - 2)  # the last one holds bits that mean nothing
        other = chance.choice([one for one in "ABCDwxyz0189-_" if one != signature[place]])
        signature = signature[:place] + other + signature[place + 1 :]
    return f"{header}.{payload}.{signature}"


def test_both_agree_on_a_hundred_credentials_good_and_spoilt(abroad: Play, tmp_path: Path) -> None:
    resolver = ByNode(abroad.world.http)
    issued = issue(abroad, tmp_path / "out", CREDENTIALS)
    for seed, one in enumerate(issued):
        jwt = one.path.read_text()
        assert (ours(jwt, abroad), theirs(jwt, resolver)) == (True, True)
        bad = spoilt(jwt, seed)
        assert (ours(bad, abroad), theirs(bad, resolver)) == (False, False)
    assert set(resolver.asked) == {abroad.issuers["KTU"].did}


def test_both_refuse_a_key_of_somebody_else_and_an_unknown_issuer(abroad: Play, tmp_path: Path) -> None:
    resolver = ByNode(abroad.world.http)
    (one,) = issue(abroad, tmp_path / "out", 1)
    header, payload, signature = one.path.read_text().split(".")
    did = abroad.issuers["KTU"].did
    stranger = did[:-6] + did[-6:].swapcase()
    for fields, text in (
        ({"kid": f"{did}#nobody"}, payload),
        ({"kid": f"{abroad.issuers['Agency'].did}#{'x' * 43}"}, payload),
        (
            {"kid": f"{stranger}#key"},
            encode_base64url(
                decode_base64url(payload, max_bytes=100_000).replace(did.encode(), stranger.encode())
            ),
        ),
    ):
        changed = json.loads(decode_base64url(header, max_bytes=8192)) | fields
        jwt = f"{encode_base64url(json.dumps(changed).encode())}.{text}.{signature}"
        assert (ours(jwt, abroad), theirs(jwt, resolver)) == (False, False)
