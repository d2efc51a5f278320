"""JSON: what two readers could see differently is refused; the canonical form is RFC 8785's."""

import json

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from anchoring.errors import MalformedDocument
from anchoring.strict_json import Json, canonical_form, parse_json

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"))
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
    max_leaves=20,
)


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_the_fast_form_is_the_canonical_form(value: object, ascii_only: bool, indent: int | None) -> None:  # noqa: FBT001 - drawn
    document = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    parsed = parse_json(document, max_depth=200)
    assert parsed.value == value
    assert canonical_form(parsed) == rfc8785.dumps(value)  # type: ignore[arg-type]  # drawn JSON


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (b'{"b": 1, "a": [1.0, 1e21, -0, -0.0, 0.1]}', b'{"a":[1,1e+21,0,0,0.1],"b":1}'),
        ('{"\ue000": 1, "\U00010000": 2}'.encode(), '{"\U00010000":2,"\ue000":1}'.encode()),
        (b'"\\u0041\\u000a\\u001f\\/"', b'"A\\n\\u001f/"'),
        ('"\x7f\u2028ä"'.encode(), '"\x7f\u2028ä"'.encode()),
        (
            b"[true,false,null,123456789012345,1234567890123456]",
            b"[true,false,null,123456789012345,1234567890123456]",
        ),
    ],
)
def test_known_canonical_forms(document: bytes, expected: bytes) -> None:
    assert canonical_form(parse_json(document)) == expected


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{",
        b"{} {}",
        b"{'a': 1}",
        b'{"a": 1, "a": 1}',
        b'{"x": [{"a": 1, "\\u0061": 2}]}',
        b'[1.5, {"a": 1, "a": 2}]',
        b"[1.5, 2",
        b"NaN",
        b"[Infinity]",
        b"[-Infinity]",
        b'"\xff"',
        b"\xef\xbb\xbf{}",
        '{"a": 1}'.encode("utf-16"),
        b"1" * 5000,
    ],
)
def test_what_is_no_json_is_refused(document: bytes) -> None:
    with pytest.raises(MalformedDocument):
        parse_json(document)


@pytest.mark.parametrize("document", [b"9007199254740993", b"1e400", b'"\\ud800"', b'{"\\udc00": 1}'])
def test_what_has_no_canonical_form_is_refused(document: bytes) -> None:
    with pytest.raises(MalformedDocument):
        canonical_form(parse_json(document))


def test_depth_is_bounded_and_counts_nothing_inside_strings() -> None:
    for opening, closing in ((b"[", b"]"), (b'{"a":', b"}")):
        assert parse_json(opening * 64 + b"1" + closing * 64).plain
        with pytest.raises(MalformedDocument, match="within one another"):
            parse_json(opening * 65 + b"1" + closing * 65)
    with pytest.raises(MalformedDocument, match="within one another"):
        parse_json(b"[" * 1_000_000)
    flat = b'["' + b"[" * 200 + b'\\"' + b"{" * 200 + b'"' + b",[]" * 100 + b"]"
    assert isinstance(parse_json(flat).value, list)


def test_size_is_bounded() -> None:
    assert parse_json(b'"aa"', max_size=4) == Json("aa", plain=True)
    with pytest.raises(MalformedDocument, match="at most 4 bytes"):
        parse_json(b'"aaa"', max_size=4)


def test_delicate_values_take_the_careful_way() -> None:
    for document in (b"1.5", b"1e2", b"1234567890123456", b'"\\u0041"', '"\U0001f600"'.encode()):
        assert not parse_json(document).plain
    for document in (b"15", b'"1.5e3"', '"ä"'.encode(), b'{"v2.0":true}'):
        assert parse_json(document).plain


def test_a_string_that_never_ends_is_looked_at_once() -> None:
    # each escaped quote was taken for another beginning: sixteen megabytes of them took days
    with pytest.raises(MalformedDocument, match="not JSON"):
        parse_json(b'{"a":[' + b"{}," * 70 + b'"' + b'\\"' * 1_000_000)
