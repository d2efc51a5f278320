"""One credential under judgement: what all checks look at, and by which state of the record they judge."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from .expected import NOTHING_EXPECTED, Expected
from .model import Credential
from .policy import Policy
from .ports import Anchor, Ports
from .presented_by import PresentedBy
from .securing.secured import SecuredCredential

SKEW = 60
"""Seconds by which clocks may differ (protocol section 7)."""
MOST_STATES = 64
"""States of the record that are looked at for one check; whatever lies in more of them may hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A credential whose format passed, and where on the ledger it stands.

    Attributes:
        secured: the credential and what secures it.
        at: the time asked for (T), aware UTC.
        past: whether T was given and lies before now.
        anchor: the issuer's earliest known anchor of the digest recorded at or before T (A).
        unseen: the issuer's batches up to T, before A, whose leaves are not at hand: an anchor may lie there.
        more_unseen: whether there may be others of them, after those.
        expected: the nonce and the audience that the asker gave to whoever shows the credential.
        presented: who shows it within a presentation; None if it was handed in by itself.
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
    more_unseen: bool = False
    expected: Expected = NOTHING_EXPECTED
    presented: PresentedBy | None = None

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

    def told(self, sentence: str) -> str:
        """The sentence on what the ledger has, which says so if no anchor tells by which of its states."""
        if self.anchor is not None or not self.issuer.startswith("did:ebsi:"):
            return sentence
        return f"{sentence.removesuffix('.')} (by the newest state)."

    @property
    def until(self) -> int:
        """T in ledger seconds."""
        return int(self.at.timestamp())

    def curable(self, holds: Callable[[int, int | None], bool], *, changes: Iterable[int]) -> bool:
        """Whether an anchor in a batch whose leaves are not at hand could turn a failure into a pass.

        Between two changes there is one state, however many batches lie there: their number alone cures
        nothing, and what holds in no state at whatever time is not asked of each.

        Args:
            holds: whether the check would pass, judged by the entries below an index at a time (seconds), or
                at some time or other if that is None.
            changes: log indexes of all entries that could make a difference to that.
        """
        starts = [0, *sorted({index + 1 for index in changes})]
        moments: dict[int, list[int]] = {}
        for batch in self.unseen:
            moments.setdefault(_start(starts, batch.index), []).append(batch.time)
        later = self._states_of_unlisted(starts)
        if len(moments.keys() | later) > MOST_STATES:
            return True
        return any(holds(below, None) for below in later) or any(
            holds(below, None) and any(holds(below, time) for time in times)
            for below, times in moments.items()
        )

    def _states_of_unlisted(self, starts: list[int]) -> frozenset[int]:
        """The states in which batches may lie that are not listed, each of them after those that are."""
        if not self.more_unseen:
            return frozenset()
        first = _start(starts, self.unseen[-1].index)
        last = starts[-1] if self.anchor is None else self.anchor.index
        return frozenset(below for below in starts if first <= below <= last)


def _start(starts: list[int], index: int) -> int:
    """The greatest of `starts` that is not beyond an index: what is below both is the same."""
    return starts[bisect_right(starts, index) - 1]
