from functools import partial

from anchoring.bitstring import BitString
from credentials.published_status import published_list
from node.services.verification_memory import VerificationMemory, octets_of
from tests.credentials.world import country


def test_lists_are_bounded_by_their_octets_and_all_else_by_number() -> None:
    derived: list[object] = []

    def derive(key: object, found: object) -> object:
        derived.append(key)
        return found

    memory = VerificationMemory(most=2, most_octets=3 * 17_408)
    bits = BitString.empty(131_072)
    for number in (0, 1, 2, 0, 3, 1, 0):
        key = ("status list", bytes([number]))
        assert memory.get(key, partial(derive, key, bits)) is bits
    assert [key[1][0] for key in derived if isinstance(key, tuple)] == [0, 1, 2, 3, 1]
    derived.clear()
    for word in ("a", "b", "a", "c", "b"):
        memory.get(("keys", word), partial(derive, word, word))
    assert derived == ["a", "b", "c", "b"]


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
