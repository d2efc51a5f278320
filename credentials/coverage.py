"""Whether an accreditation covers a credential: what it may be issued for (protocol section 7, check 5)."""

from typing import Final

from .accreditation import IssuerType
from .errors import AccreditationRefused, MalformedCredential
from .model import Credential
from .registry_urls import RegistryUrls
from .scope import ALWAYS_COVERED, Scope, covers, read_scope, scope_within

_ROOT_ONLY: Final = "VerifiableAuthorisationForTrustChain"
_ACCREDITING: Final = frozenset(
    {
        "VerifiableAccreditation",
        "VerifiableAccreditationToAccredit",
        "VerifiableAccreditationToAttest",
        "VerifiableAuthorisationToOnboard",
        _ROOT_ONLY,
    }
)
_STATUS_LISTS: Final = {
    "StatusList2021Credential": "StatusList2021",
    "BitstringStatusListCredential": "BitstringStatusList",
}
"""Types of status list credentials, with their subjects': every issuer may say what it revoked."""


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
    schema_ids = [found for schema in credential.schemas if (found := urls.schema(schema.id)) is not None]
    if not covers(scope, schema_ids=schema_ids, types=rest):
        named = ", ".join(sorted(rest)) or "credentials of no special type"
        raise AccreditationRefused(
            "not_covered", f"The issuer is accredited, but not for {named[:200]} by this schema."
        )


def _check_accrediting(
    credential: Credential,
    types: frozenset[str],
    *,
    issuer_type: IssuerType,
    scope: Scope,
    urls: RegistryUrls,
) -> None:
    """Hold a credential that accredits others: who issues it may, and gives no more than it has."""
    if issuer_type is not IssuerType.ROOT_TAO and (issuer_type is not IssuerType.TAO or _ROOT_ONLY in types):
        raise AccreditationRefused(
            "may_not_accredit", f"The issuer is accredited as {issuer_type.label}, which may not accredit so."
        )
    for subject in credential.subjects:
        try:
            given = read_scope(subject.get("accreditedFor", []), urls)
        except MalformedCredential as error:
            sentence = f"The credential accredits somebody and does not say for what: {error.reason}."
            raise AccreditationRefused("malformed_accreditation", sentence) from error
        if not scope_within(given, scope):
            raise AccreditationRefused(
                "broader_than_parent", "The credential accredits somebody for more than its issuer may."
            )


def _is_status_list(credential: Credential, name: str) -> bool:
    subject_type = _STATUS_LISTS.get(name)
    return subject_type is not None and all(
        subject.get("type") == subject_type for subject in credential.subjects
    )
