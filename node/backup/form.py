"""The file's form: a line with format, version and SHA-256 of all that follows; a line of JSON; a database.

    ankyra-backup/1 <64 hexadecimal digits>
    {"chainId":…,"createdAt":…,"length":…,"logAddress":…,"logRoot":…,"logSize":…,"schema":…}
    <`length` bytes: an SQLite database>

`tail -n +2 FILE | sha256sum` gives the digest of the first line.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO

from node.backup.errors import DamagedBackup, NewerBackup, NotABackup
from node.progress import Progress

VERSION = 1
_FORMAT = "ankyra-backup"
_SEAL = re.compile(rb"ankyra-backup/([1-9][0-9]{0,5}) ([0-9a-f]{64})\n")
_MAX_SEAL, _MAX_HEADER = 96, 4096  # bytes of the first and of the second line
_PORTION = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupHeader:
    """What a backup says of itself.

    Attributes:
        chain_id: of the ledger that was followed.
        log_address: 20 bytes, of the log on it.
        log_size: entries kept.
        log_root: 32 bytes, the root over them (RFC 9162 section 2.1.1).
        schema: revision of the tables.
        length: bytes of the database.
        created_at: whole seconds, aware UTC.
    """

    chain_id: int
    log_address: bytes
    log_size: int
    log_root: bytes
    schema: str
    length: int
    created_at: datetime

    def to_json(self) -> dict[str, str | int]:
        """Return the members of the file's second line."""
        return {
            "chainId": self.chain_id,
            "createdAt": self.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "length": self.length,
            "logAddress": "0x" + self.log_address.hex(),
            "logRoot": self.log_root.hex(),
            "logSize": self.log_size,
            "schema": self.schema,
        }

    def line(self) -> bytes:
        """Return the file's second line: members in the order of their names, no spaces."""
        return json.dumps(self.to_json(), sort_keys=True, separators=(",", ":")).encode() + b"\n"


def write_form(out: BinaryIO, header: BackupHeader, content: BinaryIO, progress: Progress) -> bytes:
    """`out` holds a backup of `content`, `header.length` bytes; return the digest.

    Args:
        out: at its beginning; can seek.
        header: what the second line says.
        content: read to its end.
        progress: told how many bytes of `content` are done.

    Raises:
        OSError: the file system refuses.
    """
    out.write(_seal(bytes(32)))  # the digest is known at the end, and takes its place then
    out.write(header.line())
    digest, done = sha256(header.line()), 0
    while portion := content.read(_PORTION):
        digest.update(portion)
        out.write(portion)
        done += len(portion)
        progress.reach("bytes written", done, header.length)
    out.seek(0)
    out.write(_seal(digest.digest()))
    return digest.digest()


class BackupReader:
    """A backup that is read once, from its beginning to its end."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        """Take the file at its beginning; both lines are read.

        Args:
            path: how it is called in sentences.
            file: as it was opened.

        Raises:
            NotABackup: it begins differently.
            NewerBackup: it is of a later version of the form.
            DamagedBackup: the second line is not one that is ever written.
        """
        self._path, self._file = path, file
        seal = _SEAL.fullmatch(file.readline(_MAX_SEAL))
        if seal is None:
            raise NotABackup(path)
        if int(seal[1]) != VERSION:
            raise NewerBackup(path, what="format", found=seal[1].decode())
        self.digest = bytes.fromhex(seal[2].decode())
        line = file.readline(_MAX_HEADER)
        self.header = self._parse(line)
        self._found = sha256(line)

    def copy_content(self, out: BinaryIO, progress: Progress) -> None:
        """`out` holds the database, and every byte of the backup is as it was written.

        Raises:
            DamagedBackup: it ends early, goes on after its end, or a byte is another.
            OSError: the file system refuses.
        """
        missing = self.header.length
        while missing and (portion := self._file.read(min(_PORTION, missing))):
            self._found.update(portion)
            out.write(portion)
            missing -= len(portion)
            progress.reach("bytes read", self.header.length - missing, self.header.length)
        if missing:
            raise DamagedBackup(self._path, f"it ends {missing} bytes too early")
        if self._file.read(1):
            raise DamagedBackup(self._path, "it goes on after its end")
        if self._found.digest() != self.digest:
            raise DamagedBackup(
                self._path, f"its SHA-256 is {self._found.hexdigest()}, expected {self.digest.hex()}"
            )

    def _parse(self, line: bytes) -> BackupHeader:
        """Only what the printer prints is accepted."""
        try:
            found = json.loads(line)
            header = BackupHeader(
                chain_id=found["chainId"],
                log_address=bytes.fromhex(found["logAddress"][2:]),
                log_size=found["logSize"],
                log_root=bytes.fromhex(found["logRoot"]),
                schema=found["schema"],
                length=found["length"],
                created_at=datetime.fromisoformat(found["createdAt"]),
            )
            numbers = (header.chain_id, header.log_size, header.length)
            sound = (
                all(type(number) is int and number >= 0 for number in numbers)
                and (len(header.log_address), len(header.log_root)) == (20, 32)
                and isinstance(found["schema"], str)
                and header.line() == line
            )
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
            sound = False
        if not sound:
            raise DamagedBackup(self._path, "its second line is not one that is ever written")
        return header


def _seal(digest: bytes) -> bytes:
    return f"{_FORMAT}/{VERSION} {digest.hex()}\n".encode()
