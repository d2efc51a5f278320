"""One thing in the database that is not as it must be."""

from collections.abc import Callable
from dataclasses import dataclass

Reach = Callable[[str, int, int | None], None]
"""Told (what, how many so far, of how many if that is known) now and then."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What is not as it must be; the attributes after `what` say what it belongs to, where they are given.

    Attributes:
        table: its name.
        key: of the row, for people.
        what: what is wrong with it.
        entry_index: the log entry that made the row.
        root: of the batch, with `size`.
        size: of the batch.
        did: who handed the batch in.
        kept_hash: under which the content or the transaction is kept.
    """

    table: str
    key: str
    what: str
    entry_index: int | None = None
    root: bytes | None = None
    size: int | None = None
    did: str | None = None
    kept_hash: bytes | None = None
