"""The registry writes of an issuer: EBSI's method names, parameters and contracts (EBSI APIs, `/jsonrpc`)."""

from collections.abc import Mapping
from dataclasses import dataclass

from node.client.courier import Courier
from node.client.errors import NodeProblem, TransactionFailed
from node.client.keys import PrivateKey
from node.client.outbox_entry import OutboxEntry
from node.client.outcomes import Outcome
from node.client.transactions import Call, json_param


@dataclass(frozen=True, slots=True)
class Method:
    """One JSON-RPC method: its service, its contract, its parameters in the contract's order."""

    service: str
    contract: str
    parameters: tuple[str, ...]
    struct: str | None = None
    """The member that the parameters stand in, where the contract takes one struct."""


_THERE_ALREADY = (
    *("already exists", "proxy already stored"),  # EBSI's words
    *("has a method", "has or had the relationship", "is registered already"),  # and ours
    *("was recorded before", "is stored already"),
)
"""In the contracts' refusals of what is repeated."""

_DIDR, _TIR, _TSR = (
    "did-registry/v5",
    "trusted-issuers-registry/v5",
    "trusted-schemas-registry/v3",
)
_KEY = ("vMethodId", "publicKey", "isSecp256k1", "notBefore", "notAfter")


def _did(*parameters: str) -> Method:
    return Method(_DIDR, "DidRegistry", ("did", *parameters))


METHODS: Mapping[str, Method] = {
    "insertDidDocument": _did("baseDocument", *_KEY),
    "updateBaseDocument": _did("baseDocument"),
    "addController": _did("controller"),
    "revokeController": _did("controller"),
    "addVerificationMethod": _did("vMethodId", "publicKey", "isSecp256k1"),
    "addVerificationRelationship": _did("name", "vMethodId", "notBefore", "notAfter"),
    "expireVerificationMethod": _did("vMethodId", "notAfter"),
    "revokeVerificationMethod": _did("vMethodId", "notAfter"),
    "rollVerificationMethod": Method(
        _DIDR, "DidRegistry", ("did", *_KEY, "oldVMethodId", "duration"), struct="args"
    ),
    "setAttributeMetadata": Method(
        _TIR,
        "TrustedIssuersRegistry",
        ("did", "revisionId", "issuerType", "taoDid", "attributeIdTao"),
    ),
    "setAttributeData": Method(_TIR, "TrustedIssuersRegistry", ("did", "attributeId", "attributeData")),
    "addIssuerProxy": Method(_TIR, "TrustedIssuersRegistry", ("did", "proxyData")),
    "updateIssuerProxy": Method(_TIR, "TrustedIssuersRegistry", ("did", "proxyId", "proxyData")),
    "removeIssuerProxy": Method(_TIR, "TrustedIssuersRegistry", ("did", "proxyId")),
    "publishStatusList": Method(
        "v1/status-lists",
        "AnchorRegistry",
        (
            "did",
            "attributeId",
            "url",
            "purpose",
            "bits",
            "credentialDigest",
            "validFrom",
            "validUntil",
        ),
    ),
    "insertSchema": Method(_TSR, "TrustedSchemasRegistry", ("schemaId", "schema", "metadata")),
    "updateSchema": Method(_TSR, "TrustedSchemasRegistry", ("schemaId", "schema", "metadata")),
    "updateMetadata": Method(_TSR, "TrustedSchemasRegistry", ("schemaRevisionId", "metadata")),
}


@dataclass(frozen=True, slots=True)
class LedgerWriter:
    """Writes to the registries with one secp256k1 key, through a node that is not trusted."""

    courier: Courier
    key: PrivateKey

    def write(self, method_name: str, **values: object) -> Outcome:
        """What the ledger made of the transaction that carried the call and succeeded.

        The same call of a command that was cut off is gone on with; nothing is sent twice.

        Args:
            method_name: one of `METHODS`.
            values: its parameters by EBSI's names; bytes as bytes, times as whole seconds.

        Raises:
            NodeProblem: the node refused.
            NonceRefused: the node's count of nonces contradicts what the profile knows.
            UnexpectedTransaction: the node asked for a signature over something else.
            TransactionFailed: the contract refused; the reason in words.
            StillWaiting: no receipt came in time; the same again goes on.
            NodeUnreachable: no answer; the same again goes on.
        """
        method = METHODS[method_name]
        arguments = tuple(values.pop(name) for name in method.parameters)
        if values:
            raise TypeError(f"{method_name} does not take {sorted(values)}")
        call = Call(method.contract, method_name, (arguments,) if method.struct else arguments)
        entry = self.courier.carry(
            call, key=self.key, route=method.service, build=lambda: self._unsigned(call)
        )
        return self.courier.await_outcome(entry)

    def write_once(self, method_name: str, **values: object) -> None:
        """The call has been carried, now or in an earlier run.

        A method without a relationship shows in no document, and a node may lag behind its ledger: only the
        contract knows what is there already.

        Raises:
            ClientError: as `write`, but not because it is there already.
        """
        try:
            self.write(method_name, **values)
        except (NodeProblem, TransactionFailed) as refusal:
            if not is_there_already(refusal):
                raise

    def unsigned(self, entry: OutboxEntry) -> object:
        """The node's unsigned transaction for the call of an entry.

        Raises:
            ClientError: the node refused, or does not answer.
        """
        return self._unsigned(Call.of_data(entry.contract, entry.function, entry.data))

    def _unsigned(self, call: Call) -> object:
        method = METHODS[call.function]
        arguments = call.arguments
        if method.struct:
            (inner,) = arguments
            assert isinstance(inner, tuple)
            arguments = inner
        params = {name: json_param(value) for name, value in zip(method.parameters, arguments, strict=True)}
        body = {method.struct: params} if method.struct else params
        asked, registries = {"from": self.key.address, **body}, self.courier.registries
        if registries is None:
            return self.courier.node.rpc(method.service, call.function, asked)
        return registries.rpc(method.service, call, call.function, asked)


def is_there_already(refusal: NodeProblem | TransactionFailed) -> bool:
    """Whether the contract refuses since the ledger holds the very thing, as after a run that was cut off."""
    said = f"{refusal.title} {refusal.detail}" if isinstance(refusal, NodeProblem) else refusal.reason
    return any(words in said for words in _THERE_ALREADY)
