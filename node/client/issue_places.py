"""Places in status lists for the rows of a run: many given out at once, the same again after an interruption.

A row has the place of its position. What rows were refused leave, the list gets back; nobody was handed it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from anchoring.errors import StatusListFull
from credentials.model import Version
from node.client.errors import Refused
from node.client.issue_entries import Entries
from node.client.issue_journal import MOST_LISTS, TAG_SIZE
from node.client.issuer import Issuer
from node.client.status_list_record import KIND_OF, load_record
from node.client.status_lists import allot_indexes, settle_run

MOST_AT_ONCE: Final = 65_536
"""Places reserved ahead of their rows."""
_GROWTH: Final = 4

Used = Callable[[int, int], set[int]]
"""Positions from one to another whose rows were issued with places in this list."""


def list_tag(name: str) -> bytes:
    """8 bytes that tell a list from the profile's others, by which a journal names it."""
    return blake2b(name.encode(), digest_size=TAG_SIZE).digest()


@dataclass(slots=True)
class _Block:
    """Places reserved in a row: the first is for the row at `start`."""

    start: int
    indexes: Sequence[int]

    @property
    def end(self) -> int:
        return self.start + len(self.indexes)


class Places:
    """The places of one run in one list."""

    def __init__(self, issuer: Issuer, name: str, *, run: str, position: int, used: Used) -> None:
        """Find what a run that was cut off has reserved; what of it is past is settled.

        Args:
            issuer: whose list it is.
            name: of the list.
            run: 32 hexadecimal digits.
            position: of the next row.
            used: tells which rows before that have places in this list.

        Raises:
            ClientError: the profile keeps no such list.
        """
        self._issuer, self._name, self._run, self._used = issuer, name, run, used
        record = load_record(issuer.folder, name)
        self._like = record.entry(0).to_json()
        self._blocks: list[_Block] = []
        for reserved, indexes in sorted(record.reserved.items()):
            owner, _, start = reserved.partition(".")
            if owner == run and start.isdigit():
                self._blocks.append(_Block(int(start), indexes))
        self._blocks.sort(key=lambda block: block.start)
        self._size = 0
        self.settle(position)

    def take(self, position: int, count: int) -> Entries:
        """Entries for `credentialStatus` of the rows from `position` on.

        Args:
            position: of the first row.
            count: of rows, at most those of a chunk.

        Raises:
            StatusListFull: the list has too few places left (`anchoring.errors`).
            OSError: the profile cannot be written.
        """
        while not self._blocks or self._blocks[-1].end < position + count:
            self._reserve(max(position, self._blocks[-1].end if self._blocks else 0), position + count)
        return Entries(
            self._like,
            tuple(
                block.indexes[at - block.start]
                for block in self._blocks
                for at in range(max(position, block.start), min(position + count, block.end))
            ),
        )

    def settle(self, position: int, *, ended: bool = False) -> None:
        """Places of rows before `position` are their credentials' for ever; those of refused ones are free.

        Args:
            position: of the first row that is not in the journal.
            ended: whether no row follows, so that what is reserved ahead is free too.

        Raises:
            ClientError: the list is not kept any more.
            OSError: the profile cannot be written.
        """
        while self._blocks and (ended or self._blocks[0].end <= position):
            block = self._blocks[0]
            used = self._used(block.start, min(block.end, position))
            unused = [index for at, index in enumerate(block.indexes, block.start) if at not in used]
            settle_run(self._issuer, self._name, f"{self._run}.{block.start}", unused=unused)
            del self._blocks[0]

    def _reserve(self, start: int, end: int) -> None:
        """Reserve a block from `start` on: larger each time, unless the list is nearly full."""
        needed = end - start
        self._size = min(MOST_AT_ONCE, max(needed, self._size * _GROWTH))
        for size in dict.fromkeys((self._size, needed)):
            try:
                _, indexes = allot_indexes(self._issuer, self._name, size, run=f"{self._run}.{start}")
            except StatusListFull:
                if size == needed:
                    raise
            else:
                self._blocks.append(_Block(start, indexes))
                return


def check_kind(issuer: Issuer, lists: Sequence[str], *, model: Version) -> None:
    """Return if credentials of that data model can have a place in each of these lists.

    Raises:
        Refused: one is for the other data model, or is named twice, or there are too many.
        ClientError: the profile keeps no such list.
    """
    if len(lists) > MOST_LISTS or len(set(lists)) < len(lists):
        raise Refused(f"nothing was issued: name each status list once, and at most {MOST_LISTS}")
    kind = KIND_OF[model]
    for name in lists:
        record = load_record(issuer.folder, name)
        if record.kind != kind:
            raise Refused(
                f"nothing was issued: credentials of the data model {model} need a list of the kind {kind}; "
                f"{record.name} is a {record.kind}"
            )
