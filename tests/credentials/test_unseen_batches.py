"""Batches whose leaves are not at hand, in any number: what an anchor there could cure or not."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from credentials import accreditation_at
from credentials.case import MOST_STATES
from credentials.verdict import ACCREDITATION, ISSUER, SIGNATURE, TIMELINE, CheckName, Outcome

from .cases import case_of, verdict_on
from .credential_makers import ISSUERS
from .ledger import DAY
from .memory_record import RememberingCache
from .world import TI, Country, country

MANY = 70


def _hide(home: Country, batches: int, *, apart: int = 0) -> None:
    """Let the university anchor so many batches, and keep their leaves back."""
    for _ in range(batches):
        home.world.anchor(home.university, [home.world.issue(home.university)], held=False)
        home.world.wait(apart)


def _said(home: Country, document: bytes, check: CheckName) -> tuple[Outcome, str | None]:
    result = verdict_on(home.world, document).result(check)
    return result.outcome, result.reason


@pytest.fixture(params=[1_000, 20], ids=["all listed", "20 listed"])
def home(request: pytest.FixtureRequest) -> Country:
    """A country whose record lists so many batches and only counts the others."""
    home = country()
    home.world.record.most_listed = request.param
    return home


def test_no_number_of_batches_covers_a_type_that_was_never_covered(home: Country) -> None:
    """Play the attack: an issuer buries what it may not issue under batches that it keeps back."""
    _hide(home, MANY)
    document = home.world.issue(home.university, edit=lambda one: one["type"].append("MedicalLicence"))
    assert _said(home, document, ACCREDITATION) == (Outcome.FAILED, "not_covered")
    assert verdict_on(home.world, document).outcome == "invalid"


def test_no_number_of_batches_puts_a_key_under_assertion_method(home: Country) -> None:
    """Play the attack: who has the issuer's key for logging in signs a diploma, and anchors without end."""
    world, university = home.world, home.university
    signing = university.key
    for key in (
        world.add_key(university, relationships=("authentication",)),
        world.add_key(university, not_before=world.now + 1000, not_after=world.now + 1000),
    ):
        university.keys.append(signing)
        _hide(home, MANY)
        document = world.issue(university, key=key)
        assert _said(home, document, SIGNATURE)[0] is Outcome.FAILED
        assert _said(home, document, TIMELINE)[0] is Outcome.FAILED


def test_no_number_of_batches_after_its_end_lets_a_key_sign(home: Country) -> None:
    world, university = home.world, home.university
    retired = university.key
    world.roll_key(university)
    document = world.issue(university, key=retired)
    _hide(home, MANY)
    if home.world.record.most_listed > MANY:
        assert _said(home, document, SIGNATURE) == (Outcome.FAILED, "no_longer_valid")
    else:
        assert _said(home, document, SIGNATURE) == (Outcome.NOT_DETERMINABLE, "unseen_batches")


def test_among_many_batches_the_one_that_could_cure_is_found(home: Country) -> None:
    """The first of them lies before the key's end and the accreditation's, the others long after."""
    world, university = home.world, home.university
    document = world.issue(university)
    world.anchor(university, [document], held=False)
    world.roll_key(university)
    world.revoke(university, home.tao)
    _hide(home, MANY)
    for check in (SIGNATURE, ACCREDITATION, TIMELINE):
        assert _said(home, document, check) == (Outcome.NOT_DETERMINABLE, "unseen_batches")


def test_batches_that_are_not_listed_may_lie_in_every_later_state() -> None:
    """Accredited again only after the last batch that is listed."""
    home = country()
    world, university = home.world, home.university
    world.record.most_listed = 1
    world.revoke(university, home.tao)
    _hide(home, 1)
    world.accredit(university, home.tao, TI)
    _hide(home, 1)
    world.revoke(university, home.tao)
    document = world.issue(university)
    assert _said(home, document, ACCREDITATION) == (Outcome.NOT_DETERMINABLE, "unseen_batches")
    world.record.most_listed = 2
    world.anchor(university, [document])
    assert _said(home, document, ACCREDITATION) == (Outcome.NOT_DETERMINABLE, "unseen_batches")


def test_batches_after_the_anchor_are_none_that_it_could_lie_in() -> None:
    home = country()
    world, university = home.world, home.university
    world.record.most_listed = 1
    world.revoke(university, home.tao)
    document = world.issue(university)
    world.anchor(university, [document])
    world.accredit(university, home.tao, TI)
    _hide(home, 3)
    assert case_of(world, document).more_unseen is False
    assert _said(home, document, ACCREDITATION) == (Outcome.FAILED, "accreditation_revoked")


