"""The credential of one recorded accreditation, held against the record (protocol section 7, check 5).

The ledger says who accredited whom, the credential says for what. It counts if it is signed by whom the
ledger names, by a key that was theirs when it was recorded, and says nothing that the ledger does not.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from did.jwk import Jwk

from .accreditation import IssuerType, Link, RecordedAt
from .case import SKEW
from .errors import (
    AccreditationRefused,
    AlgorithmRefused,
    InvalidSignature,
    KeyRefused,
    MalformedCredential,
    UnfitKey,
)
from .keys import signing_key_of
from .moments import ledger_seconds
from .ports import Ports
from .registry_urls import RegistryUrls
from .scope import Scope, read_scope
from .securing.algorithms import verifying_members
from .securing.jose import ParsedJws, verify_parsed
from .securing.reading import read_secured
from .securing.secured import SecuredCredential

ISSUANCE_CERTIFICATE: Final = "IssuanceCertificate"
"""Type of the terms of use that name the accreditation by which something was issued."""

_TYPES: Final[Mapping[IssuerType, str]] = {
    IssuerType.ROOT_TAO: "VerifiableAuthorisationForTrustChain",
    IssuerType.TAO: "VerifiableAccreditationToAccredit",
    IssuerType.TI: "VerifiableAccreditationToAttest",
}
_ATTRIBUTE_ID: Final = re.compile(r"(?:0x)?([0-9a-f]{64})", re.ASCII)
_MAX_NAME: Final = 200
_JWTS: Final = frozenset({"vc-jwt", "vc-jose"})
"""What an accreditation is secured by: of a form that can be shown in parts, a part would be on record."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Accreditation:
    """What a credential that holds against the record adds to it.

    Attributes:
        name: of the organisation, as its accreditor states it; None if it states none that can be shown.
        scope: what the organisation is accredited for; None if for everything, which only a Root TAO may be.
        valid_from: seconds; None if it names no beginning.
        valid_until: seconds; None if it names no end.
        signed_by: the key, as checks show it.
    """

    name: str | None
    scope: Scope
    valid_from: int | None
    valid_until: int | None
    signed_by: Mapping[str, Any]


def accreditation_of(ports: Ports, urls: RegistryUrls, *, link: Link, body: bytes | None) -> Accreditation:
    """What the credential `body` says of a link that the record shows to hold.

    Args:
        ports: where the accreditor's keys are looked up.
        urls: tells attributes and schemas of this registry.
        link: the accreditation as recorded.
        body: the credential whose hash the link has; None if it has none.

    Raises:
        AccreditationRefused: one clause does not hold.
        Unavailable: whether the key may sign cannot be found out here.
    """
    if body is None or link.body_hash is None or link.body_recorded is None or link.last_metadata is None:
        raise _refused("no_credential", link, "is on record without the credential that says for what")
    secured = ports.cache.get(("accreditation credential", link.body_hash), lambda: _read(body, link))
    if secured.jws is None or secured.mechanism not in _JWTS:
        raise _refused("malformed_accreditation", link, "has a credential that is no JWT")
    _check_parties(secured, link)
    _check_parent(secured, link, urls)
    _check_type(secured, link)
    _check_times(secured, link, metadata=link.last_metadata, recorded=link.body_recorded)
    signed_by = _check_signature(
        ports, secured, secured.jws, link, recorded=link.body_recorded, body_hash=link.body_hash
    )
    subject = secured.credential.subjects[0]
    return Accreditation(
        name=_name(subject),
        scope=_scope(subject, link, urls),
        valid_from=_latest(secured.credential.valid_from, secured.not_before),
        valid_until=_earliest(secured.credential.valid_until, secured.expires),
        signed_by=signed_by,
    )


def reserved_attribute(subject: Mapping[str, Any]) -> bytes:
    """The attribute (32 bytes) that an accreditation was made for, by its subject's `reservedAttributeId`.

    Raises:
        MalformedCredential: it names none.
    """
    reserved = _ATTRIBUTE_ID.fullmatch(str(subject.get("reservedAttributeId")))
    if reserved is None:
        raise MalformedCredential("reservedAttributeId is no attribute's id")
    return bytes.fromhex(reserved[1])


def _read(body: bytes, link: Link) -> SecuredCredential:
    try:
        return read_secured(body)
    except MalformedCredential as error:
        sentence = f"has a credential that cannot be read: {error.reason}"
        raise _refused("malformed_accreditation", link, sentence) from error


