"""Whether an accreditation covers a credential: what it may be issued for (protocol section 7, check 5)."""

from typing import Final

from anchoring.errors import AnchoringError
from anchoring.status_list import parse_status_list

from .accreditation import IssuerType
from .accreditation_credential import reserved_attribute
from .errors import AccreditationRefused, MalformedCredential
from .model import Credential
from .registry_urls import RegistryUrls
from .scope import ALWAYS_COVERED, Scope, covers, read_scope, scope_within
from .status_list_credential import CREDENTIAL_OF

_ROOT_ONLY: Final = "VerifiableAuthorisationForTrustChain"
_ONBOARDING: Final = "VerifiableAuthorisationToOnboard"
_ACCREDITING: Final = frozenset(
    {
        "VerifiableAccreditation",
        "VerifiableAccreditationToAccredit",
        "VerifiableAccreditationToAttest",
        _ONBOARDING,
        _ROOT_ONLY,
    }
)
_OF_ONBOARDING: Final = frozenset({"id", "type", "accreditedFor"})
"""Members of who is invited to register: it is accredited for nothing by that, and nothing is attested."""
_OF_LISTS: Final = frozenset({"id", "type", "statusPurpose", "encodedList", "ttl"})
"""Members of a status list, which every issuer may publish: every issuer may say what it revoked."""
_EBSI: Final = "did:ebsi:"


def check_coverage(
    credential: Credential, *, issuer_type: IssuerType, scope: Scope, urls: RegistryUrls
) -> None:
    """Return if an issuer with this accreditation may issue this credential.

    Args:
        credential: of the issuer.
        issuer_type: what the accreditation makes of the issuer.
        scope: what it covers.
        urls: tells schemas of this registry.

    Raises:
        AccreditationRefused: it may not.
    """
    types = frozenset(credential.types) - ALWAYS_COVERED
    accrediting = types & _ACCREDITING
    if accrediting:
        _check_accrediting(credential, accrediting, issuer_type=issuer_type, scope=scope, urls=urls)
    rest = types - accrediting
    if not rest and accrediting:
        return
    if len(rest) == 1 and _is_status_list(credential, *rest):
        return
    schema_ids = [urls.schema(schema.id) for schema in credential.schemas]
    if not covers(scope, schema_ids=schema_ids, types=rest):
        named = ", ".join(sorted(rest)) or "credentials of no special type"
        by = "by this schema" if len(schema_ids) == 1 else "by all of its schemas"
        raise AccreditationRefused(
            "not_covered", f"The issuer is accredited, but not for {named[:200]} {by}."
        )


def _check_accrediting(
    credential: Credential,
    types: frozenset[str],
    *,
    issuer_type: IssuerType,
    scope: Scope,
    urls: RegistryUrls,
) -> None:
    """Hold a credential that accredits another: who issues it may, and gives no more than it has."""
    if issuer_type is not IssuerType.ROOT_TAO and (issuer_type is not IssuerType.TAO or _ROOT_ONLY in types):
        raise AccreditationRefused(
            "may_not_accredit", f"The issuer is accredited as {issuer_type.label}, which may not accredit so."
        )
    try:
        given = _given(credential, types, urls)
    except MalformedCredential as error:
        sentence = f"The credential calls itself an accreditation and is none: {error.reason}."
        raise AccreditationRefused("malformed_accreditation", sentence) from error
    if not scope_within(given, scope):
        raise AccreditationRefused(
            "broader_than_parent", "The credential accredits somebody for more than its issuer may."
        )


def _given(credential: Credential, types: frozenset[str], urls: RegistryUrls) -> Scope:
    """What a credential accredits its only subject for; a name alone makes no accreditation.

    None if for everything, or for something that no bounds hold which can be read here.

    Raises:
        MalformedCredential: it accredits no organisation, or says what no accreditation says.
    """
    if len(credential.subjects) != 1:
        raise MalformedCredential("it has more than one subject")
    subject = credential.subjects[0]
    if not str(subject.get("id")).startswith(_EBSI):
        raise MalformedCredential("its subject is no did:ebsi")
    if types == {_ONBOARDING}:
        if more := sorted(subject.keys() - _OF_ONBOARDING):
            raise MalformedCredential(f"an authorisation to onboard says nothing else: {more[0][:80]!r}")
        if not subject.get("accreditedFor"):
            return ()
    else:
        reserved_attribute(subject)
        if _ROOT_ONLY in types and "accreditedFor" not in subject:
            return None
    listed = subject.get("accreditedFor")
    if listed == []:
        raise MalformedCredential("accreditedFor is empty")
    given = read_scope(listed, urls)
    # An item of another registry is left out there: no bounds that are read here hold it.
    return given if len(given) == len(subject["accreditedFor"]) else None


def _is_status_list(credential: Credential, name: str) -> bool:
    """Whether it is a status list and nothing besides; by its name alone it is none."""
    if name not in CREDENTIAL_OF.values() or len(credential.subjects) != 1:
        return False
    subject = credential.subjects[0]
    if not subject.keys() <= _OF_LISTS:
        return False
    try:
        return CREDENTIAL_OF[parse_status_list(subject).list_type] == name
    except AnchoringError:
        return False
