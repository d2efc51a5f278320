"""did:ebsi version 1 (EBSI DID method): documents and keys over time, replayed from ledger entries."""

from did.syntax import parse_ebsi_did

from .document import assemble, document_from_changes, method_valid
from .history import Bound, Change, DidState, Interval, ledger_seconds, replay
from .identifier import is_ebsi_did, new_did
from .keys import KeyHistory, key_history

__all__ = [
    "Bound",
    "Change",
    "DidState",
    "Interval",
    "KeyHistory",
    "assemble",
    "document_from_changes",
    "is_ebsi_did",
    "key_history",
    "ledger_seconds",
    "method_valid",
    "new_did",
    "parse_ebsi_did",
    "replay",
]
