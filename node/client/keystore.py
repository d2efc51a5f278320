"""Private keys at rest: one scrypt v3 envelope each, for its owner only, opened once per process."""

import json
import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, get_args

from node.client.atomic import make_private_folder, replace_file
from node.client.envelope import STRONG_N, MacMismatch, MalformedEnvelope, seal, unseal
from node.client.errors import KeyMissing, MalformedKeyFile, WrongPassphrase
from node.client.keys import Curve, PrivateKey, new_key

_MAX_KEY_FILE = 8 * 1024  # bytes; an envelope has about 700
_KID_SIZE = 43  # characters of base64url for 32 bytes


class Keystore:
    """The keys of one profile, in `folder`; a key is known by its RFC 7638 thumbprint."""

    def __init__(
        self,
        folder: Path,
        *,
        passphrase: str | Callable[[], str],
        scrypt_n: int = STRONG_N,
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        """Keys are sealed and opened with `passphrase`; nothing is read yet.

        Args:
            folder: made with mode 0700 when the first key is written.
            passphrase: one for all keys of the profile; or who is asked for it when the first key is needed.
            scrypt_n: cost of new envelopes; weaker than the default only for keys that are thrown away.
            random: the operating system's randomness.
        """
        self._folder = folder
        self._passphrase = passphrase
        self._scrypt_n = scrypt_n
        self._random = random
        self._opened: dict[str, PrivateKey] = {}

    def create(self, *curves: Curve) -> tuple[PrivateKey, ...]:
        """Fresh keys, on disk before they are returned; sealed side by side, since scrypt lets threads run.

        Raises:
            OSError: the folder cannot be written.
        """
        self._secret()
        keys = tuple(new_key(crv, random=self._random) for crv in curves)
        make_private_folder(self._folder)
        with ThreadPoolExecutor(max_workers=2) as pool:
            list(pool.map(self._write, keys))
        return keys

    def open(self, kid: str) -> PrivateKey:
        """The private key named `kid`.

        Raises:
            KeyMissing: there is none.
            WrongPassphrase: the passphrase does not open it.
            MalformedKeyFile: the file is no envelope, or holds another key than its name says.
        """
        if kid not in self._opened:
            self._opened[kid] = self._read(kid)
        return self._opened[kid]

    def open_all(self, kids: Iterable[str]) -> tuple[PrivateKey, ...]:
        """Several keys, opened side by side.

        Raises:
            KeystoreError: as `open`.
        """
        self._secret()
        with ThreadPoolExecutor(max_workers=2) as pool:
            return tuple(pool.map(self.open, kids))

    def _secret(self) -> str:
        """The passphrase, which is asked for once."""
        if not isinstance(self._passphrase, str):
            self._passphrase = self._passphrase()
        return self._passphrase

    def _write(self, key: PrivateKey) -> None:
        envelope = seal(key.scalar, passphrase=self._secret(), n=self._scrypt_n, random=self._random) | {
            "crv": key.crv,
            "kid": key.kid,
        }
        content = json.dumps(envelope, indent=2, sort_keys=True).encode() + b"\n"
        replace_file(self._path(key.kid), content, mode=0o600)
        self._opened[key.kid] = key

    def _read(self, kid: str) -> PrivateKey:
        path = self._path(kid)
        envelope = _parse(path, kid=kid)
        try:
            scalar = unseal(envelope, passphrase=self._secret())
            key = PrivateKey(envelope["crv"], scalar)
        except MacMismatch:
            raise WrongPassphrase(path) from None
        except (MalformedEnvelope, ValueError) as error:
            raise MalformedKeyFile(f"{path}: {error}") from None
        if key.kid != kid:  # curve and name stand outside the envelope's authentication code
            raise MalformedKeyFile(f"{path} holds the key {key.kid}")
        return key

    def _path(self, kid: str) -> Path:
        if (
            len(kid) != _KID_SIZE
            or not kid.replace("-", "A").replace("_", "A").isalnum()
            or not kid.isascii()
        ):
            raise KeyMissing(kid, self._folder)
        return self._folder / f"{kid}.json"


def _parse(path: Path, *, kid: str) -> dict[str, Any]:
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_KEY_FILE + 1)
    except FileNotFoundError:
        raise KeyMissing(kid, path.parent) from None
    if len(content) > _MAX_KEY_FILE:
        raise MalformedKeyFile(f"{path} is larger than {_MAX_KEY_FILE} bytes")
    try:
        envelope = json.loads(content)
    except (ValueError, RecursionError):
        raise MalformedKeyFile(f"{path} is not JSON") from None
    if not isinstance(envelope, dict) or envelope.get("crv") not in get_args(Curve):
        raise MalformedKeyFile(f"{path} names no curve of this client")
    return envelope
