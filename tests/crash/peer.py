"""A peer that holds leaves which its node did not see: just enough of a node for the copying of leaves."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from anchoring.batch import Batch


@dataclass(slots=True)
class Peer:
    """What the peer holds, by the path under which it is asked for."""

    url: str
    held: dict[str, bytes] = field(default_factory=dict)

    def hold(self, did: str, batch: Batch) -> None:
        """Have a batch's leaves from now on."""
        self.held[f"/v1/batches/{did}/{batch.root.hex()}/{batch.size}/leaves"] = batch.leaves


@contextmanager
def serve_peer(port: int) -> Iterator[Peer]:
    """A peer that answers on `port` of 127.0.0.1 until the block ends."""
    peer = Peer(f"http://127.0.0.1:{port}")

    class Answers(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            found = peer.held.get(self.path)
            body = found or b""
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Type", "application/octet-stream")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", port), Answers)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield peer
    finally:
        server.shutdown()
        server.server_close()
        thread.join(10)
