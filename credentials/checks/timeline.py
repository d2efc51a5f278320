"""Check 8: at its anchor, the credential was issued, its key in force, its issuer accredited (section 7).

An entry after the anchor that ends the key at or before it says that the key was no longer the issuer's
own then: it fails as `retroactive`, while a verdict as of before that entry stands.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from credentials.accreditation_at import accredited, attributes_by_members, changes_of_chains
from credentials.case import SKEW, Case
from credentials.errors import KeyRefused
from credentials.keys import ASSERTION, changes_to_key, keys_of, may_sign, signing_key_of
from credentials.moments import ledger_moment, ledger_seconds
from credentials.seals import unbound_seal_of
from credentials.verdict import ACCREDITATION, TIMELINE, CheckResult, Outcome, rfc3339
from did.methods.ebsi import Interval, KeyHistory
from did.syntax import Did, method_of, parse_did_url

_LONG: Final = timedelta(days=30)
_CLOSE: Final = 24 * 60 * 60
_DAY: Final = 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class _Standing:
    """How key and issuer stood at a moment, and why not well if `reason` is set."""

    sentence: str
    reason: str | None
    evidence: dict[str, Any]
    findings: tuple[str, ...] = ()


def check_timeline(case: Case) -> CheckResult:
    """Whether issuance, key and accreditation come in an order that an honest issuer could have made.

    Without an anchor the moment looked at is now. A policy that does without accreditation does without it
    here as well.

    Raises:
        Unavailable: something needed is not at hand.
    """
    issued = _issued(case)
    if unbound_seal_of(case.secured) is not None:
        return _sealed(case, issued)
    standing = _at(case, case.index_before, case.judged_at)
    sentence, reason = case.told(standing.sentence), standing.reason
    if _issued_after(issued, case.judged_at):
        sentence, reason = (
            _too_early(case, issued),
            "issued_after_anchor" if case.anchor else "not_issued_yet",
        )
    evidence = {"issued": rfc3339(issued) if issued is not None else None, **standing.evidence}
    if reason is None:
        findings = (*_late_anchor(case, issued), *standing.findings)
        return CheckResult(TIMELINE, Outcome.PASSED, sentence, evidence, findings)
    if case.curable(lambda index, time: _would_pass(case, issued, index, time), changes=_changes(case)):
        sentence += " An earlier anchor, in a batch that is not at hand, would be judged by another moment."
        return CheckResult(
            TIMELINE, Outcome.NOT_DETERMINABLE, sentence, evidence, standing.findings, "unseen_batches"
        )
    return CheckResult(TIMELINE, Outcome.FAILED, sentence, evidence, standing.findings, reason)


def _would_pass(case: Case, issued: datetime | None, index: int, time: int | None) -> bool:
    """Whether it would pass by the entries below an index, at a time; if that is None, at any."""
    kid = case.secured.verification_method
    if not may_sign(case.ports, issuer=case.issuer, kid=kid, index_before=index, at=time):
        return False
    if time is None:
        return ACCREDITATION.name in case.policy.relaxed or accredited(case, index_before=index)
    # Not remembered: there may be a thousand such moments, and most are looked at but once.
    return not _issued_after(issued, time) and _standing(case, index, time, _through(case)).reason is None


def _changes(case: Case) -> tuple[int, ...]:
    """Indexes of the entries that make a difference to how key and issuer stood."""
    key = changes_to_key(case.ports, issuer=case.issuer, kid=case.secured.verification_method)
    return key if ACCREDITATION.name in case.policy.relaxed else (*key, *changes_of_chains(case))


def _issued(case: Case) -> datetime | None:
    """The latest of the moments at which it claims to have been issued."""
    claimed, issued_at = case.credential.issued, case.secured.issued_at
    if issued_at is None:
        return claimed
    return ledger_moment(issued_at) if claimed is None else max(claimed, ledger_moment(issued_at))


def _issued_after(issued: datetime | None, seconds: int) -> bool:
    return issued is not None and ledger_seconds(issued) > seconds + SKEW


def _sealed(case: Case, issued: datetime | None) -> CheckResult:
    """The result for a seal that is no DID's: of its certificate check 1 judges."""
    evidence = {"issued": rfc3339(issued) if issued is not None else None}
    if _issued_after(issued, case.judged_at):
        sentence = _too_early(case, issued)
        return CheckResult(TIMELINE, Outcome.FAILED, sentence, evidence, reason="not_issued_yet")
    sentence = "It was sealed before now; whether its certificate was in force is for the check issuer."
    return CheckResult(TIMELINE, Outcome.PASSED, sentence, evidence)


