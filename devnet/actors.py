"""Who plays: each organisation with a profile of its own, made and kept as the real client keeps it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from devnet.members import slug
from node.client.atomic import make_private_folder, replace_file
from node.client.issuer import Issuer
from node.client.keystore import Keystore
from node.client.onboarding import create_profile
from node.client.patience import Patience

SCRYPT_N = 1 << 10
"""Cost of the key envelopes: stretching adds nothing to a passphrase of 128 random bits."""

_PATIENCE = Patience(attempts=1500, first=0.01, longest=0.1)


@dataclass(frozen=True, slots=True)
class Actor:
    """An organisation with a profile of its own; `issued` is the folder of what it hands out."""

    name: str
    issuer: Issuer
    issued: Path

    @property
    def did(self) -> str:
        """Its did:ebsi."""
        return self.issuer.did

    def at_another_desk(self) -> Issuer:
        """Return the same issuer in another's hands, as a second process opens it."""
        mine = self.issuer
        return Issuer(mine.folder, keystore=mine.keystore, node=mine.node, patience=mine.patience)


class Cast:
    """All actors, each with its keys in its own folder, sealed with one passphrase that lies beside them."""

    def __init__(self, folder: Path, *, node_url: str, scrypt_n: int) -> None:
        """Make the folder; nobody is there yet.

        Args:
            folder: of the play.
            node_url: the node that the actors use.
            scrypt_n: cost of the key envelopes.
        """
        self._profiles = folder / "profiles"
        self._issued = folder / "issued"
        self._node_url = node_url
        self._scrypt_n = scrypt_n
        self._passphrase = secrets.token_hex(16)
        self.passphrase_file = folder / "passphrase"
        self._actors: dict[str, Actor] = {}
        make_private_folder(self._profiles)
        replace_file(self.passphrase_file, self._passphrase.encode() + b"\n", mode=0o600, durable=False)

    def __getitem__(self, name: str) -> Actor:
        """Return the actor of that name."""
        return self._actors[name]

    def __iter__(self) -> Iterator[Actor]:
        """Go through all actors."""
        return iter(tuple(self._actors.values()))

    def names(self) -> dict[str, str]:
        """Return the actors' names by DID."""
        return {actor.did: actor.name for actor in self}

    def close(self) -> None:
        """Give the actors' connections back."""
        for actor in self:
            actor.issuer.node.close()

    def enter(self, name: str) -> Actor:
        """Return the actor of that name, with a new profile and fresh keys.

        Raises:
            OSError: the folder cannot be written.
        """
        folder = self._profiles / slug(name)
        keystore = Keystore(folder / "keys", passphrase=self._passphrase, scrypt_n=self._scrypt_n)
        create_profile(folder, node_url=self._node_url, keystore=keystore)
        issued = self._issued / slug(name)
        issued.mkdir(parents=True)
        actor = Actor(name, Issuer(folder, keystore=keystore, patience=_PATIENCE), issued)
        self._actors[name] = actor
        return actor
