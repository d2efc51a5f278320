"""What issuers handed in held against what it says of itself: contents, lists, batches, transactions."""

import json
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, Table, func, select

from credentials.errors import CredentialsError
from credentials.securing.jose import parse_compact
from credentials.status_list_credential import read_status_list
from node.db.difference import Difference, Reach
from node.db.kept_transactions import ANCHORED, FAILED, FINAL, STATES, At, entries_of, is_followed
from node.db.tables import (
    BATCH,
    BATCH_BLOB,
    FOLLOWER,
    KEPT_TRANSACTION,
    PAYLOAD,
    STATUS_UPLOAD,
    SUBMISSION,
)

NO_CONTENT = "its content is not kept"
NO_DIGESTS = "its digests are not held, and it is not anchored: its issuer can hand it in again"
_BODIES = 16  # of up to two megabytes each, in memory at once
_ROWS = 500


def check_contents(connection: Connection, *, progress: Reach | None = None) -> Iterator[Difference]:
    """Each row that is not what its digest or its own content says.

    Args:
        connection: of a reading transaction.
        progress: told how many rows are done.
    """
    tell = progress or (lambda _what, _done, _total: None)
    for table, what, check, at_once in (
        (PAYLOAD, "contents", _check_payload, _BODIES),
        (STATUS_UPLOAD, "lists handed in", _check_upload, _ROWS),
        (SUBMISSION, "batches handed in", _check_submission, _ROWS),
        (KEPT_TRANSACTION, "kept transactions", _check_state, _ROWS),
    ):
        total = connection.execute(select(func.count()).select_from(table)).scalar_one()
        rows = connection.execute(select(table), execution_options={"yield_per": at_once})
        for done, row in enumerate(rows, start=1):
            yield from check(connection, row)
            if done % at_once == 0 or done == total:
                tell(what, done, total)
    if connection.execute(select(func.count()).select_from(FOLLOWER).where(FOLLOWER.c.id != 1)).scalar_one():
        yield Difference("follower", "1", "there is more than one row")


def _check_payload(_connection: Connection, row: Row[Any]) -> Iterator[Difference]:
    found = sha256(_bytes(row.body)).digest()
    if found != row.hash:
        yield _kept(PAYLOAD, row.hash, f"its content has the SHA-256 {found.hex()}")


def _check_upload(connection: Connection, row: Row[Any]) -> Iterator[Difference]:
    content = connection.execute(select(PAYLOAD.c.body).where(PAYLOAD.c.hash == row.hash)).scalar()
    if content is None:
        yield _kept(STATUS_UPLOAD, row.hash, NO_CONTENT)
        return
    if sha256(_bytes(content)).digest() != row.hash:
        return  # named already; what it says cannot be told from it
    try:
        read = read_status_list(content)
    except CredentialsError as error:
        yield _kept(STATUS_UPLOAD, row.hash, f"its content is no status list ({error})")
        return
    said = {
        "did": read.issuer,
        "url": read.url,
        "purpose": next(iter(read.status_list.purposes), None),
        "bits": read.status_list.size_in_bits,
        "valid_from": read.valid_from,
        "valid_until": read.valid_until,
    }
    kept = row._mapping  # noqa: SLF001 - the public name of it
    wrong = [name for name, value in said.items() if kept[name] != value]
    if wrong:
        yield _kept(STATUS_UPLOAD, row.hash, f"the list itself says another {', '.join(wrong)}")


def _check_submission(connection: Connection, row: Row[Any]) -> Iterator[Difference]:
    def differs(what: str) -> Difference:
        key = f"{row.did}/{_shown(row.root)}/{row.size}"
        return Difference(SUBMISSION.name, key, what, did=row.did, root=row.root, size=row.size)

    try:
        said = json.loads(parse_compact(row.jws).payload)
        sender = bytes.fromhex(said["from"][2:])
        signed = (said["did"], bytes.fromhex(said["root"]), said["size"], bytes.fromhex(said["attributeId"]))
        asked = bytes.fromhex(json.loads(row.unsigned_transaction)["from"][2:])
    except (CredentialsError, ValueError, KeyError, TypeError, AttributeError) as error:
        yield differs(f"what was signed cannot be read ({type(error).__name__})")
        return
    if signed != (row.did, row.root, row.size, row.attribute_id) or sender != row.sender:
        yield differs("its issuer signed something else")
    if asked != row.sender:
        yield differs("the unsigned transaction is for another sender")
    if not any(_is_there(connection, table, row) for table in (BATCH_BLOB, BATCH)):
        yield differs(NO_DIGESTS)


def _check_state(connection: Connection, row: Row[Any]) -> Iterator[Difference]:
    """Whether the state may be; what the bytes say is for `node.indexer.recheck_kept`."""
    concluded = row.state in {ANCHORED, FINAL, FAILED}
    if row.state not in STATES or concluded != (row.block_number is not None):
        yield _kept(KEPT_TRANSACTION, row.hash, f"it cannot be {row.state!r} by block {row.block_number}")
    elif concluded and not is_followed(connection, At(row.block_number, row.block_hash)):
        yield _kept(KEPT_TRANSACTION, row.hash, f"it is {row.state} by a block that is not followed")
    elif row.state in {ANCHORED, FINAL} and not entries_of(connection, [row.hash]):
        yield _kept(KEPT_TRANSACTION, row.hash, f"it is {row.state}, and no entry is its")


def _is_there(connection: Connection, table: Table, row: Row[Any]) -> bool:
    query = select(func.count()).select_from(table).where(table.c.root == row.root)
    return bool(connection.execute(query.where(table.c.size == row.size)).scalar_one())


def _bytes(value: object) -> bytes:
    """A damaged value may be of any type, and then has no digest that anything is kept under."""
    return value if isinstance(value, bytes) else repr(value).encode()


def _shown(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else repr(value)


def _kept(table: Table, kept_hash: Any, what: str) -> Difference:
    return Difference(table.name, _shown(kept_hash), what, kept_hash=kept_hash)
