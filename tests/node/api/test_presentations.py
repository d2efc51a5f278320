"""Presentations sent to a node: told by their content, bound to a nonce and an audience, bounded in work."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from credentials.presentation import MOST_CREDENTIALS
from node.api import judged
from node.api.verifications import MAX_CREDENTIAL
from node.app import application
from tests.credentials.credential_makers import CONTEXTS
from tests.credentials.presentations import AUDIENCE, NONCE, Wallet, enveloped, presentation
from tests.credentials.world import Country, country
from tests.node.api.world import served
from tests.node.projected import node_of

pytestmark = pytest.mark.enable_socket

PATH = "/v1/verifications"
ASKED = {"expected-nonce": NONCE, "expected-audience": AUDIENCE}
PROXY = {"x-forwarded-for": "203.0.113.7"}
Json = dict[str, Any]


@dataclass
class Desk:
    """A node, and a learner with a credential of each data model, and one of somebody else."""

    home: Country
    wallet: Wallet
    credentials: list[bytes]
    http: httpx.Client

    def sent(self, body: bytes, media_type: str = "text/plain", **query: str) -> httpx.Response:
        return self.http.post(PATH, content=body, params=query, headers={"content-type": media_type})

    def verdict(self, body: bytes, media_type: str = "text/plain", **query: str) -> Json:
        answer = self.sent(body, media_type, **(query or ASKED))
        assert answer.status_code == 200, answer.text
        found: Json = answer.json()
        return found


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    home = country()
    wallet = Wallet(home.world)
    credentials = [
        home.world.issue(home.university, subject=wallet.subject(), version=version)
        for version in ("1.1", "2.0")
    ]
    home.world.anchor(home.university, credentials)
    home.world.wait(600)
    folder = tmp_path_factory.mktemp("presentations")
    with (
        node_of(home.world, folder, trusted_proxies=("127.0.0.1",), rate_limit=1000) as node,
        served(application(node)) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=120) as http,
    ):
        yield Desk(home, wallet, credentials, http)


@pytest.mark.parametrize("media_type", ["application/vp+jwt", "application/vc+jwt", "text/plain"])
@pytest.mark.parametrize("version", ["1.1", "2.0"])
def test_a_presentation_is_judged_under_any_media_type(desk: Desk, version: str, media_type: str) -> None:
    found = desk.verdict(desk.wallet.shows(*desk.credentials, version=version), media_type)
    assert (found["schema"], found["outcome"]) == ("ankyra-presentation-verdict/1", "valid")
    assert [one["outcome"] for one in found["credentials"]] == ["valid", "valid"]
    assert found["holder"]["outcome"] == "passed"
    assert found["asOf"]["size"] == len(desk.home.world.log)


def test_an_envelope_says_what_the_holder_was_told(desk: Desk) -> None:
    token = desk.wallet.shows(*desk.credentials).decode()
    envelope = {"credential": token, "expectedNonce": NONCE, "expectedAudience": AUDIENCE}
    answer = desk.http.post(PATH, json=envelope).json()
    assert answer == desk.verdict(token.encode())
    inside = enveloped(desk.wallet.shows(*desk.credentials, version="2.0").decode(), kind="Presentation")
    assert desk.http.post(PATH, json=envelope | {"credential": inside}).json()["outcome"] == "valid"
    assert desk.verdict(json.dumps(inside).encode(), "application/json")["outcome"] == "valid"
    relaxed = desk.http.post(PATH, json={"credential": token, "policy": {"relax": ["holder"]}}).json()
    assert (relaxed["outcome"], relaxed["holder"]["reason"]) == ("valid", "no_expected_nonce")


def test_an_envelope_of_a_credential_is_judged_as_the_token_in_it(desk: Desk) -> None:
    for token in desk.credentials:
        alone, envelope = desk.verdict(token), enveloped(token.decode())
        assert alone["outcome"] == "valid"
        assert desk.verdict(json.dumps(envelope).encode(), "application/json") == alone
        assert desk.http.post(PATH, json={"credential": envelope}).json()["outcome"] == "valid"
    more = json.dumps(envelope | {"name": "Doctor"}).encode()
    assert desk.verdict(more, "application/json")["outcome"] == "invalid"


def test_an_issuer_named_by_a_web_address_is_not_called_forged(desk: Desk) -> None:
    home = desk.home
    for version in ("1.1", "2.0"):

        def elsewhere(members: Json) -> None:
            members["issuer"] = "https://university.example/issuers/1"

        found = desk.verdict(home.world.issue(home.university, version=version, edit=elsewhere))
        assert (found["outcome"], found["checks"][0]["reason"]) == ("indeterminate", "not_judged")


@pytest.mark.parametrize(
    ("query", "outcome", "reason"),
    [
        ({"expected-nonce": "another", "expected-audience": AUDIENCE}, "invalid", "other_nonce"),
        ({"expected-nonce": NONCE, "expected-audience": "another"}, "invalid", "other_audience"),
        ({"expected-nonce": NONCE}, "indeterminate", "no_expected_audience"),
        ({"relax": "schema"}, "indeterminate", "no_expected_nonce"),
    ],
)
def test_a_replay_is_not_valid(desk: Desk, query: dict[str, str], outcome: str, reason: str) -> None:
    found = desk.verdict(desk.wallet.shows(*desk.credentials), **query)
    assert (found["outcome"], found["holder"]["reason"]) == (outcome, reason)
    assert {one["outcome"] for one in found["credentials"]} == {outcome}


def test_whose_credentials_and_whose_signature_is_looked_at(desk: Desk) -> None:
    other = Wallet(desk.home.world)
    for document, reason in (
        (desk.wallet.shows(desk.home.credential), None),
        (other.shows(*desk.credentials), None),
        (desk.wallet.shows(*desk.credentials, key=other.key), "signature_mismatch"),
        (desk.wallet.shows(*desk.credentials, claims={"iss": other.did}), "malformed"),
        (json.dumps(presentation(desk.wallet.did, desk.credentials)).encode(), "unsigned_presentation"),
    ):
        found = desk.verdict(document)
        assert (found["outcome"], found["holder"]["reason"]) == ("invalid", reason)
    assert desk.verdict(desk.wallet.shows())["outcome"] == "indeterminate"
    assert desk.verdict(desk.wallet.shows(desk.wallet.shows()))["outcome"] == "indeterminate"


@pytest.mark.parametrize(
    "members",
    [{"expectedNonce": 7}, {"expectedNonce": ""}, {"expectedNonce": "n" * 257}, {"expectedAudience": []}],
    ids=repr,
)
def test_what_is_no_text_was_told_to_nobody(desk: Desk, members: Json) -> None:
    answer = desk.http.post(PATH, json={"credential": "x"} | members)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalidRequest")
    queried = desk.sent(b"x", **{"expected-nonce": ""})
    assert (queried.status_code, queried.json()["code"]) == (400, "invalidParameter")
    beside = desk.http.post(PATH, json={"credential": "x"}, params=ASKED)
    assert (beside.status_code, beside.json()["code"]) == (400, "invalidParameter")


@pytest.mark.parametrize("count", [MOST_CREDENTIALS + 1, 10_000])
def test_more_credentials_than_are_judged_together_are_a_problem(desk: Desk, count: int) -> None:
    answer = desk.sent(desk.wallet.shows(*[b"a.b.c"] * count), **ASKED)
    assert (answer.status_code, answer.json()["code"]) == (400, "tooManyCredentials")
    assert answer.json()["detail"] == (
        f"A presentation with {count} credentials: at most 100 are judged together."
    )
    assert desk.verdict(desk.credentials[0])["outcome"] == "valid"


def test_ten_thousand_objects_are_refused_before_any_is_looked_at(desk: Desk) -> None:
    shown = [{"@context": [CONTEXTS["2.0"]], "type": "VerifiableCredential"}] * 10_000
    body = json.dumps(presentation(desk.wallet.did, shown, version="2.0")).encode()
    if len(body) > MAX_CREDENTIAL:
        body = body.replace(b"https://www.w3.org/ns/credentials/v2", b"x")
    found = desk.verdict(body)
    assert (found["outcome"], found["checks"][0]["reason"]) == ("invalid", "malformed")
    assert desk.verdict(desk.credentials[0])["outcome"] == "valid"


@pytest.mark.parametrize(
    "shown",
    [b"\xff\xd8\xff\xe0\x00\x10JFIF", b"PK\x03\x04" + bytes(1000), b"\x1f\x8b" + bytes(1000), b"{" * 10_000],
    ids=["jpeg", "zip", "gzip", "brackets"],
)
def test_binaries_get_a_verdict_alone_and_in_a_presentation(desk: Desk, shown: bytes) -> None:
    assert desk.verdict(shown)["outcome"] == "invalid"
    inside = desk.wallet.shows(
        vp={"verifiableCredential": [shown.decode("latin-1"), desk.credentials[0].decode()]}
    )
    found = desk.verdict(inside)
    assert [one["outcome"] for one in found["credentials"]] == ["invalid", "valid"]


def test_each_credential_counts_as_a_verification(desk: Desk) -> None:
    document = desk.wallet.shows(*[b"a.b.c"] * MOST_CREDENTIALS)
    headers = PROXY | {"content-type": "text/plain"}
    answers = [desk.http.post(PATH, content=document, headers=headers) for _ in range(3)]
    assert answers[0].status_code == 200
    assert len(answers[0].json()["credentials"]) == MOST_CREDENTIALS
    assert (answers[2].status_code, answers[2].json()["code"]) == (429, "tooManyRequests")


def test_what_takes_too_long_is_left_and_said_so(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judged, "PATIENCE", -1.0)
    found = desk.verdict(desk.wallet.shows(*desk.credentials))
    assert found["outcome"] == "indeterminate"
    assert {one["checks"][0]["reason"] for one in found["credentials"]} == {"out_of_time"}
