"""A node that is busy is asked again, for a while, and what it says at last is what it said."""

from typing import Any

import httpx
import pytest

from node.client.errors import NodeProblem, NodeUnreachable
from node.client.node_verdict import ask_verdict
from node.client.patience import Patience
from tests.node.client.answers import node_that

BUSY = {"reason": "busy"}
OPEN = {"outcome": "indeterminate"}
BUSY_ANSWERS: list[dict[str, Any]] = [
    {**OPEN, "checks": [{"reason": None}, BUSY]},
    {**OPEN, "holder": BUSY, "credentials": []},
    {**OPEN, "holder": {"reason": None}, "credentials": [{"checks": []}, {"checks": [BUSY]}]},
]
OTHER_ANSWERS: list[dict[str, Any]] = [
    {},
    {"outcome": "invalid", "checks": [BUSY]},
    {"outcome": "valid", "checks": [BUSY]},
    {**OPEN, "checks": [{"reason": "unavailable"}, {"reason": None}, {}]},
    {**OPEN, "checks": "busy", "holder": "busy", "credentials": {"checks": [BUSY]}},
    {**OPEN, "checks": ["busy", None], "holder": None, "credentials": [None, {"checks": None}]},
]
FAILURES = {
    "refuses": httpx.Response(429, json={"title": "Too Many Requests", "status": 429, "detail": "later"}),
    "breaks down": httpx.Response(500, json={"title": "Internal Error", "status": 500, "detail": "broken"}),
    "is gone": None,
}


class Asked:
    """A node that gives its answers one after another, the last one for ever, and who waits for it."""

    def __init__(self, *answers: dict[str, Any] | httpx.Response | None) -> None:
        self.answers, self.questions = list(answers), 0
        self.pauses: list[float] = []
        self.node = node_that(self._answer)
        self.patience = Patience(attempts=4, first=1.0, longest=2.0, sleep=self.pauses.append)

    def ask(self) -> dict[str, Any]:
        return dict(ask_verdict(self.node, {"credential": "x"}, patience=self.patience))

    def _answer(self, request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("POST", "/v1/verifications")
        self.questions += 1
        answer = self.answers[min(self.questions, len(self.answers)) - 1]
        if answer is None:
            raise httpx.ConnectError("refused")
        return answer if isinstance(answer, httpx.Response) else httpx.Response(200, json=answer)


@pytest.mark.parametrize("busy", BUSY_ANSWERS)
def test_a_busy_node_is_asked_again_until_it_is_free(busy: dict[str, Any]) -> None:
    asked = Asked(busy, busy, {"checks": []})
    assert asked.ask() == {"checks": []}
    assert (asked.questions, asked.pauses) == (3, [1.0, 1.5])


@pytest.mark.parametrize("busy", BUSY_ANSWERS)
def test_what_a_node_says_that_stays_busy_is_what_it_said_last(busy: dict[str, Any]) -> None:
    asked = Asked(busy)
    assert asked.ask() == busy
    assert (asked.questions, asked.pauses) == (4, [1.0, 1.5, 2.0])


@pytest.mark.parametrize("other", OTHER_ANSWERS)
def test_any_other_answer_is_taken_at_once_whatever_its_form(other: dict[str, Any]) -> None:
    asked = Asked(other)
    assert asked.ask() == other
    assert (asked.questions, asked.pauses) == (1, [])


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_an_answer_stands_where_the_next_one_fails_and_a_first_failure_is_told(
    failure: httpx.Response | None,
) -> None:
    asked = Asked(BUSY_ANSWERS[0], failure)
    assert asked.ask() == BUSY_ANSWERS[0]
    assert asked.questions == 2
    with pytest.raises((NodeProblem, NodeUnreachable)):
        Asked(failure).ask()
