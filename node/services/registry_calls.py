"""Contract functions that can be called through the node, their arguments in JSON (ebsi-api sections 2-4)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from anchoring.errors import MalformedDocument
from anchoring.strict_json import parse_json
from did.errors import InvalidDid
from did.multihash import CODES
from did.syntax import parse_ebsi_did
from node.artifacts import Fragment, load_artifact
from node.services.errors import RpcRefused

MAX_TEXT = 32_768
"""Characters of one argument: no payload on the ledger is longer."""
MAX_ITEMS = 64
"""Of one argument that is an array: no function of a contract takes more."""
_HEX = re.compile(r"0x(?:[0-9a-fA-F]{2})*")
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}")
_QUANTITY = re.compile(r"0x[0-9a-fA-F]{1,64}")
_DECIMAL = re.compile(r"[0-9]{1,78}", re.ASCII)
_DIDS = frozenset({"did", "controller", "taoDid"})
_JSON = frozenset({"timestampData", "versionInfo"})


@dataclass(frozen=True, slots=True)
class Registry:
    """One registry behind a `/jsonrpc`.

    Attributes:
        contract: name of its contract.
        methods: JSON-RPC method, which is the contract's function, with its parameters' names in ABI order.
        optional: parameters that may be left out, and what stands for them then.
    """

    contract: str
    methods: Mapping[str, tuple[str, ...]]
    optional: Mapping[str, Any] = field(default_factory=dict)


DID_REGISTRY = Registry(
    "DidRegistry",
    {
        "insertDidDocument": (
            "did",
            "baseDocument",
            "vMethodId",
            "publicKey",
            "isSecp256k1",
            "notBefore",
            "notAfter",
        ),
        "updateBaseDocument": ("did", "baseDocument"),
        "addController": ("did", "controller"),
        "revokeController": ("did", "controller"),
        "addVerificationMethod": ("did", "vMethodId", "publicKey", "isSecp256k1"),
        "addVerificationRelationship": ("did", "name", "vMethodId", "notBefore", "notAfter"),
        "expireVerificationMethod": ("did", "vMethodId", "notAfter"),
        "revokeVerificationMethod": ("did", "vMethodId", "notAfter"),
        "rollVerificationMethod": (
            "did",
            "vMethodId",
            "publicKey",
            "isSecp256k1",
            "notBefore",
            "notAfter",
            "oldVMethodId",
            "duration",
        ),
    },
)
TRUSTED_ISSUERS_REGISTRY = Registry(
    "TrustedIssuersRegistry",
    {
        "setAttributeMetadata": ("did", "revisionId", "issuerType", "taoDid", "attributeIdTao"),
        "setAttributeData": ("did", "attributeId", "attributeData"),
        "addIssuerProxy": ("did", "proxyData"),
        "updateIssuerProxy": ("did", "proxyId", "proxyData"),
        "removeIssuerProxy": ("did", "proxyId"),
    },
)
TRUSTED_SCHEMAS_REGISTRY = Registry(
    "TrustedSchemasRegistry",
    {
        "insertSchema": ("schemaId", "schema", "metadata"),
        "updateSchema": ("schemaId", "schema", "metadata"),
        "updateMetadata": ("schemaRevisionId", "metadata"),
    },
)
STATUS_LISTS = Registry(
    "AnchorRegistry",
    {
        "publishStatusList": (
            "did",
            "attributeId",
            "url",
            "purpose",
            "bits",
            "credentialDigest",
            "validFrom",
            "validUntil",
        ),
    },
)


@dataclass(frozen=True, slots=True)
class ContractCall:
    """One call of a contract, its arguments as the ABI takes them."""

    contract: str
    function: str
    sender: str
    arguments: tuple[Any, ...]


def read_call(registry: Registry, method: str, params: Mapping[str, Any]) -> ContractCall:
    """Return the contract call that a JSON-RPC `method` with `params` asks for.

    Raises:
        RpcRefused: the method is not served, or a parameter is missing, unknown or of another type.
    """
    names = registry.methods.get(method)
    if names is None:
        raise RpcRefused(f"The method {method[:64]!r} is invalid")
    function = load_artifact(registry.contract).function(method)
    sender = params.get("from")
    if not isinstance(sender, str) or not _ADDRESS.fullmatch(sender):
        raise RpcRefused("from must be an address, 0x and 40 hexadecimal characters")
    given = {name: value for name, value in params.items() if name != "from"}
    if method == "rollVerificationMethod" and given.keys() == {"args"} and isinstance(given["args"], Mapping):
        given = dict(given["args"])
    given = {name: value for name, value in registry.optional.items() if name in names} | given
    _exactly(given, names)
    types = _types_in_order(function)
    values = tuple(_value(name, given[name], kind) for name, kind in zip(names, types, strict=True))
    in_tuple = len(function.inputs) == 1 and function.inputs[0][0].startswith("(")
    return ContractCall(registry.contract, method, sender, (values,) if in_tuple else values)


def check_arguments(registry: Registry, method: str, arguments: Sequence[Any]) -> None:
    """Return if arguments as the ABI has them are such as `read_call` would have taken (section 1.4, step 2).

    Raises:
        RpcRefused: one of them is not what its name stands for.
    """
    names = registry.methods[method]
    is_struct = len(arguments) == 1 and isinstance(arguments[0], tuple) and len(names) > 1
    for name, value in zip(names, arguments[0] if is_struct else arguments, strict=True):
        for item in value if isinstance(value, tuple) else (value,):
            _obey(name, item)


def _exactly(given: Mapping[str, Any], names: tuple[str, ...]) -> None:
    if missing := [name for name in names if name not in given]:
        raise RpcRefused(f"missing parameter: {', '.join(missing)}")
    if surplus := sorted(given.keys() - set(names)):
        raise RpcRefused(f"unknown parameter: {', '.join(name[:64] for name in surplus)}")


def _types_in_order(function: Fragment) -> list[str]:
    """The ABI types of the parameters; those of a struct's members where the function takes one struct."""
    types = [kind for kind, _ in function.inputs]
    if len(types) == 1 and types[0].startswith("("):
        return types[0].strip("()").split(",")
    return types


