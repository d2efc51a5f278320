"""A run that makes credentials of learners' rows, one or a million; cut off at any moment, it goes on.

Rows go in chunks through processes that sign them. A chunk counts once its credentials are on the disk and
the journal says so; what a killed run left besides is cut off, and made again with the same places in lists.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from functools import partial
from typing import Any

from node.client.course_credential import CourseCredentials, RowRefused, Said
from node.client.credential_coverage import check_covered
from node.client.credential_drafts import Terms
from node.client.errors import Refused
from node.client.issue_forms import named
from node.client.issue_gathering import Gathered, Gathering
from node.client.issue_journal import CHUNK, DIGEST_SIZE, Chunk, Entry, Journal
from node.client.issue_outputs import (
    FolderOutput,
    NdjsonOutput,
    check_apart,
    journal_path,
    prepare,
    prepare_exports,
)
from node.client.issue_places import Places, check_kind, list_tag
from node.client.issue_plan import Outcome, Plan
from node.client.issue_rejects import Reject, Rejects, check_rejects
from node.client.issue_signing import Kind, Made, Maker, Work, kind_of
from node.client.issue_workers import HereMaker, Makers, WorkerPool
from node.client.issuer import Issuer
from node.client.learner_rows import LearnerRow
from node.client.status_list_record import locked
from node.progress import SILENT, Progress


def issue_rows(
    issuer: Issuer,
    rows: Iterable[LearnerRow],
    *,
    terms: Terms,
    plan: Plan,
    total: int | None = None,
    progress: Progress = SILENT,
) -> Outcome:
    """Every row that can become a credential has become one, now or before; the others are in a file.

    Args:
        issuer: whose credentials they are, or who seals them for another.
        rows: in their order.
        terms: what all of them have in common, besides the template.
        plan: where they go, and how they are secured.
        total: rows, as far as known.
        progress: told of rows.

    Raises:
        Refused: nothing can be issued, since no verifier would take it.
        Unusable: the place is taken or cannot be written, or there are too many rows.
        ClientError: the node, a status list or the keystore refused; what was issued stays issued.
        StatusListFull: a list has too few places left (`anchoring.errors`); likewise.
    """
    course = CourseCredentials(plan.template, terms)
    plan.check_model(course.model)
    check_kind(issuer, plan.lists, model=course.model)
    check_rejects(plan.rejects, kept=plan.kept())
    if plan.elm is not None:
        check_apart(plan.out, plan.elm)
    prepare(plan.out)
    with ExitStack() as left:
        for name in sorted(plan.lists):
            left.enter_context(locked(issuer.folder, name, act="issue"))
        journal = left.enter_context(Journal(journal_path(plan.out), header=plan.header()))
        if plan.elm is not None:
            prepare_exports(plan.elm, run=journal.header.run)
        run = _Run(issuer, journal, course, terms, plan, left)
        return run.through(rows, total=total, progress=progress)


class _Run:
    """One run, with its journal open."""

    def __init__(
        self,
        issuer: Issuer,
        journal: Journal,
        course: CourseCredentials,
        terms: Terms,
        plan: Plan,
        left: ExitStack,
    ) -> None:
        self._issuer, self._journal, self._course = issuer, journal, course
        self._terms, self._plan, self._left = terms, plan, left
        self._tags = tuple(map(list_tag, plan.lists))
        self._outcome = Outcome()
        self._gathering = Gathering(course, journal, self._outcome)
        if plan.is_one_file:
            self._output: NdjsonOutput | FolderOutput = NdjsonOutput(plan.out, length=journal.length)
        else:
            self._output = FolderOutput(plan.out, count=journal.count)
        left.enter_context(self._output)
        self._elm = None if plan.elm is None else FolderOutput(plan.elm, count=journal.count)
        self._rejects = left.enter_context(Rejects(plan.rejects, run=journal.header.run))
        self._places = [
            Places(
                issuer,
                name,
                run=journal.header.run,
                position=journal.position,
                used=partial(self._used, tag),
            )
            for name, tag in zip(plan.lists, self._tags, strict=True)
        ]
        self._kinds: dict[Kind, str | None] = {}
        self._number, self._position = journal.count, journal.position
        self._waiting: deque[Gathered] = deque()
        self._reached = 0

    def through(self, rows: Iterable[LearnerRow], *, total: int | None, progress: Progress) -> Outcome:
        """Make credentials of all rows."""
        makers: Makers | None = None
        for gathered in self._gathering.chunks(rows, size=CHUNK):
            if makers is None and gathered.good:
                self._check_first(gathered.good)
                makers = self._makers(few=len(gathered.good) < CHUNK)
            while makers is not None and (makers.is_full if gathered.good else makers.owed):
                self._take_back(makers, progress, total)
            if makers is not None and gathered.good:
                self._hand_in(makers, gathered)
            else:
                self._done(gathered, progress, total)
        while makers is not None and makers.owed:
            self._take_back(makers, progress, total)
        for places in self._places:
            places.settle(self._journal.position, ended=True)
        self._outcome.total = self._journal.issued
        return self._outcome

    def _makers(self, *, few: bool) -> Makers:
        """Who makes them: this process if there are few, for others take a second to start."""
        if few or not self._plan.workers:
            return self._left.enter_context(HereMaker(Maker(self._course, self._plan.securing)))
        return self._left.enter_context(
            WorkerPool(
                self._course,
                self._plan.securing,
                workers=self._plan.workers,
                held=self._journal.fileno(),
            )
        )

    def _hand_in(self, makers: Makers, gathered: Gathered) -> None:
        count, number = len(gathered.good), self._number
        gathered.start = self._position
        gathered.work = Work(
            rows=tuple((row.number, said.usual, said.given) for row, said, _ in gathered.good),
            places=tuple(places.take(self._position, count) for places in self._places),
            kinds=dict(self._kinds),
            folder=self._output.folder_of(number),
            elm_folder=None if self._elm is None else self._elm.folder_of(number),
            stem=self._plan.stem,
        )
        self._waiting.append(gathered)
        self._number += 1
        self._position += count
        makers.hand_in(gathered.work)

    def _take_back(self, makers: Makers, progress: Progress, total: int | None) -> None:
        """The chunk that was handed in first is on the disk, then in the journal, then seen."""
        made, gathered = makers.take_back(), self._waiting.popleft()
        while made.uncovered is not None:
            assert gathered.work is not None
            self._know_kind(made.uncovered)
            gathered.work = replace(gathered.work, kinds=dict(self._kinds))
            made = makers.make_now(gathered.work)
        number = self._journal.count
        if self._output.file is not None:
            makers.write_lines(self._output.file, self._output.length)
        self._output.put(made.length)
        self._journal.append(self._chunk(made, gathered))
        self._output.shown(number)
        if self._elm is not None:
            self._elm.shown(number)
        for at, (column, reason) in made.refused.items():
            row = gathered.good[at][0]
            gathered.rejects.append(Reject(row.number, column, reason, row.members))
        self._outcome.issued += len(made.digests) // DIGEST_SIZE
        for places in self._places:
            places.settle(self._journal.position)
        self._done(gathered, progress, total)

    def _chunk(self, made: Made, gathered: Gathered) -> Chunk:
        start, digests = gathered.start, iter(range(0, len(made.digests), DIGEST_SIZE))
        return Chunk(
            start=start,
            end=start + len(gathered.good),
            length=self._output.length,
            lists=self._tags,
            entries=tuple(
                Entry(start + at, key, made.digests[(digest := next(digests)) : digest + DIGEST_SIZE])
                for at, (_, _, key) in enumerate(gathered.good)
                if at not in made.refused
            ),
        )

    def _done(self, gathered: Gathered, progress: Progress, total: int | None) -> None:
        self._rejects.write(gathered.rejects)
        self._outcome.refused += len(gathered.rejects)
        self._reached += gathered.read
        progress.reach("rows", self._reached, None if total is None else max(total, self._reached))

    def _check_first(self, rows: Sequence[tuple[LearnerRow, Said, bytes]]) -> None:
        """Hold the first credential against the accreditation, before anything is signed.

        Raises:
            Refused: no verifier would take it.
        """
        for row, said, _ in rows:
            try:
                draft = self._course.draft_of(said, identifier=bytes(16))
            except RowRefused:
                continue
            named(draft, self._plan.securing)
            check_covered(
                self._issuer,
                [(f"line {row.number}", draft)],
                origin=self._terms.origin,
                now=self._terms.now,
            )
            self._kinds[kind_of(draft)] = None
            return

    def _know_kind(self, draft: dict[str, Any]) -> None:
        """Ask whether a kind of credential is covered that no row before had."""
        try:
            check_covered(self._issuer, [("it", draft)], origin=self._terms.origin, now=self._terms.now)
        except Refused as refused:
            self._kinds[kind_of(draft)] = str(refused)
        else:
            self._kinds[kind_of(draft)] = None

    def _used(self, tag: bytes, start: int, end: int) -> set[int]:
        """Positions of rows that have places in a list, whatever lists there were besides."""
        return {
            entry.position
            for chunk in self._journal.chunks(start, end)
            if tag in chunk.lists
            for entry in chunk.entries
            if start <= entry.position < end
        }
