"""Never sign blindly: the client encodes the call itself and signs only a transaction that is this call.

A node builds the unsigned transaction (EBSI's two-step protocol), so a lying node could ask for a signature
over anything. Here everything with an effect is compared with what the issuer meant: target, call data,
chain, sender, value and price. The nonce is the outbox's to say, whatever the node proposes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from eth_utils.address import to_checksum_address

from node.artifacts import load_artifact
from node.client.errors import UnexpectedTransaction
from node.client.keys import PrivateKey
from node.client.profile import Deployment

_MAX_NONCE = (1 << 64) - 1
_MAX_GAS = 1 << 28  # EBSI's literal fallback is 0x1000000; beyond this a block could not hold it
_MEMBERS = ("from", "to", "data", "value", "nonce", "chainId", "gasLimit", "gasPrice")


@dataclass(frozen=True, slots=True)
class Call:
    """What the issuer means: one function of one contract with its arguments."""

    contract: str
    function: str
    arguments: tuple[object, ...]

    @property
    def data(self) -> bytes:
        """The call data, encoded from the shipped ABI.

        Raises:
            ArtifactError: the arguments do not fit.
        """
        return load_artifact(self.contract).function(self.function).encode(self.arguments)

    def is_about_the_same_as(self, other: "Call") -> bool:
        """Whether one may undo or overwrite the other: of one DID or schema, there of one attribute or proxy.

        What is anchored is never overwritten: batches and list credentials are new each time.
        """
        if self.contract != other.contract or self.contract == "AnchorRegistry":
            return False
        named = 2 if self.contract == "TrustedIssuersRegistry" else 1
        return _flat(self.arguments)[:named] == _flat(other.arguments)[:named]

    @classmethod
    def of_data(cls, contract: str, function: str, data: bytes) -> Self:
        """The call that was encoded.

        Raises:
            ArtifactError: the data are not that function's.
        """
        return cls(contract, function, load_artifact(contract).function(function).decode_arguments(data))


@dataclass(frozen=True, slots=True)
class SignedTransaction:
    """A legacy transaction (EIP-155) with its signature, as EBSI's second step wants it."""

    unsigned: Mapping[str, str]
    raw: bytes
    hash: bytes
    v: int
    r: int
    s: int

    @property
    def send_params(self) -> dict[str, Any]:
        """The one object in the `params` of `sendSignedTransaction`."""
        return {
            "protocol": "eth",
            "unsignedTransaction": dict(self.unsigned),
            "r": hex(self.r),
            "s": hex(self.s),
            "v": hex(self.v),
            "signedRawTransaction": "0x" + self.raw.hex(),
        }


def sign_call(
    unsigned: object,
    *,
    call: Call,
    deployment: Deployment,
    key: PrivateKey,
    nonce: int | None = None,
    least_gas: int = 0,
) -> SignedTransaction:
    """The signature over `unsigned`, which is this call on this ledger from this key, and nothing else.

    Args:
        unsigned: the `result` of the node's first step.
        call: what was meant.
        deployment: the pinned one, not what the node says now.
        key: the issuer's secp256k1 key.
        nonce: the one reserved, in place of the node's.
        least_gas: a gas limit below this one is raised to it.

    Raises:
        UnexpectedTransaction: the first member that differs; nothing was signed.
    """
    from node.accounts import Account  # takes a second to load, which who only verifies need not wait for

    numbers = check_unsigned(unsigned, call=call, deployment=deployment, sender=key.address)
    assert isinstance(unsigned, Mapping)
    if nonce is not None:
        numbers["nonce"] = nonce
    numbers["gasLimit"] = min(max(numbers["gasLimit"], least_gas), _MAX_GAS)
    members = {member: unsigned[member] for member in _MEMBERS}
    members |= {member: hex(numbers[member]) for member in ("nonce", "gasLimit")}
    signed = Account.sign_transaction(
        {
            "to": to_checksum_address(deployment.address(call.contract).lower()),
            "data": call.data,
            "value": 0,
            "nonce": numbers["nonce"],
            "chainId": deployment.chain_id,
            "gas": numbers["gasLimit"],
            "gasPrice": 0,
        },
        key.scalar,
    )
    return SignedTransaction(
        unsigned=members,
        raw=bytes(signed.raw_transaction),
        hash=bytes(signed.hash),
        v=signed.v,
        r=signed.r,
        s=signed.s,
    )


def check_unsigned(unsigned: object, *, call: Call, deployment: Deployment, sender: str) -> dict[str, int]:
    """The numbers of a transaction that is `call` from `sender` on the pinned ledger, at no price.

    Raises:
        UnexpectedTransaction: the first member that differs, is missing or is surplus.
    """
    if not isinstance(unsigned, Mapping) or not all(isinstance(value, str) for value in unsigned.values()):
        raise UnexpectedTransaction("unsignedTransaction", expected="an object of texts", given=unsigned)
    if set(unsigned) != set(_MEMBERS):
        raise UnexpectedTransaction("members", expected=sorted(_MEMBERS), given=sorted(map(str, unsigned)))
    expected = {
        "from": sender.lower(),
        "to": deployment.address(call.contract).lower(),
        "data": "0x" + call.data.hex(),
    }
    for member, wanted in expected.items():
        if unsigned[member].lower() != wanted:
            raise UnexpectedTransaction(member, expected=wanted, given=unsigned[member])
    numbers = {name: _quantity(name, unsigned[name]) for name in _MEMBERS[3:]}
    for member, wanted_number in (("value", 0), ("chainId", deployment.chain_id), ("gasPrice", 0)):
        if numbers[member] != wanted_number:
            raise UnexpectedTransaction(member, expected=wanted_number, given=numbers[member])
    for member, highest in (("nonce", _MAX_NONCE), ("gasLimit", _MAX_GAS)):
        if numbers[member] > highest:
            raise UnexpectedTransaction(member, expected=f"at most {highest}", given=numbers[member])
    return numbers


def _quantity(member: str, text: str) -> int:
    digits = text.removeprefix("0x")
    if text == digits or not digits.isascii() or not digits.isalnum() or len(digits) > 64:  # noqa: PLR2004 - 256 bits
        raise UnexpectedTransaction(member, expected="a 0x quantity", given=text)
    try:
        return int(digits, 16)
    except ValueError:
        raise UnexpectedTransaction(member, expected="a 0x quantity", given=text) from None


def _flat(arguments: tuple[object, ...]) -> tuple[object, ...]:
    """The arguments, also of a function that takes them as one struct."""
    inner = arguments[0] if len(arguments) == 1 else arguments
    return inner if isinstance(inner, tuple) else arguments


def json_param(value: object) -> object:
    """An argument as EBSI's JSON-RPC spells it: bytes as 0x hex, structs as they are named elsewhere."""
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [json_param(item) for item in value]
    return value
