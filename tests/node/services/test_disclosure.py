"""Nothing that is told of a month gives a suppressed count away, by whatever is taken from whatever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.db.row_making import Totals
from node.db.statistics import Marked
from node.services.disclosure import THRESHOLD, Disclosed, disclosed, disclosed_month
from node.services.statistics import IssuerFigures, MonthFigures

counts_of_a_month = st.dictionaries(
    st.sampled_from([f"did:ebsi:z{number}" for number in range(12)]),
    st.one_of(st.integers(0, 2 * THRESHOLD), st.integers(0, 5_000)),
)


def possible(told: Disclosed, did: str) -> tuple[int, float]:
    """The least and the most that a suppressed count can be, by all that is told of its month.

    Whoever asks knows that what is suppressed is not 0, and of no single one whether it is small.
    """
    suppressed = [one for one, count in told.own.items() if count is None]
    if told.total is None:
        return 1, float("inf")
    rest = told.total - sum(count for count in told.own.values() if count is not None)
    assert did in suppressed
    others = len(suppressed) - 1
    return (1 if others else rest), rest - others


@given(counts_of_a_month)
def test_no_suppressed_count_can_be_computed(counts: dict[str, int]) -> None:
    told = disclosed(counts)
    for did, count in told.own.items():
        if count is None:
            least, most = possible(told, did)
            assert least == 1
            assert most >= THRESHOLD
            assert least <= counts[did] <= most


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
        ({"a": 3, "b": 400, "c": 50}, {"a": None, "b": 400, "c": None}, 453),
        ({"a": 9, "b": 2, "c": 50}, {"a": None, "b": None, "c": 50}, 61),
        ({"a": 5, "b": 4, "c": 50}, {"a": None, "b": None, "c": None}, 59),
        ({"a": 1, "b": 1, "c": 1}, {"a": None, "b": None, "c": None}, None),
        ({"a": 10, "b": 11}, {"a": 10, "b": 11}, 21),
    ],
)
def test_the_smallest_of_the_others_are_suppressed_until_nothing_is_given_away(
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
        if count is None:
            assert possible(told.batches, did)[1] >= THRESHOLD
    assert told.batches.total is None or told.credentials.total is not None


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


def month(counts: dict[str, tuple[int, int, int]], *, unknown: int = 0) -> MonthFigures:
    """A month in which issuers had so many batches, credentials and revocations."""
    issuers = tuple(
        IssuerFigures(did, batches, anchored, 1, Marked(revoked=revoked, unknown=unknown))
        for did, (batches, anchored, revoked) in counts.items()
    )
    marked = Marked(revoked=sum(one[2] for one in counts.values()), unknown=unknown * len(counts))
    return MonthFigures(
        month=24_322, start=0, stop=9, complete=True, totals=Totals(), marked=marked, issuers=issuers
    )
