"""The registry writes of an issuer: EBSI's method names, parameters and contracts (EBSI APIs, `/jsonrpc`)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from node.client.api import Node
from node.client.errors import NodeProblem, StillWaiting, TransactionFailed, UnexpectedAnswer
from node.client.keys import PrivateKey
from node.client.patience import Patience
from node.client.profile import Deployment
from node.client.transactions import Call, json_param, sign_call
from node.reverts import decode_revert


@dataclass(frozen=True, slots=True)
class Method:
    """One JSON-RPC method: its service, its contract, its parameters in the contract's order."""

    service: str
    contract: str
    parameters: tuple[str, ...]
    struct: str | None = None
    """The member that the parameters stand in, where the contract takes one struct."""


_THERE_ALREADY = "already exists"
"""In EBSI's revert strings for methods and relationships that are repeated."""

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

    node: Node
    deployment: Deployment
    key: PrivateKey
    patience: Patience

    def write(self, method_name: str, **values: object) -> Mapping[str, Any]:
        """The receipt of the transaction that carried the call and succeeded.

        Args:
            method_name: one of `METHODS`.
            values: its parameters by EBSI's names; bytes as bytes, times as whole seconds.

        Raises:
            NodeProblem: the node refused before anything was signed.
            UnexpectedTransaction: the node asked for a signature over something else.
            TransactionFailed: the contract refused; the reason in words.
            StillWaiting: no receipt came in time.
            NodeUnreachable: no answer.
        """
        method = METHODS[method_name]
        arguments = tuple(values.pop(name) for name in method.parameters)
        if values:
            raise TypeError(f"{method_name} does not take {sorted(values)}")
        params = {name: json_param(value) for name, value in zip(method.parameters, arguments, strict=True)}
        body = {method.struct: params} if method.struct else params
        call = Call(method.contract, method_name, (arguments,) if method.struct else arguments)
        unsigned = self.node.rpc(method.service, method_name, {"from": self.key.address, **body})
        signed = sign_call(unsigned, call=call, deployment=self.deployment, key=self.key)
        sent = self.node.rpc(method.service, "sendSignedTransaction", signed.send_params)
        expected = "0x" + signed.hash.hex()
        if not isinstance(sent, str) or sent.lower() != expected:
            raise UnexpectedAnswer(f"the node names another transaction than the one signed: {sent}")
        return self.await_receipt(expected, call=call)

    def write_once(self, method_name: str, **values: object) -> None:
        """The call has been carried, now or in an earlier run.

        A method without a relationship shows in no document, and a node may lag behind its ledger: only the
        contract knows what is there already.

        Raises:
            ClientError: as `write`, but not because it is there already.
        """
        try:
            self.write(method_name, **values)
        except NodeProblem as problem:
            if _THERE_ALREADY not in problem.title:
                raise

    def await_receipt(self, transaction_hash: str, *, call: Call) -> Mapping[str, Any]:
        """The receipt of a transaction, which succeeded.

        Raises:
            TransactionFailed: it failed on the ledger.
            StillWaiting: none came in time.
        """
        for _ in self.patience.tries():
            receipt = self.node.ledger("eth_getTransactionReceipt", [transaction_hash])
            if isinstance(receipt, Mapping):
                if receipt.get("status") == "0x1":
                    return receipt
                raise TransactionFailed(transaction_hash, self._reason(receipt, call))
        raise StillWaiting(f"no receipt yet for transaction {transaction_hash}; it may still be included")

    def _reason(self, receipt: Mapping[str, Any], call: Call) -> str:
        """Besu puts the revert data into the receipt; elsewhere the same call is asked again."""
        data = receipt.get("revertReason")
        if not isinstance(data, str):
            request = {
                "from": self.key.address,
                "to": self.deployment.address(call.contract),
                "data": "0x" + call.data.hex(),
            }
            try:
                self.node.ledger("eth_call", [request, receipt.get("blockNumber", "latest")])
            except NodeProblem as problem:
                if problem.data is None:
                    return problem.title
                data = problem.data
        try:
            revert = decode_revert(bytes.fromhex(str(data).removeprefix("0x")), function=call.function)
        except ValueError:
            revert = None
        return revert.sentence if revert else "no reason given"
