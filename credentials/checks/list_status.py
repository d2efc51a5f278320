"""The status that a published list gives a credential at T (protocol section 7, check 6)."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeVar

from anchoring.errors import MalformedStatusEntry, UnknownStatusPurpose, UnknownStatusType
from anchoring.status_entry import REVOCATION, SUSPENSION, StatusEntry, parse_status_entry
from anchoring.token_status_entry import TokenStatusEntry
from credentials.case import Case
from credentials.errors import StatusListRefused, Unavailable
from credentials.plain_text import plain
from credentials.published_status import PublishedList, earlier_lists, marked_before, moment, status_at
from credentials.verdict import Outcome

from .status_reading import REVOKED, SUSPENDED, StatusReading, unread

_SHOWN: Final = 200
"""Characters of a message that a sentence repeats; evidence has all of it."""
_DECIDING: Final = {REVOCATION: REVOKED, SUSPENSION: SUSPENDED}
"""Purposes whose bit decides, and the word for it; the others inform (Bitstring Status List section 2.1)."""

Entry = TypeVar("Entry", StatusEntry, TokenStatusEntry)


def read_list_entry(case: Case, entry: Mapping[str, Any]) -> StatusReading:
    """What the list that `entry` points into says of the credential at T."""
    try:
        parsed = parse_status_entry(entry)
    except UnknownStatusType as error:
        shown = plain(error.status_type, most=64)
        sentence = f"The credential has a status of a type that is not judged here: {shown}."
        return unread(entry, Outcome.NOT_DETERMINABLE, "unknown_type", sentence)
    except UnknownStatusPurpose as error:
        sentence = f"The credential has a status of unknown purpose: {plain(error.status_purpose, most=64)}."
        return unread(entry, Outcome.NOT_DETERMINABLE, "unknown_purpose", sentence)
    except MalformedStatusEntry as error:
        return unread(entry, Outcome.FAILED, "malformed_entry", f"The status entry says nothing: {error}.")
    return by_published_list(case, parsed, found=_with_status, missing=_without_status)


def by_published_list(
    case: Case,
    entry: Entry,
    *,
    found: Callable[[Case, Entry, int, PublishedList], StatusReading],
    missing: Callable[[Entry, Outcome, str, str], StatusReading],
) -> StatusReading:
    """What `found` makes of the status at T in the list that was published last, or `missing` of its lack."""
    try:
        status, published = status_at(case.ports, entry, issuer=case.issuer, at=case.until)
    except StatusListRefused as error:
        return missing(entry, Outcome.FAILED, error.reason, error.sentence)
    except Unavailable as error:
        return missing(entry, Outcome.NOT_DETERMINABLE, error.reason, error.sentence)
    return found(case, entry, status, published)


def _with_status(case: Case, entry: StatusEntry, status: int, published: PublishedList) -> StatusReading:
    word = _DECIDING.get(entry.status_purpose)
    message = entry.status_messages[status] if entry.status_messages else None
    meaning = "" if not message else f": “{plain(message, most=_SHOWN)}”"
    outcome, reason = Outcome.PASSED, None
    findings: tuple[str, ...] = ()
    if word is None:
        by = f"the list published on {published.published_on}"
        sentence = f"For {entry.status_purpose}, {by} has {status}{meaning}."
        if status:
            findings = (
                f"The issuer has set a status for {entry.status_purpose}, which decides nothing{meaning}.",
            )
    elif status:
        outcome, reason = Outcome.FAILED, word
        by = f"by the list that its issuer published on {published.published_on}"
        sentence = f"{word.capitalize()}, {by}{meaning}."
    else:
        sentence = f"Not {word}, by the list that its issuer published on {published.published_on}."
        marks = marked_before(case.ports, published.publication) if word is REVOKED else None
        if marks is not None and marks.with_size(entry.status_size).get(entry.status_list_index):
            findings = (taken_back(case, published, index=entry.status_list_index, size=entry.status_size),)
    evidence = {
        **_claimed(entry),
        **published.evidence,
        "status": status,
        "outcome": outcome.value,
        "reason": reason,
    }
    if message is not None:
        evidence["message"] = message
    return StatusReading(outcome, reason, sentence, evidence, findings)


def _without_status(entry: StatusEntry, outcome: Outcome, reason: str, sentence: str) -> StatusReading:
    findings: tuple[str, ...] = ()
    if entry.status_purpose not in _DECIDING:
        outcome, findings = Outcome.PASSED, (f"The status for {entry.status_purpose}: {sentence}",)
    evidence = {**_claimed(entry), "status": None, "outcome": outcome.value, "reason": reason}
    return StatusReading(outcome, reason, sentence, evidence, findings)


def _claimed(entry: StatusEntry) -> dict[str, Any]:
    return {
        "type": entry.entry_type,
        "purpose": entry.status_purpose,
        "index": entry.status_list_index,
        "url": entry.status_list_credential,
    }


def taken_back(case: Case, published: PublishedList, *, index: int, size: int) -> str:
    """A sentence on the last list that marked the place: a revocation is for ever (protocol section 7)."""
    before = "an earlier list"
    for publication, marks in earlier_lists(case.ports, published.publication):
        if marks is not None and marks.with_size(size).get(index):
            before = f"the list published on {moment(publication.time)[:10]} (entry {publication.index})"
            break
    return f"A revocation was taken back: {before} had it, that of {published.published_on} has it no more."
