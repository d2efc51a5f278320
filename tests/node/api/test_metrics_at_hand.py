"""What `/metrics` tells of what a node lacks, and of what runs beside it."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic, sleep
from typing import cast

import httpx
import pytest
from sqlalchemy import event

from credentials.errors import Unavailable
from node.app import application
from node.foreign.didkit_client import DidkitProcess
from node.foreign.proofs import DidkitProofs
from node.services.holdings import KEPT, RememberedHoldings
from node.services.node import Node
from tests.credentials.world import Country, country
from tests.node.api.world import Clock, World, served
from tests.node.projected import node_of

pytestmark = pytest.mark.enable_socket

_SECONDS = 60.0
_LACKS = ("batches_unavailable", "status_lists_not_at_hand", "status_lists_withheld")


def _figure(http: httpx.Client, name: str) -> float:
    lines = http.get("/metrics").text.splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith(f"ankyra_{name} "))


def _lacks(http: httpx.Client) -> list[float]:
    return [_figure(http, name) for name in _LACKS]


@contextmanager
def _watched(home: Country, folder: Path) -> Iterator[tuple[Node, httpx.Client]]:
    with (
        node_of(home.world, folder) as node,
        served(application(node)) as url,
        httpx.Client(base_url=url, trust_env=False, timeout=60) as http,
    ):
        yield node, http


def test_who_has_everything_lacks_nothing(tmp_path: Path) -> None:
    home = country()
    home.world.publish_list(home.university, home.world.list_url(home.university))
    with _watched(home, tmp_path) as (_, http):
        assert _lacks(http) == [0, 0, 0]


def test_batches_whose_leaves_nobody_gave_are_counted(tmp_path: Path) -> None:
    home = country()
    for _ in range(2):
        home.world.anchor(home.university, [home.world.issue(home.university)], held=False)
    with _watched(home, tmp_path) as (_, http):
        assert _lacks(http) == [2, 0, 0]


def test_a_list_is_withheld_if_the_one_published_last_is_missing_and_not_if_an_earlier_one_is(
    tmp_path: Path,
) -> None:
    home = country()
    publish, url = home.world.publish_list, home.world.list_url
    publish(home.university, url(home.university, "superseded"), held=False)
    publish(home.university, url(home.university, "superseded"), set_bits=[1])
    publish(home.university, url(home.university, "withheld"), set_bits=[2])
    publish(home.university, url(home.university, "withheld"), set_bits=[3], held=False)
    publish(home.tao, url(home.university, "withheld"), set_bits=[4], held=False)  # a list of its own
    with _watched(home, tmp_path) as (_, http):
        assert _lacks(http) == [0, 3, 2]


def test_counts_are_given_again_for_a_while_and_then_made_anew(tmp_path: Path) -> None:
    """Play the attack: a stranger asks for figures again and again, and each reads whole tables."""
    home = country()
    with _watched(home, tmp_path) as (node, http):
        read: list[str] = []
        _note_statements(node, read)
        assert _lacks(http) == [0, 0, 0]
        assert len(read) == 2
        _clock(node).pass_by(int(KEPT.total_seconds()))
        assert _lacks(http) == [0, 0, 0]
        assert len(read) == 4
        _clock(node).pass_by(-3600)  # a clock set back does not keep old counts for an hour
        assert _lacks(http) == [0, 0, 0]
        assert len(read) == 6


def _clock(node: Node) -> Clock:
    return cast("Clock", node.clock)


def _note_statements(node: Node, read: list[str]) -> None:
    """Write down each statement that counts a table's rows."""

    @event.listens_for(node.engine, "before_cursor_execute")
    def noted(*arguments: object) -> None:
        statement = str(arguments[2])
        if statement.startswith("SELECT count(*)") and any(
            f"FROM {table}" in statement for table in ("batch ", "status_publication ")
        ):
            read.append(statement)


def test_didkits_process_is_up_from_its_first_question_until_it_ends(tmp_path: Path) -> None:
    with _watched(country(), tmp_path) as (node, http):
        assert _figure(http, "didkit_up") == 0
        didkit = _didkit(node)
        with suppress(Unavailable):  # on a busy machine it comes up only for the next who asks
            didkit.ask("{}", [], {})
        assert _figure(http, "didkit_up") == 1
        assert didkit.pid is not None
        os.kill(didkit.pid, signal.SIGKILL)
        until = monotonic() + _SECONDS
        while _figure(http, "didkit_up"):
            assert monotonic() < until, "a process that was killed is said to run"
            sleep(0.02)


def _didkit(node: Node) -> DidkitProcess:
    assert isinstance(node.proofs, DidkitProofs)
    return node.proofs._didkit


def test_a_ledger_that_never_answered_is_unreachable(tmp_path: Path) -> None:
    with _watched(country(), tmp_path) as (_, http):
        assert _figure(http, "ledger_reachable") == 0


def test_a_ledger_that_answers_is_reachable(small: World) -> None:
    assert _figure(small.http, "ledger_reachable") == 1


def test_who_asks_while_others_count_gets_the_counts_of_before(tmp_path: Path) -> None:
    home = country()
    with node_of(home.world, tmp_path) as node:
        remembered = RememberedHoldings()
        before = remembered.of(node)
        _clock(node).pass_by(int(KEPT.total_seconds()))
        with remembered._lock:  # as held by who counts
            assert remembered.of(node) is before
        assert remembered.of(node) is not before