def test_a_batch_in_more_states_than_are_looked_at_may_cure() -> None:
    home = country()
    world, university = home.world, home.university
    world.revoke(university, home.tao)
    document = world.issue(university)
    for states in (MOST_STATES, 1):
        for _ in range(states):
            world.revoke(university, home.tao)
            _hide(home, 1)
        expected = Outcome.FAILED if states == MOST_STATES else Outcome.NOT_DETERMINABLE
        assert _said(home, document, ACCREDITATION)[0] is expected


def test_each_state_is_asked_once_and_each_moment_in_it_only_if_it_could_hold() -> None:
    home = country()
    _hide(home, 3)
    case = case_of(home.world, home.world.issue(home.university))
    asked: list[tuple[int, int | None]] = []

    def holds(below: int, time: int | None) -> bool:
        asked.append((below, time))
        return time is None

    last = case.unseen[-1]
    assert not case.curable(holds, changes=[last.index - 1])
    first, second = (batch.time for batch in case.unseen[:2])
    assert asked == [(0, None), (0, first), (0, second), (last.index, None), (last.index, last.time)]
    asked.clear()
    assert not replace(case, unseen=()).curable(holds, changes=[])
    assert asked == []


def test_a_state_is_judged_alike_from_wherever_it_is_seen() -> None:
    """What was derived for one batch serves the others of its state."""
    home, cache = country(), RememberingCache()
    world, university = home.world, home.university
    world.revoke(university, home.tao)
    document = world.issue(university)
    derived = []
    for _ in range(2):
        _hide(home, 30)
        before = cache.derived
        verdict_on(world, document, cache=cache)
        derived.append(cache.derived - before)
    assert derived[1] <= derived[0]


def test_an_issuer_unknown_before_every_batch_stays_unknown() -> None:
    home = country()
    _hide(home, MANY)
    world, did = home.world, home.university.did
    document = world.issue(home.university)
    world.record.changes[did].clear()
    world.record.alterations += 1
    assert _said(home, document, ISSUER) == (Outcome.FAILED, "issuer_unknown")


def test_an_issuance_after_every_batch_is_cured_by_none() -> None:
    home = country()
    _hide(home, MANY, apart=60)
    document = home.world.issue(home.university, at=home.world.now + DAY)
    assert _said(home, document, TIMELINE) == (Outcome.FAILED, "not_issued_yet")


def test_a_policy_without_accreditation_asks_for_none_in_any_batch() -> None:
    home = country()
    world, university = home.world, home.university
    retired = university.key
    world.revoke(university, home.tao)
    document = world.issue(university, key=retired)
    _hide(home, MANY)
    world.roll_key(university)
    world.wait(60)
    relaxed = verdict_on(world, document, policy=world.policy("accreditation"))
    assert relaxed.result(TIMELINE).reason == "unseen_batches"
    strict = verdict_on(world, document)
    assert (strict.result(TIMELINE).outcome, strict.result(TIMELINE).reason) == (
        Outcome.FAILED,
        "key_not_in_force",
    )


def test_terms_of_use_of_somebody_else_are_cured_by_no_batch() -> None:
    home = country()
    _hide(home, MANY)
    url = f"{ISSUERS}/{home.tao.did}/attributes/{home.tao.attribute_id.hex()}"
    terms = {"id": url, "type": "IssuanceCertificate"}
    document = home.world.issue(home.university, edit=lambda one: one.update(termsOfUse=terms))
    assert _said(home, document, ACCREDITATION) == (Outcome.FAILED, "foreign_terms_of_use")
    assert _said(home, document, TIMELINE) == (Outcome.FAILED, "not_accredited_then")


def test_accreditations_above_without_end_are_not_walked(monkeypatch: pytest.MonkeyPatch) -> None:
    home = country()
    _hide(home, 1)
    home.world.revoke(home.university, home.tao)
    document = home.world.issue(home.university)
    monkeypatch.setattr(accreditation_at, "MAX_ABOVE", 3)
    assert _said(home, document, ACCREDITATION) == (Outcome.NOT_DETERMINABLE, "unseen_batches")
    monkeypatch.setattr(accreditation_at, "MAX_ABOVE", 2)
    assert _said(home, document, ACCREDITATION) == (Outcome.NOT_DETERMINABLE, "unavailable")


def test_a_past_time_sees_only_the_batches_up_to_it() -> None:
    home = country()
    world, university = home.world, home.university
    world.revoke(university, home.tao)
    before = world.now
    document = world.issue(university)
    world.accredit(university, home.tao, TI)
    _hide(home, MANY)
    world.revoke(university, home.tao)
    result = verdict_on(world, document, at=datetime.fromtimestamp(before, UTC)).result(ACCREDITATION)
    assert (result.outcome, result.reason) == (Outcome.FAILED, "accreditation_revoked")
