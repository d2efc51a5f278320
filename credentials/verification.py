"""One credential in, one verdict out: the numbered checks of protocol section 7, in their order."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from anchoring.errors import AnchoringError
from anchoring.inclusion import verify_inclusion
from anchoring.merkle import hash_leaf
from anchoring.receipt import Receipt

from .case import Case
from .checks.accreditation import check_accreditation
from .checks.anchor import check_anchor
from .checks.format import format_passed, format_refused
from .checks.holder import check_holder
from .checks.issuer import check_issuer
from .checks.profile import check_profile
from .checks.schema import check_schema
from .checks.signature import check_signature
from .checks.status import check_status
from .checks.timeline import check_timeline
from .checks.validity import check_validity
from .errors import MalformedCredential, TimeNotCome, Unavailable
from .expected import NOTHING_EXPECTED, Expected
from .moments import ledger_moment
from .policy import Policy
from .ports import Anchor, Ports
from .presented_by import PresentedBy
from .seals import with_sealer
from .securing.reading import read_secured
from .securing.secured import SecuredCredential
from .verdict import (
    CHECKS,
    FORMAT,
    HOLDER,
    PROFILE,
    REQUIRED,
    VALIDITY,
    CheckResult,
    Outcome,
    Verdict,
)

Check = Callable[[Case], CheckResult]

_CHECKS: Final[tuple[Check, ...]] = (
    format_passed,
    check_issuer,
    check_signature,
    check_validity,
    check_schema,
    check_accreditation,
    check_status,
    check_anchor,
    check_timeline,
    check_profile,
    check_holder,
)
"""By their numbers. A check returns its result; `Unavailable` of a port becomes `not_determinable` here."""

_WITHOUT_A_MOMENT: Final = frozenset({FORMAT, VALIDITY, PROFILE, HOLDER})
_A_MOMENT: Final = timedelta(seconds=60)
"""A time asked for that lies so little ahead is taken for now: clocks differ."""


def verify(
    credential: bytes,
    *,
    at: datetime | None,
    policy: Policy,
    ports: Ports,
    receipt: Receipt | None = None,
    expected: Expected = NOTHING_EXPECTED,
    presented: PresentedBy | None = None,
) -> Verdict:
    """The verdict on one credential, as of `at`.

    Args:
        credential: the bytes as handed out: a compact JWT or a JSON-LD document with a proof.
        at: the time asked for (T), aware; now if None.
        policy: whom the verifier accepts at the root, and what it does without.
        ports: the record of the ledger as of one state, and the present.
        receipt: shows an anchor whose batch is not at hand; it counts if the record has that batch.
        expected: the nonce and the audience that the asker gave to whoever shows the credential.
        presented: who shows it within a presentation; None if it was handed in by itself.

    Raises:
        TimeNotCome: `at` lies in the future.
    """
    ports = at_present(ports)
    moment = moment_asked(at, ports=ports)
    required = REQUIRED - policy.relaxed
    relaxed = relaxed_by(policy)
    try:
        secured = read_secured(credential)
    except MalformedCredential as error:
        return Verdict(
            results=_unread(error),
            at=moment,
            judged_at=ports.now,
            digest=None,
            issuer=None,
            credential_id=None,
            relaxed=relaxed,
            required=required,
            past=is_past(moment, ports),
        )
    try:
        case = open_case(
            secured,
            at=moment,
            policy=policy,
            ports=ports,
            receipt=receipt,
            expected=expected,
            presented=presented,
        )
        results = tuple(_result(number, check, case) for number, check in enumerate(_CHECKS))
    except Unavailable as error:
        case = Case(
            secured=secured,
            at=moment,
            past=is_past(moment, ports),
            anchor=None,
            unseen=(),
            policy=policy,
            ports=ports,
            expected=expected,
            presented=presented,
        )
        results = _unanchored(case, error)
    if results[HOLDER.number].outcome is not Outcome.NOT_APPLICABLE:
        required |= {HOLDER.name} - policy.relaxed
    return Verdict(
        results=results,
        at=moment,
        judged_at=case.judged_moment,
        digest=secured.digest,
        issuer=case.issuer,
        credential_id=secured.credential.id,
        relaxed=relaxed,
        required=required,
        past=case.past,
        credential=case.secured.credential,
    )


def moment_asked(at: datetime | None, *, ports: Ports) -> datetime:
    """The time asked for, which is now if none is given or if it lies only a moment ahead.

    Raises:
        TimeNotCome: `at` lies in the future.
    """
    if at is not None and at > ports.now + _A_MOMENT:
        raise TimeNotCome
    return ports.now if at is None else min(at, ports.now)


def at_present(ports: Ports) -> Ports:
    """The ports at the later of two clocks: what the ledger says has happened does not lie in the future."""
    recorded = ports.record.time
    if recorded is None or recorded <= ports.now.timestamp():
        return ports
    return replace(ports, now=ledger_moment(recorded))


def open_case(
    secured: SecuredCredential,
    *,
    at: datetime,
    policy: Policy,
    ports: Ports,
    receipt: Receipt | None = None,
    expected: Expected = NOTHING_EXPECTED,
    presented: PresentedBy | None = None,
) -> Case:
    """The case: the issuer's earliest known anchor at or before `at`, and what is not at hand.

    Raises:
        Unavailable: the record does not say where the credential is anchored, or whose its seal is.
    """
    secured = with_sealer(secured, ports)
    until, issuer = int(at.timestamp()), secured.credential.issuer
    anchors = [*ports.record.anchors_of(issuer, secured.digest)]
    if receipt is not None and (shown := _shown_by(receipt, secured, ports)) is not None:
        anchors.append(shown)
    known = [anchor for anchor in anchors if anchor.time <= until]
    anchor = min(known, key=lambda one: one.index, default=None)
    batches = ports.record.batches_of(issuer, until)
    unseen = tuple(batch for batch in batches.unavailable if anchor is None or batch.index < anchor.index)
    return Case(
        secured=secured,
        at=at,
        past=is_past(at, ports),
        anchor=anchor,
        unseen=unseen,
        policy=policy,
        ports=ports,
        # Those unlisted are later than all that are listed: before the anchor only if all of those are.
        more_unseen=batches.unlisted > 0 and len(unseen) == len(batches.unavailable),
        expected=expected,
        presented=presented,
    )


def relaxed_by(policy: Policy) -> tuple[str, ...]:
    """Names of the checks that a policy does without, in the order of their numbers."""
    return tuple(check.name for check in CHECKS if check.name in policy.relaxed)


def is_past(at: datetime, ports: Ports) -> bool:
    """Whether a time lies in a second before the present one."""
    return int(at.timestamp()) < int(ports.now.timestamp())


def _shown_by(receipt: Receipt, secured: SecuredCredential, ports: Ports) -> Anchor | None:
    """The anchor that a receipt proves, if the record has its batch; its path is verified from the digest."""
    proof = receipt.batch
    if proof.did != secured.credential.issuer:
        return None
    try:
        verify_inclusion(
            leaf_hash=hash_leaf(secured.digest),
            index=proof.index,
            tree_size=proof.size,
            path=proof.path,
            root=proof.root,
        )
    except AnchoringError:
        return None
    return ports.record.batch(proof.did, proof.root, proof.size)


def _result(number: int, check: Check, case: Case) -> CheckResult:
    try:
        return check(case)
    except Unavailable as error:
        return CheckResult(CHECKS[number], Outcome.NOT_DETERMINABLE, error.sentence, reason=error.reason)


def _unanchored(case: Case, error: Unavailable) -> tuple[CheckResult, ...]:
    """The results where nobody can say by which moment to judge: only what needs none is judged."""
    return tuple(
        _result(check.number, _CHECKS[check.number], case)
        if check in _WITHOUT_A_MOMENT
        else CheckResult(check, Outcome.NOT_DETERMINABLE, error.sentence, reason=error.reason)
        for check in CHECKS
    )


def _unread(error: MalformedCredential) -> tuple[CheckResult, ...]:
    sentence = "Not looked at: the document is no credential that can be read."
    rest = (
        CheckResult(check, Outcome.NOT_DETERMINABLE, sentence, reason="not_read") for check in CHECKS[1:9]
    )
    silent = (CheckResult(check, Outcome.NOT_APPLICABLE, sentence, reason="not_read") for check in CHECKS[9:])
    return (format_refused(error), *rest, *silent)
