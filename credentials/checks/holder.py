"""Check 10: a presentation is bound to its holder, to a nonce and to an audience (protocol section 7).

The presentation itself is judged once; here each of its credentials is held against whoever shows it.
"""

from collections.abc import Mapping
from typing import Any

from credentials.case import Case
from credentials.confirmation import confirmation_of, named_by
from credentials.errors import KeyRefused
from credentials.presented_by import PresentedBy
from credentials.securing.sd_jwt import SdJwt
from credentials.verdict import HOLDER, CheckResult, Outcome
from did.errors import DidError
from did.jwk import Jwk, thumbprint

from .key_binding import ALONE, check_key_binding


def check_holder(case: Case) -> CheckResult:
    """Whether whoever shows the credential is the one that it is about, or has the key that it names."""
    presented, sd_jwt = case.presented, case.secured.parts
    if isinstance(sd_jwt, SdJwt) and (presented is None or sd_jwt.key_binding is not None):
        return check_key_binding(case, sd_jwt)
    if presented is None:
        return ALONE
    if presented.result.outcome is not Outcome.PASSED:
        return presented.result
    evidence = {**presented.result.evidence, "holder": presented.holder}
    confirmation = confirmation_of(case.secured)
    if confirmation is not None:
        return _by_key(presented, confirmation, evidence)
    return _by_subject(case, presented, evidence)


def _by_key(presented: PresentedBy, confirmation: Any, evidence: Mapping[str, Any]) -> CheckResult:
    """The result where the credential itself names the key of whoever may show it (RFC 7800 section 3)."""
    try:
        name, value = named_by(confirmation)
    except KeyRefused as error:
        return _failed(error.reason, error.sentence, evidence)
    same = value == presented.verification_method if name == "kid" else _same_key(value, presented.jwk)
    if not same:
        return _failed("other_key", "It is bound (cnf) to another key than the presentation's.", evidence)
    sentence = f"Shown by {presented.holder}, with the key that the credential names (cnf)."
    return CheckResult(HOLDER, Outcome.PASSED, sentence, evidence)


def _same_key(named: Any, used: Jwk | None) -> bool:
    if not isinstance(named, dict) or used is None:
        return False
    try:
        return thumbprint(named) == thumbprint(used)
    except DidError:
        return False


def _by_subject(case: Case, presented: PresentedBy, evidence: Mapping[str, Any]) -> CheckResult:
    subjects = [subject.get("id") for subject in case.credential.subjects]
    if all(subject == presented.holder for subject in subjects):
        return CheckResult(HOLDER, Outcome.PASSED, f"Shown by its subject {presented.holder}.", evidence)
    if any(subject not in {None, presented.holder} for subject in subjects):
        return _failed(
            "other_subject", f"It is about somebody else than {presented.holder}, who shows it.", evidence
        )
    return CheckResult(
        HOLDER,
        Outcome.NOT_DETERMINABLE,
        f"It does not name its subject, so nobody can tell whether it is about {presented.holder}.",
        evidence,
        reason="subject_not_named",
    )


def _failed(reason: str, sentence: str, evidence: Mapping[str, Any]) -> CheckResult:
    return CheckResult(HOLDER, Outcome.FAILED, sentence, evidence, reason=reason)
