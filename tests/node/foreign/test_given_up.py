"""A fetch that nobody waits for any more asks nothing, however late its host lets it begin."""

import threading
from typing import Any

import httpcore
import httpx
import pytest

from node.foreign.fetching import Bounds, Fetcher, NotFetched


class LateServer(httpcore.MockBackend):
    """Takes a connection only when it may, and keeps what is sent to it."""

    def __init__(self) -> None:
        super().__init__([b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"])
        self.may, self.asking, self.sent = threading.Event(), threading.Event(), bytearray()
        self.thread = threading.current_thread()

    def connect_tcp(self, *_: Any, **__: Any) -> httpcore.NetworkStream:
        self.may.wait(60)
        return _Kept([b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx"], self.sent)

    def client(self) -> httpx.Client:
        self.thread = threading.current_thread()
        self.asking.set()
        return httpx.Client(transport=_Over(self), trust_env=False)


class _Kept(httpcore.MockStream):
    def __init__(self, answer: list[bytes], sent: bytearray) -> None:
        super().__init__(answer)
        self._sent = sent

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 - the base's
        self._sent += buffer


class _Over(httpx.HTTPTransport):
    def __init__(self, server: LateServer) -> None:
        super().__init__(trust_env=False)
        self._pool = httpcore.ConnectionPool(network_backend=server)


@pytest.mark.parametrize("in_time", [True, False])
def test_who_is_given_up_while_it_connects_sends_no_request(*, in_time: bool) -> None:
    server = LateServer()
    fetcher = Fetcher(connect=server.client)
    bounds = Bounds(seconds=60 if in_time else 0.5, max_bytes=10)
    if in_time:
        server.may.set()
        assert fetcher.listed("http://uni.example/", bounds=bounds, headers={}) == b"x"
    else:
        with pytest.raises(NotFetched, match="in time"):
            fetcher.listed("http://uni.example/", bounds=bounds, headers={})
        server.may.set()
    server.asking.wait(60)
    server.thread.join(60)
    assert server.sent.startswith(b"GET / HTTP/1.1") is in_time
