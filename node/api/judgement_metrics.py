"""Figures of verdicts: how many, decided by which check, how long they took, and what ended in none."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, get_args

from prometheus_client import CollectorRegistry, Counter, Histogram

from credentials.errors import Busy
from credentials.verdict import CHECKS, Verdict, VerdictOutcome
from node.api.problems import problem_of

NO_CHECK: Final = "none"
"""The deciding check of a verdict that nothing keeps from being `valid`."""
_OF_THE_NODE: Final = 500
"""The HTTP status of what is the node's own failure, and no refusal."""
_BUCKETS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)


class JudgementMetrics:
    """Counts what was asked to be judged, by names of this program's own and nothing that was sent.

    Every pair of outcome and check is there from the start: a rate over a series that begins with its first
    event does not show that event.
    """

    def __init__(self, registry: CollectorRegistry) -> None:
        """Put the figures into `registry`."""
        self._verdicts = Counter(
            "ankyra_verdicts",
            "Verdicts by outcome and by the check that decided it.",
            ["outcome", "check"],
            registry=registry,
        )
        self._seconds = Histogram(
            "ankyra_verdict_seconds",
            "Time to judge one credential, without the wait for its turn.",
            buckets=_BUCKETS,
            registry=registry,
        )
        self._busy = Counter(
            "ankyra_judgements_busy",
            "Credentials that were left open because what judges was busy; no verdicts are counted for them.",
            registry=registry,
        )
        self._refused = Counter(
            "ankyra_judgements_refused",
            "Requests for a verdict that got a problem instead, by its code.",
            ["code"],
            registry=registry,
        )
        self._collapsed = Counter(
            "ankyra_judgements_collapsed",
            "Requests for a verdict that ended in a failure of the node's own.",
            registry=registry,
        )
        for outcome in get_args(VerdictOutcome):
            for check in [NO_CHECK] if outcome == "valid" else [check.name for check in CHECKS]:
                self._verdicts.labels(outcome, check)

    def observe(self, verdict: Verdict, *, seconds: float) -> None:
        """Count one verdict, which took so long; one that will be asked for again is none yet."""
        if any(result.reason == Busy.reason for result in verdict.results):
            self._busy.inc()
            return
        deciding = verdict.deciding
        check = NO_CHECK if deciding is None else deciding.check.name
        self._verdicts.labels(verdict.outcome, check).inc()
        self._seconds.observe(seconds)

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Count what ends the block without a verdict, and pass it on."""
        try:
            yield
        except Exception as error:
            problem = problem_of(error)
            if problem.status == _OF_THE_NODE:
                self._collapsed.inc()
            else:
                self._refused.labels(problem.code).inc()
            raise
