"""Members of collections are numbered in the order of the ledger, whatever is between and is taken back."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, delete, select

from node.db.check_projection import check_projection
from node.db.digest import projection_digest
from node.db.listed import count_listed, listed_names, name_at, ordinal_of
from node.db.row_making import DIDS, ISSUERS, POLICIES, RECORDS, SCHEMAS, TIMESTAMPS, USERS
from node.db.session import migrate, open_engine, reading, upgrade, writing
from node.db.tables import LISTED, PROJECTION
from tests.databases import database_url
from tests.node.logged import Log, follow, go_back

OPERATOR, OTHER = b"\x0a" * 20, b"\x0b" * 20
FIRST, SECOND = "did:ebsi:zfirst", "did:ebsi:zsecond"


def some_log() -> Log:
    log = Log()
    log.open(OPERATOR)
    for did in (FIRST, SECOND):
        key: dict[str, Any] = {"vMethodId": "k", "publicKey": b"\4", "isSecp256k1": True}
        log.write("did.inserted", did=did, baseDocument="{}", **key, notBefore=0, notAfter=9)
    for index, did in enumerate((SECOND, SECOND, FIRST)):
        log.write(
            "issuer.attribute.metadata",
            did=did,
            attributeId=bytes([index]) * 32,
            revisionId=bytes([index]) * 32,
            issuerType=1,
            taoDid=did,
            attributeIdTao=bytes([index]) * 32,
        )
    for name in ("A:one", "A:two"):
        log.write("policy.inserted", policyName=name, description="")
        log.write("policy.deactivated", policyName=name, description="")
    for user in (OPERATOR, OTHER, OTHER):
        log.write("policy.granted", user=user, attributes=["A:one", "A:two"])
    for value in (b"h", b"h", b"i"):
        log.write("timestamp.hashes", hashAlgorithmId=0, hashValue=value, timestampData=b"")
    for version, record in ((0, b"r"), (1, b"r"), (0, b"s")):
        log.write(
            "timestamp.record.versioned",
            actor=OTHER,
            recordId=record * 32,
            versionId=version,
            hashAlgorithmIds=[0],
            hashValues=[b"h"],
            timestampData=[],
            versionInfo=b"",
        )
    for kind in ("schema.inserted", "schema.updated"):
        log.write(
            kind, schemaId=b"c" * 32, schemaRevisionId=kind.encode().ljust(32), schema=b"{}", metadata=b"{}"
        )
    return log


def all_of(connection: Connection, collection: str) -> list[bytes]:
    return listed_names(connection, collection, offset=0, limit=100)


def digest_of(engine: Engine, log: Log) -> bytes:
    with reading(engine) as connection:
        return projection_digest(connection, size=len(log.entries))


def test_each_member_is_listed_once_in_the_order_of_its_coming(engine: Engine) -> None:
    follow(engine, some_log().entries)
    with reading(engine) as connection:
        assert all_of(connection, DIDS) == [FIRST.encode(), SECOND.encode()]
        assert all_of(connection, ISSUERS) == [SECOND.encode(), FIRST.encode()]
        assert all_of(connection, SCHEMAS) == [b"c" * 32]
        assert all_of(connection, POLICIES) == [b"TPR:operator", b"A:one", b"A:two"]
        assert all_of(connection, USERS) == [OPERATOR, OTHER]
        assert len(all_of(connection, TIMESTAMPS)) == 2
        assert all_of(connection, RECORDS) == [b"r" * 32, b"s" * 32]
        assert count_listed(connection, POLICIES) == 3
        assert count_listed(connection, "nothing") == 0
        assert ordinal_of(connection, USERS, OTHER) == 1
        assert ordinal_of(connection, USERS, b"\x0c" * 20) is None
        assert name_at(connection, POLICIES, 2) == b"A:two"
        assert name_at(connection, POLICIES, 3) is None
        assert listed_names(connection, POLICIES, offset=1, limit=1) == [b"A:one"]


def test_what_is_followed_in_pieces_and_taken_back_is_numbered_as_if_at_once(
    engine: Engine, tmp_path: Path
) -> None:
    log = some_log()
    whole = open_engine(database_url(tmp_path, "whole"))
    upgrade(whole)
    follow(whole, log.entries)
    for size in range(1, len(log.entries) + 1):
        follow(engine, log.entries[:size])
        if size > 3:
            go_back(engine, log.entries, size=size - 3)
            follow(engine, log.entries[:size])
    assert digest_of(engine, log) == digest_of(whole, log)
    with reading(engine) as connection:
        assert list(check_projection(connection)) == []
    whole.dispose()


def test_a_page_is_read_by_the_index_of_its_numbers(engine: Engine) -> None:
    """Page 10,000 costs what page 1 costs: no plan walks over the members before it."""
    query = (
        select(LISTED.c.name)
        .where(LISTED.c.collection == DIDS)
        .where(LISTED.c.ordinal >= 99_990)
        .where(LISTED.c.ordinal < 100_000)
        .order_by(LISTED.c.ordinal)
    )
    text = str(query.compile(engine, compile_kwargs={"literal_binds": True}))
    with reading(engine) as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN" if engine.dialect.name == "sqlite" else "EXPLAIN"
        plan = "\n".join(str(row) for row in connection.exec_driver_sql(f"{explain} {text}"))
    assert "uq_listed" in plan or "sqlite_autoindex_listed" in plan
    assert "SCAN listed" not in plan


def test_a_database_of_the_version_before_is_brought_to_what_its_entries_make(tmp_path: Path) -> None:
    log, engine = some_log(), open_engine(database_url(tmp_path, empty=True))
    upgrade(engine)
    follow(engine, log.entries)
    expected = digest_of(engine, log)
    downgraded(engine)
    upgrade(engine)
    assert digest_of(engine, log) == expected
    with reading(engine) as connection:
        assert list(check_projection(connection)) == []
    engine.dispose()


def test_a_database_of_the_newest_version_is_left_as_it_is(engine: Engine) -> None:
    follow(engine, some_log().entries)
    with writing(engine) as connection:
        connection.execute(delete(LISTED))
        migrate(connection)
    upgrade(engine)
    with reading(engine) as connection:
        assert count_listed(connection, DIDS) == 0


def downgraded(engine: Engine) -> None:
    """The database is of revision 0004, and of its projection only the entries are whole."""
    with writing(engine) as connection:
        step_down(connection)
        for table in PROJECTION[1:]:
            if engine.dialect.has_table(connection, table.name):
                connection.execute(delete(table))


def step_down(connection: Connection) -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path("node/db/migrations").resolve()))
    configuration.attributes["connection"] = connection
    command.downgrade(configuration, "0004")
