"""Strangers who send large bodies: few are read at once, and none may keep a place for long."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from typing import Any

import httpx
import pytest

from node.api import large_bodies
from node.api.large_bodies import AT_ONCE, LARGE
from node.app import application
from tests.node.api.conftest import KAUNAS
from tests.node.api.world import World, batch_body, digests, served

pytestmark = pytest.mark.enable_socket

JSON = {"content-type": "application/json"}
BODY = b'{"a":"' + b"x" * LARGE + b'"}'


@contextmanager
def door(made: World) -> Iterator[tuple[httpx.Client, Callable[[int], None]]]:
    """An application of the test's own, and how to wait until that many of its places are taken."""
    app = application(made.node)

    def wait_for(held: int) -> None:
        deadline = time.monotonic() + 60
        while app.state.large_bodies.held != held:
            assert time.monotonic() < deadline, app.state.large_bodies
            time.sleep(0.01)

    with served(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as http:
        yield http, wait_for


@contextmanager
def stalled(http: httpx.Client) -> Iterator[HTTPConnection]:
    """A body of which a little more than `LARGE` bytes are sent, and then no more."""
    with closing(HTTPConnection(http.base_url.netloc.decode(), timeout=60)) as connection:
        connection.putrequest("POST", "/v1/batches")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(2 * LARGE))
        connection.endheaders(BODY)
        yield connection


def in_pieces() -> Iterator[bytes]:
    """The same body without a length declared."""
    for start in range(0, len(BODY), 65_536):
        yield BODY[start : start + 65_536]


def send(http: httpx.Client, content: Any) -> tuple[int, str]:
    """Status and code of the answer."""
    answer = http.post("/v1/batches", content=content, headers=JSON)
    assert ("retry-after" in answer.headers) == (answer.status_code == 503)
    return answer.status_code, answer.json()["code"]


def test_few_large_bodies_are_read_at_once_and_small_ones_always(small: World) -> None:
    with door(small) as (http, wait_for):
        with ExitStack() as strangers:
            others = [strangers.enter_context(stalled(http)) for _ in range(AT_ONCE)]
            wait_for(AT_ONCE)
            assert send(http, BODY) == (503, "busy")
            assert send(http, in_pieces()) == (503, "busy")
            batch = http.post("/v1/batches", json=batch_body(KAUNAS, digests("small among large")))
            assert batch.status_code == 202
            others[0].close()
            wait_for(AT_ONCE - 1)
            assert send(http, in_pieces()) == (400, "invalidRequest")
        wait_for(0)


def test_who_stalls_loses_its_place(small: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_bodies, "SECONDS", 0.1)
    with door(small) as (http, wait_for), stalled(http) as connection:
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())["code"]) == (408, "tooSlow")
        wait_for(0)
