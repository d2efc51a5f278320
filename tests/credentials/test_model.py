import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from credentials.errors import HandedInWrapped, MalformedCredential, NotJudged
from credentials.model import Reference, TermsOfUse, parse_credential

from .securing.credentials import AT, EBSI, END, ID, LEARNER, SCHEMA, WEB, members_1_1, members_2_0

BEGIN = datetime(2026, 11, 21, 10, tzinfo=UTC)
LATER = "2026-12-01T10:00:00Z"
OTHER: dict[str, Any] = {"id": "https://example.org/terms", "type": ["IssuanceCertificate", "Other"]}


def _refusal(members: dict[str, Any]) -> str:
    with pytest.raises(MalformedCredential) as refused:
        parse_credential(members)
    return refused.value.reason


def test_a_credential_of_1_1_is_read_by_its_members() -> None:
    status = {"id": "https://example.org/1#1", "type": "StatusList2021Entry"}
    members = members_1_1(
        expirationDate=END, validUntil="2028-01-01T00:00:00Z", credentialStatus=status, termsOfUse=OTHER
    )
    credential = parse_credential(members)
    assert (credential.version, credential.id, credential.issuer) == ("1.1", ID, EBSI)
    assert credential.types == ("VerifiableCredential", "VerifiableAttestation")
    assert credential.subjects == ({"id": LEARNER, "name": "Ona"},)
    assert (credential.valid_from, credential.issued) == (BEGIN, BEGIN)
    assert credential.valid_until == datetime(2027, 11, 21, 10, tzinfo=UTC)
    assert credential.schemas == (Reference(SCHEMA["id"], SCHEMA["type"]),)
    assert credential.statuses == (status,)
    assert credential.terms_of_use == (
        TermsOfUse("https://example.org/terms", ("IssuanceCertificate", "Other")),
    )
    assert credential.members is members


def test_a_credential_of_2_0_is_read_by_its_members() -> None:
    credential = parse_credential(members_2_0(validUntil=END, issued="whatever"))
    assert (credential.version, credential.valid_from, credential.issued) == ("2.0", BEGIN, BEGIN)
    assert credential.valid_until == datetime(2027, 11, 21, 10, tzinfo=UTC)


def test_a_credential_of_2_0_needs_no_dates_and_no_id() -> None:
    credential = parse_credential(members_2_0(WEB, id=None, validFrom=None, credentialSchema=None))
    assert (credential.id, credential.valid_from, credential.valid_until, credential.issued) == (None,) * 4
    assert (credential.schemas, credential.statuses, credential.terms_of_use) == ((), (), ())


def test_who_is_no_legal_entity_of_ebsi_keeps_the_w3c_rules_alone() -> None:
    bare = members_1_1(
        WEB, id=None, type="VerifiableCredential", issued=None, validFrom=LATER, credentialSchema=None
    )
    credential = parse_credential(bare)
    assert credential.types == ("VerifiableCredential",)
    assert credential.valid_from == credential.issued == datetime(2026, 12, 1, 10, tzinfo=UTC)


def test_the_latest_date_is_when_it_claims_to_have_been_issued() -> None:
    credential = parse_credential(members_1_1(issued=LATER))
    assert credential.issued == datetime(2026, 12, 1, 10, tzinfo=UTC)
    assert credential.valid_from == BEGIN


def test_an_issuer_may_be_an_object_and_subjects_a_list() -> None:
    members = members_1_1(
        issuer={"id": EBSI, "legalName": "KTU"}, credentialSubject=[{"id": LEARNER}, {"name": "no id"}]
    )
    credential = parse_credential(members)
    assert credential.issuer == EBSI
    assert len(credential.subjects) == 2


@pytest.mark.parametrize(
    "context",
    [
        None,
        [],
        "https://www.w3.org/2018/credentials/v1",
        [7],
        [["https://www.w3.org/2018/credentials/v1"]],
        ["https://example.org", "https://www.w3.org/2018/credentials/v1"],
        ["https://www.w3.org/2018/credentials/v1", "https://www.w3.org/ns/credentials/v2"],
        ["https://www.w3.org/2018/credentials/v1"] * 65,
        ["https://www.w3.org/2018/credentials/v1/"],
    ],
)
def test_the_first_context_names_the_only_data_model(context: object) -> None:
    assert "context" in _refusal(members_1_1(**{"@context": context}))


