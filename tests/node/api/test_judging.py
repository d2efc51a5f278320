import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from node.api import judging
from node.api.judging import LARGE, TOGETHER, Judging, judge_together
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


def test_what_one_raises_is_no_matter_of_the_others(home: Country, node: Node) -> None:
    found = judge_together(node, [outcome(home), explode, outcome(home)])
    assert (found[0], found[2]) == (b"valid", b"valid")
    assert isinstance(found[1], RuntimeError)


def test_a_damaged_database_is_told_to_everybody(home: Country, node: Node) -> None:
    with writing(node.engine) as connection:
        connection.execute(update(ENTRY).where(ENTRY.c.entry_index == 3).values(hash=bytes(32)))
    found = judge_together(node, [outcome(home)] * 2)
    assert all(isinstance(one, ProjectionDamaged) for one in found)


def test_everybody_gets_the_own_answer_and_who_has_gone_gets_none(home: Country, node: Node) -> None:
    async def ask() -> list[bytes | BaseException]:
        waiting = Judging()
        gone = asyncio.create_task(waiting.judge(node, outcome(home), octets=1))
        asked = [
            asyncio.create_task(waiting.judge(node, judge, octets=octets))
            for octets in (1, LARGE, 1)
            for judge in (outcome(home), explode, lambda _: b"mine")
        ]
        await asyncio.sleep(0)
        gone.cancel()
        answers = await asyncio.gather(*asked, return_exceptions=True)
        assert gone.cancelled()
        assert await waiting.judge(node, outcome(home), octets=1) == b"valid"  # goes on after a pause
        return answers

    answers = asyncio.run(ask())
    assert answers[0::3] == [b"valid"] * 3
    assert all(isinstance(one, RuntimeError) for one in answers[1::3])
    assert answers[2::3] == [b"mine"] * 3


def test_small_ones_go_together_and_a_large_one_goes_alone(
    home: Country, node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []

    def counted(node: Node, judges: list[Callable[[Verifier], bytes]]) -> list[bytes | Exception]:
        taken.append(len(judges))
        return judge_together(node, judges)

    monkeypatch.setattr(judging, "judge_together", counted)
    monkeypatch.setattr(judging, "AT_ONCE", 1)

    async def ask() -> None:
        waiting = Judging()
        sizes = [1] * (TOGETHER + 3) + [LARGE, LARGE, 1, 1, LARGE]
        await asyncio.gather(*(waiting.judge(node, outcome(home), octets=octets) for octets in sizes))

    asyncio.run(ask())
    assert taken == [TOGETHER, 3, 1, 1, 2, 1]
