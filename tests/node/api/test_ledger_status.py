"""What a node tells of its ledger: endpoints, what is final, and whether something final was taken back."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from node.app import application
from node.db.broken_finality import BrokenFinality, note_broken_finality
from node.db.cursor import read_cursor
from node.db.lease import note_sight, take_lease
from node.db.ledger_endpoints import EndpointState, note_endpoints
from node.db.session import reading, writing
from node.indexer.follower import LEASE
from node.services.node import Node
from tests.credentials.world import country
from tests.node.api.world import served
from tests.node.projected import node_of

pytestmark = pytest.mark.enable_socket

FOUND = (
    EndpointState("http://one.example:8545", "disagrees", 90),
    EndpointState("http://two.example:8545", "lags", 70),
    EndpointState("http://three.example:8545", "unreachable", None),
)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    with node_of(country().world, tmp_path) as node:
        yield node


def told(node: Node) -> tuple[httpx.Response, dict[tuple[str, ...], float]]:
    """What `/readyz` says, and every figure by its name and the values of its labels."""
    with served(application(node)) as url, httpx.Client(base_url=url, trust_env=False) as http:
        ready, text = http.get("/readyz"), http.get("/metrics").text
    samples = [one for family in text_string_to_metric_families(text) for one in family.samples]
    return ready, {(one.name, *one.labels.values()): one.value for one in samples}


def look(node: Node, *, states: tuple[EndpointState, ...], head: int) -> None:
    with writing(node.engine) as connection:
        assert take_lease(connection, holder="follower", now=node.clock(), lasts=LEASE)
        note_sight(connection, holder="follower", now=node.clock(), head=head)
        note_endpoints(connection, states, holder="follower")


def test_each_endpoint_is_named_with_its_state_and_counted_by_it(node: Node) -> None:
    look(node, states=FOUND, head=90)
    ready, figures = told(node)
    assert ready.json()["endpoints"] == [
        {"name": FOUND[0].name, "reachable": True, "agrees": False, "state": "disagrees", "head": 90},
        {"name": FOUND[1].name, "reachable": True, "agrees": True, "state": "lags", "head": 70},
        {"name": FOUND[2].name, "reachable": False, "agrees": False, "state": "unreachable", "head": None},
    ]
    counted = {key[1]: value for key, value in figures.items() if key[0] == "ankyra_ledger_endpoints"}
    assert counted == {"agrees": 0, "lags": 1, "disagrees": 1, "unusable": 0, "unreachable": 1}
    assert figures["ankyra_ledger_disagreement",] == 1
    look(node, states=(EndpointState(FOUND[0].name, "agrees", 91),), head=91)
    ready, figures = told(node)
    assert [one["state"] for one in ready.json()["endpoints"]] == ["agrees"]
    assert figures["ankyra_ledger_disagreement",] == 0


def test_who_does_not_follow_has_no_say_on_the_endpoints(node: Node) -> None:
    look(node, states=FOUND[:1], head=90)
    with writing(node.engine) as connection:
        note_endpoints(connection, FOUND[1:], holder="another")
    assert [one["name"] for one in told(node)[0].json()["endpoints"]] == [FOUND[0].name]


def test_what_is_final_and_how_far_that_lags(node: Node) -> None:
    with reading(node.engine) as connection:
        cursor = read_cursor(connection)
    assert cursor is not None
    look(node, states=(), head=cursor.block_number + 5)
    ready, figures = told(node)
    final = ready.json()["finalBlock"]
    assert final == cursor.block_number - node.settings.finality_depth == figures["ankyra_final_block",]
    assert figures["ankyra_finality_lag_blocks",] == 5 + node.settings.finality_depth
    assert figures["ankyra_finality_lag_seconds",] >= 0


def test_something_final_that_was_taken_back_stays_visible(node: Node) -> None:
    ready, figures = told(node)
    assert ready.json()["finalityBroken"] is None
    assert figures["ankyra_finality_broken",] == 0
    at = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
    with writing(node.engine) as connection:
        note_broken_finality(connection, BrokenFinality(at, first_block=4, blocks=1, entries=0))
        note_broken_finality(connection, BrokenFinality(at, first_block=7, blocks=3, entries=2))
    ready, figures = told(node)
    expected: dict[str, Any] = {
        "times": 2,
        "lastAt": "2026-11-22T06:30:00Z",
        "firstBlock": 7,
        "blocks": 3,
        "entries": 2,
    }
    assert ready.json()["finalityBroken"] == expected
    assert figures["ankyra_finality_broken",] == 2
