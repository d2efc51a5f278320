"""What stops the follower, each by a name that stays; docs/operating.md says of each what to do."""

from anchoring.errors import BrokenHistory
from node.errors import (
    Alarm,
    AnotherLedger,
    ForeignLog,
    HeaderHashDiffers,
    LedgerRefused,
    MalformedLedgerAnswer,
)
from node.indexer.blocks import TooDeep

ALARMS = frozenset(
    {
        "another-ledger",
        "broken-history",
        "database-damaged",
        "endpoints-disagree",
        "foreign-log",
        "header-hash",
        "ledger-refuses",
        "ledger-unsteady",
        "log-gap",
        "log-repeated",
        "malformed-answer",
        "old-head",
        "reorg-too-deep",
        "root-mismatch",
    }
)
"""Every name."""

Alarming = (AnotherLedger, BrokenHistory, HeaderHashDiffers, LedgerRefused, MalformedLedgerAnswer, TooDeep)
"""What a look may raise that stands for an alarm, beside `Alarm` itself."""

_NAMES: dict[type[Exception], str] = {
    AnotherLedger: "another-ledger",
    BrokenHistory: "broken-history",
    ForeignLog: "foreign-log",
    HeaderHashDiffers: "header-hash",
    LedgerRefused: "ledger-refuses",
    MalformedLedgerAnswer: "malformed-answer",
    TooDeep: "reorg-too-deep",
}


def alarm_of(error: Exception, *, at: str | None = None) -> Alarm:
    """The alarm that an error of `Alarming` is.

    Args:
        error: what was raised.
        at: name of the endpoint that it is about.
    """
    name = next(_NAMES[kind] for kind in type(error).__mro__ if kind in _NAMES)
    return Alarm(name, f"{at}: {error}" if at else str(error))