def _at(case: Case, index_before: int | None, at: int) -> _Standing:
    """How key and issuer stood at `at`, by entries below an index, and what was recorded by T since."""
    through = _through(case)
    key = (
        "timeline", case.ports.record.state, case.issuer, case.secured.verification_method,
        case.credential.terms_of_use, case.index_before, index_before, at, through, case.policy.origins,
        ACCREDITATION.name in case.policy.relaxed, attributes_by_members(case),
    )  # fmt: skip
    return case.ports.cache.get(key, lambda: _standing(case, index_before, at, through))


def _standing(case: Case, index_before: int | None, at: int, through: int | None) -> _Standing:
    kid, when = case.secured.verification_method, rfc3339(ledger_moment(at))
    evidence: dict[str, Any] = {"judgedAt": when, "entriesBelow": index_before}
    try:
        key = signing_key_of(case.ports, issuer=case.issuer, kid=kid, index_before=index_before, at=at)
        if method_of(Did(case.issuer)) != "ebsi":
            return _Standing(f"Its key is its issuer's on {when[:10]}, as ever.", None, evidence)
        history = None if index_before is None else _history_through(case, through)
    except KeyRefused as error:
        return _Standing(
            f"On {when} its key was not in force: {error.sentence}", "key_not_in_force", evidence
        )
    evidence["keyEndsAs"] = {"recordedBefore": key.evidence()["notAfter"]}
    findings: tuple[str, ...] = ()
    if history is not None and index_before is not None:
        end = _end_before(history, at)
        if end is not None:
            return _retroactive(at, end, evidence)
        findings = _close_revocation(history, at, index_before)
    if ACCREDITATION.name not in case.policy.relaxed and not accredited(case, index_before=index_before):
        sentence = f"On {when} its issuer was not accredited by an unbroken chain."
        return _Standing(sentence, "not_accredited_then", evidence, findings)
    by = f"It was anchored on {when[:10]}" if index_before is not None else f"On {when[:10]}"
    accredited_too = "" if ACCREDITATION.name in case.policy.relaxed else " and its issuer accredited"
    joint = ", while its" if index_before is not None else ", its"
    return _Standing(f"{by}{joint} key was in force{accredited_too}.", None, evidence, findings)


def _through(case: Case) -> int | None:
    """The index of the issuer's first entry after a past T: what came later is not held against it."""
    if not case.past:
        return None
    changes = case.ports.record.changes_of(Did(case.issuer)) if case.issuer.startswith("did:ebsi:") else ()
    return next((change.index for change in changes if change.time > case.until), None)


def _history_through(case: Case, through: int | None) -> KeyHistory:
    """What is recorded of the signing key by T; the key was found already, by fewer entries."""
    fragment = parse_did_url(case.secured.verification_method).fragment
    histories = keys_of(case.ports, Did(case.issuer), index_before=through)
    return next(history for history in histories if history.v_method_id == fragment)


def _end_before(history: KeyHistory, at: int) -> Interval | None:
    """The interval of a key that is in force no more at `at`; None if one is. It was, by fewer entries."""
    intervals = [interval for interval in history.intervals if interval.relationship == ASSERTION]
    if any(interval.holds_at(at) for interval in intervals):
        return None
    return max(intervals, key=lambda interval: interval.not_after.set_by.index)


def _retroactive(at: int, interval: Interval, evidence: dict[str, Any]) -> _Standing:
    end, entry = interval.not_after, interval.not_after.set_by
    ended, recorded = rfc3339(ledger_moment(end.seconds)), rfc3339(ledger_moment(entry.time))
    evidence["keyEndsAs"] |= {"recordedSince": ended, "byEntry": entry.index, "recorded": recorded}
    sentence = (
        f"Its issuer declared on {recorded[:10]} that the key had ended by {ended}, before the anchor of "
        f"{rfc3339(ledger_moment(at))}: what it signed is not trusted since."
    )
    return _Standing(sentence, "retroactive", evidence)


def _close_revocation(history: KeyHistory, at: int, index: int) -> tuple[str, ...]:
    revoked = history.revoked
    if revoked is None or revoked.index < index or revoked.time - at > _CLOSE:
        return ()
    when = rfc3339(ledger_moment(revoked.time))
    return (f"Its key was revoked on {when}, less than a day after this anchor.",)


def _late_anchor(case: Case, issued: datetime | None) -> tuple[str, ...]:
    if case.anchor is None or issued is None:
        return ()
    late = case.judged_at - ledger_seconds(issued)
    if late <= _LONG.total_seconds():
        return ()
    return (f"It says that it was issued on {rfc3339(issued)[:10]}, {late // _DAY} days before its anchor.",)


def _too_early(case: Case, issued: datetime | None) -> str:
    assert issued is not None
    claimed, judged = rfc3339(issued), rfc3339(case.judged_moment)
    if case.anchor is None:
        return f"It says that it was issued on {claimed}, which has not come: it is {judged}."
    return f"It says that it was issued on {claimed}, after its anchor of {judged}."
