"""The contracts behind a ledger: views, unsigned transactions, and refusals in words."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, cast

from eth_utils.address import to_checksum_address
from web3.eth import Eth
from web3.types import TxParams

from node.artifacts import ArtifactError, load_artifact
from node.chain.client import LedgerClient
from node.chain.provider import eth
from node.chain.quantity import octets
from node.config import Deployment
from node.errors import AnotherLedger, LedgerRefused, MalformedLedgerAnswer, TransactionReverted
from node.reverts import decode_revert

_SPARE = 100_000  # gas; the log's frontier costs most at the sizes that nobody can foresee when estimating


@dataclass(frozen=True, slots=True)
class Registries:
    """The contracts of one deployment, behind one ledger."""

    ledger: LedgerClient
    deployment: Deployment
    _eth: Eth = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_eth", eth(self.ledger))

    def check_ledger(self) -> None:
        """Return if the ledger has the deployment's chain id and code at each of its addresses.

        Raises:
            AnotherLedger: the deployment file is of another ledger.
            LedgerUnavailable: no endpoint answered.
        """
        expected = self.deployment.chain_id
        found = self._eth.chain_id
        if found != expected:
            raise AnotherLedger("the chain id", expected=expected, found=found)
        named = {**self.deployment.contracts, "RegistryLog": self.deployment.registry_log}
        codes = self.ledger.batch(("eth_getCode", (address, "latest")) for address in named.values())
        for (name, address), code in zip(named.items(), codes, strict=True):
            if not octets(code):
                raise AnotherLedger(f"{name} at {address}", expected="a contract", found="nothing")

    def call(self, contract: str, function: str, *arguments: object, sender: str | None = None) -> Any:
        """What a view returns: one value alone, several as a tuple.

        Raises:
            TransactionReverted: the contract refused.
            LedgerUnavailable: no endpoint answered.
            MalformedLedgerAnswer: what came back is not of the view's types.
        """
        fragment = load_artifact(contract).function(function)
        asked = self._asked(contract, fragment.encode(arguments), sender)
        answer = bytes(self._ask(function, self._eth.call, asked, "latest"))
        try:
            outputs = fragment.decode_outputs(answer)
        except ArtifactError as error:
            raise MalformedLedgerAnswer(str(error)) from None
        return outputs[0] if len(outputs) == 1 else outputs

    def build_transaction(
        self, contract: str, function: str, arguments: tuple[object, ...], sender: str
    ) -> dict[str, str]:
        """The unsigned legacy transaction that EBSI's first step returns (ebsi-api section 1.4).

        Args:
            contract: name of the contract.
            function: to be called.
            arguments: in the order of the ABI.
            sender: who will sign, a 0x-address.

        Raises:
            ArtifactError: the arguments do not fit the function.
            TransactionReverted: the contract would refuse it now; in EBSI's words where EBSI has some.
            LedgerUnavailable: no endpoint answered.
        """
        fragment = load_artifact(contract).function(function)
        data = fragment.encode(arguments)
        asked = self._asked(contract, data, sender)
        estimate = int(self._ask(function, self._eth.estimate_gas, asked))
        nonce = self._eth.get_transaction_count(to_checksum_address(sender), "pending")
        return {
            "from": to_checksum_address(sender),
            "to": to_checksum_address(self.deployment.address(contract)),
            "data": "0x" + data.hex(),
            "value": "0x0",
            "nonce": hex(nonce),
            "chainId": hex(self.deployment.chain_id),
            "gasLimit": hex(max(estimate * 14 // 10, estimate + _SPARE)),
            "gasPrice": "0x0",
        }

    def check_call(
        self, contract: str, function: str, data: bytes, sender: str, *, block: str = "latest"
    ) -> None:
        """Return if the contract would take these call data from `sender` after `block`.

        Raises:
            TransactionReverted: it would not.
            LedgerUnavailable: no endpoint answered.
        """
        self._ask(function, self._eth.call, self._asked(contract, data, sender), block)

    def _asked(self, contract: str, data: bytes, sender: str | None) -> TxParams:
        to = to_checksum_address(self.deployment.address(contract))
        asked: dict[str, str] = {"to": to, "data": "0x" + data.hex(), "gasPrice": "0x0"}
        if sender is not None:
            asked["from"] = to_checksum_address(sender)
        return cast("TxParams", asked)

    def _ask(self, function: str, method: Callable[..., Any], *arguments: object) -> Any:
        try:
            return method(*arguments)
        except LedgerRefused as error:
            reverted = _reverted(error, function)
            if reverted is None:
                raise
            raise reverted from None


def _reverted(error: LedgerRefused, function: str) -> TransactionReverted | None:
    """The contract's refusal, if the endpoint's error is one."""
    data = b""
    if isinstance(error.data, str):
        try:
            data = octets(error.data)
        except MalformedLedgerAnswer:
            data = b""
    if not data and "revert" not in error.reason.lower():
        return None
    found = decode_revert(data, function=function)
    if found is None:
        return TransactionReverted(error.reason, name=None, ebsi=None, data=data)
    return TransactionReverted(found.sentence, name=found.name, ebsi=found.ebsi, data=data)