def _check_parties(secured: SecuredCredential, link: Link) -> None:
    credential = secured.credential
    if credential.issuer != link.tao_did:
        sentence = f"was recorded by {link.tao_did}, and its credential is by {credential.issuer[:80]}"
        raise _refused("other_accreditor", link, sentence)
    if len(credential.subjects) != 1 or credential.subjects[0].get("id") != link.did:
        raise _refused("other_subject", link, "has a credential that is about somebody else")
    try:
        reserved = reserved_attribute(credential.subjects[0])
    except MalformedCredential:
        reserved = None
    if reserved != link.attribute_id:
        raise _refused("other_attribute", link, "has a credential that was made for another attribute")


def _check_parent(secured: SecuredCredential, link: Link, urls: RegistryUrls) -> None:
    if link.is_root:
        if "termsOfUse" in secured.credential.members:
            raise _refused("root_with_parent", link, "is a Root TAO's, and its credential names a parent")
        return
    terms = [term for term in secured.credential.terms_of_use if ISSUANCE_CERTIFICATE in term.types]
    named = [None if term.id is None else urls.attribute(term.id) for term in terms]
    if named != [(link.tao_did, link.attribute_id_tao)]:
        sentence = "has a credential whose terms of use name another parent than the recorded one"
        raise _refused("other_parent", link, sentence)


def _check_type(secured: SecuredCredential, link: Link) -> None:
    if _TYPES[link.issuer_type] not in secured.credential.types:
        sentence = f"makes a {link.issuer_type.label}, and its credential is no {_TYPES[link.issuer_type]}"
        raise _refused("other_type", link, sentence)


def _check_times(
    secured: SecuredCredential, link: Link, *, metadata: RecordedAt, recorded: RecordedAt
) -> None:
    """Hold the time of issue between the entry that reserved the attribute and the one that recorded it.

    A credential from before would bring back what the accreditor has replaced since; one that claims to be
    from later would outlive its own replacement.
    """
    issued_at = secured.issued_at
    if issued_at is None or issued_at < metadata.time - SKEW:
        raise _refused("outdated", link, "has a credential from before the accreditation was last changed")
    if issued_at > recorded.time + SKEW:
        raise _refused("predated", link, "has a credential that claims to be from after it was recorded")


def _check_signature(
    ports: Ports,
    secured: SecuredCredential,
    jws: ParsedJws,
    link: Link,
    *,
    recorded: RecordedAt,
    body_hash: bytes,
) -> Mapping[str, Any]:
    try:
        key = signing_key_of(
            ports,
            issuer=secured.credential.issuer,
            kid=secured.verification_method,
            index_before=recorded.index,
            at=recorded.time,
        )
    except KeyRefused as error:
        sentence = f"has a credential by a key that could not sign it: {error.sentence.rstrip('.')}"
        raise _refused("accreditor_key", link, sentence) from error
    if not ports.cache.get(("signed", body_hash, verifying_members(key.jwk)), lambda: _signed(jws, key.jwk)):
        raise _refused("accreditor_signature", link, "has a credential that its accreditor has not signed")
    return key.evidence()


def _signed(jws: ParsedJws, jwk: Jwk) -> bool:
    try:
        verify_parsed(jws, jwk=jwk)
    except (AlgorithmRefused, InvalidSignature, UnfitKey):
        return False
    return True


def _scope(subject: Mapping[str, Any], link: Link, urls: RegistryUrls) -> Scope:
    if link.is_root and "accreditedFor" not in subject:
        return None
    try:
        return read_scope(subject.get("accreditedFor"), urls)
    except MalformedCredential as error:
        sentence = f"has a credential that does not say for what it is: {error.reason}"
        raise _refused("malformed_accreditation", link, sentence) from error


def _name(subject: Mapping[str, Any]) -> str | None:
    """`name`, or else `legalName`, in one language if it is given in several."""
    stated = subject.get("name", subject.get("legalName"))
    if isinstance(stated, Mapping):
        stated = stated.get("en", next(iter(stated.values()), None))
    if isinstance(stated, str) and 0 < len(stated) <= _MAX_NAME and stated.isprintable():
        return stated
    return None


def _latest(moment: datetime | None, seconds: int | None) -> int | None:
    return max((bound for bound in (_seconds(moment), seconds) if bound is not None), default=None)


def _earliest(moment: datetime | None, seconds: int | None) -> int | None:
    return min((bound for bound in (_seconds(moment), seconds) if bound is not None), default=None)


def _seconds(moment: datetime | None) -> int | None:
    return None if moment is None else ledger_seconds(moment)


def _refused(reason: str, link: Link, predicate: str) -> AccreditationRefused:
    return AccreditationRefused(reason, f"The accreditation of {link.did} {predicate}.")
