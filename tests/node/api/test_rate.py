"""What one client may ask: spent, given back with time, kept apart from others', in bounded memory."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.api.rate import Rate


def test_who_spent_all_waits_until_it_flowed_back() -> None:
    rate = Rate(per_minute=60)
    assert [rate.take("one", 20, now=100.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert rate.take("one", 5, now=100.0) == pytest.approx(5.0)
    assert rate.take("one", 5, now=104.0) == pytest.approx(1.0)
    assert rate.take("one", 5, now=105.0) == 0.0
    assert rate.take("other", 60, now=105.0) == 0.0


def test_what_costs_more_than_a_bucket_costs_a_whole_one() -> None:
    rate = Rate(per_minute=10)
    assert rate.take("one", 50, now=0.0) == 0.0
    assert rate.take("one", 50, now=30.0) == pytest.approx(30.0)
    assert rate.take("one", 50, now=60.0) == 0.0


def test_what_is_owed_flows_back_before_anything_is_spent() -> None:
    rate = Rate(per_minute=60)
    rate.owe("one", 90, now=0.0)
    assert rate.take("one", 10, now=0.0) == pytest.approx(40.0)
    assert rate.take("one", 10, now=40.0) == 0.0
    rate.owe("one", 1_000_000, now=40.0)
    assert rate.take("one", 10, now=40.0) == pytest.approx(70.0)
    unlimited = Rate(per_minute=0)
    unlimited.owe("one", 90, now=0.0)
    assert len(unlimited) == 0


def test_no_limit_is_none() -> None:
    rate = Rate(per_minute=0)
    assert all(rate.take("one", 50, now=0.0) == 0.0 for _ in range(1000))
    assert len(rate) == 0


def test_many_clients_fill_no_memory() -> None:
    rate = Rate(per_minute=1, most_clients=100)
    for number in range(1000):
        assert rate.take(f"client {number}", 1, now=0.0) == 0.0
    assert len(rate) == 100
    assert rate.take("client 999", 1, now=0.0) > 0
    assert rate.take("client 0", 1, now=0.0) == 0.0


@given(
    st.integers(1, 1000),
    st.lists(st.tuples(st.floats(0, 30), st.integers(1, 50)), min_size=1, max_size=50),
)
def test_nobody_ever_spends_more_than_a_bucket_and_what_flowed(
    per_minute: int, asked: list[tuple[float, int]]
) -> None:
    rate = Rate(per_minute=per_minute)
    now, spent = 1000.0, 0.0
    for pause, price in asked:
        now += pause
        wait = rate.take("one", price, now=now)
        assert wait >= 0
        if not wait:
            spent += min(price, per_minute)
            assert spent <= per_minute + (now - 1000.0) * per_minute / 60 + 1e-6
        else:
            assert rate.take("one", price, now=now + wait + 1e-6) == 0.0
            now += wait + 1e-6
            spent += min(price, per_minute)


def test_a_clock_that_steps_back_gives_nothing() -> None:
    rate = Rate(per_minute=60)
    assert rate.take("one", 60, now=100.0) == 0.0
    assert rate.take("one", 1, now=50.0) > 0
