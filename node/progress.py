"""How far long work is: told by whoever does it, shown by whoever asked for it."""

from typing import Protocol


class Progress(Protocol):
    """Somebody who is told how far work is; an interrupt raised in here ends the work in order."""

    def reach(self, what: str, done: int, total: int | None = None) -> None:
        """`done` of `total` are done of `what`, a plural; the total may be unknown, or an estimate."""

    def say(self, sentence: str) -> None:
        """Something worth a line happened."""


class Silent:
    """Nobody is told."""

    def reach(self, what: str, done: int, total: int | None = None) -> None:
        """Nothing."""

    def say(self, sentence: str) -> None:
        """Nothing."""


SILENT = Silent()
