"""Bit strings of statuses and their compressed form (Bitstring Status List v1.0 sections 3.3 and 3.4)."""

import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from .errors import IndexOutOfRange, MalformedStatusList, StatusListTooLarge

STATUS_SIZES: Final = (1, 2, 4, 8)
_OCTET: Final = 8
# In each octet, by the size of an entry: the last bit of every entry.
_LAST_BITS: Final = {1: b"\xff", 2: b"\x55", 4: b"\x11", 8: b"\x01"}
_NOT_ZERO: Final = re.compile(rb"[^\0]")
_GZIP: Final = 16 + zlib.MAX_WBITS
_GZIP_OR_ZLIB: Final = 32 + zlib.MAX_WBITS
# As good as the highest on lists, at a third of the time; the specification's examples were made with it.
_LEVEL: Final = 6
_OS_PLACE: Final = 9
_OS_UNIX: Final = b"\x03"


@dataclass(frozen=True, slots=True)
class BitString:
    """Statuses of equal size in a row; index 0 is the left-most (Bitstring Status List section 2.2).

    No entry spans two octets, so the octets alone also tell how many entries there are.

    Attributes:
        octets: the entries, most significant bit first.
        size: bits of one entry: 1, 2, 4 or 8.
    """

    octets: bytes
    size: int = 1

    def __post_init__(self) -> None:
        """Refuse entries of a size that does not divide an octet.

        Raises:
            MalformedStatusList: of such a size.
        """
        if self.size not in STATUS_SIZES:
            raise MalformedStatusList(f"an entry of a status list has 1, 2, 4 or 8 bits, not {self.size}")

    @classmethod
    def empty(cls, length: int, *, size: int = 1) -> "BitString":
        """Return `length` entries that are all zero (Bitstring Status List section 3.3 step 1).

        Raises:
            MalformedStatusList: the size is impossible, or the entries do not fill whole octets.
        """
        if length < 0 or length * size % _OCTET:
            raise MalformedStatusList(f"{length} entries of {size} bits do not fill whole octets")
        return cls(bytes(length * size // _OCTET), size)

    def __len__(self) -> int:
        return len(self.octets) * _OCTET // self.size

    def get(self, index: int) -> int:
        """Return the status at `index` (Bitstring Status List section 3.2 step 10).

        Raises:
            IndexOutOfRange: there is no such entry.
        """
        octet, shift = self._place(index)
        return self.octets[octet] >> shift & (1 << self.size) - 1

    def with_set(self, indexes: Iterable[int], *, status: int = 1) -> "BitString":
        """Return these entries with `status` at each index (Bitstring Status List section 3.3 step 2).

        Raises:
            IndexOutOfRange: there is no such entry.
            MalformedStatusList: an entry cannot hold this status.
        """
        mask = (1 << self.size) - 1
        if not 0 <= status <= mask:
            raise MalformedStatusList(f"an entry of {self.size} bits cannot hold {status}")
        octets = bytearray(self.octets)
        for index in indexes:
            octet, shift = self._place(index)
            octets[octet] = octets[octet] & ~(mask << shift) | status << shift
        return BitString(bytes(octets), self.size)

    def with_cleared(self, indexes: Iterable[int]) -> "BitString":
        """Return these entries with zero at each of the indexes.

        Raises:
            IndexOutOfRange: there is no such entry.
        """
        return self.with_set(indexes, status=0)

    def with_size(self, size: int) -> "BitString":
        """Return the same octets as entries of `size` bits: the size stands in credentials, not in the list.

        Raises:
            MalformedStatusList: the size is impossible.
        """
        return self if size == self.size else BitString(self.octets, size)

    def count(self) -> int:
        """Return how many entries are not zero."""
        bits = _folded(int.from_bytes(self.octets, "big"), self.size)
        return (bits & int.from_bytes(_LAST_BITS[self.size] * len(self.octets), "big")).bit_count()

    def matching(self, status: int) -> "BitString":
        """Return as many entries of the same size: 1 where an entry is `status`, 0 elsewhere.

        Raises:
            MalformedStatusList: an entry cannot hold this status.
        """
        wanted = BitString.empty(_OCTET // self.size, size=self.size)
        wanted = wanted.with_set(range(len(wanted)), status=status)
        length = len(self.octets)
        bits = int.from_bytes(self.octets, "big") ^ int.from_bytes(wanted.octets * length, "big")
        last = int.from_bytes(_LAST_BITS[self.size] * length, "big")
        return BitString((last & ~_folded(bits, self.size)).to_bytes(length, "big"), self.size)

    def diff(self, previous: "BitString") -> tuple[int, ...]:
        """Return the indexes, ascending, of the entries that changed since `previous`.

        Raises:
            MalformedStatusList: they differ in length or size, which no list changes (protocol section 3).
        """
        if (len(self.octets), self.size) != (len(previous.octets), previous.size):
            raise MalformedStatusList("two states of one list have equally many entries of one size")
        changed = int.from_bytes(self.octets, "big") ^ int.from_bytes(previous.octets, "big")
        difference = BitString(changed.to_bytes(len(self.octets), "big"), self.size)
        entries = _OCTET // self.size
        return tuple(
            index
            for found in _NOT_ZERO.finditer(difference.octets)
            for index in range(found.start() * entries, (found.start() + 1) * entries)
            if difference.get(index)
        )

    def compress(self) -> bytes:
        """Return the GZIP form, which names no time or platform (Bitstring Status List section 3.3 step 3).

        One version of zlib always makes the same bytes of the same list; another may make others.
        """
        compressor = zlib.compressobj(_LEVEL, zlib.DEFLATED, _GZIP)
        compressed = compressor.compress(self.octets) + compressor.flush()
        return compressed[:_OS_PLACE] + _OS_UNIX + compressed[_OS_PLACE + 1 :]

    def _place(self, index: int) -> tuple[int, int]:
        if not 0 <= index < len(self):
            raise IndexOutOfRange(index=index, length=len(self))
        first = index * self.size
        return first // _OCTET, _OCTET - self.size - first % _OCTET


def expand(compressed: bytes, *, max_size: int, zlib_too: bool = False) -> bytes:
    """Return the octets of a compressed bit string (Bitstring Status List section 3.4).

    No more than `max_size` bytes and one are ever expanded, whatever the compressed form claims.

    Args:
        compressed: exactly one GZIP member.
        max_size: largest number of octets.
        zlib_too: whether the zlib form (RFC 1950) is read as well, as EBSI's libraries do.

    Raises:
        StatusListTooLarge: it expands to more.
        MalformedStatusList: it is of another form, broken, cut off, or followed by something.
    """
    return _expanded(compressed, _GZIP_OR_ZLIB if zlib_too else _GZIP, max_size)


def expand_zlib(compressed: bytes, *, max_size: int) -> bytes:
    """Return the octets behind exactly one ZLIB stream (RFC 1950, Token Status List section 4.1).

    No more than `max_size` bytes and one are ever expanded, whatever the compressed form claims.

    Raises:
        StatusListTooLarge: it expands to more.
        MalformedStatusList: it is of another form, broken, cut off, or followed by something.
    """
    return _expanded(compressed, zlib.MAX_WBITS, max_size)


def _folded(bits: int, size: int) -> int:
    """The bits with the last of each entry set if any of that entry is; the other bits mean nothing."""
    width = size // 2
    while width:
        bits |= bits >> width
        width //= 2
    return bits


def _expanded(compressed: bytes, form: int, max_size: int) -> bytes:
    decompressor = zlib.decompressobj(form)
    try:
        octets = decompressor.decompress(compressed, max_size + 1)
    except zlib.error as error:
        raise MalformedStatusList(f"the list is not compressed as it should be: {error}") from error
    if len(octets) > max_size:
        raise StatusListTooLarge(max_size)
    if not decompressor.eof:
        raise MalformedStatusList("the compressed list is cut off")
    if decompressor.unused_data:
        raise MalformedStatusList("something follows the compressed list")
    return octets
