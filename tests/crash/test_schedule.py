"""The list of kills: the same for the same seed, and no place left out."""

from node.failpoints import FAILPOINTS
from tests.crash.lanes import Clients
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


def test_a_kill_is_owed_while_a_command_has_it_and_when_that_gives_it_back() -> None:
    _, waiting = draw(len(FAILPOINTS), 1, at_random=0)
    clients, many = Clients(waiting), len(waiting)
    first, second = clients.take(), clients.take()
    assert first is not None
    assert second is not None
    assert len(clients.owed()) == many
    clients.give_back(first)
    clients.note(second)
    assert (len(clients.owed()), clients.carried_out) == (many - 1, [second])
    again = clients.take()
    assert again == first
    clients.end()
    assert clients.take() is None
    assert len(clients.owed()) == many - 1
    clients.note(first)
    assert first not in clients.owed()


def test_a_kill_within_the_onboarding_waits_for_that_command() -> None:
    _, waiting = draw(len(FAILPOINTS), 1, at_random=0)
    clients = Clients(waiting)
    taken = [clients.take(("batch", "anchor", "folder")) for _ in range(len(waiting))]
    assert {kill.place for kill in clients.owed()} >= {"client-step"}
    assert "client-step" not in {kill.place for kill in taken if kill is not None}
    found = clients.take(("issuer", "onboard", "--resume"))
    assert found is not None
    assert found.place == "client-step"
