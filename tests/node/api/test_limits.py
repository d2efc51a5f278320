"""The layer before the routes: who asks too much hears so, who sends too slowly is given up."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest
from fastapi import Request

from node.api import limits
from node.api.rate import Rate
from node.app import application
from tests.node.api.conftest import KAUNAS
from tests.node.api.world import World, batch_body, digests, rpc, served

pytestmark = pytest.mark.enable_socket

ONE = {"x-forwarded-for": "198.51.100.9"}
OTHER = {"x-forwarded-for": "198.51.100.10"}


@contextmanager
def behind_a_proxy(made: World, *, rate_limit: int = 10) -> Iterator[httpx.Client]:
    """An application of the test's own, whose trusted proxy is this machine."""
    settings = made.node.settings.model_copy(
        update={"rate_limit": rate_limit, "trusted_proxies": ("127.0.0.1",)}
    )
    with (
        served(application(replace(made.node, settings=settings))) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=60) as http,
    ):
        yield http


def test_who_asks_too_much_is_told_when_to_come_again(small: World) -> None:
    with behind_a_proxy(small) as http:
        answers = [http.get("/v1/deployment", headers=ONE) for _ in range(11)]
        assert [answer.status_code for answer in answers] == [200] * 10 + [429]
        last = answers[-1]
        assert last.json()["code"] == "tooManyRequests"
        assert last.headers["content-type"] == "application/problem+json"
        assert 1 <= int(last.headers["retry-after"]) <= 6
        assert last.headers["access-control-allow-origin"] == "*"
        assert http.get("/v1/deployment", headers=OTHER).status_code == 200


def test_verdicts_and_batches_are_dearer(small: World) -> None:
    with behind_a_proxy(small) as http:
        statuses = [http.post("/v1/verifications", content=b"eyJ", headers=ONE).status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        body = batch_body(KAUNAS, digests("dear"))
        assert [http.post("/v1/batches", json=body, headers=OTHER).status_code for _ in range(2)] == [
            202,
            429,
        ]


def test_a_stream_is_paid_for_as_it_goes_on_and_waits_while_its_client_owes(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "LONG", -1.0)
    monkeypatch.setattr(limits, "LONGEST_WAIT", 0.001)
    rate, seen = Rate(per_minute=60), list[float]()

    def owe(cost: float, *, now: float) -> None:
        rate.owe("one", 100 + cost, now=now)

    def wait(*, now: float) -> float:
        seen.append(rate.take("one", 0, now=now))
        return seen[-1]

    async def streamed(scope: dict[str, object]) -> list[bytes]:
        request = Request({"type": "http", **scope})
        return [block async for block in limits.paid(request, iter([b"a", b"b", b"c"]))]

    assert asyncio.run(streamed({"ankyra.owe": owe, "ankyra.wait": wait})) == [b"a", b"b", b"c"]
    assert len(seen) == 3
    assert all(seen)
    assert asyncio.run(streamed({})) == [b"a", b"b", b"c"]


def test_the_historys_csv_is_paid_for(small: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LONG", 0.0)
    monkeypatch.setattr(limits, "LONG_SECOND", 1_000_000_000)
    monkeypatch.setattr(limits, "LONGEST_WAIT", 0.01)
    with behind_a_proxy(small) as http:
        assert http.get("/registry/history.csv", headers=ONE).status_code == 200
        assert http.get("/v1/deployment", headers=ONE).status_code == 429
        assert http.get("/v1/deployment", headers=OTHER).status_code == 200


def test_what_took_long_is_paid_for_afterwards(small: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LONG", -0.05)
    monkeypatch.setattr(limits, "LONG_SECOND", 1000)
    with behind_a_proxy(small, rate_limit=40) as http:
        statuses = [http.post("/v1/verifications", content=b"eyJ", headers=ONE).status_code for _ in range(2)]
        assert statuses == [200, 429]


def test_those_who_watch_and_programs_of_this_machine_are_not_counted(small: World) -> None:
    with behind_a_proxy(small, rate_limit=1) as http:
        for path in sorted(limits.HEALTH):
            assert {http.get(path, headers=ONE).status_code for _ in range(5)} <= {200, 503}
        assert {http.get("/v1/deployment").status_code for _ in range(5)} == {200}
        assert "ankyra_http_requests" in http.get("/metrics").text


def test_no_limit_is_a_setting(small: World) -> None:
    with behind_a_proxy(small, rate_limit=0) as http:
        assert {http.get("/v1/deployment", headers=ONE).status_code for _ in range(50)} == {200}


def test_a_trusted_proxy_opens_no_way_to_write_without_a_token(small: World) -> None:
    with behind_a_proxy(small, rate_limit=0) as http:
        for seen in ("127.0.0.1", "203.0.113.7"):
            http.headers.update({"x-forwarded-for": seen})
            answer = rpc(http, "/did-registry/v5/jsonrpc", "insertDidDocument")
            assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")


def test_a_body_that_trickles_is_given_up(small: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "GRACE", 0.2)
    address = httpx.URL(small.url)
    with closing(HTTPConnection(address.host, address.port or 0, timeout=60)) as connection:
        connection.putrequest("POST", "/v1/verifications")
        connection.putheader("Content-Length", "1000")
        connection.endheaders(b"eyJ")
        answer = connection.getresponse()
        assert (answer.status, b'"tooSlow"' in answer.read()) == (408, True)


def test_a_body_on_a_path_that_reads_none_ends_the_connection(
    small: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A stream of the history listens for its reader's end, and must not take a slow body for a failure."""
    monkeypatch.setattr(limits, "GRACE", 0.2)
    address = httpx.URL(small.url)
    with socket.create_connection((address.host, address.port or 0), timeout=60) as stranger:
        stranger.sendall(
            b"GET /v1/history HTTP/1.1\r\nHost: a\r\nAccept: application/x-ndjson\r\n"
            b"Content-Length: 9\r\n\r\n"
        )
        assert stranger.recv(12) == b"HTTP/1.1 200"
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


@pytest.mark.parametrize("given", ["10.0.0.0/33", "proxy.example", "10.0.0.1/8"])
def test_a_proxy_is_named_by_its_address(given: str, tmp_path: Path) -> None:
    from node.config import load_settings
    from node.errors import ConfigurationError

    with pytest.raises(ConfigurationError, match="trusted_proxies"):
        load_settings(trusted_proxies=given, data_dir=tmp_path)
