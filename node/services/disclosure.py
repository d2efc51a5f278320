"""Which counts of a month may be told and be nobody's: small ones are not, nor what gives them away.

A count of people below `THRESHOLD` is suppressed, and wherever one is, the total is suppressed with it: no
choice of what else to leave out keeps a count from being computed by somebody who knows how it is chosen.
Zero says of nobody that he is in it, and is told. Of a month that is not complete nothing is told: from two
readings of it anybody could take what came in between.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from node.services.statistics import IssuerFigures, MonthFigures

THRESHOLD: Final = 10
"""The smallest count of people, other than zero, that is told of one issuer and month."""


@dataclass(frozen=True, slots=True)
class Disclosed:
    """Counts of one month that are told, None where one is suppressed.

    Attributes:
        total: of all issuers.
        own: each issuer's, by DID.
    """

    total: int | None
    own: Mapping[str, int | None]


@dataclass(frozen=True, slots=True)
class DisclosedMonth:
    """What is told of a month.

    Attributes:
        figures: counts of what organisations did stand there; the others are not to be told from there.
        batches: suppressed wherever `credentials` are: an issuer's credentials are no fewer than its batches.
        credentials: anchored.
        revoked: newly, by lists whose content is known.
        suspended: likewise.
    """

    figures: MonthFigures
    batches: Disclosed
    credentials: Disclosed
    revoked: Disclosed
    suspended: Disclosed

    def revocation_rate(self, issuer: IssuerFigures) -> float | None:
        """Return how many were revoked for each one anchored that month; of what is told alone."""
        return _rate(
            self.revoked.own[issuer.did], self.credentials.own[issuer.did], unknown=issuer.marked.unknown
        )

    @property
    def total_revocation_rate(self) -> float | None:
        """The same of all issuers together."""
        return _rate(self.revoked.total, self.credentials.total, unknown=self.figures.marked.unknown)


def disclosed_month(figures: MonthFigures) -> DisclosedMonth:
    """Return what may be told of a month."""
    credentials = _counts(figures, lambda one: one.credentials)
    return DisclosedMonth(
        figures=figures,
        batches=_as_told(credentials, {one.did: one.batches for one in figures.issuers}),
        credentials=credentials,
        revoked=_counts(figures, lambda one: one.marked.revoked),
        suspended=_counts(figures, lambda one: one.marked.suspended),
    )


def disclosed(counts: Mapping[str, int]) -> Disclosed:
    """Return the counts of one complete month that may be told, of all issuers together and of each."""
    own = {did: None if 0 < count < THRESHOLD else count for did, count in counts.items()}
    return Disclosed(None if None in own.values() else sum(counts.values()), own)


def _counts(figures: MonthFigures, count: Callable[[IssuerFigures], int]) -> Disclosed:
    if figures.complete:
        return disclosed({one.did: count(one) for one in figures.issuers})
    return Disclosed(None, {one.did: None for one in figures.issuers})


def _as_told(told: Disclosed, counts: Mapping[str, int]) -> Disclosed:
    """Other counts of the same issuers, suppressed where `told` is."""
    own = {did: None if told.own[did] is None else count for did, count in counts.items()}
    return Disclosed(None if told.total is None else sum(counts.values()), own)


def _rate(revoked: int | None, anchored: int | None, *, unknown: int) -> float | None:
    if revoked is None or not anchored or unknown:
        return None
    return round(revoked / anchored, 6)
