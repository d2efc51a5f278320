"""Several workers behind one socket: killed, they come again; told to stop, all end, and the port is free."""

import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import inspect

import node.workers
from node.app import listen
from node.db.lease import read_sighting, take_lease
from node.db.session import migrate, open_engine, reading, upgrade, writing
from node.db.tables import METADATA
from node.workers import GAVE_UP, USAGE, Workers, _free
from tests.databases import database_setting, database_url
from tests.ledger import DeployedLedger
from tests.node.api.world import settings_for
from tests.node.test_serve import one_line, start

pytestmark = pytest.mark.enable_socket
_PATIENCE = 120.0


def until(what: str, holds: Callable[[], Any]) -> Any:
    """What `holds` gives once it is true."""
    deadline = time.monotonic() + _PATIENCE
    while not (found := holds()):
        assert time.monotonic() < deadline, what
        time.sleep(0.05)
    return found


def children(pid: int) -> list[int]:
    """The processes that a process started, whose work is not that of embedded proofs."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            found.append(int(folder.name))
    return sorted(found)


def environment(pid: int) -> dict[str, str]:
    pairs = Path(f"/proc/{pid}/environ").read_bytes().decode().split("\0")
    return dict(pair.split("=", 1) for pair in pairs if pair)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


class Served:
    """A node of two workers."""

    def __init__(self, process: "subprocess.Popen[str]", folder: Path) -> None:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Listening on http://127.0.0.1:"), line
        self.process, self.folder = process, folder
        self.url = line.removeprefix("Listening on ").strip()

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])

    def get(self, path: str) -> httpx.Response | None:
        """The answer on a connection of its own; None where a worker ended with the connection."""
        try:
            return httpx.get(self.url + path, trust_env=False, timeout=30)
        except httpx.TransportError:
            return None

    def await_ready(self) -> None:
        until("the node is ready", lambda: (said := self.get("/readyz")) and said.status_code == 200)

    def workers(self) -> list[int]:
        """Their process ids, when both run."""
        found: list[int] = until(
            "both run", lambda: len(running := children(self.process.pid)) == 2 and running
        )
        return found

    def follower(self) -> int | None:
        """The process id of the worker that follows by the row, whether it is alive or not."""
        engine = open_engine(database_url(self.folder))
        try:
            with reading(engine) as connection:
                sighting = read_sighting(connection)
        finally:
            engine.dispose()
        return int(sighting.holder.split("-")[1]) if sighting and sighting.holder else None

    def counted(self, metric: str) -> float:
        """The sum of a figure's series."""
        answer = self.get("/metrics")
        assert answer is not None
        lines = re.findall(rf"^{metric}(?:{{[^}}]*}})? (\S+)$", answer.text, re.MULTILINE)
        return sum(float(value) for value in lines)


@contextmanager
def two_workers(deployed: DeployedLedger, folder: Path) -> Iterator[Served]:
    deployed.ledger.mine()
    settings_for(deployed.ledger.url, deployed.deployment, folder)
    url = database_setting(folder)
    process = start(folder, deployed.ledger.url, workers="2", database_url=url, poll_interval="0.05")
    try:
        yield Served(process, folder)
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def test_a_killed_worker_comes_again_another_follows_and_all_end_in_order(
    deployed: DeployedLedger, tmp_path: Path
) -> None:
    with two_workers(deployed, tmp_path) as served:
        served.await_ready()
        for _ in range(30):
            assert served.get("/healthz")
        counted = served.counted("ankyra_http_requests_total")
        assert counted >= 30
        workers = served.workers()
        victim = served.follower()
        assert victim in workers
        os.kill(victim, signal.SIGKILL)
        deployed.ledger.mine()
        until("another follows", lambda: served.follower() not in {None, victim})
        until("it comes again", lambda: victim not in children(served.process.pid) and served.workers())
        served.await_ready()
        assert served.counted("ankyra_http_requests_total") > counted
        assert served.counted("ankyra_cursor_block") > 0  # a gauge is one worker's, and not added up
        assert served.counted("ankyra_cursor_block") == deployed.ledger.height()
        workers = served.workers()
        served.process.terminate()
        _, logged = served.process.communicate(timeout=_PATIENCE)
        assert served.process.returncode == 0, logged
        assert [line for line in logged.splitlines() if not line.startswith("{")] == []
        assert not any(alive(pid) for pid in workers)
        with socket.create_server(("127.0.0.1", served.port)):
            pass  # the port is free


