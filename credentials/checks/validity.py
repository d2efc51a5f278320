"""Check 3: the time asked for lies within the credential's validity, give or take a minute."""

from datetime import datetime, timedelta
from typing import Final

from credentials.case import SKEW, Case
from credentials.moments import ledger_moment
from credentials.verdict import VALIDITY, CheckResult, Outcome, rfc3339

_SKEW: Final = timedelta(seconds=SKEW)


def check_validity(case: Case) -> CheckResult:
    """Whether T lies between the latest beginning and the earliest end that credential and JWT state."""
    begin, end = _begin(case), _end(case)
    since = rfc3339(begin) if begin is not None else None
    until = rfc3339(end) if end is not None else None
    evidence = {"at": rfc3339(case.at), "validFrom": since, "validUntil": until}
    if begin is not None and begin - case.at > _SKEW:
        return CheckResult(
            VALIDITY,
            Outcome.FAILED,
            f"It is not valid before {since}, and was judged as of {evidence['at']}.",
            evidence,
            reason="not_yet_valid",
        )
    if end is not None and case.at - end > _SKEW:
        return CheckResult(
            VALIDITY,
            Outcome.FAILED,
            f"It was valid until {until}, and was judged as of {evidence['at']}.",
            evidence,
            reason="expired",
        )
    return CheckResult(VALIDITY, Outcome.PASSED, _sentence(since, until), evidence)


def _begin(case: Case) -> datetime | None:
    claimed, stated = case.secured.not_before, case.credential.valid_from
    if claimed is None:
        return stated
    return ledger_moment(claimed) if stated is None else max(stated, ledger_moment(claimed))


def _end(case: Case) -> datetime | None:
    claimed, stated = case.secured.expires, case.credential.valid_until
    if claimed is None:
        return stated
    return ledger_moment(claimed) if stated is None else min(stated, ledger_moment(claimed))


def _sentence(since: str | None, until: str | None) -> str:
    if since and until:
        return f"Valid from {since[:10]} until {until[:10]}."
    if since:
        return f"Valid since {since[:10]}, without an end."
    return f"Valid until {until[:10]}." if until else "It names no limits of its validity."
