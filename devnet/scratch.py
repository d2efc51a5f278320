"""A temporary folder that is gone when its owner is, however the owner ends."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from devnet.errors import StateUnusable

# A full line means an orderly end; end of file, that the owner was killed. Its children may still be ending.
_SWEEPER = """
read -r _ && exit
for _ in 1 2 3 4 5; do sleep 1; rm -rf -- "$1"; done
"""


@contextmanager
def scratch_folder(prefix: str) -> Iterator[Path]:
    """Give an empty folder for its owner alone.

    Args:
        prefix: of the folder's name.

    Raises:
        StateUnusable: there is no place for temporary files.
    """
    try:
        folder = Path(tempfile.mkdtemp(prefix=prefix)).resolve()
    except OSError as error:
        why = error.strerror or str(error)
        raise StateUnusable(
            Path(error.filename or "TMPDIR"), f"no place for temporary files: {why}"
        ) from error
    sweeper = subprocess.Popen(
        ["/bin/sh", "-c", _SWEEPER, "sweeper", str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with contextlib.suppress(BrokenPipeError):
            sweeper.communicate("done\n")
