"""What is shown of timestamps and records is what a slow twin of the contract remembers of a history."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from node.db.check_projection import check_projection
from node.db.cursor import drop_projection
from node.db.session import reading, writing
from node.services import timestamps
from node.services.errors import TooManyToShow
from node.services.node import Node, open_node
from node.services.registry_errors import (
    HashAlgorithmNotFound,
    RecordNotFound,
    TimestampNotFound,
    VersionNotFound,
)
from node.services.view import viewing
from tests.node.api.world import Clock, settings_for
from tests.node.logged import BEGIN, Log, follow, go_back
from tests.node.projected import DEPLOYMENT
from tests.node.services.stamping import ACCOUNTS, HASHES, MOVES, Move, Seen, Twin


@contextmanager
def node_in(folder: Path) -> Iterator[Node]:
    node = open_node(
        settings_for("http://127.0.0.1:9", DEPLOYMENT, folder), clock=Clock(BEGIN), holder="test"
    )
    try:
        yield node
    finally:
        node.close()


def compare(node: Node, twin: Twin, *, at: datetime | None = None) -> None:
    """All that the twin remembers is shown, now or as of the time of its last entry."""
    with viewing(node) as view:
        for number, (name, status) in enumerate(twin.algorithms):
            algorithm = timestamps.hash_algorithm_in(view, number, at=at)
            assert (algorithm.multi_hash, algorithm.status) == (name, status)
        for value, (index, data) in twin.stamps.items():
            stamp = timestamps.timestamp_in(view, sha256(value).digest(), timestamp_id="")
            assert (stamp.entry.entry.index, stamp.data, stamp.multihash[-32:]) == (index, data, value)
        for record_id, seen in twin.records.items():
            record = timestamps.record_in(view, record_id, named="", at=at)
            assert (record.owners, record.revoked_owners) == (seen.owners, seen.revoked)
            assert record.total_versions == len(seen.versions)
            assert record.first_version == seen.versions[0][0]
            assert record.last_version == seen.versions[-1][0]
            for number, (hashes, info) in enumerate(seen.versions):
                version = timestamps.version_in(view, record_id, number, named="", at=at)
                assert version.hashes == hashes
                assert len(version.info) == len(info)
        if at is not None:
            return
        for owner in (None, *ACCOUNTS):
            for first in (None, *HASHES):
                found = timestamps.listed_records(view, owner=owner, first_version=first, offset=0, limit=50)
                expected = {name for name, seen in twin.records.items() if meets(seen, owner, first)}
                assert (set(found.names), len(found.names)) == (expected, found.total)


def meets(seen: Seen, owner: bytes | None, value: bytes | None) -> bool:
    return (owner is None or owner in seen.owners) and (value is None or value in seen.versions[0][0])


@pytest.fixture(scope="module")
def reused(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node for one history after the other."""
    with node_in(tmp_path_factory.mktemp("reused")) as node:
        yield node


@given(moves=MOVES)
@settings(max_examples=50)
def test_what_is_shown_is_what_the_twin_remembers(reused: Node, moves: list[Move]) -> None:
    twin = Twin()
    for move in moves:
        twin.move(*move)
    with writing(reused.engine) as connection:
        drop_projection(connection)
    follow(reused.engine, twin.log.entries)
    compare(reused, twin)
    with reading(reused.engine) as connection:
        assert list(check_projection(connection)) == []


@given(first=MOVES, later=MOVES)
@settings(max_examples=25)
def test_what_was_recorded_by_a_time_is_shown_as_of_it(
    reused: Node, first: list[Move], later: list[Move]
) -> None:
    then, now = Twin(), Twin()
    for move in first:
        then.move(*move)
    for move in (*first, *later):
        now.move(*move)
    with writing(reused.engine) as connection:
        drop_projection(connection)
    follow(reused.engine, now.log.entries)
    at = datetime.fromtimestamp(then.log.entries[-1].time, UTC)
    compare(reused, then, at=at)
    with viewing(reused) as view:
        for record_id in now.records.keys() - then.records.keys():
            with pytest.raises(RecordNotFound):
                timestamps.record_in(view, record_id, named="", at=at)


