import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from did.errors import InvalidJson
from did.json_text import MAX_CONTAINERS, MAX_DEPTH, parse_array, parse_object

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4), st.booleans())
def test_a_printed_object_is_read_back(value: dict[str, object], ascii_only: bool) -> None:  # noqa: FBT001  drawn
    text = json.dumps(value, ensure_ascii=ascii_only)
    assert parse_object(text, max_bytes=100_000) == value
    assert parse_object(text.encode(), max_bytes=100_000) == value


@given(st.binary(max_size=40) | st.text(alphabet='{}[]":,\\u0d8', max_size=40))
def test_any_other_text_is_refused_in_our_own_words(text: bytes | str) -> None:
    try:
        value = parse_object(text, max_bytes=40)
    except InvalidJson:
        return
    assert json.loads(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '"text"',
        "{",
        "{} {}",
        '{"a":1,"a":1}',
        '{"a":{"b":1,"b":2}}',
        '{"a":NaN}',
        '{"a":-Infinity}',
        '{"a":1e999}',
        '{"a":"\\ud800"}',
        '{"\\udc00":1}',
        '{"a":"\ud800"}',
        '{"a":' + "9" * 5000 + "}",
        "\ufeff{}",
        b"\xff{}",
        b"{}\x00",
    ],
)
def test_each_known_trap_is_refused(text: str | bytes) -> None:
    with pytest.raises(InvalidJson):
        parse_object(text, max_bytes=100_000)


def test_an_escaped_pair_of_surrogates_is_one_character() -> None:
    assert parse_object('{"a":"\\ud83d\\ude00"}', max_bytes=100) == {"a": "\U0001f600"}


@pytest.mark.parametrize("text", ["{}" + " " * 9, b"{}" + b" " * 10, '{"a":"éé"}'])
def test_the_bound_counts_bytes(text: str | bytes) -> None:
    with pytest.raises(InvalidJson, match="more than 10 bytes"):
        parse_object(text, max_bytes=10)


def test_nesting_is_bounded_whatever_the_stack_allows() -> None:
    levels = MAX_DEPTH - 1
    fits = '{"a":' + "[" * levels + "]" * levels + "}"
    beyond = '{"a":' + "[" * (levels + 1) + "]" * (levels + 1) + "}"
    assert parse_object(fits, max_bytes=1000)
    with pytest.raises(InvalidJson, match="deeper"):
        parse_object(beyond, max_bytes=1000)
    with pytest.raises(InvalidJson, match="deeper"):
        parse_object("[" * 100_000, max_bytes=100_000)


def test_arrays_and_objects_are_counted_before_anything_is_parsed() -> None:
    fits = '{"a":[' + ",".join(["{}"] * (MAX_CONTAINERS - 2)) + "]}"
    beyond = '{"a":[' + ",".join(["{}"] * (MAX_CONTAINERS - 1)) + "]}"
    assert parse_object(fits, max_bytes=100_000)
    for text in (beyond, "{" + "[]" * MAX_CONTAINERS, "]" * MAX_CONTAINERS + "{}" * (MAX_CONTAINERS + 1)):
        with pytest.raises(InvalidJson, match="arrays and objects"):
            parse_object(text, max_bytes=100_000)


def test_brackets_inside_strings_are_no_nesting() -> None:
    value = {"a": '[{"\\' * 100, "b": [[]] * 50, "c": "[" * MAX_CONTAINERS}
    assert parse_object(json.dumps(value), max_bytes=20_000) == value


def test_an_unclosed_string_of_escapes_is_read_once_only() -> None:
    with pytest.raises(InvalidJson):
        parse_object("{" * (MAX_DEPTH - 1) + "[]" * MAX_DEPTH + '"' + '\\"' * 400_000, max_bytes=1_000_000)


@given(st.lists(VALUES, max_size=4))
def test_a_printed_array_is_read_back(value: list[object]) -> None:
    assert parse_array(json.dumps(value), max_bytes=100_000) == value


@pytest.mark.parametrize(
    "text", ["", "{}", '"text"', "[", "[] []", '[{"a":1,"a":1}]', "[NaN]", '["\\ud800"]']
)
def test_what_is_no_strict_array_is_refused(text: str) -> None:
    with pytest.raises(InvalidJson):
        parse_array(text, max_bytes=100_000)
    with pytest.raises(InvalidJson):
        parse_array(json.dumps(["a"]), max_bytes=4)
