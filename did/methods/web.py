"""did:web (W3C CCG did:web): where the document is served, and what one must say to be the DID's."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from did.document import DID_CONTEXT, GOVERNED, RELATIONSHIPS, DidDocument, VerificationMethod
from did.errors import DidError, InvalidDid, InvalidDidDocument, InvalidDidUrl, InvalidJson
from did.json_text import parse_object
from did.jwk import Jwk, public_key
from did.methods.key import jwk_from_did_key
from did.syntax import Did, parse_did, parse_did_url

MAX_DOCUMENT_BYTES: Final = 64 * 1024
_MAX_METHODS: Final = 64
_PREFIX: Final = "did:web:"
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = re.compile(rf"(?P<name>{_LABEL}(?:\.{_LABEL})*)(?:%3[Aa](?P<port>[1-9][0-9]{{0,4}}))?", re.ASCII)
_SEGMENT = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*", re.ASCII)
_MAX_HOST_LENGTH: Final = 253


@dataclass(frozen=True, slots=True)
class WebLocation:
    """Where a document is served: `host` with its port if it names one, and an absolute path."""

    host: str
    path: str


def location_of_did_web(did: str) -> WebLocation:
    """The place of a did:web's document (did:web section 2.5.2), read off the DID alone.

    Raises:
        InvalidDid: another method, a host in capitals or otherwise none, or a path that climbs or is escaped.
    """
    if not parse_did(did).startswith(_PREFIX):
        raise InvalidDid(did, "not of the method did:web")
    first, *segments = did.removeprefix(_PREFIX).split(":")
    host = _HOST.fullmatch(first)
    if host is None or len(host["name"]) > _MAX_HOST_LENGTH:
        raise InvalidDid(did, "a did:web begins with a host name in small letters")
    if not all(_SEGMENT.fullmatch(segment) for segment in segments):
        raise InvalidDid(did, "a part of its path is empty, escaped, or begins with a dot")
    name = host["name"] if host["port"] is None else f"{host['name']}:{host['port']}"
    return WebLocation(name, f"/{'/'.join(segments or ['.well-known'])}/did.json")


def document_of_did_web(did: str, text: bytes) -> DidDocument:
    """The document that `text` is, which says that it is this DID's (did:web section 2.5.2).

    Keys of types that are not handled here are left out: nothing can be verified by them.

    Args:
        did: the DID that was asked for.
        text: the body that its host served, at most 64 KiB.

    Raises:
        InvalidDid: not a did:web.
        InvalidDidDocument: too long, no strict JSON, of another DID, or with malformed verification methods.
    """
    location_of_did_web(did)
    try:
        members = parse_object(text, max_bytes=MAX_DOCUMENT_BYTES)
    except InvalidJson as error:
        raise InvalidDidDocument(did, error.reason) from error
    if members.get("id") != did:
        raise InvalidDidDocument(did, "its id is another one")
    found = {method.id: method for method in _methods(did, members.get("verificationMethod", []))}
    relationships: dict[str, tuple[str, ...]] = {}
    for name in RELATIONSHIPS:
        for entry in _listed(did, members.get(name, [])):
            if isinstance(entry, str):
                identifier = _absolute(did, entry)
            else:
                embedded = _methods(did, [entry])
                # An id twice would let one key pass for another.
                if any(method.id in found for method in embedded):
                    raise InvalidDidDocument(did, "two verification methods have one id")
                found |= {method.id: method for method in embedded}
                identifier = _absolute(did, entry.get("id"))
            if identifier in found:
                relationships[name] = (*relationships.get(name, ()), identifier)
    return DidDocument(
        Did(did),
        tuple(found.values()),
        relationships,
        members.get("@context", DID_CONTEXT),
        properties={name: members[name] for name in members if name not in GOVERNED | {"@context"}},
    )


def _methods(did: str, entries: object) -> list[VerificationMethod]:
    """The methods whose keys are handled here; every one of `entries` must be well formed."""
    methods, seen = [], set()
    for entry in _listed(did, entries):
        if not isinstance(entry, dict) or not isinstance(entry.get("controller"), str):
            raise InvalidDidDocument(did, "a verification method is no object with a controller")
        identifier = _absolute(did, entry.get("id"))
        if identifier in seen:
            raise InvalidDidDocument(did, "two verification methods have one id")
        seen.add(identifier)
        jwk = _jwk(entry)
        if jwk is not None:
            methods.append(VerificationMethod(identifier, entry["controller"], jwk))
    return methods


def _listed(did: str, value: object) -> list[Any]:
    if not isinstance(value, list) or len(value) > _MAX_METHODS:
        raise InvalidDidDocument(did, f"its keys are not a list of at most {_MAX_METHODS}")
    return value


def _absolute(did: str, identifier: object) -> str:
    """The DID URL that `identifier` is, with the DID before it if it is a fragment alone (DID Core 5.2)."""
    if not isinstance(identifier, str):
        raise InvalidDidDocument(did, "a verification method has no id")
    try:
        url = parse_did_url(f"{did}{identifier}" if identifier.startswith("#") else identifier)
    except InvalidDidUrl as error:
        raise InvalidDidDocument(did, "the id of a verification method is no DID URL") from error
    if not url.fragment:
        raise InvalidDidDocument(did, "the id of a verification method has no fragment")
    return str(url)


def _jwk(method: Mapping[str, Any]) -> Jwk | None:
    """The public key as a JWK; None if it is in a form, or of a type, that is not handled here."""
    jwk, multibase = method.get("publicKeyJwk"), method.get("publicKeyMultibase")
    try:
        if isinstance(jwk, dict):
            public_key(jwk)
            return jwk
        return jwk_from_did_key(f"did:key:{multibase}") if isinstance(multibase, str) else None
    except DidError:
        return None
