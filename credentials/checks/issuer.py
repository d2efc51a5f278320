"""Check 1: the issuer's DID resolves, as recorded just before the anchor, or now where there is none."""

from credentials.case import Case
from credentials.errors import KeyRefused
from credentials.keys import OFFLINE, document_of, keys_of
from credentials.moments import ledger_moment
from credentials.ports import Ports
from credentials.seals import seal_of
from credentials.verdict import ISSUER, CheckResult, Outcome, rfc3339
from did.syntax import Did, method_of

from .seal import issued_by_certificate, with_certificate


def check_issuer(case: Case) -> CheckResult:
    """Whether the DID that issued the credential was known by then; of a seal without one, its certificate.

    Raises:
        Unavailable: DIDs of its method are not resolved here, or its host does not answer.
    """
    seal = seal_of(case.secured)
    if seal is None:
        return _by_did(case)
    if seal.bound:
        return with_certificate(case, seal, _by_did(case))
    return issued_by_certificate(case, seal)


def _by_did(case: Case) -> CheckResult:
    ports, did = case.ports, Did(case.issuer)
    method = method_of(did)
    try:
        if method == "ebsi":
            key = ("issuer", ports.record.state, did, case.index_before)
            return ports.cache.get(key, lambda: _registered(ports, did, case.index_before))
        if method in OFFLINE:
            return ports.cache.get(("issuer", did), lambda: _resolved(ports, did))
        return _resolved(ports, did)
    except KeyRefused as error:
        if case.curable(
            lambda index, _time: _known(ports, did, index),
            changes=[change.index for change in ports.record.changes_of(did)],
        ):
            return CheckResult(
                ISSUER,
                Outcome.NOT_DETERMINABLE,
                f"{error.sentence} An earlier anchor may lie in a batch that is not at hand.",
                {"did": did},
                reason="unseen_batches",
            )
        return CheckResult(ISSUER, Outcome.FAILED, error.sentence, {"did": did}, reason=error.reason)


def _registered(ports: Ports, did: Did, index_before: int | None) -> CheckResult:
    if not keys_of(ports, did, index_before=index_before):
        raise KeyRefused("issuer_unknown", f"{did} was not registered by then.")
    first = ports.record.changes_of(did)[0]
    when = rfc3339(ledger_moment(first.time))
    return CheckResult(
        ISSUER,
        Outcome.PASSED,
        f"{did} has been registered since {when[:10]}.",
        {"did": did, "registeredAt": when, "registeredByEntry": first.index},
    )


def _resolved(ports: Ports, did: Did) -> CheckResult:
    document_of(ports, did)
    return CheckResult(ISSUER, Outcome.PASSED, f"{did} resolves to its document.", {"did": did})


def _known(ports: Ports, did: Did, index_before: int) -> bool:
    try:
        return bool(keys_of(ports, did, index_before=index_before))
    except KeyRefused:
        return False
