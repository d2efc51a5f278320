"""What an access token lets one write: scopes by registry and function, and whose account signs.

As ebsi-api section 1.4 has it. The contracts decide in the end; what is refused here never reaches them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from node.services.access_tokens import Access
from node.services.authorisation_errors import AccessRefused
from node.services.errors import RpcRefused
from node.services.node import Node


@dataclass(frozen=True, slots=True)
class RegistryScopes:
    """The scopes that a registry takes.

    Attributes:
        write: for every function.
        invite: for one function about one's own DID; None if there is none.
        invited: that function.
        before_registration: whether who is invited has no key on the ledger yet.
    """

    write: str
    invite: str | None = None
    invited: str | None = None
    before_registration: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """Both, as far as there are two."""
        return (self.write,) if self.invite is None else (self.invite, self.write)


SCOPES_OF: Final[Mapping[str, RegistryScopes]] = {
    "/did-registry/": RegistryScopes(
        "didr_write", "didr_invite", "insertDidDocument", before_registration=True
    ),
    "/trusted-issuers-registry/": RegistryScopes("tir_write", "tir_invite", "setAttributeData"),
    "/trusted-schemas-registry/": RegistryScopes("tsr_write"),
    "/trusted-policies-registry/": RegistryScopes("tpr_write"),
    "/timestamp/": RegistryScopes("timestamp_write"),
    "/v1/status-lists/": RegistryScopes("tir_write"),
}
"""By the beginning of the path under which the registry is written to."""


def scopes_of(path: str) -> RegistryScopes:
    """The scopes that the registry under this path takes."""
    return next(scopes for beginning, scopes in SCOPES_OF.items() if path.startswith(beginning))


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes to one registry, by an access token that is for it.

    Attributes:
        access: what the token gives.
        scopes: that the registry takes, the token's among them.
    """

    access: Access
    scopes: RegistryScopes

    def __post_init__(self) -> None:
        """Refuse a token for another registry.

        Raises:
            AccessRefused: its scope is none of those.
        """
        if self.access.scope.name not in self.scopes.names:
            raise AccessRefused(f"Invalid JWT: scp must contain {' or '.join(self.scopes.names)}")

    @property
    def invited(self) -> bool:
        """Whether the token is an invitation to one function only."""
        return self.access.scope.name == self.scopes.invite

    def check_function(self, function: str, arguments: tuple[Any, ...] | None = None) -> None:
        """Return if the token lets its subject call the function, with these arguments if they are known.

        Args:
            function: of the registry's contract.
            arguments: as the ABI takes them; the DID that an invited call is about comes first.

        Raises:
            RpcRefused: the token is an invitation to something else, or is somebody else's.
        """
        if not self.invited:
            return
        if function != self.scopes.invited:
            raise RpcRefused(f"'{function}' requires an access token with the scope '{self.scopes.write}'")
        if arguments is not None and arguments[0] != self.access.subject:
            raise RpcRefused(f"did must be {self.access.subject}, the subject of the access token")

    def check_signer(self, node: Node, sender: str) -> None:
        """Return if the account signs for the token's subject, by the ledger as it is now.

        Who registers has no key on the ledger yet: there the contract takes the first key's account alone.

        Args:
            node: whose ledger is asked.
            sender: who signed, a 0x-address.

        Raises:
            RpcRefused: the account is no key of the subject's, or of its controllers', that may write.
            LedgerUnavailable: the ledger does not answer.
        """
        if self.invited and self.scopes.before_registration:
            return
        if not node.registries.call("DidRegistry", "isController", self.access.subject, sender):
            raise RpcRefused(f"The DID {self.access.subject} is not controlled by the address {sender}")
