"""The status that a published Token Status List gives a credential at T (Token Status List section 7)."""

from collections.abc import Mapping
from typing import Any, Final

from anchoring.errors import MalformedStatusEntry
from anchoring.token_status_entry import TokenStatusEntry, parse_token_status_entry
from anchoring.token_status_list import APPLICATION_SPECIFIC, INVALID, STATUS_LIST, SUSPENDED, VALID
from credentials.case import Case
from credentials.published_status import PublishedList, marked_before
from credentials.securing.token_status import TOKEN_STATUS_LIST_ENTRY
from credentials.verdict import Outcome

from . import status_reading
from .list_status import by_published_list, taken_back
from .status_reading import StatusReading, unread

_NAMES: Final = {VALID: "VALID", INVALID: "INVALID", SUSPENDED: "SUSPENDED"}
_FAILING: Final = {INVALID: status_reading.REVOKED, SUSPENDED: status_reading.SUSPENDED}


def read_token_entry(case: Case, entry: Mapping[str, Any]) -> StatusReading:
    """What the list that `entry`, of the claim `status`, points into says of the credential at T."""
    try:
        parsed = parse_token_status_entry(entry)
    except MalformedStatusEntry as error:
        return unread(entry, Outcome.FAILED, "malformed_entry", f"The status entry says nothing: {error}.")
    return by_published_list(case, parsed, found=_with_status, missing=_without_status)


def _with_status(case: Case, entry: TokenStatusEntry, status: int, published: PublishedList) -> StatusReading:
    by = f"by the list that its issuer published on {published.published_on}"
    outcome: Outcome = Outcome.PASSED
    reason: str | None = None
    findings: tuple[str, ...] = ()
    if status in _FAILING:
        outcome, reason = Outcome.FAILED, _FAILING[status]
        sentence = f"{reason.capitalize()}, {by}."
    elif status == VALID:
        sentence = f"Neither revoked nor suspended, {by}."
    else:
        outcome, reason = Outcome.NOT_DETERMINABLE, "unknown_status"
        whose = "its issuer's own" if status in APPLICATION_SPECIFIC else "not defined"
        sentence = f"The meaning of its status {status:#04x}, {by}, is {whose}: nobody else can tell it."
    if status != INVALID:
        marks = marked_before(case.ports, published.publication)
        if marks is not None and marks.get(entry.idx):
            findings = (taken_back(case, published, index=entry.idx, size=marks.size),)
    evidence = {
        **_claimed(entry),
        **published.evidence,
        "status": status,
        "statusName": _NAMES.get(status),
        "outcome": outcome.value,
        "reason": reason,
    }
    return StatusReading(outcome, reason, sentence, evidence, findings)


def _without_status(entry: TokenStatusEntry, outcome: Outcome, reason: str, sentence: str) -> StatusReading:
    evidence = {**_claimed(entry), "status": None, "outcome": outcome.value, "reason": reason}
    return StatusReading(outcome, reason, sentence, evidence)


def _claimed(entry: TokenStatusEntry) -> dict[str, Any]:
    return {"type": TOKEN_STATUS_LIST_ENTRY, "purpose": STATUS_LIST, "index": entry.idx, "url": entry.uri}
