"""Credentials of the VC Data Model, 1.1 and 2.0 (section 4 of both), with EBSI's rules for legal entities."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, Literal

from did.errors import DidError
from did.syntax import parse_did

from .errors import HandedInWrapped, MalformedCredential, NotJudged
from .moments import parse_moment
from .plain_text import MAX_ADDRESS, MAX_NAME, is_plain

Version = Literal["1.1", "2.0", "sd-jwt-vc"]
_Times = tuple[datetime | None, datetime | None, datetime | None]

CONTEXT_1_1: Final = "https://www.w3.org/2018/credentials/v1"
CONTEXT_2_0: Final = "https://www.w3.org/ns/credentials/v2"

SD_JWT_VC: Final = "sd-jwt-vc"
"""Claims of an SD-JWT VC, which has no data model of the W3C."""
VCT: Final = "vct"
"""Type of the reference to the schema that may be registered under the `vct` of an SD-JWT VC."""

A_PRESENTATION: Final = "a presentation in the place of a credential is not judged: hand it in by itself"
"""Said of one within another, or wherever else a credential is looked for."""

_VERSIONS: Final[Mapping[str, Version]] = {CONTEXT_1_1: "1.1", CONTEXT_2_0: "2.0"}
_MAX_CONTEXTS: Final = 64
_MAX_TYPES: Final = 64
_MAX_SUBJECTS: Final = 64
_MAX_EACH: Final = 16
"""Of schemas, of status entries, and of terms of use."""
_URI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s<>\"{}|\\^`]+", re.ASCII)
_WEB: Final = re.compile(r"https?://[^\s<>\"{}|\\^`/?#][^\s<>\"{}|\\^`]*", re.ASCII | re.IGNORECASE)
_EBSI: Final = "did:ebsi:"
_EBSI_2_0: Final = ("id", "validFrom", "credentialSchema")
_EBSI_1_1: Final = (*_EBSI_2_0, "issued")


@dataclass(frozen=True, slots=True)
class Reference:
    """A member with an `id` and one `type`: of `credentialSchema`."""

    id: str
    type: str


@dataclass(frozen=True, slots=True)
class TermsOfUse:
    """One of `termsOfUse`: its types, all of which count, and its `id`, None if it has none."""

    id: str | None
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Credential:
    """A credential whose members keep the rules of its data model; nothing of it has been verified.

    Attributes:
        version: of the data model; `sd-jwt-vc` where an SD-JWT VC has none.
        members: all members as parsed, unknown ones included.
        id: None only where the model allows it.
        types: at least `VerifiableCredential`; of an SD-JWT VC its `vct` alone.
        issuer: a DID, the `id` where the issuer is an object; of a seal the name of its certificate, until
            the DID is found whose key it is.
        subjects: one or more objects.
        valid_from: the latest of `issuanceDate` and `validFrom`, aware UTC; None where 2.0 leaves it out.
        valid_until: the earliest of `expirationDate` and `validUntil`; None if unlimited.
        issued: when it claims to have been issued: the latest of `issued`, `issuanceDate`, `validFrom`, as
            far as the model has them; None where 2.0 names none.
        schemas: `credentialSchema`, none if absent.
        statuses: `credentialStatus` objects as they stand, none if absent.
        terms_of_use: `termsOfUse`, none if absent.
    """

    version: Version
    members: Mapping[str, Any]
    id: str | None
    types: tuple[str, ...]
    issuer: str
    subjects: tuple[Mapping[str, Any], ...]
    valid_from: datetime | None
    valid_until: datetime | None
    issued: datetime | None
    schemas: tuple[Reference, ...] = ()
    statuses: tuple[Mapping[str, Any], ...] = ()
    terms_of_use: tuple[TermsOfUse, ...] = ()


def parse_credential(members: Mapping[str, Any], *, sealed: bool = False) -> Credential:
    """The credential whose members these are, of the data model that its first context names.

    Args:
        members: strictly parsed JSON, bounded in size and depth.
        sealed: whether a certificate says whose it is: its issuer may have any URI then.

    Raises:
        MalformedCredential: a member is missing, of another kind, or contradicts another; or a did:ebsi
            issued it without what EBSI's profile asks for.
        NotJudged: it keeps the rules, and its issuer is a web address, whose keys nothing here can look up.
    """
    version = _version(members.get("@context"))
    types = _types(members.get("type"))
    issuer = _issuer(members.get("issuer"), sealed=sealed)
    valid_from, valid_until, issued = _TIMES[version](members)
    if valid_from is not None and valid_until is not None and valid_until < valid_from:
        raise MalformedCredential("it ends before it begins")
    credential = Credential(
        version=version,
        members=members,
        id=_identifier(members),
        types=types,
        issuer=issuer,
        subjects=_subjects(members),
        valid_from=valid_from,
        valid_until=valid_until,
        issued=issued,
        schemas=_schemas(members),
        statuses=_typed(members, "credentialStatus"),
        terms_of_use=_terms_of_use(members),
    )
    if not sealed and _WEB.fullmatch(issuer) is not None:
        raise NotJudged("its issuer is a web address and no DID, and nothing here tells whose keys those are")
    if issuer.startswith(_EBSI):
        _check_ebsi_profile(credential)
    return credential


def _version(context: object) -> Version:
    if not isinstance(context, list) or not 0 < len(context) <= _MAX_CONTEXTS:
        raise MalformedCredential(f"@context is no list of 1 to {_MAX_CONTEXTS} contexts")
    first = context[0]
    version = _VERSIONS.get(first) if isinstance(first, str) else None
    if version is None:
        raise MalformedCredential("its first context is of no data model known here")
    if any(other != first and isinstance(other, str) and other in _VERSIONS for other in context):
        raise MalformedCredential("it has the contexts of two data models")
    return version


def _types(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    if len(listed) > _MAX_TYPES or not all(is_plain(name, most=MAX_NAME) for name in listed):
        raise MalformedCredential(f"type is no list of at most {_MAX_TYPES} names")
    if len(set(listed)) != len(listed):
        raise MalformedCredential("type names one type twice")
    if "VerifiablePresentation" in listed:
        raise HandedInWrapped(A_PRESENTATION)
    if "EnvelopedVerifiableCredential" in listed:
        raise HandedInWrapped("an envelope that is secured itself is not judged: hand in what is in it")
    if "VerifiableCredential" not in listed:
        raise MalformedCredential("it is not of the type VerifiableCredential")
    return tuple(listed)


def _issuer(value: object, *, sealed: bool) -> str:
    named = value.get("id") if isinstance(value, dict) else value
    if isinstance(named, list) or not isinstance(named, str):
        raise MalformedCredential("issuer is not exactly one DID")
    if (sealed and not named.startswith("did:")) or _WEB.fullmatch(named) is not None:
        return _uri(named)
    return _did(named)


@lru_cache(maxsize=1024)
def _did(text: str) -> str:
    try:
        return parse_did(text)
    except DidError as error:
        raise MalformedCredential(f"its issuer is no DID: {error}") from error


def _identifier(holder: Mapping[str, Any]) -> str | None:
    """The `id` of an object, which is a URI if it is there."""
    value = holder.get("id")
    if value is None and "id" not in holder:
        return None
    return _uri(value)


def _uri(value: object) -> str:
    if not is_plain(value, most=MAX_ADDRESS) or _URI.fullmatch(value) is None:
        raise MalformedCredential("an id is no URI")
    return value


def _subjects(members: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    subjects = _objects(members, "credentialSubject", most=_MAX_SUBJECTS)
    if not subjects or not all(subjects):
        raise MalformedCredential("it says nothing of any subject")
    for subject in subjects:
        _identifier(subject)
    return subjects


def _times_of_1_1(members: Mapping[str, Any]) -> _Times:
    starts = [parse_moment(members.get("issuanceDate"), name="issuanceDate"), *_moments(members, "validFrom")]
    ends = _moments(members, "expirationDate", "validUntil")
    return max(starts), min(ends, default=None), max([*starts, *_moments(members, "issued")])


def _times_of_2_0(members: Mapping[str, Any]) -> _Times:
    for name in ("issuanceDate", "expirationDate"):
        if name in members:
            raise MalformedCredential(f"{name} is no member of the data model 2.0")
    start = max(_moments(members, "validFrom"), default=None)
    return start, min(_moments(members, "validUntil"), default=None), start


_TIMES: Final[Mapping[Version, Callable[[Mapping[str, Any]], _Times]]] = {
    "1.1": _times_of_1_1,
    "2.0": _times_of_2_0,
}


def _moments(members: Mapping[str, Any], *names: str) -> list[datetime]:
    return [parse_moment(members[name], name=name) for name in names if name in members]


def _objects(members: Mapping[str, Any], name: str, *, most: int) -> tuple[Mapping[str, Any], ...]:
    """The one or more objects that a member holds; none if it is absent."""
    if name not in members:
        return ()
    value = members[name]
    listed = value if isinstance(value, list) else [value]
    if not 0 < len(listed) <= most or not all(isinstance(one, dict) for one in listed):
        raise MalformedCredential(f"{name} is no object, or list of 1 to {most} objects")
    return tuple(listed)


def _typed(members: Mapping[str, Any], name: str) -> tuple[Mapping[str, Any], ...]:
    found = _objects(members, name, most=_MAX_EACH)
    if not all(isinstance(_first(one.get("type")), str) for one in found):
        raise MalformedCredential(f"{name} has no type")
    return found


def _schemas(members: Mapping[str, Any]) -> tuple[Reference, ...]:
    found = _typed(members, "credentialSchema")
    if not all(isinstance(one.get("id"), str) and isinstance(one["type"], str) for one in found):
        raise MalformedCredential("a credentialSchema has exactly one id and one type")
    return tuple(Reference(one["id"], one["type"]) for one in found)


def _terms_of_use(members: Mapping[str, Any]) -> tuple[TermsOfUse, ...]:
    found = _typed(members, "termsOfUse")
    if not all(isinstance(one["id"], str) for one in found if "id" in one):
        raise MalformedCredential("termsOfUse has an id that is no text")
    return tuple(TermsOfUse(one.get("id"), _types_of_terms(one["type"])) for one in found)


def _types_of_terms(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list) else [value]
    if len(listed) > _MAX_EACH or not all(isinstance(name, str) for name in listed):
        raise MalformedCredential(f"termsOfUse has a type that is no list of at most {_MAX_EACH} names")
    return tuple(listed)


def _first(value: Any) -> Any:
    """A value, or the first of a list of them: a `type` may be either."""
    return value[0] if isinstance(value, list) and value else value


def _check_ebsi_profile(credential: Credential) -> None:
    """Hold the members that EBSI's attestation schemas require of a legal entity's credential."""
    members = credential.members
    required = _EBSI_1_1 if credential.version == "1.1" else _EBSI_2_0
    if missing := [name for name in required if name not in members]:
        raise MalformedCredential(f"an issuer of did:ebsi states {', '.join(missing)}")
    if credential.version == "2.0":
        return
    if "VerifiableAttestation" not in credential.types:
        raise MalformedCredential(
            "an issuer of did:ebsi issues credentials of the type VerifiableAttestation"
        )
    begin, issuance = members["validFrom"], members["issuanceDate"]
    if begin != issuance and parse_moment(begin, name="") != parse_moment(issuance, name=""):
        raise MalformedCredential("its validFrom is not its issuanceDate")
