"""Counting what each published status list newly marked, beside the list before it, once both are at hand.

Whether a list holds, and for whom, is judged when a status is; here its bits are counted as they were
published. What cannot be counted is kept as that and stays unknown; what is not at hand is looked at again.
"""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Engine

from anchoring.bitstring import BitString
from anchoring.token_status_list import INVALID, SUSPENDED, TokenStatusList
from credentials.errors import CredentialsError
from credentials.status_list_credential import read_status_list
from node.db.cursor import read_cursor
from node.db.list_changes import ListChange, Uncounted, keep_changes, uncounted_from
from node.db.payloads import kept_payload
from node.db.session import reading, writing

REVOCATION, SUSPENSION = "revocation", "suspension"
AGAIN: Final = timedelta(minutes=10)
"""After which publications are looked at anew whose list was not at hand: a peer may have had it since."""
_AT_ONCE = 128
"""Publications in one step: two lists each, of some milliseconds."""
_KEPT = 16
"""Marks of lists kept for the next: publications of one list follow one another."""


@dataclass(frozen=True, slots=True)
class Marks:
    """Where a list marks something, one bit for each entry; None: it says nothing of that."""

    revoked: BitString | None
    suspended: BitString | None


@dataclass(slots=True)
class ListChanges:
    """Counts the changes of publications in log order, each once."""

    engine: Engine
    _from: int = 0
    _round_at: datetime | None = None
    _marks: OrderedDict[tuple[bytes, str, str], Marks | None] = field(default_factory=OrderedDict)

    def step(self, now: datetime) -> int:
        """How many came to be known."""
        with reading(self.engine) as connection:
            cursor = read_cursor(connection)
            size = cursor.size if cursor else 0
            if size < self._from or self._round_at is None or now - self._round_at >= AGAIN:
                self._from, self._round_at = 0, now
            if size == self._from:
                return 0
            found = uncounted_from(connection, self._from, limit=_AT_ONCE)
            changes = [change for one in found if (change := self._change(connection, one)) is not None]
        if changes:
            with writing(self.engine) as connection:
                keep_changes(connection, changes)
        self._from = found[-1].entry_index + 1 if len(found) == _AT_ONCE else size
        return len(changes)

    def _change(self, connection: Connection, one: Uncounted) -> ListChange | None:
        """What the publication changed; None if a list is not at hand."""
        try:
            after = self._marks_of(connection, one, one.digest)
            before = None if one.digest_before is None else self._marks_of(connection, one, one.digest_before)
        except _NotAtHand:
            return None
        unknown = ListChange(one.entry_index, one.did, one.digest, None, None)
        if after is None or (before is None and one.digest_before is not None):
            return unknown
        revoked = _newly(after.revoked, before.revoked if before else None)
        suspended = _newly(after.suspended, before.suspended if before else None)
        if revoked is None or suspended is None:
            return unknown
        return replace(unknown, revoked=revoked, suspended=suspended)

    def _marks_of(self, connection: Connection, one: Uncounted, digest: bytes) -> Marks | None:
        key = digest, one.did, one.purpose
        if key not in self._marks:
            kept = kept_payload(connection, digest)
            if kept is None:
                raise _NotAtHand
            self._marks[key] = marks_in(kept[0], issuer=one.did, purpose=one.purpose)
            while len(self._marks) > _KEPT:
                self._marks.popitem(last=False)
        self._marks.move_to_end(key)
        return self._marks[key]


def marks_in(document: bytes, *, issuer: str, purpose: str) -> Marks | None:
    """What a list's credential or token marks; None if it is none of this issuer and purpose.

    Args:
        document: a compact JWT; its signature is not looked at.
        issuer: a DID, who published it.
        purpose: as it was published.
    """
    try:
        read = read_status_list(document)
    except CredentialsError:
        return None
    status_list = read.status_list
    if read.issuer != issuer or purpose not in status_list.purposes:
        return None
    if isinstance(status_list, TokenStatusList):
        bits = status_list.bits
        holds_suspended = bits.size > 1  # one bit cannot say 2 (section 7.1)
        return Marks(bits.matching(INVALID), bits.matching(SUSPENDED) if holds_suspended else None)
    return Marks(
        status_list.bits if purpose == REVOCATION else None,
        status_list.bits if purpose == SUSPENSION else None,
    )


class _NotAtHand(Exception):
    """A list that the ledger names is not kept here."""


def _newly(after: BitString | None, before: BitString | None) -> int | None:
    """How many places are marked that were not; None if the lists cannot be compared."""
    if after is None:
        return 0
    marked = int.from_bytes(after.octets, "big")
    if before is not None:
        if (len(before.octets), before.size) != (len(after.octets), after.size):
            return None  # no list changes its length (protocol section 3)
        marked &= ~int.from_bytes(before.octets, "big")
    return marked.bit_count()
