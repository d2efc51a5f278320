"""Answers that no honest ledger gives."""

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from node.chain.client import LedgerClient
from node.chain.logs import ENTRY_TOPIC, decode_event
from node.chain.quantity import number, octets
from node.errors import LedgerAnswerTooLarge, LedgerRefused, LedgerUnavailable, MalformedLedgerAnswer

ADDRESS = "0x" + "ab" * 20


def answering(answer: Callable[[Any], httpx.Response]) -> LedgerClient:
    transport = httpx.MockTransport(lambda request: answer(json.loads(request.content)))
    return LedgerClient(["http://ledger.invalid"], transport=transport)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        pytest.param(lambda _: httpx.Response(502, text="bad gateway"), LedgerUnavailable, id="bad gateway"),
        pytest.param(lambda _: httpx.Response(200, text="[" * 100_000), LedgerUnavailable, id="deep nesting"),
        pytest.param(lambda _: httpx.Response(200, json=[]), MalformedLedgerAnswer, id="a list"),
        pytest.param(
            lambda _: httpx.Response(200, json={"id": -1, "result": 1}),
            MalformedLedgerAnswer,
            id="another id",
        ),
        pytest.param(
            lambda call: httpx.Response(200, json={"id": call["id"]}),
            MalformedLedgerAnswer,
            id="neither result nor error",
        ),
        pytest.param(
            lambda call: httpx.Response(200, json={"id": call["id"], "error": "no"}),
            MalformedLedgerAnswer,
            id="error without a code",
        ),
        pytest.param(
            lambda call: httpx.Response(400, json={"id": call["id"], "error": {"code": -32000}}),
            LedgerRefused,
            id="refused with status 400",
        ),
    ],
)
def test_a_wrong_answer_is_an_error_of_its_own_kind(
    answer: Callable[[Any], httpx.Response], error: type[Exception]
) -> None:
    with answering(answer) as ledger, pytest.raises(error):
        ledger.request("eth_chainId")


