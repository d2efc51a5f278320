"""Check 7: the digest lies in a batch that its issuer anchored (protocol section 7).

A failure is a proof of absence: every batch of the issuer up to T at hand, re-hashed and in order. Anything
less is not determinable, and so is a past T without an anchor by then, for an anchor came later or never.
"""

from typing import Final

from credentials.case import Case
from credentials.errors import ActingUnknown
from credentials.moments import ledger_moment
from credentials.ports import Anchor
from credentials.seal_members import accreditations_for_members
from credentials.seals import unbound_seal_of
from credentials.verdict import ANCHOR, CheckResult, Outcome, rfc3339
from did.syntax import Did, method_of

_LISTED: Final = 16
"""Batches named in the evidence, where more are missing."""


def check_anchor(case: Case) -> CheckResult:
    """Whether the credential was anchored by its issuer at or before T.

    Raises:
        Unavailable: the record does not answer.
    """
    anchor = case.anchor
    try:
        accreditations_for_members(case)
    except ActingUnknown as error:
        return CheckResult(ANCHOR, Outcome.NOT_DETERMINABLE, error.sentence, reason=error.reason)
    if anchor is not None:
        return case.ports.cache.get(("anchor", anchor), lambda: _anchored(anchor))
    foreign = _foreign(case)
    if foreign is not None:
        return CheckResult(ANCHOR, Outcome.NOT_APPLICABLE, foreign, reason="foreign_issuer")
    if case.past:
        sentence = f"Nothing shows that it existed on {rfc3339(case.at)}: no anchor by then is known."
        return CheckResult(ANCHOR, Outcome.NOT_DETERMINABLE, sentence, reason="past_without_anchor")
    if case.unseen:
        sentence = (
            f"It is in none of the issuer's batches at hand, but {len(case.unseen)} of them could not be "
            "copied: it may be in one of those."
        )
        evidence = {"unavailable": [_batch(batch) for batch in case.unseen[:_LISTED]]}
        return CheckResult(ANCHOR, Outcome.NOT_DETERMINABLE, sentence, evidence, reason="unseen_batches")
    return _absent(case)


def _foreign(case: Case) -> str | None:
    """Why its issuer does not anchor on this ledger at all; None if it may."""
    if unbound_seal_of(case.secured) is not None:
        known = case.ports.record.size > 0
        return "No DID of this ledger has the key of its seal, and only DIDs anchor here." if known else None
    if method_of(Did(case.issuer)) != "ebsi":
        return "Its issuer is of another DID method, whose credentials are not anchored on this ledger."
    return None


def _absent(case: Case) -> CheckResult:
    record = case.ports.record
    if record.size == 0:
        sentence = "Nothing of the ledger has been followed yet, so nothing is known about anchors."
        return CheckResult(ANCHOR, Outcome.NOT_DETERMINABLE, sentence, reason="nothing_followed")
    batches = record.batches_of(case.issuer, case.until)
    evidence = {"batches": batches.count, "malformed": batches.malformed}
    if batches.malformed:
        sentence = (
            f"It is in none of the issuer's batches, but {batches.malformed} of them are not in order, "
            "and absence from such a batch cannot be shown."
        )
        return CheckResult(ANCHOR, Outcome.NOT_DETERMINABLE, sentence, evidence, reason="malformed_batches")
    if not batches.count:
        sentence = "Its issuer has never anchored anything."
        return CheckResult(ANCHOR, Outcome.NOT_APPLICABLE, sentence, evidence, reason="no_batches")
    sentence = f"Its issuer never anchored it: it is in none of the issuer's {batches.count} batches."
    return CheckResult(ANCHOR, Outcome.FAILED, sentence, evidence, reason="not_anchored")


def _anchored(anchor: Anchor) -> CheckResult:
    recorded = rfc3339(ledger_moment(anchor.time))
    findings = () if anchor.final else ("Its anchor is not final yet: the ledger could still drop it.",)
    sentence = f"Anchored by its issuer on {recorded[:10]}, among {anchor.size} digests."
    evidence = {**_batch(anchor), "attributeId": anchor.attribute_id.hex(), "final": anchor.final}
    return CheckResult(ANCHOR, Outcome.PASSED, sentence, evidence, findings)


def _batch(anchor: Anchor) -> dict[str, object]:
    return {
        "entry": anchor.index,
        "recorded": rfc3339(ledger_moment(anchor.time)),
        "root": anchor.root.hex(),
        "size": anchor.size,
    }
