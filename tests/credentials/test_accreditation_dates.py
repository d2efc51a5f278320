"""When an accreditation was signed, beside what was recorded when, and by which key."""

from credentials.verdict import Outcome

from .accredited_country import Accredited, accredited, organisations, refused
from .ledger import DAY, Key
from .memory_record import RememberingCache
from .world import ROOT_TAO, TAO, TI, World


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
    assert refused(country) == "no_credential"
    world.set_data(university, university.attribute_id, old)
    assert refused(country) == "outdated"


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
    assert refused(accredited(claims={"iat": None})) == "outdated"


def test_an_accreditation_from_after_its_own_record_does_not_hold() -> None:
    """Play the attack: a credential dated ahead would still be new after the accreditation was changed."""
    country = organisations()
    world = country.world
    world.accredit(country.root, country.root, ROOT_TAO)
    world.accredit(country.tao, country.root, TAO)
    world.accredit(country.university, country.tao, TI, claims={"iat": world.now + 10 * DAY})
    assert refused(country) == "predated"


def test_an_accreditation_by_a_key_not_yet_recorded_does_not_hold() -> None:
    country = organisations()
    world = country.world
    world.accredit(country.root, country.root, ROOT_TAO)
    world.accredit(country.tao, country.root, TAO)
    key = world.key()
    world.accredit(country.university, country.tao, TI, key=key)
    world.add_key(country.tao, key=key, not_before=world.now - 30 * DAY)
    assert refused(country) == "accreditor_key"


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
    assert refused(country) == "accreditor_key"


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


def _recorded_text(country: Accredited) -> bytes:
    university = country.university
    revisions = country.world.record.revisions_of(university.did, university.attribute_id)
    text = revisions[-1].body
    assert text is not None
    return text
