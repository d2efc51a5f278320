"""For whom a seal was made: an institution other than the sealer has to have accredited the sealer itself.

A credential names institutions as its issuer, as awarding bodies, as creators and as those above an issuer.
One that is named by a DID is that DID; one without is the sealer if all that names it is the certificate's.
Whoever else it may be, nothing here says.
"""

from collections.abc import Iterator, Mapping
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

_INSTITUTIONS: Final = frozenset({"awardingBody", "creator", "parentOrg"})
_IDENTIFIERS: Final = ("eIDASIdentifier", "identifier", "@id", "sameAs")
_NAMES: Final = ("legalName", "name", "prefLabel")
_SAYING_NOTHING: Final = "urn:"
"""How a URI starts that identifies no institution to anybody: wallets and issuers number theirs so."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """An institution as a credential names it.

    Attributes:
        id: its URI; None if it has none.
        identifiers: what its `eIDASIdentifier` notes.
        legal_names: its `legalName` or `name`, in whatever languages.
        all_identifiers: whatever else identifies it, and those.
        all_names: whatever else names it, and those.
    """

    id: str | None
    identifiers: frozenset[str] = frozenset()
    legal_names: frozenset[str] = frozenset()
    all_identifiers: frozenset[str] = frozenset()
    all_names: frozenset[str] = frozenset()

    @property
    def did(self) -> str | None:
        """Its DID, if that is its URI."""
        return self.id if self.id is not None and self.id.startswith("did:") else None

    def is_like(self, other: "Organisation") -> bool:
        """Whether all that identifies and names it does so for the other, and there is anything."""
        if self._is_elsewhere:
            return False
        if not (self.all_identifiers <= other.all_identifiers and self.all_names <= other.all_names):
            return False
        return bool(self.all_identifiers or self.all_names or (self.id is not None and self.id == other.id))

    def is_sealer(self, certificate: SealCertificate, did: str) -> bool:
        """Whether all that identifies and names it is the certificate's or the sealer's DID.

        One object may name two institutions: whoever reads it may take it for either.
        """
        if self._is_elsewhere and self.id != did:
            return False
        if not self.all_identifiers <= {certificate.organisation_identifier, did}:
            return False
        if not self.all_names <= {certificate.organisation}:
            return False
        return bool(self.all_identifiers or self.all_names or self.id == did)

    @property
    def _is_elsewhere(self) -> bool:
        """Whether its URI is somebody's, such as a URL or a DID."""
        return self.id is not None and not self.id.startswith(_SAYING_NOTHING)

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
        if did is not None and did != case.issuer:
            known.append(organisation)
            members[did] = None
        elif organisation.is_sealer(seal.chain.seal, case.issuer):
            known.append(organisation)
        elif not any(organisation.is_like(other) for other in known):
            raise ActingUnknown(
                "unnamed_member",
                f"It was sealed by {case.issuer} for an institution that it names neither by a DID nor only "
                "as the certificate of the seal does, so nobody can say whether that one agreed.",
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
    for count, one in enumerate(_institutions([members.get("issuer"), members.get("credentialSubject")])):
        if count == MAX_INSTITUTIONS:
            raise Unavailable(f"It names more than {MAX_INSTITUTIONS} awarding bodies.")
        yield _organisation(one)


def _institutions(value: object) -> Iterator[object]:
    """Every awarding body, creator and parent within a value, whose depth the parser has bounded."""
    if isinstance(value, list):
        for one in value:
            yield from _institutions(one)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if name in _INSTITUTIONS:
                yield from inner if isinstance(inner, list) else (inner,)
            yield from _institutions(inner)


def _organisation(value: object) -> Organisation:
    if not isinstance(value, dict):
        return Organisation(value if isinstance(value, str) else None)
    named = value.get("id")
    return Organisation(
        named if isinstance(named, str) or "id" not in value else "",
        frozenset(_notations(value.get("eIDASIdentifier"))),
        frozenset(_texts(value.get("legalName", value.get("name")))),
        frozenset(text for name in _IDENTIFIERS for text in _notations(value.get(name))),
        frozenset(text for name in _NAMES for text in _texts(value.get(name))),
    )


def _notations(value: object) -> Iterator[str]:
    """The texts of one identifier or of several, each itself or by its notation."""
    for one in value if isinstance(value, list) else (value,):
        yield from _texts(one.get("notation", one) if isinstance(one, dict) else one)


def _texts(value: object) -> Iterator[str]:
    """The texts of a member that has one, some, or some for each language."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from _texts(one)
