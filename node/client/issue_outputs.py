"""Where issued credentials are put: one NDJSON file, or folders of files; what the journal lacks is gone."""

import contextlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Sequence
from json.encoder import encode_basestring_ascii
from pathlib import Path
from typing import IO, Final, Protocol, Self

from node.client.atomic import make_private_folder, replace_file
from node.client.errors import MalformedDraft, Unusable

_FOLDER: Final = re.compile(r"[0-9]{5}")
_TEMPORARY: Final = re.compile(r"\.([0-9]{5})\.tmp")
_MARKER: Final = ".exported"
_AT_ONCE: Final = 512
"""Parts that one call writes; Linux takes 1024 (`IOV_MAX`)."""
SUFFIXES: Final = frozenset({".ndjson", ".jsonl"})
"""Of a place that is one file."""


def line_of(*, row: int, identifier: str, digest: bytes, text: bytes) -> tuple[bytes, bytes, bytes]:
    """One credential as a line of NDJSON, in parts: by which row, its id, its digest, and itself.

    Args:
        row: number of the row in its file.
        identifier: the credential's `id`.
        digest: 32 bytes.
        text: the credential, secured: letters, digits, dots, dashes, underscores and tildes.
    """
    front = (
        f'{{"row":{row},"id":{encode_basestring_ascii(identifier)},"digest":"{digest.hex()}","credential":"'
    )
    return front.encode(), text, b'"}\n'


def journal_path(out: Path) -> Path:
    """Where the journal of a place lies: beside its file, or in its folder."""
    return out.with_name(out.name + ".journal") if out.suffix in SUFFIXES else out / ".journal"


class Output(Protocol):
    """A place for chunks of credentials."""

    @property
    def length(self) -> int:
        """Bytes of its file; 0 if it is a folder."""

    @property
    def file(self) -> Path | None:
        """Where lines are to be written; None if it is a folder."""

    def folder_of(self, number: int) -> Path | None:
        """Where the files of a chunk are to be written before it counts; None if they come as lines."""

    def put(self, length: int) -> None:
        """The chunk, which was written, is on the disk; it does not count before the journal has it."""

    def shown(self, number: int) -> None:
        """The chunk counts: what it holds has its name."""


class NdjsonOutput:
    """One NDJSON file, which is cut back to what the journal has."""

    def __init__(self, path: Path, *, length: int) -> None:
        """Open the file, or make it, for its owner alone.

        Args:
            path: of the file.
            length: bytes of it that count.

        Raises:
            MalformedDraft: it is shorter than that.
            OSError: it cannot be written.
        """
        self._file: IO[bytes] = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT, 0o600), "r+b")
        if not length:  # nothing of it was issued yet: whoever made it, it is its owner's alone
            os.fchmod(self._file.fileno(), 0o600)
        size = os.fstat(self._file.fileno()).st_size
        if size < length:
            self._file.close()
            raise MalformedDraft(
                f"{path} was cut short after its credentials were issued: bring it back from a copy"
            )
        self._file.truncate(length)
        self.length = length
        self.file: Path | None = path

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def folder_of(self, number: int) -> Path | None:  # noqa: ARG002 - lines go into one file
        """None: lines go into one file."""
        return None

    def put(self, length: int) -> None:
        """The lines, which were written to its end, are on the disk.

        Args:
            length: of them, in bytes.

        Raises:
            OSError: they cannot be written.
        """
        os.fsync(self._file.fileno())
        self.length += length

    def shown(self, number: int) -> None:
        """Nothing: lines are seen as soon as they are there."""


