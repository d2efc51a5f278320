"""Leafing through a list either way shows every item once and says truly whether there are more."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from node.services.sheets import NEWEST, Place, Sheet, sheet

INDEXES = st.lists(st.integers(0, 40), unique=True).map(sorted)


def leaf(indexes: Sequence[int], limit: int, place: Place, *, start: int = 0, stop: int = 41) -> Sheet[int]:
    def find(*, start: int, stop: int, limit: int, newest_first: bool) -> Sequence[int]:
        assert limit > 0
        found = [index for index in indexes if start <= index < stop]
        return (found[::-1] if newest_first else found)[:limit]

    return sheet(find, lambda index: index, start=start, stop=stop, limit=limit, place=place)


@given(INDEXES, st.integers(1, 9), st.integers(0, 20), st.integers(20, 41))
def test_forth_and_back_reach_each_item_once(indexes: list[int], limit: int, start: int, stop: int) -> None:
    wanted = [index for index in indexes if start <= index < stop][::-1]
    seen, place = list[int](), NEWEST
    while True:
        found = leaf(indexes, limit, place, start=start, stop=stop)
        seen += found.items
        if found.older is None:
            break
        place = Place(before=found.older)
    assert seen == wanted
    back = list(found.items)
    while found.newer is not None:
        found = leaf(indexes, limit, Place(after=found.newer), start=start, stop=stop)
        back = [*found.items, *back]
    assert back == wanted


@given(INDEXES, st.integers(1, 9), st.integers(0, 45), st.sampled_from(["before", "after"]))
def test_wherever_a_sheet_lies_it_says_whether_there_are_more(
    indexes: list[int], limit: int, at: int, side: str
) -> None:
    below = side == "before"
    found = leaf(indexes, limit, Place(before=at) if below else Place(after=at))
    beyond = [index for index in indexes if (index >= at if below else index <= at)]
    within = [index for index in indexes if index not in beyond]
    expected = within[-limit:] if below else within[:limit]
    assert list(found.items) == expected[::-1]
    assert (found.newer is not None) == (bool(beyond) if below else len(within) > limit)
    assert (found.older is not None) == (len(within) > limit if below else bool(beyond))
