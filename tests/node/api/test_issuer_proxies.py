"""Issuers' proxies at a node, and what stood under them at a past time."""

import json
from email.utils import formatdate
from typing import Any

import pytest

from tests.node.api.conftest import KAUNAS
from tests.node.api.status_lists import (
    ORIGIN,
    PROXY_DATA,
    PROXY_ID,
    TIR,
    MadeList,
    add_proxy,
    path_of,
    publish,
    rfc3339,
    send,
)
from tests.node.api.world import World, rpc

pytestmark = pytest.mark.enable_socket


def test_the_list_of_a_past_time_stands_under_the_same_path(own: World) -> None:
    add_proxy(own, KAUNAS)
    times, lists = (
        [],
        [MadeList(KAUNAS, own.ledger.ledger.time(), revoked, name="past") for revoked in ((1,), (1, 2))],
    )
    for one in lists:
        publish(own, one)
        times.append(own.ledger.ledger.time())
        own.ledger.ledger.walk(times[-1] + 60)
        own.follow()
    path = path_of(KAUNAS, "past")
    for time, one in zip(times, lists, strict=True):
        for moment in (time, time + 30):
            then = own.get(path, params={"valid-at": rfc3339(moment)})
            assert (then.content, then.headers["last-modified"]) == (one.jwt, formatdate(time, usegmt=True))
    assert own.get(path).content == lists[-1].jwt
    early = own.get(path, params={"valid-at": "2020-01-01T00:00:00Z"})
    assert (early.status_code, early.json()["code"]) == (404, "proxyNotFound")
    gone = {"from": KAUNAS.address, "did": KAUNAS.did, "proxyId": "0x" + PROXY_ID.hex()}
    send(own, KAUNAS, TIR + "/jsonrpc", "removeIssuerProxy", gone)
    assert own.get(path).status_code == 404
    assert own.get(path, params={"valid-at": rfc3339(times[0])}).content == lists[0].jwt
    later = own.get(path, params={"valid-at": "2999-01-01T00:00:00Z"})
    assert (later.status_code, later.json()["code"]) == (400, "timeNotCome")
    assert own.get(path, params={"valid-at": "yesterday"}).status_code == 400


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"headers": {"Authorization": "Bearer x"}}, "public for ever"),
        ({"headers": {"Cookie": "session=x"}}, "public for ever"),
        ({"prefix": "https://user:secret@uni.example"}, "user's name"),
        ({"prefix": "http://uni.example"}, "https://"),
        ({"prefix": "https://10.0.0.5"}, "not public"),
        ({"prefix": "https://169.254.169.254/latest"}, "not public"),
    ],
)
def test_a_proxy_that_holds_a_secret_or_leads_inside_is_not_built(
    small: World, change: dict[str, Any], word: str
) -> None:
    data = {"prefix": ORIGIN, "headers": {}, "testSuffix": ""} | change
    given = {"from": KAUNAS.address, "did": KAUNAS.did, "proxyData": json.dumps(data)}
    refusal = rpc(small.http, TIR + "/jsonrpc", "addIssuerProxy", given)
    assert refusal.status_code == 400
    assert word in refusal.json()["error"]["message"]


def test_proxies_are_shown_as_of_a_past_time_and_with_the_time_of_their_last_change(own: World) -> None:
    base, here = (
        f"{TIR}/issuers/{KAUNAS.did}/proxies",
        f"{TIR}/issuers/{KAUNAS.did}/proxies/0x{PROXY_ID.hex()}",
    )
    began = own.ledger.ledger.time()
    given = {"from": KAUNAS.address, "did": KAUNAS.did, "proxyId": "0x" + PROXY_ID.hex()}
    updated = PROXY_DATA.replace('""', '"/x"')
    times = []
    for method, params in (
        ("addIssuerProxy", {"from": KAUNAS.address, "did": KAUNAS.did, "proxyData": PROXY_DATA}),
        ("updateIssuerProxy", {**given, "proxyData": updated}),
        ("removeIssuerProxy", given),
    ):
        own.ledger.ledger.walk(own.ledger.ledger.time() + 60)
        assert send(own, KAUNAS, TIR + "/jsonrpc", method, params).status_code == 200
        times.append(own.ledger.ledger.time())
    own.clock.seconds = own.ledger.ledger.time()
    for time, data in zip(times, (PROXY_DATA, updated), strict=False):
        then = own.get(here, params={"valid-at": rfc3339(time)})
        assert (then.text, then.headers["last-modified"]) == (data, formatdate(time, usegmt=True))
        assert len(own.ok(base, params={"valid-at": rfc3339(time)})["items"]) == 1
    for moment in (began, times[-1]):
        assert own.get(here, params={"valid-at": rfc3339(moment)}).json()["code"] == "proxyNotFound"
        assert own.ok(base, params={"valid-at": rfc3339(moment)})["items"] == []
    now = own.get(base)
    assert now.headers["last-modified"] == formatdate(times[-1], usegmt=True)
    assert own.get(base, headers={"If-None-Match": now.headers["etag"]}).status_code == 304
    assert own.get(base, params={"valid-at": "2999-01-01T00:00:00Z"}).json()["code"] == "timeNotCome"
