"""DID documents and their representations (DID Core sections 4, 5 and 6)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from .errors import RepresentationNotSupported
from .jwk import Jwk
from .syntax import Did

DID_CONTEXT = "https://www.w3.org/ns/did/v1"
JWS_2020_CONTEXT = "https://w3id.org/security/suites/jws-2020/v1"
JSON_LD = "application/did+ld+json"
JSON = "application/did+json"

RELATIONSHIPS = (
    "authentication",
    "assertionMethod",
    "keyAgreement",
    "capabilityInvocation",
    "capabilityDelegation",
)
"""The verification relationships of DID Core section 5.3."""

GOVERNED = frozenset({"id", "controller", "verificationMethod", *RELATIONSHIPS})
"""Members that only the method itself may set; a base document's are ignored."""


@dataclass(frozen=True, slots=True)
class VerificationMethod:
    """One key of a document (DID Core section 5.2), always as a JWK."""

    id: str
    controller: str
    public_key_jwk: Jwk

    def to_json(self) -> dict[str, Any]:
        """The verification method as JSON members, of type JsonWebKey2020."""
        return {
            "id": self.id,
            "type": "JsonWebKey2020",
            "controller": self.controller,
            "publicKeyJwk": dict(self.public_key_jwk),
        }


@dataclass(frozen=True, slots=True)
class DidDocument:
    """A DID document; `relationships` holds verification method ids by relationship, in document order.

    `properties` are members that the method does not govern (services, alsoKnownAs, extensions).
    """

    id: Did
    verification_method: tuple[VerificationMethod, ...]
    relationships: Mapping[str, tuple[str, ...]]
    context: Any = DID_CONTEXT
    controller: tuple[str, ...] = ()
    properties: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def to_json_ld(self) -> dict[str, Any]:
        """The members of the JSON-LD representation (DID Core section 6.3)."""
        return {"@context": self.context, **self.to_json()}

    def to_json(self) -> dict[str, Any]:
        """The members of the plain JSON representation (DID Core section 6.2): no `@context`.

        Their order is EBSI's: what the method does not govern comes first.
        """
        document: dict[str, Any] = {
            name: value for name, value in self.properties.items() if name not in GOVERNED
        }
        document["id"] = self.id
        if self.controller:
            document["controller"] = list(self.controller)
        if self.verification_method:
            document["verificationMethod"] = [method.to_json() for method in self.verification_method]
        return document | {name: list(ids) for name, ids in self.relationships.items()}

    def represent(self, media_type: str) -> dict[str, Any]:
        """The members of the representation named by `media_type`.

        Raises:
            RepresentationNotSupported: neither application/did+ld+json nor application/did+json.
        """
        if media_type == JSON_LD:
            return self.to_json_ld()
        if media_type == JSON:
            return self.to_json()
        raise RepresentationNotSupported(media_type)

    def verification_methods(self, relationship: str) -> tuple[VerificationMethod, ...]:
        """The verification methods that stand under `relationship`, in document order."""
        ids = self.relationships.get(relationship, ())
        return tuple(method for method in self.verification_method if method.id in ids)


def document_of_one_key(did: Did, *, fragment: str, jwk: Jwk, relationships: Sequence[str]) -> DidDocument:
    """The document of a DID that is its key (did:key, did:jwk)."""
    method = VerificationMethod(f"{did}#{fragment}", did, jwk)
    return DidDocument(
        did, (method,), dict.fromkeys(relationships, (method.id,)), [DID_CONTEXT, JWS_2020_CONTEXT]
    )