def test_further_contexts_may_stand_after_the_first() -> None:
    contexts = [
        "https://www.w3.org/2018/credentials/v1",
        {"a": "https://example.org/a"},
        "https://example.org",
    ]
    assert parse_credential(members_1_1(**{"@context": contexts})).version == "1.1"


@pytest.mark.parametrize(
    "types",
    [
        None,
        [],
        7,
        ["VerifiableCredential", 7],
        ["VerifiableCredential", ""],
        ["VerifiableCredential", "T" * 257],
        ["VerifiableAttestation"],
        ["VerifiableCredential", "VerifiableAttestation", "VerifiableAttestation"],
        ["VerifiableCredential", *(f"T{number}" for number in range(64))],
    ],
)
def test_types_are_a_bounded_set_with_verifiable_credential_in_it(types: object) -> None:
    assert "type" in _refusal(members_1_1(type=types))


@pytest.mark.parametrize("name", ["VerifiablePresentation", "EnvelopedVerifiableCredential"])
def test_another_kind_of_document_is_named(name: str) -> None:
    with pytest.raises(HandedInWrapped, match="is not judged: hand"):
        parse_credential({"@context": ["https://www.w3.org/ns/credentials/v2"], "type": name})


@pytest.mark.parametrize(
    "issuer",
    [
        None,
        7,
        [],
        [EBSI],
        [EBSI, WEB],
        {"id": [EBSI, WEB]},
        {"name": "KTU"},
        {"id": None},
        "https://",
        "https:///path",
        "http://a b",
        "//university.example",
        "ftp://university.example",
        "urn:university",
        f"{EBSI}#key-1",
        f"{EBSI}/path",
        f"{EBSI}?versionTime=2020-01-01T00:00:00Z",
        f" {EBSI}",
        "did:ebsi:",
        "did:web:" + "a" * 2048,
    ],
)
def test_the_issuer_is_exactly_one_bare_did(issuer: object) -> None:
    assert "issuer" in _refusal(members_1_1(issuer=issuer))


@pytest.mark.parametrize("members", [members_1_1, members_2_0])
@pytest.mark.parametrize(
    "issuer", ["https://university.example/5678", "HTTP://a.example", {"id": "http://a"}]
)
def test_an_issuer_that_is_a_web_address_keeps_the_rules_and_is_not_judged(
    members: Callable[..., dict[str, Any]], issuer: object
) -> None:
    with pytest.raises(NotJudged, match="its issuer is a web address and no DID"):
        parse_credential(members(issuer=issuer))
    with pytest.raises(MalformedCredential, match="type") as refused:
        parse_credential(members(issuer=issuer, type=[]))
    assert not isinstance(refused.value, NotJudged)


def test_the_address_of_an_issuer_is_bounded_and_plain() -> None:
    for address in ("https://a.example/" + "a" * 4096, "https://a.example/\x1b"):
        assert _refusal(members_2_0(issuer=address)) == "an id is no URI"


@pytest.mark.parametrize("identifier", [7, "", "no-scheme", "urn:with space", "u:" + "a" * 4096, ["urn:a"]])
def test_an_id_is_a_uri_of_bounded_length(identifier: object) -> None:
    assert _refusal(members_2_0(WEB, id=identifier)) == "an id is no URI"
    assert _refusal(members_2_0(WEB, credentialSubject={"id": identifier})) == "an id is no URI"


def test_an_id_of_null_is_not_an_absent_one() -> None:
    assert _refusal({**members_2_0(WEB), "id": None}) == "an id is no URI"


