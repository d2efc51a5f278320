"""Every clause of check 5 about one accreditation's credential, each played as the attack it stops."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from credentials.verdict import Outcome
from did.base64url import decode_base64url

from .accredited_country import accredited, edited, organisations, refused, with_subject
from .credential_makers import ISSUERS, covered
from .world import ROOT_TAO, SCHEMA_URL, TAO, TI


def test_an_accreditation_as_it_should_be_passes() -> None:
    result = accredited().judge()
    assert (result.outcome, result.reason, result.findings) == (Outcome.PASSED, None, ())


def test_an_accreditation_without_its_credential_does_not_hold() -> None:
    """Play the attack: the ledger's metadata alone says by whom, not for what."""
    country = organisations()
    world = country.world
    world.accredit(country.root, country.root, ROOT_TAO)
    world.accredit(country.tao, country.root, TAO)
    world.set_metadata(
        country.university,
        bytes(32),
        TI,
        tao=country.tao.did,
        attribute_id_tao=country.tao.attribute_id,
    )
    country.university.attributes.append(bytes(32))
    assert refused(country) == "no_credential"


@pytest.mark.parametrize(
    "text", [b"", b"\xff", b"a.b.c", b"{}", json.dumps({"vc": {}}).encode(), b"x" * 32_000]
)
def test_an_accreditation_that_cannot_be_read_does_not_hold(text: bytes) -> None:
    assert refused(accredited(text=text)) == "malformed_accreditation"


def test_an_accreditation_in_another_securing_mechanism_does_not_hold() -> None:
    """A JSON-LD document with a proof may be a credential; no did:ebsi signs accreditations so."""
    country = organisations()
    issuer = country.tao
    members = json.loads(_payload(country.world.issue(issuer)))["vc"]
    country = accredited()
    world, university = country.world, country.university
    attribute_id = university.attribute_id
    members |= {
        "issuer": country.tao.did,
        "type": ["VerifiableCredential", "VerifiableAttestation", "VerifiableAccreditationToAttest"],
        "credentialSubject": {
            "id": university.did,
            "reservedAttributeId": attribute_id.hex(),
            "accreditedFor": [covered(SCHEMA_URL)],
        },
        "termsOfUse": {
            "id": f"{ISSUERS}/{country.tao.did}/attributes/{country.tao.attribute_id.hex()}",
            "type": "IssuanceCertificate",
        },
        "proof": {
            "type": "Ed25519Signature2020",
            "verificationMethod": country.tao.kid,
            "proofPurpose": "assertionMethod",
            "created": members["issued"],
            "proofValue": "z1",
        },
    }
    world.set_data(university, attribute_id, json.dumps(members).encode())
    assert refused(country) == "malformed_accreditation"


def test_an_accreditation_signed_by_a_neighbour_of_the_accreditor_does_not_hold() -> None:
    """Play the attack: another TAO signs, the ledger names the one that the verifier would believe."""
    country = organisations()
    world = country.world
    other = world.actor("Other ministry")
    world.accredit(country.root, country.root, ROOT_TAO)
    world.accredit(country.tao, country.root, TAO)
    world.accredit(other, country.root, TAO)
    attribute_id = world.secret()
    text = world.accreditation_text(
        country.university, other, TI, attribute_id=attribute_id, parent_attribute=other.attribute_id
    )
    world.accredit(country.university, country.tao, TI, attribute_id=attribute_id, text=text)
    assert refused(country) == "other_accreditor"


def test_an_accreditation_signed_with_another_accreditors_key_does_not_hold() -> None:
    country = organisations()
    other = country.world.actor("Other ministry")
    country.world.accredit(country.root, country.root, ROOT_TAO)
    country.world.accredit(country.tao, country.root, TAO)
    country.world.accredit(country.university, country.tao, TI, key=other.key)
    assert refused(country) == "accreditor_key"


def test_an_accreditation_that_names_a_key_and_is_signed_by_another_does_not_hold() -> None:
    country = organisations()
    country.world.accredit(country.root, country.root, ROOT_TAO)
    country.world.accredit(country.tao, country.root, TAO)
    stolen_name = {"kid": country.tao.kid}
    country.world.accredit(
        country.university, country.tao, TI, key=country.university.key, header=stolen_name
    )
    assert refused(country) == "accreditor_signature"


