"""A table that takes nothing, as if the disk were full: by triggers, which both kinds of database have."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text

from node.db.session import writing

REASON = "disk full"
_RAISES = f"AS 'BEGIN RAISE EXCEPTION ''{REASON}''; END' LANGUAGE plpgsql"


@contextmanager
def refusing(engine: Engine, table: str) -> Iterator[None]:
    """Whatever would be written to the table is refused with `REASON` while the block lasts."""
    server = engine.dialect.name == "postgresql"
    refuse = "EXECUTE FUNCTION refuse()" if server else f"BEGIN SELECT RAISE(ABORT, '{REASON}'); END"
    events = {"INSERT": "refuse_insert", "UPDATE": "refuse_update"}
    with writing(engine) as connection:
        if server:
            connection.execute(text(f"CREATE FUNCTION refuse() RETURNS trigger {_RAISES}"))
        for event, name in events.items():
            each = "FOR EACH ROW" if server else ""
            connection.execute(text(f"CREATE TRIGGER {name} BEFORE {event} ON {table} {each} {refuse}"))
    try:
        yield
    finally:
        with writing(engine) as connection:
            for name in events.values():
                connection.execute(text(f"DROP TRIGGER {name}" + (f" ON {table}" if server else "")))
            if server:
                connection.execute(text("DROP FUNCTION refuse()"))
