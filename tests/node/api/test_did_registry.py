"""EBSI's DID Registry: filters, actions, documents over time, events."""

import json
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

import pytest
from eth_keys.datatypes import PublicKey

from did.methods.ebsi import new_did
from node.api.forms import rfc3339
from tests.credentials.world import Country, country
from tests.node.api.registry import Registry, registry
from tests.node.api.world import rpc

pytestmark = pytest.mark.enable_socket

DIDS = "/did-registry/v5/identifiers"
UNKNOWN = new_did(b"\7" * 16)


@pytest.fixture(scope="module")
def home() -> Country:
    """A country whose ministry was made a controller of the university's DID, and whose Root TAO was not."""
    made = country()
    made.world.write("did.controller.added", did=made.university.did, controller=made.tao.did)
    made.world.wait(600)
    return made


@pytest.fixture(scope="module")
def served(home: Country, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with registry(home.world, tmp_path_factory.mktemp("registry")) as made:
        yield made


def account(home: Country, did: str) -> str:
    """The account of the key with which a DID was registered."""
    fields = next(one for kind, one, _ in home.world.log if kind == "did.inserted" and one["did"] == did)
    return str(PublicKey(fields["publicKey"][1:]).to_checksum_address())


def test_dids_are_found_by_their_controller(served: Registry, home: Country) -> None:
    found = served.ok(DIDS, params={"controller": home.tao.did, "page[size]": "1"})
    assert [one["did"] for one in found["items"]] == [home.tao.did]
    assert found["total"] == 2
    assert found["links"]["next"].endswith(f"?page[after]=2&page[size]=1&controller={home.tao.did}")
    second = served.ok(found["links"]["next"])
    assert [one["did"] for one in second["items"]] == [home.university.did]
    assert served.ok(second["items"][0]["href"])["controller"] == [home.university.did, home.tao.did]


def test_dids_are_found_by_a_key_that_is_in_force_now(served: Registry, home: Country) -> None:
    key = home.university.key.fragment
    asked = {"verification-method-id": key, "verification-relationship": "assertionMethod"}
    found = served.ok(DIDS, params=asked)
    assert [one["did"] for one in found["items"]] == [home.university.did]
    assert f"&verification-method-id={key}&verification-relationship=assertionMethod" in found["self"]
    assert served.ok(DIDS, params=asked | {"verification-relationship": "keyAgreement"})["total"] == 0
    assert served.ok(DIDS, params=asked | {"verification-method-id": "none"})["items"] == []
    before = served.clock.seconds
    served.clock.seconds += 11 * 365 * 86_400
    assert served.ok(DIDS, params=asked)["total"] == 0
    served.clock.seconds = before
    assert served.ok(DIDS, params=asked)["total"] == 1


@pytest.mark.parametrize(
    ("query", "status", "detail"),
    [
        (f"controller={UNKNOWN}", 404, f"Controller {UNKNOWN} not found"),
        ("controller=did:key:z1", 400, "did:ebsi"),
        ("verification-method-id=k", 400, "Both verification-method-id and verification-relationship must"),
        ("verification-relationship=authentication", 400, "Both verification-method-id and"),
        (f"controller={UNKNOWN}&verification-method-id=k", 400, "It is not possible to filter by controller"),
        ("verification-method-id=k&verification-relationship=x", 400, "must be one of authentication,"),
    ],
)
def test_a_filter_that_cannot_be_is_refused(served: Registry, query: str, status: int, detail: str) -> None:
    problem = served.refused(f"{DIDS}?{query}")
    assert (problem["status"], problem["type"]) == (status, "about:blank")
    assert detail in problem["detail"]


def test_who_acts_for_a_did_is_told_to_everybody(served: Registry, home: Country) -> None:
    path = f"{DIDS}/{home.university.did}/actions"
    acts = {
        did: rpc(served.http, path, "checkController", account(home, did)).json()
        for did in (home.university.did, home.tao.did, home.root.did)
    }
    assert [one["result"] for one in acts.values()] == [True, True, False]
    assert acts[home.tao.did] == {"jsonrpc": "2.0", "id": 7, "result": True}
    before = served.clock.seconds
    served.clock.seconds += 11 * 365 * 86_400
    assert rpc(served.http, path, "checkController", account(home, home.tao.did)).json()["result"] is False
    served.clock.seconds = before


def test_an_action_that_cannot_be_is_a_json_rpc_error(served: Registry, home: Country) -> None:
    somebody, path = "0x" + "ab" * 20, f"{DIDS}/{home.university.did}/actions"
    for at, method, params in (
        (f"{DIDS}/{UNKNOWN}/actions", "checkController", [somebody]),
        (path, "checkController", []),
        (path, "checkController", [somebody, somebody]),
        (path, "checkController", [7]),
        (path, "checkController", ["0x" + "ab" * 19]),
        (path, "insertDidDocument", [{}]),
    ):
        answer = rpc(served.http, at, method, *params)
        assert (answer.status_code, answer.json()["error"]["code"]) == (400, -32600), answer.text
    assert answer.json()["error"]["message"] == "The method 'insertDidDocument' is invalid"
    assert served.http.get(path).status_code == 405


def test_a_document_is_told_as_it_was(served: Registry, home: Country) -> None:
    path, added = f"{DIDS}/{home.university.did}", home.world.log[-1][2]
    before = served.ok(path, params={"valid-at": rfc3339(added - 1)})
    assert before["controller"] == [home.university.did]
    assert before["assertionMethod"] == [home.university.kid]
    now = served.get(path)
    assert now.json()["controller"] == [home.university.did, home.tao.did]
    assert parsedate_to_datetime(now.headers["last-modified"]).timestamp() == added


def test_an_expired_key_leaves_the_document_by_itself(served: Registry, home: Country) -> None:
    path, before = f"{DIDS}/{home.root.did}", served.clock.seconds
    held = served.get(path)
    assert served.get(path, headers={"If-None-Match": held.headers["etag"]}).status_code == 304
    served.clock.seconds += 11 * 365 * 86_400
    ended = served.get(path, headers={"If-None-Match": held.headers["etag"]})
    assert (ended.status_code, "verificationMethod" in ended.json()) == (200, False)
    assert parsedate_to_datetime(ended.headers["last-modified"]).timestamp() > before
    served.clock.seconds = before
    assert served.get(path).headers["etag"] == held.headers["etag"]


def test_the_events_of_a_did_are_named_as_ebsi_names_them(served: Registry, home: Country) -> None:
    path = f"/did-registry/v6/identifiers/{home.university.did}/events"
    first = served.ok(path, params={"page[size]": "3"})
    assert "total" not in first
    assert set(first["links"]) == {"first", "prev", "next"}
    second = served.ok(first["links"]["next"])
    assert [one["event"] for one in first["items"] + second["items"]] == [
        "DidDocumentInserted",
        "VerificationMethodAdded",
        "VerificationRelationshipAdded",
        "VerificationRelationshipAdded",
        "ControllerAdded",
    ]
    assert second["links"]["next"] == second["self"]
    last = second["items"][-1]
    assert set(last) == {"id", "event", "signer", "timestamp", "txId", "blockNumber"}
    assert (last["id"], last["timestamp"]) == (str(len(home.world.log) - 1), str(home.world.log[-1][2]))
    assert served.ok(path, params={"page[after]": "9"})["items"] == []
    unknown = served.refused(f"/did-registry/v6/identifiers/{UNKNOWN}/events")
    assert (unknown["status"], unknown["title"]) == (404, "Identifier Not Found")


def test_representations_have_tags_of_their_own_and_the_first_is_json_ld(
    served: Registry, home: Country
) -> None:
    path = f"{DIDS}/{home.university.did}"
    answers = [
        served.get(path, headers={"Accept": accept})
        for accept in ("application/did+ld+json", "application/did+json", "application/json, text/plain, */*")
    ]
    assert [one.headers["content-type"] for one in answers] == [
        "application/did+ld+json",
        "application/did+json",
        "application/did+ld+json",
    ]
    assert answers[0].headers["etag"] == answers[2].headers["etag"] != answers[1].headers["etag"]
    assert list(json.loads(answers[0].text))[:2] == ["@context", "id"]
