"""Where a devnet keeps itself: the saved ledger, the deployment, the operator's key, and who runs it.

The operator's key rests in the envelope of an issuer's. Its passphrase is generated and lies beside it, in a
file for the owner alone: enough for a devnet, whose ledger dies with its folder, and for nothing else.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from devnet.errors import StateUnusable
from node.client.atomic import drop_drafts, make_private_folder, replace_file

if TYPE_CHECKING:
    from eth_account.signers.local import LocalAccount

VARIABLE = "ANKYRA_DEVNET_DIR"
DEFAULT = Path(".ankyra/devnet")
DEFAULT_PORT = 8545
_LARGEST = 65_536


@dataclass(frozen=True, slots=True)
class Running:
    """A devnet that is up: the keeper's process and where its ledger answers."""

    pid: int
    ledger_pid: int
    rpc: str


class DevnetFolder:
    """The files of one devnet."""

    def __init__(self, path: Path) -> None:
        """Name the files below `path`; nothing is read or made yet."""
        self.path = path.absolute()
        self.deployment = self.path / "deployment.json"
        self.state = self.path / "ledger.json"
        self.engine_log = self.path / "ledger.log"
        self.keeper_log = self.path / "keeper.log"
        self._running = self.path / "running.json"
        self._lock = self.path / "lock"
        self._keys = self.path / "operator"
        self._passphrase = self.path / "operator.passphrase"

    def make(self) -> None:
        """Make the folder, for its owner alone.

        Raises:
            StateUnusable: it cannot be made.
        """
        try:
            make_private_folder(self.path)
        except OSError as error:
            raise StateUnusable(self.path, error.strerror or str(error)) from error

    @contextmanager
    def held(self, *, seconds: float = 0.0) -> Iterator[bool]:
        """Yield whether this process now holds the folder; the kernel lets go when the process ends.

        Args:
            seconds: how long to try while nobody has announced itself; who has is there to stay.

        Raises:
            StateUnusable: the lock file cannot be made.
        """
        try:
            handle = os.open(self._lock, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StateUnusable(self._lock, error.strerror or str(error)) from error
        try:
            deadline = time.monotonic() + seconds
            while not (held := _lock(handle)) and time.monotonic() < deadline and not self._running.exists():
                time.sleep(0.02)
            yield held
        finally:
            os.close(handle)

    def running(self) -> Running | None:
        """Return the devnet that is up here and ready, or None."""
        if not self._lock.exists():
            return None
        with self.held() as free:
            if free:  # nobody keeps it: what a killed keeper said must not be taken for the next one's word
                self._running.unlink(missing_ok=True)
                return None
            try:
                found = json.loads(_read(self._running))
                running = Running(pid=found["pid"], ledger_pid=found["ledgerPid"], rpc=found["rpc"])
                os.kill(running.pid, 0)  # a killed keeper could not take its word back
            except (StateUnusable, ValueError, KeyError, TypeError, ProcessLookupError):
                return None  # the next one is starting
            return running

    @contextmanager
    def announced(self, running: Running) -> Iterator[None]:
        """Say where the ledger answers, as long as the block lasts."""
        said: Mapping[str, object] = {"pid": running.pid, "ledgerPid": running.ledger_pid, "rpc": running.rpc}
        replace_file(self._running, json.dumps(said).encode(), durable=False)
        try:
            yield
        finally:
            self._running.unlink(missing_ok=True)

    def operator(self) -> LocalAccount:
        """Return the operator's account, made on the first call.

        Raises:
            StateUnusable: key or passphrase cannot be read or written.
        """
        from eth_account import Account  # half a second that `status` need not spend

        from node.client.errors import KeystoreError
        from node.client.keystore import Keystore

        try:
            if not self._passphrase.exists():
                replace_file(self._passphrase, secrets.token_hex(16).encode(), mode=0o600)
            keystore = Keystore(self._keys, passphrase=_read(self._passphrase).decode())
            names = sorted(path.stem for path in self._keys.glob("*.json"))
            key = keystore.open(names[0]) if names else keystore.create("secp256k1")[0]
        except (OSError, KeystoreError) as error:
            raise StateUnusable(self._keys, str(error)) from error
        account: LocalAccount = Account.from_key(key.scalar)
        return account

    def drop_drafts(self) -> None:
        """Drop what a killed keeper had begun to write; whoever calls holds the folder.

        Raises:
            StateUnusable: a file cannot be removed.
        """
        try:
            for path in (self.deployment, self.state, self._running):
                drop_drafts(path)
        except OSError as error:
            raise StateUnusable(self.path, error.strerror or str(error)) from error

    def clear(self) -> None:
        """Remove what a devnet wrote here, and nothing else; the folder must not be in use.

        Raises:
            StateUnusable: a file cannot be removed.
        """
        self.drop_drafts()
        written = [
            self.deployment,
            self.state,
            self.engine_log,
            self.keeper_log,
            self._running,
            self._passphrase,
        ]
        try:
            drop_drafts(self._passphrase)
            for path in [*written, *self._keys.glob("*.json"), *self._keys.glob(".*.json.*.tmp"), self._lock]:
                path.unlink(missing_ok=True)
            for folder in (self._keys, self.path):
                if folder.is_dir() and not any(folder.iterdir()):
                    folder.rmdir()
        except OSError as error:
            raise StateUnusable(self.path, error.strerror or str(error)) from error


def _lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_LARGEST)
    except OSError as error:
        raise StateUnusable(path, error.strerror or str(error)) from error
