"""What the contracts refuse with: EBSI's revert string where EBSI has one, and a sentence for people."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_utils.address import to_checksum_address

from node.artifacts import CONTRACTS, SELECTOR_SIZE, ArtifactError, Fragment, load_artifact

MAX_REVERT = 64 * 1024
"""Bytes of revert data that are looked at; evidence is at most a payload of 32 KiB."""

_ERROR_STRING = bytes.fromhex("08c379a0")
_ISSUER_TYPES = ("Undefined", "RootTAO", "TAO", "TI", "Revoked")
_TIMES = frozenset({"date", "end", "notAfter", "notBefore", "time", "validFrom", "validUntil"})
_LAST_SHOWN_TIME = 253_402_300_799  # 9999-12-31T23:59:59Z


class Words(NamedTuple):
    """EBSI's revert string, if it has one, and our sentence; `{name}` stands for the error's evidence."""

    ebsi: str | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Revert:
    """A decoded refusal: the error's name, EBSI's string, a sentence, and the evidence by name."""

    name: str
    ebsi: str | None
    sentence: str
    args: Mapping[str, object]


REVERTS: Mapping[str, Words] = MappingProxyType(
    {
        # DidRegistry (ebsi-api, section 2.4)
        "NotAController": Words(
            "not controller and not authorized for policy DID:{function}",
            "{caller} holds no valid ledger key of {did} or of its controllers.",
        ),
        "InvalidDid": Words("invalid did", "{did} is no did:ebsi of version 1."),
        "NotTheFirstKey": Words(
            None, "The first key belongs to {keyAddress}, and only its holder may insert it."
        ),
        "FirstKeyNotSecp256k1": Words(
            "first publicKey must be for secp256k1", "The first key must be a secp256k1 key."
        ),
        "DidExists": Words("did already exists", "{did} is registered already."),
        "ControllerNotFound": Words(
            "controller doesn't exist", "The controller {controller} is not registered."
        ),
        "AlreadyAController": Words("it is already a controller", "{controller} is a controller already."),
        "NotListedAsController": Words("controller not found", "{controller} is no controller of the DID."),
        "TooManyControllers": Words(None, "A DID has at most {maximum} controllers."),
        "InvalidBaseDocument": Words(
            "invalid baseDocument", "A base document is a JSON object of at most 16 KiB, not {length} bytes."
        ),
        "InvalidMethodId": Words("invalid vMethodId", "{vMethodId} cannot be the fragment of a DID URL."),
        "MethodExists": Words("vMethodId already exists", "The DID has a method {vMethodId} already."),
        "MethodNotFound": Words("vMethodId doesn't exist", "The DID has no method {vMethodId}."),
        "MethodRevoked": Words("vMethodId already revoked", "The method {vMethodId} is revoked for ever."),
        "KeyInUse": Words("public key already in use", "The key of {keyAddress} stands in the DID already."),
        "UnknownRelationship": Words(None, "{name} is no verification relationship."),
        "RelationshipExists": Words(
            "relationship already exists", "{vMethodId} has or had the relationship {name} already."
        ),
        "InvalidSecp256k1Key": Words(
            "invalid publicKey", "The public key is no uncompressed point of secp256k1."
        ),
        "InvalidJsonWebKey": Words(
            "invalid publicKey", "The public key is no JSON Web Key of at most 2,048 bytes."
        ),
        "DateOutOfRange": Words("invalid dates", "{date} seconds are beyond what a date can hold."),
        "InvalidDates": Words("invalid dates", "Nothing lies between {notBefore} and {notAfter}."),
        "EndInThePast": Words(
            None, "The end {end} is past at {time}; only a revocation may set such an end."
        ),
        "EndInTheFuture": Words(None, "A revocation ends a method now or in the past, not at {end}."),
        "NothingToRoll": Words(None, "The method {oldVMethodId} has no relationship that has not ended."),
        "RollNeedsSecp256k1": Words(
            None, "{oldVMethodId} is a ledger key and rolls only to another secp256k1 key."
        ),
        # TrustedIssuersRegistry (ebsi-api, sections 3.2 to 3.4)
        "InvalidIssuerType": Words(None, "{issuerType} is no type that the attribute can take."),
        "InvalidRevisionId": Words(None, "A revision id is not zero."),
        "AttributeStoredForAnotherDid": Words(
            "attribute already stored", "The revision {revisionId} belongs to another DID."
        ),
        "RootTaoNeedsPolicy": Words(
            None, "{caller} lacks the policy TIR:setAttributeMetadata of a RootTAO's maker."
        ),
        "TaoAttributeNotFound": Words(None, "{taoDid} has no attribute {attributeIdTao}."),
        "NotAllowedToAccredit": Words(
            None, "{caller} acts neither for {taoDid} nor by the policy TIR:setAttributeMetadata."
        ),
        "TaoNotAccredited": Words(
            None, "{taoDid} cannot accredit: its attribute {attributeIdTao} is {issuerType} now."
        ),
        "NotTheTaoOfAttribute": Words(
            None, "{taoDid} is neither the TAO nor the RootTAO of the attribute {attributeId}."
        ),
        "SelfAccreditation": Words(None, "The attribute {attributeId} cannot be its own parent."),
        "AttributeNotFound": Words(None, "{did} has no attribute {attributeId}."),
        "NotTheIssuer": Words("Not the issuer itself", "{caller} does not act for {did}."),
        "RevisionExists": Words(None, "The data was recorded before, as the revision {revisionId}."),
        "EmptyAttributeData": Words(None, "The attribute's data is empty."),
        "IssuerNotFound": Words(None, "{did} is no issuer."),
        "NotAllowedToUpdateIssuer": Words(
            None, "{caller} acts neither for {did} nor by the policy TIR:updateIssuer."
        ),
        "ProxyExists": Words("proxy already stored", "The proxy {proxyId} is stored already."),
        "ProxyNotFound": Words("proxy not found", "The issuer has no proxy {proxyId}."),
        "InvalidProxyData": Words(None, "Proxy data is a JSON object of at most 8 KiB without backslashes."),
        "ProxyDataHoldsAuthorization": Words(
            None, "Proxy data must not hold an Authorization header: the ledger is public for ever."
        ),
        # TrustedSchemasRegistry (ebsi-api, section 4)
        "MissingPolicy": Words(None, "{caller} does not hold the policy {policyName}, or it is not active."),
        "InvalidSchemaId": Words(None, "A schema id is not zero."),
        "EmptySchema": Words(None, "The schema is empty."),
        "EmptyMetadata": Words(None, "The metadata is empty."),
        "SchemaExists": Words("schema exists", "The schema {schemaId} is registered already."),
        "SchemaNotFound": Words(None, "The schema {schemaId} is not registered."),
        "SchemaRevisionExists": Words(
            "revision exists", "The same schema was recorded before, as the revision {schemaRevisionId}."
        ),
        "SchemaRevisionNotFound": Words(None, "No schema has the revision {schemaRevisionId}."),
        # TrustedPoliciesRegistry (ebsi-api, section 5)
        "NotAnOperator": Words(None, "{caller} does not hold TPR:operator."),
        "NotAllowedToClose": Words(None, "{caller} does not hold the policy LOG:close, or it is not active."),
        "InvalidPolicyName": Words(None, "A policy's name is 1 to 64 bytes."),
        "PolicyExists": Words(None, "The policy {policyName} exists already."),
        "PolicyNotFound": Words(None, "There is no policy {policyName}."),
        "PolicyAlreadyActive": Words(None, "The policy {policyName} is active already."),
        "PolicyAlreadyInactive": Words(None, "The policy {policyName} is inactive already."),
        "PolicyIsPermanent": Words(None, "The policy {policyName} cannot be deactivated."),
        "InvalidAttributeCount": Words(None, "A grant names 1 to 32 attributes, not {count}."),
        "AttributeAlreadyGranted": Words(None, "{user} holds {attribute} already."),
        "AttributeNotGranted": Words(None, "{user} does not hold {attribute}."),
        "LastOperator": Words(None, "{user} is the last operator, and one must remain."),
        "InvalidUser": Words(None, "{user} cannot hold a policy."),
        # AnchorRegistry (protocol, section 3)
        "InvalidBatchSize": Words(None, "A batch has 1 to {maximum} leaves, not {size}."),
        "EmptyRoot": Words(None, "A batch's root is not zero."),
        "NoSuchAttribute": Words(None, "{did} has no attribute {attributeId} and is not accredited by it."),
        "AccreditationRevoked": Words(
            None, "The accreditation {attributeId} of {did} is revoked: it anchors no more batches."
        ),
        "BatchExists": Words(None, "{did} anchored the root {root} with size {size} already."),
        "InvalidUrl": Words(None, "A status list's URL is 1 to 2,048 bytes, not {length}."),
        "InvalidPurpose": Words(None, "A status list's purpose is 1 to 64 bytes, not {length}."),
        "StatusListTooShort": Words(None, "A status list has at least {minimum} entries, not {bits}."),
        "StatusListChanged": Words(
            None, "Purpose and bits of {url} were fixed when {did} published it first."
        ),
        "EmptyDigest": Words(None, "The list credential's digest is not zero."),
        "InvalidValidity": Words(None, "Nothing lies between {validFrom} and {validUntil}."),
        # Timestamps (ebsi-api, section 6)
        "InvalidHashCount": Words(None, "One call takes 1 to 3 hashes, not {count}."),
        "UnequalLengths": Words(
            None,
            "{hashAlgorithmIds} algorithms and {timestampData} data do not fit {hashValues} hashes.",
        ),
        "HashAlgorithmNotFound": Words(None, "There is no hash algorithm {hashAlgorithmId}."),
        "HashAlgorithmRevoked": Words(None, "The hash algorithm {hashAlgorithmId} is revoked."),
        "InvalidHashLength": Words(
            None, "A value of {length} bytes is no output of the hash algorithm {hashAlgorithmId}."
        ),
        "InvalidHashAlgorithm": Words(
            None,
            "A hash algorithm has a name, an output of 8 to 4,096 bits in whole bytes, and status 1 or 2.",
        ),
        "RecordExists": Words(None, "The record {recordId} exists already."),
        "RecordNotFound": Words("record unknown", "There is no record {recordId}."),
        "VersionNotFound": Words(
            "record/version unknown", "The record {recordId} has no version {versionId}."
        ),
        "VersionHashNotFound": Words(None, "The sender recorded no version with the hash {versionHash}."),
        "NotARecordOwner": Words(
            "sender is not listed as owner", "{caller} does not own the record {recordId}."
        ),
        "InvalidOwnerId": Words(None, "{ownerId} is not the 20 bytes of an address."),
        "OwnerExists": Words(None, "{ownerId} owns or owned the record {recordId} already."),
        "OwnerNotFound": Words(None, "{ownerId} does not own the record {recordId}."),
        "InvalidOwnerDates": Words(None, "Nothing lies between {notBefore} and {notAfter}."),
        "HashNotInVersion": Words(
            None, "Version {versionId} of {recordId} does not hold {hashValue}, or holds nothing else."
        ),
        "EmptyVersionInfo": Words("versionInfo empty", "The version's information is empty."),
        # RegistryLog (protocol, section 1)
        "NotAWriter": Words(None, "{caller} may not write entries of this kind."),
        "LogClosed": Words(None, "The log is closed, and nothing is appended to it."),
        "PayloadTooLarge": Words(None, "An entry's payload has at most {maximum} bytes, not {length}."),
        "AlreadyMarked": Words(None, "The block {blockNumber} is marked already."),
        "WriterWithoutCode": Words(None, "The writer {writer} is not deployed."),
        "WriterOfAnotherLog": Words(None, "The writer {writer} was built for the log {log}."),
        "InvalidPredecessor": Words(None, "A predecessor has an origin, a size and a root, or none of them."),
        "HashFailed": Words(None, "The ledger could not compute a hash within the gas limit."),
    }
)
"""Each custom error of the contracts, by its name."""


def decode_revert(data: bytes, *, function: str = "<function>") -> Revert | None:
    """Return what a contract said when it refused; None for data that no contract of ours gives.

    Args:
        data: revert data, as from `eth_call` or a receipt's `revertReason`.
        function: the function that was called, which EBSI's strings for missing rights name.
    """
    if len(data) > MAX_REVERT:
        return None
    if data[:SELECTOR_SIZE] == _ERROR_STRING:
        return _plain(data[SELECTOR_SIZE:])
    for contract in CONTRACTS:
        found = load_artifact(contract).errors.get(data[:SELECTOR_SIZE])
        if found is not None and found.name in REVERTS:
            return _decoded(found, data, function)
    return None


def _plain(arguments: bytes) -> Revert | None:
    """Return Solidity's own `Error(string)`, as a ledger engine may give it."""
    try:
        (message,) = decode(["string"], arguments)
    except (DecodingError, OverflowError, ValueError):
        return None
    return Revert("Error", message, message, MappingProxyType({"message": message}))


def _decoded(found: Fragment, data: bytes, function: str) -> Revert | None:
    try:
        values = found.decode_arguments(data)
    except ArtifactError:
        return None
    args = {name: value for (_, name), value in zip(found.inputs, values, strict=True)}
    shown = {name: _shown(kind, name, args[name]) for kind, name in found.inputs}
    words = REVERTS[found.name]
    ebsi = None if words.ebsi is None else words.ebsi.format(function=function)
    return Revert(found.name, ebsi, words.sentence.format_map(shown), MappingProxyType(args))


def _shown(kind: str, name: str, value: object) -> str:
    """Return evidence as people read it: addresses in EIP-55, bytes in hex, times in RFC 3339."""
    if kind == "address":
        return to_checksum_address(str(value))
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, int) and name == "issuerType" and value < len(_ISSUER_TYPES):
        return _ISSUER_TYPES[value]
    if isinstance(value, int) and name in _TIMES and value <= _LAST_SHOWN_TIME:
        return datetime.fromtimestamp(value, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return str(value)
