"""One credential under judgement: what all checks look at, and by which state of the record they judge."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from .model import Credential
from .policy import Policy
from .ports import Anchor, Ports
from .securing.secured import SecuredCredential

SKEW = 60
"""Seconds by which clocks may differ (protocol section 7)."""
_LOOKED_AT = 64
"""Batches that are judged one by one; where more are missing, nobody can tell in bounded time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A credential whose format passed, and where on the ledger it stands.

    Attributes:
        secured: the credential and what secures it.
        at: the time asked for (T), aware UTC.
        past: whether T was given and lies before now.
        anchor: the issuer's earliest known anchor of the digest recorded at or before T (A).
        unseen: the issuer's batches up to T, before A, whose leaves are not at hand: an anchor may lie there.
        policy: what the verifier requires.
        ports: what may be asked.
    """

    secured: SecuredCredential
    at: datetime
    past: bool
    anchor: Anchor | None
    unseen: tuple[Anchor, ...]
    policy: Policy
    ports: Ports

    @property
    def credential(self) -> Credential:
        """The credential itself."""
        return self.secured.credential

    @property
    def issuer(self) -> str:
        """The DID that issued it, one and the same everywhere."""
        return self.secured.credential.issuer

    @property
    def index_before(self) -> int | None:
        """Checks 1, 2, 5 and 8 look at entries below this index: those before A, or all."""
        return self.anchor.index if self.anchor else None

    @property
    def judged_at(self) -> int:
        """Ledger seconds by which those checks judge: of A, or now; never T, which the asker chose."""
        return self.anchor.time if self.anchor else int(self.ports.now.timestamp())

    @property
    def judged_moment(self) -> datetime:
        """`judged_at` as an aware datetime."""
        return datetime.fromtimestamp(self.judged_at, UTC)

    @property
    def until(self) -> int:
        """T in ledger seconds."""
        return int(self.at.timestamp())

    def curable(self, holds: Callable[[int, int], bool]) -> bool:
        """Whether an anchor in a batch whose leaves are not at hand could turn a failure into a pass.

        Args:
            holds: whether the check would pass, judged by the entries below an index at a time (seconds).
        """
        return len(self.unseen) > _LOOKED_AT or any(holds(batch.index, batch.time) for batch in self.unseen)
