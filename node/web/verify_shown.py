"""A verdict as its page shows it: headline, checks with their evidence, the credential, and the raw thing."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from credentials.errors import CredentialsError
from credentials.plain_text import plain
from credentials.verdict import CheckResult, Outcome, Verdict
from node.client.credential_summary import Summary, summary_in
from node.web.reasons import general_sentence
from node.web.verify_accredited import Accredited, accredited_in
from node.web.verify_headlines import Headline, Tone, headline_of
from node.web.verify_misfits import misfit_in
from node.web.verify_reading import Reading, reading_of

MOST_EVIDENCE: Final = 64
"""Values of one check's evidence that are shown; all are in the verdict's JSON."""
MOST_RAW: Final = 262_144
"""Characters of a document that are shown, and carried in the form that asks again."""
_MOST_VALUE: Final = 400  # characters of one value
_DEEPEST: Final = 8
_HIDDEN: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_SIGNS: Final[Mapping[Outcome, tuple[Tone, str]]] = {
    Outcome.PASSED: ("good", "✔"),
    Outcome.FAILED: ("bad", "✘"),
    Outcome.NOT_DETERMINABLE: ("unsure", "?"),
    Outcome.NOT_APPLICABLE: ("quiet", "·"),
}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One value of a check's evidence: where it stands there, and the log entry that it names, if any."""

    path: str
    value: str
    entry: int | None = None


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """One check; `general` is what it found in words of the catalogues, English."""

    result: CheckResult
    required: bool
    general: str
    evidence: tuple[Evidence, ...]
    more: bool

    @property
    def tone(self) -> Tone:
        """Of what was found; of what does not decide, no alarm."""
        tone = _SIGNS[self.result.outcome][0]
        return "quiet" if not self.required and tone in {"bad", "unsure"} else tone

    @property
    def sign(self) -> str:
        """Beside the colour."""
        return _SIGNS[self.result.outcome][1]


@dataclass(frozen=True, slots=True)
class Raw:
    """The document: what it holds once decoded, and its text; None where that is too long or no text."""

    header: str | None
    decoded: str | None
    text: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownVerdict:
    """One credential's verdict.

    Attributes:
        verdict: itself.
        name: of the file; empty if there is none.
        headline: the first sentence.
        general: the deciding check's in words of the catalogues; None where nothing decides against it.
        instead: what to hand in, of a file that belongs to a credential and is none, in words of the
            catalogues.
        accredited: who issued it by the record; None unless that was found good.
        checks: by their numbers.
        reading: the credential as a person reads it; None if it could not be read.
        raw: the document.
    """

    verdict: Verdict
    name: str
    headline: Headline
    general: str | None
    instead: str | None
    accredited: Accredited | None
    checks: tuple[ShownCheck, ...]
    reading: Reading | None
    raw: Raw

    @property
    def digest(self) -> str | None:
        """Hexadecimal; None if it could not be read."""
        return None if self.verdict.digest is None else self.verdict.digest.hex()

    @property
    def past(self) -> datetime | None:
        """The time asked for, if it lies in the past."""
        return self.verdict.at if self.verdict.past else None

    @property
    def title(self) -> str | None:
        """What the credential is about, in its own words."""
        return None if self.reading is None else self.reading.title


def shown(verdict: Verdict, document: bytes, *, name: str = "", language: str) -> ShownVerdict:
    """Return what the page shows of a verdict.

    Args:
        verdict: on `document`.
        document: as it was handed in.
        name: of its file.
        language: of texts that the credential has in several.
    """
    deciding = verdict.deciding
    try:
        summary: Summary | None = summary_in(document, language=language)
    except CredentialsError:
        summary = None
    unreadable = deciding is not None and (deciding.check.name, deciding.reason) == ("format", "malformed")
    misfit = misfit_in(document) if unreadable else None
    told = headline_of(verdict.outcome, deciding, relaxed=bool(verdict.relaxed))
    return ShownVerdict(
        verdict=verdict,
        name=name,
        headline=told if misfit is None else misfit.headline,
        general=None if deciding is None else general_of(deciding),
        instead=None if misfit is None else misfit.instead,
        accredited=accredited_in(verdict, summary),
        checks=tuple(
            shown_check(result, required=result.check.name in verdict.required) for result in verdict.results
        ),
        reading=None if summary is None else reading_of(summary),
        raw=_raw(document, summary),
    )


def shown_check(result: CheckResult, *, required: bool) -> ShownCheck:
    """Return one check with its evidence, value by value."""
    evidence = [
        found for found, _ in zip(_values(result.evidence, ""), range(MOST_EVIDENCE + 1), strict=False)
    ]
    return ShownCheck(
        result=result,
        required=required,
        general=general_of(result),
        evidence=tuple(evidence[:MOST_EVIDENCE]),
        more=len(evidence) > MOST_EVIDENCE,
    )


def general_of(result: CheckResult) -> str:
    """What a check found, in words of the catalogues."""
    return general_sentence(result.check.name, result.outcome, result.reason)


def printed(value: Any) -> str:
    """JSON for people, of a value that came from JSON: what would not show is escaped."""
    return _visible(json.dumps(value, ensure_ascii=False, indent=2))


def _visible(text: str) -> str:
    """The text with escapes, as JSON has them, for what does not show or turns the direction of what does."""
    return _HIDDEN.sub(lambda found: json.dumps(found[0])[1:-1], text)


def _values(value: Any, path: str, depth: int = 0) -> Iterator[Evidence]:
    """The values in the order in which they stand, each with its path: `atT / links 1 / since`."""
    if isinstance(value, Mapping) and value and depth < _DEEPEST:
        for name, inner in value.items():
            yield from _values(inner, f"{path} / {name}" if path else str(name), depth + 1)
    elif isinstance(value, list | tuple) and value and depth < _DEEPEST:
        for number, inner in enumerate(value, start=1):
            yield from _values(inner, f"{path} {number}" if len(value) > 1 else path, depth + 1)
    elif value not in (None, [], {}, ()):
        is_entry = path.endswith(("entry", "Entry", "entryIndex")) and type(value) is int
        yield Evidence(plain(path, most=_MOST_VALUE), _text(value), value if is_entry else None)


def _text(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return plain(text, most=_MOST_VALUE) + ("…" if len(text) > _MOST_VALUE else "")


def _raw(document: bytes, summary: Summary | None) -> Raw:
    told = raw_text(document)
    text = None if told is None else _visible(told)
    if summary is None:
        return Raw(None, None, text)
    jws = None if summary.secured is None else summary.secured.jws
    held: Any = summary.members
    if jws is not None:
        try:
            held = json.loads(jws.payload)
        except ValueError:
            held = summary.members
    decoded = printed(held)
    header = None if jws is None else printed(dict(jws.header))
    return Raw(header, decoded if len(decoded) <= MOST_RAW else None, text)


def raw_text(document: bytes) -> str | None:
    """The text of a document; None of what is no text, or too long to be shown."""
    try:
        text = document.decode("utf-8").strip()
    except UnicodeDecodeError:
        return None
    return text if len(text) <= MOST_RAW and "\0" not in text else None
