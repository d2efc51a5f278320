"""What an accreditation lets its holder issue: attestations, accreditations of others, status lists."""

from collections.abc import Mapping
from typing import Any

import pytest

from credentials.accreditation import IssuerType
from credentials.coverage import check_coverage
from credentials.errors import AccreditationRefused
from credentials.model import Credential, Reference
from credentials.registry_urls import RegistryUrls
from credentials.scope import AccreditedFor, Scope

from .credential_makers import EUROPE, ORIGIN

URLS = RegistryUrls((ORIGIN,))
SCHEMA = f"{ORIGIN}/trusted-schemas-registry/v3/schemas/0x{'07' * 32}"
SCOPE: Scope = (AccreditedFor(b"\7" * 32, frozenset({"Diploma", "Badge"}), frozenset({"EUR"})),)
LIST_SUBJECT = {"id": "urn:list", "type": "StatusList2021", "statusPurpose": "revocation"}


def _refusal(
    *types: str,
    issuer_type: IssuerType = IssuerType.TI,
    scope: Scope = SCOPE,
    subject: Mapping[str, Any] | None = None,
    schema: str = SCHEMA,
) -> str | None:
    credential = Credential(
        version="1.1",
        members={},
        id="urn:uuid:1",
        types=("VerifiableCredential", "VerifiableAttestation", *types),
        issuer="did:ebsi:zIssuer",
        subjects=({"id": "did:key:z1"} if subject is None else subject,),
        valid_from=None,
        valid_until=None,
        issued=None,
        schemas=(Reference(schema, "FullJsonSchemaValidator2021"),),
    )
    try:
        check_coverage(credential, issuer_type=issuer_type, scope=scope, urls=URLS)
    except AccreditationRefused as error:
        return error.reason
    return None


def _accrediting(*types: str, jurisdiction: str = EUROPE) -> dict[str, Any]:
    item = {"schemaId": SCHEMA, "types": list(types), "limitJurisdiction": jurisdiction}
    return {"id": "did:ebsi:zChild", "accreditedFor": [item]}


def test_what_the_scope_names_is_covered() -> None:
    assert _refusal("Diploma") is None
    assert _refusal("Diploma", "Badge") is None
    assert _refusal() is None


def test_what_the_scope_does_not_name_is_not() -> None:
    assert _refusal("Licence") == "not_covered"
    assert _refusal("Diploma", "Licence") == "not_covered"
    assert _refusal("Diploma", scope=()) == "not_covered"
    assert _refusal("Diploma", schema=f"{SCHEMA[:-2]}08") == "not_covered"
    assert _refusal("Diploma", schema="https://elsewhere.example/1") == "not_covered"
    assert _refusal(schema="https://elsewhere.example/1") == "not_covered"


def test_a_root_without_bounds_covers_everything() -> None:
    assert _refusal("Licence", issuer_type=IssuerType.ROOT_TAO, scope=None) is None


def test_a_tao_may_accredit_within_its_scope() -> None:
    types = ("VerifiableAccreditation", "VerifiableAccreditationToAttest")
    subject = _accrediting("Diploma")
    for issuer_type in (IssuerType.TAO, IssuerType.ROOT_TAO):
        assert _refusal(*types, issuer_type=issuer_type, subject=subject) is None


def test_who_may_only_attest_accredits_nobody() -> None:
    """Play the attack: a university makes itself a TAO by a credential of its own."""
    types = ("VerifiableAccreditation", "VerifiableAccreditationToAttest")
    assert _refusal(*types, subject=_accrediting("Diploma")) == "may_not_accredit"


def test_nobody_but_a_root_makes_roots() -> None:
    kind = "VerifiableAuthorisationForTrustChain"
    subject = _accrediting("Diploma")
    assert _refusal(kind, issuer_type=IssuerType.TAO, subject=subject) == "may_not_accredit"
    assert _refusal(kind, issuer_type=IssuerType.ROOT_TAO, subject=subject) is None


@pytest.mark.parametrize(
    "subject",
    [_accrediting("Diploma", "Licence"), _accrediting("Diploma", jurisdiction="https://states.example/x")],
)
def test_a_tao_accredits_nobody_for_more_than_it_may(subject: Mapping[str, Any]) -> None:
    kind = "VerifiableAccreditation"
    assert _refusal(kind, issuer_type=IssuerType.TAO, subject=subject) == "broader_than_parent"


def test_an_accreditation_that_does_not_say_for_what_is_refused() -> None:
    subject = {"id": "did:ebsi:zChild", "accreditedFor": "Diploma"}
    refused = _refusal("VerifiableAccreditation", issuer_type=IssuerType.TAO, subject=subject)
    assert refused == "malformed_accreditation"


def test_an_invitation_to_register_accredits_for_nothing() -> None:
    subject = {"id": "did:ebsi:zChild", "accreditedFor": []}
    kind = "VerifiableAuthorisationToOnboard"
    assert _refusal(kind, issuer_type=IssuerType.TAO, subject=subject) is None


def test_an_attestation_is_not_hidden_under_the_name_of_an_accreditation() -> None:
    """Play the attack: a TAO calls its licence an accreditation too, so that nobody looks for coverage."""
    kind = "VerifiableAccreditation"
    assert _refusal(kind, "Licence", issuer_type=IssuerType.TAO) == "not_covered"
    assert _refusal(kind, "Diploma", issuer_type=IssuerType.TAO) is None


def test_a_status_list_needs_no_coverage() -> None:
    assert _refusal("StatusList2021Credential", subject=LIST_SUBJECT) is None
    bitstring = {**LIST_SUBJECT, "type": "BitstringStatusList"}
    assert _refusal("BitstringStatusListCredential", subject=bitstring) is None


@pytest.mark.parametrize(
    ("types", "subject"),
    [
        (("StatusList2021Credential",), {"id": "did:key:z1", "type": "Person"}),
        (("StatusList2021Credential",), {"id": "did:key:z1", "type": "BitstringStatusList"}),
        (("StatusList2021Credential", "Licence"), LIST_SUBJECT),
        (("StatusList2021Credential", "BitstringStatusListCredential"), LIST_SUBJECT),
    ],
)
def test_an_attestation_is_not_hidden_under_the_name_of_a_status_list(
    types: tuple[str, ...], subject: Mapping[str, Any]
) -> None:
    """Play the attack: a licence calls itself a status list, so that nobody looks for coverage."""
    assert _refusal(*types, subject=subject) == "not_covered"
