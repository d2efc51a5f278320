"""What a process remembers between answers, so that a popular batch costs little."""

from dataclasses import dataclass, field
from typing import Any

from node.services.remembered import Remembered
from node.services.verification_memory import VerificationMemory

_ROWS = 8_192
"""Of the record together: a list of a thousand editions weighs a thousand, under each root anew."""

_CELLS = 100_000
"""Of statistics together: an issuer's month each."""

_OCTETS = 16 * 1024 * 1024
"""Of whole answers together."""


def _rows(found: Any) -> int:
    return max(1, len(found)) if isinstance(found, tuple) else 1


def _cells(found: Any) -> int:
    return 1 + sum(1 + len(month.issuers) for month in found)


def _octets(found: Any) -> int:
    weight: int = found.octets
    return weight


@dataclass(frozen=True, slots=True)
class Memory:
    """The memories of one process, each by keys that hold a root of the log.

    Attributes:
        names: of organisations, as their accreditors signed them.
        accreditations: chains as of a place in the log.
        receipts: the parts that all receipts of a batch share.
        recorded: what verifications read off the log, by its root.
        verifications: what they derived: keys over time, verified accreditations, lists by digest.
        statistics: months of the record.
        answers: whole ones, of reads that rest on the record alone; each says how many `octets` it takes.
    """

    names: Remembered[str | None] = field(default_factory=lambda: Remembered(4096))
    accreditations: Remembered[Any] = field(default_factory=lambda: Remembered(4096))
    receipts: Remembered[Any] = field(default_factory=lambda: Remembered(1024))
    recorded: Remembered[Any] = field(default_factory=lambda: Remembered(_ROWS, weigh=_rows))
    verifications: VerificationMemory = field(default_factory=VerificationMemory)
    statistics: Remembered[Any] = field(default_factory=lambda: Remembered(_CELLS, weigh=_cells))
    answers: Remembered[Any] = field(default_factory=lambda: Remembered(_OCTETS, weigh=_octets))
