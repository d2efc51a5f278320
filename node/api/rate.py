"""How much one client may ask of the node in a minute: a bucket for each, in bounded memory."""

from collections import OrderedDict
from dataclasses import dataclass, field

MOST_CLIENTS = 65_536
"""Buckets kept; of more clients at a time than that, who asked longest ago begins anew."""
_MINUTE = 60.0


@dataclass(slots=True)
class Rate:
    """What clients have left; used on one event loop alone, so that no lock is needed.

    Attributes:
        per_minute: units that flow back in a minute, and that a rested client may spend at once; 0: no limit.
        most_clients: buckets kept at most.
    """

    per_minute: int
    most_clients: int = MOST_CLIENTS
    _left: "OrderedDict[str, tuple[float, float]]" = field(default_factory=OrderedDict)

    def take(self, client: str, cost: float, *, now: float) -> float:
        """Return 0 if `client` may spend `cost`, which is then spent, else the seconds until it may.

        Args:
            client: the name under which it is counted.
            cost: units; more than a whole bucket is asked of nobody.
            now: monotonic seconds.
        """
        if not self.per_minute:
            return 0.0
        flow = self.per_minute / _MINUTE
        left, seen = self._left.pop(client, (float(self.per_minute), now))
        left = min(float(self.per_minute), left + max(0.0, now - seen) * flow)
        asked = min(cost, self.per_minute)
        wait = 0.0 if left >= asked else (asked - left) / flow
        self._left[client] = (left if wait else left - asked, now)
        if len(self._left) > self.most_clients:
            self._left.popitem(last=False)
        return wait

    def owe(self, client: str, cost: float, *, now: float) -> None:
        """Let `client` have spent `cost`, whatever it has left: what it took showed only afterwards.

        Args:
            client: the name under which it is counted.
            cost: units; nobody comes to owe more than a whole bucket.
            now: monotonic seconds.
        """
        self.take(client, 0, now=now)
        if client in self._left:
            left, seen = self._left[client]
            self._left[client] = (max(left - cost, -float(self.per_minute)), seen)

    def __len__(self) -> int:
        return len(self._left)
