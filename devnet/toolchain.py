"""Set-up."""

from __future__ import annotations

import platform
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
if __package__ in {None, ""}:  # started by path, by the system's python, before anything is installed
    sys.path[0] = str(ROOT)

from devnet.errors import ToolMissing  # noqa: E402 -- after the path is right


def binary(name: str) -> Path:
    """Return the path of `anvil`, `forge` or `node`.

    Raises:
        ToolMissing: the set-up has not brought it.
    """
    if name == "node":
        found = shutil.which("node")
        if found is None:
            raise ToolMissing(name, ROOT)
        return Path(found)
    machine = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}.get(
        platform.machine().lower(), platform.machine()
    )
    folder = ROOT / "node_modules" / "@foundry-rs" / f"{name}-{sys.platform}-{machine}"
    path = folder / "bin" / name
    if not path.is_file():
        raise ToolMissing(name, folder)
    return path
