"""Names found before, so that a look-up does not verify the same credential again."""

from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

_REMEMBERED = 4096


@dataclass(slots=True)
class NameCache:
    """Names by the log's root up to the entry that recorded them: that root commits to all they depend on."""

    _names: OrderedDict[bytes, str | None] = field(default_factory=OrderedDict)
    _lock: Lock = field(default_factory=Lock)

    def get(self, key: bytes) -> tuple[bool, str | None]:
        """Return whether `key` is known, and its name."""
        with self._lock:
            return key in self._names, self._names.get(key)

    def put(self, key: bytes, name: str | None) -> None:
        """Remember a name; the oldest is forgotten when there are too many."""
        with self._lock:
            self._names[key] = name
            if len(self._names) > _REMEMBERED:
                self._names.popitem(last=False)