class FolderOutput:
    """A folder with one folder for each chunk, which gets its name once the journal has the chunk."""

    length = 0
    file: Path | None = None

    def __init__(self, path: Path, *, count: int) -> None:
        """Make the folder, for its owner alone; chunks that the journal has are shown, others are gone.

        Args:
            path: of the folder.
            count: chunks that the journal has.

        Raises:
            OSError: it cannot be written.
        """
        self._path = path
        for name in sorted(one.name for one in path.iterdir()):
            number = _TEMPORARY.fullmatch(name)
            if number is not None and int(number[1]) < count:
                (path / name).replace(path / number[1])
            elif number is not None or (_FOLDER.fullmatch(name) and int(name) >= count):
                shutil.rmtree(path / name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is open."""

    def folder_of(self, number: int) -> Path | None:
        """The folder of a chunk, under the name that it has before it counts."""
        return self._path / f".{number:05}.tmp"

    def put(self, length: int) -> None:  # noqa: ARG002 - files come without lines
        """The files of all chunks so far are on the disk."""
        os.sync()

    def shown(self, number: int) -> None:
        """The chunk's folder has its name."""
        with contextlib.suppress(FileNotFoundError):  # nothing of the chunk was issued
            (self._path / f".{number:05}.tmp").replace(self._path / f"{number:05}")


def prepare(out: Path) -> None:
    """The place can be written, and holds nothing that was not issued there.

    Raises:
        Unusable: it is somebody else's, or cannot be written.
    """
    try:
        journal = journal_path(out)
        if journal.exists() and journal.stat().st_size:
            return
        if out.suffix in SUFFIXES:
            if out.exists():
                raise Unusable(f"{out} was not issued here: name a new file")
            out.parent.mkdir(parents=True, exist_ok=True)
            return
        if out.exists() and (not out.is_dir() or set(out.iterdir()) - {journal}):
            raise Unusable(f"{out} holds something that was not issued here: name a new folder, or a .ndjson")
        if not out.exists():
            make_private_folder(out)
    except OSError as error:
        raise Unusable(f"cannot write {out}: {error.strerror}") from None


def check_apart(out: Path, exports: Path) -> None:
    """Return if neither place is in the other: what one does not know in its folders, it removes.

    Raises:
        Unusable: one is.
    """
    one, other = out.resolve(), exports.resolve()
    if one.is_relative_to(other) or other.is_relative_to(one):
        raise Unusable(f"{exports} and {out} are in one another: name a folder of its own for exports")


def prepare_exports(folder: Path, *, run: str) -> None:
    """The folder can be written, and is of this run: it holds what it has exported, or nothing.

    Args:
        folder: for exports.
        run: name of the run, which is left there.

    Raises:
        Unusable: it is of another run, or holds something else, or cannot be written.
    """
    marker, mine = folder / _MARKER, f"{run}\n".encode()
    try:
        if not folder.exists():
            make_private_folder(folder)
        names = {one.name for one in folder.iterdir()}
        if not names:
            make_private_folder(folder)
            replace_file(marker, mine, mode=0o600)
        elif _MARKER not in names:
            raise Unusable(f"{folder} holds something that was not exported here: name a new folder")
        elif _beginning(marker, len(mine) + 1) != mine:
            raise Unusable(f"{folder} has the exports of credentials issued elsewhere: name a new folder")
    except OSError as error:
        raise Unusable(f"cannot write {folder}: {error.strerror}") from None


def _beginning(path: Path, size: int) -> bytes:
    with path.open("rb") as file:
        return file.read(size)


def write_files(folder: Path, files: Iterable[tuple[str, bytes]]) -> None:
    """The files are in the folder, which is made, or made again, for its owner alone.

    Raises:
        OSError: it cannot be written.
    """
    if folder.exists():
        shutil.rmtree(folder)
    make_private_folder(folder)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name, content in files:
            file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600, dir_fd=descriptor)
            try:
                _write_all(file, content)
            finally:
                os.close(file)
    finally:
        os.close(descriptor)


def write_at(path: Path, offset: int, parts: Sequence[bytes]) -> None:
    """The parts, one behind the other, are in a file, from an offset on.

    Raises:
        OSError: it cannot be written.
    """
    file = os.open(path, os.O_WRONLY)
    try:
        for begin in range(0, len(parts), _AT_ONCE):
            some = parts[begin : begin + _AT_ONCE]
            size = sum(map(len, some))
            written = os.pwritev(file, some, offset)
            if written < size:  # a disk that fills up: what is left of them says so
                rest = memoryview(b"".join(some))
                while written < size:
                    written += os.pwrite(file, rest[written:], offset + written)
            offset += size
    finally:
        os.close(file)


def _write_all(file: int, content: bytes) -> None:
    while content:
        content = content[os.write(file, content) :]


def issued_files(out: Path) -> Iterator[Path]:
    """The files of a folder's chunks, in their order."""
    for folder in sorted(path for path in out.iterdir() if _FOLDER.fullmatch(path.name)):
        yield from sorted(folder.iterdir())
