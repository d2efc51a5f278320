"""Peers that lie, stall or vanish in the middle of an answer beside one that is honest."""

import hashlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest

from devnet.node_process import free_ports
from node.client.api import Node
from tests.crash.peer import serve_peer
from tests.faults.conftest import MakeWorld
from tests.faults.crowd import submitting
from tests.faults.watcher import asking

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(600)]
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: %d\r\n\r\n"
Manner = Callable[[socket.socket], None]


def wrong_leaves(connection: socket.socket) -> None:
    """As many leaves as were asked for, and others."""
    leaves = b"".join(sorted(hashlib.sha256(bytes([n])).digest() for n in range(3)))
    connection.sendall(_HEAD % len(leaves) + leaves)


def silence(connection: socket.socket) -> None:
    """Nothing, for as long as anybody waits."""
    connection.settimeout(120)
    connection.recv(1)


def a_byte_a_second(connection: socket.socket) -> None:
    """An answer without an end."""
    connection.sendall(_HEAD % 96)
    for _ in range(96):
        connection.sendall(b"\0")
        time.sleep(1)


def vanishing(connection: socket.socket) -> None:
    """Half of an answer."""
    connection.sendall(_HEAD % 96 + bytes(48))


@contextmanager
def peer(manner: Manner) -> Iterator[str]:
    """A peer of that manner, until the block ends."""
    listening = socket.create_server(("127.0.0.1", 0))

    def answer(connection: socket.socket) -> None:
        with connection:
            try:
                connection.recv(65_536)
                manner(connection)
            except OSError:
                return

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=answer, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def _batch(node: Node, path: str) -> dict[str, Any]:
    """What the node says of a batch; the problem document while it has not followed its block yet."""
    answer = node.request("GET", path, accepted=(200, 404))
    told: dict[str, Any] = json.loads(answer.content)
    return told


def test_what_one_peer_has_arrives_whatever_the_others_do(a_world: MakeWorld) -> None:
    with ExitStack() as stack:
        bad = [
            stack.enter_context(peer(manner))
            for manner in (wrong_leaves, vanishing, silence, a_byte_a_second)
        ]
        honest = stack.enter_context(serve_peer(free_ports(1)[0]))
        world = stack.enter_context(a_world(PEERS=",".join([*bad, honest.url])))
        world.stage.peer = honest
        aside = world.clients[-5:]
        with (
            asking(world) as watch,
            submitting(world.stage, world.clients[:10], batches=1) as crowd,
            Node(world.stage.url) as node,
        ):
            batches = []
            for number, member in enumerate(aside):
                leaves = b"".join(sorted(hashlib.sha256(b"%d %d" % (number, n)).digest() for n in range(3)))
                batches.append((member, world.stage.anchor_aside(member, leaves)))
            deadline = time.monotonic() + 90
            for member, batch in batches:
                path = f"/v1/batches/{member.did}/{batch.root.hex()}/{batch.size}"
                while (told := _batch(node, path)).get("leaves") != "held":
                    assert time.monotonic() < deadline, told
                    time.sleep(0.2)
                assert node.request("GET", f"{path}/leaves").content == batch.leaves
        assert crowd.failures == []
        assert watch.wrong == []
        assert watch.verdicts("good") == {"valid"}
        assert watch.verdicts("revoked") == {"invalid"}
