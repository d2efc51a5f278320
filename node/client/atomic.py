"""Files that are either wholly there or not there at all."""

import contextlib
import os
import re
from pathlib import Path
from uuid import uuid4


def make_private_folder(folder: Path) -> None:
    """`folder` exists and only its owner may enter it (0700).

    Raises:
        OSError: the file system refuses.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)


def check_writable(folder: Path) -> None:
    """Return if a file can be made in `folder`: one is, and is gone again.

    Raises:
        OSError: the file system refuses.
    """
    temporary = folder / f".{uuid4().hex}.tmp"
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    temporary.unlink()


def replace_file(path: Path, content: bytes, *, mode: int = 0o644, durable: bool = True) -> None:
    """`path` holds `content`; a crash leaves the old file or the new one, never a torn one.

    Args:
        path: the file; its folder exists.
        content: all of the new content.
        mode: permission bits, set before the first byte is written.
        durable: flush to the disk first. Only what can be made again may do without.

    Raises:
        OSError: the file system refuses.
    """
    temporary = path.with_name(f"{_draft_stem(path)}{uuid4().hex}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
        raise
    if durable:
        _sync_folder(path.parent)


def drop_drafts(path: Path) -> None:
    """Nothing is left of what killed processes had begun to put into `path`; nobody may be writing it now.

    Nor into another file of the folder whose name has the same 64 first characters.

    Raises:
        OSError: the file system refuses.
    """
    draft = re.compile(re.escape(_draft_stem(path)) + "[0-9a-f]{32}[.]tmp")
    if path.parent.is_dir():
        for found in path.parent.iterdir():
            if draft.fullmatch(found.name):
                found.unlink(missing_ok=True)


def _draft_stem(path: Path) -> str:
    """What the names of all drafts of `path` begin with; long names would not fit in whole."""
    return f".{path.name[:64]}."


def _sync_folder(folder: Path) -> None:
    """The folder's own entry survives a power cut, where the system can promise that."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:  # some file systems do not open folders; the rename itself stands
        return
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
