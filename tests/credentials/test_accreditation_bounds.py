"""Check 5 at its edges: the minute that clocks may differ, and the root that must have appointed itself."""

import pytest

from credentials.verdict import Outcome

from .accredited_country import judge, organisations, refused
from .credential_makers import TYPES, covered
from .ledger import Key
from .world import ROOT_TAO, SCHEMA_URL, TAO, TI


@pytest.mark.parametrize(
    ("seconds", "reason"), [(-61, "outdated"), (-60, None), (0, None), (60 + 60, None), (60 + 61, "predated")]
)
def test_time_of_issue_lies_within_a_minute_of_reservation_and_record(
    seconds: int, reason: str | None
) -> None:
    """Counted from the metadata entry; the credential is recorded a minute after it."""
    country = organisations()
    world = country.world
    world.accredit(country.root, country.root, ROOT_TAO)
    world.accredit(country.tao, country.root, TAO)
    reserved = world.now + 60
    world.accredit(country.university, country.tao, TI, claims={"iat": reserved + seconds})
    times = [time for kind, _fields, time in world.log if kind.startswith("issuer.attribute.")][-2:]
    assert times == [reserved, reserved + 60]
    result = country.judge()
    assert (result.outcome, result.reason) == (Outcome.FAILED if reason else Outcome.PASSED, reason)


def test_a_root_that_another_appointed_does_not_hold() -> None:
    """Play the attack: an accepted root's attribute holds a credential that somebody else made for it."""
    country = organisations()
    world = country.world
    attribute_id = world.secret()
    text = world.accreditation_text(country.root, country.tao, ROOT_TAO, attribute_id=attribute_id)
    world.accredit(country.root, country.root, ROOT_TAO, attribute_id=attribute_id, text=text)
    world.accredit(country.tao, country.root, TAO)
    world.accredit(country.university, country.tao, TI)
    assert refused(country) == "other_accreditor"


def test_a_root_that_another_key_signed_does_not_hold() -> None:
    """Play the attack: the same under the root's own name, by a key that the root never had."""
    country = organisations()
    world = country.world
    stranger = world.key()
    for key, reason in (
        (stranger, "accreditor_key"),
        (Key(stranger.private, country.root.key.fragment, stranger.jwk), "accreditor_signature"),
    ):
        world.accredit(country.root, country.root, ROOT_TAO, key=key)
        world.accredit(country.tao, country.root, TAO)
        world.accredit(country.university, country.tao, TI)
        assert refused(country) == reason


def test_a_root_that_states_its_scope_is_held_to_it() -> None:
    """Play the attack: a TAO gives what the root itself says it may not."""
    for types, reason in ((TYPES, "broader_than_parent"), (TYPES[:-1], None)):
        country = organisations()
        world = country.world
        world.accredit(
            country.root, country.root, ROOT_TAO, accredited_for=(covered(SCHEMA_URL, TYPES[:-1]),)
        )
        world.accredit(country.tao, country.root, TAO, accredited_for=(covered(SCHEMA_URL, types),))
        world.accredit(country.university, country.tao, TI, accredited_for=(covered(SCHEMA_URL, types),))
        result = judge(world, world.issue(country.university, types=TYPES[:-1]))
        assert (result.outcome, result.reason) == (Outcome.FAILED if reason else Outcome.PASSED, reason)
