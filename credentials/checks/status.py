"""Check 6: the credential is neither revoked nor suspended at T, as its issuer published by then."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from operator import attrgetter
from typing import Any, Final

from anchoring.accreditation_entry import EBSI_ACCREDITATION_ENTRY
from credentials.case import Case
from credentials.errors import Unavailable
from credentials.securing.token_status import TOKEN_STATUS_LIST_ENTRY
from credentials.verdict import STATUS, CheckResult, Outcome

from .attribute_status import read_attribute_entry
from .list_status import read_list_entry
from .status_reading import StatusReading, unread
from .token_status import read_token_entry

_NONE: Final = CheckResult(
    STATUS, Outcome.NOT_APPLICABLE, "The credential names no status: its issuer cannot revoke it."
)
_RANK: Final = attrgetter("rank")


def check_status(case: Case) -> CheckResult:
    """The worst of the credential's status entries decides; the evidence shows each."""
    statuses = case.credential.statuses
    if not statuses:
        return _NONE
    readings = [_read(case, entry) for entry in statuses]
    worst = readings[0] if len(readings) == 1 else _weighed(readings)
    return CheckResult(
        STATUS,
        worst.outcome,
        worst.sentence,
        {"entries": [reading.evidence for reading in readings]},
        worst.findings,
        None if worst.outcome is Outcome.PASSED else worst.reason,
    )


def _weighed(readings: Sequence[StatusReading]) -> StatusReading:
    """The worst of several, with the findings of all; if all pass, with the sentences of all."""
    worst = min(readings, key=_RANK)
    findings = tuple(finding for reading in readings for finding in reading.findings)
    if worst.outcome is Outcome.PASSED:
        sentence = " ".join(dict.fromkeys(reading.sentence for reading in readings))
        return replace(worst, sentence=sentence, findings=findings)
    return replace(worst, findings=findings)


def _read(case: Case, entry: Mapping[str, Any]) -> StatusReading:
    try:
        if entry.get("type") == EBSI_ACCREDITATION_ENTRY:
            return read_attribute_entry(case, entry)
        if entry.get("type") == TOKEN_STATUS_LIST_ENTRY:
            return read_token_entry(case, entry)
        return read_list_entry(case, entry)
    except Unavailable as error:
        return unread(entry, Outcome.NOT_DETERMINABLE, error.reason, error.sentence)
