"""Check 2: signed by a key of the issuer that stood under `assertionMethod` just before the anchor, or now.

The key comes first, then the mathematics. Without both, an anchor that is not at hand may still show that
the key was in force; a signature that no recorded key can have made is never cured.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from credentials.case import Case
from credentials.checks.further_proofs import (
    check_further_proofs,
    proofs_of,
    shown_proof,
    verify_principal_proof,
    with_one_question,
)
from credentials.errors import InvalidSignature, KeyRefused, Unavailable, UnfitKey
from credentials.keys import ASSERTION, SigningKey, changes_to_key, keys_of, may_sign, signing_key_of
from credentials.moments import ledger_moment
from credentials.seals import unbound_seal_of
from credentials.securing.jose import verify_parsed
from credentials.securing.secured import Mechanism
from credentials.verdict import SIGNATURE, CheckResult, Outcome, rfc3339
from did.jwk import Jwk
from did.methods.ebsi import KeyHistory
from did.syntax import Did, method_of, parse_did_url

from .seal import sealed_with_certificate

_NOT_OF_ISSUER: Final = frozenset({"foreign_key", "no_fragment"})


def check_signature(case: Case) -> CheckResult:
    """Whether the credential was signed by a key that could sign for its issuer then.

    Raises:
        Unavailable: the key or the proof cannot be judged here.
    """
    case = with_one_question(case)
    secured, ports = case.secured, case.ports
    seal = unbound_seal_of(secured)
    if seal is not None:
        return sealed_with_certificate(case, seal)
    kid, index_before, at = secured.verification_method, case.index_before, case.judged_at
    try:
        passed, jwk = ports.cache.get(
            ("signing_key", ports.record.state, case.issuer, kid, index_before, at, secured.algorithm),
            lambda: _key_in_force(case),
        )
    except KeyRefused as error:
        return _refused(case, error)
    try:
        _verify(case, jwk)
    except (InvalidSignature, UnfitKey) as error:
        return _mismatch(case, error)
    return check_further_proofs(case) or _with_all_proofs(case, passed)


def _key_in_force(case: Case) -> tuple[CheckResult, Jwk]:
    """The key, and the result if the signature turns out to be by it."""
    key = signing_key_of(
        case.ports,
        issuer=case.issuer,
        kid=case.secured.verification_method,
        index_before=case.index_before,
        at=case.judged_at,
    )
    return _passed(case, key), key.jwk


def _passed(case: Case, key: SigningKey) -> CheckResult:
    judged_at = rfc3339(case.judged_moment)
    return CheckResult(
        SIGNATURE,
        Outcome.PASSED,
        f"Signed by the issuer's key {_name(key.kid)}, in force on {judged_at[:10]}{_by_what(case)}.",
        {**key.evidence(), "algorithm": case.secured.algorithm, "judgedAt": judged_at},
    )


def _verify(case: Case, jwk: Jwk) -> None:
    """Return if the signature is good: by `jwk`, or by the method that an older proof names."""
    _VERIFIERS[case.secured.mechanism](case, jwk)


def _verify_jws(case: Case, jwk: Jwk) -> None:
    assert case.secured.jws is not None
    verify_parsed(case.secured.jws, jwk=jwk)


def _verify_older_proof(case: Case, _jwk: Jwk) -> None:
    if method_of(Did(case.issuer)) == "ebsi":
        raise Unavailable(
            f"Embedded proofs by {case.secured.algorithm[:60]} are not verified for did:ebsi issuers."
        )
    if case.ports.proofs is None or case.secured.document is None:
        raise Unavailable("This node verifies no embedded proofs of this type.")
    case.ports.proofs.verify_proof(case.secured.document)


def _with_all_proofs(case: Case, passed: CheckResult) -> CheckResult:
    """The result, which names every proof of a set."""
    proofs = proofs_of(case)
    if proofs is None or not proofs.further:
        return passed
    evidence = {**passed.evidence, "proofs": [shown_proof(proof) for proof in proofs.all]}
    return replace(
        passed, sentence=f"{passed.sentence} All of its {len(proofs.all)} proofs are good.", evidence=evidence
    )


def _refused(case: Case, error: KeyRefused) -> CheckResult:
    """The result where the key may not sign: failed, unless it did sign and an unseen anchor could help."""
    history = _ever_recorded(case, error)
    if history is not None and history.jwk is not None:
        try:
            _verify(case, history.jwk)
        except (InvalidSignature, UnfitKey) as mismatch:
            return _mismatch(case, mismatch)
        if case.curable(
            lambda index, time: may_sign(
                case.ports,
                issuer=case.issuer,
                kid=case.secured.verification_method,
                index_before=index,
                at=time,
            ),
            changes=changes_to_key(case.ports, issuer=case.issuer, kid=case.secured.verification_method),
        ):
            return CheckResult(
                SIGNATURE,
                Outcome.NOT_DETERMINABLE,
                f"{error.sentence} It may have been in force when the credential was anchored, "
                "which batches that are not at hand would show.",
                _evidence(case, history),
                reason="unseen_batches",
            )
    return CheckResult(
        SIGNATURE,
        Outcome.FAILED,
        f"{error.sentence} Judged as of {rfc3339(case.judged_moment)}{_by_what(case)}.",
        _evidence(case, history),
        reason=error.reason,
    )


def _ever_recorded(case: Case, error: KeyRefused) -> KeyHistory | None:
    """All that was ever recorded under the name of the refused key; None if it names none of the issuer's."""
    if error.reason in _NOT_OF_ISSUER or method_of(Did(case.issuer)) != "ebsi":
        return None
    fragment = parse_did_url(case.secured.verification_method).fragment
    try:
        histories = keys_of(case.ports, Did(case.issuer), index_before=None)
    except KeyRefused:
        return None
    return next((history for history in histories if history.v_method_id == fragment), None)


