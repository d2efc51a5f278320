import fcntl
import json
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node.client import issue_journal
from node.client.atomic import replace_file
from node.client.errors import MalformedDraft, Unusable
from node.client.issue_journal import Chunk, Entry, Header, Journal
from node.client.issue_keys import KnownKeys
from node.client.issue_outputs import (
    FolderOutput,
    NdjsonOutput,
    journal_path,
    prepare,
    write_at,
    write_files,
)

HEADER = Header("ab" * 16, "did:ebsi:zabc", "vc-jwt", "00" * 32, "ndjson")
LISTS = (bytes(8), bytes(range(8)))


def entry(position: int) -> Entry:
    return Entry(position, sha256(b"key%d" % position).digest(), sha256(b"digest%d" % position).digest())


def chunk(start: int, count: int, *, refused: int = 0, length: int = 0) -> Chunk:
    entries = tuple(entry(start + at) for at in range(count - refused))
    return Chunk(start, start + count, length, LISTS, entries)


def write(path: Path, chunks: list[Chunk]) -> None:
    with Journal(path, header=HEADER) as journal:
        for one in chunks:
            journal.append(one)


def test_what_was_appended_is_read_again(tmp_path: Path) -> None:
    chunks = [chunk(0, 3, length=30), chunk(3, 2, refused=1, length=40), chunk(5, 1, refused=1, length=40)]
    write(tmp_path / "journal", chunks)
    with Journal(tmp_path / "journal", header=replace(HEADER, run="cd" * 16)) as journal:
        assert list(journal.chunks()) == chunks
        assert (journal.count, journal.position, journal.length, journal.issued) == (3, 6, 40, 4)
        assert list(journal.chunks(3, 5)) == [chunks[1]]
        assert journal.header.run == HEADER.run
    assert (tmp_path / "journal").stat().st_mode & 0o777 == 0o600


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[int], list[Chunk]]:
    """A journal of three chunks, where its header and each of them end, and the chunks."""
    chunks = [chunk(0, 3, length=30), chunk(3, 4, refused=2, length=50), chunk(7, 2, length=70)]
    path = tmp_path_factory.mktemp("whole") / "journal"
    write(path, [])
    ends = [path.stat().st_size]
    for one in chunks:
        write(path, [one])
        ends.append(path.stat().st_size)
    return path.read_bytes(), ends, chunks


@given(st.data())
def test_a_journal_that_was_cut_anywhere_has_its_whole_chunks_and_goes_on(
    whole: tuple[bytes, list[int], list[Chunk]], data: st.DataObject
) -> None:
    content, ends, chunks = whole
    cut = data.draw(st.integers(ends[0], ends[-1]))
    rest = data.draw(st.binary(max_size=40)) if cut < ends[-1] else b""
    there = max(number for number, end in enumerate(ends) if end <= cut)
    if content[cut : cut + len(rest)] == rest:
        rest = b""
    with TemporaryDirectory() as folder:
        path = Path(folder, "journal")
        path.write_bytes(content[:cut] + rest)
        with Journal(path, header=HEADER) as journal:
            assert list(journal.chunks()) == chunks[:there]
            for one in chunks[there:]:
                journal.append(one)
        assert path.read_bytes() == content


