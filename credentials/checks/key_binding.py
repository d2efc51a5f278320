"""Check 10 of an SD-JWT: the holder that its issuer named signed this presentation, for this asker, and now.

RFC 9901 section 7.3. The holder's key comes from the issuer's own words (`cnf`); where those name a DID, it
is judged by the newest state of the ledger, for a presentation is anchored nowhere.
"""

from collections.abc import Mapping
from typing import Any, Final

from credentials.case import SKEW, Case
from credentials.confirmation import named_by
from credentials.errors import InvalidSignature, KeyRefused, UnfitKey
from credentials.expected import check_expected
from credentials.keys import AUTHENTICATION, signing_key_of
from credentials.moments import ledger_moment
from credentials.securing.key_binding import KeyBinding, verify_key_binding
from credentials.securing.sd_jwt import SdJwt
from credentials.verdict import HOLDER, CheckResult, Outcome, rfc3339
from did.jwk import Jwk

MAX_AGE: Final = 600
"""Seconds from which on before the time asked for a presentation is too old."""

ALONE: Final = CheckResult(
    HOLDER,
    Outcome.NOT_APPLICABLE,
    "It is a credential and no presentation: who shows it is not part of it.",
    reason="no_presentation",
)
_UNBOUND: Final = CheckResult(
    HOLDER,
    Outcome.NOT_APPLICABLE,
    "Its issuer bound it to a key, and nothing shows that whoever hands it in has that key.",
    reason="no_key_binding",
)


def check_key_binding(case: Case, sd_jwt: SdJwt) -> CheckResult:
    """Whether whoever has the key that the issuer named shows it, in answer to what was asked.

    Args:
        case: of the credential that the SD-JWT secures.
        sd_jwt: with or without key binding.

    Raises:
        Unavailable: the holder's key cannot be found out here.
    """
    binding, confirmation = sd_jwt.key_binding, sd_jwt.payload.get("cnf")
    if binding is None:
        return _without_binding(case, confirmation)
    evidence: dict[str, Any] = {
        "algorithm": binding.jws.alg,
        "presentedAt": rfc3339(ledger_moment(binding.issued_at)),
    }
    if confirmation is None:
        sentence = "Its issuer bound it to nobody's key (cnf), so nobody can show it as its holder."
        return _failed("no_confirmation", sentence, evidence)
    try:
        name, jwk = _holder_key(case, confirmation)
        evidence["verificationMethod"] = name
        verify_key_binding(binding, bound=sd_jwt.bound, hash_name=sd_jwt.hash_name, jwk=jwk)
    except KeyRefused as error:
        return _failed(error.reason, error.sentence, evidence)
    except UnfitKey as error:
        return _failed("unfit_key", f"The holder's key cannot have signed this: {error.reason}.", evidence)
    except InvalidSignature:
        sentence = "It was altered after it was shown, or not shown by the key that it is bound to (cnf)."
        return _failed("signature_mismatch", sentence, evidence)
    return (
        _out_of_time(case, binding, evidence)
        or check_expected(case.expected, nonce=binding.nonce, audiences=binding.audiences, evidence=evidence)
        or _passed(binding, evidence)
    )


def _without_binding(case: Case, confirmation: Mapping[str, Any] | None) -> CheckResult:
    if case.expected.nonce is not None or case.expected.audience is not None:
        sentence = "A presentation was asked for, and no holder has signed this one: it has no key binding."
        return _failed("no_key_binding", sentence, {})
    return ALONE if confirmation is None else _UNBOUND


def _holder_key(case: Case, confirmation: Mapping[str, Any]) -> tuple[str | None, Jwk]:
    """The key that `cnf` names (RFC 7800 section 3), and the DID URL by which it does, None if it holds it.

    Raises:
        KeyRefused: it names none, or one that is not for authentication now.
        Unavailable: whether it is cannot be found out here.
    """
    name, value = named_by(confirmation)
    if name == "jwk" and isinstance(value, dict):
        return None, value
    if name == "jwk" or not isinstance(value, str):
        raise KeyRefused("unknown_confirmation", "It is bound (cnf) in a way that is not known here.")
    key = signing_key_of(
        case.ports,
        issuer=value.partition("#")[0],
        kid=value,
        index_before=None,
        at=int(case.ports.now.timestamp()),
        relationship=AUTHENTICATION,
    )
    return value, key.jwk


def _out_of_time(case: Case, binding: KeyBinding, evidence: Mapping[str, Any]) -> CheckResult | None:
    """The result where it was shown long before the time asked for, or will be; give or take a minute."""
    now, when = int(case.ports.now.timestamp()), evidence["presentedAt"]
    if max(binding.issued_at, binding.not_before or 0) > now + SKEW:
        return _failed("not_yet_valid", f"It claims to be shown at {when}, which has not come yet.", evidence)
    if binding.expires is not None and case.until - binding.expires > SKEW:
        until = rfc3339(ledger_moment(binding.expires))
        return _failed("expired", f"It was shown for a time until {until}.", evidence)
    if case.until - binding.issued_at > MAX_AGE + SKEW:
        return _failed("presented_long_ago", f"It was shown at {when}, too long before.", evidence)
    return None


def _passed(binding: KeyBinding, evidence: Mapping[str, Any]) -> CheckResult:
    shown = {**evidence, "nonce": binding.nonce, "audience": list(binding.audiences)}
    sentence = "Shown for this request by the holder of the key that the credential names (cnf)."
    return CheckResult(HOLDER, Outcome.PASSED, sentence, shown)


def _failed(reason: str, sentence: str, evidence: Mapping[str, Any]) -> CheckResult:
    return CheckResult(HOLDER, Outcome.FAILED, sentence, evidence, reason=reason)
