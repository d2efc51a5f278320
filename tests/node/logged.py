"""A log written by hand into a real database: any kinds, any senders, each entry in a block of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256

from sqlalchemy import Engine

from anchoring.entry import ZERO_HASH, Entry, encode_payload, subject_of
from anchoring.merkle import AppendOnlyTree
from node.chain.logs import LoggedEntry
from node.db.cursor import WINDOW, Block, Cursor, read_cursor
from node.db.session import reading, writing
from node.indexer.projection import take_back, write_entries

LOG, CHAIN = b"\x11" * 20, 4242
BEGIN = 1_790_000_000


@dataclass(slots=True)
class Log:
    """Entries as the contracts would append them, some seconds apart; who writes answers for it."""

    entries: list[Entry] = field(default_factory=list)
    heads: dict[bytes, bytes] = field(default_factory=dict)
    apart: int = 1

    def write(self, kind: str, *, actor: bytes = bytes(20), **fields: object) -> Entry:
        """The entry that was appended."""
        if not kind.startswith("log."):
            fields.setdefault("authority", 0)
        index, subject = len(self.entries), subject_of(kind, fields)
        entry = Entry(
            index=index,
            kind=kind,
            subject=subject,
            previous=self.heads.get(subject, ZERO_HASH),
            time=BEGIN + index * self.apart,
            actor=actor,
            parent=block_hash(index - 1),
            payload=encode_payload(kind, fields),
        )
        self.heads[subject] = entry.hash
        self.entries.append(entry)
        return entry

    def open(self, operator: bytes) -> None:
        """The entry with which every log begins."""
        self.write(
            "log.opened",
            chainId=CHAIN,
            log=LOG,
            writers=[],
            codeHashes=[],
            predecessorOrigin="",
            predecessorSize=0,
            predecessorRoot=bytes(32),
            operator=operator,
        )


def follow(engine: Engine, entries: Sequence[Entry]) -> None:
    """The database, which holds the first of them or none, holds them all."""
    with reading(engine) as connection:
        before = read_cursor(connection)
    new = entries[before.size if before else 0 :]
    blocks = [Block(one.index, block_hash(one.index), one.parent, one.time) for one in new]
    logged = [
        LoggedEntry(one, block_number=one.index, block_hash=block_hash(one.index), transaction_hash=one.hash)
        for one in new
    ]
    with writing(engine) as connection:
        write_entries(connection, logged, expected=before, cursor=_cursor(entries), blocks=blocks[-WINDOW:])


def go_back(engine: Engine, entries: Sequence[Entry], *, size: int) -> None:
    """A reorganisation took back all but the first `size` entries, at least one of them."""
    with reading(engine) as connection:
        before = read_cursor(connection)
    assert before is not None
    with writing(engine) as connection:
        take_back(connection, expected=before, to=size - 1, root_of=lambda n: _cursor(entries[:n]).root)


def block_hash(number: int) -> bytes:
    return sha256(b"block %d" % number).digest()


def _cursor(entries: Sequence[Entry]) -> Cursor:
    tree = AppendOnlyTree()
    tree.extend([entry.hash for entry in entries])
    last = entries[-1]
    return Cursor(
        chain_id=CHAIN,
        log_address=LOG,
        block_number=last.index,
        block_hash=block_hash(last.index),
        block_time=last.time,
        size=len(entries),
        root=tree.root(),
    )
