"""What stands between the node and its ledger: passes on, delays, refuses, talks nonsense, hangs up."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx

Answer = tuple[int, bytes]
Fault = Callable[[bytes], Answer | None]
"""Given a request's body, the answer in place of the ledger's; None hangs up in the middle of one."""


@dataclass(slots=True)
class Proxy:
    """The way to a ledger. `fault` is what befalls requests now; None lets them pass."""

    url: str
    upstream: str
    fault: Fault | None = None
    delay: float = 0.0
    troubled: int = 0
    passed: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @contextmanager
    def troubled_by(self, fault: Fault | None, *, delay: float = 0.0) -> Iterator[None]:
        """Every request meets the fault, after `delay` seconds, until the block ends."""
        self.fault, self.delay = fault, delay
        try:
            yield
        finally:
            self.fault, self.delay = None, 0.0


def status(code: int) -> Fault:
    """Answer with an HTTP status and no JSON."""
    return lambda _body: (code, b"<html>busy</html>")


def garbage(_body: bytes) -> Answer:
    """Answer with what is no JSON-RPC."""
    return 200, b'{"jsonrpc": "2.0", "res'


def another_answer(_body: bytes) -> Answer:
    """Answer with JSON that answers nothing."""
    return 200, b'{"jsonrpc": "2.0", "id": 0, "result": "0x0"}'


def limit_exceeded(body: bytes) -> Answer:
    """Answer each call with the error of an endpoint that has had enough (EIP-1474)."""
    asked = json.loads(body)
    error = {"code": -32005, "message": "limit exceeded"}
    calls = asked if isinstance(asked, list) else [asked]
    said = [{"jsonrpc": "2.0", "id": call["id"], "error": error} for call in calls]
    return 200, json.dumps(said if isinstance(asked, list) else said[0]).encode()


def hang_up(_body: bytes) -> None:
    """Begin an answer and close the connection."""


@contextmanager
def proxied(upstream: str) -> Iterator[Proxy]:
    """A proxy before the ledger at `upstream`, until the block ends."""
    client = httpx.Client(trust_env=False, timeout=60)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if proxy.delay:
                time.sleep(proxy.delay)
            fault = proxy.fault
            if fault is None:
                with proxy.lock:
                    proxy.passed += 1
                self._answer(self._pass_on(body))
                return
            with proxy.lock:
                proxy.troubled += 1
            said = fault(body)
            if said is None:
                self._hang_up()
            else:
                self._answer(said)

        def _pass_on(self, body: bytes) -> Answer:
            try:
                answer = client.post(
                    proxy.upstream, content=body, headers={"Content-Type": "application/json"}
                )
            except httpx.HTTPError:
                return 502, b"no ledger"
            return answer.status_code, answer.content

        def _answer(self, said: Answer) -> None:
            code, body = said
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _hang_up(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b'{"jsonrpc"')
            self.close_connection = True

        def log_message(self, *_: object) -> None:
            return

    server = _Quiet(("127.0.0.1", 0), Handler)
    proxy = Proxy(f"http://127.0.0.1:{server.server_address[1]}", upstream)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield proxy
    finally:
        server.shutdown()
        server.server_close()
        client.close()
        thread.join(10)


class _Quiet(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, *_: object) -> None:
        """A client that went away is no error of a test."""
