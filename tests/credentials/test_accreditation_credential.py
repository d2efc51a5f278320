"""Every clause of check 5 about one accreditation's credential, each played as the attack it stops."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from credentials.verdict import Outcome
from did.base64url import decode_base64url
from did.multibase import encode_base58btc

from .accredited_country import Accredited, accredited, organisations
from .credential_makers import ISSUERS, SCHEMAS, TYPES, covered
from .ledger import DAY, Key
from .memory_record import RememberingCache
from .world import ROOT_TAO, SCHEMA_URL, TAO, TI, World

EU = "https://publications.europa.eu/resource/authority/atu"


def _refused(country: Accredited) -> str | None:
    result = country.judge()
    assert result.outcome is Outcome.FAILED
    assert result.evidence["then"]["reason"] == result.reason
    return result.reason


def _edited(change: Callable[[dict[str, Any]], object]) -> Accredited:
    def edit(members: dict[str, Any]) -> None:
        change(members)

    return accredited(edit=edit)


def _subject(**members: Any) -> Accredited:
    return _edited(lambda credential: credential["credentialSubject"].update(members))


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
    assert _refused(country) == "no_credential"


@pytest.mark.parametrize(
    "text", [b"", b"\xff", b"a.b.c", b"{}", json.dumps({"vc": {}}).encode(), b"x" * 32_000]
)
def test_an_accreditation_that_cannot_be_read_does_not_hold(text: bytes) -> None:
    assert _refused(accredited(text=text)) == "malformed_accreditation"


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
    assert _refused(country) == "malformed_accreditation"


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
    assert _refused(country) == "other_accreditor"


def test_an_accreditation_signed_with_another_accreditors_key_does_not_hold() -> None:
    country = organisations()
    other = country.world.actor("Other ministry")
    country.world.accredit(country.root, country.root, ROOT_TAO)
    country.world.accredit(country.tao, country.root, TAO)
    country.world.accredit(country.university, country.tao, TI, key=other.key)
    assert _refused(country) == "accreditor_key"


def test_an_accreditation_that_names_a_key_and_is_signed_by_another_does_not_hold() -> None:
    country = organisations()
    country.world.accredit(country.root, country.root, ROOT_TAO)
    country.world.accredit(country.tao, country.root, TAO)
    stolen_name = {"kid": country.tao.kid}
    country.world.accredit(
        country.university, country.tao, TI, key=country.university.key, header=stolen_name
    )
    assert _refused(country) == "accreditor_signature"


def test_an_accreditation_that_names_the_key_of_somebody_else_does_not_hold() -> None:
    country = organisations()
    country.world.accredit(country.root, country.root, ROOT_TAO)
    country.world.accredit(country.tao, country.root, TAO)
    foreign = {"kid": country.university.kid}
    country.world.accredit(country.university, country.tao, TI, key=country.university.key, header=foreign)
    assert _refused(country) == "accreditor_key"


def test_an_accreditation_for_another_subject_does_not_hold() -> None:
    """Play the attack: a university records the accreditation that its neighbour was given."""
    country = _subject(id="did:ebsi:zZeKyEJfUTGwajhNyNX928z")
    assert _refused(country) == "other_subject"


def test_an_accreditation_for_two_subjects_does_not_hold() -> None:
    country = _edited(
        lambda members: members.update(
            credentialSubject=[members["credentialSubject"], members["credentialSubject"]]
        )
    )
    assert _refused(country) == "other_subject"


@pytest.mark.parametrize("reserved", [None, "", "00" * 32, "zz" * 32, 5])
def test_an_accreditation_for_another_attribute_does_not_hold(reserved: object) -> None:
    """Play the attack: a credential that was given for one attribute is recorded under another."""
    assert _refused(_subject(reservedAttributeId=reserved)) == "other_attribute"


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


@pytest.mark.parametrize(
    "change", [_without_terms, _terms_of_another_type, _terms_at_another_registry, _terms_of_two]
)
def test_an_accreditation_that_does_not_name_its_recorded_parent_does_not_hold(
    change: Callable[[dict[str, Any]], object],
) -> None:
    assert _refused(_edited(change)) == "other_parent"


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
    assert _refused(country) == "other_parent"


@pytest.mark.parametrize(
    "types",
    [
        ["VerifiableAccreditation"],
        ["VerifiableAccreditation", "VerifiableAccreditationToAccredit"],
        ["VerifiableAuthorisationForTrustChain"],
    ],
)
def test_an_accreditation_whose_type_does_not_fit_the_recorded_one_does_not_hold(types: list[str]) -> None:
    country = _edited(
        lambda members: members.update(type=["VerifiableCredential", "VerifiableAttestation", *types])
    )
    assert _refused(country) == "other_type"


def test_an_accreditation_older_than_its_last_change_does_not_hold() -> None:
    """Play the attack: once an accreditation is narrowed, its holder records the old credential again."""
    country = accredited()
    world, university = country.world, country.university
    old = _recorded_text(country)
    world.wait(DAY)
    world.set_metadata(
        university,
        university.attribute_id,
        TI,
        tao=country.tao.did,
        attribute_id_tao=country.tao.attribute_id,
    )
    assert _refused(country) == "no_credential"
    world.set_data(university, university.attribute_id, old)
    assert _refused(country) == "outdated"


def test_a_new_credential_after_a_change_holds() -> None:
    country = accredited()
    country.world.wait(DAY)
    country.world.accredit(country.university, country.tao, TI, attribute_id=country.university.attribute_id)
    assert country.judge().outcome is Outcome.PASSED


def test_a_credential_of_a_minute_before_the_change_holds() -> None:
    country = organisations()
    world = country.world
    world.accredit(country.root, country.root, ROOT_TAO)
    world.accredit(country.tao, country.root, TAO)
    attribute_id = world.secret()
    text = world.accreditation_text(country.university, country.tao, TI, attribute_id=attribute_id)
    world.accredit(country.university, country.tao, TI, attribute_id=attribute_id, text=text)
    assert country.judge().outcome is Outcome.PASSED


def test_an_accreditation_without_time_of_issue_does_not_hold() -> None:
    assert _refused(accredited(claims={"iat": None})) == "outdated"


def test_an_accreditation_from_after_its_own_record_does_not_hold() -> None:
    """Play the attack: a credential dated ahead would still be new after the accreditation was changed."""
    country = organisations()
    world = country.world
    world.accredit(country.root, country.root, ROOT_TAO)
    world.accredit(country.tao, country.root, TAO)
    world.accredit(country.university, country.tao, TI, claims={"iat": world.now + 10 * DAY})
    assert _refused(country) == "predated"


def test_an_accreditation_by_a_key_not_yet_recorded_does_not_hold() -> None:
    country = organisations()
    world = country.world
    world.accredit(country.root, country.root, ROOT_TAO)
    world.accredit(country.tao, country.root, TAO)
    key = world.key()
    world.accredit(country.university, country.tao, TI, key=key)
    world.add_key(country.tao, key=key, not_before=world.now - 30 * DAY)
    assert _refused(country) == "accreditor_key"


def test_an_accreditation_by_a_key_that_had_ended_when_it_was_recorded_does_not_hold() -> None:
    """Play the attack: somebody finds a retired key of the TAO and accredits himself in its name."""
    country = organisations()
    world = country.world
    world.accredit(country.root, country.root, ROOT_TAO)
    world.accredit(country.tao, country.root, TAO)
    old = country.tao.key
    world.roll_key(country.tao)
    world.wait(DAY)
    world.accredit(country.university, country.tao, TI, key=old)
    assert _refused(country) == "accreditor_key"


def test_an_accreditation_outlives_the_key_that_signed_it() -> None:
    country = accredited()
    country.world.roll_key(country.tao)
    country.world.wait(DAY)
    assert country.judge().outcome is Outcome.PASSED


def test_an_accreditation_is_judged_by_its_key_on_the_day_that_it_was_recorded() -> None:
    """By the interval then, neither by today's nor by that of another day."""
    for not_before, not_after, expected in ((0, DAY, None), (DAY, 9 * DAY, "accreditor_key")):
        country = organisations()
        world = country.world
        world.accredit(country.root, country.root, ROOT_TAO)
        world.accredit(country.tao, country.root, TAO)
        world.add_key(country.tao, not_before=world.now + not_before, not_after=world.now + not_after)
        world.accredit(country.university, country.tao, TI)
        world.wait(2 * DAY)
        assert country.judge().reason == expected


