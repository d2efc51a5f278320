"""Which counts of a month may be told and be nobody's: small ones are not, nor what gives them away.

A count of people below `THRESHOLD` is suppressed. So that it cannot be found by taking other issuers' counts
from the total, further counts, the smallest first, are suppressed with it until what is left over for them
could be anybody's: each of them might be `THRESHOLD` or more. Where there are not enough, the total is
suppressed too. Zero says of nobody that he is in it, and is told.
"""

from collections.abc import Mapping
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
    credentials = disclosed({one.did: one.credentials for one in figures.issuers})
    return DisclosedMonth(
        figures=figures,
        batches=_as_told(credentials, {one.did: one.batches for one in figures.issuers}),
        credentials=credentials,
        revoked=disclosed({one.did: one.marked.revoked for one in figures.issuers}),
        suspended=disclosed({one.did: one.marked.suspended for one in figures.issuers}),
    )


def disclosed(counts: Mapping[str, int]) -> Disclosed:
    """Return the counts of one month that may be told, of all issuers together and of each."""
    hidden = {did for did, count in counts.items() if 0 < count < THRESHOLD}
    if hidden:
        others = sorted((count, did) for did, count in counts.items() if count >= THRESHOLD)
        while others and not _covers(counts, hidden):
            hidden.add(others.pop(0)[1])
    return _told(counts, hidden)


def _as_told(told: Disclosed, counts: Mapping[str, int]) -> Disclosed:
    """Other counts of the same issuers, suppressed where `told` is."""
    found = _told(counts, {did for did, count in told.own.items() if count is None})
    return found if told.total is not None else Disclosed(None, found.own)


def _told(counts: Mapping[str, int], hidden: set[str]) -> Disclosed:
    total = sum(counts.values()) if not hidden or _covers(counts, hidden) else None
    return Disclosed(total, {did: None if did in hidden else count for did, count in counts.items()})


def _covers(counts: Mapping[str, int], hidden: set[str]) -> bool:
    """Whether each suppressed count might be the threshold or more, if all the others were one."""
    rest = sum(counts[did] for did in hidden)
    return len(hidden) > 1 and rest - (len(hidden) - 1) >= THRESHOLD


def _rate(revoked: int | None, anchored: int | None, *, unknown: int) -> float | None:
    if revoked is None or not anchored or unknown:
        return None
    return round(revoked / anchored, 6)
