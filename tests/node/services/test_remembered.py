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
