"""A document judged as it was asked for: in the lane it belongs in, a presentation once it is paid for."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from fastapi import Request

from credentials.errors import MalformedPresentation
from credentials.presentation import Presentation
from credentials.presentation_reading import read_presentation
from credentials.verdict import FORMAT, Outcome
from node.api.judgement_metrics import JudgementMetrics
from node.api.judging import Judging
from node.api.limits import VERIFICATION, owe_for, spend_further
from node.api.verification_request import Asked
from node.services.node import Node
from node.services.verification import Verified, VerifiedPresentation, Verifier

PATIENCE = 10.0
"""Seconds after which no further credential of a presentation is begun: each may ask others, and wait."""

T = TypeVar("T")
Tell = Callable[[Asked, Verified | VerifiedPresentation], T]
"""What a verdict is made into; called in the thread that judged."""


@dataclass(slots=True)
class _Spent:
    """What judging one document took: written by the thread that judged, read once it has answered."""

    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Shown:
    """A presentation: as much work as its credentials are, to be paid for before it is done."""

    presentation: Presentation | MalformedPresentation
    asked: Asked

    @property
    def further_units(self) -> int:
        """What it costs beyond one credential."""
        if isinstance(self.presentation, MalformedPresentation):
            return 0
        return VERIFICATION * max(0, len(self.presentation.credentials) - 1)


async def judged(request: Request, node: Node, read: Callable[[], Asked], tell: Tell[T], *, body: bytes) -> T:
    """Return what `tell` makes of the verdict on a credential or a presentation.

    Args:
        request: who asks has paid for one credential.
        node: by what it has followed.
        read: gives what is asked; called in the thread that judges.
        tell: what the verdict is made into.
        body: what was handed in: where it is judged goes by its size and its bytes.

    Raises:
        TooManyCredentials: the presentation shows more than are judged together.
        TooManyRequests: it shows more than the client may spend, and nothing further was judged.
        PolicyRefused: a name is none of a check that can be relaxed.
        TimeNotCome: the time asked for lies in the future.
        ProjectionDamaged: the database does not hash to what the ledger has.
    """
    judging: Judging = request.app.state.judging
    figures: JudgementMetrics = request.app.state.metrics.judgements
    spent = _Spent()
    try:
        answer = await judging.judge(node, partial(_credential, read, tell, figures, spent), body=body)
        if not isinstance(answer, _Shown):
            return answer
        spend_further(request, answer.further_units)
        return await judging.long.judge(node, partial(_presented, answer, tell, figures, spent))
    finally:
        owe_for(request, spent.seconds)


def _credential(
    read: Callable[[], Asked], tell: Tell[T], figures: JudgementMetrics, spent: _Spent, verifier: Verifier
) -> T | _Shown:
    """The verdict on a credential; a presentation, unjudged, if the document is one."""
    asked = read()
    began = time.perf_counter()
    verified = verifier.verify(
        asked.document, at=asked.at, relaxed=asked.relaxed, receipt=asked.receipt, expected=asked.expected
    )
    spent.seconds = time.perf_counter() - began
    if verified.verdict.result(FORMAT).outcome is not Outcome.PASSED:  # only then it may be something else
        shown = _presentation(asked.document)
        if shown is not None:
            return _Shown(shown, asked)
    figures.observe(verified.verdict, seconds=spent.seconds)
    return tell(asked, verified)


def _presentation(document: bytes) -> Presentation | MalformedPresentation | None:
    try:
        return read_presentation(document)
    except MalformedPresentation as error:
        return error


def _presented(
    shown: _Shown, tell: Tell[T], figures: JudgementMetrics, spent: _Spent, verifier: Verifier
) -> T:
    """The verdict on a presentation: of what does not fit into `PATIENCE`, that it was not judged."""
    asked, began = shown.asked, time.perf_counter()
    verified = verifier.verify_presentation(
        shown.presentation,
        at=asked.at,
        relaxed=asked.relaxed,
        receipt=asked.receipt,
        expected=asked.expected,
        goes_on=lambda: time.perf_counter() - began < PATIENCE,
    )
    spent.seconds = time.perf_counter() - began
    for verdict in verified.verdict.verdicts:
        figures.observe(verdict, seconds=spent.seconds / len(verified.verdict.verdicts))
    return tell(asked, verified)
