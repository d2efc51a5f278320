from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from credentials.model import CONTEXT_1_1, CONTEXT_2_0
from node.client.credential_drafts import Terms, complete
from node.client.errors import Refused

ISSUER = "did:ebsi:zZeKyEJfUTGwajhNyNX928z"
OTHER = "did:ebsi:ziDnioxYYLW1a3qUbqTFz4W"
LEARNER = "did:key:z2dmzD81cgPx8Vki7JbuuMmFYrWPgYoytykUZ3eyqht1j9Kbo"
ORIGIN = "https://registry.example.org"
ISSUERS = f"{ORIGIN}/trusted-issuers-registry/v5/issuers"
SCHEMA = "z3MgUFUkb722uq4x3dv5yAJmnNmzDFeK5UC8x83QoeLJM"
NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
TERMS: dict[str, Any] = {
    "issuer": ISSUER,
    "origin": ORIGIN,
    "attribute_id": bytes(range(32)),
    "now": NOW,
    "types": ("MicroCredential",),
    "schema": SCHEMA,
}
SHORT: dict[str, Any] = {"subject": {"id": LEARNER, "title": "Algebra"}}
FULL: dict[str, Any] = {
    "@context": [CONTEXT_1_1],
    "credentialSubject": {"id": LEARNER},
    "type": ["MicroCredential"],
}


def made(payload: dict[str, Any], **terms: Any) -> dict[str, Any]:
    return complete(payload, terms=Terms(**TERMS | terms), identifier=bytes(range(16)))


def test_the_short_form_becomes_a_credential_by_ebsis_rules() -> None:
    credential = made(SHORT | {"validUntil": "2027-06-30T23:59:59+02:00"})
    assert credential == {
        "@context": [CONTEXT_1_1],
        "id": "urn:uuid:00010203-0405-4607-8809-0a0b0c0d0e0f",
        "type": ["VerifiableCredential", "VerifiableAttestation", "MicroCredential"],
        "issuer": ISSUER,
        "issuanceDate": "2026-11-22T10:00:00Z",
        "issued": "2026-11-22T10:00:00Z",
        "validFrom": "2026-11-22T10:00:00Z",
        "expirationDate": "2027-06-30T21:59:59Z",
        "credentialSubject": SHORT["subject"],
        "credentialSchema": {
            "id": f"{ORIGIN}/trusted-schemas-registry/v3/schemas/{SCHEMA}",
            "type": "FullJsonSchemaValidator2021",
        },
        "termsOfUse": {
            "id": f"{ISSUERS}/{ISSUER}/attributes/{bytes(range(32)).hex()}",
            "type": "IssuanceCertificate",
        },
    }


def test_of_the_data_model_2_0_it_has_that_models_members() -> None:
    credential = made(SHORT | {"validUntil": "2027-06-30T00:00:00Z"}, model="2.0")
    assert credential["@context"] == [CONTEXT_2_0]
    assert credential["credentialSchema"]["type"] == "JsonSchema"
    assert (credential["validFrom"], credential["validUntil"]) == (
        "2026-11-22T10:00:00Z",
        "2027-06-30T00:00:00Z",
    )
    assert not credential.keys() & {"issuanceDate", "issued", "expirationDate"}


def test_a_plain_date_is_the_moment_at_which_it_begins() -> None:
    for payload in (SHORT | {"validUntil": "2027-06-30"}, SHORT | {"validUntil": "2027-06-30T00:00:00Z"}):
        assert made(payload)["expirationDate"] == "2027-06-30T00:00:00Z"
    with pytest.raises(Refused, match="validUntil is no moment of the calendar"):
        made(SHORT | {"validUntil": "2027-02-30"})


def test_a_whole_credential_keeps_what_it_says() -> None:
    given = FULL | {
        "@context": [CONTEXT_1_1, "https://example.org/context"],
        "type": ["EuropeanDigitalCredential", "VerifiableCredential", "MicroCredential"],
        "issuer": {"id": ISSUER, "legalName": "KTU"},
        "id": f"urn:uuid:{UUID(bytes=bytes(16), version=4)}",
        "displayParameter": {"title": "x"},
        "validFrom": "2026-11-01T00:00:00Z",
        "credentialStatus": {"id": "https://example.org/1#1", "type": "Own"},
        "credentialSchema": [
            {"id": f"{ORIGIN}/trusted-schemas-registry/v2/schemas/0x{'ab' * 32}", "type": "JsonSchema"}
        ],
    }
    credential = made(given)
    assert credential["type"] == [
        "VerifiableCredential",
        "VerifiableAttestation",
        "EuropeanDigitalCredential",
        "MicroCredential",
    ]
    for name in ("@context", "issuer", "id", "displayParameter", "credentialStatus", "credentialSchema"):
        assert credential[name] == given[name]
    assert credential["issuanceDate"] == credential["validFrom"] == "2026-11-01T00:00:00Z"
    assert credential["issued"] == "2026-11-22T10:00:00Z"


def test_the_payload_goes_before_the_terms() -> None:
    payload = SHORT | {"types": ["Diploma"], "schema": f"0x{'cd' * 32}", "validUntil": "2027-01-01T00:00:00Z"}
    credential = made(payload, valid_until=NOW + timedelta(days=900))
    assert credential["type"][2:] == ["Diploma"]
    assert credential["credentialSchema"]["id"].endswith(f"/0x{'cd' * 32}")
    assert credential["expirationDate"] == "2027-01-01T00:00:00Z"
    assert made(SHORT, valid_until=NOW + timedelta(days=1))["expirationDate"] == "2026-11-23T10:00:00Z"


