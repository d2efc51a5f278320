"""An address where something else answers: unknown is not invalid."""

import os
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from node.client.issuing import Signer
from node.client.keys import new_key
from tests.node.cli.conftest import Type
from tests.node.client.credentials import signed_credential

pytestmark = pytest.mark.enable_socket
Serve = Callable[[int, bytes], str]


@pytest.fixture
def credential(tmp_path: Path) -> Path:
    """A signed credential that nobody anchored."""
    signer = Signer.of("did:ebsi:zZeKyEJfUTGwajhNyNX928z", new_key("P-256", random=os.urandom))
    path = tmp_path / "credential.jwt"
    path.write_text(signed_credential(signer, now=datetime(2026, 11, 21, tzinfo=UTC)))
    return path


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts servers that answer everything with one status and one content, and gives their address."""
    started: list[ThreadingHTTPServer] = []

    def start(status: int, content: bytes) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.end_headers()
                self.wfile.write(content)

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                self.do_GET()

            def log_message(self, *_: object) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        started.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in started:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("status", [200, 301, 400, 401, 403, 404, 405, 410])
@pytest.mark.parametrize("content", [b"<!doctype html>", b"{}", b'{"title": "Not Found", "status": 404}'])
def test_verify_never_calls_a_file_invalid_because_of_the_address(
    serve: Serve, type_in: Type, credential: Path, status: int, content: bytes
) -> None:
    typed = type_in("verify", credential, "--node", serve(status, content))
    assert typed.code == 3
    assert "is not an Ankyra node or does not serve" in typed.out or "the node refused" in typed.out


def test_a_server_that_knows_no_such_method_is_no_node(serve: Serve, type_in: Type, credential: Path) -> None:
    typed = type_in("verify", credential, "--node", serve(501, b"<!doctype html>"))
    assert typed.code == 3
    assert "does not serve /v1/verifications" in typed.out


def test_a_refusal_that_is_a_sentence_is_no_sentence_within_one(
    serve: Serve, type_in: Type, credential: Path
) -> None:
    refusal = b'{"title": "Bad Request", "status": 400, "detail": "The request is no good.", "code": "x"}'
    typed = type_in("verify", credential, "--node", serve(400, refusal))
    assert "The request is no good; ask another node" in typed.out
    assert ".;" not in typed.out


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_verify_tells_of_an_outage(serve: Serve, type_in: Type, credential: Path, status: int) -> None:
    assert type_in("verify", credential, "--node", serve(status, b"<html>")).code == 4


@pytest.mark.parametrize("status", [200, 404, 503])
@pytest.mark.parametrize("content", [b"<!doctype html>", b"{}"])
def test_status_of_what_is_no_node_is_no_answer(
    serve: Serve, type_in: Type, status: int, content: bytes
) -> None:
    typed = type_in("node", "status", "--node", serve(status, content))
    assert typed.code == 4
    assert "is not an Ankyra node or does not serve /readyz" in typed.err
