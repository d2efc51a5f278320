"""What strangers make of bytes that were right: strategies for the tests of whatever reads them.

Random bytes rarely come past the first check of a parser. These begin with something that is accepted, and
change a little of it: a bit, a piece, a member, a type, a depth.
"""

import json
from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

NASTY_TEXTS = st.sampled_from(
    [
        *("", "\x00", "\ud800", "é", "İ", "٣", "0x", "0x" + "f" * 65, "-0", "1e999", "NaN", " 1", "1_0"),
        *("did:ebsi:", "did:ebsi:z", "did:key:z", "did:jwk:", "did:web:a%3A99999999", "eyJ", "a.b.c", ".."),
        *("//[", "http://[", "https://a:b@c:99999/", "https://a/%zz", "2026-02-30T00:00:00Z"),
        *("9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2026-11-21T10:00:60Z", "x" * 70_000),
    ]
)
NASTY_NUMBERS = st.sampled_from([-1, 0, 1, 2**31, 2**53, 2**63, 2**64, 2**256, -(2**63), 10**400, 0.5, 1e308])
LEAVES = (
    st.none()
    | st.booleans()
    | NASTY_NUMBERS
    | NASTY_TEXTS
    | st.text(max_size=20)
    | st.floats(allow_nan=False)
)
JSON = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(NASTY_TEXTS | st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def deep(levels: int = 100_000, opening: str = "[") -> bytes:
    """JSON that nests further than any parser should follow."""
    return (opening * levels).encode()


@st.composite
def corrupted_bytes(draw: st.DrawFn, *specimens: bytes) -> bytes:
    """One of `specimens` with a few changes: bits, pieces cut out, doubled, put in; sometimes anything."""
    if not specimens or draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=200) | st.just(deep()) | st.just(deep(opening='{"a":')))
    content = bytearray(draw(st.sampled_from(specimens)))
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(content)))
        stop = draw(st.integers(start, min(len(content), start + 40)))
        change = draw(st.integers(0, 3))
        if change == 0 and content:
            content[min(start, len(content) - 1)] ^= 1 << draw(st.integers(0, 7))
        elif change == 1:
            del content[start:stop]
        elif change == 2:
            content[start:start] = content[start:stop] * draw(st.integers(1, 3))
        else:
            content[start:stop] = draw(st.binary(max_size=8))
    return bytes(content)


def corrupted_text(*specimens: str) -> st.SearchStrategy[str]:
    """Likewise for text, which may hold what no encoding can."""
    changed = corrupted_bytes(*(one.encode("utf-8", "replace") for one in specimens))
    return (
        changed.map(lambda content: content.decode("utf-8", "replace")) | NASTY_TEXTS | st.text(max_size=60)
    )


@st.composite
def corrupted_json(draw: st.DrawFn, specimen: Any) -> Any:
    """`specimen` with one to three of its values, at any depth, replaced, left out, or put where none was."""
    if draw(st.integers(0, 9)) == 0:
        return draw(JSON)
    value = json.loads(json.dumps(specimen))
    for _ in range(draw(st.integers(0, 3))):
        value = _changed(draw, value)
    return value


def _changed(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, dict) and value and draw(st.integers(0, 3)):
        name = draw(st.sampled_from(sorted(value)))
        what = draw(st.integers(0, 5))
        if what == 0:
            return {other: item for other, item in value.items() if other != name}
        if what == 1:
            return value | {draw(st.text(max_size=8)): draw(JSON)}
        return value | {name: _changed(draw, value[name])}
    if isinstance(value, list) and value and draw(st.integers(0, 3)):
        place = draw(st.integers(0, len(value) - 1))
        return [*value[:place], _changed(draw, value[place]), *value[place + 1 :]]
    if isinstance(value, str) and draw(st.booleans()):
        return draw(corrupted_text(value))
    return draw(JSON)


def as_mapping(value: Any) -> Mapping[str, Any]:
    """`value` where it is an object, else an empty one: for readers that are only ever given objects."""
    return value if isinstance(value, Mapping) else {}
