"""An issuer at work: its profile, its keys, its node."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Self

from node.client.access_tokens import AccessTokens, Scope
from node.client.api import Node
from node.client.courier import Courier
from node.client.errors import UnexpectedAnswer
from node.client.issuing import Signer
from node.client.keystore import Keystore
from node.client.outbox import Outbox
from node.client.papers import kept_paper
from node.client.patience import Patience
from node.client.profile import Deployment, Profile, load_profile, save_profile
from node.client.registries import Registries
from node.client.writes import LedgerWriter
from node.clock import wall_clock


class Issuer:
    """One profile opened; keys are read from disk when first needed."""

    def __init__(
        self,
        folder: Path,
        *,
        keystore: Keystore,
        node: Node | None = None,
        patience: Patience | None = None,
        clock: Callable[[], datetime] = wall_clock,
    ) -> None:
        """The profile is read; nothing is asked of the node yet.

        Args:
            folder: of the profile.
            keystore: over the same folder's `keys`.
            node: another way to the node than the profile's URL.
            patience: how long to wait for the ledger.
            clock: the present by which access tokens are asked for, aware.

        Raises:
            ProfileError: there is no usable profile.
        """
        self.folder = folder
        self.keystore = keystore
        self.profile = load_profile(folder)
        self.node = node or Node(self.profile.node)
        self.patience = patience or Patience()
        self.outbox = Outbox(folder / "outbox")
        self.tokens = AccessTokens(self.node, self._holder, clock)
        self._rechecked: set[str] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """Connections are given back; a command that ended well has been told what became of its calls."""
        self.node.close()
        if kind is None:
            self.outbox.end_command()

    @property
    def did(self) -> str:
        """The issuer's did:ebsi."""
        return self.profile.did

    def deployment(self) -> Deployment:
        """The pinned ledger and contracts; what the node names now is compared with them, or pinned.

        Raises:
            DeploymentChanged: the node names others.
            ClientError: the node does not answer as it should.
        """
        pinned = self.profile.pinned(self.node.deployment())
        if pinned is not self.profile:
            self.keep(pinned)
        assert pinned.deployment is not None
        return pinned.deployment

    def registry_origin(self) -> str:
        """The origin of the registry's URLs in new credentials, as the node names it.

        Raises:
            ClientError: the node does not answer as it should.
        """
        return self.registry_origins()[0]

    def registry_origins(self) -> tuple[str, ...]:
        """All origins that stand for the registry, as the node names them.

        Raises:
            ClientError: the node does not answer as it should.
        """
        origins = self.node.get("/v1/deployment").get("origins")
        if not isinstance(origins, list) or not origins or not all(isinstance(one, str) for one in origins):
            raise UnexpectedAnswer(f"{self.node.url}/v1/deployment names no origin")
        return tuple(origins)

    def open_keys(self) -> None:
        """Both keys are open; side by side takes half the time.

        Raises:
            KeystoreError: one cannot be opened.
        """
        self.keystore.open_all((self.profile.ledger_key, self.profile.credential_key))

    def writer(self) -> LedgerWriter:
        """Writes with the ledger key.

        Raises:
            KeystoreError: the key cannot be opened.
            ClientError: as `deployment`.
        """
        return LedgerWriter(self.courier(), self.keystore.open(self.profile.ledger_key))

    def courier(self) -> Courier:
        """Brings what the profile signed to the ledger.

        Raises:
            ClientError: as `deployment`.
        """
        registries = Registries(
            self.node, self.did, self.tokens, lambda: kept_paper(self.folder, "invitation")
        )
        return Courier(
            self.outbox, self.node, self.deployment(), self.patience, registries, rechecked=self._rechecked
        )

    def signer(self) -> Signer:
        """Signs credentials, batches and challenges with the ES256 key.

        Raises:
            KeystoreError: the key cannot be opened.
        """
        return Signer.of(self.did, self.keystore.open(self.profile.credential_key))

    def _holder(self, scope: Scope) -> Signer:
        """Who presents for a scope: by the key that a DID has from the first, or by that of credentials."""
        kid = self.profile.ledger_key if scope == "didr_write" else self.profile.credential_key
        return Signer.of(self.did, self.keystore.open(kid))

    def keep(self, profile: Profile) -> None:
        """The profile is this one from now on, on disk first.

        Raises:
            OSError: the folder cannot be written.
        """
        save_profile(self.folder, profile)
        self.profile = profile

    def change(self, **members: object) -> None:
        """Some members of the profile change, on disk first.

        Raises:
            OSError: the folder cannot be written.
        """
        self.keep(replace(self.profile, **members))  # type: ignore[arg-type]  # names are checked by replace
