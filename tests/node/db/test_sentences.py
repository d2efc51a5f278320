from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from node.db.lease import Lease, note_alarm, read_sighting
from node.db.session import reading, writing

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "kept"),
    [("no\0thing", "no\\x00thing"), ("half \udcff", "half \\udcff"), ("Λ 🎓", "Λ 🎓"), (None, None)],
)
def test_whatever_an_endpoint_said_can_be_kept(engine: Engine, said: str | None, kept: str | None) -> None:
    lease = Lease(engine, "one")
    assert lease.take(NOW, lasts=timedelta(seconds=15))
    with writing(engine) as connection:
        note_alarm(connection, holder="one", name="ledger-refuses", sentence=said)
    with reading(engine) as connection:
        found = read_sighting(connection)
    assert found is not None
    assert found.alarm_sentence == kept
    lease.release()
