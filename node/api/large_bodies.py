"""How many large request bodies a node holds at once: strangers together must not fill its memory."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from fastapi import Request

from node.api.errors import Busy

LARGE = 1_048_576
"""Bytes from which on a body needs a place; whatever is smaller is bounded by the number of connections."""
AT_ONCE = 4
"""Places: a full batch is 43 MiB as text, and several times that while it is taken apart."""
SECONDS = 120
"""For the rest of a body that has a place: who sends slower than 3 Mbit/s must not keep others out."""


@dataclass(slots=True)
class LargeBodies:
    """The places of one application; used on its event loop alone, so that no lock is needed."""

    held: int = 0

    def check(self) -> None:
        """Return if a place is free.

        Raises:
            Busy: none is.
        """
        if self.held >= AT_ONCE:
            raise Busy(AT_ONCE)


@dataclass(slots=True)
class Place:
    """What one request may take of `bodies`, at most once."""

    bodies: LargeBodies
    taken: bool = False

    def check(self) -> None:
        """Return if this request has a place or could take one.

        Raises:
            Busy: neither.
        """
        if not self.taken:
            self.bodies.check()

    def take(self) -> bool:
        """Return whether the place was taken just now, and not before.

        Raises:
            Busy: no place is free.
        """
        if self.taken:
            return False
        self.bodies.check()
        self.bodies.held += 1
        self.taken = True
        return True


@contextmanager
def place_for(request: Request) -> Iterator[Place]:
    """Give a place that is taken when the body turns out large, and is free again at the end of the block."""
    place = Place(request.app.state.large_bodies)
    try:
        yield place
    finally:
        if place.taken:
            place.bodies.held -= 1
