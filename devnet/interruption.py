"""Ctrl-C, a closed terminal or a request to end, as one exception that ends everything in order."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Interrupted(BaseException):
    """Somebody wants this to end; no step may take it for a failure of its own."""


def raise_on_signals() -> None:
    """Let the first signal raise `Interrupted` in the main thread; the end in order is then not cut short."""
    for number in _SIGNALS:
        signal.signal(number, _interrupt)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    for number in _SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    raise Interrupted


@contextmanager
def interrupted_afterwards() -> Iterator[None]:
    """Put an interruption off until the block has ended: what it began is known by then, and can be ended.

    Raises:
        KeyboardInterrupt: at the end of the block, if it was interrupted.
    """
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if came:
        raise KeyboardInterrupt
