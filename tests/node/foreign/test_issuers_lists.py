"""Lists of issuers' own servers are remembered for seconds, and no server is asked too much at once."""

import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from node.foreign import issuers_lists
from node.foreign.fetching import Bounds, Fetcher, NotFetched
from node.foreign.issuers_lists import (
    AT_ONCE_OF_ONE,
    MOST_REMEMBERED,
    REFUSED_SECONDS,
    REMEMBERED_SECONDS,
    IssuersLists,
)


class Server:
    """Issuers' servers, which answer as told, and the clock by which they are remembered."""

    def __init__(self, answer: Callable[[httpx.Request], httpx.Response]) -> None:
        self.asked: list[str] = []
        self.now = 0.0
        self._answer = answer
        fetcher = Fetcher(connect=self._connect, resolve=lambda *_: ["203.0.113.5"])
        self.lists = IssuersLists(fetcher, monotonic=lambda: self.now)

    def _connect(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self._noted))

    def _noted(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request.url.path)
        return self._answer(request)


def test_a_list_is_asked_for_once_in_half_a_minute() -> None:
    server = Server(lambda _: httpx.Response(200, content=b"a.b.c"))
    for server.now in (0.0, REMEMBERED_SECONDS - 1, REMEMBERED_SECONDS):
        assert server.lists.text("https://uni.example/1") == b"a.b.c"
    assert server.asked == ["/1"] * 2


def test_what_was_not_served_is_asked_for_again_soon() -> None:
    answers = [httpx.Response(500), httpx.Response(200, content=b"a.b.c")]
    server = Server(lambda _: answers.pop(0))
    for server.now in (0.0, REFUSED_SECONDS - 1):
        with pytest.raises(NotFetched, match="answered 500"):
            server.lists.text("https://uni.example/1")
    server.now = REFUSED_SECONDS
    assert server.lists.text("https://uni.example/1") == b"a.b.c"


def test_only_so_many_lists_are_remembered() -> None:
    server = Server(lambda _: httpx.Response(200, content=b"a.b.c"))
    for number in [*range(MOST_REMEMBERED + 1), 0, MOST_REMEMBERED]:
        server.lists.text(f"https://uni.example/{number}")
    assert (server.asked.count("/0"), server.asked.count(f"/{MOST_REMEMBERED}")) == (2, 1)


def test_the_one_header_that_an_issuer_asks_for_is_sent() -> None:
    sent: list[Any] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("cache-control"))
        return httpx.Response(200, content=b"a.b.c")

    server = Server(answer)
    server.lists.text("https://uni.example/1")
    server.lists.text("https://uni.example/1", cache_control="no-cache")
    assert sent == [None, "no-cache"]


def test_a_slow_server_is_asked_for_few_lists_at_once_and_others_as_before() -> None:
    come, go = threading.Semaphore(0), threading.Event()

    def answer(request: httpx.Request) -> httpx.Response:
        if request.headers["host"] == "slow.example":
            come.release()
            go.wait(20)
        return httpx.Response(200, content=b"a.b.c")

    server = Server(answer)
    threads = [
        threading.Thread(target=server.lists.text, args=(f"https://slow.example/{number}",))
        for number in range(AT_ONCE_OF_ONE)
    ]
    for thread in threads:
        thread.start()
        assert come.acquire(timeout=20)
    with pytest.raises(NotFetched, match="asked for other lists"):
        server.lists.text("https://SLOW.example/9")
    assert server.lists.text("https://uni.example/1") == b"a.b.c"
    go.set()
    for thread in threads:
        thread.join()
    assert server.lists.text("https://slow.example/9") == b"a.b.c"


def test_a_host_is_asked_until_its_thread_ends_and_not_only_while_somebody_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its name takes long to look up: it keeps its own few places, and nobody else's."""
    monkeypatch.setattr(issuers_lists, "BOUNDS", Bounds(seconds=0.01, max_bytes=1_000))
    known = threading.Event()

    def resolve(host: str, _port: int) -> list[str]:
        if host == "slow.example":
            known.wait(20)
        return ["203.0.113.5"]

    def connect() -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, content=b"a.b.c")))

    lists = IssuersLists(Fetcher(connect=connect, resolve=resolve))
    for number in range(AT_ONCE_OF_ONE):
        with pytest.raises(NotFetched, match="in time"):
            lists.text(f"https://slow.example/{number}")
    for number in range(20):
        with pytest.raises(NotFetched, match="asked for other lists"):
            lists.text(f"https://slow.example/more/{number}")
    monkeypatch.setattr(issuers_lists, "BOUNDS", Bounds(seconds=20, max_bytes=1_000))
    assert lists.text("https://uni.example/1") == b"a.b.c"
    threads = [one for one in threading.enumerate() if one.name.endswith("(run)")]
    known.set()
    for thread in threads:
        thread.join(20)
    assert lists.text("https://slow.example/9") == b"a.b.c"


def test_where_no_thread_can_be_had_nothing_is_counted_as_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    server = Server(lambda _: httpx.Response(200, content=b"a.b.c"))

    def refused(_thread: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refused)
        for number in range(AT_ONCE_OF_ONE + 1):
            with pytest.raises(NotFetched, match="too much"):
                server.lists.text(f"https://uni.example/{number}")
    assert server.lists.text("https://uni.example/9") == b"a.b.c"


def test_what_looks_like_an_address_and_is_none_is_not_asked() -> None:
    server = Server(lambda _: httpx.Response(200, content=b"a.b.c"))
    with pytest.raises(NotFetched, match="leads nowhere"):
        server.lists.text("https://[1:2]/1")
    assert server.asked == []
