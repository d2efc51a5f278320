"""A stranger's URL: what is refused before anybody is asked, and what is asked of whom.

Over real TLS this is played in a network of its own: `test_strangers_servers.py`.
"""

from collections.abc import Callable, Mapping

import httpx
import pytest

from node.foreign.fetching import Bounds, Fetcher, NotFetched

BOUNDS = Bounds(seconds=5.0, max_bytes=1_000, redirects=2)
HEADERS = {"Accept": "text/plain"}
Respond = Callable[[httpx.Request], httpx.Response]


class Outside:
    """Names with their addresses, and one server behind all of them; tells who was asked."""

    def __init__(self, names: Mapping[str, list[str]], respond: Respond | None = None) -> None:
        self.names = dict(names)
        self.asked: list[tuple[str, str, str]] = []
        self._respond = respond or (lambda _: httpx.Response(200, text="a list"))
        self.fetcher = Fetcher(connect=self._connect, resolve=self._resolve)

    def fetch(self, url: str) -> bytes:
        return self.fetcher.strangers(url, bounds=BOUNDS, headers=HEADERS)

    def _resolve(self, host: str, _port: int) -> list[str]:
        if host not in self.names:
            raise OSError("no such name")
        return self.names[host]

    def _connect(self) -> httpx.Client:
        return httpx.Client(transport=httpx.MockTransport(self._noted))

    def _noted(self, request: httpx.Request) -> httpx.Response:
        name = str(request.extensions["sni_hostname"])
        self.asked.append((str(request.url), request.headers["host"], name))
        return self._respond(request)


def test_the_address_that_was_checked_is_asked_for_the_name_of_the_url() -> None:
    outside = Outside({"uni.example": ["203.0.113.5", "203.0.113.6"]})
    assert outside.fetch("https://uni.example:8443/lists/1?x=y") == b"a list"
    assert outside.asked == [("https://203.0.113.5:8443/lists/1?x=y", "uni.example:8443", "uni.example")]


def test_ipv6_is_asked_likewise() -> None:
    outside = Outside({"uni.example": ["2001:db8::5"]})
    assert outside.fetch("https://uni.example/1") == b"a list"
    assert outside.asked == [("https://[2001:db8::5]/1", "uni.example", "uni.example")]


@pytest.mark.parametrize(
    ("url", "word"),
    [
        ("http://uni.example/", "only https"),
        ("ftp://uni.example/", "only https"),
        ("file:///etc/passwd", "only https"),
        ("https://user:secret@uni.example/", "only https"),
        ("https:///path", "only https"),
        ("https://uni.example:22/", "port 22"),
        ("https://elsewhere.example/", "leads nowhere"),
        ("https://inside.example/", "not public"),
        ("https://both.example/", "not public"),
        ("https://none.example/", "not public"),
        ("https://[/", "leads nowhere"),
    ],
)
def test_what_leads_to_no_public_server_is_not_asked(url: str, word: str) -> None:
    names = {
        "uni.example": ["203.0.113.5"],
        "inside.example": ["10.0.0.5"],
        "both.example": ["203.0.113.5", "127.0.0.1"],
        "none.example": [],
    }
    outside = Outside(names)
    with pytest.raises(NotFetched, match=word):
        outside.fetch(url)
    assert outside.asked == []


def test_each_redirect_is_checked_again_and_no_cookie_goes_along() -> None:
    cookies: list[str | None] = []

    def respond(request: httpx.Request) -> httpx.Response:
        cookies.append(request.headers.get("cookie"))
        if request.url.path == "/1":
            return httpx.Response(302, headers={"Location": "/2", "Set-Cookie": "a=b"})
        if request.url.path == "/2":
            return httpx.Response(307, headers={"Location": "https://inside.example/3"})
        return httpx.Response(200, text="inside")

    outside = Outside({"uni.example": ["203.0.113.5"], "inside.example": ["169.254.169.254"]}, respond)
    with pytest.raises(NotFetched, match="not public"):
        outside.fetch("https://uni.example/1")
    assert [host for _, host, _ in outside.asked] == ["uni.example"] * 2
    assert cookies == [None, None]


def test_a_name_whose_address_changes_between_two_requests_is_checked_at_each() -> None:
    def respond(_: httpx.Request) -> httpx.Response:
        outside.names["uni.example"] = ["127.0.0.1"]
        return httpx.Response(301, headers={"Location": "https://uni.example/again"})

    outside = Outside({"uni.example": ["203.0.113.5"]}, respond)
    with pytest.raises(NotFetched, match="not public"):
        outside.fetch("https://uni.example/")
    assert len(outside.asked) == 1


@pytest.mark.parametrize(
    ("answer", "word"),
    [
        (httpx.Response(302, headers={"Location": "/again"}), "more than 2 times"),
        (httpx.Response(302, headers={"Location": "http://uni.example/"}), "only https"),
        (httpx.Response(204), "answered 204"),
        (httpx.Response(500), "answered 500"),
        (httpx.Response(200, content=b"x" * 1_001), "more than 1000 bytes"),
        (httpx.Response(200, headers={"Content-Encoding": "x"}, content=b""), "content encoding"),
    ],
    ids=["circle", "downgrade", "nothing", "error", "large", "packed"],
)
def test_what_is_served_wrongly_is_told(answer: httpx.Response, word: str) -> None:
    outside = Outside({"uni.example": ["203.0.113.5"]}, lambda _: answer)
    with pytest.raises(NotFetched, match=word):
        outside.fetch("https://uni.example/")


def test_nothing_but_what_was_asked_for_is_sent() -> None:
    sent: list[dict[str, str]] = []

    def respond(request: httpx.Request) -> httpx.Response:
        sent.append(dict(request.headers))
        return httpx.Response(200, text="")

    Outside({"uni.example": ["203.0.113.5"]}, respond).fetch("https://uni.example/")
    assert not {"authorization", "cookie", "referer", "proxy-authorization"} & sent[0].keys()
