"""A ledger endpoint that lies, and strangers who write what a database would choke on."""

import json
import logging
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from eth_abi.abi import encode
from sqlalchemy import select

from anchoring.entry import status_subject
from node.artifacts import load_artifact
from node.chain.client import LedgerClient
from node.db.check import check_database
from node.db.digest import projection_digest
from node.db.entries import find_entries, log_size
from node.db.lease import read_sighting
from node.db.row_making import LARGEST
from node.db.session import reading
from node.db.tables import STATUS_PUBLICATION
from node.indexer.follower import Step
from tests.node.indexer.conftest import Desk

pytestmark = pytest.mark.enable_socket

Tamper = Callable[[str, list[Any], Any], Any]


class Liar(httpx.BaseTransport):
    """Asks the real ledger and changes what it answers."""

    def __init__(self, tamper: Tamper) -> None:
        self._tamper = tamper
        self._real = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        calls = json.loads(request.read())
        response = self._real.handle_request(request)
        answers = json.loads(response.read())
        many = isinstance(calls, list)
        for call, answer in zip(calls if many else [calls], answers if many else [answers], strict=True):
            if "result" in answer:
                changed = self._tamper(call["method"], call["params"], answer["result"])
                if isinstance(changed, httpx.Response):
                    return changed
                answer["result"] = changed
        return httpx.Response(200, json=answers)

    def close(self) -> None:
        self._real.close()


def flip(text: str, place: int) -> str:
    return text[:place] + ("1" if text[place] != "1" else "2") + text[place + 1 :]


def another_root(method: str, params: list[Any], result: Any) -> Any:
    root = load_artifact("RegistryLog").function("root").selector.hex()
    return flip(result, 20) if method == "eth_call" and params[0]["data"] == "0x" + root else result


def another_size(method: str, params: list[Any], result: Any) -> Any:
    size = load_artifact("RegistryLog").function("size").selector.hex()
    return "0x" + f"{5:064x}" if method == "eth_call" and params[0]["data"] == "0x" + size else result


def events(change: Callable[[list[Any]], list[Any]]) -> Tamper:
    return lambda method, _, result: change(result) if method == "eth_getLogs" else result


def in_last(member: str, place: int) -> Callable[[list[Any]], list[Any]]:
    return lambda found: [*found[:-1], {**found[-1], member: flip(found[-1][member], place)}]


def answer(method: str, change: Callable[[Any], Any]) -> Tamper:
    return lambda asked, _, result: change(result) if asked == method else result


def blocks(member: str) -> Tamper:
    return answer("eth_getBlockByNumber", lambda block: block and {**block, member: flip(block[member], 5)})


def without(member: str) -> Callable[[Any], Any]:
    return lambda block: block and {name: value for name, value in block.items() if name != member}


def removed(found: list[Any]) -> list[Any]:
    return [*found[:-1], {**found[-1], "removed": True}]


def refusal() -> httpx.Response:
    return httpx.Response(200, json={"id": None, "error": {"code": -32000, "message": "not today"}})


LIES: dict[str, tuple[Tamper, str]] = {
    "another root": (another_root, "root-mismatch"),
    "another size": (another_size, "root-mismatch"),
    "the last event withheld": (events(lambda found: found[:-1]), "root-mismatch"),
    "an event withheld": (events(lambda found: [*found[:3], *found[4:]]), "log-gap"),
    "all events withheld": (events(lambda _: []), "root-mismatch"),
    "an event twice": (events(lambda found: [*found[:4], *found[3:]]), "log-repeated"),
    "another previous": (events(in_last("data", 10)), "broken-history"),
    "another time": (events(in_last("data", 2 + 64 + 62)), "broken-history"),
    "another actor": (events(in_last("data", 2 + 128 + 40)), "root-mismatch"),
    "another parent": (events(in_last("data", 2 + 192 + 10)), "broken-history"),
    "another address": (events(in_last("address", 10)), "foreign-log"),
    "an event taken back": (events(removed), "foreign-log"),
    "an event of another chain's block": (events(in_last("blockHash", 10)), "foreign-log"),
    "another chain id": (answer("eth_chainId", lambda _: "0x1"), "another-ledger"),
    "another state root": (blocks("stateRoot"), "header-hash"),
    "another hash": (blocks("hash"), "header-hash"),
    "another time of a block": (blocks("timestamp"), "header-hash"),
    "a header without nonce": (answer("eth_getBlockByNumber", without("nonce")), "malformed-answer"),
    "errors instead of entries": (events(lambda _: refusal()), "ledger-refuses"),  # type: ignore[arg-type, return-value]
    "no list": (events(lambda _: {}), "malformed-answer"),  # type: ignore[arg-type, return-value]
}  # fmt: skip


@pytest.mark.parametrize("name", list(LIES))
def test_a_lie_of_the_ledgers_endpoint_raises_an_alarm_and_nothing_is_written(desk: Desk, name: str) -> None:
    tamper, alarm = LIES[name]
    with LedgerClient([desk.deployed.ledger.url], transport=Liar(tamper)) as liar:
        assert desk.follow(desk.follower(client=liar)) is Step.ALARMED
    with reading(desk.engine) as connection:
        sighting = read_sighting(connection)
        assert log_size(connection) == 0
    assert sighting is not None
    assert sighting.alarm == alarm
    assert sighting.alarm_sentence
    assert desk.follow(desk.follower()) is Step.IDLE  # an honest endpoint clears it
    with reading(desk.engine) as connection:
        sighting = read_sighting(connection)
        assert log_size(connection) > 0
    assert sighting is not None
    assert sighting.alarm is None


