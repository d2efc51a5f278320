"""Nothing that is told of a month gives a suppressed count away, by whatever is taken from whatever."""

from collections.abc import Iterator
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.db.row_making import Totals
from node.db.statistics import Marked
from node.services.disclosure import THRESHOLD, Disclosed, disclosed, disclosed_month
from node.services.statistics import IssuerFigures, MonthFigures

MOST = 22
"""That a suppressed count is tried to be."""

counts_of_a_month = st.dictionaries(
    st.sampled_from([f"did:ebsi:z{number}" for number in range(12)]),
    st.one_of(st.integers(0, 2 * THRESHOLD), st.integers(0, 5_000)),
)


def worlds(told: Disclosed) -> Iterator[dict[str, int]]:
    """All counts of which `disclosed` tells the same, up to a bound on each that is suppressed.

    Whoever asks knows how it is chosen what is suppressed, and tries everything.
    """
    names = list(told.own)
    ranges = [range(MOST + 1) if count is None else (count,) for count in told.own.values()]
    for counts in product(*ranges):
        world = dict(zip(names, counts, strict=True))
        if disclosed(world) == told:
            yield world


@pytest.mark.parametrize(
    "counts",
    [
        *(
            (3,),
            (1, 9),
            (9, 9),
            (1, 1, 1),
            (0, 1),
            (5, 4, 50),
            (0, 10, 9, 9),
            (9, 11),
            (3, 400, 50),
            (2, 10, 11),
        ),
        *((1, 1, 10, 10), (9, 9, 9), (9, 10, 10)),
    ],
)
def test_who_knows_how_it_is_chosen_cannot_narrow_a_suppressed_count(counts: tuple[int, ...]) -> None:
    made = {str(place): count for place, count in enumerate(counts)}
    told = disclosed(made)
    tried = list(worlds(told))
    assert made in tried
    for did, count in told.own.items():
        if count is None:
            assert {world[did] for world in tried} == set(range(1, THRESHOLD))


@given(counts_of_a_month)
def test_no_total_is_told_beside_a_suppressed_count(counts: dict[str, int]) -> None:
    told = disclosed(counts)
    assert (told.total is None) is any(0 < count < THRESHOLD for count in counts.values())
    assert [did for did, count in told.own.items() if count is None] == [
        did for did, count in counts.items() if 0 < count < THRESHOLD
    ]


@given(counts_of_a_month)
def test_what_is_told_is_true_and_no_small_count_is_told(counts: dict[str, int]) -> None:
    told = disclosed(counts)
    assert told.own.keys() == counts.keys()
    for did, count in told.own.items():
        assert count in {None, counts[did]}
        assert count is None or count == 0 or count >= THRESHOLD
    assert told.total in {None, sum(counts.values())}
    assert told.total is None or told.total == 0 or told.total >= THRESHOLD


@given(counts_of_a_month)
def test_nothing_is_suppressed_where_no_count_is_small(counts: dict[str, int]) -> None:
    large = {did: count for did, count in counts.items() if count == 0 or count >= THRESHOLD}
    assert disclosed(large) == Disclosed(sum(large.values()), large)


@pytest.mark.parametrize(
    ("counts", "own", "total"),
    [
        ({}, {}, 0),
        ({"a": 3}, {"a": None}, None),
        ({"a": 3, "b": 0}, {"a": None, "b": 0}, None),
        ({"a": 3, "b": 400, "c": 50}, {"a": None, "b": 400, "c": 50}, None),
        ({"a": 9, "b": 2, "c": 50}, {"a": None, "b": None, "c": 50}, None),
        ({"a": 1, "b": 1, "c": 1}, {"a": None, "b": None, "c": None}, None),
        ({"a": 10, "b": 11}, {"a": 10, "b": 11}, 21),
    ],
)
def test_small_counts_are_suppressed_and_the_total_with_them(
    counts: dict[str, int], own: dict[str, int | None], total: int | None
) -> None:
    assert disclosed(counts) == Disclosed(total, own)


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.tuples(st.integers(1, 30), st.integers(1, 20))))
def test_batches_give_no_suppressed_number_of_credentials_away(
    sizes: dict[str, tuple[int, int]],
) -> None:
    figures = month({did: (batches, batches * each, 0) for did, (batches, each) in sizes.items()})
    told = disclosed_month(figures)
    for did, count in told.credentials.own.items():
        assert (told.batches.own[did] is None) is (count is None)
    assert (told.batches.total is None) is (told.credentials.total is None)


@given(st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.integers(0, 60), st.integers(0, 60))))
def test_a_rate_is_made_of_what_is_told(sizes: dict[str, tuple[int, int]]) -> None:
    figures = month({did: (1, anchored, revoked) for did, (anchored, revoked) in sizes.items()})
    told = disclosed_month(figures)
    for one in figures.issuers:
        anchored, revoked = told.credentials.own[one.did], told.revoked.own[one.did]
        if anchored and revoked is not None:
            assert told.revocation_rate(one) == round(revoked / anchored, 6)
        else:
            assert told.revocation_rate(one) is None


def test_where_a_list_is_unknown_there_is_no_rate() -> None:
    told = disclosed_month(month({"a": (1, 100, 20)}, unknown=1))
    assert told.revocation_rate(told.figures.issuers[0]) is None
    assert told.total_revocation_rate is None
    assert told.revoked.total == 20


@given(st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.integers(0, 60), st.integers(0, 60))))
def test_of_a_month_that_is_not_complete_no_count_of_people_is_told(
    sizes: dict[str, tuple[int, int]],
) -> None:
    figures = month(
        {did: (1, anchored, revoked) for did, (anchored, revoked) in sizes.items()}, complete=False
    )
    told = disclosed_month(figures)
    for one in (told.batches, told.credentials, told.revoked, told.suspended):
        assert one == Disclosed(None, dict.fromkeys(sizes))
    assert told.total_revocation_rate is None
    assert all(told.revocation_rate(one) is None for one in figures.issuers)


def month(
    counts: dict[str, tuple[int, int, int]], *, unknown: int = 0, complete: bool = True
) -> MonthFigures:
    """A month in which issuers had so many batches, credentials and revocations."""
    issuers = tuple(
        IssuerFigures(did, batches, anchored, 1, Marked(revoked=revoked, unknown=unknown))
        for did, (batches, anchored, revoked) in counts.items()
    )
    marked = Marked(revoked=sum(one[2] for one in counts.values()), unknown=unknown * len(counts))
    return MonthFigures(
        month=24_322, start=0, stop=9, complete=complete, totals=Totals(), marked=marked, issuers=issuers
    )
