import asyncio
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from node.api import judging
from node.api.judging import LARGE, TOGETHER, Collapsed, Judge, Judging, Lane, judge_together
from node.db.session import writing
from node.db.tables import ENTRY
from node.services.errors import ProjectionDamaged
from node.services.node import Node
from node.services.verification import Verifier
from tests.credentials.world import Country, country
from tests.node.projected import node_of


@pytest.fixture(scope="module")
def home() -> Country:
    return country()


@pytest.fixture
def node(home: Country, tmp_path: Path) -> Iterator[Node]:
    with node_of(home.world, tmp_path) as node:
        yield node


def outcome(home: Country) -> Callable[[Verifier], bytes]:
    return lambda verifier: verifier.verify(home.credential, at=None).verdict.outcome.encode()


def explode(_verifier: Verifier) -> bytes:
    raise RuntimeError("of one alone")


def test_what_one_raises_is_no_matter_of_the_others(
    home: Country, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "PATIENCE", 300.0)  # on a busy machine the first may take longer
    found = judge_together(node, [outcome(home), explode, outcome(home)])
    assert (found[0], found[2]) == (b"valid", b"valid")
    assert isinstance(found[1], RuntimeError)


class Panic(BaseException):
    """What a library in another language raises when it breaks down: no Exception."""


def raising(error: BaseException) -> Judge:
    def judge(_verifier: Verifier) -> bytes:
        raise error

    return judge


@pytest.mark.parametrize("error", [Panic("at the disco"), StopIteration(), GeneratorExit()])
def test_a_panic_is_told_to_whom_it_befell_and_to_nobody_else(
    home: Country, node: Node, error: BaseException
) -> None:
    """Play the attack: a credential breaks a library down, and all who wait with it wait for ever."""

    async def ask() -> list[bytes | BaseException]:
        waiting = Judging()
        judges = [outcome(home), raising(error), outcome(home)]
        asked = [waiting.judge(node, judge, body=b"") for judge in judges]
        return await asyncio.wait_for(asyncio.gather(*asked, return_exceptions=True), 60)

    answers = asyncio.run(ask())
    assert answers[0::2] == [b"valid"] * 2
    assert isinstance(answers[1], Collapsed)
    assert answers[1].__cause__ is error


def test_a_panic_before_the_first_is_told_to_everybody(
    home: Country, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    def panicking(_node: Node) -> None:
        raise Panic

    monkeypatch.setattr(judging, "verifying", panicking)
    assert all(isinstance(one, Collapsed) for one in judge_together(node, [outcome(home)] * 2))


def test_nobody_waits_for_a_worker_that_has_ended(
    home: Country, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "AT_ONCE", 1)

    async def ask() -> list[bytes | BaseException]:
        lane, begun, ended = Lane(1), threading.Event(), threading.Event()

        def judge(_verifier: Verifier) -> bytes:
            begun.set()
            return bytes(ended.wait())

        asked = [asyncio.create_task(lane.judge(node, judge)) for _ in range(3)]
        await asyncio.to_thread(begun.wait)
        for task in lane.tasks:
            task.cancel()
        ended.set()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert await lane.judge(node, outcome(home)) == b"valid"
        return answers

    assert all(isinstance(one, asyncio.CancelledError) for one in asyncio.run(ask()))


@pytest.mark.parametrize("error", [SystemExit(), KeyboardInterrupt()])
def test_what_ends_the_process_is_no_outcome(node: Node, error: BaseException) -> None:
    with pytest.raises(type(error)):
        judge_together(node, [raising(error)])


def test_a_damaged_database_is_told_to_everybody(home: Country, node: Node) -> None:
    with writing(node.engine) as connection:
        connection.execute(update(ENTRY).where(ENTRY.c.entry_index == 3).values(hash=bytes(32)))
    found = judge_together(node, [outcome(home)] * 2)
    assert all(isinstance(one, ProjectionDamaged) for one in found)


def test_everybody_gets_the_own_answer_and_who_has_gone_gets_none(home: Country, node: Node) -> None:
    async def ask() -> list[bytes | BaseException]:
        waiting = Judging()
        gone = asyncio.create_task(waiting.judge(node, outcome(home), body=b""))
        asked = [
            asyncio.create_task(waiting.judge(node, judge, body=body))
            for body in (b"small", b"x" * LARGE, b'{"proof":{}}')
            for judge in (outcome(home), explode, lambda _: b"mine")
        ]
        await asyncio.sleep(0)
        gone.cancel()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert gone.cancelled()
        assert await waiting.judge(node, outcome(home), body=b"") == b"valid"  # goes on after a pause
        return answers

    answers = asyncio.run(ask())
    assert answers[0::3] == [b"valid"] * 3
    assert all(isinstance(one, RuntimeError) for one in answers[1::3])
    assert answers[2::3] == [b"mine"] * 3


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many are taken at a time, by one thread of each lane."""
    taken: list[int] = []

    def counted(node: Node, judges: list[Judge]) -> list[bytes | Exception]:
        taken.append(len(judges))
        return judge_together(node, judges)

    monkeypatch.setattr(judging, "judge_together", counted)
    monkeypatch.setattr(judging, "AT_ONCE", 1)
    return taken


def judge_all(home: Country, node: Node, bodies: list[bytes]) -> None:
    async def ask() -> list[bytes]:
        waiting = Judging()
        return await asyncio.gather(*(waiting.judge(node, outcome(home), body=body) for body in bodies))

    assert set(asyncio.run(ask())) == {b"valid"}


def test_small_ones_go_together_and_a_large_one_goes_alone(
    home: Country, node: Node, monkeypatch: pytest.MonkeyPatch, taken: list[int]
) -> None:
    monkeypatch.setattr(judging, "PATIENCE", 1_000)
    judge_all(home, node, [b"small"] * (TOGETHER + 3))
    assert taken == [TOGETHER, 3]
    taken.clear()
    judge_all(home, node, [b"x" * LARGE, b'{"proof":1}', b"x" * LARGE])
    assert taken == [1, 1, 1]


def test_who_takes_long_sends_the_rest_to_begin_anew(
    home: Country, node: Node, monkeypatch: pytest.MonkeyPatch, taken: list[int]
) -> None:
    monkeypatch.setattr(judging, "PATIENCE", 0)
    judge_all(home, node, [b"small"] * 3)
    assert taken == [3, 2, 1]


def test_a_large_body_keeps_no_small_one_waiting(home: Country, node: Node) -> None:
    async def ask() -> bytes:
        waiting, ended = Judging(), threading.Event()
        slow = [
            asyncio.create_task(waiting.judge(node, lambda _: bytes(ended.wait()), body=b"x" * LARGE))
            for _ in range(8)
        ]
        try:
            return await waiting.judge(node, outcome(home), body=b"small")
        finally:
            ended.set()
            await asyncio.gather(*slow)

    assert asyncio.run(ask()) == b"valid"
