"""The list of kills: the same for the same seed, and no place left out."""

from node.failpoints import FAILPOINTS
from tests.crash.schedule import RANDOM, draw


def test_a_seed_gives_the_same_kills_again() -> None:
    assert draw(50, 7) == draw(50, 7)
    assert draw(50, 7) != draw(50, 8)


def test_every_place_comes_once_before_any_comes_twice() -> None:
    node, client = draw(len(FAILPOINTS), 1, at_random=0)
    assert sorted(kill.place for kill in (*node, *client)) == sorted(FAILPOINTS)
    assert {kill.place for kill in client} == {name for name in FAILPOINTS if name.startswith("client-")}


def test_all_kills_are_given_out_whatever_their_part_at_random() -> None:
    for part in (0.0, 0.3, 1.0):
        node, client = draw(40, 3, at_random=part)
        assert len(node) + len(client) == 40
        assert sum(kill.place == RANDOM for kill in (*node, *client)) == round(40 * part)
