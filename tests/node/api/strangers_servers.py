"""What a node fetches of issuers' own servers, in a network of its own: see `test_strangers_servers.py`."""

import json
import os
import ssl
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Semaphore, Thread
from typing import Any

import pytest

from node.foreign import issuers_lists
from node.foreign.fetching import Bounds, Fetcher, NotFetched
from node.services.list_errors import ListInvalid, ListUnreachable
from node.services.proxied_lists import check_proxy_call
from tests.node.api.conftest import KAUNAS, TRENTO
from tests.node.api.own_network import FALSE, HOSTS, INSIDE, PUBLIC
from tests.node.api.status_lists import ORIGIN, TIR, MadeList
from tests.node.api.world import Actor, World

pytestmark = pytest.mark.enable_socket

FOLDER = Path(os.environ.get("OWN_NETWORK", "/nowhere"))
DATA = json.dumps(
    {"prefix": "https://uni.example/kept", "headers": {"Cache-Control": "no-cache"}, "testSuffix": "/test"}
)
PROXY = f"{TIR}/issuers/{KAUNAS.did}/proxies/0x{sha256(DATA.encode()).hexdigest()}"
BOUNDS = Bounds(seconds=5.0, max_bytes=1_000, redirects=3)
Answer = Callable[[BaseHTTPRequestHandler], None]


