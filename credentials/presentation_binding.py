"""Whether a presentation was made by its holder, for this asker, and now: check 10 before its credentials.

Its key is judged by the newest state of the ledger, as of now: a presentation is anchored nowhere, and
neither the times that it claims nor the time asked for, which others chose, may bring a revoked key back.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from did.jwk import Jwk

from .case import SKEW
from .errors import InvalidSignature, KeyRefused, Unavailable, UnfitKey
from .expected import Expected, check_expected
from .keys import AUTHENTICATION, signing_key_of
from .moments import ledger_moment, ledger_seconds
from .ports import Ports
from .presentation import Presentation
from .presented_by import PresentedBy
from .securing.data_integrity import verify_proof
from .securing.jose import verify_parsed
from .verdict import HOLDER, CheckResult, Outcome, rfc3339


def presented_by(
    presentation: Presentation, *, expected: Expected, at: datetime, ports: Ports
) -> PresentedBy:
    """Who shows the credentials of a presentation, and whether that was found to be so.

    Args:
        presentation: with members that keep the rules.
        expected: the nonce and the audience that the asker gave to the holder.
        at: the time asked for, by which the presentation must not have expired.
        ports: where the holder's key is looked up, at the present.
    """
    evidence = _evidence(presentation)
    jwk: Jwk | None = None
    try:
        jwk = _signed_by(presentation, ports)
    except KeyRefused as error:
        result = _failed(error.reason, error.sentence, evidence)
    except UnfitKey as error:
        result = _failed("unfit_key", f"The holder's key cannot have signed this: {error.reason}.", evidence)
    except InvalidSignature:
        result = _failed(
            "signature_mismatch",
            "The presentation was altered after it was signed, or not signed by its holder's key.",
            evidence,
        )
    except Unavailable as error:
        result = CheckResult(HOLDER, Outcome.NOT_DETERMINABLE, error.sentence, evidence, reason=error.reason)
    else:
        result = (
            _out_of_time(presentation, at, evidence)
            or check_expected(
                expected,
                nonce=presentation.nonce,
                audiences=presentation.audiences,
                evidence=evidence,
            )
            or _passed(presentation, evidence)
        )
    return PresentedBy(
        holder=presentation.holder,
        verification_method=presentation.verification_method,
        jwk=jwk,
        result=result,
    )


def _signed_by(presentation: Presentation, ports: Ports) -> Jwk:
    """The key of the holder that stands under `authentication` now, and that signed the presentation.

    Raises:
        KeyRefused: there is none.
        UnfitKey: it is not one for that algorithm.
        InvalidSignature: it did not sign.
        Unavailable: the key or the proof cannot be judged here.
    """
    holder, kid = presentation.holder, presentation.verification_method
    if holder is None or kid is None:
        raise KeyRefused("unsigned_presentation", "Nobody signed it, so nobody can tell who shows it.")
    now = int(ports.now.timestamp())
    key = signing_key_of(
        ports, issuer=holder, kid=kid, index_before=None, at=now, relationship=AUTHENTICATION
    )
    if presentation.jws is not None:
        verify_parsed(presentation.jws, jwk=key.jwk)
    if presentation.proof is not None:
        assert presentation.document is not None
        verify_proof(
            presentation.proof,
            document=presentation.document,
            jwk=key.jwk,
            canonical=ports.canonical,
        )
    return key.jwk


def _out_of_time(presentation: Presentation, at: datetime, evidence: Mapping[str, Any]) -> CheckResult | None:
    """The result where the time asked for lies outside the presentation's own, give or take a minute."""
    begin, end, moment = presentation.not_before, presentation.expires, ledger_seconds(at)
    if begin is not None and begin - moment > SKEW:
        since = rfc3339(ledger_moment(begin))
        return _failed("not_yet_valid", f"The presentation is made for a time from {since} on.", evidence)
    if end is not None and moment - end > SKEW:
        until = rfc3339(ledger_moment(end))
        return _failed("expired", f"The presentation was made for a time until {until}.", evidence)
    return None


def _passed(presentation: Presentation, evidence: Mapping[str, Any]) -> CheckResult:
    shown = {**evidence, "nonce": presentation.nonce, "audience": list(presentation.audiences)}
    sentence = f"Made by {presentation.holder} for this request, with a key for authentication."
    return CheckResult(HOLDER, Outcome.PASSED, sentence, shown)


def _failed(reason: str, sentence: str, evidence: Mapping[str, Any]) -> CheckResult:
    return CheckResult(HOLDER, Outcome.FAILED, sentence, evidence, reason=reason)


def _evidence(presentation: Presentation) -> dict[str, Any]:
    return {
        "holder": presentation.holder,
        "verificationMethod": presentation.verification_method,
        "algorithm": presentation.algorithm,
    }
