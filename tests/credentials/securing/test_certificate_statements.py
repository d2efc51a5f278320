from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credentials.errors import UnusableCertificate
from credentials.securing.certificate_statements import QcStatements, read_qc_statements

from .certificates import ESEAL, ESIGN

COMPLIANCE = bytes.fromhex("3008060604008e460101")


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    if size < 0x80:
        return bytes((tag, size)) + content
    length = size.to_bytes(2, "big")
    return bytes((tag, 0x82)) + length + content


def test_a_qualified_certificate_for_seals_says_so() -> None:
    assert read_qc_statements(ESEAL) == QcStatements(qualified=True, types=("eseal",))
    assert read_qc_statements(ESIGN) == QcStatements(qualified=True, types=("esign",))


def test_a_certificate_may_be_for_several_things_and_for_unknown_ones() -> None:
    purposes = b"".join(
        _der(6, bytes.fromhex(one)) for one in ("04008e46010603", "04008e46010602", "04008e46010609")
    )
    qc_type = _der(0x30, bytes.fromhex("060604008e460106") + _der(0x30, purposes))
    assert read_qc_statements(_der(0x30, qc_type)) == QcStatements(
        qualified=False, types=("web", "eseal", "other")
    )


def test_statements_that_say_nothing_of_this_are_passed_over() -> None:
    assert read_qc_statements(bytes.fromhex("3000")) == QcStatements()
    without_types = _der(0x30, bytes.fromhex("060604008e460106"))
    other = _der(0x30, bytes.fromhex("06052b06010507") + _der(0x30, bytes(300)))
    assert read_qc_statements(_der(0x30, without_types + other + COMPLIANCE)) == QcStatements(qualified=True)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (bytes(16 * 1024 + 1), "too long"),
        (b"", "single sequence"),
        (b"\x30\x00\x30\x00", "single sequence"),
        (b"\x31\x00", "another form"),
        (b"\x30\x02\x31\x00", "another form"),
        (b"\x30\x02\x30\x00", "empty"),
        (b"\x30\x04\x30\x02\x05\x00", "another form"),
        (b"\x30", "end early"),
        (b"\x30\x05\x30", "end early"),
        (b"\x30\x80", "no length"),
        (b"\x30\x83\x00\x00\x00", "no length"),
        (b"\x30\x82\xff", "end early"),
    ],
)
def test_what_is_no_sequence_of_statements_is_refused(value: bytes, reason: str) -> None:
    with pytest.raises(UnusableCertificate, match=reason):
        read_qc_statements(value)


@given(st.binary(max_size=64) | st.integers(0, len(ESEAL) * 8 - 1).map(lambda bit: _flipped(ESEAL, bit)))
def test_no_bytes_do_more_than_be_refused(value: bytes) -> None:
    with suppress(UnusableCertificate):
        assert isinstance(read_qc_statements(value), QcStatements)


def _flipped(value: bytes, bit: int) -> bytes:
    changed = bytearray(value)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)
