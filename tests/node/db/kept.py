"""Kept transactions, followed blocks and entries, as tests of the outbox's rows make them."""

from collections.abc import Iterable

from sqlalchemy import Connection, insert, update

from node.db.cursor import Block, Cursor, move_cursor
from node.db.kept_transactions import (
    At,
    KeptTransaction,
    find_kept,
    keep,
    move,
)
from node.db.submissions import accept, find_submission, refer_to
from node.db.tables import ENTRY, FOLLOWER

ALICE, BOB = b"a" * 20, b"b" * 20
DID, ROOT = "did:ebsi:zAlice", b"r" * 32
BLIND: tuple[dict[str, object], ...] = (
    {"ledger_reachable": False},
    {"alarm": "endpoints-disagree"},
    {"ledger_head": 10},
    {"ledger_head": None},
)
"""What a follower at block 9 may last have noted that leaves open what the ledger has by now."""


def block_hash(number: int, branch: int = 0) -> bytes:
    return bytes([branch]) + number.to_bytes(31, "big")


def at(number: int, branch: int = 0) -> At:
    return At(number, block_hash(number, branch))


def cursor_at(number: int, branch: int = 0) -> Cursor:
    return Cursor(1, b"l" * 20, number, block_hash(number, branch), 5, 0, b"")


def follow(connection: Connection, start: int | None, to: int, branch: int = 0) -> None:
    """Blocks behind `start` up to `to` are followed; None: from the first."""
    blocks = [
        Block(number, block_hash(number, branch), block_hash(max(0, number - 1), branch), 5)
        for number in range(0 if start is None else start + 1, to + 1)
    ]
    expected = None if start is None else cursor_at(start)
    move_cursor(connection, expected=expected, cursor=cursor_at(to, branch), blocks=blocks)


def kept(connection: Connection, name: int, *, sender: bytes = ALICE, nonce: int = 0, now: int = 10) -> bytes:
    """A transaction whose hash is made of `name` is kept; its hash."""
    made = keep(
        connection,
        transaction_hash=name.to_bytes(32, "big"),
        raw=b"raw",
        sender=sender,
        nonce=nonce,
        contract="AnchorRegistry",
        function="anchorBatch",
        did=DID,
        now=now,
        expires_at=now + 100,
    )
    return made.hash


def found(connection: Connection, name: bytes) -> KeptTransaction:
    one = find_kept(connection, name)
    assert one is not None
    return one


def to(connection: Connection, name: bytes, state: str, block: At | None = None, *, now: int = 20) -> bool:
    return move(connection, found(connection, name), to=state, block=block, error=None, now=now)


def names(transactions: Iterable[KeptTransaction]) -> list[int]:
    return [int.from_bytes(one.hash, "big") for one in transactions]


def enter(connection: Connection, name: bytes, index: int, block: int) -> None:
    """The projection has an entry that the transaction made."""
    values = {
        "entry_index": index,
        "kind": "anchor.batch",
        "subject": b"",
        "previous": b"",
        "time": 5,
        "actor": ALICE,
        "parent": b"",
        "payload": b"",
        "hash": b"e" * 31 + bytes([index]),
        "payload_hash": b"",
        "did": DID,
        "block_number": block,
        "block_hash": block_hash(block),
        "transaction_hash": name,
    }
    connection.execute(insert(ENTRY).values(**values))


def hand_in(connection: Connection, name: bytes | None, root: bytes = ROOT) -> None:
    made = accept(
        connection,
        did=DID,
        root=root,
        size=1,
        attribute_id=b"",
        sender=ALICE,
        jws="",
        unsigned_transaction="{}",
        accepted_at=10,
        expires_at=100,
    )
    if name is not None:
        refer_to(connection, made, found(connection, name))


def submission_hash(connection: Connection) -> bytes | None:
    submission = find_submission(connection, did=DID, root=ROOT, size=1)
    assert submission is not None
    return submission.transaction_hash


def sees_head(connection: Connection, number: int) -> None:
    values = dict.fromkeys(("holder", "ledger_seen_at", "alarm", "alarm_sentence"))
    seen = {"id": 1, "lease_until": 0, "ledger_reachable": True, "ledger_head": number, "updated_at": 0}
    connection.execute(insert(FOLLOWER).values(**values, **seen))


def goes_blind(connection: Connection, noted: dict[str, object]) -> None:
    """The follower noted this."""
    connection.execute(update(FOLLOWER).values(**noted))
