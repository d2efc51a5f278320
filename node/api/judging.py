"""Credentials that wait to be judged: few threads take them, several at a time by one view of the database.

A thread that hands the interpreter to the event loop at each statement spends as long on that as on verdicts;
what waits together shares the statements that do not depend on the credential.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from starlette.concurrency import run_in_threadpool

from node.services.node import Node
from node.services.verification import Verifier, verifying

AT_ONCE = 2
"""Threads: whatever strangers send, other answers find theirs free."""
TOGETHER = 16
"""Credentials judged by one view: who comes first waits no longer than for so many."""
LARGE = 65_536
"""Octets from which on a credential is judged alone: it may take its time, and nobody waits for it."""

Judge = Callable[[Verifier], bytes]
Outcome = bytes | Exception


@dataclass(slots=True)
class Waiting:
    """One request's work, how large its body is, and who waits for it."""

    judge: Judge
    octets: int
    answer: asyncio.Future[bytes]


@dataclass(slots=True)
class Judging:
    """What waits in one application; used on its event loop alone, so that no lock is needed."""

    waiting: deque[Waiting] = field(default_factory=deque)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def judge(self, node: Node, judge: Judge, *, octets: int) -> bytes:
        """Return what `judge` makes of a verifier; raise what it raises.

        Raises:
            ProjectionDamaged: the database does not hash to what the ledger has.
        """
        loop = asyncio.get_running_loop()
        asked = Waiting(judge, octets, loop.create_future())
        self.waiting.append(asked)
        if len(self.tasks) < AT_ONCE:
            task = loop.create_task(self._work(node))
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
        return await asked.answer

    async def _work(self, node: Node) -> None:
        while self.waiting:
            taken = self._take()
            outcomes = await run_in_threadpool(judge_together, node, [one.judge for one in taken])
            for one, outcome in zip(taken, outcomes, strict=True):
                if one.answer.done():  # whoever asked has gone
                    continue
                if isinstance(outcome, Exception):
                    one.answer.set_exception(outcome)
                else:
                    one.answer.set_result(outcome)

    def _take(self) -> list[Waiting]:
        """The first that waits, and with it small ones next in line if it is small itself."""
        taken = [self.waiting.popleft()]
        while (
            taken[0].octets < LARGE
            and len(taken) < TOGETHER
            and self.waiting
            and self.waiting[0].octets < LARGE
        ):
            taken.append(self.waiting.popleft())
        return taken


def judge_together(node: Node, judges: Sequence[Judge]) -> list[Outcome]:
    """What each of `judges` makes of one verifier, or what it raised, which is no matter of the others'."""
    try:
        with verifying(node) as verifier:
            return [_outcome(judge, verifier) for judge in judges]
    except Exception as error:  # noqa: BLE001 - each who waits is told, by the table of problems
        return [error] * len(judges)


def _outcome(judge: Judge, verifier: Verifier) -> Outcome:
    try:
        return judge(verifier)
    except Exception as error:  # noqa: BLE001 - likewise
        return error
