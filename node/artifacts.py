"""The shipped contract artifacts: what to call, how to encode it, what an answer or a refusal says.

`contracts/` and Python meet only in `node/chain/abi/*.json`; both the server's ledger room and the issuer's
client read them here, so that an issuer can encode a call without the server's dependencies.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError, EncodingError
from eth_utils.crypto import keccak

CONTRACTS = (
    "TrustedPoliciesRegistry",
    "DidRegistry",
    "TrustedIssuersRegistry",
    "TrustedSchemasRegistry",
    "AnchorRegistry",
    "RegistryLog",
)
"""The six contracts, in the order of their deployment."""

SELECTOR_SIZE = 4


class ArtifactError(Exception):
    """No such contract or function, or values that do not fit its types."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """One function or custom error of a contract, with the types that its selector is made of."""

    name: str
    inputs: tuple[tuple[str, str], ...]
    outputs: tuple[tuple[str, str], ...]
    selector: bytes

    @property
    def signature(self) -> str:
        """As in Solidity: `anchorBatch(string,bytes32,bytes32,uint64)`."""
        return f"{self.name}({','.join(kind for kind, _ in self.inputs)})"

    def encode(self, arguments: Sequence[object]) -> bytes:
        """Call data: the selector and the arguments.

        Raises:
            ArtifactError: a value does not fit its type.
        """
        try:
            return self.selector + encode([kind for kind, _ in self.inputs], list(arguments))
        except (EncodingError, TypeError, ValueError) as error:
            raise ArtifactError(f"{self.signature}: {error}") from None

    def decode_arguments(self, data: bytes) -> tuple[Any, ...]:
        """The arguments out of call data, which must be exactly what `encode` writes.

        Raises:
            ArtifactError: another selector, surplus bytes or another encoding of the same values.
        """
        if data[:SELECTOR_SIZE] != self.selector:
            raise ArtifactError(f"not a call of {self.signature}")
        arguments = self._decode(self.inputs, data[SELECTOR_SIZE:])
        if self.encode(arguments) != data:
            raise ArtifactError(f"{self.signature}: not the canonical encoding")
        return arguments

    def decode_outputs(self, data: bytes) -> tuple[Any, ...]:
        """What a view returned.

        Raises:
            ArtifactError: the bytes do not hold these types.
        """
        return self._decode(self.outputs, data)

    def _decode(self, types: tuple[tuple[str, str], ...], data: bytes) -> tuple[Any, ...]:
        try:
            return tuple(decode([kind for kind, _ in types], data))
        except (DecodingError, OverflowError, ValueError) as error:
            raise ArtifactError(f"{self.signature}: {error}") from None


@dataclass(frozen=True, slots=True)
class Artifact:
    """One contract as compiled."""

    name: str
    functions: Mapping[str, Fragment]
    errors: Mapping[bytes, Fragment]
    raw: Mapping[str, Any]

    @property
    def bytecode(self) -> bytes:
        """What the deploying transaction carries, without constructor arguments."""
        return bytes.fromhex(self.raw["bytecode"].removeprefix("0x"))

    def function(self, name: str) -> Fragment:
        """The function of that name.

        Raises:
            ArtifactError: the contract has none.
        """
        try:
            return self.functions[name]
        except KeyError:
            raise ArtifactError(f"{self.name} has no function {name}") from None


@cache
def load_artifact(name: str) -> Artifact:
    """The artifact of one of the `CONTRACTS`.

    Raises:
        ArtifactError: there is no contract of that name.
    """
    if name not in CONTRACTS:
        raise ArtifactError(f"no contract {name}")
    raw = json.loads(files("node").joinpath("chain", "abi", f"{name}.json").read_text("utf-8"))
    parts = [(item["type"], _fragment(item)) for item in raw["abi"] if item["type"] in {"function", "error"}]
    return Artifact(
        name=name,
        functions=MappingProxyType({part.name: part for kind, part in parts if kind == "function"}),
        errors=MappingProxyType({part.selector: part for kind, part in parts if kind == "error"}),
        raw=MappingProxyType(raw),
    )


def _fragment(item: Mapping[str, Any]) -> Fragment:
    inputs = tuple((_type(part), part["name"]) for part in item["inputs"])
    outputs = tuple((_type(part), part["name"]) for part in item.get("outputs", ()))
    selector = keccak(f"{item['name']}({','.join(kind for kind, _ in inputs)})".encode())[:SELECTOR_SIZE]
    return Fragment(item["name"], inputs, outputs, selector)


def _type(part: Mapping[str, Any]) -> str:
    """The canonical type: a struct is written as the tuple of its members."""
    kind = str(part["type"])
    if not kind.startswith("tuple"):
        return kind
    return f"({','.join(_type(member) for member in part['components'])}){kind.removeprefix('tuple')}"
