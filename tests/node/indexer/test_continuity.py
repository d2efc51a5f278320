"""The tail refuses what `anchoring.history` refuses, wherever in the log it begins."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.entry import ZERO_HASH, Entry, encode_payload, subject_of
from anchoring.errors import BrokenHistory
from anchoring.history import History
from node.indexer.continuity import LogTail

OPENED = {
    "chainId": 1,
    "log": bytes(20),
    "writers": (),
    "codeHashes": (),
    "predecessorOrigin": "",
    "predecessorSize": 0,
    "predecessorRoot": bytes(32),
    "operator": bytes(20),
}


def log(names: list[str]) -> list[Entry]:
    """A log that opens and then grants to accounts, some of them often."""
    heads = dict[bytes, bytes]()
    entries = list[Entry]()
    fields: list[tuple[str, dict[str, object]]] = [("log.opened", dict(OPENED))]
    fields += [("policy.inserted", {"policyName": name, "description": "", "authority": 2}) for name in names]
    for index, (kind, values) in enumerate(fields):
        subject = subject_of(kind, values)
        entry = Entry(
            index=index,
            kind=kind,
            subject=subject,
            previous=heads.get(subject, ZERO_HASH),
            time=100 + index,
            actor=bytes(20),
            parent=bytes(32),
            payload=encode_payload(kind, values),
        )
        heads[subject] = entry.hash
        entries.append(entry)
    return entries


def tail_after(entries: list[Entry]) -> LogTail:
    tail = LogTail([entry.hash for entry in entries], time=entries[-1].time if entries else 0, closed=False)
    tail.know({entry.subject: entry.hash for entry in entries})
    return tail


NAMES = st.lists(st.sampled_from("abc"), min_size=1, max_size=12)


@given(NAMES, st.data())
def test_a_tail_from_the_middle_comes_to_the_root_of_the_whole(names: list[str], data: st.DataObject) -> None:
    entries = log(names)
    start = data.draw(st.integers(0, len(entries)))
    tail, history = tail_after(entries[:start]), History()
    for entry in entries:
        history.append(entry)
    for entry in entries[start:]:
        assert tail.append(entry) == entry.hash
    assert (tail.size, tail.root()) == (history.size, history.root())


LIES = st.sampled_from(
    [
        {"index": 0},
        {"index": 99},
        {"subject": b"\x01" * 32},
        {"previous": b"\x01" * 32},
        {"time": 5},
        {"payload": b""},
        {"payload": b"\x00" * 32},
        {"kind": "policy.granted"},
        {"kind": "log.opened"},
    ]
)


@given(NAMES, st.data(), LIES)
def test_what_history_refuses_the_tail_refuses(
    names: list[str], data: st.DataObject, lie: dict[str, object]
) -> None:
    entries = log(names)
    at = data.draw(st.integers(1, len(entries) - 1))
    false = replace(entries[at], **lie)  # type: ignore[arg-type]
    tail, history = tail_after(entries[:at]), History()
    for entry in entries[:at]:
        history.append(entry)
    with pytest.raises(BrokenHistory):
        history.append(false)
    with pytest.raises(BrokenHistory):
        tail.append(false)
    assert tail.append(entries[at]) == entries[at].hash  # nothing of the lie stayed


def test_nothing_comes_after_the_log_was_closed() -> None:
    entries = log(["a"])
    tail = LogTail([entry.hash for entry in entries[:1]], time=100, closed=True)
    with pytest.raises(BrokenHistory):
        tail.append(entries[1])
