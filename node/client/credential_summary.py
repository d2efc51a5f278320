"""What a credential says, as a person reads it; nothing is verified here."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from credentials.errors import NotJudged
from credentials.microcredential import MicroCredential, read_micro_credential
from credentials.model import SD_JWT_VC
from credentials.securing.reading import MAX_SIZE, read_secured
from credentials.securing.seal import Seal
from credentials.securing.secured import SecuredCredential
from did.errors import InvalidJson
from did.json_text import parse_object
from node.client.further_claims import FurtherClaims, further_claims
from node.client.issuing import rfc3339
from node.client.unjudged_members import members_unjudged

NOT_VERIFIED = (
    "Nothing was verified: this is only what the file says. To check it: ankyra verify FILE --node URL"
)

UNSIGNED = "Nobody signed this: anybody could have written it, and it verifies nowhere."

_MAX_TEXT = 300  # characters of one value that are shown
_MAX_VALUES = 16  # values of one member that are shown
_SECURED = frozenset({"proof", "payload", "signature", "signatures", "protected"})
"""Members of which one is there where anything secures a JSON document."""
_OF_A_PERSON = (("fullName",), ("givenName", "familyName"), ("firstName", "familyName"), ("name",))
_NAMES = frozenset(name for names in _OF_A_PERSON for name in names)
_TITLE = frozenset({"title"})
_GENERAL_TYPES = {"VerifiableCredential", "VerifiableAttestation"}


@dataclass(frozen=True, slots=True)
class Achievement:
    """One thing that a learner achieved, in the words of the credential; what it does not say is empty."""

    title: str
    awarded_by: str
    awarded_at: str
    credits: str
    level: str
    outcomes: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """The members as `--json` prints them."""
        return {
            "title": self.title or None,
            "awardedBy": self.awarded_by or None,
            "awardedAt": self.awarded_at or None,
            "credits": self.credits or None,
            "eqfLevel": self.level or None,
            "learningOutcomes": list(self.outcomes),
        }


@dataclass(frozen=True, slots=True)
class Summary:
    """One credential, read and not verified.

    Attributes:
        members: of the credential.
        micro: its standard elements, if it is a micro-credential.
        achievements: as the subject says them.
        secured: None if nothing secures it, or what does is not judged here.
        unjudged: why no verdict can be given on it though it looks signed; empty of all others.
    """

    members: Mapping[str, Any]
    micro: MicroCredential | None
    achievements: tuple[Achievement, ...]
    secured: SecuredCredential | None
    unjudged: str = ""

    @property
    def signed(self) -> bool:
        """Whether it carries a signature or a proof, by whomever and however good."""
        return self.secured is not None or bool(self.unjudged)

    @property
    def types(self) -> tuple[str, ...]:
        """The types that tell it from others."""
        all_types = self._all_types
        return tuple(name for name in all_types if name not in _GENERAL_TYPES) or all_types

    @property
    def _all_types(self) -> tuple[str, ...]:
        if self.secured is not None:
            return self.secured.credential.types
        named = self.members.get("type")
        listed = named if isinstance(named, list) else [named]
        return tuple(filter(None, map(_text, listed[:_MAX_VALUES])))

    @property
    def subject_name(self) -> str:
        """The learner's name, if it stands in the credential."""
        if self.micro is not None and self.micro.learner is not None:
            return self.micro.learner
        for subject in _subjects(self.members, self.secured):
            for names in _OF_A_PERSON:
                found = " ".join(filter(None, (_text(subject.get(name)) for name in names)))
                if found:
                    return found
        return ""

    @property
    def issuer_name(self) -> str:
        """The name that the issuer gives itself."""
        issuer = self.members.get("issuer")
        named = (
            (_text(issuer.get(name)) for name in ("legalName", "name")) if isinstance(issuer, dict) else ()
        )
        return next(filter(None, named), "")

    @property
    def issuer_id(self) -> str:
        """What the credential calls its issuer; of a seal no DID, unless it calls it by one."""
        if self.seal is not None:
            return self.seal.named_issuer
        if self.secured is not None:
            return self.secured.credential.issuer
        issuer = self.members.get("issuer")
        return _text(issuer.get("id") if isinstance(issuer, dict) else issuer)

    @property
    def seal(self) -> Seal | None:
        """The seal, if one secures it."""
        parts = None if self.secured is None else self.secured.parts
        return parts if isinstance(parts, Seal) else None

    @property
    def sealed_by(self) -> str:
        """The organisation in the certificate of its seal, with its identifier; empty without a seal."""
        if self.seal is None:
            return ""
        of = self.seal.chain.seal
        return "  ".join(filter(None, (of.organisation, of.organisation_identifier))) or of.subject

    @property
    def further(self) -> FurtherClaims:
        """What an SD-JWT VC says beside all that; none of credentials of the W3C's data models."""
        if self.secured is None or self.secured.credential.version != SD_JWT_VC:
            return FurtherClaims()
        known = {"id", *(_NAMES if self.subject_name else ()), *(_TITLE if self.achievements else ())}
        return further_claims(self.secured.credential.subjects[0], without=known)

    def to_json(self) -> dict[str, Any]:
        """The members as `--json` prints them; of an unsigned one, no more than what it says."""
        said = {
            "verified": False,
            "signed": self.signed,
            "unjudged": self.unjudged or None,
            "types": list(self._all_types),
            "issuer": {
                "did": self.issuer_id if self.issuer_id.startswith("did:") else None,
                "id": self.issuer_id or None,
                "name": self.issuer_name or None,
            },
            "sealedBy": self.sealed_by or None,
            "subjectName": self.subject_name or None,
            "microCredential": self.micro.to_json() if self.micro is not None else None,
            "achievements": [achievement.to_json() for achievement in self.achievements],
            "furtherClaims": self.further.to_json(),
        }
        return said if self.secured is None else {**said, **_secured_json(self.secured)}


