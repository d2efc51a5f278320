"""What `make demo` plays when nothing is said: the whole alliance, ten thousand digests, the known ports."""

from devnet.demo import _options
from devnet.members import MEMBERS
from devnet.scenarios import STEPS
from devnet.world import DAYS, Plan


def test_the_demo_plays_fourteen_members_and_ten_thousand_digests_on_the_known_ports() -> None:
    options = _options([])
    assert (options.members, options.credentials) == (len(MEMBERS), 10_000) == (14, 10_000)
    assert tuple(options.ports) == (8080, 8081)
    assert (options.once, options.json) == (False, None)


def test_the_steps_are_those_of_the_scenario_in_their_order() -> None:
    assert [step.id for step in STEPS] == [
        "accredited",
        "anchored",
        "checked_abroad",
        "rotated",
        "deaccredited",
        "audited",
        "tampered",
        "issued",
        "status_published",
        "verified_abroad",
        "altered",
        "revoked",
        "revoked_day_before",
        "suspended",
        "reinstated",
        "every_format",
        "unaccredited",
        "key_revoked_before_anchor",
        "key_rotated_after_anchor",
        "retroactive",
        "backdated",
        "tao_revoked",
        "withheld_list",
    ]


def test_the_play_begins_three_weeks_before_the_present() -> None:
    plan = Plan(present=1_795_255_200, members=MEMBERS, credentials=10_000)
    assert DAYS == 21
    assert (plan.day(DAYS) - plan.day(0)).total_seconds() == 21 * 86_400
    assert plan.day(DAYS).timestamp() == 1_795_255_200
