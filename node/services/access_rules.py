"""What an access token lets one write: scopes by registry and function, and whose account signs.

As ebsi-api section 1.4 has it. The contracts decide in the end; what is refused here never reaches them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from node.artifacts import SELECTOR_SIZE, ArtifactError, load_artifact
from node.chain.quantity import octets
from node.chain.transactions import SignedTransaction, read_transaction
from node.db.kept_transactions import entries_of, find_kept
from node.db.session import reading
from node.errors import MalformedLedgerAnswer
from node.services.access_tokens import Access
from node.services.authorisation_errors import AccessRefused
from node.services.errors import RpcRefused
from node.services.node import Node
from node.services.registry_rpc import SEND


@dataclass(frozen=True, slots=True)
class Invitation:
    """What an invited DID may call, once: one function, about itself.

    Attributes:
        scope: of tokens for it.
        contract: its contract's name.
        function: whose first argument is the DID.
        unregistered: whether the DID has no key on the ledger yet.
    """

    scope: str
    contract: str
    function: str
    unregistered: bool


@dataclass(frozen=True, slots=True)
class RegistryScopes:
    """The scopes that a registry takes.

    Attributes:
        write: for every function.
        invitation: for one; None if nobody is invited there.
    """

    write: str
    invitation: Invitation | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Both, as far as there are two."""
        return (self.write,) if self.invitation is None else (self.invitation.scope, self.write)


SCOPES_OF: Final[Mapping[str, RegistryScopes]] = {
    "/did-registry/": RegistryScopes(
        "didr_write", Invitation("didr_invite", "DidRegistry", "insertDidDocument", unregistered=True)
    ),
    "/trusted-issuers-registry/": RegistryScopes(
        "tir_write",
        Invitation("tir_invite", "TrustedIssuersRegistry", "setAttributeData", unregistered=False),
    ),
    "/trusted-schemas-registry/": RegistryScopes("tsr_write"),
    "/trusted-policies-registry/": RegistryScopes("tpr_write"),
    "/timestamp/": RegistryScopes("timestamp_write"),
    "/v1/status-lists/": RegistryScopes("tir_write"),
}
"""By the beginning of the path under which the registry is written to."""


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
    def invitation(self) -> Invitation | None:
        """What the token invites to; None where it is for every function."""
        asked = self.scopes.invitation
        return asked if asked is not None and asked.scope == self.access.scope.name else None


def writer_to(path: str, access: Access) -> Writer:
    """The writer to the registry under this path.

    Raises:
        AccessRefused: the token is for another registry.
    """
    return Writer(access, scopes_of(path))


def scopes_of(path: str) -> RegistryScopes:
    """The scopes that the registry under this path takes."""
    return next(found for start, found in SCOPES_OF.items() if path.startswith(start))


def check_call(node: Node, writer: Writer, method: str, params: list[Any]) -> None:
    """Return if the writer may have this call built, or sent if it is signed.

    Args:
        node: whose ledger knows whose account signed.
        writer: by a token for this registry.
        method: of JSON-RPC.
        params: its parameters, of which nothing has been checked.

    Raises:
        RpcRefused: the token is for another function, about another DID, or of another signer.
        MalformedTransaction: what was signed is none.
        LedgerUnavailable: the ledger does not answer.
    """
    if len(params) != 1 or not isinstance(params[0], Mapping):
        raise RpcRefused("params must be an array of exactly one object")
    if method == SEND:
        _check_sent(node, writer, params[0])
    elif (invitation := writer.invitation) is not None:
        _check_invited(writer, invitation, method, params[0].get("did"))


def _check_sent(node: Node, writer: Writer, given: Mapping[str, Any]) -> None:
    try:
        transaction = read_transaction(octets(given.get("signedRawTransaction")))
    except MalformedLedgerAnswer as error:
        raise RpcRefused("signedRawTransaction must be 0x and hexadecimal characters") from error
    invitation = writer.invitation
    if invitation is not None:
        function, did = _called(invitation, transaction)
        _check_invited(writer, invitation, function, did)
    if invitation is None or not invitation.unregistered:
        _check_signer(node, writer, transaction)


def _called(invitation: Invitation, transaction: SignedTransaction) -> tuple[str, object]:
    """The function that is called, if it is the one invited to, and the DID that it is about."""
    fragment = load_artifact(invitation.contract).function(invitation.function)
    if transaction.data[:SELECTOR_SIZE] != fragment.selector:
        return f"0x{transaction.data[:SELECTOR_SIZE].hex()}", None
    try:
        return invitation.function, fragment.decode_arguments(transaction.data)[0]
    except ArtifactError as error:
        raise RpcRefused(f"The arguments of the transaction cannot be read: {error}") from error


def _check_invited(writer: Writer, invitation: Invitation, function: str, did: object) -> None:
    if function != invitation.function:
        raise RpcRefused(f"'{function[:64]}' requires an access token with the scope '{writer.scopes.write}'")
    if did != writer.access.subject:
        raise RpcRefused(f"did must be {writer.access.subject}, the subject of the access token")


def _check_signer(node: Node, writer: Writer, transaction: SignedTransaction) -> None:
    """Hold that the account signs for the token's subject, by the ledger as it is now.

    What was taken before was signed by who might sign then: the same one again changes nothing.
    """
    with reading(node.engine) as connection:
        known = find_kept(connection, transaction.hash)
        if known is not None or entries_of(connection, [transaction.hash]):
            return
    if not node.registries.call("DidRegistry", "isController", writer.access.subject, transaction.sender):
        raise RpcRefused(
            f"The DID {writer.access.subject} is not controlled by the address {transaction.sender}"
        )
