"""Processes killed for good while issuers work: nothing is lost, nothing is doubled (issue 4, proof)."""

import secrets
from pathlib import Path

import pytest

from node.failpoints import FAILPOINTS
from tests.crash.run import Result, run
from tests.databases import cluster

pytestmark = [pytest.mark.enable_socket, pytest.mark.timeout(900)]
RANDOM_KILLS = 20
KILLS_ON_POSTGRESQL = 10


def killed(
    folder: Path, capsys: pytest.CaptureFixture[str], *, kills: int, at_random: float, database_url: str = ""
) -> Result:
    """A run with a fresh seed, which is printed, and whose findings name the command that repeats it."""
    seed = secrets.randbelow(1 << 32)
    again = f"python -m tests.crash --kills {kills} --at-random {at_random} --seed {seed}"
    again += " --database postgresql" if database_url else ""
    with capsys.disabled():
        print(f"\n{again}")  # noqa: T201 - whoever looks on shall be able to repeat it
    result = run(folder, kills=kills, seed=seed, at_random=at_random, database_url=database_url)
    assert result.findings == [], again
    assert not result.unreached, f"{result.unreached}: {again}"
    return result


def test_nothing_is_lost_wherever_a_process_dies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = killed(tmp_path, capsys, kills=len(FAILPOINTS), at_random=0)
    assert {name.partition(" ")[2] for name in result.by_place} == set(FAILPOINTS)


def test_nothing_is_lost_whenever_a_process_dies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert killed(tmp_path, capsys, kills=RANDOM_KILLS, at_random=1).kills == RANDOM_KILLS


def test_nothing_is_lost_on_postgresql(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    url = cluster().create("crash")
    try:
        killed(tmp_path, capsys, kills=KILLS_ON_POSTGRESQL, at_random=0.4, database_url=url)
    finally:
        cluster().drop("crash")
