"""Strangers at the socket: they trickle, fall silent, never read, come in crowds; the node serves on."""

import json
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Response
from starlette.responses import StreamingResponse

from node.api.clients import Clients
from node.api.connections import MAX_HEAD, MAX_HEADERS, Doors
from node.app import application
from tests.node.api.world import World, served

pytestmark = pytest.mark.enable_socket

SHORT = 0.2
GET = b"GET /healthz HTTP/1.1\r\nHost: a\r\n"
MEGABYTE = b"x" * 1_048_576


@dataclass(slots=True)
class Door:
    """A server of the test's own, and the way to it."""

    address: tuple[str, int]
    doors: Doors
    http: httpx.Client

    def knock(self, said: bytes = b"") -> socket.socket:
        stranger = socket.create_connection(self.address, timeout=60)
        stranger.sendall(said)
        return stranger

    def until(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + 60
        while not condition():
            assert time.monotonic() < deadline, self.doors
            time.sleep(0.01)

    def until_open(self, count: int) -> None:
        self.until(lambda: self.doors.open == count)


@contextmanager
def door(made: World, *, add: Callable[[FastAPI], None] | None = None, **bounds: Any) -> Iterator[Door]:
    app = application(made.node)
    if add is not None:
        add(app)
    for name, value in bounds.items():
        setattr(app.state.doors.limits, name, value)
    with served(app) as url, httpx.Client(base_url=url, trust_env=False, timeout=60) as http:
        base = httpx.URL(url)
        yield Door((base.host, base.port or 0), app.state.doors, http)


def everything(stranger: socket.socket) -> bytes:
    """What comes until the other side ends the connection."""
    came = b""
    while True:
        try:
            part = stranger.recv(65_536)
        except ConnectionResetError:
            return came
        if not part:
            return came
        came += part


def pour(stranger: socket.socket, said: bytes) -> None:
    """Say it again and again until the other side has ended the connection."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            stranger.sendall(said)
        except OSError:
            return
        time.sleep(0.002)
    pytest.fail("nobody objected")


def problem(answer: bytes) -> tuple[int, str]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head, answer
    return int(head.split()[1]), json.loads(body)["code"]


def test_who_sends_nothing_is_shown_out(small: World) -> None:
    with door(small, head_seconds=SHORT) as at, at.knock() as silent, at.knock(b"\r\n") as blank:
        assert everything(silent) == b""
        assert everything(blank) == b""


def test_a_head_that_trickles_is_given_up(small: World) -> None:
    with door(small, head_seconds=SHORT) as at, at.knock(GET + b"A: ") as stranger:
        pour(stranger, b"x")
        answer = everything(stranger)
        if answer:  # what was underway when it closed may have reset the connection before it was read
            assert problem(answer) == (408, "headTooSlow")


def test_a_head_that_stops_halfway_is_told_so(small: World) -> None:
    with door(small, head_seconds=SHORT) as at, at.knock(GET) as stranger:
        assert problem(everything(stranger)) == (408, "headTooSlow")


def test_a_head_without_end_is_cut_short(small: World) -> None:
    with door(small) as at:
        for said in (
            GET + b"A: " + b"x" * (MAX_HEAD + 1) + b"\r\n\r\n",
            GET + b"A: b\r\n" * (MAX_HEADERS + 1) + b"\r\n",
            b"GET /" + b"x" * (MAX_HEAD + 1) + b" HTTP/1.1\r\n\r\n",
        ):
            with at.knock(said) as stranger:
                assert problem(everything(stranger)) == (431, "headTooLarge")
        with at.knock(GET + b"A: ") as stranger:
            pour(stranger, b"x" * 4096)


def test_chunks_and_trailers_without_end_are_cut_short(small: World) -> None:
    post = b"POST /v1/verifications HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    with door(small) as at:
        for begun, endless in ((b"1;", b"x" * 4096), (b"", b"1\r\ne\r\n" * 700), (b"0\r\nA: ", b"x" * 4096)):
            with at.knock(post + begun) as stranger:
                pour(stranger, endless)
        at.until_open(0)


def test_what_is_no_http_is_told_so(small: World) -> None:
    with door(small) as at:
        for said in (
            b"\x16\x03\x01\x02\x00\x01",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            b"GET\r\n\r\n",
            b"\x00",
        ):
            with at.knock(said) as stranger:
                assert problem(everything(stranger)) == (400, "malformedRequest")


def test_what_asks_for_another_protocol_gets_none(small: World) -> None:
    with door(small) as at, at.knock(GET + b"Connection: upgrade\r\nUpgrade: websocket\r\n\r\n") as stranger:
        assert stranger.recv(12) == b"HTTP/1.1 200"
        stranger.sendall(b"\x81\x05hello")
        everything(stranger)
        at.until_open(0)


def test_a_body_that_nobody_wants_ends_in_its_time(small: World) -> None:
    with (
        door(small, linger_seconds=SHORT) as at,
        at.knock(GET + b"Content-Length: 1000000\r\n\r\n") as stranger,
    ):
        assert stranger.recv(12) == b"HTTP/1.1 200"
        stranger.sendall(b"x")
        everything(stranger)
        at.until_open(0)


def test_after_such_a_body_the_connection_serves_on(small: World) -> None:
    with door(small, head_seconds=SHORT) as at, at.knock(GET + b"Content-Length: 5\r\n\r\n") as stranger:
        assert stranger.recv(65_536).startswith(b"HTTP/1.1 200")
        stranger.sendall(b"xxxxx" + GET + b"\r\n")
        assert stranger.recv(65_536).startswith(b"HTTP/1.1 200")
        stranger.sendall(GET + b"Content-Length: 5\r\n\r\n")
        assert stranger.recv(65_536).startswith(b"HTTP/1.1 200")
        stranger.sendall(b"xxxxx")
        assert everything(stranger) == b""


@pytest.mark.parametrize("path", ["/whole", "/streamed"])
def test_who_never_reads_a_large_answer_is_dropped(small: World, path: str) -> None:
    def large(app: FastAPI) -> None:
        def whole() -> Response:
            return Response(MEGABYTE * 32)

        def streamed() -> Response:
            return StreamingResponse(MEGABYTE for _ in range(32))

        app.add_api_route("/whole", whole, response_model=None)
        app.add_api_route("/streamed", streamed, response_model=None)

    asked = b"GET %s HTTP/1.1\r\nHost: a\r\n\r\n" % path.encode()
    with (
        door(small, add=large, stall_seconds=SHORT, slowest_reader=1 << 30) as at,
        ExitStack() as strangers,
    ):
        for _ in range(4):
            strangers.enter_context(at.knock(asked))
        at.until_open(4)
        at.until_open(0)
        at.doors.limits.stall_seconds = 60.0  # the next one reads, at whatever pace this machine has left
        assert len(at.http.get(path).content) == 32 * len(MEGABYTE)


def test_who_reads_slowly_but_surely_gets_all(small: World) -> None:
    def large(app: FastAPI) -> None:
        app.add_api_route("/whole", lambda: Response(MEGABYTE * 16), response_model=None)

    with (
        door(small, add=large, stall_seconds=SHORT, slowest_reader=65_536) as at,
        at.knock(b"GET /whole HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") as reader,
    ):
        came = 0
        while part := reader.recv(1_048_576):
            came += len(part)
            time.sleep(0.02)
        assert came > 16 * len(MEGABYTE)


def test_one_client_holds_so_many_connections_and_no_more(small: World) -> None:
    with door(small, of_one_client=4, spare=2) as at, ExitStack() as strangers:
        crowd = [strangers.enter_context(at.knock()) for _ in range(4)]
        at.until_open(4)
        with at.knock(b"GET /v1/deployment HTTP/1.1\r\nHost: a\r\n\r\n") as one_too_many:
            assert problem(everything(one_too_many)) == (429, "tooManyConnections")
        with at.knock(GET + b"\r\n") as watcher:
            assert watcher.recv(12) == b"HTTP/1.1 200"
        at.until_open(4)
        told = [strangers.enter_context(at.knock()) for _ in range(2)]
        at.until_open(6)
        with at.knock(GET + b"\r\n") as unheard:
            assert everything(unheard) == b""
        for one in (*crowd, *told):
            one.close()
        at.until_open(0)
        assert at.http.get("/v1/deployment").status_code == 200
        assert not at.doors.by_client.keys() - {"127.0.0.1"}


def test_all_clients_together_hold_so_many(small: World) -> None:
    with door(small, connections=2) as at, ExitStack() as strangers:
        for _ in range(2):
            strangers.enter_context(at.knock())
        at.until_open(2)
        with at.knock(b"GET /v1/deployment HTTP/1.1\r\nHost: a\r\n\r\n") as one_too_many:
            answer = everything(one_too_many)
            assert problem(answer) == (503, "tooManyClients")
            assert b"retry-after: 5" in answer.lower()


def test_a_trusted_proxy_stands_for_many() -> None:
    doors = Doors(Clients(("10.0.0.1",)))
    names = [doors.enter("10.0.0.1") for _ in range(500)]
    assert {doors.refusal(name) for name in names} == {None}
    strangers = [doors.enter(f"2001:db8::{number:x}") for number in range(1, 258)]
    assert doors.refusal(strangers[0]) is not None
    for name in (*names, *strangers):
        doors.leave(name)
    assert (doors.open, dict(doors.by_client)) == (0, {})
