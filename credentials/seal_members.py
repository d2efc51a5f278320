"""For whom a seal was made: an institution other than the sealer has to have accredited the sealer itself.

A credential names institutions as its issuer and as awarding bodies. One that is named by a DID is that DID;
one without is the sealer if the certificate identifies it so. Whoever else it may be, nothing here says.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .case import Case
from .errors import ActingUnknown, Unavailable
from .seals import seal_of
from .securing.certificate import SealCertificate
from .securing.seal import Seal

MAX_INSTITUTIONS: Final = 64
"""Named by one credential."""
MAX_ACCREDITATIONS: Final = 512
"""Of one sealer that are looked through, each of which may be by another member."""

_AWARDING_BODY: Final = "awardingBody"


@dataclass(frozen=True, slots=True)
class Organisation:
    """An institution as a credential names it.

    Attributes:
        id: its URI; None if it has none.
        identifiers: what its `eIDASIdentifier` notes.
        legal_names: its `legalName` or `name`, in whatever languages.
    """

    id: str | None
    identifiers: frozenset[str]
    legal_names: frozenset[str]

    @property
    def did(self) -> str | None:
        """Its DID, if that is its URI."""
        return self.id if self.id is not None and self.id.startswith("did:") else None

    def is_like(self, other: "Organisation") -> bool:
        """Whether both are one and the same institution by what identifies them."""
        if self.id is not None and self.id == other.id:
            return True
        if self.identifiers and other.identifiers:
            return not self.identifiers.isdisjoint(other.identifiers)
        return not self.legal_names.isdisjoint(other.legal_names)

    def is_holder_of(self, certificate: SealCertificate) -> bool | None:
        """Whether the certificate is this organisation's; None if it says nothing that could tell."""
        if self.identifiers and certificate.organisation_identifier is not None:
            return certificate.organisation_identifier in self.identifiers
        if certificate.organisation is not None and certificate.organisation in self.legal_names:
            return True
        return None


def issuing_organisation(members: Mapping[str, Any]) -> Organisation:
    """The issuer as the credential names it."""
    return _organisation(members.get("issuer"))


def accreditations_for_members(case: Case) -> tuple[tuple[bytes, ...], ...]:
    """For each institution that a seal was made for, ids of the sealer's attributes whose tao is that member.

    None where it was made for the sealer alone, or no DID is the sealer's.

    Raises:
        ActingUnknown: nothing shows that the sealer may act for one of them.
        Unavailable: the record does not answer, or there are too many to look through.
    """
    seal = seal_of(case.secured)
    if seal is None or not seal.bound:
        return ()
    return tuple(_accredited_by(case, member) for member in _members(case, seal))


def _members(case: Case, seal: Seal) -> tuple[str, ...]:
    """DIDs of the institutions other than the sealer that the credential names."""
    members: dict[str, None] = {}
    known: list[Organisation] = []
    for organisation in _named(case.credential.members):
        did = organisation.did
        if did is not None:
            known.append(organisation)
            if did != case.issuer:
                members[did] = None
        elif organisation.is_holder_of(seal.chain.seal):
            known.append(organisation)
        elif not any(organisation.is_like(other) for other in known):
            raise ActingUnknown(
                "unnamed_member",
                f"It was sealed by {case.issuer} for an institution that it names neither by a DID nor as "
                "the certificate of the seal does, so nobody can say whether that one agreed.",
            )
    return tuple(members)


def _accredited_by(case: Case, member: str) -> tuple[bytes, ...]:
    attributes = case.ports.record.attributes_of(case.issuer)
    if len(attributes) > MAX_ACCREDITATIONS:
        raise Unavailable(f"{case.issuer} has too many accreditations to look through.")
    found = tuple(one for one in attributes if _tao_of(case, one) == member)
    if not found:
        raise ActingUnknown(
            "not_for_member",
            f"It was sealed by {case.issuer} for {member[:80]}, which has not accredited the sealer: nothing "
            "shows that it may act for that institution.",
        )
    return found


def _tao_of(case: Case, attribute_id: bytes) -> str | None:
    """Who accredits by an attribute of the sealer's, as recorded by the state judged by."""
    tao = None
    for revision in case.ports.record.revisions_of(case.issuer, attribute_id):
        if case.index_before is None or revision.index < case.index_before:
            tao = revision.tao_did
    return tao


def _named(members: Mapping[str, Any]) -> Iterator[Organisation]:
    yield issuing_organisation(members)
    for count, body in enumerate(_awarding_bodies(members.get("credentialSubject"))):
        if count == MAX_INSTITUTIONS:
            raise Unavailable(f"It names more than {MAX_INSTITUTIONS} awarding bodies.")
        yield _organisation(body)


def _awarding_bodies(value: object) -> Iterator[object]:
    """Every awarding body within a value, whose depth the parser has bounded."""
    if isinstance(value, list):
        for one in value:
            yield from _awarding_bodies(one)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name == _AWARDING_BODY:
                yield from inner if isinstance(inner, list) else (inner,)
            else:
                yield from _awarding_bodies(inner)


def _organisation(value: object) -> Organisation:
    if not isinstance(value, dict):
        return Organisation(value if isinstance(value, str) else None, frozenset(), frozenset())
    named = value.get("id")
    return Organisation(
        named if isinstance(named, str) else None,
        frozenset(_notations(value.get("eIDASIdentifier"))),
        frozenset(_texts(value.get("legalName", value.get("name")))),
    )


def _notations(value: object) -> Iterator[str]:
    for one in value if isinstance(value, list) else (value,):
        if isinstance(one, dict) and isinstance(one.get("notation"), str):
            yield one["notation"]


def _texts(value: object) -> Iterable[str]:
    """The texts of a member that has one, some, or some for each language."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in _texts(one)]
    listed = value if isinstance(value, list) else [value]
    return [one for one in listed if isinstance(one, str)]