def _mismatch(case: Case, error: InvalidSignature | UnfitKey) -> CheckResult:
    name = _name(case.secured.verification_method)
    if isinstance(error, UnfitKey):
        sentence, reason = f"The key {name} cannot have made this signature: {error.reason}.", "unfit_key"
    else:
        sentence = f"It was altered after it was signed, or not signed by the issuer's key {name}."
        reason = "signature_mismatch"
    return CheckResult(SIGNATURE, Outcome.FAILED, sentence, _evidence(case, None), reason=reason)


def _evidence(case: Case, history: KeyHistory | None) -> dict[str, Any]:
    evidence: dict[str, Any] = {
        "verificationMethod": case.secured.verification_method,
        "algorithm": case.secured.algorithm,
        "judgedAt": rfc3339(case.judged_moment),
    }
    if history is not None:
        evidence["addedByEntry"] = history.added.index
        evidence["intervals"] = [
            {
                "notBefore": rfc3339(ledger_moment(interval.not_before.seconds)),
                "notAfter": rfc3339(ledger_moment(interval.not_after.seconds)),
                "endSetByEntry": interval.not_after.set_by.index,
            }
            for interval in history.intervals
            if interval.relationship == ASSERTION
        ]
    return evidence


def _by_what(case: Case) -> str:
    return ", when it was anchored" if case.anchor else ""


def _name(kid: str) -> str:
    return f"#{kid.rpartition('#')[2][:16]}"


_VERIFIERS: Final[Mapping[Mechanism, Callable[[Case, Jwk], None]]] = {
    "vc-jwt": _verify_jws,
    "vc-jose": _verify_jws,
    "sd-jwt-vc": _verify_jws,
    "jades": _verify_jws,
    "data-integrity": verify_principal_proof,
    "ed25519-signature-2020": verify_principal_proof,
    "embedded-proof": _verify_older_proof,
}
"""By mechanism: each returns if the signature is by the key, and raises if not, or if it cannot be judged."""