def test_a_journal_that_was_changed_in_its_middle_is_not_taken_for_one_that_was_cut(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    write(path, [chunk(start, 1000) for start in range(0, 3000, 1000)])
    content = bytearray(path.read_bytes())
    content[5000] ^= 1
    path.write_bytes(content)
    with pytest.raises(MalformedDraft, match="damaged in its middle"):
        Journal(path, header=HEADER)


@pytest.mark.parametrize("content", [b"\n", b"{}\n", b"[]\n", b"no\n", b'{"run": "x"}\n'])
def test_what_is_no_journal_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal"
    path.write_bytes(content)
    with pytest.raises(MalformedDraft):
        Journal(path, header=HEADER)


@pytest.mark.parametrize("moment", ["opened", "held", "beginning", "begun"])
def test_of_two_commands_that_begin_one_journal_at_once_one_has_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    path, locked, begun = tmp_path / "journal", fcntl.flock, replace_file
    other: list[Journal] = []
    met = False

    def comes() -> None:
        nonlocal met
        if not met:
            met = True
            with suppress(Unusable):
                other.append(Journal(path, header=replace(HEADER, run="cd" * 16)))

    def locks(file: IO[bytes], how: int) -> None:
        if moment == "opened":
            comes()
        locked(file, how)
        if moment == "held":
            comes()

    def begins(*given: Any, **named: Any) -> None:
        if moment == "beginning":
            comes()
        begun(*given, **named)
        if moment == "begun":
            comes()

    monkeypatch.setattr(fcntl, "flock", locks)
    monkeypatch.setattr(issue_journal, "replace_file", begins)
    mine: list[Journal] = []
    with suppress(Unusable):
        mine.append(Journal(path, header=HEADER))
    assert met
    (holder,) = [*mine, *other]
    holder.append(chunk(0, 3))
    with pytest.raises(Unusable, match="issues there now"):
        Journal(path, header=HEADER)
    holder.__exit__()
    with Journal(path, header=HEADER) as journal:
        assert list(journal.chunks()) == [chunk(0, 3)]
        assert journal.header.run == holder.header.run


def test_a_journal_whose_beginning_was_cut_off_is_begun(tmp_path: Path) -> None:
    for out in (tmp_path / "out", tmp_path / "out.ndjson"):
        prepare(out)
        path = journal_path(out)
        path.touch()
        prepare(out)
        with Journal(path, header=HEADER) as journal:
            assert journal.count == 0
        prepare(out)
    (tmp_path / "kept.ndjson").write_text("kept")
    (tmp_path / "kept.ndjson.journal").touch()
    with pytest.raises(Unusable, match="not issued here"):
        prepare(tmp_path / "kept.ndjson")


def test_a_journal_of_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    path.write_bytes(json.dumps(asdict(replace(HEADER, version="ankyra-issued/2"))).encode() + b"\n")
    with pytest.raises(MalformedDraft, match="known here"):
        Journal(path, header=HEADER)


def test_a_journal_is_of_one_issuer_form_and_template(tmp_path: Path) -> None:
    write(tmp_path / "journal", [])
    with pytest.raises(Unusable, match="another issuer"):
        Journal(tmp_path / "journal", header=replace(HEADER, issuer="did:ebsi:zother"))


@given(st.lists(st.integers(0, 99), max_size=200))
def test_keys_that_were_added_are_known_and_no_others(numbers: list[int]) -> None:
    known, slow = KnownKeys(), set[bytes]()
    for key in (sha256(bytes([number])).digest() for number in numbers):
        assert (key in known) == (key in slow)
        assert known.add(key) == (key not in slow)
        slow.add(key)
    assert len(known) == len(slow)


def test_a_hundred_thousand_keys_take_a_few_bytes_each() -> None:
    known = KnownKeys()
    keys = [sha256(number.to_bytes(4, "big")).digest() for number in range(20_000)]
    assert all(map(known.add, keys))
    assert not any(map(known.add, keys))
    assert sha256(b"other").digest() not in known
    assert len(known._table) <= 64 * len(keys)


def test_what_the_journal_does_not_have_is_cut_off_a_file(tmp_path: Path) -> None:
    path = tmp_path / "out.ndjson"
    path.write_bytes(b"whole\nhal")
    with NdjsonOutput(tmp_path / "new.ndjson", length=0):
        (tmp_path / "new.ndjson").chmod(0o644)
    with NdjsonOutput(tmp_path / "new.ndjson", length=0):
        assert (tmp_path / "new.ndjson").stat().st_mode & 0o777 == 0o600
    with NdjsonOutput(path, length=6) as output:
        assert path.read_bytes() == b"whole\n"
        write_at(path, output.length, [b"ne", b"", b"xt\n"])
        output.put(5)
        assert output.length == 11
    assert path.read_bytes() == b"whole\nnext\n"
    with pytest.raises(MalformedDraft, match="cut short"):
        NdjsonOutput(path, length=12)


@pytest.mark.parametrize("most", [1, 2, 7, 4096])
def test_parts_are_written_wholly_by_a_system_that_takes_a_few_bytes_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int
) -> None:
    def few(file: int, parts: Sequence[bytes], offset: int) -> int:
        return os.pwrite(file, b"".join(parts)[:most], offset)

    def fewer(file: int, rest: memoryview, offset: int) -> int:
        return pwrite(file, rest[:most], offset)

    pwrite = os.pwrite
    path = tmp_path / "out.ndjson"
    path.write_bytes(b"whole\n")
    monkeypatch.setattr(os, "pwritev", few)
    monkeypatch.setattr(os, "pwrite", fewer)
    parts = [b"%d," % number for number in range(1500)]
    write_at(path, 6, parts)
    assert path.read_bytes() == b"whole\n" + b"".join(parts)


def test_chunks_that_the_journal_has_are_shown_and_others_are_gone(tmp_path: Path) -> None:
    for name in ("00000", ".00001.tmp", ".00002.tmp", "00003", "kept"):
        write_files(tmp_path / name, [("a.jwt", b"a")])
    FolderOutput(tmp_path, count=2)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["00000", "00001", "kept"]
