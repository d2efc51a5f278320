"""Credentials that wait to be judged: few threads take them, several at a time by one view of the database.

A thread that hands the interpreter to the event loop at each statement spends as long on that as on verdicts;
what waits together shares the statements that do not depend on the credential. What may take its time waits
in a lane of its own, so that it keeps nobody waiting.
"""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool

from node.services.node import Node
from node.services.verification import Verifier, verifying

AT_ONCE = 2
"""Threads of one lane: whatever strangers send, other answers find theirs free."""
TOGETHER = 16
"""Credentials judged by one view: who comes first waits no longer than for so many."""
PATIENCE = 0.1
"""Seconds after which no further one is begun by the same view: answers go out, the rest begin anew."""
LARGE = 65_536
"""Octets from which on a body may take its time."""
_PROOF = b'"proof"'

_ENDS_ALL = (SystemExit, KeyboardInterrupt, asyncio.CancelledError)
"""What ends a process or a task, and is no outcome of one credential."""

T = TypeVar("T")
Judge = Callable[[Verifier], Any]
Outcome = Any
"""What a judge made of its verifier, or the exception that it raised."""


class Collapsed(Exception):
    """Judging ended in what can be handed to nobody who waits, as a panic in a library; see its cause."""

    def __init__(self) -> None:
        """Say nothing of the cause, which is for the log."""
        super().__init__("judging collapsed")


def may_take_long(body: bytes) -> bool:
    """Whether a body is large, or holds an embedded proof, which another process judges."""
    return len(body) >= LARGE or _PROOF in body


@dataclass(slots=True)
class Waiting:
    """One request's work, and who waits for it."""

    judge: Judge
    answer: asyncio.Future[Any]


@dataclass(slots=True)
class Lane:
    """What waits for the same threads; used on the event loop alone, so that no lock is needed.

    Attributes:
        together: how many are judged by one view at most.
        waiting: in the order in which they came.
        tasks: those that work, one for each thread.
    """

    together: int
    waiting: deque[Waiting] = field(default_factory=deque)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def judge(self, node: Node, judge: Callable[[Verifier], T]) -> T:
        """Return what `judge` makes of a verifier; raise what it raises.

        Raises:
            ProjectionDamaged: the database does not hash to what the ledger has.
        """
        loop = asyncio.get_running_loop()
        asked = Waiting(judge, loop.create_future())
        self.waiting.append(asked)
        if len(self.tasks) < AT_ONCE:
            task = loop.create_task(self._work(node))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        found: T = await asked.answer
        return found

    async def _work(self, node: Node) -> None:
        while self.waiting:
            taken = [self.waiting.popleft() for _ in range(min(self.together, len(self.waiting)))]
            try:
                outcomes = await run_in_threadpool(judge_together, node, [one.judge for one in taken])
            except BaseException:
                self._leave(taken)
                raise
            self.waiting.extendleft(reversed(taken[len(outcomes) :]))
            for one, outcome in zip(taken, outcomes, strict=False):
                if one.answer.done():  # whoever asked has gone
                    continue
                if isinstance(outcome, Exception):
                    one.answer.set_exception(outcome)
                else:
                    one.answer.set_result(outcome)

    def _leave(self, taken: list[Waiting]) -> None:
        """Nobody waits for a worker that is no more."""
        for one in (*taken, *self.waiting):
            one.answer.cancel()
        self.waiting.clear()


@dataclass(slots=True)
class Judging:
    """The two lanes of one application."""

    quick: Lane = field(default_factory=lambda: Lane(TOGETHER))
    long: Lane = field(default_factory=lambda: Lane(1))

    async def judge(self, node: Node, judge: Callable[[Verifier], T], *, body: bytes) -> T:
        """Return what `judge` makes of a verifier, in the lane that its `body` belongs in.

        Raises:
            ProjectionDamaged: the database does not hash to what the ledger has.
        """
        return await (self.long if may_take_long(body) else self.quick).judge(node, judge)


def judge_together(node: Node, judges: Sequence[Judge]) -> list[Outcome]:
    """What each of `judges` makes of one verifier, or what it raised, which is no matter of the others'.

    At least one is heard; fewer than all if they take longer than `PATIENCE`.
    """
    until = time.monotonic() + PATIENCE
    outcomes: list[Outcome] = []
    try:
        with verifying(node) as verifier:
            for judge in judges:
                outcomes.append(_outcome(judge, verifier))
                if time.monotonic() > until:
                    break
    except _ENDS_ALL:
        raise
    except BaseException as error:  # noqa: BLE001 - each who waits is told, by the table of problems
        return [_tellable(error)] * len(judges)
    return outcomes


def _outcome(judge: Judge, verifier: Verifier) -> Outcome:
    try:
        return judge(verifier)
    except _ENDS_ALL:
        raise
    except BaseException as error:  # noqa: BLE001 - likewise; a panic in a library is no Exception
        return _tellable(error)


def _tellable(error: BaseException) -> Exception:
    """The error as a future takes it: an Exception, and not the one that ends an iteration."""
    if isinstance(error, Exception) and not isinstance(error, StopIteration):
        return error
    collapsed = Collapsed()
    collapsed.__cause__ = error
    return collapsed
