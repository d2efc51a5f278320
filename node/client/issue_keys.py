"""Which rows were issued already: a set of hashes that is a few tens of megabytes at a million of them."""

from typing import Final

_SLOT: Final = 16
"""Bytes kept of each hash: that two of a million are alike in them does not happen."""
_FIRST: Final = 4096
_FULLEST: Final = 2 / 3
_EMPTY: Final = bytes(_SLOT)


class KnownKeys:
    """A set of SHA-256 hashes that only grows: an open hash table in one array of bytes."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._slots = _FIRST
        self._table = bytearray(self._slots * _SLOT)
        self._count = 0

    def __len__(self) -> int:
        return self._count

    def __contains__(self, key: bytes) -> bool:
        return bool(self._count) and self._place(key[:_SLOT])[1]

    def add(self, key: bytes) -> bool:
        """`key` is known; whether it was not before.

        Args:
            key: 32 bytes, which are as good as random.
        """
        kept = key[:_SLOT]
        place, is_known = self._place(kept)
        if is_known:
            return False
        self._table[place : place + _SLOT] = kept
        self._count += 1
        if self._count > self._slots * _FULLEST:
            self._grow()
        return True

    def _place(self, kept: bytes) -> tuple[int, bool]:
        """Where a hash stands, or where it would stand."""
        table, mask = self._table, self._slots - 1
        slot = int.from_bytes(kept[:8], "big") & mask
        while True:
            place = slot * _SLOT
            found = table[place : place + _SLOT]
            if found == kept:
                return place, True
            if found == _EMPTY:
                return place, False
            slot = slot + 1 & mask

    def _grow(self) -> None:
        old = self._table
        self._slots *= 2
        self._table = bytearray(self._slots * _SLOT)
        for start in range(0, len(old), _SLOT):
            kept = bytes(old[start : start + _SLOT])
            if kept != _EMPTY:
                place, _ = self._place(kept)
                self._table[place : place + _SLOT] = kept
