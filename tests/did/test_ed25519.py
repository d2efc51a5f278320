"""Points are judged by a slow twin: full arithmetic on the curve, from RFC 8032's own equations."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from did.ed25519 import check_point
from did.errors import InvalidPublicKey

P = 2**255 - 19
D = -121665 * pow(121666, -1, P) % P


def _recover_x(y: int) -> int | None:
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    return None if (x * x - square) % P else x


def _add(a: tuple[int, int], b: tuple[int, int]) -> tuple[int, int]:
    k = D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + b[0] * a[1]) * pow(1 + k, -1, P) % P
    y = (a[1] * b[1] + a[0] * b[0]) * pow(1 - k, -1, P) % P
    return x, y


def _is_key(y: int) -> bool:
    x = _recover_x(y)
    if x is None:
        return False
    point = (x, y)
    for _ in range(3):
        point = _add(point, point)
    return point != (0, 1)


def _small_order_y() -> list[int]:
    # [L]P kills the large part of any point P: what is left has an order that divides 8.
    order = 2**252 + 27742317777372353535851937790883648493
    found = set()
    for y in range(2, 40):
        x = _recover_x(y)
        if x is None:
            continue
        rest, base, scalar = (0, 1), (x, y), order
        while scalar:
            if scalar & 1:
                rest = _add(rest, base)
            base, scalar = _add(base, base), scalar >> 1
        found.add(rest[1])
    return sorted(found)


def _accepts(y: int, sign: int) -> bool:
    try:
        check_point((y | sign << 255).to_bytes(32, "little"))
    except InvalidPublicKey:
        return False
    return True


@given(st.integers(0, P - 1), st.integers(0, 1))
def test_a_key_is_accepted_exactly_when_the_twin_accepts_it(y: int, sign: int) -> None:
    assert _accepts(y, sign) is _is_key(y)


def test_every_point_of_small_order_is_refused() -> None:
    ys = _small_order_y()
    assert len(ys) == 5
    assert not any(_accepts(y, sign) for y in ys for sign in (0, 1))


@pytest.mark.parametrize("y", range(P, 2**255))
def test_a_second_spelling_of_a_coordinate_is_refused(y: int) -> None:
    assert not _accepts(y, 0)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_another_length_is_refused(length: int) -> None:
    with pytest.raises(InvalidPublicKey, match="32 bytes"):
        check_point(bytes(length))
