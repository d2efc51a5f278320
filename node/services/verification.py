"""Verdicts on credentials: `credentials.verify` over one view of this node's database and its settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from anchoring.receipt import Receipt
from credentials.policy import Policy
from credentials.ports import Ports
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
    ) -> Verified:
        """Return the verdict on one credential by what the node has followed.

        Args:
            document: the credential's bytes as handed out.
            at: the time asked for, aware; now if None.
            relaxed: names of checks that shall not decide.
            receipt: shows an anchor whose batch's leaves are not at hand.

        Raises:
            PolicyRefused: a name is none of a check that can be relaxed.
            TimeNotCome: `at` lies in the future.
        """
        settings = self.view.node.settings
        policy = Policy(root_taos=frozenset(settings.root_taos), origins=settings.origins, relaxed=relaxed)
        verdict = verify(document, at=at, policy=policy, ports=self.ports, receipt=receipt)
        return Verified(verdict, self.view.as_of)


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
