"""Who follows for a PostgreSQL database: whoever has the lock, from the moment the one before is gone."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, make_url

from node.db.lease import Lease, read_sighting
from node.db.session import open_engine, reading
from node.errors import DatabaseUnavailable
from tests.databases import cluster, database_url

pytestmark = pytest.mark.databases("postgresql")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
LASTS = timedelta(seconds=15)
HOLDS = """
import sys, time
from datetime import UTC, datetime, timedelta
from node.db.lease import Lease
from node.db.session import open_engine
now = datetime(2026, 11, 22, tzinfo=UTC)
print(Lease(open_engine(sys.argv[1]), "other").take(now, lasts=timedelta(seconds=15)), flush=True)
sys.stdin.read()
"""


def holder_of(engine: Engine) -> str | None:
    with reading(engine) as connection:
        sighting = read_sighting(connection)
    return sighting.holder if sighting else None


def test_a_process_that_is_killed_hands_over_at_once(engine: Engine, tmp_path: Path) -> None:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", HOLDS, database_url(tmp_path)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as other:
        assert other.stdout
        assert other.stdout.readline() == "True\n"
        mine = Lease(engine, "mine")
        assert not mine.take(NOW, lasts=LASTS)
        assert holder_of(engine) == "other"
        other.kill()
    waited = 0
    while not mine.take(NOW, lasts=LASTS):  # the clock stands: no lease has run out
        waited += 1
        assert waited < 10_000
    assert holder_of(engine) == "mine"


def test_one_that_is_released_is_free_and_the_row_says_so(engine: Engine, tmp_path: Path) -> None:
    elsewhere = open_engine(database_url(tmp_path))
    one, two = Lease(engine, "one"), Lease(elsewhere, "two")
    assert one.take(NOW, lasts=LASTS)
    assert one.take(NOW, lasts=LASTS)
    assert not two.take(NOW + timedelta(days=1), lasts=LASTS)  # whatever any clock says
    one.release()
    assert holder_of(engine) is None
    assert two.take(NOW, lasts=LASTS)
    assert not one.take(NOW, lasts=LASTS)
    assert holder_of(engine) == "two"
    elsewhere.dispose()


def test_an_engine_that_is_closed_holds_nothing(engine: Engine, tmp_path: Path) -> None:
    elsewhere = open_engine(database_url(tmp_path))
    assert Lease(elsewhere, "two").take(NOW, lasts=LASTS)
    elsewhere.dispose()
    assert Lease(engine, "one").take(NOW, lasts=LASTS)


def test_who_lost_the_connection_has_lost_the_lock_and_is_told(engine: Engine, tmp_path: Path) -> None:
    elsewhere = open_engine(database_url(tmp_path))
    one, two = Lease(engine, "one"), Lease(elsewhere, "two")
    assert one.take(NOW, lasts=LASTS)
    cluster().disconnect(str(make_url(database_url(tmp_path)).database))
    assert two.take(NOW, lasts=LASTS)
    with pytest.raises(DatabaseUnavailable):
        one.take(NOW, lasts=LASTS)
    assert not one.take(NOW, lasts=LASTS)
    one.release()  # what it does not have
    assert holder_of(engine) == "two"
    elsewhere.dispose()


def test_a_lease_released_while_the_server_is_down_is_free_when_it_is_back(
    engine: Engine, tmp_path: Path
) -> None:
    one = Lease(engine, "one")
    assert one.take(NOW, lasts=LASTS)
    cluster().stop("immediate")
    try:
        with pytest.raises(DatabaseUnavailable):
            one.release()
    finally:
        cluster().start()
    elsewhere = open_engine(database_url(tmp_path))
    assert Lease(elsewhere, "two").take(NOW, lasts=LASTS)
    elsewhere.dispose()
