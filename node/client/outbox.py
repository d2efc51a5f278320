"""The outbox of a profile: every transaction on the disk before anybody sees it, one process at a time.

A nonce is taken only under the lock, so two commands at once never take the same one.
"""

import fcntl
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from node.client.atomic import make_private_folder, replace_file
from node.client.errors import MalformedOutbox
from node.client.outbox_entry import OutboxEntry
from node.client.transactions import Call

_NAME = re.compile(r"0x[0-9a-f]{40}-[0-9]{1,20}-[0-9a-f]{16}\.json")
_MAX_FILE = 1024 * 1024  # bytes: a call of 128 KiB as hexadecimal, three times, and room around it
MANY = 128
"""Entries of an account beyond which a process that never ends drops old ones as it goes."""
_KEPT = 32
"""Of each account so many transactions that are over stay, for people to look at."""


class Outbox:
    """The transactions that one profile signed, in `folder`; those done are dropped by and by."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read yet.

        Args:
            folder: `outbox` of the profile; made with mode 0700 when the first transaction is kept.
        """
        self.folder = folder
        self.deed = ""
        self._deeds: set[str] = set()
        self._seen: set[str] = set()

    def begin(self, deed: str) -> None:
        """What is signed from now on is for this deed, of which nothing is open once the command ends well.

        Args:
            deed: named so that the same command names it the same.
        """
        self.deed = deed
        self._deeds.add(deed)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """No other process takes a nonce or changes an entry until the block ends.

        Raises:
            OSError: the folder cannot be written.
        """
        make_private_folder(self.folder)
        descriptor = os.open(self.folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)  # which frees the lock

    def entries(self, account: str | None = None) -> list[OutboxEntry]:
        """What is kept, of one account or of all, in the order of the nonces.

        Raises:
            MalformedOutbox: a file is not what this client writes.
        """
        if not self.folder.is_dir():
            return []
        wanted = "" if account is None else account.lower() + "-"
        found = (path.name for path in self.folder.iterdir())
        names = (name for name in found if _NAME.fullmatch(name) and name.startswith(wanted))
        return sorted(map(self._load, names), key=lambda entry: (entry.account, entry.nonce, entry.hash))

    def keep(self, entry: OutboxEntry) -> OutboxEntry:
        """The entry is on the disk as it is here, for its owner alone; under `locked`.

        Raises:
            OSError: the folder cannot be written.
        """
        replace_file(self._path(entry), entry.to_json(), mode=0o600)
        return entry

    def same_call(self, entries: Iterable[OutboxEntry], call: Call) -> OutboxEntry | None:
        """The entry that carries this call for a command that was cut off, if there is one.

        One whose success this process was told of, or an earlier command, is another call of the same words.
        """
        data = call.data
        found = [
            entry
            for entry in entries
            if (entry.is_open or entry.has_succeeded)
            and not entry.answered
            and entry.hash not in self._seen
            and (entry.contract, entry.data) == (call.contract, data)
        ]
        return max(
            found, key=lambda entry: (entry.has_succeeded, entry.nonce, entry.state == "sent"), default=None
        )

    def tell(self, entry: OutboxEntry) -> None:
        """This process knows that it succeeded; the profile does once the command has ended."""
        self._seen.add(entry.hash)

    def overtaken(self, entries: Iterable[OutboxEntry], call: Call) -> None:
        """A call on the same thing begins: what was said before it is new if said again; under `locked`."""
        for entry in entries:
            if entry.has_succeeded and not entry.answered and entry.hash not in self._seen:
                before = Call.of_data(entry.contract, entry.function, entry.data)
                if call.is_about_the_same_as(before):
                    self.keep(replace(entry, answered=True))

    def was_cut_off(self, *deeds: str) -> bool:
        """Whether a command ended before it knew what became of all that it had signed for these deeds."""
        return any(
            entry.deed in deeds and self._is_unknown(entry) and entry.hash not in self._seen
            for entry in self.entries()
        )

    def _is_unknown(self, entry: OutboxEntry) -> bool:
        return (entry.is_open or entry.has_succeeded) and not entry.answered

    def end_command(self) -> None:
        """What was signed for this process's deeds is answered, on the disk; what is long over is dropped.

        Raises:
            OSError: the folder cannot be written.
        """
        if not self.folder.is_dir():
            return
        with self.locked():
            for entry in self.entries():
                if self._is_unknown(entry) and (entry.hash in self._seen or entry.deed in self._deeds):
                    self.keep(replace(entry, answered=True))
            self.drop_old(self.entries())

    def drop_old(self, entries: Iterable[OutboxEntry]) -> None:
        """Of each account only the newest are kept of those that are over and were told; under `locked`."""
        over: dict[str, list[OutboxEntry]] = {}
        for entry in entries:
            told = entry.answered or entry.hash in self._seen or not entry.has_succeeded
            if told and entry.state in {"final", "failed", "replaced"} and entry.block is None:
                over.setdefault(entry.account, []).append(entry)
        for old in over.values():
            for entry in old[:-_KEPT]:
                self._path(entry).unlink(missing_ok=True)

    def _path(self, entry: OutboxEntry) -> Path:
        return self.folder / f"{entry.account}-{entry.nonce}-{entry.hash[2:18]}.json"

    def _load(self, name: str) -> OutboxEntry:
        path = self.folder / name
        with path.open("rb") as file:
            content = file.read(_MAX_FILE + 1)
        if len(content) > _MAX_FILE:
            raise MalformedOutbox(f"{path} is larger than {_MAX_FILE} bytes")
        try:
            entry = OutboxEntry.from_json(content)
        except ValueError as error:
            raise MalformedOutbox(f"{path}: {error}") from None
        if self._path(entry) != path:
            raise MalformedOutbox(f"{path} holds another transaction than its name says")
        return entry