def test_what_was_taken_back_is_as_if_it_had_never_been(tmp_path: Path) -> None:
    twin, later = Twin(), Twin()
    before: list[Move] = [("algorithm", 0, 0, 0, 0), ("record", 0, 1, 0, 1), ("own", 0, 0, 1, 0)]
    after: list[Move] = [
        ("detach", 0, 0, 0, 0),
        ("revoke", 0, 0, 1, 0),
        ("version", 0, 0, 3, 0),
        ("record", 2, 2, 2, 2),
        ("algorithm", 0, 0, 1, 0),
    ]
    for move in before:
        twin.move(*move)
    for move in (*before, *after):
        later.move(*move)
    with node_in(tmp_path) as node:
        follow(node.engine, later.log.entries)
        compare(node, later)
        go_back(node.engine, later.log.entries, size=len(twin.log.entries))
        compare(node, twin)
        with viewing(node) as view, pytest.raises(RecordNotFound):
            timestamps.record_in(view, list(later.records)[1], named="u")


def test_what_is_not_there_is_named_as_it_was_asked_for(tmp_path: Path) -> None:
    twin = Twin()
    twin.move("record", 0, 1, 0, 1)
    (record_id,) = twin.records
    with node_in(tmp_path) as node:
        follow(node.engine, twin.log.entries)
        with viewing(node) as view:
            with pytest.raises(HashAlgorithmNotFound, match="Hash algorithm 7 not found"):
                timestamps.hash_algorithm_in(view, 7)
            with pytest.raises(TimestampNotFound, match="Timestamp uX not found"):
                timestamps.timestamp_in(view, bytes(32), timestamp_id="uX")
            with pytest.raises(RecordNotFound, match="Record uY not found"):
                timestamps.count_versions(view, bytes(32), named="uY")
            with pytest.raises(VersionNotFound, match="Version 1 not found"):
                timestamps.version_in(view, record_id, 1, named="uY")


def test_what_is_no_json_is_told_in_hexadecimal_and_a_function_without_a_name_as_identity(
    tmp_path: Path,
) -> None:
    twin = Twin()
    for move in (("record", 0, 1, 0, 1), ("info", 0, 0, 2, 0), ("info", 0, 0, 3, 0)):
        twin.move(*move)
    (record_id,) = twin.records
    with node_in(tmp_path) as node:
        follow(node.engine, twin.log.entries)
        with viewing(node) as view:
            version = timestamps.version_in(view, record_id, 0, named="")
            assert version.info == [{"a": 1}, "0xff", []]
            stamp = timestamps.timestamp_in(view, sha256(HASHES[0]).digest(), timestamp_id="")
            assert stamp.multihash == b"\x00\x20" + HASHES[0]


def test_half_a_surrogate_pair_is_told_in_hexadecimal(tmp_path: Path) -> None:
    log = Log()
    fields: dict[str, Any] = {"hashAlgorithmIds": [0], "hashValues": [HASHES[0]], "timestampData": []}
    said = b'{"a":"\\ud800"}'
    log.write("timestamp.record.versioned", recordId=bytes(32), versionId=0, versionInfo=said, **fields)
    with node_in(tmp_path) as node:
        follow(node.engine, log.entries)
        with viewing(node) as view:
            assert timestamps.version_in(view, bytes(32), 0, named="").info == ["0x" + said.hex()]


def test_more_than_one_answer_shows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    twin = Twin()
    for move in (("record", 0, 1, 0, 1), ("own", 0, 0, 1, 0), ("info", 0, 0, 1, 0)):
        twin.move(*move)
    (record_id,) = twin.records
    with node_in(tmp_path) as node:
        follow(node.engine, twin.log.entries)
        with viewing(node) as view:
            monkeypatch.setattr(timestamps, "MOST_OCTETS", 100)
            with pytest.raises(TooManyToShow, match="100 octets about this version"):
                timestamps.version_in(view, record_id, 0, named="")
            monkeypatch.setattr(timestamps, "MOST_CHANGES", 1)
            with pytest.raises(TooManyToShow, match="1 changes of this version"):
                timestamps.version_in(view, record_id, 0, named="")
            with pytest.raises(TooManyToShow, match="1 owners of this record"):
                timestamps.record_in(view, record_id, named="")
