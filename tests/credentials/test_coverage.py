"""What an accreditation lets its holder issue: attestations, accreditations of others, status lists."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from anchoring.bitstring import BitString
from anchoring.status_list import BITSTRING_STATUS_LIST, STATUS_LIST_2021, StatusList
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
LIST_SUBJECT = StatusList(
    STATUS_LIST_2021, ("revocation",), BitString.empty(131_072), id="urn:list"
).to_subject()


def _refusal(
    *types: str,
    issuer_type: IssuerType = IssuerType.TI,
    scope: Scope = SCOPE,
    subject: Mapping[str, Any] | None = None,
    schema: str = SCHEMA,
    others: Sequence[Mapping[str, Any]] = (),
    schemas: Sequence[str] = (),
) -> str | None:
    credential = Credential(
        version="1.1",
        members={},
        id="urn:uuid:1",
        types=("VerifiableCredential", "VerifiableAttestation", *types),
        issuer="did:ebsi:zIssuer",
        subjects=({"id": "did:key:z1"} if subject is None else subject, *others),
        valid_from=None,
        valid_until=None,
        issued=None,
        schemas=tuple(Reference(one, "FullJsonSchemaValidator2021") for one in (schema, *schemas)),
    )
    try:
        check_coverage(credential, issuer_type=issuer_type, scope=scope, urls=URLS)
    except AccreditationRefused as error:
        return error.reason
    return None


def _accrediting(*types: str, jurisdiction: str = EUROPE) -> dict[str, Any]:
    item = {"schemaId": SCHEMA, "types": list(types), "limitJurisdiction": jurisdiction}
    return {"id": "did:ebsi:zChild", "reservedAttributeId": "0a" * 32, "accreditedFor": [item]}


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


@pytest.mark.parametrize("second", [f"{SCHEMA[:-2]}08", "https://elsewhere.example/1"])
def test_a_covered_schema_lets_no_other_in(second: str) -> None:
    """Play the attack: beside the schema that it may use, a university claims that of a medical licence."""
    assert _refusal("Diploma", schemas=[second]) == "not_covered"
    assert _refusal("Diploma", schema=second, schemas=[SCHEMA]) == "not_covered"
    assert _refusal("Diploma", schemas=[SCHEMA]) is None


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


def test_a_root_without_bounds_may_leave_the_bounds_of_a_root_out() -> None:
    kind = "VerifiableAuthorisationForTrustChain"
    subject = {"id": "did:ebsi:zRoot", "reservedAttributeId": "0a" * 32}
    assert _refusal(kind, issuer_type=IssuerType.ROOT_TAO, scope=None, subject=subject) is None
    assert _refusal(kind, issuer_type=IssuerType.ROOT_TAO, subject=subject) == "broader_than_parent"


@pytest.mark.parametrize(
    "subject",
    [_accrediting("Diploma", "Licence"), _accrediting("Diploma", jurisdiction="https://states.example/x")],
)
def test_a_tao_accredits_nobody_for_more_than_it_may(subject: Mapping[str, Any]) -> None:
    kind = "VerifiableAccreditation"
    assert _refusal(kind, issuer_type=IssuerType.TAO, subject=subject) == "broader_than_parent"


@pytest.mark.parametrize(
    "members",
    [
        {"accreditedFor": "Diploma"},
        {"accreditedFor": []},
        {"accreditedFor": None},
        {"reservedAttributeId": None},
        {"reservedAttributeId": "0a"},
        {"id": "did:key:z1"},
        {"id": None},
    ],
)
def test_what_says_not_whom_it_accredits_for_what_is_no_accreditation(members: Mapping[str, Any]) -> None:
    """Play the attack: a TAO awards a degree that calls itself an accreditation."""
    subject = {**_accrediting("Diploma"), "hasClaim": {"title": "Doctor"}, **members}
    refused = _refusal("VerifiableAccreditation", issuer_type=IssuerType.TAO, subject=subject)
    assert refused == "malformed_accreditation"


def test_an_accreditation_is_of_one_organisation() -> None:
    """Play the attack: beside the organisation that is accredited stands a learner with a degree."""
    subject, learner = _accrediting("Diploma"), {"id": "did:key:z1", "hasClaim": {"title": "Doctor"}}
    for one, other in ((subject, learner), (learner, subject)):
        refused = _refusal("VerifiableAccreditation", issuer_type=IssuerType.TAO, subject=one, others=[other])
        assert refused == "malformed_accreditation"


def test_what_an_accreditation_is_for_in_another_registry_is_not_overlooked() -> None:
    """Play the attack: a TAO accredits for more than it may, by the schema of a registry not read here."""
    subject = _accrediting("Diploma")
    elsewhere = {**subject["accreditedFor"][0], "schemaId": "https://elsewhere.example/1"}
    subject["accreditedFor"].append(elsewhere)
    kind = "VerifiableAccreditation"
    assert _refusal(kind, issuer_type=IssuerType.TAO, subject=subject) == "broader_than_parent"
    assert _refusal(kind, issuer_type=IssuerType.ROOT_TAO, scope=None, subject=subject) is None


@pytest.mark.parametrize("more", [{}, {"accreditedFor": []}, {"type": "LegalEntity"}])
def test_an_invitation_to_register_accredits_for_nothing(more: Mapping[str, Any]) -> None:
    subject = {"id": "did:ebsi:zChild", **more}
    kind = "VerifiableAuthorisationToOnboard"
    assert _refusal(kind, issuer_type=IssuerType.TAO, subject=subject) is None
    assert _refusal(kind, issuer_type=IssuerType.TI, subject=subject) == "may_not_accredit"


def test_an_invitation_to_register_attests_nothing() -> None:
    """Play the attack: a TAO awards a degree that calls itself an invitation."""
    kind, degree = "VerifiableAuthorisationToOnboard", {"hasClaim": {"title": "Doctor"}}
    for subject in ({"id": "did:ebsi:zChild", **degree}, {"id": "did:key:z1"}):
        assert _refusal(kind, issuer_type=IssuerType.TAO, subject=subject) == "malformed_accreditation"


def test_an_invitation_to_register_gives_no_more_than_its_issuer_has() -> None:
    kind = "VerifiableAuthorisationToOnboard"
    for types, expected in ((("Diploma",), None), (("Diploma", "Licence"), "broader_than_parent")):
        subject = _accrediting(*types)
        del subject["reservedAttributeId"]
        assert _refusal(kind, issuer_type=IssuerType.TAO, subject=subject) == expected


def test_an_attestation_is_not_hidden_under_the_name_of_an_accreditation() -> None:
    """Play the attack: a TAO calls its licence an accreditation too, so that nobody looks for coverage."""
    kind, subject = "VerifiableAccreditation", _accrediting("Diploma")
    assert _refusal(kind, "Licence", issuer_type=IssuerType.TAO, subject=subject) == "not_covered"
    assert _refusal(kind, "Diploma", issuer_type=IssuerType.TAO, subject=subject) is None
    assert _refusal(kind, "Diploma", issuer_type=IssuerType.TAO) == "malformed_accreditation"


def test_a_status_list_needs_no_coverage() -> None:
    assert _refusal("StatusList2021Credential", subject=LIST_SUBJECT) is None
    bits = BitString.empty(131_072)
    bitstring = StatusList(BITSTRING_STATUS_LIST, ("revocation",), bits, ttl=300_000).to_subject()
    assert _refusal("BitstringStatusListCredential", subject=bitstring) is None


@pytest.mark.parametrize(
    ("types", "subject"),
    [
        (("StatusList2021Credential",), {"id": "did:key:z1", "type": "Person"}),
        (("BitstringStatusListCredential",), LIST_SUBJECT),
        (("StatusList2021Credential",), {"id": "did:key:z1", "type": "StatusList2021"}),
        (("StatusList2021Credential",), {**LIST_SUBJECT, "hasClaim": {"title": "Doctor"}}),
        (("StatusList2021Credential", "Licence"), LIST_SUBJECT),
        (("StatusList2021Credential", "BitstringStatusListCredential"), LIST_SUBJECT),
    ],
)
def test_an_attestation_is_not_hidden_under_the_name_of_a_status_list(
    types: tuple[str, ...], subject: Mapping[str, Any]
) -> None:
    """Play the attack: a licence calls itself a status list, so that nobody looks for coverage."""
    assert _refusal(*types, subject=subject) == "not_covered"


def test_no_second_subject_hides_behind_a_status_list() -> None:
    """Play the attack: beside the list stands a learner with a degree."""
    learner = {"id": "did:key:z1", "hasClaim": {"title": "Doctor"}}
    assert _refusal("StatusList2021Credential", subject=LIST_SUBJECT, others=[learner]) == "not_covered"
