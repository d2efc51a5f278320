"""Replay: only entries that continue the log are taken."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anchoring.checkpoint import parse_checkpoint
from anchoring.consistency import verify_consistency
from anchoring.entry import ZERO_HASH, Entry, encode_payload, subject_of
from anchoring.errors import BrokenHistory, MalformedCheckpoint, MalformedProof
from anchoring.history import History
from anchoring.merkle import EMPTY_ROOT

from . import reference
from .entries import grow, kinds_and_fields
from .world import KTU_DID, OPENED, ORIGIN, START, WORLD, World


def _replayed(entries: list[Entry]) -> History:
    history = History()
    for entry in entries:
        history.append(entry)
    return history


def test_a_replay_ends_in_the_same_checkpoint() -> None:
    history = _replayed(WORLD.entries)
    assert history.size == len(WORLD.entries)
    assert history.root() == reference.merkle_tree_hash([entry.data for entry in WORLD.entries])
    assert history.heads == WORLD.history.heads
    checkpoint = history.checkpoint(ORIGIN)
    assert parse_checkpoint(checkpoint.text()) == checkpoint == WORLD.history.checkpoint(ORIGIN)


def test_heads_are_kept_where_the_caller_wants_them() -> None:
    heads: dict[bytes, bytes] = {}
    history = History(heads)
    for entry in WORLD.entries:
        history.append(entry)
    assert history.heads == heads == WORLD.history.heads


def test_earlier_checkpoints_are_continued() -> None:
    history = _replayed(WORLD.entries)
    first, second = history.checkpoint(ORIGIN, size=2), history.checkpoint(ORIGIN)
    assert first.root == _replayed(WORLD.entries[:2]).root()
    verify_consistency(
        first_size=first.size,
        second_size=second.size,
        first_root=first.root,
        second_root=second.root,
        path=history.tree.consistency_path(first.size, second.size),
    )


def test_a_log_begins_empty_and_opened() -> None:
    history = History()
    assert history.root() == EMPTY_ROOT
    assert history.heads == {}
    with pytest.raises(BrokenHistory, match="begins with log") as refusal:
        history.append(replace(WORLD.entries[1], index=0))
    assert refusal.value.index == 0
    with pytest.raises(MalformedCheckpoint):
        history.checkpoint("nowhere")
    with pytest.raises(MalformedProof):
        history.root(1)


@given(st.lists(kinds_and_fields(), max_size=12))
def test_whatever_a_ledger_writes_is_replayed(written: list[tuple[str, dict[str, object]]]) -> None:
    history = History()
    entries = [grow(history, "log.opened", OPENED, time=START)]
    for kind, fields in written:
        if not kind.startswith("log."):
            entries.append(grow(history, kind, fields, time=START))
    again = _replayed(entries)
    assert (again.root(), again.heads) == (history.root(), history.heads)
    assert {history.heads[entry.subject] for entry in entries} <= {entry.hash for entry in entries}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"index": 5}, "entry 4 was expected"),
        ({"index": 3}, "entry 4 was expected"),
        ({"time": START}, "earlier than the entry before"),
        ({"previous": b"\x01" * 32}, "does not follow its subject's last entry"),
        ({"subject": b"\x01" * 32}, "speaks of another subject"),
        ({"subject": b"\xff" * 32}, "speaks of another subject"),
        ({"payload": b"\x01" * 32}, "not where an encoder puts it"),
        ({"kind": "log.mark", "payload": b""}, "speaks of another subject"),
        (
            {"kind": "log.opened", "payload": WORLD.entries[0].payload, "subject": WORLD.entries[0].subject},
            "only begins with it",
        ),
    ],
)
def test_what_does_not_continue_the_log_is_refused(change: dict[str, object], sentence: str) -> None:
    history = _replayed(WORLD.entries[:4])
    root = history.root()
    with pytest.raises(BrokenHistory, match=sentence):
        history.append(replace(WORLD.entries[4], **change))  # type: ignore[arg-type]  # one row, one type
    assert (history.size, history.root()) == (4, root)
    history.append(WORLD.entries[4])


def test_entries_of_one_block_share_its_time_however_early_it_is() -> None:
    history = History()
    grow(history, "log.opened", OPENED, time=0)
    grow(history, "log.mark", {}, time=0)
    grow(history, "policy.inserted", {"policyName": "p", "description": "", "authority": 0}, time=0)
    assert history.size == 3


def test_no_entry_can_be_left_out_of_its_subjects_history() -> None:
    world = World()
    world.write("log.opened", OPENED)
    base = {"did": KTU_DID, "authority": 0}
    for document in ("{}", '{"a":1}', '{"a":2}'):
        world.write("did.base.updated", {**base, "baseDocument": document})
    third = world.entries[3]
    history = _replayed(world.entries[:2])
    with pytest.raises(BrokenHistory, match="does not follow its subject's last entry"):
        history.append(replace(third, index=2))
    with pytest.raises(BrokenHistory, match="does not follow its subject's last entry"):
        history.append(replace(third, index=2, previous=ZERO_HASH))


def test_nothing_follows_the_end_of_a_log() -> None:
    world = World(History())
    world.write("log.opened", OPENED)
    world.write("log.closed", {"successor": bytes(20)})
    with pytest.raises(BrokenHistory, match="comes after log"):
        world.write("log.mark", {})


def test_an_entry_of_another_issuer_cannot_take_over_a_subject() -> None:
    fields = {"did": "did:ebsi:zOther", "baseDocument": "{}", "authority": 0}
    history = _replayed(WORLD.entries)
    entry = Entry(
        index=history.size,
        kind="did.base.updated",
        subject=subject_of("did.base.updated", {**fields, "did": KTU_DID}),
        previous=ZERO_HASH,
        time=START + 10_000,
        actor=bytes(20),
        parent=bytes(32),
        payload=encode_payload("did.base.updated", fields),
    )
    with pytest.raises(BrokenHistory, match="another subject"):
        history.append(entry)