def test_a_signature_that_was_verified_once_is_not_taken_for_one_by_another_key() -> None:
    """Play the attack: the ledger forgets its last blocks, and another key comes back under the same name."""
    cache = RememberingCache()
    signing = accredited()
    fragment = signing.tao.key.fragment
    assert signing.judge(cache=cache).outcome is Outcome.PASSED
    world = World()
    root, tao, university = (
        world.actor("Root TAO"),
        world.actor("Ministry", signs=False),
        world.actor("University"),
    )
    other = world.key()
    world.add_key(tao, key=Key(other.private, fragment, other.jwk))
    world.accredit(root, root, ROOT_TAO)
    parent = signing.tao.attribute_id
    world.accredit(tao, root, TAO, attribute_id=parent)
    world.now = (
        signing.world.record.revisions_of(university.did, signing.university.attribute_id)[0].time - 60
    )
    world.accredit(
        university,
        tao,
        TI,
        attribute_id=signing.university.attribute_id,
        text=_recorded_text(signing),
    )
    reorganised = Accredited(world, root, tao, university)
    assert reorganised.judge(cache=cache).reason == "accreditor_signature"


def _other_schema() -> str:
    return f"{SCHEMAS}/{encode_base58btc(bytes([9] * 32))}"


@pytest.mark.parametrize(
    "item",
    [
        covered(SCHEMA_URL, (*TYPES, "MedicalLicence")),
        covered(_other_schema()),
        covered(SCHEMA_URL, jurisdiction=f"{EU}/USA"),
    ],
    ids=["types", "schema", "jurisdiction"],
)
def test_an_accreditation_broader_than_its_parent_does_not_hold(item: dict[str, Any]) -> None:
    """Play the attack: a TAO gives more than it has."""
    assert _refused(accredited(accredited_for=(item,))) == "broader_than_parent"


