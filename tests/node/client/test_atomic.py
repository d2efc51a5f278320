import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from node.client.atomic import drop_drafts, replace_file

_KILLED_WRITER = """
import os, signal, sys
from pathlib import Path
from node.client.atomic import replace_file
os.fsync = lambda _: os.kill(os.getpid(), signal.SIGKILL)
replace_file(Path(sys.argv[1]), b"begun")
"""


def test_a_file_is_replaced_whole_with_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "file"
    replace_file(path, b"old", mode=0o600)
    replace_file(path, b"new", mode=0o600, durable=False)
    assert path.read_bytes() == b"new"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    replace_file(path, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_very_long_name_can_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    replace_file(path, b"x")
    assert path.read_bytes() == b"x"


def test_drafts_of_a_killed_writer_are_dropped_and_nothing_else(tmp_path: Path) -> None:
    path, beside = tmp_path / ("n" * 250), tmp_path / "notes.tmp"
    killed = subprocess.run([sys.executable, "-c", _KILLED_WRITER, str(path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    (draft,) = tmp_path.iterdir()
    for kept in (path, beside):
        kept.write_bytes(b"kept")
    drop_drafts(beside)
    assert draft.exists()
    drop_drafts(path)
    drop_drafts(tmp_path / "no such folder" / "file")
    assert sorted(tmp_path.iterdir()) == sorted([path, beside])
