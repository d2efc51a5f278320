"""The front on a desk: two forms of a proxy's request, for its own hosts alone, to one node."""

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from devnet.toolchain import binary

pytestmark = pytest.mark.enable_socket

HOST = "api-pilot.ebsi.eu"
PATH = "/did-registry/v5/identifiers?page[size]=2"


class Node:
    """A server in the node's place, which tells what it was asked."""

    def __init__(self) -> None:
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        node = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                sent = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                node.seen.append((self.requestline, {k.lower(): v for k, v in self.headers.items()}, sent))
                body = json.dumps({"asked": self.path}).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: Any) -> None:
                """Stay silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


class Desk:
    """The command as it runs, and the node behind it."""

    def __init__(self, folder: Path) -> None:
        self.node = Node()
        self.authority = folder / "front.pem"
        node = f"http://127.0.0.1:{self.node.server.server_port}"
        self.process = subprocess.Popen(
            [*COMMAND, HOST, "--node", node, "--port", "0", "--authority", str(self.authority), "--json"],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.said = json.loads(self.process.stdout.readline())
        self.port = int(self.said["proxy"].rpartition(":")[2])

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), 20)

    def raw(self, request: bytes) -> bytes:
        """The whole answer to a request as it stands."""
        with self.connect() as connection:
            connection.sendall(request)
            return _all(connection)

    def close(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0
        assert self.process.stdout is not None
        self.process.stdout.close()
        self.node.close()


COMMAND = [sys.executable, "-m", "devnet.cli", "front"]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    made = Desk(tmp_path_factory.mktemp("front"))
    yield made
    made.close()


def _all(connection: socket.socket) -> bytes:
    received = b""
    while piece := connection.recv(65_536):
        received += piece
    return received


def test_the_absolute_form_is_answered_by_the_node(desk: Desk) -> None:
    secret = "Proxy-Authorization: Basic c2VjcmV0"
    lines = (f"GET https://{HOST}{PATH} HTTP/1.1", f"Host: {HOST}", "Accept: */*", secret, "Via: a", "", "")
    answer = desk.raw("\r\n".join(lines).encode())
    assert answer.startswith(b"HTTP/1.0 200")
    line, headers, _ = desk.node.seen[-1]
    assert line == f"GET {PATH} HTTP/1.1"
    assert (headers["host"], headers["x-forwarded-proto"]) == (HOST, "https")
    assert (headers["accept"], headers["x-forwarded-for"]) == ("*/*", "127.0.0.1")
    assert not {"proxy-authorization", "via"} & headers.keys()


def test_a_tunnel_ends_here_with_a_certificate_for_that_name_alone(desk: Desk) -> None:
    trusting = ssl.create_default_context(cafile=desk.authority)
    body = b"x" * 100_000
    head = f"POST /x HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    with desk.connect() as plain:
        plain.sendall(f"CONNECT {HOST}:443 HTTP/1.1\r\nHost: {HOST}:443\r\n\r\n".encode())
        assert plain.recv(1_000).startswith(b"HTTP/1.1 200")
        with trusting.wrap_socket(plain, server_hostname=HOST) as sealed:
            sealed.sendall(head + body)
            assert b'"asked": "/x"' in _all(sealed)
    assert desk.node.seen[-1][2] == body
    with desk.connect() as plain:
        plain.sendall(f"CONNECT {HOST}:443 HTTP/1.1\r\n\r\n".encode())
        plain.recv(1_000)
        with pytest.raises(ssl.SSLCertVerificationError):
            trusting.wrap_socket(plain, server_hostname="other.example")


@pytest.mark.parametrize(
    "request_line",
    [
        "CONNECT other.example:443 HTTP/1.1",
        f"CONNECT {HOST}:22 HTTP/1.1",
        "GET https://other.example/ HTTP/1.1",
        f"GET http://{HOST}/ HTTP/1.1",
        f"GET https://{HOST}@other.example/ HTTP/1.1",
        f"GET https://{HOST}:8443/ HTTP/1.1",
        "GET / HTTP/1.1",
        "nothing",
    ],
)
def test_nothing_else_is_reached_through_it(desk: Desk, request_line: str) -> None:
    before = len(desk.node.seen)
    assert desk.raw(f"{request_line}\r\n\r\n".encode()).startswith(b"HTTP/1.1 403")
    assert len(desk.node.seen) == before


@pytest.mark.parametrize(
    "header",
    [
        "Transfer-Encoding: chunked",
        "Content-Length: -1",
        "no colon",
        "Content-Length: 1\r\nContent-Length: 2",
    ],
)
def test_what_could_be_read_in_two_ways_is_not_passed_on(desk: Desk, header: str) -> None:
    before = len(desk.node.seen)
    answer = desk.raw(f"POST https://{HOST}/ HTTP/1.1\r\n{header}\r\n\r\n".encode())
    assert answer.startswith(b"HTTP/1.1 403")
    assert len(desk.node.seen) == before


def test_a_head_without_an_end_is_given_up(desk: Desk) -> None:
    assert desk.raw(b"GET https://" + b"a" * 100_000) == b""


def test_an_application_of_nodejs_needs_nothing_but_its_environment(desk: Desk) -> None:
    """By the file that NODE_EXTRA_CA_CERTS names, as an application trusts it."""
    program = (
        "const t=require('tls'),n=require('net');"
        f"const s=n.connect({desk.port},'127.0.0.1',()=>s.write('CONNECT {HOST}:443 HTTP/1.1\\r\\n\\r\\n'));"
        f"s.once('data',()=>{{const c=t.connect({{socket:s,servername:'{HOST}'}},()=>"
        f"c.write('GET /y HTTP/1.1\\r\\nHost: {HOST}\\r\\n\\r\\n'));c.pipe(process.stdout)}})"
    )
    environment = os.environ | {"NODE_EXTRA_CA_CERTS": desk.said["authority"]}
    done = subprocess.run(
        [str(binary("node")), "-e", program], env=environment, capture_output=True, check=True, timeout=60
    )
    assert b'"asked": "/y"' in done.stdout


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["API.example"], "host name"),
        (["localhost"], "host name"),
        ([HOST, "--node", "https://127.0.0.1"], "--node"),
        ([HOST, "--authority", "/nowhere/front.pem"], "cannot write"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(arguments: list[str], word: str) -> None:
    done = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 2
    assert word in done.stderr
    assert done.stderr.count("\n") == 1