def test_an_accreditation_that_names_the_key_of_somebody_else_does_not_hold() -> None:
    country = organisations()
    country.world.accredit(country.root, country.root, ROOT_TAO)
    country.world.accredit(country.tao, country.root, TAO)
    foreign = {"kid": country.university.kid}
    country.world.accredit(country.university, country.tao, TI, key=country.university.key, header=foreign)
    assert refused(country) == "accreditor_key"


def test_an_accreditation_for_another_subject_does_not_hold() -> None:
    """Play the attack: a university records the accreditation that its neighbour was given."""
    country = with_subject(id="did:ebsi:zZeKyEJfUTGwajhNyNX928z")
    assert refused(country) == "other_subject"


def test_an_accreditation_for_two_subjects_does_not_hold() -> None:
    country = edited(
        lambda members: members.update(
            credentialSubject=[members["credentialSubject"], members["credentialSubject"]]
        )
    )
    assert refused(country) == "other_subject"


@pytest.mark.parametrize("reserved", [None, "", "00" * 32, "zz" * 32, 5])
def test_an_accreditation_for_another_attribute_does_not_hold(reserved: object) -> None:
    """Play the attack: a credential that was given for one attribute is recorded under another."""
    assert refused(with_subject(reservedAttributeId=reserved)) == "other_attribute"


def test_a_reserved_attribute_may_be_written_with_0x() -> None:
    attribute_id = b"\7" * 32
    country = accredited(
        attribute_id=attribute_id,
        edit=lambda members: members["credentialSubject"].update(reservedAttributeId=f"0x{'07' * 32}"),
    )
    assert country.judge().outcome is Outcome.PASSED


def _without_terms(members: dict[str, Any]) -> object:
    return members.pop("termsOfUse")


def _terms_of_another_type(members: dict[str, Any]) -> object:
    return members["termsOfUse"].update(type="Licence")


def _terms_at_another_registry(members: dict[str, Any]) -> object:
    url = members["termsOfUse"]["id"].replace("registry.", "elsewhere.")
    return members["termsOfUse"].update(id=url)


def _terms_of_two(members: dict[str, Any]) -> object:
    return members.update(termsOfUse=[members["termsOfUse"]] * 2)


def _terms_of_two_the_second_by_its_second_type(members: dict[str, Any]) -> object:
    second = {"id": "https://elsewhere.example/1", "type": ["Note", "IssuanceCertificate"]}
    return members.update(termsOfUse=[members["termsOfUse"], second])


def _terms_of_two_the_second_nameless(members: dict[str, Any]) -> object:
    return members.update(termsOfUse=[members["termsOfUse"], {"type": "IssuanceCertificate"}])


@pytest.mark.parametrize(
    "change",
    [
        _without_terms,
        _terms_of_another_type,
        _terms_at_another_registry,
        _terms_of_two,
        _terms_of_two_the_second_by_its_second_type,
        _terms_of_two_the_second_nameless,
    ],
)
def test_an_accreditation_that_does_not_name_its_recorded_parent_does_not_hold(
    change: Callable[[dict[str, Any]], object],
) -> None:
    assert refused(edited(change)) == "other_parent"


def test_an_accreditation_that_names_another_attribute_of_its_accreditor_does_not_hold() -> None:
    """Play the attack: a TAO with a broad and a narrow accreditation has the wrong one recorded."""
    country = organisations()
    world = country.world
    world.accredit(country.root, country.root, ROOT_TAO)
    broad = world.accredit(country.tao, country.root, TAO)
    world.accredit(country.tao, country.root, TAO)
    narrow = country.tao.attribute_id
    attribute_id = world.secret()
    text = world.accreditation_text(
        country.university, country.tao, TI, attribute_id=attribute_id, parent_attribute=narrow
    )
    world.set_metadata(country.university, attribute_id, TI, tao=country.tao.did, attribute_id_tao=broad)
    world.set_data(country.university, attribute_id, text)
    country.university.attributes.append(attribute_id)
    assert refused(country) == "other_parent"


@pytest.mark.parametrize(
    "types",
    [
        ["VerifiableAccreditation"],
        ["VerifiableAccreditation", "VerifiableAccreditationToAccredit"],
        ["VerifiableAuthorisationForTrustChain"],
    ],
)
def test_an_accreditation_whose_type_does_not_fit_the_recorded_one_does_not_hold(types: list[str]) -> None:
    country = edited(
        lambda members: members.update(type=["VerifiableCredential", "VerifiableAttestation", *types])
    )
    assert refused(country) == "other_type"


def _payload(compact: bytes) -> bytes:
    return decode_base64url(compact.split(b".")[1].decode(), max_bytes=1 << 20)
