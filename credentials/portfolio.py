"""Credentials side by side: what they come to together, and what must not be counted or not counted twice.

It informs and decides nothing: the outcome of each credential is its own verdict's.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from .microcredential import MicroCredential, read_micro_credential
from .microcredential_values import shown_number
from .model import Credential
from .portfolio_overlaps import Overlap, overlaps_of
from .portfolio_sums import LearnerSum, LevelSum, levels_json, total_of
from .verdict import Outcome, VerdictOutcome

PORTFOLIO_SCHEMA: Final = "ankyra-portfolio/1"
"""Name of the JSON form: members are added under it, never changed or taken away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One credential with what its verdict came to.

    Attributes:
        name: under which people know it, such as a file's; empty if it has none.
        outcome: of the verdict.
        sentence: of the verdict.
        accredited: how the check `accreditation` ended.
        accreditation: that check's sentence.
        digest: 32 bytes, under which it is anchored; None if it could not be read.
        credential: what it says; None if it could not be read.
    """

    name: str
    outcome: VerdictOutcome
    sentence: str
    accredited: Outcome
    accreditation: str
    digest: bytes | None
    credential: Credential | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One credential of a portfolio.

    Attributes:
        judged: as it was handed in.
        says: what it says as a micro-credential; None if it is none.
        why_not: why its credits are not counted; None if they are.
        repeats: the place of the very same credential before it; None if there is none.
    """

    judged: Judged
    says: MicroCredential | None
    why_not: str | None
    repeats: int | None = None

    @property
    def ects(self) -> Decimal:
        """The credits that count: none of a credential that is not counted."""
        return self.says.ects if self.why_not is None and self.says and self.says.ects else Decimal(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """Credentials in the order in which they were given; they are named by their places in it, from 0.

    Attributes:
        entries: one for each.
        levels: of those that count, by rising EQF level, those without one last, whosever they are.
        overlaps: what several of those that are valid name, of one learner each.
        learners: identifiers of all whom the credentials are about, as far as they name them.
        by_learner: what counts of each of them, then of those that name nobody, if any of these counts.
    """

    entries: tuple[Entry, ...]
    levels: tuple[LevelSum, ...]
    overlaps: tuple[Overlap, ...]
    learners: tuple[str, ...]
    by_learner: tuple[LearnerSum, ...]

    @property
    def total(self) -> Decimal:
        """The credits that count, at all levels together, whosever they are."""
        return total_of(self.levels)

    @property
    def unnamed(self) -> tuple[int, ...]:
        """Micro-credentials that do not name their learner."""
        return tuple(
            place for place, entry in enumerate(self.entries) if entry.says and not entry.says.learner_id
        )

    @property
    def stackable(self) -> tuple[int, ...]:
        """Those that say that they stack towards something larger."""
        return tuple(place for place, entry in enumerate(self.entries) if entry.says and entry.says.stackable)

    @property
    def not_accredited(self) -> tuple[int, ...]:
        """Those whose issuer was not found to be accredited for them."""
        return tuple(
            place for place, entry in enumerate(self.entries) if entry.judged.accredited is not Outcome.PASSED
        )

    def to_json(self) -> dict[str, Any]:
        """The JSON form, described in `docs/verdict.md`; numbers of credits are texts: they are decimals."""
        return {
            "schema": PORTFOLIO_SCHEMA,
            "learners": list(self.learners),
            "learnerCount": len(self.learners),
            "unnamed": list(self.unnamed),
            "credentials": [_entry(entry) for entry in self.entries],
            "ects": shown_number(self.total),
            "byEqfLevel": levels_json(self.levels),
            "byLearner": [
                {
                    "learner": one.learner,
                    "ects": shown_number(one.ects),
                    "byEqfLevel": levels_json(one.levels),
                }
                for one in self.by_learner
            ],
            "notCounted": [
                {"credential": place, "why": entry.why_not}
                for place, entry in enumerate(self.entries)
                if entry.why_not is not None
            ],
            "overlaps": [
                {
                    "kind": overlap.kind,
                    "name": overlap.name,
                    "credentials": list(overlap.credentials),
                    "ects": shown_number(overlap.ects),
                    "learner": overlap.learner,
                }
                for overlap in self.overlaps
            ],
            "stackable": list(self.stackable),
            "notAccredited": [
                {"credential": place, "why": self.entries[place].judged.accreditation}
                for place in self.not_accredited
            ],
        }


def portfolio_of(credentials: Iterable[Judged]) -> Portfolio:
    """The portfolio of these credentials, of which only the valid ones are counted, each once."""
    entries: list[Entry] = []
    seen: dict[bytes, int] = {}
    for place, judged in enumerate(credentials):
        says = None if judged.credential is None else read_micro_credential(judged.credential)
        first = place if judged.digest is None else seen.setdefault(judged.digest, place)
        repeats = None if first == place else first
        why_not = _why_not(judged, says) if repeats is None else f"It is the same as number {repeats}."
        entries.append(Entry(judged=judged, says=says, why_not=why_not, repeats=repeats))
    named = (entry.says.learner_id for entry in entries if entry.says)
    learners = tuple(dict.fromkeys(filter(None, named)))
    found = [
        (place, entry.says, entry.ects, _whose(entry.says, learners))
        for place, entry in enumerate(entries)
        if entry.says is not None and entry.judged.outcome == "valid" and entry.repeats is None
    ]
    return Portfolio(
        entries=tuple(entries),
        levels=_levels(entries),
        overlaps=overlaps_of(found),
        learners=learners,
        by_learner=_by_learner(entries, learners),
    )


def _whose(says: MicroCredential, learners: Sequence[str]) -> str | None:
    """By whom overlaps are told apart: what names nobody may be the only learner's who is named."""
    return says.learner_id or (learners[0] if len(learners) == 1 else None)


def _why_not(judged: Judged, says: MicroCredential | None) -> str | None:
    if judged.outcome != "valid":
        return judged.sentence
    if says is None:
        return "It is no micro-credential."
    if says.ects is None:
        return "It does not say its credits (ECTS) in a way that can be read."
    return None


def _by_learner(entries: Sequence[Entry], learners: Sequence[str]) -> tuple[LearnerSum, ...]:
    places: dict[str | None, list[int]] = {learner: [] for learner in (*learners, None)}
    for place, entry in enumerate(entries):
        if entry.says is not None:
            places[entry.says.learner_id].append(place)
    sums = (LearnerSum(learner=one, levels=_levels(entries, places[one])) for one in places)
    return tuple(one for one in sums if one.learner is not None or one.levels)


def _levels(entries: Sequence[Entry], chosen: Iterable[int] | None = None) -> tuple[LevelSum, ...]:
    """The sums of those that count, of all or of those chosen."""
    places: dict[int | None, list[int]] = {}
    for place in range(len(entries)) if chosen is None else chosen:
        entry = entries[place]
        if entry.why_not is None and entry.says is not None:
            places.setdefault(entry.says.eqf_level, []).append(place)
    return tuple(
        LevelSum(
            eqf_level=level,
            formal=_sum(entries, places[level], formal=True),
            non_formal=_sum(entries, places[level], formal=False),
            unstated=_sum(entries, places[level], formal=None),
            credentials=tuple(places[level]),
        )
        for level in sorted(places, key=lambda level: (level is None, level or 0))
    )


def _sum(entries: Sequence[Entry], places: Sequence[int], *, formal: bool | None) -> Decimal:
    chosen = (entries[place] for place in places)
    return sum((one.ects for one in chosen if one.says and one.says.formal is formal), Decimal(0))


def _entry(entry: Entry) -> dict[str, Any]:
    says, judged = entry.says, entry.judged
    number = None if says is None or says.ects is None else shown_number(says.ects)
    return {
        "name": judged.name or None,
        "id": judged.credential and judged.credential.id,
        "issuer": judged.credential and judged.credential.issuer,
        "digest": judged.digest and judged.digest.hex(),
        "outcome": judged.outcome,
        "title": says and says.title,
        "awardingBody": says and says.awarding_body,
        "ects": number,
        "eqfLevel": says and says.eqf_level,
        "formal": says and says.formal,
        "stackable": says and says.stackable,
        "accredited": judged.accredited is Outcome.PASSED,
        "counted": entry.why_not is None,
    }
