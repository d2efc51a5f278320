"""A node's database with a million entries: five years of an alliance, as a follower would have written them.

The accreditations that begin it are real, with signed names. Batches and publications after them are written
past the ABI's encoder, which would take an hour; of the first of them each row is held against what the
projection makes of the same entry.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from random import Random
from typing import Any

from sqlalchemy import Connection, Engine, Table

from anchoring.entry import Entry, encode_payload, subject_of
from anchoring.merkle import AppendOnlyTree
from node.db.bulk import insert_rows
from node.db.cursor import WINDOW, Block, Cursor, move_cursor, read_cursor
from node.db.entries import heads_of, leaf_hashes
from node.db.known import KnownRows
from node.db.months import month_at
from node.db.projection import Place, project
from node.db.session import reading, writing
from node.db.tables import BATCH, ENTRY, LIST_CHANGE, STATUS_PUBLICATION, TALLY
from tests.credentials.ledger import START, Actor
from tests.credentials.world import ROOT_TAO, TAO, TI, World
from tests.node.projected import _block_hash as block_hash

ENTRIES = 1_000_000
ISSUERS = 400
YEARS = 5 * 365 * 86_400
_LARGE = 0.3  # of all batches are the first issuer's
_PUBLICATIONS = 0.05  # of all entries
_NOT_AT_HAND = 0.02  # of all lists
_CHUNK = 20_000
_HELD = 300  # entries whose rows are held against the projection's
_MARK = sha256(b"what makes a payload another's").digest()
_Rows = dict[Table, list[dict[str, Any]]]


@dataclass
class Alliance:
    """Who issues, and what of it the pages are asked for."""

    world: World
    issuers: list[Actor]
    document: bytes


def alliance() -> Alliance:
    """A Root TAO, a TAO and issuers; one of them anchored a document whose digest is at hand."""
    world = World(now=START - YEARS)
    root, tao = world.actor("European Council (example)"), world.actor("Academy (example)")
    world.accredit(root, root, ROOT_TAO)
    world.accredit(tao, root, TAO)
    issuers = [world.actor(f"University number {number}") for number in range(ISSUERS)]
    for issuer in issuers:
        world.accredit(issuer, tao, TI)
    document = world.issue(issuers[0])
    world.anchor(issuers[0], [document, world.issue(issuers[0])])
    return Alliance(world, issuers, document)


def fill(engine: Engine, made: Alliance) -> None:
    """The database, which holds the alliance's beginnings, has `ENTRIES` entries."""
    with reading(engine) as connection:
        cursor = read_cursor(connection)
        assert cursor is not None
        tree = AppendOnlyTree()
        tree.extend(leaf_hashes(connection))
        log = _Log.after(connection, made, cursor)
    with writing(engine) as connection:
        for chunk in log.chunks():
            tree.extend([row["hash"] for row in chunk[ENTRY]])
            for table, rows in chunk.items():
                insert_rows(connection, table, rows)
        moved = Cursor(
            chain_id=cursor.chain_id,
            log_address=cursor.log_address,
            block_number=ENTRIES - 1,
            block_hash=block_hash(ENTRIES - 1),
            block_time=log.time_of(ENTRIES - 1),
            size=ENTRIES,
            root=tree.root(),
        )
        numbers = range(ENTRIES - WINDOW, ENTRIES)
        blocks = [Block(one, block_hash(one), block_hash(one - 1), log.time_of(one)) for one in numbers]
        move_cursor(connection, expected=cursor, cursor=moved, blocks=blocks)
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")  # a server does it by itself in time


@dataclass
class _Template:
    """A payload whose mark is replaced by what makes it another's, and the rows that it makes."""

    kind: str
    did: str
    subject: bytes
    payload: bytes
    table: Table
    row: dict[str, Any]
    column: str
    size: int

    def with_mark(self, mark: bytes) -> bytes:
        return self.payload.replace(_MARK, mark)


