"""A database of the version before keeps its signed transactions, and everything else of its submissions."""

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from eth_account import Account
from sqlalchemy import Connection, Engine

from node.chain.transactions import read_transaction
from node.db.kept_transactions import FAILED, SUBMITTED, find_kept
from node.db.session import open_engine, reading, upgrade, writing
from node.db.submissions import find_submission
from tests.databases import database_url

DID = "did:ebsi:zExample"
SENDER = Account.from_key(b"\7" * 32)
NAMES = (
    *("did", "root", "size", "attribute_id", "sender", "jws", "unsigned_transaction", "signed_transaction"),
    *("transaction_hash", "accepted_at", "expires_at", "last_sent_at", "last_error", "failed"),
)
OLD = sa.table("submission", *(sa.column(name) for name in NAMES))


def migrate(engine: Engine, revision: str) -> None:
    configuration = Config()
    configuration.set_main_option("script_location", str(Path("node/db/migrations").resolve()))
    with writing(engine) as connection:
        configuration.attributes["connection"] = connection
        move = command.downgrade if revision.startswith("-") else command.upgrade
        move(configuration, revision.removeprefix("-"))


def signed(nonce: int) -> bytes:
    transaction = {
        "nonce": nonce,
        "gasPrice": 0,
        "gas": 9,
        "value": 0,
        "to": "0x" + "11" * 20,
        "chainId": 4242,
    }
    return bytes(Account.sign_transaction(transaction, SENDER.key).raw_transaction)


def hand_in(connection: Connection, root: bytes, **given: Any) -> None:
    values = {
        "did": DID,
        "root": root,
        "size": 3,
        "attribute_id": b"a" * 32,
        "sender": bytes.fromhex(SENDER.address[2:]),
        "jws": "j.w.s",
        "unsigned_transaction": "{}",
        "signed_transaction": None,
        "transaction_hash": None,
        "accepted_at": 100,
        "expires_at": 900,
        "last_sent_at": None,
        "last_error": None,
        "failed": False,
    }
    connection.execute(sa.insert(OLD).values(**values | given))


def old_database(tmp_path: Path) -> Engine:
    """A database of revision 0002 with a batch in each state."""
    engine = open_engine(database_url(tmp_path, empty=True))
    migrate(engine, "0002")
    with writing(engine) as connection:
        hand_in(connection, b"0" * 32)
        for nonce, given in ((301, {"last_sent_at": 120}), (302, {"failed": True, "last_error": "why"})):
            raw = signed(nonce)
            kept = {"signed_transaction": raw, "transaction_hash": read_transaction(raw).hash}
            hand_in(connection, b"%d" % (nonce % 10) * 32, **kept, **given)
    return engine


def test_what_was_kept_with_a_batch_is_kept_in_the_outbox(tmp_path: Path) -> None:
    engine = old_database(tmp_path)
    upgrade(engine)
    for nonce, error, sent_at in ((301, None, 120), (302, "why", None)):
        raw = signed(nonce)
        with reading(engine) as connection:
            kept = find_kept(connection, read_transaction(raw).hash)
        assert kept is not None
        assert (kept.raw, kept.nonce, kept.sender) == (raw, nonce, bytes.fromhex(SENDER.address[2:]))
        assert (kept.contract, kept.function, kept.did) == (
            "AnchorRegistry",
            "anchorBatch",
            DID,
        )
        # What failed is looked at again: the block that says so was not kept.
        assert (kept.state, kept.error, kept.sent_at) == (SUBMITTED, error, sent_at)
        assert (kept.kept_at, kept.expires_at, kept.block) == (100, 900, None)
    engine.dispose()


def test_submissions_lose_nothing_else(tmp_path: Path) -> None:
    engine = old_database(tmp_path)
    upgrade(engine)
    with reading(engine) as connection:
        accepted = find_submission(connection, did=DID, root=b"0" * 32, size=3)
        submitted = find_submission(connection, did=DID, root=b"1" * 32, size=3)
    assert accepted is not None
    assert submitted is not None
    assert accepted.transaction_hash is None
    assert submitted.transaction_hash == read_transaction(signed(301)).hash
    assert (submitted.jws, submitted.accepted_at, submitted.expires_at) == ("j.w.s", 100, 900)
    engine.dispose()


@pytest.mark.parametrize("state", [SUBMITTED, FAILED])
def test_the_way_back_keeps_the_batches_transactions(tmp_path: Path, state: str) -> None:
    engine = old_database(tmp_path)
    upgrade(engine)
    with writing(engine) as connection:
        connection.execute(sa.text("UPDATE kept_transaction SET state = :state"), {"state": state})
    migrate(engine, "-0002")
    with reading(engine) as connection:
        rows = connection.execute(sa.select(OLD).order_by(OLD.c.root)).all()
    assert [row.signed_transaction for row in rows] == [None, signed(301), signed(302)]
    assert [bool(row.failed) for row in rows] == [False, state == FAILED, state == FAILED]
    engine.dispose()
