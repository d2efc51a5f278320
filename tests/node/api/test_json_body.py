import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.api.errors import InvalidJson
from node.api.json_body import MAX_CONTAINERS, MAX_DEPTH, parse_json

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text('ab"\\[{', max_size=4), inner, max_size=4)
    ),
    max_leaves=20,
)


@given(VALUES)
def test_what_a_printer_wrote_is_read_back(value: object) -> None:
    assert parse_json(json.dumps(value).encode()) == value
    assert parse_json(json.dumps(value, ensure_ascii=False).encode()) == value


def test_nesting_is_read_to_the_limit_and_no_deeper() -> None:
    deepest = b"[" * MAX_DEPTH + b"]" * MAX_DEPTH
    assert parse_json(deepest)[0][0] is not None
    with pytest.raises(InvalidJson, match="deeper"):
        parse_json(b"[" + deepest + b"]")


def test_a_million_open_brackets_are_refused_before_they_are_parsed() -> None:
    with pytest.raises(InvalidJson, match="deeper"):
        parse_json(b"[" * 1_000_000)
    with pytest.raises(InvalidJson, match="objects and arrays"):
        parse_json(b"[" + b"[]," * MAX_CONTAINERS + b"[]]")


@pytest.mark.parametrize("tail", [b"", b"\\", b"\\\\", b"["])
def test_a_string_that_never_ends_is_looked_at_once(tail: bytes) -> None:
    # each escaped quote was taken for another beginning: a quarter of a megabyte took minutes
    with pytest.raises(InvalidJson, match="not JSON"):
        parse_json(b'{"a":"' + b'\\"' * 500_000 + tail)


def test_brackets_inside_strings_do_not_count_as_nesting() -> None:
    text = json.dumps(["[" * 100 + '\\"[[{{' * 20])
    assert parse_json(text.encode()) == json.loads(text)


@pytest.mark.parametrize("body", [b'{"a":1,"a":1}', b'{"b":{"a":1,"\\u0061":2}}'])
def test_a_duplicate_name_is_refused_however_it_is_spelled(body: bytes) -> None:
    with pytest.raises(InvalidJson, match="twice"):
        parse_json(body)


@pytest.mark.parametrize(
    "body", [b"\xff{}", '{"a":1}'.encode("utf-16"), b'{"a":"\xed\xa0\x80"}', b"\xc0\xaf"]
)
def test_what_is_not_utf_8_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidJson, match="UTF-8"):
        parse_json(body)


def test_half_a_surrogate_pair_is_refused_as_value_and_as_name() -> None:
    for body in (b'["\\ud800"]', b'{"\\udfff":1}', b'[["x",{"a":["\\udc00"]}]]'):
        with pytest.raises(InvalidJson, match="surrogate"):
            parse_json(body)
    assert parse_json(b'["\\ud83d\\ude00"]') == ["\U0001f600"]


@pytest.mark.parametrize(
    "body", [b"[NaN]", b"[Infinity]", b"[-Infinity]", b"", b"{", b"[1,]", b"{} {}", b"\xef\xbb\xbf{}", b"01"]
)
def test_what_is_not_json_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidJson):
        parse_json(body)


def test_an_integer_beyond_the_ledgers_is_refused() -> None:
    assert parse_json(b"[%d]" % (2**256 - 1)) == [2**256 - 1]
    with pytest.raises(InvalidJson, match="digits"):
        parse_json(b"[" + b"9" * 100_000 + b"]")
