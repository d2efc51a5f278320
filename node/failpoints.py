"""Places at which a test lets the real process die, to prove that nothing is lost there.

`ANKYRA_FAILPOINT=transaction-kept` kills the process with SIGKILL when it first reaches that place,
`transaction-kept:3` at the third time. Without the variable `reach` costs a comparison and does nothing.
"""

import os
import signal
from collections.abc import Mapping
from threading import Lock

from node.errors import ConfigurationError

VARIABLE = "ANKYRA_FAILPOINT"

FAILPOINTS: Mapping[str, str] = {
    # anchoring
    "batch-checked": "a batch's digests and signature hold; nothing is stored",
    "batch-kept": "the batch is stored; its issuer has no answer yet",
    "transaction-checked": "a signed transaction is the right one; nothing is stored",
    "transaction-kept": "the signed transaction is stored; it is not sent",
    "transaction-sent": "the ledger took the transaction; that is not noted yet",
    "outbox-sending": "the outbox is about to send a kept transaction again",
    "outbox-sent": "the outbox sent it; that is not noted yet",
    "outbox-settling": "the outbox knows what became of a transaction; that is not noted yet",
    # status lists
    "list-checked": "a status list credential holds; nothing is stored",
    "list-kept": "the list credential is stored; its issuer has no answer yet",
    # following
    "entries-fetched": "new entries hold; nothing is written",
    "entries-written": "entries and cursor are written; their transaction is not committed",
    "entries-committed": "entries and cursor are committed",
    "rewind-written": "replaced blocks are taken back; that is not committed",
    "rewind-committed": "replaced blocks are taken back, and that is committed",
    "leaves-copied": "a peer's leaves hold; they are not stored",
    # at the issuer
    "client-signed": "a signed transaction is in the profile; the node has not seen it",
    "client-sent": "the node took the transaction; that is not noted in the profile",
    "client-mined": "the transaction is on the ledger; that is not noted in the profile",
    "client-step": "a step of the onboarding is done; the next has not begun",
}
"""Each place's name and what is so when it is reached."""

_lock = Lock()


def _wanted(text: str) -> tuple[str, int] | None:
    if not text:
        return None
    name, _, count = text.partition(":")
    if name not in FAILPOINTS or not (count or "1").isascii() or not (count or "1").isdigit():
        raise ConfigurationError(
            f"{VARIABLE}: there is no failpoint {text!r}; there are {', '.join(FAILPOINTS)}"
        )
    return name, max(1, int(count or 1))


_wanted_now: tuple[str, int] | None = None
_seen = 0


def arm(text: str) -> None:
    """From now on the process dies where `text` (`name` or `name:times`) says; an empty text disarms.

    Raises:
        ConfigurationError: there is no such place.
    """
    global _wanted_now, _seen
    _wanted_now, _seen = _wanted(text), 0


def arm_from_environment() -> None:
    """`arm` with what `ANKYRA_FAILPOINT` says, if anything.

    Raises:
        ConfigurationError: there is no such place.
    """
    arm(os.environ.get(VARIABLE, ""))


def reach(name: str) -> None:
    """The process is at the place `name`; if it is armed for it, this is its end."""
    global _seen  # noqa: PLW0603 - counted by the process
    if _wanted_now is None or _wanted_now[0] != name:
        return
    with _lock:
        _seen += 1
        if _seen >= _wanted_now[1]:
            os.kill(os.getpid(), signal.SIGKILL)
