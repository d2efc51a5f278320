"""Who accredited whom first is found by index, however often accreditations were renewed."""

from random import Random

import pytest
from sqlalchemy import Connection, Engine, insert

from node.db import accreditation_graph as db
from node.db.session import reading, writing
from node.db.tables import REVISION
from tests.databases import on_postgresql

COUNCIL, MINISTRY = "did:ebsi:zcouncil", "did:ebsi:zministry"
ABOVE: db.Attribute = COUNCIL, bytes([1]) * 32
RENEWALS = 1_000
STEPS = 2_000_000  # of SQLite's machine; each held against each other one takes more than ten times that

Made = list[tuple[str, bytes, int, str, bytes]]
"""Revisions in log order: DID, attribute, type, and the attribute above."""


def renewed() -> Made:
    """Many that a council accredited, a ministry among them again and again, and many more at the top."""
    (council, above), made = ABOVE, []
    for number in range(RENEWALS):
        attribute = number.to_bytes(32, "big")
        made.append((council, above, 1, council, above))
        made.append((MINISTRY, above, 2, council, above))
        made.append((f"did:ebsi:z{number}", attribute, 3, council, above))
        made.append((f"did:ebsi:z{number}", above, 1, MINISTRY, attribute))
    return made


def mixed(seed: int) -> Made:
    """Some that are accredited, moved, revoked and renewed as it comes."""
    source = Random(seed)
    dids = [COUNCIL, MINISTRY, *(f"did:ebsi:z{number}" for number in range(6))]

    def attribute() -> tuple[str, bytes]:
        return source.choice(dids), bytes([source.randrange(2)]) * 32

    return [(*attribute(), source.randrange(1, 5), *attribute()) for _ in range(400)]


def keep(engine: Engine, made: Made) -> None:
    with writing(engine) as connection:
        connection.execute(
            insert(REVISION),
            [
                {
                    "entry_index": index,
                    "did": did,
                    "attribute_id": attribute_id,
                    "revision_id": index.to_bytes(32, "big"),
                    "issuer_type": issuer_type,
                    "tao": tao,
                    "attribute_id_tao": above,
                    "root_tao": COUNCIL,
                    "body": None,
                }
                for index, (did, attribute_id, issuer_type, tao, above) in enumerate(made)
            ],
        )


def everything_of(connection: Connection, stop: int) -> dict[str, list[db.Given]]:
    return {
        "roots": db.roots(connection, start=0, stop=stop, limit=stop),
        "by": db.given_by(connection, COUNCIL, start=0, stop=stop, limit=stop),
        "under": db.given_under(connection, ABOVE, start=0, stop=stop, limit=stop),
        "each": db.given_under_each(connection, [ABOVE], stop=stop, limit=stop)[::-1],
    }


def expected(made: Made) -> dict[str, list[db.Given]]:
    """The same, one revision after the other."""
    found: dict[str, list[db.Given]] = {"roots": [], "by": [], "under": [], "each": []}
    given: set[tuple[str, bytes, str, bytes]] = set()
    tops: set[tuple[str, bytes]] = set()
    for index, (did, attribute_id, issuer_type, tao, above) in enumerate(made):
        one = db.Given(index, did, attribute_id, tao, above)
        if issuer_type == 1 and one.attribute not in tops:
            tops.add(one.attribute)
            found["roots"].append(one)
        if issuer_type < 4 and (did, attribute_id, tao, above) not in given:
            given.add((did, attribute_id, tao, above))
            if tao == COUNCIL and did != tao:
                found["by"].append(one)
            if (tao, above) == ABOVE and one.attribute != ABOVE:
                found["under"].append(one)
                found["each"].append(one)
    return found


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_was_given_first_is_told_once(engine: Engine, seed: int) -> None:
    made = mixed(seed)
    keep(engine, made)
    with reading(engine) as connection:
        found = everything_of(connection, len(made))
    assert all(found.values())
    assert found == expected(made)


def test_renewals_are_not_held_against_one_another(engine: Engine) -> None:
    made = renewed()
    keep(engine, made)
    with reading(engine) as connection:
        steps = counted_steps(connection)
        assert everything_of(connection, len(made)) == expected(made)
        assert sum(steps) < STEPS


def counted_steps(connection: Connection) -> list[int]:
    """A list that grows as SQLite works, by a thousand steps each; on PostgreSQL it stays empty."""
    steps: list[int] = []
    if not on_postgresql():
        held = connection.connection.dbapi_connection
        assert held is not None
        held.set_progress_handler(lambda: steps.append(1_000), 1_000)
    return steps
