"""What was issued into one place, chunk by chunk: what was killed at any moment goes on from here.

The first line tells what is issued there. Each record after it is one chunk, with a hash over all before it:
what follows the last whole one was never said to be issued, and is cut off.
"""

import fcntl
import json
import os
import struct
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import IO, Any, Final, Literal, NamedTuple, Self

from node.client.atomic import replace_file
from node.client.errors import MalformedDraft, Unusable
from node.client.patience import Patience

CHUNK: Final = 1000
"""Most rows of one chunk."""
DIGEST_SIZE: Final = 32
TAG_SIZE: Final = 8
"""Bytes that tell a status list."""
MOST_LISTS: Final = 64
"""Status lists in which one credential has places."""
_UNTIL_ENDED: Final = Patience(attempts=16, first=0.05, longest=0.5)
"""Some five seconds, for which a place that another command has is asked for."""
VERSION: Final = "ankyra-issued/1"
Layout = Literal["ndjson", "files"]

_MAX_HEADER: Final = 16 * 1024
_HEAD: Final = struct.Struct(">4sIIIQI")
_ENTRY: Final = struct.Struct(">I32s32s")
_MAGIC: Final = b"ISSU"
_CHECK: Final = 16
_LARGEST: Final = _HEAD.size + MOST_LISTS * TAG_SIZE + CHUNK * _ENTRY.size + _CHECK


class Entry(NamedTuple):
    """One credential that was issued: its row's position, what tells the row from others, its digest."""

    position: int
    key: bytes
    digest: bytes


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows that were issued together.

    Attributes:
        start: position of the first row, counted over all runs.
        end: position after the last row; rows between that have no entry were refused.
        length: bytes of the NDJSON file once it holds them; 0 for files.
        lists: 8 bytes for each status list that they have places in.
        entries: those that were issued, in the order of their positions.
    """

    start: int
    end: int
    length: int
    lists: tuple[bytes, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Header:
    """What is issued into a place, the same in all runs.

    Attributes:
        run: 32 hexadecimal digits, the name under which its places in status lists are reserved.
        issuer: whose credentials they are, a DID.
        form: how they are secured.
        template: digest of the course template, 64 hexadecimal digits.
        layout: one NDJSON file, or files.
        on_behalf_of: DID of the institution they are sealed for; None if for the issuer.
        version: of the journal's form.
    """

    run: str
    issuer: str
    form: str
    template: str
    layout: Layout
    on_behalf_of: str | None = None
    version: str = VERSION


class Journal:
    """The journal of one place, held by this process alone.

    Attributes:
        header: what is issued there.
        count: chunks in it.
        position: after the last row.
        length: bytes of the NDJSON file that count.
        issued: credentials in it.
    """

    def __init__(self, path: Path, *, header: Header) -> None:
        """Open the journal, or begin it; what follows its last whole chunk is gone.

        Args:
            path: of the journal.
            header: of the run that wants it; its `run` counts only if the journal is new.

        Raises:
            Unusable: another process has it open, or another template, form or issuer is issued there.
            MalformedDraft: it was damaged otherwise than by being cut off.
            OSError: it cannot be read or written.
        """
        self._path = path
        self._file = _held(path, header)
        try:
            self.header, self._begin = _header(self._file, path)
            _check_same(self.header, replace(header, run=self.header.run), path)
            self.count = self.position = self.length = self.issued = 0
            self._end, self._check = self._begin, blake2b(digest_size=_CHECK)
            self._check.update(self.header.run.encode())
            for chunk, end in self._whole():
                self._count_in(chunk, end)
            self._file.truncate(self._end)
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def fileno(self) -> int:
        """The descriptor of its file, whose lock says that somebody issues there."""
        return self._file.fileno()

    def chunks(self, start: int = 0, end: int | None = None) -> Iterator[Chunk]:
        """The chunks with rows between two positions, in their order, one at a time in memory."""
        place, last = self._begin, self.position if end is None else end
        while place < self._end:
            self._file.seek(place)
            head = self._file.read(_HEAD.size)
            _, _, first, after, _, _ = _HEAD.unpack(head)
            size = _size_of(head) or 0
            place += _HEAD.size + size + _CHECK
            if first < last and start < after:
                yield _chunk(head, self._file.read(size))

    def append(self, chunk: Chunk) -> None:
        """The chunk is on the disk: it was issued.

        Raises:
            OSError: it cannot be written.
        """
        head = (_MAGIC, len(chunk.entries), chunk.start, chunk.end, chunk.length, len(chunk.lists))
        entries = (_ENTRY.pack(*entry) for entry in chunk.entries)
        content = b"".join((_HEAD.pack(*head), *chunk.lists, *entries))
        self._check.update(content)
        self._file.seek(self._end)
        self._file.write(content + self._check.digest())
        self._file.flush()
        os.fsync(self._file.fileno())
        self._count_in(chunk, self._file.tell())

    def _count_in(self, chunk: Chunk, end: int) -> None:
        self.count += 1
        self.position, self.length = chunk.end, chunk.length
        self.issued += len(chunk.entries)
        self._end = end

    def _whole(self) -> Iterator[tuple[Chunk, int]]:
        """The chunks that are whole, each with where it ends in the file."""
        size = os.fstat(self._file.fileno()).st_size
        while True:
            start = self._end
            self._file.seek(start)
            head = self._file.read(_HEAD.size)
            wanted = _size_of(head)
            rest = self._file.read(wanted + _CHECK) if wanted is not None else b""
            if wanted is None or len(rest) < wanted + _CHECK:
                break
            check = self._check.copy()
            check.update(head + rest[:wanted])
            if check.digest() != rest[wanted:]:
                break
            self._check = check
            yield _chunk(head, rest[:wanted]), self._file.tell()
        if size - self._end > _LARGEST:
            raise MalformedDraft(
                f"{self._path} is damaged in its middle, so what was issued cannot be told any more: "
                "nothing was issued now; bring it back from a copy"
            )


def header_of(path: Path) -> Header:
    """What is issued into a place, as its journal says.

    Raises:
        MalformedDraft: it is no journal.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        return _header(file, path)[0]


