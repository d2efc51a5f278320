"""`ankyra node check`: the database compared with itself and with the ledger, while a server may work."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from node.clock import wall_clock
from node.config import Settings
from node.db.check import MOST, Difference, check_database
from node.db.cursor import read_cursor
from node.db.digest import projection_digest
from node.db.lease import read_sighting
from node.db.session import reading
from node.errors import LedgerUnavailable
from node.indexer.recheck import recheck
from node.indexer.recheck_kept import recheck_kept
from node.progress import SILENT, Progress
from node.services.node import Node
from node.upkeep.opening import Clock, opened

_TRIES = 3
"""How often a difference from the ledger is looked at while somebody follows: the ledger may have moved."""


@dataclass(frozen=True, slots=True)
class Found:
    """One difference, for people and for machines."""

    difference: Difference

    @property
    def sentence(self) -> str:
        """Which row of which table, what is wrong with it, and the log entry that it belongs to."""
        found = self.difference
        entry = "" if found.entry_index is None else f" (log entry {found.entry_index})"
        return f"{found.table} {found.key}: {found.what}{entry}"

    def to_json(self) -> dict[str, Any]:
        """Return the members table, key, entryIndex, what."""
        found = self.difference
        return {"table": found.table, "key": found.key, "entryIndex": found.entry_index, "what": found.what}


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check found.

    Attributes:
        differences: at most a thousand.
        size: log entries kept.
        digest: over the projection, as it is kept.
        ledger_compared: whether the ledger answered; if not, the database was compared with itself alone.
    """

    differences: tuple[Found, ...]
    size: int
    digest: bytes
    ledger_compared: bool

    @property
    def sentence(self) -> str:
        """The result in words."""
        against = (
            "itself and the ledger" if self.ledger_compared else "itself alone (the ledger does not answer)"
        )
        wrong = len(self.differences)
        result = "no difference" if not wrong else f"{wrong} difference{'' if wrong == 1 else 's'}"
        more = " or more" if wrong == MOST else ""
        digest = self.digest.hex()
        return f"{self.size} entries compared with {against}: {result}{more}; projection digest {digest}"

    def to_json(self) -> dict[str, Any]:
        """Return the report for machines."""
        return {
            "differences": [found.to_json() for found in self.differences],
            "size": self.size,
            "digest": self.digest.hex(),
            "ledgerCompared": self.ledger_compared,
        }


def check_node(settings: Settings, *, progress: Progress = SILENT, clock: Clock = wall_clock) -> CheckReport:
    """Return every difference between what is kept and what entries, roots, digests and the ledger say.

    Args:
        settings: whose database; a server may be at work on it.
        progress: told how far the check is.
        clock: the present, aware UTC.

    Raises:
        NodeError: the database or the deployment file cannot be used; one line says why.
    """
    with opened(settings, clock) as node:
        return check(node, progress)


def check(node: Node, progress: Progress) -> CheckReport:
    """Return the report on an open node's database."""
    with reading(node.engine) as connection:
        differences = list(check_database(connection, progress=progress.reach, most=MOST))
        kept = recheck_kept(connection, node.deployment, progress=progress.reach)
        differences += islice(kept, MOST)
        cursor = read_cursor(connection)
        size = cursor.size if cursor else 0
        digest = projection_digest(connection, size=size)
    compared = True
    try:
        again = _differences_from_the_ledger(node, progress)
    except LedgerUnavailable:
        compared, again = False, []
    named = {(found.table, found.key) for found in differences}
    differences += [found for found in again if (found.table, found.key) not in named]
    return CheckReport(
        differences=tuple(Found(found) for found in differences[:MOST]),
        size=size,
        digest=digest,
        ledger_compared=compared,
    )


def differs_from_the_ledger(node: Node, progress: Progress) -> Iterator[Difference]:
    """Yield what the database has otherwise than the ledger, which is asked for every event.

    Raises:
        LedgerUnavailable: no endpoint answered.
    """
    with reading(node.engine) as connection:
        cursor = read_cursor(connection)
    last = cursor.block_number if cursor else None

    def reach(what: str, done: int) -> None:
        progress.reach(f"{what} on the ledger", done, last)

    yield from recheck(node.engine, node.ledger, node.deployment, progress=reach)


def _differences_from_the_ledger(node: Node, progress: Progress) -> list[Difference]:
    for _ in range(_TRIES - 1):
        found = list(islice(differs_from_the_ledger(node, progress), MOST))
        if not found or not _is_followed(node):
            return found
        time.sleep(2 * node.settings.poll_interval)  # a reorganisation that its follower has yet to see
    return list(islice(differs_from_the_ledger(node, progress), MOST))


def _is_followed(node: Node) -> bool:
    with reading(node.engine) as connection:
        sighting = read_sighting(connection)
    return sighting is not None and sighting.holder != node.holder and sighting.working(node.clock())
