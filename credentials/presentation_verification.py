"""One presentation in, one verdict out: its holder judged once, then each of its credentials by itself."""

from collections.abc import Callable
from datetime import datetime

from anchoring.receipt import Receipt

from .errors import MalformedPresentation, PresentationNotJudged
from .expected import Expected
from .policy import Policy
from .ports import Ports
from .presentation import Presentation
from .presentation_binding import presented_by
from .presentation_verdict import PresentationVerdict
from .presented_by import PresentedBy
from .verdict import CHECKS, HOLDER, REQUIRED, CheckResult, Outcome, Verdict
from .verification import at_present, is_past, moment_asked, relaxed_by, verify

_OUT_OF_TIME = "Not judged: the credentials before it took the time that one request may take."


def verify_presentation(
    presentation: Presentation | MalformedPresentation,
    *,
    at: datetime | None,
    policy: Policy,
    ports: Ports,
    expected: Expected,
    receipt: Receipt | None = None,
    goes_on: Callable[[], bool] = lambda: True,
) -> PresentationVerdict:
    """The verdict on a presentation and on each credential in it, as of `at`.

    Args:
        presentation: as it was read, or why it could not be.
        at: the time asked for (T), aware; now if None.
        policy: whom the verifier accepts at the root, and what it does without.
        ports: the record of the ledger as of one state, and the present.
        expected: the nonce and the audience that the asker gave to the holder.
        receipt: shows an anchor of one of its credentials whose batch is not at hand.
        goes_on: asked before each credential; once it says no, the others are not judged.

    Raises:
        TimeNotCome: `at` lies in the future.
    """
    ports = at_present(ports)
    moment = moment_asked(at, ports=ports)
    read: Presentation | None = None
    verdicts: tuple[Verdict, ...] = ()
    if isinstance(presentation, MalformedPresentation):
        result = _unread(presentation)
    else:
        read = presentation
        shown = presented_by(read, expected=expected, at=moment, ports=ports)
        result = shown.result
        verdicts = tuple(
            verify(
                credential,
                at=at,
                policy=policy,
                ports=ports,
                receipt=receipt,
                expected=expected,
                presented=shown,
            )
            if goes_on()
            else _unjudged(shown, moment=moment, policy=policy, ports=ports)
            for credential in read.credentials
        )
    return PresentationVerdict(
        presentation=read,
        result=result,
        verdicts=verdicts,
        at=moment,
        judged_at=ports.now,
        relaxed=relaxed_by(policy),
        past=is_past(moment, ports),
    )


def _unread(error: MalformedPresentation) -> CheckResult:
    if isinstance(error, PresentationNotJudged):
        sentence = f"The presentation cannot be judged here: {error.reason}."
        return CheckResult(HOLDER, Outcome.NOT_DETERMINABLE, sentence, reason="not_judged")
    sentence = f"The document is no presentation that keeps the rules: {error.reason}."
    return CheckResult(HOLDER, Outcome.FAILED, sentence, reason="malformed")


def _unjudged(shown: PresentedBy, *, moment: datetime, policy: Policy, ports: Ports) -> Verdict:
    """The verdict on a credential at which nobody looked: nothing is known of it, whatever its policy."""
    results = [
        CheckResult(check, Outcome.NOT_DETERMINABLE, _OUT_OF_TIME, reason="out_of_time") for check in CHECKS
    ]
    results[HOLDER.number] = shown.result
    return Verdict(
        results=tuple(results),
        at=moment,
        judged_at=ports.now,
        digest=None,
        issuer=None,
        credential_id=None,
        relaxed=relaxed_by(policy),
        required=(REQUIRED | {HOLDER.name}) - policy.relaxed,
        past=is_past(moment, ports),
    )
