"""Several endpoints of one ledger: what they do not agree on is not followed; whoever is away is named."""

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from node.artifacts import load_artifact
from node.chain.client import LedgerClient
from node.indexer.follower import Follower, Step
from tests.doubles.ledger_endpoints import BUSY, ERRORS, REFUSES, SILENT
from tests.doubles.simulated_ledger import SimulatedLedger
from tests.node.indexer.network import Network, network


@pytest.fixture
def net(tmp_path: Path) -> Iterator[Network]:
    with network(tmp_path, endpoints=3) as made:
        yield made


def split(net: Network, place: int, depth: int) -> None:
    """From now on the endpoint shows the branch that the others left."""
    net.endpoints[place].freeze()
    net.ledger.reorganise(depth, blocks=depth + 1)


def test_endpoints_that_agree_are_followed_and_shown(net: Network) -> None:
    assert net.follow(net.follower()) is Step.IDLE
    assert net.digest() == net.newcomers_digest()
    assert [(one.name, one.state, one.head) for one in net.seen()] == [
        (net.name(place), "agrees", net.ledger.head.number) for place in range(3)
    ]


def test_a_branch_that_one_endpoint_has_alone_is_not_followed_and_each_hash_is_named(net: Network) -> None:
    split(net, 1, 3)
    follower = net.follower()
    assert net.follow(follower) is Step.ALARMED
    sighting = net.sighting()
    assert sighting.alarm == "endpoints-disagree"
    assert sighting.alarm_sentence is not None
    for told in (net.name(0), net.name(1), net.endpoints[1].frozen[-1].hash.hex()):  # type: ignore[index]
        assert told in sighting.alarm_sentence
    assert net.states() == ["disagrees", "disagrees", "agrees"]
    net.endpoints[1].mend()
    assert net.follow(follower) is Step.IDLE
    assert (net.sighting().alarm, net.states()) == (None, ["agrees"] * 3)
    assert net.digest() == net.newcomers_digest()


@pytest.mark.parametrize("liar", [0, 1, 2])
def test_what_was_followed_is_not_taken_back_on_one_endpoints_word(net: Network, liar: int) -> None:
    follower = net.follower()
    assert net.follow(follower) is Step.IDLE
    before = net.digest(), net.cursor()
    seen = net.sighting().ledger_seen_at
    net.clock.walk(20)
    for place in range(3):
        if place != liar:
            net.endpoints[place].freeze()
    net.ledger.reorganise(3, blocks=5)
    assert net.follow(follower) is Step.ALARMED
    assert net.sighting().alarm == "endpoints-disagree"
    assert (net.digest(), net.cursor()) == before
    assert net.sighting().ledger_seen_at == seen, "what is disputed has not been seen"
    for endpoint in net.endpoints:
        endpoint.mend()
    assert net.follow(follower) is Step.IDLE
    assert net.cursor().block_hash == net.ledger.head.hash


@pytest.mark.parametrize("away", [0, 2])
def test_an_endpoint_that_is_behind_neither_holds_up_the_others_nor_takes_anything_back(
    net: Network, away: int
) -> None:
    follower = net.follower()
    net.follow(follower)
    net.endpoints[away].freeze(behind=10)
    net.write(2, blocks=3)
    assert net.follow(follower) is Step.IDLE
    assert net.cursor().block_hash == net.ledger.head.hash
    assert net.states()[away] == "lags"
    assert net.seen()[away].head == net.ledger.head.number - 13


def test_an_old_branch_at_an_endpoint_that_is_behind_is_a_contradiction(net: Network) -> None:
    net.follow(net.follower())
    net.endpoints[2].freeze(behind=2)
    net.ledger.reorganise(5, blocks=9)
    follower = net.follower()
    assert net.follow(follower) is Step.ALARMED
    assert net.sighting().alarm == "endpoints-disagree"
    assert net.states() == ["disagrees", "agrees", "disagrees"]


@pytest.mark.parametrize(
    ("mood", "state"),
    [(REFUSES, "unreachable"), (SILENT, "unreachable"), (BUSY, "unreachable"), (ERRORS, "unusable")],
)
def test_an_endpoint_that_is_of_no_use_is_shown_and_the_others_are_followed(
    net: Network, mood: str, state: str
) -> None:
    net.endpoints[0].mood = mood
    assert net.follow(net.follower()) is Step.IDLE
    assert net.cursor().block_hash == net.ledger.head.hash
    assert net.states() == [state, "agrees", "agrees"]
    assert net.sighting().ledger_reachable


def test_with_no_endpoint_left_reads_go_on_and_the_ledger_is_unreachable(net: Network) -> None:
    follower = net.follower()
    net.follow(follower)
    seen = net.sighting().ledger_seen_at
    net.clock.walk(5)
    for endpoint in net.endpoints:
        endpoint.mood = REFUSES
    assert net.follow(follower) is Step.UNREACHABLE
    sighting = net.sighting()
    assert (sighting.ledger_reachable, sighting.ledger_seen_at) == (False, seen)
    assert net.states() == ["unreachable"] * 3
    net.endpoints[1].mood = "honest"
    assert net.follow(follower) is Step.IDLE, "when none answers all are asked again at once"


