"""DIDs found by controller and by key, in real databases, beside the documents replayed from the log."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Connection, Engine

from did.document import RELATIONSHIPS
from did.methods.ebsi import Change, new_did, replay
from did.syntax import Did
from node.db.check_projection import check_projection
from node.db.did_filters import FoundDids, dids_of_controller, dids_of_key, time_of_entry
from node.db.session import reading, writing
from node.db.tables import KEY_INTERVAL
from tests.node.logged import BEGIN, Log, follow, go_back

DIDS = [new_did(bytes([number]) * 16) for number in range(3)]
METHODS = ("ledger", "sign", "next")
ENDLESS = 2**64 - 1
BASE: dict[str, Any] = {"baseDocument": "{}", "publicKey": b"\4" + bytes(64), "isSecp256k1": True}


class Registrar:
    """Writes what the contract would: each method under a relationship at most once."""

    def __init__(self, seed: int) -> None:
        self.log, self.dice = Log(), random.Random(seed)
        self.log.open(b"\x0a" * 20)

    @property
    def now(self) -> int:
        """The time of the next entry."""
        return BEGIN + len(self.log.entries)

    def changes(self, did: str) -> list[Change]:
        return [
            Change(one.index, one.time, one.kind, one.fields)
            for one in self.log.entries
            if one.kind.startswith("did.") and one.fields["did"] == did
        ]

    def play(self, steps: int) -> None:
        for did in DIDS:
            begin = self.now - self.dice.randint(0, 5)
            self.log.write(
                "did.inserted", did=did, vMethodId="ledger", **BASE, notBefore=begin, notAfter=ENDLESS
            )
        moves: tuple[Callable[[str], None], ...] = (
            self.controller, self.method, self.relate, self.relate, self.expire, self.revoke, self.roll,
        )  # fmt: skip
        for _ in range(steps):
            self.dice.choice(moves)(self.dice.choice(DIDS))

    def controller(self, did: str) -> None:
        other = self.dice.choice(DIDS)
        held = other in replay(Did(did), self.changes(did)).controllers
        self.log.write(f"did.controller.{'revoked' if held else 'added'}", did=did, controller=other)

    def method(self, did: str) -> None:
        missing = [one for one in METHODS if one not in replay(Did(did), self.changes(did)).methods]
        if missing:
            key: dict[str, Any] = {"isSecp256k1": False, "publicKey": b"{}"}
            self.log.write("did.method.added", did=did, vMethodId=missing[0], **key)

    def relate(self, did: str) -> None:
        state = replay(Did(did), self.changes(did))
        name, method = self.dice.choice(RELATIONSHIPS), self.dice.choice(list(state.methods))
        taken = {one.relationship for one in state.intervals_of(method)}
        if name not in taken and state.methods[method].revoked is None:
            begin = self.now + self.dice.randint(-3, 6)
            end = begin + self.dice.randint(4, 30)
            given: dict[str, Any] = {"vMethodId": method, "notBefore": begin, "notAfter": end}
            self.log.write("did.relationship.added", did=did, name=name, **given)

    def expire(self, did: str) -> None:
        self._end(did, "expired", self.now + self.dice.randint(1, 20))

    def revoke(self, did: str) -> None:
        self._end(did, "revoked", self.now - self.dice.randint(0, 9))

    def _end(self, did: str, how: str, not_after: int) -> None:
        methods = [
            name for name, one in replay(Did(did), self.changes(did)).methods.items() if not one.revoked
        ]
        if methods:
            method = self.dice.choice(methods)
            self.log.write(f"did.method.{how}", did=did, vMethodId=method, notAfter=not_after)

    def roll(self, did: str) -> None:
        state = replay(Did(did), self.changes(did))
        old = self.dice.choice(list(state.methods))
        lasting = [one for one in state.intervals_of(old) if one.not_after.seconds > self.now]
        missing = [one for one in METHODS if one not in state.methods]
        if lasting and missing and not state.methods[old].revoked:
            given: dict[str, Any] = {
                "notBefore": self.now,
                "notAfter": self.now + 15,
                "duration": self.dice.randint(0, 9),
            }
            key: dict[str, Any] = {"isSecp256k1": False, "publicKey": b"{}"}
            names: dict[str, Any] = {"vMethodId": missing[0], "oldVMethodId": old}
            self.log.write("did.method.rolled", did=did, **names, **key, **given)


def everything(connection: Connection, registrar: Registrar, at: int) -> None:
    """Every question that the filters answer, beside what the replayed log says."""
    states = {did: replay(Did(did), registrar.changes(did)) for did in DIDS}
    for controller in DIDS:
        expected = [did for did in DIDS if controller in states[did].controllers]
        found = dids_of_controller(connection, controller, offset=0, limit=9)
        assert (found.dids, found.total) == (expected, len(expected))
    for method in METHODS:
        for name in RELATIONSHIPS:
            expected = [
                did
                for did in DIDS
                for one in states[did].intervals_of(method)
                if one.relationship == name and one.holds_at(at)
            ]
            found = of_key(connection, method, name, at)
            assert (found.dids, found.total) == (expected, len(expected)), (method, name, at)
            assert found.since <= at
            for same in (found.since, (found.until or at + 1) - 1):
                assert of_key(connection, method, name, same).dids == found.dids


def of_key(connection: Connection, method: str, name: str, at: int) -> FoundDids:
    return dids_of_key(connection, method, relationship=name, at=at, offset=0, limit=9)


@pytest.mark.parametrize("seed", range(4))
def test_filters_name_what_the_replayed_log_names(engine: Engine, seed: int) -> None:
    registrar = Registrar(seed)
    registrar.play(60)
    entries = registrar.log.entries
    for stop in (20, 21, 22, len(entries)):
        follow(engine, entries[:stop])
    with reading(engine) as connection:
        for at in (BEGIN - 1, BEGIN + 20, registrar.now, registrar.now + 12, 2**64):
            everything(connection, registrar, at)
        assert list(check_projection(connection)) == []
    del registrar.log.entries[30:]
    go_back(engine, registrar.log.entries, size=30)
    with reading(engine) as connection:
        everything(connection, registrar, registrar.now)


def test_pages_come_in_the_order_of_registration_and_count_all(engine: Engine) -> None:
    registrar = Registrar(0)
    registrar.play(0)
    for did in reversed(DIDS):
        registrar.log.write("did.controller.added", did=did, controller=DIDS[0])
    follow(engine, registrar.log.entries)
    with reading(engine) as connection:
        pages = [dids_of_controller(connection, DIDS[0], offset=start, limit=2) for start in (0, 2, 4)]
        assert [page.dids for page in pages] == [DIDS[:2], DIDS[2:], []]
        assert {page.total for page in pages} == {3}
        assert time_of_entry(connection, pages[0].last_index) == registrar.now - 1
        assert time_of_entry(connection, None) is None


def test_a_missing_row_of_a_key_is_found_by_the_check(engine: Engine) -> None:
    registrar = Registrar(1)
    registrar.play(40)
    follow(engine, registrar.log.entries)
    with writing(engine) as connection:
        connection.execute(KEY_INTERVAL.delete().where(KEY_INTERVAL.c.position == 1))
        found = list(check_projection(connection))
    assert {one.table for one in found} == {"key_interval"}
