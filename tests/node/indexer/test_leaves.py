"""Leaves from peers: honest ones, and every kind of other."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from node.db.batches import UNAVAILABLE, anchored_batch, find_anchors
from node.db.leaves import HELD, MALFORMED
from node.db.session import reading
from node.indexer import peers as module
from node.indexer.leaves import LeafCopier
from tests.node.indexer.conftest import Desk
from tests.node.registrations import Actor, some_leaves

pytestmark = pytest.mark.enable_socket

Answer = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def peer(answer: Answer) -> Iterator[tuple[str, list[str]]]:
    """A peer's base URL and the paths it was asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def serving(body: bytes, *, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in (headers or {}).items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def serving_for_ever(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(bytes(1_048_576))
    except OSError:
        pass


def dripping(handler: BaseHTTPRequestHandler) -> None:
    handler.send_response(200)
    handler.end_headers()
    try:
        while True:
            handler.wfile.write(b"\0")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        pass


def state(desk: Desk, issuer: Actor, root: bytes, size: int) -> str:
    with reading(desk.engine) as connection:
        found = anchored_batch(connection, did=issuer.did, root=root, size=size)
    assert found is not None
    return found.leaves


LEAVES = some_leaves(300)
WRONG = {
    "one changed byte": serving(bytes([LEAVES[0] ^ 1]) + LEAVES[1:]),
    "one leaf less": serving(LEAVES[:-32]),
    "one leaf more": serving(LEAVES + bytes(32)),
    "no whole number of leaves": serving(LEAVES[:-1]),
    "nothing": serving(b""),
    "not found": serving(b"", status=404),
    "elsewhere": serving(b"", status=302, headers={"Location": "http://127.0.0.1:9/"}),
    "compressed": serving(LEAVES, headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("name", list(WRONG))
def test_a_peer_that_serves_other_leaves_is_passed_over(desk: Desk, name: str) -> None:
    university = desk.registrar.issuer()
    root = desk.registrar.anchor(university, LEAVES)
    desk.follow()
    with peer(WRONG[name]) as (wrong, asked), peer(serving(LEAVES)) as (right, _):
        alone = LeafCopier(desk.engine, [wrong])
        assert alone.step(desk.clock()) == 0
        alone.close()
        assert len(asked) == 1
        assert state(desk, university, root, 300) == UNAVAILABLE
        both = LeafCopier(desk.engine, [wrong, right])
        assert both.step(desk.clock()) == 1
        both.close()
    assert state(desk, university, root, 300) == HELD
    with reading(desk.engine) as connection:
        (anchor,) = find_anchors(connection, LEAVES[32:64])
    assert (anchor.batch.did, anchor.position) == (university.did, 1)


def test_the_log_names_the_peer_and_neither_batch_nor_issuer(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    university = desk.registrar.issuer()
    root = desk.registrar.anchor(university, LEAVES)
    desk.follow()
    with (
        peer(serving(LEAVES[:-32])) as (wrong, _),
        peer(serving(LEAVES)) as (right, _),
        caplog.at_level(logging.INFO, logger="node"),
    ):
        copier = LeafCopier(desk.engine, ["http://127.0.0.1:9/key", wrong, right])
        assert copier.step(desk.clock()) == 1
        copier.close()
    assert all(url in line for url, line in zip(["127.0.0.1:9:", wrong, right], caplog.messages, strict=True))
    for secret in (root.hex(), university.did, "key"):
        assert secret not in caplog.text


def test_a_peer_without_an_end_is_cut_off(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    university = desk.registrar.issuer()
    root = desk.registrar.anchor(university, LEAVES)
    desk.follow()
    monkeypatch.setattr(module, "_DEADLINE", 0.3)
    for answer in (serving_for_ever, dripping):
        with peer(answer) as (url, _):
            copier = LeafCopier(desk.engine, [url])
            assert copier.step(desk.clock()) == 0
            copier.close()
    assert state(desk, university, root, 300) == UNAVAILABLE


def test_a_peer_that_stalls_is_waited_for_once_and_not_for_each_batch(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    university = desk.registrar.issuer()
    every = [some_leaves(3, salt=f"stalled {number}") for number in range(3)]
    served = {desk.registrar.anchor(university, leaves).hex(): leaves for leaves in every}
    desk.follow()
    monkeypatch.setattr(module, "_GRACE", 0.3)

    def right(handler: BaseHTTPRequestHandler) -> None:
        serving(served[handler.path.split("/")[4]])(handler)

    with peer(dripping) as (slow, waited), peer(right) as (url, _):
        copier = LeafCopier(desk.engine, [slow, url])
        assert copier.step(desk.clock()) == 3
        assert len(waited) == 1
        copier.close()


def test_a_peer_that_is_away_does_not_keep_the_next_from_helping(desk: Desk) -> None:
    university = desk.registrar.issuer()
    root = desk.registrar.anchor(university, LEAVES)
    desk.follow()
    with peer(serving(LEAVES)) as (url, asked):
        copier = LeafCopier(desk.engine, ["http://127.0.0.1:9", url])
        assert copier.step(desk.clock()) == 1
        assert copier.step(desk.clock()) == 0
        copier.close()
    assert asked == [f"/v1/batches/{university.did}/{root.hex()}/300/leaves"]


def test_a_batch_that_is_unsorted_doubled_or_of_another_size_is_kept_as_malformed(desk: Desk) -> None:
    university = desk.registrar.issuer()
    unsorted = LEAVES[32:] + LEAVES[:32]
    doubled = LEAVES[:32] + LEAVES
    for leaves, size in ((unsorted, 300), (doubled, 301), (LEAVES, 299)):
        root = desk.registrar.anchor(university, leaves, size=size)
        desk.follow()
        with peer(serving(leaves)) as (url, _):
            copier = LeafCopier(desk.engine, [url])
            assert copier.step(desk.clock()) == 1
            copier.close()
        assert state(desk, university, root, size) == MALFORMED


def test_who_had_nothing_is_asked_again_less_and_less_often(desk: Desk) -> None:
    university = desk.registrar.issuer()
    desk.registrar.anchor(university, LEAVES)
    desk.follow()
    with peer(serving(b"", status=404)) as (url, asked):
        copier = LeafCopier(desk.engine, [url])
        now = desk.clock()
        for second in range(40):
            copier.step(now + timedelta(seconds=second))
        copier.close()
    assert len(asked) == 6  # after 0, 1, 3, 7, 15, 31 seconds