@dataclass
class _Log:
    """The entries that follow, in chunks of rows."""

    begin: int
    time: int
    batches: list[_Template]
    lists: list[_Template]
    heads: dict[bytes, bytes]
    totals: dict[str, int]
    known: KnownRows
    source: Random = field(default_factory=lambda: Random(7))
    tallies: dict[str, dict[str, int]] = field(default_factory=dict)

    @classmethod
    def after(cls, connection: Connection, made: Alliance, cursor: Cursor) -> _Log:
        batches = [_batches_of(issuer, 1 + number % 97) for number, issuer in enumerate(made.issuers)]
        lists = [_lists_of(issuer, made.world.list_url(issuer)) for issuer in made.issuers]
        known = KnownRows(connection)
        totals = {
            f"all_{name}": getattr(known.totals(), name) for name in known.totals().__dataclass_fields__
        }
        heads = heads_of(connection, [one.subject for one in batches + lists])
        for one in made.issuers:
            known.month_tally(one.did)  # asked while the connection is open
        return cls(cursor.size, cursor.block_time, batches, lists, heads, totals, known)

    def time_of(self, index: int) -> int:
        return self.time + (index - self.begin) * (YEARS - 86_400) // (ENTRIES - self.begin)

    def chunks(self) -> Iterator[_Rows]:
        for start in range(self.begin, ENTRIES, _CHUNK):
            rows: _Rows = defaultdict(list)
            for index in range(start, min(start + _CHUNK, ENTRIES)):
                self._append(index, rows)
            yield rows

    def _append(self, index: int, rows: _Rows) -> None:
        publishes = self.source.random() < _PUBLICATIONS
        large = not publishes and self.source.random() < _LARGE
        place = 0 if large else self.source.randrange(ISSUERS)
        template = (self.lists if publishes else self.batches)[place]
        mark = sha256(b"%d" % index).digest()
        entry = Entry(
            index=index,
            kind=template.kind,
            subject=template.subject,
            previous=self.heads.get(template.subject, bytes(32)),
            time=self.time_of(index),
            actor=bytes(20),
            parent=block_hash(index - 1),
            payload=template.with_mark(mark),
        )
        made = self._rows(entry, template, mark)
        if index < self.begin + _HELD:
            self._hold(entry, made)
        for table, row in made:
            rows[table].append(row)
        if publishes and self.source.random() > _NOT_AT_HAND:
            change = {"entry_index": index, "number": index, "did": template.did}
            rows[LIST_CHANGE].append(change | {"revoked": index % 5, "suspended": 0})
        self.heads[template.subject] = made[0][1]["hash"]

    def _rows(self, entry: Entry, template: _Template, mark: bytes) -> list[tuple[Table, dict[str, Any]]]:
        own = {
            "entry_index": entry.index,
            "kind": entry.kind,
            "subject": entry.subject,
            "previous": entry.previous,
            "time": entry.time,
            "actor": entry.actor,
            "parent": entry.parent,
            "payload": entry.payload,
            "hash": entry.hash,
            "payload_hash": entry.payload_hash,
            "did": template.did,
            "block_number": entry.index,
            "block_hash": block_hash(entry.index),
            "transaction_hash": entry.hash,
        }
        further = {"entry_index": entry.index, **template.row, template.column: mark}
        return [(ENTRY, own), (template.table, further), (TALLY, self._tally(entry, template))]

    def _tally(self, entry: Entry, template: _Template) -> dict[str, Any]:
        month = month_at(entry.time)
        own = self.tallies.get(template.did)
        if own is None:
            before = self.known.month_tally(template.did)
            same = before is not None and before.month == month
            own = {name: getattr(before, name) if same else 0 for name in _COUNTS}
            own["month"] = month
        elif own["month"] != month:
            own = dict.fromkeys(_COUNTS, 0) | {"month": month}
        added = {"publications": 1} if template.size == 0 else {"batches": 1, "credentials": template.size}
        for name, count in added.items():
            own[name] += count
            self.totals[f"all_{name}"] += count
        self.tallies[template.did] = own
        return {"entry_index": entry.index, "did": template.did, **own, **self.totals}

    def _hold(self, entry: Entry, made: list[tuple[Table, dict[str, Any]]]) -> None:
        place = Place(entry.index, block_hash(entry.index), entry.hash)
        projected = project(entry, place, self.known)
        assert projected == made, (projected, made)
        for table, row in projected:
            self.known.take(table, row)


_COUNTS = ("batches", "credentials", "publications")


def _batches_of(issuer: Actor, size: int) -> _Template:
    fields = {"did": issuer.did, "attributeId": issuer.attribute_id, "root": _MARK, "size": size}
    row = {"did": issuer.did, "root": b"", "size": size, "attribute_id": issuer.attribute_id}
    return _template("anchor.batch", fields, BATCH, row, column="root", size=size)


def _lists_of(issuer: Actor, url: str) -> _Template:
    said = {"url": url, "purpose": "revocation", "bits": 131_072}
    fields = {"did": issuer.did, "attributeId": issuer.attribute_id, "credentialDigest": _MARK, **said}
    row = {"did": issuer.did, "attribute_id": issuer.attribute_id, **said, "credential_digest": b""}
    times = {"valid_from": 0, "valid_until": 2**40}
    fields |= {"validFrom": 0, "validUntil": 2**40}
    return _template(
        "status.published", fields, STATUS_PUBLICATION, row | times, column="credential_digest", size=0
    )


def _template(
    kind: str, fields: dict[str, Any], table: Table, row: dict[str, Any], *, column: str, size: int
) -> _Template:
    fields["authority"] = 0
    payload = encode_payload(kind, fields)
    assert payload.count(_MARK) == 1
    return _Template(
        kind, fields["did"], subject_of(kind, fields), payload, table, row, column=column, size=size
    )
