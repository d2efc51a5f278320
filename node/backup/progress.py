"""How far long work is, told in tenths."""

from collections.abc import Callable

Tell = Callable[[str], None]
_PARTS = 10


def silent(_sentence: str) -> None:
    """Nobody is told."""


class Portions:
    """Tells once for each tenth of `total` bytes that is done."""

    def __init__(self, what: str, *, total: int, tell: Tell) -> None:
        """Take what the work is called, its size in bytes, and who is told."""
        self._what, self._total, self._tell, self._told = what, max(total, 1), tell, 0

    def reach(self, done: int) -> None:
        """`done` bytes are done; an estimated total may turn out to have been too small."""
        part = min(done * _PARTS // self._total, _PARTS)
        if part > self._told:
            self._told = part
            self._tell(f"{self._what}: {part * 100 // _PARTS} % of {self._total / 1e6:.1f} MB")