class OneLies(httpx.BaseTransport):
    """Two endpoints of the real ledger: the one called `localhost` lies."""

    def __init__(self, tamper: Tamper) -> None:
        self._liar, self._honest = Liar(tamper), httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        lies = request.url.host == "localhost"
        return (self._liar if lies else self._honest).handle_request(request)

    def close(self) -> None:
        self._liar.close()
        self._honest.close()


@pytest.mark.parametrize("lie", ["another root", "another size", "another state root", "another chain id"])
@pytest.mark.parametrize("first", [True, False])
def test_a_lie_of_one_of_two_endpoints_of_a_real_ledger_is_not_outvoted(
    desk: Desk, lie: str, *, first: bool
) -> None:
    honest = desk.deployed.ledger.url
    lying = honest.replace("127.0.0.1", "localhost")
    urls = [lying, honest] if first else [honest, lying]
    with LedgerClient(urls, transport=OneLies(LIES[lie][0])) as client:
        assert desk.follow(desk.follower(client=client)) is Step.ALARMED
    with reading(desk.engine) as connection:
        assert log_size(connection) == 0
    assert desk.follow() is Step.IDLE


def test_an_alarm_is_logged_when_it_is_raised_and_when_it_is_gone_and_not_in_between(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    tamper, alarm = LIES["an event withheld"]
    lies = True

    def now_and_then(method: str, params: list[Any], result: Any) -> Any:
        return tamper(method, params, result) if lies else result

    with (
        LedgerClient([desk.deployed.ledger.url], transport=Liar(now_and_then)) as client,
        caplog.at_level(logging.WARNING, logger="node.indexer.follower"),
    ):
        follower = desk.follower(client=client)
        for _ in range(3):
            assert desk.follow(follower) is Step.ALARMED
        (raised,) = caplog.messages
        assert raised.startswith(f"alarm {alarm}: block ")
        lies = False
        for _ in range(2):
            assert desk.follow(follower) is Step.IDLE
    assert caplog.messages[1:] == [f"alarm {alarm} is gone: following again"]


def test_a_range_that_is_too_long_for_the_endpoint_is_halved(desk: Desk) -> None:
    desk.deployed.ledger.mine(40)
    too_long = httpx.Response(
        200, json={"jsonrpc": "2.0", "id": None, "error": {"code": -32005, "message": "range too long"}}
    )

    def limited(method: str, params: list[Any], result: Any) -> Any:
        if method == "eth_getLogs" and int(params[0]["toBlock"], 16) - int(params[0]["fromBlock"], 16) > 9:
            return too_long
        return result

    with LedgerClient([desk.deployed.ledger.url], transport=Liar(limited)) as ledger:
        assert desk.follow(desk.follower("limited", client=ledger)) is Step.IDLE
    other = desk.database("other")
    desk.follow(desk.follower("other", other))
    digests = []
    for engine in (desk.engine, other):
        with reading(engine) as connection:
            digests.append(projection_digest(connection, size=log_size(connection)))
    assert digests[0] == digests[1]


def test_events_in_another_order_are_put_in_the_logs_own(desk: Desk) -> None:
    desk.registrar.issuer()
    shuffled = events(lambda found: [*found[1::2], *found[::2]])
    with LedgerClient([desk.deployed.ledger.url], transport=Liar(shuffled)) as ledger:
        assert desk.follow(desk.follower("shuffled", client=ledger)) is Step.IDLE
    other = desk.database("other")
    desk.follow(desk.follower("other", other))
    digests = []
    for engine in (desk.engine, other):
        with reading(engine) as connection:
            digests.append(projection_digest(connection, size=log_size(connection)))
    assert digests[0] == digests[1]


def test_what_strangers_write_neither_stops_the_follower_nor_the_check(desk: Desk) -> None:
    university = desk.registrar.issuer()
    fragment = load_artifact("AnchorRegistry").function("publishStatusList")
    types = [kind.replace("string", "bytes") for kind, _ in fragment.inputs]
    url, purpose, largest = b"https://nul\x00.example/\xff\xfe", b"\xf0\x28\x8c\x28 revocation", 2**64 - 1
    arguments = (
        university.did.encode(), university.attribute_id, url, purpose, largest, b"\x01" * 32, 0, largest,
    )  # fmt: skip
    sender = desk.deployed.sender(university.key)
    sender.send(desk.registrar.at("AnchorRegistry"), fragment.selector + encode(types, arguments))
    base = load_artifact("DidRegistry").function("updateBaseDocument")
    document = b'{"@context":"https://www.w3.org/ns/did/v1","x":"\x00\xff"}'
    sender.send(
        desk.registrar.at("DidRegistry"),
        base.selector + encode(["bytes", "bytes"], [university.did.encode(), document]),
    )
    assert desk.follow() is Step.IDLE
    with reading(desk.engine) as connection:
        (row,) = connection.execute(select(STATUS_PUBLICATION)).all()
        assert (row.url, row.bits) == ("https://nul\\x00.example/\\xff\\xfe", LARGEST)
        assert list(check_database(connection)) == []
        (published,) = find_entries(connection, limit=5, kinds=["status.published"])
    assert published.entry.fields["validUntil"] == largest
    assert published.entry.subject != status_subject(university.did, row.url)  # the bytes are what counts