@pytest.mark.parametrize(
    "subject", [None, {}, [], [{}], [{"id": LEARNER}, {}], "Ona", [7], [{"id": LEARNER}] * 65]
)
def test_a_credential_says_something_of_one_to_64_subjects(subject: object) -> None:
    assert "ubject" in _refusal(members_1_1(credentialSubject=subject))


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("credentialSchema", "https://example.org"),
        ("credentialSchema", []),
        ("credentialSchema", [SCHEMA] * 17),
        ("credentialSchema", {"id": "https://example.org"}),
        ("credentialSchema", {"type": "JsonSchema"}),
        ("credentialSchema", {"id": 7, "type": "JsonSchema"}),
        ("credentialSchema", {"id": "https://example.org", "type": ["JsonSchema"]}),
        ("credentialStatus", 7),
        ("credentialStatus", []),
        ("credentialStatus", [{"type": "T"}] * 17),
        ("credentialStatus", {"id": "https://example.org"}),
        ("credentialStatus", {"type": []}),
        ("termsOfUse", "https://example.org"),
        ("termsOfUse", [OTHER] * 17),
        ("termsOfUse", {"id": "https://example.org"}),
        ("termsOfUse", {"id": 7, "type": "T"}),
        ("termsOfUse", {"id": "https://example.org", "type": ["T", 7]}),
        ("termsOfUse", {"id": "https://example.org", "type": ["T"] * 17}),
    ],
)
def test_references_are_bounded_objects_with_types(member: str, value: object) -> None:
    assert member in _refusal(members_1_1(**{member: value}))


def test_terms_without_an_id_refer_to_nothing() -> None:
    terms = parse_credential(members_1_1(termsOfUse=[{"type": "T"}, OTHER])).terms_of_use
    assert terms == (TermsOfUse(None, ("T",)), TermsOfUse(OTHER["id"], tuple(OTHER["type"])))


@pytest.mark.parametrize("name", ["issuanceDate", "expirationDate"])
def test_2_0_has_no_dates_of_1_1(name: str) -> None:
    assert _refusal(members_2_0(**{name: AT})) == f"{name} is no member of the data model 2.0"


@pytest.mark.parametrize("name", ["issuanceDate", "issued", "validFrom", "validUntil", "expirationDate"])
def test_each_date_has_its_zone(name: str) -> None:
    assert name in _refusal(members_1_1(WEB, **{name: "2026-11-21T10:00:00"}))


def test_1_1_says_when_it_was_issued() -> None:
    assert "issuanceDate" in _refusal(members_1_1(WEB, issuanceDate=None))


@pytest.mark.parametrize(
    "members",
    [members_1_1(expirationDate=AT, validFrom=LATER), members_2_0(validUntil="2000-01-01T00:00:00Z")],
)
def test_nothing_ends_before_it_begins(members: dict[str, Any]) -> None:
    assert _refusal(members) == "it ends before it begins"


def test_the_year_9999_is_an_ordinary_end() -> None:
    end = "9999-12-31T23:59:59Z"
    assert parse_credential(members_1_1(expirationDate=end)).valid_until == datetime(
        9999, 12, 31, 23, 59, 59, tzinfo=UTC
    )


@pytest.mark.parametrize("name", ["id", "issued", "validFrom", "credentialSchema"])
def test_a_legal_entity_of_ebsi_states_what_its_profile_asks_for(name: str) -> None:
    assert _refusal(members_1_1(**{name: None})) == f"an issuer of did:ebsi states {name}"
    if name != "issued":
        assert _refusal(members_2_0(**{name: None})) == f"an issuer of did:ebsi states {name}"


def test_a_legal_entity_of_ebsi_issues_attestations() -> None:
    assert "VerifiableAttestation" in _refusal(members_1_1(type=["VerifiableCredential"]))
    assert parse_credential(members_2_0(type=["VerifiableCredential"])).version == "2.0"


def test_a_legal_entity_of_ebsi_issues_for_the_moment_of_issue() -> None:
    assert _refusal(members_1_1(validFrom=LATER)) == "its validFrom is not its issuanceDate"
    assert parse_credential(members_1_1(validFrom="2026-11-21T11:00:00+01:00")).valid_from == BEGIN


@pytest.mark.parametrize("version", ["vcdm1.1-attestation-schema-1.3.0", "vcdm2.0-attestation-schema-2.0.0"])
def test_ebsis_own_examples_are_read(vectors: Path, version: str) -> None:
    examples = sorted((vectors / "ebsi" / version).glob("examples_*.json"))
    assert len(examples) >= 4
    for example in examples:
        credential = parse_credential(json.loads(example.read_text()))
        assert credential.version == version[4:7]
        assert credential.issuer.startswith("did:ebsi:")