def _held(path: Path, header: Header) -> IO[bytes]:
    """The journal, which no other process has, with at least its header.

    Only who has the file that stands under the name puts another in its place, with the header in it; and
    who opened the earlier one in the meantime opens again. The processes of a killed run keep it until they
    have ended, which they do in a moment.
    """
    tries = _UNTIL_ENDED.tries()
    while True:
        file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            held = os.fstat(file.fileno())
            if _is_at(path, held):
                if held.st_size:
                    return file
                replace_file(path, json.dumps(asdict(header)).encode() + b"\n", mode=0o600)
            file.close()
        except BlockingIOError:
            file.close()
            if next(tries, None) is None:
                raise Unusable(f"another command issues there now ({path})") from None
        except BaseException:
            file.close()
            raise


def _is_at(path: Path, held: os.stat_result) -> bool:
    try:
        return os.path.samestat(path.stat(), held)
    except FileNotFoundError:
        return False


def _header(file: IO[bytes], path: Path) -> tuple[Header, int]:
    line = file.readline(_MAX_HEADER)
    try:
        members: dict[str, Any] = json.loads(line)
        header = Header(**members)
    except (ValueError, TypeError, RecursionError):
        raise MalformedDraft(f"{path} is no journal of issued credentials") from None
    if not line.endswith(b"\n") or not header.run.isalnum() or header.version != VERSION:
        raise MalformedDraft(f"{path} is no journal of issued credentials that is known here")
    return header, len(line)


def _check_same(kept: Header, wanted: Header, path: Path) -> None:
    for name, one in asdict(wanted).items():
        if (other := getattr(kept, name)) != one:
            raise Unusable(
                f"{path} is of credentials with another {name.replace('_', ' ')} ({str(other)[:80]}, "
                f"not {str(one)[:80]}): issue these into a place of their own with --out"
            )


def _size_of(head: bytes) -> int | None:
    """How many bytes of lists and entries follow; None if no chunk begins so."""
    if len(head) < _HEAD.size:
        return None
    magic, count, start, end, _, lists = _HEAD.unpack(head)
    if magic != _MAGIC or not count <= end - start <= CHUNK or lists > MOST_LISTS:
        return None
    return int(lists) * TAG_SIZE + int(count) * _ENTRY.size


def _chunk(head: bytes, rest: bytes) -> Chunk:
    _, _, start, end, length, count = _HEAD.unpack(head)
    entries = count * TAG_SIZE
    lists = (rest[at : at + TAG_SIZE] for at in range(0, entries, TAG_SIZE))
    found: Sequence[Entry] = [Entry(*one) for one in _ENTRY.iter_unpack(rest[entries:])]
    return Chunk(start, end, length, tuple(lists), tuple(found))
