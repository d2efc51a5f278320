"""The status of an accreditation: that of its own attribute at T (EBSI, EbsiAccreditationEntry)."""

import hashlib
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from anchoring.accreditation_entry import EBSI_ACCREDITATION_ENTRY, parse_accreditation_entry
from anchoring.errors import MalformedStatusEntry
from credentials.accreditation import IssuerType, Revision
from credentials.case import Case
from credentials.published_status import moment
from credentials.registry_urls import RegistryUrls
from credentials.verdict import Outcome

from .status_reading import REVOKED, StatusReading, unread

_IN_FORCE: Final = frozenset({IssuerType.ROOT_TAO, IssuerType.TAO, IssuerType.TI})
_ATTRIBUTE_ID: Final = re.compile(r"(?:0[xX])?([0-9A-Fa-f]{64})", re.ASCII)


def read_attribute_entry(case: Case, entry: Mapping[str, Any]) -> StatusReading:
    """What the attribute that `entry` names says of the credential at T.

    The entry of an accreditation names the attribute of the accreditation's own subject, and the one that
    the subject has reserved for it: nobody else's status says anything about it.
    """
    try:
        url = parse_accreditation_entry(entry).id
    except MalformedStatusEntry as error:
        return unread(entry, Outcome.FAILED, "malformed_entry", f"The status entry says nothing: {error}.")
    named = RegistryUrls(case.policy.origins).attribute(url)
    if named is None:
        sentence = "The status entry names no attribute of this registry."
        return _reading(url, Outcome.NOT_DETERMINABLE, "foreign_url", sentence)
    subjects = [subject for subject in case.credential.subjects if subject.get("id") == named[0]]
    if not subjects:
        sentence = f"The status entry names an attribute of {named[0]}, who is not the credential's subject."
        return _reading(url, Outcome.FAILED, "other_subject", sentence)
    if not all(_may_mean(subject, named[1]) for subject in subjects):
        sentence = "The status entry names another attribute than the one reserved for the accreditation."
        return _reading(url, Outcome.FAILED, "other_attribute", sentence)
    by_then = [one for one in case.ports.record.revisions_of(*named) if one.time <= case.until]
    if not by_then:
        sentence = f"Nothing was recorded of the attribute {named[1].hex()[:8]}… of {named[0]} by then."
        return _reading(url, Outcome.NOT_DETERMINABLE, "unrecorded", sentence)
    return _state(url, by_then, digest=case.secured.digest)


def _state(url: str, revisions: Sequence[Revision], *, digest: bytes) -> StatusReading:
    last = revisions[-1]
    if last.issuer_type == IssuerType.REVOKED:
        revoked = last
        for one in reversed(revisions):
            if one.issuer_type != IssuerType.REVOKED:
                break
            revoked = one
        sentence = f"The accreditation was revoked on {moment(revoked.time)[:10]} (entry {revoked.index})."
        return _reading(url, Outcome.FAILED, REVOKED, sentence, revoked)
    if last.issuer_type not in _IN_FORCE:
        sentence = "The attribute of the accreditation has no type that accredits anybody for anything."
        return _reading(url, Outcome.NOT_DETERMINABLE, "undefined_attribute", sentence, last)
    body = next((one.body for one in reversed(revisions) if one.body is not None), None)
    findings: tuple[str, ...] = ()
    if body is not None and hashlib.sha256(body).digest() != digest:
        findings = ("The accreditation's attribute holds another credential than this one.",)
    return _reading(url, Outcome.PASSED, None, "The accreditation is not revoked.", last, findings)


def _reading(
    url: str,
    outcome: Outcome,
    reason: str | None,
    sentence: str,
    by: Revision | None = None,
    findings: tuple[str, ...] = (),
) -> StatusReading:
    evidence: dict[str, Any] = {"type": EBSI_ACCREDITATION_ENTRY, "url": url}
    if by is not None:
        evidence |= {
            "attributeId": by.attribute_id.hex(),
            "issuerType": by.issuer_type,
            "recordedAt": moment(by.time),
            "recordedByEntry": by.index,
        }
    evidence |= {"outcome": outcome.value, "reason": reason}
    return StatusReading(outcome, reason, sentence, evidence, findings)


def _may_mean(subject: Mapping[str, Any], attribute_id: bytes) -> bool:
    if "reservedAttributeId" not in subject:
        return True
    reserved = subject["reservedAttributeId"]
    match = _ATTRIBUTE_ID.fullmatch(reserved) if isinstance(reserved, str) else None
    return match is not None and bytes.fromhex(match[1]) == attribute_id