def test_an_endpoint_of_another_chain_stops_everything(net: Network) -> None:
    net.endpoints[1].ledger = SimulatedLedger(chain_id=1)
    follower = net.follower()
    assert net.follow(follower) is Step.ALARMED
    sighting = net.sighting()
    assert sighting.alarm == "another-ledger"
    assert sighting.alarm_sentence is not None
    assert sighting.alarm_sentence.startswith(net.name(1))
    net.endpoints[1].ledger = net.ledger
    assert net.follow(follower) is Step.IDLE


def _another(view: str) -> Any:
    selector = "0x" + load_artifact("RegistryLog").function(view).selector.hex()
    return lambda method, params, result: (
        "0x" + "77" * 32 if method == "eth_call" and params[0]["data"] == selector else result
    )


@pytest.mark.parametrize("view", ["root", "size"])
@pytest.mark.parametrize("liar", [1, 2])
def test_another_log_after_the_same_block_is_a_contradiction(net: Network, view: str, liar: int) -> None:
    net.endpoints[liar].tamper = _another(view)
    follower = net.follower()
    assert net.follow(follower) is Step.ALARMED
    assert net.sighting().alarm == "endpoints-disagree"
    assert net.states()[liar] == "disagrees"
    net.endpoints[liar].mend()
    assert net.follow(follower) is Step.IDLE


def test_a_header_that_does_not_hash_is_the_fault_of_the_endpoint_that_is_named(net: Network) -> None:
    def another_state(method: str, _: object, result: Any) -> Any:
        return result | {"stateRoot": "0x" + "07" * 32} if method == "eth_getBlockByNumber" else result

    net.endpoints[2].tamper = another_state
    assert net.follow(net.follower()) is Step.ALARMED
    sighting = net.sighting()
    assert sighting.alarm == "header-hash"
    assert sighting.alarm_sentence is not None
    assert sighting.alarm_sentence.startswith(net.name(2))


def test_state_that_an_endpoint_no_longer_keeps_is_no_contradiction(net: Network) -> None:
    net.endpoints[1].state_kept = 0
    assert net.follow(net.follower()) is Step.IDLE
    assert net.states() == ["agrees"] * 3


def test_so_many_must_agree_as_the_operator_says(net: Network) -> None:
    net.endpoints[0].mood = REFUSES
    follower = net.follower(quorum=2)
    assert net.follow(follower) is Step.IDLE
    net.endpoints[1].mood = SILENT
    net.write(1)
    assert net.follow(follower) is Step.UNREACHABLE
    assert net.cursor().block_number == net.ledger.head.number - 1
    net.endpoints[0].mood = net.endpoints[1].mood = "honest"
    net.clock.walk(20)
    assert net.follow(follower) is Step.IDLE
    assert net.cursor().block_hash == net.ledger.head.hash


def test_one_that_falls_silent_in_the_middle_of_a_look_no_longer_counts(net: Network) -> None:
    """It told of its newest block, and then not of the block that is to be followed."""
    for endpoint in net.endpoints[1:]:
        endpoint.tamper = lambda method, params, result: (
            None if method == "eth_getBlockByNumber" and params[0] == hex(81) else result
        )
    assert net.ledger.head.number == 81
    assert net.follow(net.follower(quorum=2)) is Step.UNREACHABLE
    for endpoint in net.endpoints:
        endpoint.mend()
    assert net.follow(net.follower(quorum=2)) is Step.IDLE


def test_no_further_than_so_many_have_it(net: Network) -> None:
    net.endpoints[0].freeze(behind=7)
    net.endpoints[1].freeze(behind=4)
    assert net.follow(net.follower(quorum=2)) is Step.IDLE
    assert net.cursor().block_number == net.ledger.head.number - 4
    assert net.follow(net.follower(quorum=3)) is Step.IDLE
    assert net.cursor().block_number == net.ledger.head.number - 4, "what was followed stays"


def test_one_that_was_silent_is_left_alone_for_a_while(net: Network) -> None:
    net.endpoints[2].mood = SILENT
    follower = net.follower()
    net.follow(follower)
    asked = len(net.endpoints[2].asked)
    for _ in range(5):
        net.clock.walk(1)
        follower.step()
    assert len(net.endpoints[2].asked) == asked
    net.clock.walk(15)
    follower.step()
    assert len(net.endpoints[2].asked) > asked
    net.clock.walk(-3600)  # a clock that is set back does not make it rest for an hour
    asked = len(net.endpoints[2].asked)
    follower.step()
    assert len(net.endpoints[2].asked) > asked


