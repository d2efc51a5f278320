"""What peers' checkpoints say: the same log, a shorter one, another one, or nothing that can be read."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from sqlalchemy import Engine

from anchoring.checkpoint import Checkpoint
from node.db.peer_states import PeerState, note_peers, read_peers
from node.db.session import open_engine, reading, upgrade, writing
from node.indexer.peer_agreement import EVERY, PeerAgreement
from node.indexer.peers import PeerReader
from tests.databases import database_url

ORIGIN = "a/1/0x" + "11" * 20
NOW = datetime(2026, 11, 22, tzinfo=UTC)
SIZE = 9
Answer = Callable[[int], httpx.Response]


def at(size: int, *, origin: str = ORIGIN, forked_at: int = 99) -> Checkpoint:
    """The checkpoint of a log at a size; from entry `forked_at` on it is another log."""
    return Checkpoint(origin=origin, size=size, root=bytes([size, size > forked_at]) * 16)


def own(size: int | None) -> Checkpoint:
    return at(SIZE if size is None else min(size, SIZE))


def served(body: bytes) -> httpx.Response:
    """An answer that is still to be read, as those of servers are."""
    return httpx.Response(200, stream=httpx.ByteStream(body))


def serving(largest: int, *, origin: str = ORIGIN, forked_at: int = 99) -> Answer:
    def answer(size: int) -> httpx.Response:
        found = at(size or largest, origin=origin, forked_at=forked_at)
        return served(found.text().encode())

    return answer


def refusing(_size: int) -> httpx.Response:
    message = "away"
    raise httpx.ConnectError(message)


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = open_engine(database_url(tmp_path))
    upgrade(made)
    return made


def agreement(
    engine: Engine, answer: Answer, peers: tuple[str, ...] = ("http://key@peer:80/x",)
) -> PeerAgreement:
    def handle(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/x/v1/log/checkpoint"
        return answer(int(request.url.params.get("size", "0")))

    return PeerAgreement(engine, peers, own, PeerReader(httpx.MockTransport(handle)))


def forgetful(size: int) -> httpx.Response:
    """Serves its largest checkpoint, and none at an earlier size."""
    return httpx.Response(404) if size else serving(20)(0)


def stubborn(_size: int) -> httpx.Response:
    """Serves its largest checkpoint whatever it is asked for."""
    return serving(20)(0)


SAID: dict[str, tuple[Answer, str, int | None]] = {
    "as long": (serving(9), "agrees", 9),
    "longer": (serving(20), "agrees", 20),
    "longer, and otherwise from here on": (serving(20, forked_at=9), "agrees", 20),
    "shorter": (serving(5), "behind", 5),
    "as long, and otherwise": (serving(9, forked_at=8), "disagrees", 9),
    "longer, and otherwise before": (serving(20, forked_at=8), "disagrees", 20),
    "shorter, and otherwise": (serving(5, forked_at=4), "disagrees", 5),
    "of another ledger": (serving(9, origin="b/1/0x" + "11" * 20), "another", 9),
    "nothing": (lambda _: httpx.Response(404), "unusable", None),
    "nonsense": (lambda _: served(b"nonsense"), "unusable", None),
    "too much": (lambda _: served(b"x" * 600), "unusable", None),
    "nothing earlier": (forgetful, "unusable", 20),
    "another size than asked for": (stubborn, "disagrees", 20),
    "no answer": (refusing, "unreachable", None),
}


@pytest.mark.parametrize("said", SAID)
def test_what_a_peer_says_is_judged(engine: Engine, said: str) -> None:
    answer, state, size = SAID[said]
    assert agreement(engine, answer).step(NOW) == 1
    with reading(engine) as connection:
        assert read_peers(connection) == (PeerState("http://peer:80", state, size, int(NOW.timestamp())),)


def test_peers_are_asked_once_a_minute(engine: Engine) -> None:
    errand = agreement(engine, serving(9))
    assert [errand.step(NOW + timedelta(seconds=passed)) for passed in (0, 1, 59, 60, 61)] == [1, 0, 0, 1, 0]
    assert timedelta(seconds=60) == EVERY
    errand.close()


def test_peers_no_longer_named_are_forgotten(engine: Engine) -> None:
    with writing(engine) as connection:
        note_peers(connection, [PeerState("http://former", "agrees", 3, 5)])
    agreement(engine, refusing, peers=()).step(NOW)
    with reading(engine) as connection:
        assert read_peers(connection) == ()


def test_before_anything_is_followed_nobody_is_asked(engine: Engine) -> None:
    errand = agreement(engine, refusing)
    errand.own = lambda _: None
    assert errand.step(NOW) == 0