def test_an_accreditation_narrower_than_its_parent_holds() -> None:
    item = covered(SCHEMA_URL, TYPES, jurisdiction=f"{EU}/LTU")
    assert accredited(accredited_for=(item,)).judge().outcome is Outcome.PASSED


@pytest.mark.parametrize("stated", [None, {}, [{}], [covered(SCHEMA_URL, types=())]])
def test_an_accreditation_that_does_not_say_for_what_does_not_hold(stated: object) -> None:
    """Only a Root TAO is accredited for everything, and only by leaving its scope out."""
    assert _refused(_subject(accreditedFor=stated)) == "malformed_accreditation"


def test_nobody_but_a_root_may_leave_its_scope_out() -> None:
    country = _edited(lambda members: _drop_scope(members["credentialSubject"]))
    assert _refused(country) == "malformed_accreditation"


def test_a_root_may_leave_its_scope_out() -> None:
    country = organisations()
    world = country.world
    world.accredit(
        country.root, country.root, ROOT_TAO, edit=lambda members: _drop_scope(members["credentialSubject"])
    )
    world.accredit(country.tao, country.root, TAO)
    world.accredit(country.university, country.tao, TI)
    result = country.judge()
    assert result.outcome is Outcome.PASSED
    assert result.evidence["links"][-1]["accreditedFor"] is None


def test_a_root_that_names_a_parent_does_not_hold() -> None:
    """Play the attack: a subordinate's credential is recorded as that of a root."""
    country = organisations()
    world = country.world
    world.accredit(country.root, country.root, ROOT_TAO, parent_attribute=bytes(32))
    world.accredit(country.tao, country.root, TAO)
    world.accredit(country.university, country.tao, TI)
    assert _refused(country) == "root_with_parent"


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ({"name": "Uni"}, "Uni"),
        ({"name": {"lt": "Universitetas", "en": "Uni"}}, "Uni"),
        ({"name": {"lt": "Universitetas"}}, "Universitetas"),
        ({"name": {}}, None),
        ({"name": 5}, None),
        ({"name": "U\x1b[31mni"}, None),
        ({"name": "U" * 201}, None),
        ({"name": ""}, None),
    ],
)
def test_a_name_is_shown_if_it_can_be(stated: dict[str, Any], name: str | None) -> None:
    result = _subject(**stated).judge()
    assert result.outcome is Outcome.PASSED
    assert result.evidence["links"][0]["name"] == name
    assert result.sentence.startswith(name or "did:ebsi:")


def test_a_legal_name_is_a_name() -> None:
    country = _edited(
        lambda members: members["credentialSubject"].update(
            legalName=members["credentialSubject"].pop("name")
        )
    )
    assert country.judge().evidence["links"][0]["name"] == "University"


def _drop_scope(subject: dict[str, Any]) -> None:
    del subject["accreditedFor"]


def _recorded_text(country: Accredited) -> bytes:
    university = country.university
    revisions = country.world.record.revisions_of(university.did, university.attribute_id)
    text = revisions[-1].body
    assert text is not None
    return text


def _payload(compact: bytes) -> bytes:
    return decode_base64url(compact.split(b".")[1].decode(), max_bytes=1 << 20)
