"""Who plays: an invented Root TAO and TAO, and the members of ECIU University, whose deeds are invented."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from node.client.atomic import make_private_folder, replace_file
from node.client.issuer import Issuer
from node.client.keystore import Keystore
from node.client.onboarding import create_profile
from node.client.patience import Patience

ROOT_TAO = "European University Accreditation Council (example)"
TAO = "Micro-credential Agency (example)"
ANCHORING = "Kaunas University of Technology"
LEAVING = "Tec de Monterrey"
"""The member that loses its accreditation in this play, and nowhere else."""

MEMBERS = (
    "University of Twente",
    "Aalborg University",
    "Dublin City University",
    "Hamburg University of Technology",
    "INSA",
    ANCHORING,
    "Linköping University",
    "Lodz University of Technology",
    "Tampere University",
    LEAVING,
    "Universitat Autònoma de Barcelona",
    "University of Aveiro",
    "University of Stavanger",
    "University of Trento",
)
FEWEST = 2
SCRYPT_N = 1 << 14
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
        return iter(self._actors.values())

    def names(self) -> dict[str, str]:
        """Return the actors' names by DID."""
        return {actor.did: actor.name for actor in self}

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


def chosen_members(count: int) -> tuple[str, ...]:
    """Return `count` of the members, never without those that the play needs.

    Raises:
        ValueError: fewer or more than there can be.
    """
    if not FEWEST <= count <= len(MEMBERS):
        raise ValueError(f"between {FEWEST} and {len(MEMBERS)} members can play")
    others = [name for name in MEMBERS if name not in {ANCHORING, LEAVING}]
    playing = {ANCHORING, LEAVING, *others[: count - FEWEST]}
    return tuple(name for name in MEMBERS if name in playing)


def slug(name: str) -> str:
    """Return the name as a folder is called: lower-case ASCII letters and hyphens."""
    return re.sub(r"[^a-z]+", "-", name.lower()).strip("-")
