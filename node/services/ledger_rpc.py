"""The ledger's own JSON-RPC, reading methods only, bounded in time and size (ebsi-api section 9)."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from node.chain.client import Call, LedgerClient
from node.chain.quantity import number
from node.errors import LedgerAnswerTooLarge, LedgerError, LedgerRefused, LedgerUnavailable
from node.services.errors import RpcRefused
from node.services.ledger_calls import COSTLY, bounded_params
from node.services.node import Node

CALL_SECONDS: Final = 5.0
"""For one call, or for some that cannot take long, at one endpoint."""
BATCH_SECONDS: Final = 20.0
"""For a whole batch; what was not asked for by then is answered with an error of its own."""
MAX_ANSWER: Final = 16 * 1024 * 1024
"""Bytes of one answer of the ledger's."""
TOGETHER: Final = 32
"""Calls that cannot take long in one request to the ledger."""
LIMIT_EXCEEDED: Final = -32005
UNAVAILABLE: Final = -32002
INTERNAL: Final = -32603
_TOO_LARGE: Final = f"The ledger's answer is larger than {MAX_ANSWER} bytes: ask for less."
_OVER: Final = f"The {BATCH_SECONDS:g} seconds of a batch were over before this was asked: ask for it again."

Outcome = Any | RpcRefused | LedgerRefused


def pass_through(node: Node, method: str, params: list[Any]) -> Any:
    """Return what the ledger answers to a reading `method`.

    Raises:
        RpcRefused: the method is not passed on, or asks for too much.
        LedgerRefused: the ledger answered with an error, whose code is passed on.
        LedgerUnavailable: it does not answer in time.
        MalformedLedgerAnswer: it answers with something else.
    """
    ledger = _Ledger(node.ledger)
    outcome = ledger.alone((method, bounded_params(method, params, head=ledger.head)))
    if isinstance(outcome, RpcRefused | LedgerRefused):
        raise outcome
    return outcome


def pass_all(
    node: Node, calls: Sequence[Call], *, monotonic: Callable[[], float] = time.monotonic
) -> list[Outcome]:
    """Return what the ledger answers to each call, or why there is no answer to it, in their order.

    What cannot take long is asked for first and together, the rest one after the other: a slow call delays
    nothing but what costs as much as itself.

    Args:
        node: whose ledger is asked.
        calls: methods with their params, at most as many as the API takes.
        monotonic: seconds that only grow.

    Raises:
        LedgerUnavailable: no call at all got an answer.
        MalformedLedgerAnswer: what cannot take long was answered with something else.
    """
    ledger = _Ledger(node.ledger, monotonic)
    outcomes: list[Outcome] = [None] * len(calls)
    cheap: list[tuple[int, Call]] = []
    costly: list[int] = []
    for place, (method, params) in enumerate(calls):
        if method in COSTLY:
            costly.append(place)
            continue
        try:
            cheap.append((place, (method, bounded_params(method, list(params), head=ledger.head))))
        except RpcRefused as error:
            outcomes[place] = error
    for start in range(0, len(cheap), TOGETHER):
        part = cheap[start : start + TOGETHER]
        for (place, _), outcome in zip(part, ledger.together([call for _, call in part]), strict=True):
            outcomes[place] = outcome
    for place in costly:
        method, params = calls[place]
        outcomes[place] = ledger.one_of_many(method, list(params))
    if ledger.silence is not None and not ledger.answered:
        raise ledger.silence
    return outcomes


@dataclass
class _Ledger:
    """The ledger as one request of a client's may use it."""

    client: LedgerClient
    monotonic: Callable[[], float] = time.monotonic
    answered: bool = False
    silence: LedgerUnavailable | None = None

    def __post_init__(self) -> None:
        self._until = self.monotonic() + BATCH_SECONDS

    def head(self) -> int:
        """The newest block's number; the same for all calls of one request."""
        return self._head

    @cached_property
    def _head(self) -> int:
        return number(self._bounded().request("eth_blockNumber"))

    def alone(self, call: Call) -> Outcome:
        """The answer to one call; what the ledger does not give raises."""
        method, params = call
        try:
            return self._bounded().request(method, *params)
        except LedgerAnswerTooLarge:
            return RpcRefused(_TOO_LARGE, code=LIMIT_EXCEEDED)
        except LedgerRefused as error:
            return error

    def one_of_many(self, method: str, params: list[Any]) -> Outcome:
        """The answer to one call of a batch, or why there is none."""
        if self._is_over():
            return RpcRefused(_OVER, code=LIMIT_EXCEEDED)
        try:
            outcome = self.alone((method, bounded_params(method, params, head=self.head)))
        except RpcRefused as error:
            return error
        except LedgerUnavailable as error:
            self.silence = self.silence or error
            return RpcRefused("The ledger did not answer in time.", code=UNAVAILABLE)
        except LedgerError:
            return RpcRefused("The ledger answered with something else than JSON-RPC.", code=INTERNAL)
        self.answered = True
        return outcome

    def together(self, calls: Sequence[Call]) -> Sequence[Outcome]:
        """The answers to calls that cannot take long."""
        if self._is_over():
            return [RpcRefused(_OVER, code=LIMIT_EXCEEDED)] * len(calls)
        try:
            outcomes = self._bounded().outcomes(calls)
        except LedgerAnswerTooLarge:
            return [RpcRefused(_TOO_LARGE, code=LIMIT_EXCEEDED)] * len(calls)
        self.answered = True
        return outcomes

    def _is_over(self) -> bool:
        return self.monotonic() >= self._until

    def _bounded(self) -> LedgerClient:
        left = max(0.1, min(CALL_SECONDS, self._until - self.monotonic()))
        return self.client.bounded(seconds=left, max_answer=MAX_ANSWER)
