"""What a verification of a presentation says: of the presentation itself, and of each of its credentials."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from .portfolio import Judged, Portfolio, portfolio_of
from .presentation import Presentation
from .verdict import ACCREDITATION, HOLDER, CheckResult, Outcome, Verdict, VerdictOutcome, rfc3339

PRESENTATION_SCHEMA: Final = "ankyra-presentation-verdict/1"
"""Name of the JSON form: members are added under it, never changed or taken away."""

_OUTCOMES: Final[dict[Outcome, VerdictOutcome]] = {
    Outcome.FAILED: "invalid",
    Outcome.NOT_DETERMINABLE: "indeterminate",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentationVerdict:
    """A presentation's own check and the verdicts on what it shows.

    Attributes:
        presentation: None if it could not be read; the result says why.
        result: of check 10 for the presentation itself.
        verdicts: one for each credential, in their order.
        at: the time asked for.
        judged_at: the time by which the holder's key was judged: of the asking.
        relaxed: names of the checks that the policy does not require.
        past: whether the time asked for lies before the asking; the sentence names it then.
    """

    presentation: Presentation | None
    result: CheckResult
    verdicts: tuple[Verdict, ...]
    at: datetime
    judged_at: datetime
    relaxed: tuple[str, ...]
    past: bool

    @property
    def portfolio(self) -> Portfolio:
        """What the credentials come to together: a reading of them, which decides nothing."""
        return portfolio_of(map(judged_credential, self.verdicts))

    @property
    def own(self) -> VerdictOutcome:
        """How it stands with itself, whatever it shows; no policy makes good what could not be read."""
        if self.presentation is not None and HOLDER.name in self.relaxed:
            return "valid"
        return _OUTCOMES.get(self.result.outcome, "valid")

    @property
    def outcome(self) -> VerdictOutcome:
        """The worst of its own and of its credentials'; without credentials nothing was shown to be valid."""
        outcomes = {self.own, *(verdict.outcome for verdict in self.verdicts)}
        if "invalid" in outcomes:
            return "invalid"
        return "valid" if self.verdicts and outcomes == {"valid"} else "indeterminate"

    @property
    def sentence(self) -> str:
        """The verdict for people."""
        return f"As of {rfc3339(self.at)}: {self._present}" if self.past else self._present

    @property
    def _present(self) -> str:
        if self.own != "valid":
            return self.result.sentence
        if not self.verdicts:
            return "It shows no credential."
        bad = [verdict for verdict in self.verdicts if verdict.outcome != "valid"]
        number, total = len(self.verdicts) - len(bad), len(self.verdicts)
        if bad:
            worst = next((one for one in bad if one.outcome == "invalid"), bad[0])
            return f"{number} of {total} credentials are valid. Of another: {worst.sentence}"
        results = (self.result, *(verdict.result(HOLDER) for verdict in self.verdicts))
        bound = all(result.outcome is Outcome.PASSED for result in results)
        holder = None if self.presentation is None else self.presentation.holder
        who = f"Shown by {holder}" if bound else "Not bound to whoever shows it"
        what = "its credential is valid." if total == 1 else f"its {total} credentials are valid."
        by = f" By a policy that does not require: {', '.join(self.relaxed)}." if self.relaxed else ""
        return f"{who}; {what}{by}"

    def to_json(self) -> dict[str, Any]:
        """The JSON form, described in `docs/verdict.md`."""
        shown = self.presentation
        return {
            "schema": PRESENTATION_SCHEMA,
            "outcome": self.outcome,
            "sentence": self.sentence,
            "at": rfc3339(self.at),
            "judgedAt": rfc3339(self.judged_at),
            "presentation": {
                "id": shown and shown.id,
                "holder": shown and shown.holder,
                "form": shown and shown.form,
                "dataModel": shown and shown.version,
                "outcome": self.own,
            },
            "holder": self.result.to_json(required=HOLDER.name not in self.relaxed),
            "credentials": [verdict.to_json() for verdict in self.verdicts],
            "portfolio": self.portfolio.to_json(),
            "relaxed": list(self.relaxed),
        }


def judged_credential(verdict: Verdict, *, name: str = "") -> Judged:
    """Return what a portfolio takes of a verdict, under the name by which people know the credential."""
    accreditation = verdict.result(ACCREDITATION)
    return Judged(
        name=name,
        outcome=verdict.outcome,
        sentence=verdict.sentence,
        accredited=accreditation.outcome,
        accreditation=accreditation.sentence,
        digest=verdict.digest,
        credential=verdict.credential,
    )
