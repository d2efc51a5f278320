from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from anchoring.bitstring import BitString
from credentials.errors import Unavailable
from credentials.published_status import published_list
from node.services.verification_memory import VerificationMemory, octets_of
from tests.credentials.world import country


def test_lists_are_bounded_by_their_octets_and_all_else_by_number() -> None:
    derived: list[object] = []

    def derive(key: object, found: object) -> object:
        derived.append(key)
        return found

    memory = VerificationMemory(most=4, most_octets=4 * 17_408)
    bits = BitString.empty(131_072)
    for word, found in (("status list", bits), ("keys", "a key")):
        # Two are young, two are old: the third sends away what was not asked for since the first.
        for number in (0, 1, 0, 2, 0, 3, 0, 1, 2):
            key = (word, number)
            assert memory.get(key, partial(derive, key, found)) is found
        assert [key[1] for key in derived if isinstance(key, tuple)] == [0, 1, 2, 3, 1, 2]
        derived.clear()


def test_what_is_asked_for_all_the_time_is_never_derived_again() -> None:
    memory, derived = VerificationMemory(most=10), []
    for number in range(1_000):
        memory.get(("popular",), lambda: derived.append(0))
        memory.get(("rare", number), lambda: None)
    assert len(derived) == 1
    assert len(memory._small.young) + len(memory._small.old) <= 10


def test_what_raises_is_asked_again_and_none_is_an_answer() -> None:
    memory = VerificationMemory()
    with pytest.raises(Unavailable):
        memory.get("key", partial(_raise, Unavailable("not at hand")))
    assert memory.get("key", lambda: None) is None
    assert memory.get("key", lambda: "derived again") is None


def _raise(error: Exception) -> str:
    raise error


def test_threads_share_one_memory_within_its_bounds() -> None:
    memory = VerificationMemory(most=64)

    def ask(start: int) -> None:
        for number in range(start, start + 3_000):
            key = ("number", number % 97)
            assert memory.get(key, partial(lambda n: n % 97, number)) == number % 97

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(ask, range(4)))
    assert len(memory._small.young) + len(memory._small.old) <= 64


def test_a_list_counts_alike_however_it_is_wrapped() -> None:
    bits = BitString.empty(131_072)
    assert octets_of(bits) == 17_408
    assert octets_of(None) == octets_of("refused") == 1024


def test_a_published_list_counts_for_its_octets() -> None:
    home = country()
    url = home.world.list_url(home.university)
    home.world.publish_list(home.university, url)
    ports = home.world.ports(cache=VerificationMemory())
    found = published_list(ports, home.world.record.publications[-1])
    assert octets_of(found) == octets_of(found.credential) == 17_408
