"""What is not a backup of this log, byte by byte as it was written, is refused, and nothing is left of it."""

import json
from pathlib import Path

import pytest

from node.backup.errors import (
    AnotherDeployment,
    BackupError,
    DamagedBackup,
    NewerBackup,
    NotABackup,
)
from node.config import Settings
from tests.node.backup.conftest import Kept, refused, rewritten, settings_on

pytestmark = [pytest.mark.enable_socket, pytest.mark.databases("sqlite")]


@pytest.mark.parametrize("part", ["format", "digest", "header", "content", "middle", "end"])
def test_no_flipped_bit_survives(kept: Kept, elsewhere: Settings, tmp_path: Path, part: str) -> None:
    content = bytearray(kept.file.read_bytes())
    start = content.index(b"\n{") + 1
    database = content.index(b"\n", start) + 1
    places = {
        "format": range(14),
        "digest": range(16, start - 1, 9),
        "header": range(start, database, 7),
        "content": [database, database + 99],
        "middle": [len(content) // 2],
        "end": [len(content) - 1],
    }
    damaged = tmp_path / "damaged.backup"
    for place in places[part]:
        content[place] ^= 4
        damaged.write_bytes(content)
        refused(BackupError, elsewhere, damaged)
        content[place] ^= 4


@pytest.mark.parametrize("length", [0, 10, 90, 400, 5_000, -1])
def test_a_file_that_ends_early_is_refused(
    kept: Kept, elsewhere: Settings, tmp_path: Path, length: int
) -> None:
    short = tmp_path / "short.backup"
    short.write_bytes(kept.file.read_bytes()[:length])
    refused(BackupError, elsewhere, short)


def test_a_file_that_goes_on_is_refused(kept: Kept, elsewhere: Settings, tmp_path: Path) -> None:
    long = tmp_path / "long.backup"
    long.write_bytes(kept.file.read_bytes() + b"\0")
    assert "goes on" in refused(DamagedBackup, elsewhere, long)


@pytest.mark.parametrize("content", [b"SQLite format 3\0", b"x" * 100_000, b"\n" * 5])
def test_another_file_is_no_backup(elsewhere: Settings, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other.file").write_bytes(content)
    assert "no backup" in refused(NotABackup, elsewhere, tmp_path / "other.file")


@pytest.mark.parametrize(
    ("member", "value"), [("logSize", 3), ("logRoot", "00" * 32), ("schema", "0001"), ("length", 4_096)]
)
def test_a_header_that_does_not_fit_its_database_is_refused(
    kept: Kept, elsewhere: Settings, tmp_path: Path, member: str, value: object
) -> None:
    file = rewritten(kept.file, tmp_path / "rewritten.backup", {member: value})
    refused(DamagedBackup, elsewhere, file)


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("logSize", True),
        ("logSize", -1),
        ("chainId", "1"),
        ("logAddress", None),
        ("createdAt", "now"),
        ("x", 1),
    ],
)
def test_a_header_that_is_never_written_is_refused(
    kept: Kept, elsewhere: Settings, tmp_path: Path, member: str, value: object
) -> None:
    file = rewritten(kept.file, tmp_path / "rewritten.backup", {member: value})
    assert "second line" in refused(DamagedBackup, elsewhere, file)


def test_a_database_that_is_none_is_refused_though_its_digest_fits(
    kept: Kept, elsewhere: Settings, tmp_path: Path
) -> None:
    content = b"no database" * 1000
    file = rewritten(kept.file, tmp_path / "none.backup", {"length": len(content)}, content=content)
    assert "cannot be read" in refused(DamagedBackup, elsewhere, file)


def test_a_backup_of_another_deployment_is_refused(kept: Kept, tmp_path: Path) -> None:
    named = json.loads((kept.made.node.settings.data_dir / "deployment.json").read_text())
    for member, value in (("chainId", 5), ("registryLog", "0x" + "11" * 20)):
        there = settings_on(kept, tmp_path / member)
        there.deployment.write_text(json.dumps(named | {member: value}))
        assert "another deployment" in refused(AnotherDeployment, there, kept.file)


def test_a_newer_schema_or_form_is_refused(kept: Kept, elsewhere: Settings, tmp_path: Path) -> None:
    newer = rewritten(kept.file, tmp_path / "schema.backup", {"schema": "9999"})
    assert "newer version (schema 9999)" in refused(NewerBackup, elsewhere, newer)
    form = tmp_path / "form.backup"
    form.write_bytes(kept.file.read_bytes().replace(b"ankyra-backup/1", b"ankyra-backup/2", 1))
    assert "newer version (format 2)" in refused(NewerBackup, elsewhere, form)