def _secured_json(secured: SecuredCredential) -> dict[str, Any]:
    credential = secured.credential
    return {
        "id": credential.id,
        "model": credential.version,
        "mechanism": secured.mechanism,
        "subjects": [subject.get("id") for subject in credential.subjects],
        "issued": credential.issued and rfc3339(credential.issued),
        "validFrom": credential.valid_from and rfc3339(credential.valid_from),
        "validUntil": credential.valid_until and rfc3339(credential.valid_until),
        "credentialStatus": [dict(status) for status in credential.statuses],
        "credentialSchema": [{"id": one.id, "type": one.type} for one in credential.schemas],
        "termsOfUse": [
            {"id": one.id, "type": one.types[0] if len(one.types) == 1 else list(one.types)}
            for one in credential.terms_of_use
        ],
        "verificationMethod": secured.verification_method,
        "algorithm": secured.algorithm,
        "digest": secured.digest.hex(),
    }


def summary_in(content: bytes, *, language: str = "en") -> Summary:
    """What a credential says, in the language asked for, else in English, else in its first.

    Raises:
        CredentialsError: it is no credential of a form that is known, or too large.
    """
    unsigned = _unsigned(content)
    if unsigned is not None:
        return _claimed(unsigned, language)
    try:
        secured = read_secured(content)
    except NotJudged as error:
        if (members := members_unjudged(content)) is None:
            raise
        return _claimed(members, language, unjudged=error.reason)
    credential = secured.credential
    micro = read_micro_credential(credential, language)
    return Summary(credential.members, micro, tuple(_achievements(credential.subjects)), secured)


def _claimed(members: Mapping[str, Any], language: str, *, unjudged: str = "") -> Summary:
    micro, subjects = read_micro_credential(members, language), _subjects(members, None)
    return Summary(members, micro, tuple(_achievements(subjects)), None, unjudged)


def _unsigned(content: bytes) -> Mapping[str, Any] | None:
    """The members of a credential that nothing secures; None of anything else.

    The Commission's tools take and give them within a member `credential`.
    """
    try:
        members = parse_object(content.strip(), max_bytes=MAX_SIZE)
    except InvalidJson:
        return None
    inner = members.get("credential")
    found = inner if isinstance(inner, dict) and "credentialSubject" not in members else members
    return found if "credentialSubject" in found and _SECURED.isdisjoint(found) else None


def _subjects(members: Mapping[str, Any], secured: SecuredCredential | None) -> tuple[Mapping[str, Any], ...]:
    if secured is not None:
        return secured.credential.subjects
    return tuple(_listed(members.get("credentialSubject")))


def _achievements(subjects: tuple[Mapping[str, Any], ...]) -> Iterator[Achievement]:
    for subject in subjects:
        claims = _listed(subject.get("hasClaim")) or [dict(subject)]
        for claim in claims:
            achievement = _achievement(claim)
            if achievement.title or achievement.credits or achievement.level:
                yield achievement


def _achievement(claim: Mapping[str, Any]) -> Achievement:
    specified = next(iter(_listed(claim.get("specifiedBy"))), {})
    awarded = next(iter(_listed(claim.get("awardedBy"))), {})
    bodies = [
        _text(body.get("legalName")) or _text(body.get("id")) for body in _listed(awarded.get("awardingBody"))
    ]
    levels = [_label(specified.get("eqfLevel")), _label(claim.get("eqfLevel"))]
    return Achievement(
        title=_text(claim.get("title")) or _text(specified.get("title")),
        awarded_by=", ".join(filter(None, bodies)),
        awarded_at=_text(awarded.get("awardingDate")),
        credits=", ".join(filter(None, map(_credits, _listed(specified.get("creditPoint"))))),
        level=next(filter(None, levels), ""),
        outcomes=tuple(
            filter(
                None, (_text(outcome.get("title")) for outcome in _listed(specified.get("learningOutcome")))
            )
        ),
    )


def _credits(point: Mapping[str, Any]) -> str:
    number, framework = _text(point.get("point")), _label(point.get("framework"))
    return f"{number} {_short(framework)}".strip() if number else ""


def _short(framework: str) -> str:
    return "ECTS" if "European Credit Transfer" in framework else framework


def _listed(value: object) -> list[dict[str, Any]]:
    """The objects of a member that may hold one or several."""
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed[:_MAX_VALUES] if isinstance(one, dict)]


def _label(concept: object) -> str:
    for one in _listed(concept):
        return _text(one.get("prefLabel")) or _text(one.get("id"))
    return _text(concept)


def _text(value: object) -> str:
    """A text, a number, or one language of several: English if there is English."""
    if isinstance(value, dict):
        value = value.get("en", next(iter(value.values()), ""))
    if isinstance(value, list):
        value = value[0] if value else ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    text = str(value)
    return text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]}…"
