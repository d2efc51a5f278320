"""Records are found by the indexes of their owners and hashes, however many there are of others."""

from typing import Any

import pytest
from sqlalchemy import Engine, event

from node.db.listed import count_listed, listed_names
from node.db.records import count_versions, owned_records, owner_changes, records_by_hash, version_size
from node.db.row_making import RECORDS
from node.db.session import reading

OWNER, DIGESTS = b"\x0a" * 20, (b"\x01" * 32, b"\x02" * 32)


@pytest.mark.databases("sqlite")
def test_no_question_about_records_goes_through_a_whole_table(engine: Engine) -> None:
    plans: list[str] = []

    def explained(connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if statement.startswith("SELECT"):
            cursor = connection.connection.cursor()
            plans.extend(str(row[3]) for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    with reading(engine) as connection:
        event.listen(engine, "before_cursor_execute", explained)
        try:
            page: dict[str, Any] = {"offset": 0, "limit": 10}
            owned_records(connection, OWNER, **page)
            owned_records(connection, OWNER, hash_digests=DIGESTS, **page)
            records_by_hash(connection, DIGESTS, **page)
            listed_names(connection, RECORDS, offset=99_990, limit=10)
            count_listed(connection, RECORDS)
            count_versions(connection, bytes(32))
            version_size(connection, bytes(32), 0)
            owner_changes(connection, bytes(32), limit=10)
        finally:
            event.remove(engine, "before_cursor_execute", explained)
    assert len(plans) > 10
    counted = "SCAN anon_"  # what was found already
    assert [step for step in plans if step.startswith("SCAN") and not step.startswith(counted)] == []