def test_one_that_lies_about_entries_is_an_alarm_and_one_that_refuses_is_gone_round(net: Network) -> None:
    follower = net.follower()
    net.follow(follower)
    net.endpoints[0].tamper = lambda method, _, result: "no entries" if method == "eth_getLogs" else result
    net.write(1)
    assert net.follow(follower) is Step.ALARMED, "a lie is an alarm"
    assert net.sighting().alarm == "malformed-answer"
    net.endpoints[0].tamper = None
    net.follow(follower)
    net.endpoints[0].state_kept = 0  # refuses what only a broken endpoint refuses
    net.write(1)
    steps = [net.follow(follower) for _ in range(2)]
    assert steps == [Step.ALARMED, Step.IDLE]
    assert net.cursor().block_hash == net.ledger.head.hash


@pytest.mark.parametrize("behind", [0, 10])
def test_one_that_stumbled_is_followed_again_when_the_others_are_stuck(net: Network, behind: int) -> None:
    follower = net.follower()
    net.follow(follower)
    net.endpoints[0].state_kept = 0  # refuses what only a broken endpoint refuses
    net.write(1)
    assert [net.follow(follower) for _ in range(2)] == [Step.ALARMED, Step.IDLE]
    net.endpoints[0].mend()
    for endpoint in net.endpoints[1:]:
        endpoint.freeze(behind=behind)
    net.write(1, blocks=4)
    assert net.follow(follower) is Step.IDLE
    assert net.cursor().block_hash == net.ledger.head.hash
    assert (net.sighting().alarm, net.states()) == (None, ["agrees", "lags", "lags"])


@pytest.mark.parametrize(
    ("most", "step", "alarm"), [(10, Step.IDLE, None), (0, Step.ALARMED, "malformed-answer")]
)
def test_entries_that_are_too_much_at_once_are_asked_for_in_parts(
    net: Network, most: int, step: Step, alarm: str | None
) -> None:
    def too_much(method: str, params: Sequence[Any], result: Any) -> Any:
        if method != "eth_getLogs" or int(params[0]["toBlock"], 16) - int(params[0]["fromBlock"], 16) < most:
            return result
        return "x" * 2_000_000

    for endpoint in net.endpoints:
        endpoint.tamper = too_much
    client = net.client.bounded(seconds=60, max_answer=1_000_000)
    follower = Follower(net.engine, client, net.ledger.deployment, holder="one", now=net.clock)
    assert net.follow(follower) is step
    assert net.sighting().alarm == alarm


def test_blocks_that_never_fit_together_are_told_of(net: Network) -> None:
    """An endpoint that has a newest block, and never the one before it."""
    missing = hex(net.ledger.head.number - 1)

    def without_one(method: str, params: Sequence[Any], result: Any) -> Any:
        return None if method == "eth_getBlockByNumber" and params[0] == missing else result

    for endpoint in net.endpoints:
        endpoint.tamper = without_one
    follower = net.follower()
    steps = [follower.step() for _ in range(20)]
    assert steps == [Step.IDLE] * 19 + [Step.ALARMED]
    assert net.sighting().alarm == "ledger-unsteady"
    for endpoint in net.endpoints:
        endpoint.mend()
    assert net.follow(follower) is Step.IDLE
    assert (net.sighting().alarm, net.cursor().block_hash) == (None, net.ledger.head.hash)


def test_the_same_endpoint_twice_counts_once(net: Network) -> None:
    twice = LedgerClient([net.name(0)] * 2, transport=net.transport)
    follower = Follower(net.engine, twice, net.ledger.deployment, holder="one", now=net.clock, quorum=2)
    assert net.follow(follower) is Step.UNREACHABLE
    assert net.states() == ["agrees"]


@pytest.mark.databases("sqlite")
def test_a_database_that_is_away_is_waited_for(net: Network, caplog: pytest.LogCaptureFixture) -> None:
    """On PostgreSQL connections break; here the file's folder is gone for a while."""
    follower = net.follower()
    net.follow(follower)
    net.write(1)
    net.engine.dispose()
    away = net.folder.rename(net.folder.with_name(f"{net.folder.name}-away"))
    for _ in range(3):
        assert follower.step() is Step.NO_DATABASE
    follower.release()
    assert caplog.text.count("alarm database-away") == 1
    away.rename(net.folder)
    assert net.follow(follower) is Step.IDLE
    assert net.cursor().block_hash == net.ledger.head.hash


def test_no_secret_of_a_url_is_told(net: Network, caplog: pytest.LogCaptureFixture) -> None:
    hosts = [url.removeprefix("http://") for url in net.transport.urls[:2]]
    urls = [f"http://user:secret-1@{host}/secret-2?key=secret-3" for host in (*hosts, hosts[0])]
    client = LedgerClient([*urls, f"http://{hosts[0]}/another"], transport=net.transport)
    follower = Follower(net.engine, client, net.ledger.deployment, holder="one", now=net.clock)
    split(net, 1, 2)
    with caplog.at_level(logging.DEBUG, logger="node"):
        assert net.follow(follower) is Step.ALARMED
    told = repr((net.sighting(), net.seen(), caplog.text))
    assert "secret" not in told
    assert [one.name for one in net.seen()] == [
        f"http://{hosts[0]} (1)",
        f"http://{hosts[1]}",
        f"http://{hosts[0]} (2)",
    ]