def test_an_endpoint_that_has_had_enough_is_passed_over() -> None:
    """EIP-1474's -32005 says nothing of the call itself, in a batch as little as alone."""
    error = {"code": -32005, "message": "limit exceeded"}

    def answer(request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        said = {"error": error} if request.url.host == "tired" else {"result": "0x7"}
        calls = asked if isinstance(asked, list) else [asked]
        told = [{"jsonrpc": "2.0", "id": call["id"], **said} for call in calls]
        return httpx.Response(200, json=told if isinstance(asked, list) else told[0])

    transport = httpx.MockTransport(answer)
    with LedgerClient(["http://tired", "http://rested"], transport=transport) as both:
        assert both.request("eth_blockNumber") == "0x7"
    with LedgerClient(["http://tired"], transport=transport) as alone:
        with pytest.raises(LedgerUnavailable, match="limit exceeded"):
            alone.request("eth_blockNumber")
        with pytest.raises(LedgerUnavailable, match="limit exceeded"):
            alone.batch([("eth_blockNumber", ())])


def test_answers_of_a_batch_are_put_in_order_and_a_missing_one_is_told() -> None:
    def reversed_answers(calls: Any) -> httpx.Response:
        return httpx.Response(200, json=[{"id": c["id"], "result": c["method"]} for c in reversed(calls)])

    def all_but_one(calls: Any) -> httpx.Response:
        return httpx.Response(200, json=[{"id": c["id"], "result": c["method"]} for c in calls[1:]])

    methods = [(f"method{at}", ()) for at in range(450)]
    with answering(reversed_answers) as ledger:
        assert ledger.batch(methods) == [method for method, _ in methods]
    with answering(all_but_one) as ledger, pytest.raises(MalformedLedgerAnswer):
        ledger.batch(methods)


@pytest.mark.parametrize("name", [[], {}, [1], "1", 1.5])
def test_an_answer_to_no_call_that_was_made_is_malformed(name: object) -> None:
    one = LedgerClient(["http://one"], transport=httpx.MockTransport(lambda _: alone(name)))
    many = LedgerClient(["http://one"], transport=httpx.MockTransport(lambda _: listed(name)))
    with pytest.raises(MalformedLedgerAnswer):
        one.request("eth_chainId")
    with pytest.raises(MalformedLedgerAnswer):
        many.batch([("eth_chainId", ())])


def alone(name: object) -> httpx.Response:
    return httpx.Response(200, json={"id": name, "result": 1})


def listed(name: object) -> httpx.Response:
    return httpx.Response(200, json=[{"id": name, "result": 1}])


@pytest.mark.parametrize(
    "failure", [httpx.ConnectError("refused"), httpx.InvalidURL("http://one:8545/v3/key"), None], ids=repr
)
def test_an_outage_names_endpoints_without_what_may_be_a_key(failure: Exception | None) -> None:
    def answer(_request: httpx.Request) -> httpx.Response:
        if failure:
            raise failure
        return httpx.Response(502, text="key")

    urls = ("http://one:8545/v3/key", "https://user:key@two/?key")
    with (
        LedgerClient(urls, transport=httpx.MockTransport(answer)) as client,
        pytest.raises(LedgerUnavailable) as caught,
    ):
        client.request("eth_chainId")
    assert "http://one:8545:" in str(caught.value)
    assert "https://two:" in str(caught.value)
    assert "key" not in str(caught.value)


@pytest.mark.parametrize("value", ["0x", "0x-1", "0x1_0", "12", 1, None, True, "0x" + "1" * 65, " 0x1"])
def test_what_spells_no_quantity_is_refused(value: object) -> None:
    with pytest.raises(MalformedLedgerAnswer):
        number(value)


@pytest.mark.parametrize("value", ["", "0x1", "0xgg", "aabb", None, 5, "0x" + "00" * 31])
def test_what_spells_no_hash_is_refused(value: object) -> None:
    with pytest.raises(MalformedLedgerAnswer):
        octets(value, 32)


def event(**changes: Any) -> dict[str, Any]:
    words = [
        bytes(32),
        (5).to_bytes(32, "big"),
        bytes(32),
        b"\x11" * 32,
        (160).to_bytes(32, "big"),
        bytes(32),
    ]
    sound = {
        "address": ADDRESS,
        "topics": [
            "0x" + part.hex() for part in (ENTRY_TOPIC, bytes(32), b"log.mark".ljust(32, b"\0"), b"\x22" * 32)
        ],
        "data": "0x" + b"".join(words).hex(),
        "blockNumber": "0x7",
        "blockHash": "0x" + "33" * 32,
        "transactionHash": "0x" + "44" * 32,
    }
    return sound | changes


def test_a_sound_event_is_decoded() -> None:
    logged = decode_event(event(), ADDRESS)
    assert (logged.entry.kind, logged.entry.time, logged.block_number) == ("log.mark", 5, 7)


@pytest.mark.parametrize(
    "changes",
    [
        {"address": "0x" + "cd" * 20},
        {"address": None},
        {"topics": []},
        {"topics": event()["topics"][:3]},
        {"topics": [event()["topics"][0], *["0x" + "77" * 32] * 3]},
        {"data": event()["data"] + "00" * 32},
        {"data": event()["data"][:-64]},
        {"data": event()["data"][:-2] + "05"},
        {"data": "0x" + "ff" * 192},
        {"blockNumber": None},
        {"blockHash": "0x33"},
    ],
    ids=str,
)
def test_an_event_that_is_not_the_logs_entry_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedLedgerAnswer):
        decode_event(event(**changes), ADDRESS)


def test_an_event_without_a_member_is_refused() -> None:
    for name in event():
        with pytest.raises(MalformedLedgerAnswer):
            decode_event({key: value for key, value in event().items() if key != name}, ADDRESS)


def test_a_client_for_strangers_shares_which_endpoint_answers_and_takes_less() -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        if request.url.host == "gone":
            raise httpx.ConnectError("gone")
        call = json.loads(request.content)
        return httpx.Response(200, json={"jsonrpc": "2.0", "id": call["id"], "result": "0x" + "0" * 500})

    with LedgerClient(["http://gone", "http://there"], transport=httpx.MockTransport(answer)) as ledger:
        strict = ledger.bounded(seconds=5, max_answer=10_000)
        for one in (strict, ledger, ledger.bounded(seconds=5, max_answer=10_000)):
            one.request("eth_chainId")
        assert asked == ["gone", "there", "there", "there"]
        assert ledger.first == "http://there"
        with pytest.raises(LedgerAnswerTooLarge, match="100 bytes"):
            ledger.bounded(seconds=5, max_answer=100).request("eth_chainId")
        with pytest.raises(LedgerUnavailable, match="too slow"):
            ledger.bounded(seconds=0, max_answer=10_000).request("eth_chainId")


def test_each_call_of_a_batch_has_an_outcome_of_its_own() -> None:
    def answer(calls: Any) -> httpx.Response:
        told: list[dict[str, Any]] = [{"error": {"code": -32000, "message": "no"}}, {"result": "0x7"}]
        return httpx.Response(
            200, json=[{"id": call["id"], **one} for call, one in zip(calls, told, strict=True)]
        )

    with answering(answer) as ledger:
        refused, given = ledger.outcomes([("eth_call", ({},)), ("eth_blockNumber", ())])
    assert isinstance(refused, LedgerRefused)
    assert (refused.code, given) == (-32000, "0x7")