class Server:
    """An HTTPS server at one address: tells what its pages are, and what it was asked."""

    def __init__(self, address: str, certificate: str) -> None:
        self.pages: dict[str, bytes | Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                page = server.pages.get(self.path)
                if callable(page):
                    page(self)
                elif page is None:
                    self.send_error(404)
                else:
                    answer(self, 200, page)

            def log_message(self, *_: Any) -> None:
                """Stay silent."""

        self.http = ThreadingHTTPServer((address, 443), Handler)
        self.http.daemon_threads = True
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(FOLDER / certificate)
        self.http.socket = tls.wrap_socket(self.http.socket, server_side=True, do_handshake_on_connect=False)
        self.thread = Thread(target=self.http.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.http.shutdown()
        self.thread.join()
        self.http.server_close()


def answer(handler: BaseHTTPRequestHandler, status: int, body: bytes = b"", **headers: str) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def redirect(location: str) -> Answer:
    return lambda handler: answer(handler, 302, Location=location, Set_Cookie="a=b")


def _served(address: str, certificate: str) -> Iterator[Server]:
    made = Server(address, certificate)
    yield made
    made.close()


@pytest.fixture
def uni() -> Iterator[Server]:
    yield from _served(PUBLIC, "server.pem")


@pytest.fixture
def within() -> Iterator[Server]:
    """A server of the network's inside, with a certificate that is as good as the others'."""
    yield from _served(INSIDE, "server.pem")


@pytest.fixture
def false() -> Iterator[Server]:
    yield from _served(FALSE, "false.pem")


@pytest.fixture(autouse=True)
def _names() -> Iterator[None]:
    yield
    (FOLDER / "hosts").write_text(HOSTS)


def fetch(url: str) -> bytes:
    return Fetcher().strangers(url, bounds=BOUNDS, headers={"Accept": "text/plain"})


def test_a_public_server_is_asked_without_credentials_and_past_the_environments_proxy(uni: Server) -> None:
    uni.pages = {"/1": redirect("/2"), "/2": redirect("https://both.example/no"), "/3": redirect("/4")}
    uni.pages["/4"] = b"a list"
    assert fetch("https://uni.example/3") == b"a list"
    assert fetch(f"https://{'uni.example'}:443/4") == b"a list"
    sent = [headers for _, headers in uni.asked]
    assert {headers["host"] for headers in sent} == {"uni.example"}
    assert not [
        name for headers in sent for name in ("cookie", "authorization", "referer") if name in headers
    ]
    with pytest.raises(NotFetched, match="not public"):
        fetch("https://uni.example/1")


@pytest.mark.parametrize(
    "host",
    ["inside.example", "loop.example", "both.example", INSIDE, "127.0.0.1", "2130706433", "0x7f.1", "[::1]"],
)
def test_no_server_of_the_inside_is_ever_asked(uni: Server, within: Server, host: str) -> None:
    uni.pages["/"] = redirect(f"https://{host}/")
    for url in (f"https://{host}/", "https://uni.example/"):
        with pytest.raises(NotFetched, match=r"not public|leads nowhere"):
            fetch(url)
    assert within.asked == []


def test_a_name_that_moves_inside_between_two_requests_is_not_followed(uni: Server, within: Server) -> None:
    def moving(handler: BaseHTTPRequestHandler) -> None:
        (FOLDER / "hosts").write_text(f"{INSIDE} uni.example\n")
        answer(handler, 302, Location="https://uni.example/secret")

    uni.pages["/"], within.pages["/secret"] = moving, b"a secret"
    with pytest.raises(NotFetched, match="not public"):
        fetch("https://uni.example/")
    assert within.asked == []


@pytest.mark.parametrize("host", ["false.example", "unnamed.example", "uni.example:8443"])
def test_a_server_that_cannot_show_who_it_is_is_not_heard(uni: Server, false: Server, host: str) -> None:
    uni.pages["/"] = false.pages["/"] = b"a list"
    with pytest.raises(NotFetched, match="could not be reached"):
        fetch(f"https://{host}/")
    assert uni.asked == false.asked == []


def test_who_sends_for_ever_or_too_much_is_given_up(uni: Server) -> None:
    def drip(handler: BaseHTTPRequestHandler) -> None:
        for _ in range(400):
            handler.wfile.write(b"H")
            time.sleep(0.05)

    uni.pages = {"/drip": drip, "/large": b"x" * 1_001}
    with pytest.raises(NotFetched, match="1000 bytes"):
        fetch("https://uni.example/large")
    with pytest.raises(NotFetched, match="in time"):
        Fetcher().strangers("https://uni.example/drip", bounds=Bounds(0.5, 1_000, 0), headers={})


def made(world: World, actor: Actor = KAUNAS, *, name: str = "1", **change: Any) -> bytes:
    """A list for the place under the proxy, unless `change` says otherwise."""
    url = f"{ORIGIN}{PROXY}/{name}"
    given = {"change": {"id": url, "issuer": actor.did}} | change
    return MadeList(actor, world.ledger.ledger.time(), (7,), **given).jwt


def refused(world: World, name: str) -> tuple[int, str, str]:
    answered = world.get(f"{PROXY}/{name}")
    told = answered.json()
    return answered.status_code, told["title"], told["detail"]


def test_a_list_is_given_once_it_is_verified_and_verdicts_never_ask(own: World, uni: Server) -> None:
    call = ("addIssuerProxy", (KAUNAS.did, DATA))
    with pytest.raises(ListUnreachable, match="answered 404"):
        check_proxy_call(own.node, *call, ask=True)
    check_proxy_call(own.node, *call, ask=False)
    uni.pages["/kept/other"] = made(own, TRENTO)
    other = ("updateIssuerProxy", (KAUNAS.did, b"", DATA.replace("/test", "/other")))
    with pytest.raises(ListInvalid, match="another issuer"):
        check_proxy_call(own.node, *other, ask=True)
    uni.pages["/kept/fine"] = made(own, name="fine")
    check_proxy_call(own.node, "addIssuerProxy", (KAUNAS.did, DATA.replace("/test", "/fine")), ask=True)

    _register(own)
    jwt = uni.pages["/kept/1"] = made(own)
    credential = _credential(own)
    asked = len(uni.asked)
    verdict = own.http.post("/v1/verifications", json={"credential": credential.decode()}).json()
    assert verdict["outcome"] != "valid"
    assert len(uni.asked) == asked, "a verdict asked the issuer"
    for _ in range(3):
        given = own.get(f"{PROXY}/1")
        assert (given.status_code, given.content) == (200, jwt)
    assert given.headers["content-type"] == "text/plain; charset=utf-8"
    assert own.get(f"{PROXY}/1", headers={"If-None-Match": given.headers["etag"]}).status_code == 304
    assert [path for path, _ in uni.asked[asked:]] == ["/kept/1"], "remembered for half a minute"
    assert uni.asked[-1][1]["cache-control"] == "no-cache"
    assert own.get(f"{PROXY}/1", params={"valid-at": "2026-01-01T00:00:00Z"}).status_code == 404


def test_readers_of_a_slow_server_share_one_answer_and_keep_nobody_else_waiting(
    own: World, uni: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(issuers_lists, "BOUNDS", Bounds(120.0, 100_000, 3))  # a busy machine must not decide
    _register(own)
    jwt, come, go = made(own), Semaphore(0), Event()

    def slow(handler: BaseHTTPRequestHandler) -> None:
        come.release()
        go.wait(100)
        answer(handler, 200, jwt)

    uni.pages["/kept/1"] = slow
    with ThreadPoolExecutor(60) as pool:
        readers = [pool.submit(own.get, f"{PROXY}/1") for _ in range(60)]
        assert come.acquire(timeout=60)
        assert own.get("/v1/deployment").status_code == 200, "every thread waits for the issuer"
        assert not any(reader.done() for reader in readers)
        go.set()
        assert {reader.result().content for reader in readers} == {jwt}
    assert len(uni.asked) == 1


def test_what_is_no_list_of_the_issuer_for_the_place_is_told_as_at_ebsi(own: World, uni: Server) -> None:
    _register(own)
    invalid = {
        "other": made(own, TRENTO, name="other"),
        "place": made(own, name="elsewhere"),
        "past": made(own, name="past", lasts=-5),
        "key": made(own, name="key", key=TRENTO.credential_key),
        "text": b"no list at all",
    }
    uni.pages = {f"/kept/{name}": page for name, page in invalid.items()}
    for name in invalid:
        status, title, detail = refused(own, name)
        assert (status, title) == (500, "Invalid Status List Credential"), name
        assert detail.startswith("What the issuer's own server gave is not its status list: ")
    status, title, detail = refused(own, "absent")
    assert (status, title) == (500, "Unreachable Status List Credential")
    assert "answered 404" in detail


def _register(own: World) -> None:
    """Put the proxy on the ledger, as somebody does who asks no node."""
    sender = own.ledger.sender(KAUNAS.ledger_secret)
    at = own.ledger.deployment.address("TrustedIssuersRegistry")
    sender.transact("TrustedIssuersRegistry", at, "addIssuerProxy", KAUNAS.did, DATA)
    own.follow()


def _credential(own: World) -> bytes:
    """Something signed whose status stands in the proxied list."""
    entry = {
        "id": f"{ORIGIN}{PROXY}/1#7",
        "type": "StatusList2021Entry",
        "statusPurpose": "revocation",
        "statusListIndex": "7",
        "statusListCredential": f"{ORIGIN}{PROXY}/1",
    }
    change = {"credentialStatus": entry, "id": "urn:uuid:2b1c0b0e-0000-4000-8000-000000000001"}
    return MadeList(KAUNAS, own.ledger.ledger.time(), change=change).jwt
