"""How long and how often to ask again; the sleeping is handed in, so that tests need not wait."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Patience:
    """Ask up to `attempts` times; the pauses grow from `first` to `longest` seconds."""

    attempts: int = 240
    first: float = 0.02
    longest: float = 0.5
    sleep: Callable[[float], None] = time.sleep

    def tries(self) -> Iterator[int]:
        """0, 1, 2 … with a pause before each but the first."""
        pause = self.first
        for attempt in range(self.attempts):
            if attempt:
                self.sleep(pause)
                pause = min(pause * 1.5, self.longest)
            yield attempt
