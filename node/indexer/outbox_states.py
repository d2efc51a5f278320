"""What becomes of a kept transaction: a pure decision over what the projection and the ledger say of it.

```
submitted → anchored → final     its entry is in the projection, then at the finality depth
submitted → failed               mined and refused, or its nonce used by another, in a followed block
submitted → expired              given up: its nonce is a gap, or the ledger refuses it, for too long
failed, expired → anchored       its entry is in the projection all the same
any of them → submitted          the block it was concluded from was taken back
```

What the ledger did not answer is None, and nothing is concluded from it. What it did answer counts only as
far as the projection has followed: whatever is concluded from a block goes back with that block.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from node.db.kept_transactions import (
    ANCHORED,
    EXPIRED,
    FAILED,
    FINAL,
    NONCE_USED,
    SUBMITTED,
    At,
    KeptTransaction,
)

RESEND_AFTER = 5  # seconds between two sendings of one transaction
RESEND_GAP_AFTER = 60  # seconds, of one that cannot be mined before another comes
REFUSED = "the contract refused it"
NO_ENTRY = "it was mined, and no entry of the log came of it"
CONTRADICTED = "the ledger says that it was mined in a block in which this node did not find it"
_WAITS = "it waits for a transaction with nonce "


@dataclass(frozen=True, slots=True)
class Mined:
    """What a receipt says: in which block, whether it succeeded, and whether the fitting entry is in it."""

    block: At
    succeeded: bool
    wrote: bool


@dataclass(frozen=True, slots=True)
class Seen:
    """What is known of one transaction.

    Attributes:
        entry: block of its entry in the projection; None if it has none.
        followed: the last followed block; None if nothing was followed yet.
        window: hashes of the last followed blocks by number.
        mined: its receipt; None if there is none, or if it was not answered.
        used: how many transactions of its sender are mined up to `followed`; None if that is not known.
        missing: lowest nonce below its own that no kept transaction has; None if none is known to be missing.
    """

    entry: At | None = None
    followed: At | None = None
    window: Mapping[int, bytes] = field(default_factory=dict)
    mined: Mined | None = None
    used: int | None = None
    missing: int | None = None


@dataclass(frozen=True, slots=True)
class Stay:
    """Nothing is to be done now; `note`, if there is one, is to be said of it."""

    note: str | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """Hand it to the ledger; `note` is to be said of it if the ledger takes it."""

    note: str | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """Its state is `to`, concluded from `block` (None: from none), for the reason `error`."""

    to: str
    block: At | None = None
    error: str | None = None


def decide(kept: KeptTransaction, seen: Seen, *, final_block: int, now: int) -> Stay | Send | Move:
    """What to do with a kept transaction.

    Args:
        kept: as it is in the database.
        seen: read from one state of the projection, and asked of the ledger after that.
        final_block: number of the last block that nothing takes back any more.
        now: seconds.
    """
    if seen.entry is not None:
        state = FINAL if seen.entry.number <= final_block else ANCHORED
        return Stay() if (kept.state, kept.block) == (state, seen.entry) else Move(state, seen.entry)
    if kept.state != SUBMITTED:
        taken_back = kept.block is not None and _replaced(kept.block, seen)
        return Move(SUBMITTED) if kept.state in {ANCHORED, FINAL} or taken_back else Stay()
    if seen.mined is not None:
        return _mined(seen.mined, seen)
    if seen.used is not None and kept.nonce < seen.used:
        return Move(FAILED, seen.followed, NONCE_USED)
    return _waiting(kept, seen, now)


def waits_for(nonce: int) -> str:
    """What is said of a transaction that cannot be mined before one with this nonce is."""
    return f"{_WAITS}{nonce}"


def _mined(mined: Mined, seen: Seen) -> Stay | Move:
    beyond = seen.followed is None or mined.block.number > seen.followed.number
    if beyond or _replaced(mined.block, seen):
        return Stay()  # the follower will come to that block, or the ledger will change its mind
    if not mined.succeeded:
        return Move(FAILED, mined.block, REFUSED)
    return Stay(CONTRADICTED) if mined.wrote else Move(FAILED, mined.block, NO_ENTRY)


def _waiting(kept: KeptTransaction, seen: Seen, now: int) -> Stay | Send | Move:
    gap = None if seen.missing is None else waits_for(seen.missing)
    if now >= kept.expires_at:
        # A ledger that refuses it is asked once more first: it may have been away until now.
        asked = kept.sent_at is not None and kept.sent_at >= kept.expires_at
        refused = asked and kept.error is not None and not kept.error.startswith(_WAITS)
        if gap or refused:
            return Move(EXPIRED, None, gap or kept.error)
    pause = RESEND_GAP_AFTER if gap else RESEND_AFTER
    if kept.sent_at is not None and 0 <= now - kept.sent_at < pause:
        return Stay(gap if gap != kept.error and gap else None)
    return Send(gap)


def _replaced(block: At, seen: Seen) -> bool:
    return seen.window.get(block.number, block.hash) != block.hash
