"""What an accreditation covers, beside what its accreditor was accredited for; and whose name it states."""

from typing import Any

import pytest

from credentials.verdict import Outcome
from did.multibase import encode_base58btc

from .accredited_country import accredited, edited, organisations, refused, with_subject
from .credential_makers import SCHEMAS, TYPES, covered
from .world import ROOT_TAO, SCHEMA_URL, TAO, TI

EU = "https://publications.europa.eu/resource/authority/atu"


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
    assert refused(accredited(accredited_for=(item,))) == "broader_than_parent"


def test_an_accreditation_narrower_than_its_parent_holds() -> None:
    item = covered(SCHEMA_URL, TYPES, jurisdiction=f"{EU}/LTU")
    assert accredited(accredited_for=(item,)).judge().outcome is Outcome.PASSED


@pytest.mark.parametrize("stated", [None, {}, [{}], [covered(SCHEMA_URL, types=())]])
def test_an_accreditation_that_does_not_say_for_what_does_not_hold(stated: object) -> None:
    """Only a Root TAO is accredited for everything, and only by leaving its scope out."""
    assert refused(with_subject(accreditedFor=stated)) == "malformed_accreditation"


def test_nobody_but_a_root_may_leave_its_scope_out() -> None:
    country = edited(lambda members: _drop_scope(members["credentialSubject"]))
    assert refused(country) == "malformed_accreditation"


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
    assert refused(country) == "root_with_parent"


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
    result = with_subject(**stated).judge()
    assert result.outcome is Outcome.PASSED
    assert result.evidence["links"][0]["name"] == name
    assert result.sentence.startswith(name or "did:ebsi:")


def test_a_legal_name_is_a_name() -> None:
    country = edited(
        lambda members: members["credentialSubject"].update(
            legalName=members["credentialSubject"].pop("name")
        )
    )
    assert country.judge().evidence["links"][0]["name"] == "University"


def _drop_scope(subject: dict[str, Any]) -> None:
    del subject["accreditedFor"]
