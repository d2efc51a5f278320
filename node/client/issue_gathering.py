"""Rows gathered into chunks, without those that were issued before or stand twice."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from node.client.course_credential import CourseCredentials, RowRefused, Said
from node.client.errors import Unusable
from node.client.issue_journal import CHUNK, Journal
from node.client.issue_keys import KnownKeys
from node.client.issue_plan import Outcome
from node.client.issue_rejects import Reject, without_marks
from node.client.issue_signing import Work
from node.client.learner_rows import LearnerRow

MOST_ROWS: Final = 1_000_000
"""Of one run; a batch has places for 1,048,576."""
_MOST_READ: Final = 20 * CHUNK
"""Rows after which it is told how far the work is, though most of them were issued before."""


@dataclass(slots=True)
class Gathered:
    """Rows of one chunk.

    Attributes:
        good: those that may become credentials, each with what it says and what tells it from others.
        rejects: those that cannot.
        read: how many were read for it.
        start: position of the first good one, once it is known.
        work: what is to be made of them, once that is known.
    """

    good: list[tuple[LearnerRow, Said, bytes]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    read: int = 0
    start: int = 0
    work: Work | None = None


class Gathering:
    """Gathers the rows of one run."""

    def __init__(self, course: CourseCredentials, journal: Journal, outcome: Outcome) -> None:
        """Take what was issued before from the journal.

        Args:
            course: tells rows apart.
            journal: of the place.
            outcome: in which rows are counted.
        """
        self._course, self._outcome = course, outcome
        self._before, self._seen = KnownKeys(), KnownKeys()
        for chunk in journal.chunks():
            for entry in chunk.entries:
                self._before.add(entry.key)

    def chunks(self, rows: Iterable[LearnerRow], *, size: int = CHUNK) -> Iterator[Gathered]:
        """The rows in chunks.

        Args:
            rows: in their order.
            size: most good rows of one.

        Raises:
            Unusable: there are more than one run takes.
        """
        gathered = Gathered()
        for row in rows:
            self._outcome.rows += 1
            if self._outcome.rows > MOST_ROWS:
                raise Unusable(f"one run takes at most {MOST_ROWS:,} rows; those before are issued")
            gathered.read += 1
            members = without_marks(row.members)
            self._gather(row if members is row.members else replace(row, members=members), gathered)
            if size in {len(gathered.good), len(gathered.rejects)} or gathered.read == _MOST_READ:
                yield gathered
                gathered = Gathered()
        if gathered.read:
            yield gathered

    def _gather(self, row: LearnerRow, gathered: Gathered) -> None:
        if row.fault:
            gathered.rejects.append(Reject(row.number, "", row.fault, row.members))
            return
        try:
            said = self._course.read(row)
        except RowRefused as refused:
            gathered.rejects.append(Reject(row.number, refused.field, refused.reason, row.members))
            return
        key = self._course.key_of(said)
        if key in self._before:
            self._outcome.before += 1
        elif not self._seen.add(key):
            self._outcome.repeated += 1
        else:
            gathered.good.append((row, said, key))
