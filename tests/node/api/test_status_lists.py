"""Status lists at a node: handed in by their issuers, published, hosted, never replaced by an earlier one."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from anchoring.bitstring import BitString
from anchoring.token_status_list import TokenStatusList
from credentials.status_list_token import sign_status_list_token
from node.db.session import writing
from node.services.status_lists import MAX_UNPUBLISHED
from tests.node.api.conftest import KAUNAS, TRENTO
from tests.node.api.status_lists import (
    ORIGIN,
    PROXY_DATA,
    PROXY_ID,
    SERVICE,
    TIR,
    MadeList,
    add_proxy,
    path_of,
    publish,
    publish_elsewhere,
    put,
    send,
)
from tests.node.api.world import World, rpc, world

pytestmark = pytest.mark.enable_socket


@pytest.fixture(scope="module")
def hosting(small: World) -> World:
    """A world in which Kaunas has a proxy."""
    add_proxy(small, KAUNAS)
    return small


def at_home(made: World, *revoked: int, **given: Any) -> MadeList:
    """A list of Kaunas, of now."""
    return MadeList(KAUNAS, made.ledger.ledger.time(), revoked, **given)


def test_a_list_is_kept_then_published_then_hosted(hosting: World) -> None:
    one = at_home(hosting, 7, name="first")
    assert hosting.get(path_of(KAUNAS, "first")).json()["code"] == "statusListNotFound"
    kept = put(hosting, one.jwt + b"\n")
    assert kept.status_code == 200, kept.text
    said = kept.json()
    assert (said["digest"], said["url"], said["purpose"]) == (one.digest, one.url, "revocation")
    assert (said["bits"], said["state"], said["did"]) == (131_072, "accepted", KAUNAS.did)
    assert hosting.get(f"/v1/payloads/{one.digest}").content == one.jwt
    assert hosting.get(path_of(KAUNAS, "first")).json()["code"] == "statusListNotFound"
    publish(hosting, one)
    found = hosting.get(path_of(KAUNAS, "first"))
    assert found.headers["content-type"] == "text/plain; charset=utf-8"
    assert found.content == one.jwt
    again = hosting.get(path_of(KAUNAS, "first"), headers={"If-None-Match": found.headers["etag"]})
    assert again.status_code == 304
    wanted = hosting.get(path_of(KAUNAS, "first"), headers={"Accept": "application/json"})
    assert (wanted.status_code, wanted.json()["title"]) == (406, "Not Acceptable")
    head = hosting.http.head(path_of(KAUNAS, "first"))
    assert (head.status_code, head.headers["etag"], head.content) == (200, found.headers["etag"], b"")
    assert put(hosting, one.jwt).json()["state"] == "anchored"


class TokenListMade(MadeList):
    """A Token Status List of 131,072 statuses of two bits."""

    @property
    def jwt(self) -> bytes:
        bits = BitString.empty(131_072, size=2).with_set(self.revoked, status=2)
        return sign_status_list_token(
            TokenStatusList(bits),
            sub=self.url,
            issued_at=self.now,
            expires=self.valid_until,
            kid=f"{self.actor.did}#c",
            key=self.actor.credential_key,
        ).encode()

    def params(self, **change: Any) -> dict[str, Any]:
        """The parameters that publish it."""
        return MadeList.params(self, **({"purpose": "status_list", "bits": 262_144} | change))


def test_a_list_of_tokens_is_kept_then_published_then_hosted(hosting: World) -> None:
    one = TokenListMade(KAUNAS, hosting.ledger.ledger.time(), (7,), name="tokens")
    kept = put(hosting, one.jwt, media_type="application/statuslist+jwt")
    assert kept.status_code == 200, kept.text
    said = kept.json()
    assert (said["url"], said["purpose"], said["bits"]) == (one.url, "status_list", 262_144)
    publish(hosting, one)
    assert hosting.get(path_of(KAUNAS, "tokens")).content == one.jwt


def test_what_was_published_last_is_given_and_what_is_withheld_is_never_replaced(hosting: World) -> None:
    first, second = at_home(hosting, name="next"), at_home(hosting, 3, name="next")
    publish(hosting, first)
    publish(hosting, second)
    assert hosting.get(path_of(KAUNAS, "next")).content == second.jwt
    publish_elsewhere(hosting, at_home(hosting, 3, 4, name="next"))
    withheld = hosting.get(path_of(KAUNAS, "next"))
    assert (withheld.status_code, withheld.json()["code"]) == (503, "statusListUnavailable")
    assert "earlier" in withheld.json()["detail"]
    assert "retry-after" in withheld.headers


def test_every_origin_of_the_registry_leads_to_one_list(own: World, tmp_path: Path) -> None:
    origins = (ORIGIN, "https://old.example")
    with world(own.ledger, tmp_path / "origins", origins=origins) as made:
        add_proxy(made, KAUNAS)
        older = at_home(made, name="both", origin="https://old.example")
        publish(made, older)
        assert made.get(path_of(KAUNAS, "both")).content == older.jwt
        newer = at_home(made, 1, name="both")
        publish(made, newer)
        assert made.get(path_of(KAUNAS, "both")).content == newer.jwt


REFUSED = {
    "another issuer's key": ({"key": TRENTO.credential_key}, 400, "invalidStatusList"),
    "another issuer's kid": ({"kid": f"{TRENTO.did}#c"}, 400, "invalidStatusList"),
    "an unknown key": ({"kid": f"{KAUNAS.did}#x"}, 400, "invalidStatusList"),
    "a key without a name": ({"kid": KAUNAS.did}, 400, "invalidStatusList"),
    "another origin": ({"origin": "https://elsewhere.example"}, 400, "misplacedStatusList"),
    "a list that has ended": ({"lasts": -1}, 400, "invalidStatusList"),
    "a dotted path": ({"name": "a/../b"}, 400, "misplacedStatusList"),
    "no list": ({"change": {"credentialSubject": {"id": "did:key:z6"}}}, 400, "invalidStatusList"),
    "no list's type": (
        {"change": {"type": ["VerifiableCredential", "VerifiableAttestation"]}},
        400,
        "invalidStatusList",
    ),
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_what_its_issuer_cannot_have_meant_is_refused(hosting: World, name: str) -> None:
    given, status, code = REFUSED[name]
    one = at_home(hosting, **given)
    answer = put(hosting, one.jwt)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert hosting.get(f"/v1/payloads/{one.digest}").status_code == 404


def test_a_list_in_the_place_of_another_issuer_is_refused(hosting: World) -> None:
    foreign = at_home(hosting).members | {"id": ORIGIN + path_of(TRENTO)}
    answer = put(hosting, at_home(hosting, change=foreign).jwt)
    assert (answer.status_code, answer.json()["code"]) == (400, "misplacedStatusList")


def test_a_list_under_another_version_of_the_path_is_refused(hosting: World) -> None:
    older = at_home(hosting).members | {"id": (ORIGIN + path_of(KAUNAS)).replace("/v5/", "/v4/")}
    answer = put(hosting, at_home(hosting, change=older).jwt)
    assert (answer.status_code, answer.json()["code"]) == (400, "misplacedStatusList")


def test_a_list_whose_own_name_looks_like_the_path_s_version_is_refused_as_well(hosting: World) -> None:
    older = ORIGIN + path_of(KAUNAS, "v5/x").replace(TIR, TIR.replace("v5", "v4"))
    answer = put(hosting, at_home(hosting, change={"id": older}).jwt)
    assert (answer.status_code, answer.json()["code"]) == (400, "misplacedStatusList")


@pytest.mark.parametrize(
    "odd",
    ["", "/", "a/../first", "%2e%2e/first", "fir%73t", "first/", "first//", "%ff", "%00", "x" * 3000],
)
def test_a_path_that_is_spelled_otherwise_leads_to_no_list(hosting: World, odd: str) -> None:
    publish(hosting, at_home(hosting, name="first"))
    with closing(HTTPConnection(hosting.url.removeprefix("http://"))) as asking:
        asking.request("GET", path_of(KAUNAS, odd))  # httpx would mend the path
        answer = asking.getresponse()
        assert answer.status in {400, 404}
        assert answer.headers["content-type"] == "application/problem+json"


def test_nobody_has_transactions_built_without_a_token(hosting: World) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "publishStatusList", "params": [{}]}
    answer = hosting.http.post(SERVICE, json=call, auth=httpx.Auth())
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


def test_an_issuer_without_a_proxy_has_no_place_for_lists(hosting: World) -> None:
    answer = put(hosting, MadeList(TRENTO, hosting.ledger.ledger.time()).jwt)
    assert (answer.status_code, answer.json()["code"]) == (404, "proxyNotFound")
    unknown = hosting.get(path_of(TRENTO))
    assert (unknown.status_code, unknown.json()["title"]) == (404, "Proxy Not Found")


def test_any_other_bytes_are_a_problem(hosting: World) -> None:
    for content in (b"", b"{}", b"a.b.c", b"\xff\0", b"." * 100, b"x" * 1_048_576):
        answer = put(hosting, content)
        assert (answer.status_code, answer.json()["code"]) == (400, "invalidStatusList")
    assert put(hosting, b"x" * 1_048_577).status_code == 413
    assert put(hosting, at_home(hosting).jwt, "application/json").json()["code"] == "unsupportedMediaType"


def test_no_flipped_byte_of_a_list_is_kept(hosting: World) -> None:
    whole = at_home(hosting, 5, name="flipped").jwt
    for place in range(0, len(whole), 37):
        changed = whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :]
        assert put(hosting, changed).status_code == 400, place


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("purpose", "suspension"),
        ("bits", 131_080),
        ("validFrom", 1),
        ("validUntil", 4_000_000_000),
        ("url", ORIGIN + path_of(KAUNAS, "other")),
        ("did", TRENTO.did),
        ("credentialDigest", "0x" + "ab" * 32),
    ],
)
def test_no_transaction_is_built_that_says_of_a_list_what_it_is_not(
    hosting: World, name: str, value: object
) -> None:
    one = at_home(hosting, name="said")
    assert put(hosting, one.jwt).status_code == 200
    answer = rpc(hosting.http, SERVICE, "publishStatusList", one.params(**{name: value}))
    assert answer.status_code == 400
    assert "The list" in answer.json()["error"]["message"]


def test_the_contract_is_asked_before_anybody_signs(hosting: World) -> None:
    one = at_home(hosting, name="unsigned")
    assert put(hosting, one.jwt).status_code == 200
    stranger = rpc(hosting.http, SERVICE, "publishStatusList", one.params(**{"from": TRENTO.address}))
    assert stranger.status_code == 400
    unknown = rpc(hosting.http, SERVICE, "publishStatusList", one.params(attributeId="0x" + "ab" * 32))
    assert unknown.status_code == 400
    for method in ("anchorBatch", "publish"):
        assert rpc(hosting.http, SERVICE, method, one.params()).status_code == 400
    assert rpc(hosting.http, SERVICE, "publishStatusList", []).status_code == 400


def test_a_dids_lists_that_wait_are_counted_and_dropped_in_the_end(own: World) -> None:
    add_proxy(own, KAUNAS)
    lists = [at_home(own, number) for number in range(MAX_UNPUBLISHED + 1)]
    for one in lists[:-1]:
        assert put(own, one.jwt).status_code == 200
    assert put(own, lists[0].jwt).status_code == 200
    full = put(own, lists[-1].jwt)
    assert (full.status_code, full.json()["code"]) == (429, "tooManyUnpublished")
    publish(own, lists[0])
    assert put(own, lists[-1].jwt).status_code == 200
    own.clock.pass_by(own.node.settings.batch_expiry + 1)
    own.ledger.ledger.mine()
    own.background.step()
    assert [own.get(f"/v1/payloads/{one.digest}").status_code for one in lists[:3]] == [200, 404, 404]
    assert own.get(path_of(KAUNAS)).content == lists[0].jwt


def test_lists_that_are_handed_in_at_once_do_not_share_one_free_place(own: World) -> None:
    """Play the race: each would see the place that another is about to take."""
    add_proxy(own, KAUNAS)
    texts = [at_home(own, number).jwt for number in range(MAX_UNPUBLISHED + 11)]
    for text_of_list in texts[: MAX_UNPUBLISHED - 1]:
        assert put(own, text_of_list).status_code == 200
    with ThreadPoolExecutor(12) as pool:
        answers = pool.map(partial(put, own), texts[MAX_UNPUBLISHED - 1 :])
        statuses = sorted(answer.status_code for answer in answers)
    assert statuses == [200, *[429] * 11]


def test_ebsis_paths_show_the_proxies_and_their_data_as_recorded(own: World) -> None:
    base = f"{TIR}/issuers/{KAUNAS.did}/proxies"
    assert own.ok(base)["items"] == []
    add_proxy(own, KAUNAS)
    listed = own.ok(base)
    assert [(one["proxyId"], listed["total"]) for one in listed["items"]] == [("0x" + PROXY_ID.hex(), 1)]
    assert own.get(listed["items"][0]["href"]).text == PROXY_DATA
    assert own.get(f"{base}/{PROXY_ID.hex()}").text == PROXY_DATA
    given = {"from": KAUNAS.address, "did": KAUNAS.did, "proxyId": "0x" + PROXY_ID.hex()}
    twice = rpc(own.http, TIR + "/jsonrpc", "addIssuerProxy", {**given, "proxyData": PROXY_DATA})
    assert twice.status_code == 400
    updated = PROXY_DATA.replace('""', '"/x"')
    send(own, KAUNAS, TIR + "/jsonrpc", "updateIssuerProxy", {**given, "proxyData": updated})
    assert own.get(f"{base}/0x{PROXY_ID.hex()}").text == updated
    one = at_home(own)
    publish(own, one)
    send(own, KAUNAS, TIR + "/jsonrpc", "removeIssuerProxy", given)
    assert own.ok(base)["items"] == []
    for path in (f"{base}/0x{PROXY_ID.hex()}", path_of(KAUNAS)):
        gone = own.get(path).json()
        assert (gone["status"], gone["title"], gone["type"]) == (404, "Proxy Not Found", "about:blank")
    assert put(own, at_home(own, 1).jwt).json()["code"] == "proxyNotFound"
    assert own.get(f"{base}/nothing").status_code == 400
    assert own.get(f"{TIR}/issuers/{TRENTO.did}x/proxies").status_code == 400


@pytest.fixture
def abroad(own: World, tmp_path: Path) -> Iterator[World]:
    """A second node on the same ledger, whose peer is the first."""
    with world(own.ledger, tmp_path / "abroad", peers=(own.url,)) as second:
        yield second


def test_a_node_abroad_copies_the_list_and_hosts_it_as_well(own: World, abroad: World) -> None:
    add_proxy(own, KAUNAS)
    one = at_home(own, 9)
    publish(own, one)
    abroad.follow()
    assert abroad.get(path_of(KAUNAS)).content == one.jwt
    assert abroad.get(f"/v1/payloads/{one.digest}").headers["content-type"] == "application/vc+jwt"
    later = at_home(own, 9, 10)
    publish(own, later)
    with writing(own.node.engine) as connection:  # the issuer's node loses it
        connection.execute(
            text("DELETE FROM payload WHERE hash = :hash"), {"hash": bytes.fromhex(later.digest)}
        )
    abroad.follow()
    for made in (own, abroad):
        assert made.get(path_of(KAUNAS)).status_code == 503
