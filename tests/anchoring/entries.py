"""Entries to test with: random values for every kind, and a log that grows as a ledger's would."""

from collections.abc import Mapping

from hypothesis import strategies as st

from anchoring.entry import KINDS, ZERO_HASH, Entry, encode_payload, subject_of
from anchoring.history import History

ACTOR = bytes.fromhex("f39fd6e51aad88f6f4ce6ab8827279cfffb92266")
_VALUES: Mapping[str, st.SearchStrategy[object]] = {
    "string": st.text(st.characters(codec="utf-8"), max_size=40),
    "bytes": st.binary(max_size=80),
    "bytes32": st.binary(min_size=32, max_size=32),
    "address": st.binary(min_size=20, max_size=20),
    "bool": st.booleans(),
    "uint8": st.integers(0, 2),
    "uint64": st.integers(0, 2**64 - 1),
    "uint256": st.integers(0, 2**256 - 1),
}


def _values(abi_type: str) -> st.SearchStrategy[object]:
    if abi_type.endswith("[]"):
        return st.lists(_VALUES[abi_type[:-2]], max_size=3).map(tuple)
    return _VALUES[abi_type]


def fields_of(kind: str) -> st.SearchStrategy[dict[str, object]]:
    """Return random fields of a kind."""
    return st.fixed_dictionaries({name: _values(abi_type) for abi_type, name in KINDS[kind].fields})


@st.composite
def kinds_and_fields(draw: st.DrawFn) -> tuple[str, dict[str, object]]:
    """Draw a kind with fields of it."""
    kind = draw(st.sampled_from(sorted(KINDS)))
    return kind, draw(fields_of(kind))


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    """Draw an entry whose subject fits its payload."""
    kind, fields = draw(kinds_and_fields())
    return Entry(
        index=draw(st.integers(0, 2**40)),
        kind=kind,
        subject=subject_of(kind, fields),
        previous=draw(st.binary(min_size=32, max_size=32)),
        time=draw(st.integers(0, 2**32)),
        actor=draw(st.binary(min_size=20, max_size=20)),
        parent=draw(st.binary(min_size=32, max_size=32)),
        payload=encode_payload(kind, fields),
    )


def grow(history: History, kind: str, fields: Mapping[str, object], *, time: int) -> Entry:
    """Return the entry that a ledger would write next, appended to `history`."""
    subject = subject_of(kind, fields)
    entry = Entry(
        index=history.size,
        kind=kind,
        subject=subject,
        previous=history.heads.get(subject, ZERO_HASH),
        time=time,
        actor=ACTOR,
        parent=bytes([history.size % 256]) * 32,
        payload=encode_payload(kind, fields),
    )
    history.append(entry)
    return entry