def test_the_context_alone_tells_the_model() -> None:
    assert made(FULL | {"@context": CONTEXT_2_0})["@context"] == [CONTEXT_2_0]
    unnamed = {"credentialSubject": {"achievement": "x"}}
    assert made(unnamed, model="2.0")["credentialSubject"] == {"achievement": "x"}


def test_own_terms_of_use_are_kept() -> None:
    own = {"id": made(SHORT)["termsOfUse"]["id"], "type": "IssuanceCertificate"}
    assert made(FULL | {"termsOfUse": [own]})["termsOfUse"] == [own]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"issuer": OTHER}, OTHER),
        ({"issuer": {"id": OTHER}}, OTHER),
        ({"issuer": [ISSUER]}, "its issuer is"),
        ({"proof": {}}, "has a proof"),
        ({"@context": ["https://www.w3.org/ns/credentials/v3"]}, "unknown data model"),
        ({"@context": []}, "unknown data model"),
        ({"@context": 7}, "unknown data model"),
        (
            {"@context": [CONTEXT_2_0], "issuanceDate": "2026-11-01T00:00:00Z"},
            "no member of the data model 2.0",
        ),
        ({"@context": [CONTEXT_2_0], "issued": "2026-11-01T00:00:00Z"}, "no member of the data model 2.0"),
        ({"validFrom": "2026-11-01T00:00:00"}, "time zone"),
        ({"validFrom": "2026-11-01"}, "time zone"),
        ({"validFrom": "20261101T000000Z"}, "time zone"),
        ({"validFrom": None}, "time zone"),
        ({"validFrom": "2026-02-30T00:00:00Z"}, "no moment of the calendar"),
        ({"validUntil": "9999-12-31T23:59:59-14:00"}, "no moment of the calendar"),
        ({"validFrom": "2026-11-01T00:00:00Z", "issuanceDate": "2026-11-02T00:00:00Z"}, "differ"),
        ({"validUntil": "2027-11-01T00:00:00Z", "expirationDate": "2027-11-02T00:00:00Z"}, "differ"),
        ({"validFrom": "2026-11-22T10:02:00Z"}, "in the future"),
        ({"issued": "2026-11-22T10:02:00Z"}, "in the future"),
        ({"validUntil": "2026-11-22T09:00:00Z"}, "before it begins or before now"),
        ({"validUntil": "2026-10-01T00:00:00Z", "validFrom": "2026-09-01T00:00:00Z"}, "before now"),
        ({"id": "https://ktu.example/credentials/17"}, "version 4"),
        ({"id": "urn:uuid:00000000-0000-1000-8000-000000000000"}, "version 4"),
        ({"id": "urn:uuid:00000000-0000-4000-8000-00000000000"}, "version 4"),
        ({"id": 7}, "version 4"),
        ({"type": []}, "no type of its own"),
        ({"type": ["VerifiableCredential"]}, "no type of its own"),
        ({"type": [7]}, "list of texts"),
        ({"credentialSubject": {}}, "about nobody"),
        ({"credentialSubject": [{"id": LEARNER}]}, "one object"),
        ({"credentialSubject": {"title": "x"}}, "no DID"),
        ({"credentialSubject": {"id": "mailto:a@example.org"}}, "no DID"),
        ({"credentialSubject": {"id": 7}}, "no DID"),
        ({"credentialSchema": {"type": "JsonSchema"}}, "each with an id"),
        ({"credentialSchema": [7]}, "each with an id"),
        ({"credentialSchema": "https://elsewhere.example/schemas/1"}, "no schema of the registry"),
        (
            {"credentialSchema": {"id": f"{ORIGIN}/schemas/1", "type": "JsonSchema"}},
            "no schema of the registry",
        ),
        ({"termsOfUse": {"id": "https://elsewhere.example/"}}, "no accreditation of the issuer"),
        ({"termsOfUse": ["x"]}, "no accreditation of the issuer"),
        (
            {"termsOfUse": {"id": f"{ISSUERS}/{OTHER}/attributes/{'ab' * 32}"}},
            "no accreditation of the issuer",
        ),
        ({"subject": {"id": LEARNER}}, "short form"),
    ],
)
def test_a_whole_credential_that_contradicts_is_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused) as refused:
        made(FULL | change)
    assert reason in str(refused.value)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"grade": "A"}, "no member `grade`"),
        ({"type": "A", "types": ["B"]}, "either"),
        ({"subject": LEARNER}, "about nobody"),
        ({"schema": "nonsense"}, "no schema of the registry"),
    ],
)
def test_a_short_form_that_says_more_or_other_is_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(Refused) as refused:
        made(SHORT | change)
    assert reason in str(refused.value)


def test_what_nobody_named_is_asked_for() -> None:
    with pytest.raises(Refused, match="--schema"):
        made(SHORT, schema=None)
    with pytest.raises(Refused, match="--type"):
        made(SHORT, types=())
    with pytest.raises(Refused, match="about nobody"):
        made({})
    with pytest.raises(Refused, match=r"2\.0 was asked for"):
        made(FULL, model="2.0")
