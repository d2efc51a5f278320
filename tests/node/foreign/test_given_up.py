"""A fetch that nobody waits for any more asks nothing, and waits for nothing, whatever its host does."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
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


class Waiting(httpcore.NetworkBackend):
    """Connects, but waits for what it reads without end; tells which threads closed what it made."""

    def __init__(self) -> None:
        self.made, self.closed_by = list[httpcore.NetworkStream](), list[threading.Thread]()
        self.thread = threading.current_thread()

    def connect_tcp(self, host: str, port: int, *_: Any, **__: Any) -> httpcore.NetworkStream:
        self.made.append(httpcore.SyncBackend().connect_tcp(host, port))
        return _Patient(self.made[0], self.closed_by)

    def client(self) -> httpx.Client:
        self.thread = threading.current_thread()
        return httpx.Client(transport=_Over(self), trust_env=False)


class _Patient(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream, closed_by: list[threading.Thread]) -> None:
        self._inner, self._closed_by = inner, closed_by

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 - the base's
        return self._inner.read(max_bytes)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._closed_by.append(threading.current_thread())
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 - the base's
    ) -> httpcore.NetworkStream:
        return _Patient(self._inner.start_tls(ssl_context, server_hostname), self._closed_by)

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a host that takes connections and says nothing."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server.getsockname()[1]


class _Over(httpx.HTTPTransport):
    def __init__(self, server: httpcore.NetworkBackend) -> None:
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


@pytest.mark.enable_socket
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_who_is_given_up_while_its_host_is_silent_ends_and_closes_what_it_opened(
    scheme: str, silent: int
) -> None:
    outside = Waiting()
    fetcher = Fetcher(connect=outside.client)
    with pytest.raises(NotFetched, match="in time"):
        fetcher.listed(
            f"{scheme}://127.0.0.1:{silent}/", bounds=Bounds(seconds=0.5, max_bytes=10), headers={}
        )
    outside.thread.join(60)
    assert not outside.thread.is_alive()
    made = outside.made[0].get_extra_info("socket")
    assert made.fileno() == -1
    assert set(outside.closed_by) <= {outside.thread}