@pytest.mark.databases("sqlite")
def test_a_lease_is_free_as_soon_as_its_worker_is_gone(deployed: DeployedLedger, tmp_path: Path) -> None:
    settings = settings_for(deployed.ledger.url, deployed.deployment, tmp_path)
    engine = open_engine(settings.database)
    upgrade(engine)
    now = datetime.fromtimestamp(deployed.ledger.time(), UTC)
    with writing(engine) as connection:
        assert take_lease(connection, holder="worker-7-a", now=now, lasts=timedelta(days=1))
    _free(settings.database, "worker-8-b")
    _free(settings.database, "worker-7-a")
    with writing(engine) as connection:
        assert take_lease(connection, holder="worker-9-c", now=now, lasts=timedelta(days=1))
    engine.dispose()


@pytest.mark.databases("sqlite")
def test_no_worker_outlives_the_process_that_started_it(deployed: DeployedLedger, tmp_path: Path) -> None:
    with two_workers(deployed, tmp_path) as served:
        served.await_ready()
        workers = served.workers()
        figures = Path(environment(workers[0])["PROMETHEUS_MULTIPROC_DIR"])
        assert figures.is_dir()
        served.process.kill()
        until("the workers end", lambda: not any(alive(pid) for pid in workers))
        until("their figures are gone", lambda: not figures.exists())
        with socket.create_server(("127.0.0.1", served.port)):
            pass


@pytest.mark.databases("sqlite")
def test_workers_that_cannot_begin_are_one_clear_line(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.json"
    lines = start(tmp_path, "http://127.0.0.1:1", deployment=missing, workers="2").communicate(timeout=60)
    assert lines[0] == ""
    assert str(missing) in lines[1].splitlines()[0]
    assert "Traceback" not in lines[1]
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert "another program" in one_line(start(tmp_path, "http://127.0.0.1:1", port=port, workers="2"))


@pytest.mark.databases("sqlite")
def test_workers_that_keep_ending_are_given_up(
    deployed: DeployedLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = children(os.getpid())
    monkeypatch.setattr(node.workers, "_FIRST_PAUSE", 0.01)
    monkeypatch.setattr(node.workers, "_BEGIN", "import sys; sys.stdin.buffer.readline(); sys.exit(3)")
    settings = settings_for(deployed.ledger.url, deployed.deployment, tmp_path, workers=2)
    with listen("127.0.0.1", 0) as listening:
        assert Workers(settings, listening).run() == GAVE_UP
    assert children(os.getpid()) == before


def test_a_database_is_upgraded_before_any_worker_waits_for_another(
    deployed: DeployedLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An upgrade of a long log takes longer than a worker waits for the right to write."""
    monkeypatch.setattr(node.workers, "_BEGIN", "import sys; sys.stdin.buffer.readline(); sys.exit(2)")
    url = database_url(tmp_path, empty=True)
    settings = settings_for(deployed.ledger.url, deployed.deployment, tmp_path, workers=2, database_url=url)
    engine = open_engine(url)
    with writing(engine) as connection:
        migrate(connection, to="0004")
    with listen("127.0.0.1", 0) as listening:
        assert Workers(settings, listening).run() == USAGE
    with reading(engine) as connection:
        assert set(METADATA.tables) <= set(inspect(connection).get_table_names())
    engine.dispose()
