"""What entries made is known in a file beside, and not in memory, while a whole log is read."""

import gc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event

from anchoring.history import History
from node.db.check_projection import check_projection
from node.db.deriving import derive_again
from node.db.digest import projection_digest
from node.db.known import KnownRows
from node.db.known_aside import KnownAside
from node.db.row_making import DIDS, ISSUERS, KeyInterval, Standing, Totals
from node.db.session import reading, writing
from node.db.tables import ENTRY, PROJECTION
from node.errors import DatabaseUnavailable
from tests.node.logged import Log, follow

SUBJECTS = 200  # each with two entries
PIECE = 100  # entries


def did(number: int) -> str:
    return f"did:ebsi:z{number}"


@pytest.fixture(scope="module")
def log() -> Log:
    """Every DID begins, and is accredited by the one before it: the first by itself."""
    made = Log()
    made.open(b"\x0a" * 20)
    for number in range(SUBJECTS):
        key: dict[str, Any] = {"vMethodId": "k", "publicKey": b"\4", "isSecp256k1": True}
        made.write("did.inserted", did=did(number), baseDocument="{}", **key, notBefore=0, notAfter=2**60)
        accredited(made, number)
    made.write("did.method.revoked", did=did(3), vMethodId="k", notAfter=7)
    accredited(made, 5)
    for number in range(8):
        root = number.to_bytes(32, "big")
        made.write("anchor.batch", did=did(number % 3), attributeId=bytes(32), root=root, size=10 + number)
    return made


def accredited(log: Log, number: int) -> None:
    log.write(
        "issuer.attribute.metadata",
        did=did(number),
        attributeId=number.to_bytes(32, "big"),
        revisionId=len(log.entries).to_bytes(32, "big"),
        issuerType=2 if number else 1,
        taoDid=did(max(0, number - 1)),
        attributeIdTao=max(0, number - 1).to_bytes(32, "big"),
    )


@contextmanager
def noting(engine: Engine, pieces: list[int]) -> Iterator[None]:
    """How many rows that were made are in memory whenever a piece of the log is asked for."""

    def asked(_: object, __: object, statement: str, *___: object) -> None:
        if "FROM entry" in " ".join(statement.split()) and "LIMIT" in statement:
            gc.collect()
            pieces.append(sum(isinstance(one, Standing | KeyInterval) for one in gc.get_objects()))

    event.listen(engine, "before_cursor_execute", asked)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", asked)


def checked(connection: Connection) -> None:
    assert list(check_projection(connection)) == []


@pytest.mark.parametrize("read", [checked, derive_again])
def test_what_is_in_memory_does_not_grow_with_the_log(
    engine: Engine, log: Log, read: Callable[[Connection], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for room in ("check_projection", "deriving"):
        monkeypatch.setattr(f"node.db.{room}._CHUNK", PIECE)
    follow(engine, log.entries)
    with reading(engine) as connection:
        before = projection_digest(connection, size=len(log.entries))
    pieces: list[int] = []
    with noting(engine, pieces), writing(engine) as connection:
        read(connection)
        assert projection_digest(connection, size=len(log.entries)) == before
    assert len(pieces) == len(log.entries) // PIECE + 1 == 5
    assert max(pieces) < SUBJECTS / 4


def test_heads_of_subjects_lie_beside_too() -> None:
    subjects = [number.to_bytes(32, "big") for number in range(5_000)]
    with KnownAside() as known:
        history = History(known.heads)
        for subject in subjects:
            known.heads[subject] = subject[::-1]
        assert len(gc.get_referents(known, known.heads, history)) < 50
        assert list(history.heads) == subjects
        assert len(history.heads) == 5_000
        assert history.heads[subjects[7]] == subjects[7][::-1]
        del known.heads[subjects[7]]
        assert subjects[7] not in history.heads
        with pytest.raises(KeyError):
            del known.heads[subjects[7]]


def test_what_is_known_beside_is_what_the_database_knows(engine: Engine, log: Log) -> None:
    follow(engine, log.entries)
    with reading(engine) as connection, KnownAside() as aside:
        for table in PROJECTION:
            if table is not ENTRY:
                for row in connection.execute(table.select().order_by(table.c.entry_index)).mappings():
                    aside.take(table, {**row})
        rows = KnownRows(connection)
        for number in (0, 1, 3, 5, SUBJECTS - 1, SUBJECTS):
            attribute, named = number.to_bytes(32, "big"), did(number).encode()
            assert aside.standing(did(number), attribute) == rows.standing(did(number), attribute)
            assert aside.intervals(did(number), "k") == rows.intervals(did(number), "k")
            assert aside.is_listed(ISSUERS, named) is rows.is_listed(ISSUERS, named) is (number < SUBJECTS)
            assert aside.month_tally(did(number)) == rows.month_tally(did(number))
        assert aside.totals() == rows.totals() == Totals(SUBJECTS, 8, 108, given=SUBJECTS)
        for collection in (DIDS, ISSUERS, "nothing"):
            assert aside.count(collection) == rows.count(collection)
        assert aside.intervals(did(3), "k") == [
            KeyInterval("authentication", 0, 7),
            KeyInterval("capabilityInvocation", 0, 7),
        ]


def test_a_disk_without_room_is_no_fault_of_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("node.db.known_aside._PREPARED", "PRAGMA max_page_count = 1; CREATE TABLE t (a);")
    with pytest.raises(DatabaseUnavailable, match="temporary file"):
        KnownAside()
    monkeypatch.setattr("node.db.known_aside._PREPARED", "PRAGMA query_only = 1;")
    with KnownAside() as known, pytest.raises(DatabaseUnavailable, match="temporary file"):
        known.heads[b"s"] = b"h"
