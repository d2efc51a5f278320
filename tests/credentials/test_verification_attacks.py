"""Whole verdicts on what an issuer may not issue, and names so that nobody should notice."""

from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from credentials.verdict import ACCREDITATION

from .cases import decided, verdict_on
from .credential_makers import SCHEMAS
from .ledger import Actor
from .world import Country, country

MEDICINE = b'{"type":"object","title":"Doctor of Medicine"}'
MEDICINE_URL = f"{SCHEMAS}/0x{sha256(MEDICINE).hexdigest()}"


@pytest.fixture
def home() -> Country:
    """A country whose registry has a schema that the university is not accredited for."""
    home = country()
    home.world.register_schema(MEDICINE)
    return home


def _verdict(home: Country, issuer: Actor, edit: Callable[[dict[str, Any]], None]) -> tuple[Any, ...]:
    document = home.world.issue(issuer, edit=edit)
    home.world.anchor(issuer, [document])
    return decided(verdict_on(home.world, document))


@pytest.mark.parametrize("place", [0, 1])
def test_a_schema_that_may_be_used_lets_no_other_in(home: Country, place: int) -> None:
    """Play the attack: a degree in medicine by the schema for micro-credentials, and by its own."""

    def edit(members: dict[str, Any]) -> None:
        schemas = [members["credentialSchema"]]
        schemas.insert(place, {"id": MEDICINE_URL, "type": "JsonSchema"})
        members["credentialSchema"] = schemas

    assert _verdict(home, home.university, edit) == ("invalid", ACCREDITATION, "not_covered")


def test_a_degree_that_calls_itself_a_status_list_is_none(home: Country) -> None:
    """Play the attack: every issuer may publish lists, so a degree takes the types of one."""

    def edit(members: dict[str, Any]) -> None:
        members["type"] = ["VerifiableCredential", "VerifiableAttestation", "StatusList2021Credential"]
        members["credentialSubject"]["type"] = "StatusList2021"
        members["credentialSchema"] = {"id": MEDICINE_URL, "type": "JsonSchema"}

    assert _verdict(home, home.university, edit) == ("invalid", ACCREDITATION, "not_covered")


@pytest.mark.parametrize(
    "kind", ["VerifiableAccreditation", "VerifiableAccreditationToAttest", "VerifiableAuthorisationToOnboard"]
)
def test_a_degree_that_calls_itself_an_accreditation_is_none(home: Country, kind: str) -> None:
    """Play the attack: a TAO may accredit others within its scope, so a degree takes the type."""

    def edit(members: dict[str, Any]) -> None:
        members["type"] = ["VerifiableCredential", "VerifiableAttestation", kind]
        members["credentialSchema"] = {"id": MEDICINE_URL, "type": "JsonSchema"}

    assert _verdict(home, home.tao, edit) == ("invalid", ACCREDITATION, "malformed_accreditation")


def test_a_published_list_and_a_recorded_accreditation_are_valid_themselves(home: Country) -> None:
    world, university = home.world, home.university
    listed = world.publish_list(university, world.list_url(university))
    world.anchor(university, [listed])
    recorded = world.accreditation_text(university, home.tao, 3, attribute_id=university.attribute_id)
    world.anchor(home.tao, [recorded])
    for document in (listed, recorded):
        assert verdict_on(world, document).result(ACCREDITATION).reason is None


def test_a_time_before_its_key_was_recorded_gets_a_verdict() -> None:
    """Ask for any time at all: before the key, before the issuer, before the ledger."""
    home = country()
    world = home.world
    world.roll_key(home.university)
    document = world.issue(home.university)
    for anchored in (False, True):
        if anchored:
            world.anchor(home.university, [document])
        for before in (timedelta(0), timedelta(minutes=1), timedelta(hours=1), timedelta(days=400)):
            for asked in (document, home.credential):
                verdict = verdict_on(world, asked, at=world.moment - before)
                assert len(verdict.results) == 11
                assert verdict.outcome == "valid" or before or asked is document
