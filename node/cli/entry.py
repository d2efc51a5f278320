"""Where a command begins: nothing large is read in yet, so that an interruption ends it in order."""

import os
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from types import FrameType

INTERRUPTED = 130
"""Exit code of a command that was interrupted: 128 and the number of SIGINT, as shells have it."""


def main() -> None:
    """Run `ankyra` and end with its exit code."""
    begin("ankyra", _ankyra)


def begin(name: str, load: Callable[[], Callable[[], None]]) -> None:
    """Run the command that `load` reads in; interrupted before its work began it says so in one line.

    The line comes from a handler and not from an exception, which could end in a module that takes it for a
    failure of its own. Where interruptions are ignored, as behind `nohup` or `&`, they stay ignored.
    """

    def end(_number: int, _frame: FrameType | None) -> None:
        _say_interrupted(name)
        os._exit(INTERRUPTED)

    at_work = signal.getsignal(signal.SIGINT)
    try:
        if at_work is signal.default_int_handler:
            signal.signal(signal.SIGINT, end)
        command = load()
        if at_work is signal.default_int_handler:
            signal.signal(signal.SIGINT, at_work)
        command()
    except KeyboardInterrupt:
        _say_interrupted(name)
        sys.exit(INTERRUPTED)


def _ankyra() -> Callable[[], None]:
    from node.cli.app import main as command

    return command


def _say_interrupted(name: str) -> None:
    with suppress(OSError):  # the terminal may be gone
        os.write(2, f"{name}: interrupted; run the same command again\n".encode())
