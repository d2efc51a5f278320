from functools import partial

from node.services.remembered import Remembered


def test_an_answer_is_derived_once_and_the_longest_unasked_is_forgotten() -> None:
    derived: list[str] = []

    def derive(key: str) -> str:
        derived.append(key)
        return key.upper()

    memory = Remembered[str](2)
    for key in ("a", "b", "a", "c", "a", "b"):
        assert memory.get(key, partial(derive, key)) == key.upper()
    assert derived == ["a", "b", "c", "b"]


def test_an_answer_of_none_is_remembered_too() -> None:
    memory = Remembered[str | None](2)
    assert memory.get("k", lambda: None) is None
    assert memory.get("k", lambda: "derived again") is None


def test_heavy_answers_leave_sooner_and_one_too_heavy_stands_alone() -> None:
    memory = Remembered[tuple[int, ...]](10, weigh=len)
    derived: list[str] = []

    def derive(key: str, weight: int) -> tuple[int, ...]:
        derived.append(key)
        return tuple(range(weight))

    for key, weight in (("a", 4), ("b", 6), ("a", 4), ("c", 5), ("a", 4), ("b", 6), ("d", 50), ("d", 50)):
        assert memory.get(key, partial(derive, key, weight)) == tuple(range(weight))
    assert derived == ["a", "b", "c", "b", "d"]
    assert memory.get("a", partial(derive, "a", 4)) == (0, 1, 2, 3)
    assert derived[-1] == "a"


def test_what_does_not_hold_any_more_is_derived_again_and_weighs_once() -> None:
    memory = Remembered[tuple[int, ...]](10, weigh=len)
    assert memory.peek("a") is None
    assert memory.get("a", lambda: (1,) * 4) == memory.peek("a") == (1,) * 4
    assert memory.get("a", lambda: (2,) * 4, holds=lambda found: found[0] == 1) == (1,) * 4
    for again in (2, 3, 4):
        assert memory.get("a", lambda: (again,) * 4, holds=lambda _: False) == (again,) * 4  # noqa: B023 -- called at once
    assert memory.get("b", lambda: (5,) * 6) == (5,) * 6
    assert memory.peek("a") == (4,) * 4
