"""The one plain sentence with which a verdict begins, in words that a graduate's employer understands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from credentials.verdict import CheckResult, VerdictOutcome
from node.web.pages import marked

Tone = Literal["good", "bad", "unsure", "quiet"]


@dataclass(frozen=True, slots=True)
class Headline:
    """How a verdict is told first: never by its colour alone.

    Attributes:
        tone: its colour.
        sign: beside the colour.
        word: the outcome.
        sentence: what it means.
    """

    tone: Tone
    sign: str
    word: str
    sentence: str


WORDS: Final[Mapping[VerdictOutcome, tuple[Tone, str, str]]] = {
    "valid": ("good", "✔", marked("Valid")),
    "invalid": ("bad", "✘", marked("Not valid")),
    "indeterminate": ("unsure", "?", marked("Cannot be determined")),
}
VALID: Final = marked("Genuine and in force, from an accredited issuer")
_RELAXED: Final = marked("Valid, where some checks were not asked for")
_SOME: Final = marked("Not all are valid")
_INDETERMINATE: Final = marked("Whether this is genuine and in force cannot be determined now")
_BY_REASON: Final[Mapping[tuple[str, str], str]] = {
    ("format", "malformed"): marked("This is not a credential that can be read"),
    ("format", "not_judged"): marked("This is a form of credential that is not judged here"),
    ("validity", "expired"): marked("Not in force: it has expired"),
    ("validity", "not_yet_valid"): marked("It is not in force yet"),
    ("status", "revoked"): marked("Not in force: its issuer revoked it"),
    ("status", "suspended"): marked("Not in force at present: its issuer suspended it"),
    ("accreditation", "not_accredited"): marked("Its issuer is not accredited"),
    ("accreditation", "not_covered"): marked("Its issuer is not accredited for credentials of this kind"),
    ("accreditation", "accreditation_revoked"): marked("Its issuer's accreditation had been revoked"),
}
_BY_CHECK: Final[Mapping[str, str]] = {
    "format": marked("This is not a credential that can be read"),
    "issuer": marked("Not genuine: its issuer is not who it says"),
    "signature": marked("Not genuine: it was changed after it was signed, or its issuer did not sign it"),
    "validity": marked("It is not in force"),
    "schema": marked("It is not what it claims to be: its content does not fit its type"),
    "accreditation": marked("Its issuer was not accredited for it"),
    "status": marked("Not in force: its status could not be confirmed"),
    "anchor": marked("Not genuine: its issuer never recorded it on the ledger"),
    "timeline": marked("Not to be trusted: its dates contradict the record"),
    "holder": marked("Whoever shows it could not be confirmed as its holder"),
}


def headline_of(outcome: VerdictOutcome, deciding: CheckResult | None, *, relaxed: bool = False) -> Headline:
    """Return how a verdict is told first.

    Args:
        outcome: of the verdict.
        deciding: the check that keeps it from being `valid`.
        relaxed: whether the asker did without some checks.
    """
    tone, sign, word = WORDS[outcome]
    if outcome == "valid":
        sentence = _RELAXED if relaxed else VALID
    elif deciding is None:
        sentence = _INDETERMINATE
    elif outcome == "indeterminate":
        sentence = _BY_REASON.get((deciding.check.name, deciding.reason or ""), _INDETERMINATE)
    else:
        of_reason = _BY_REASON.get((deciding.check.name, deciding.reason or ""))
        sentence = of_reason or _BY_CHECK[deciding.check.name]
    return Headline(tone, sign, word, sentence)


def headline_of_all(outcome: VerdictOutcome, *, valid: int) -> Headline:
    """Return how several verdicts are told first; the sentence is the page's, which counts them.

    Args:
        outcome: the worst of them.
        valid: how many of them are.
    """
    tone, sign, word = WORDS[outcome]
    return Headline(tone, sign, _SOME if valid and outcome != "valid" else word, "")