def _value(name: str, value: Any, kind: str) -> Any:
    if kind.endswith("[]"):
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            raise RpcRefused(f"{name} must be an array of at most {MAX_ITEMS} items")
        return tuple(_value(name, item, kind.removesuffix("[]")) for item in value)
    if kind == "string":
        return _text(name, value)
    if kind == "address":
        return _address(name, value)
    if kind.startswith("bytes"):
        return _bytes(name, value, size=int(kind.removeprefix("bytes") or 0))
    if kind == "bool":
        if not isinstance(value, bool):
            raise RpcRefused(f"{name} must be true or false")
        return value
    return _whole(name, value, bits=int(kind.removeprefix("uint")))


def _text(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_TEXT:
        raise RpcRefused(f"{name} must be a string of at most {MAX_TEXT} characters")
    _obey(name, value)
    return value


def _address(name: str, value: Any) -> str:
    if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
        raise RpcRefused(f"{name} must be an address, 0x and 40 hexadecimal characters")
    return value.lower()


def _bytes(name: str, value: Any, *, size: int) -> bytes:
    if not isinstance(value, str) or len(value) > 2 * MAX_TEXT + 2 or not _HEX.fullmatch(value):
        raise RpcRefused(f"{name} must be 0x and hexadecimal characters, two for each byte")
    content = bytes.fromhex(value[2:])
    if size and len(content) != size:
        raise RpcRefused(f"{name} must be {size} bytes")
    _obey(name, content)
    return content


def _obey(name: str, value: Any) -> None:
    """Return if the value is what a parameter of this name stands for, beyond its type."""
    try:
        if name in _DIDS:
            parse_ebsi_did(value)
        if name in _JSON and value:
            parse_json(value, max_size=MAX_TEXT)
    except InvalidDid as error:
        raise RpcRefused(f"{name}: {error}") from error
    except MalformedDocument as error:
        raise RpcRefused(f"{name} must be JSON, written in hexadecimal: {error}") from error
    if name == "multiHash" and value not in CODES:
        raise RpcRefused(f"{name} must be the name of a multihash: one of {', '.join(CODES)}")


def _whole(name: str, value: Any, *, bits: int) -> int:
    if isinstance(value, str) and _QUANTITY.fullmatch(value):
        value = int(value, 16)
    elif isinstance(value, str) and _DECIMAL.fullmatch(value):
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << bits:
        raise RpcRefused(f"{name} must be a whole number of at most {bits} bits")
    return value
