"""Verdicts on credentials: `credentials.verify` over one view of this node's database and its settings."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from anchoring.receipt import Receipt
from credentials.errors import MalformedPresentation
from credentials.expected import NOTHING_EXPECTED, Expected
from credentials.policy import Policy
from credentials.ports import Ports
from credentials.presentation import Presentation
from credentials.presentation_verdict import PresentationVerdict
from credentials.presentation_verification import verify_presentation
from credentials.verdict import Verdict
from credentials.verification import verify
from node.services.node import Node
from node.services.verification_record import KeptContents, ViewRecord
from node.services.view import AsOf, View, viewing


@dataclass(frozen=True, slots=True)
class Verified:
    """A verdict, and the state of the ledger that it was read from."""

    verdict: Verdict
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class VerifiedPresentation:
    """A verdict on a presentation, and the state of the ledger that it was read from."""

    verdict: PresentationVerdict
    as_of: AsOf


@dataclass(frozen=True, slots=True)
class Verifier:
    """What judges any number of credentials by one view; nothing of them is kept."""

    view: View
    ports: Ports

    def verify(
        self,
        document: bytes,
        *,
        at: datetime | None,
        relaxed: frozenset[str] = frozenset(),
        receipt: Receipt | None = None,
        expected: Expected = NOTHING_EXPECTED,
    ) -> Verified:
        """Return the verdict on one credential by what the node has followed.

        Args:
            document: the credential's bytes as handed out.
            at: the time asked for, aware; now if None.
            relaxed: names of checks that shall not decide.
            receipt: shows an anchor whose batch's leaves are not at hand.
            expected: the nonce and the audience that the asker gave to whoever shows the credential.

        Raises:
            PolicyRefused: a name is none of a check that can be relaxed.
            TimeNotCome: `at` lies in the future.
        """
        verdict = verify(
            document,
            at=at,
            policy=self._policy(relaxed),
            ports=self.ports,
            receipt=receipt,
            expected=expected,
        )
        return Verified(verdict, self.view.as_of)

    def verify_presentation(
        self,
        presentation: Presentation | MalformedPresentation,
        *,
        at: datetime | None,
        relaxed: frozenset[str],
        receipt: Receipt | None,
        expected: Expected,
        goes_on: Callable[[], bool],
    ) -> VerifiedPresentation:
        """Return the verdict on a presentation and on all that it shows, by what the node has followed.

        Args:
            presentation: as it was read, or why it could not be.
            at: the time asked for, aware; now if None.
            relaxed: names of checks that shall not decide.
            receipt: shows an anchor whose batch's leaves are not at hand.
            expected: the nonce and the audience that the asker gave to the holder.
            goes_on: asked before each credential; once it says no, the others are not judged.

        Raises:
            PolicyRefused: a name is none of a check that can be relaxed.
            TimeNotCome: `at` lies in the future.
        """
        verdict = verify_presentation(
            presentation,
            at=at,
            policy=self._policy(relaxed),
            ports=self.ports,
            receipt=receipt,
            expected=expected,
            goes_on=goes_on,
        )
        return VerifiedPresentation(verdict, self.view.as_of)

    def _policy(self, relaxed: frozenset[str]) -> Policy:
        settings = self.view.node.settings
        return Policy(root_taos=frozenset(settings.root_taos), origins=settings.origins, relaxed=relaxed)


@contextmanager
def verifying(node: Node) -> Iterator[Verifier]:
    """Give a verifier by the database as it is now.

    Raises:
        ProjectionDamaged: the database does not hash to what the ledger has.
    """
    with viewing(node) as view:
        ports = Ports(
            now=view.present,
            record=ViewRecord(view),
            contents=KeptContents(view),
            cache=node.memory.verifications,
            web_dids=node.web_dids,
            proofs=node.proofs,
            canonical=node.canonical,
            seal_anchors=node.seal_anchors,
        )
        yield Verifier(view, ports)


def verify_credential(
    node: Node,
    document: bytes,
    *,
    at: datetime | None,
    relaxed: frozenset[str] = frozenset(),
    receipt: Receipt | None = None,
) -> Verified:
    """Return the verdict on one credential by the database as it is now, as `Verifier.verify` does.

    Raises:
        PolicyRefused: a name is none of a check that can be relaxed.
        TimeNotCome: `at` lies in the future.
        ProjectionDamaged: the database does not hash to what the ledger has.
    """
    with verifying(node) as verifier:
        return verifier.verify(document, at=at, relaxed=relaxed, receipt=receipt)
