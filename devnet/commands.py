"""The `ankyra` command as a stranger runs it: its own process, its exit code, its JSON."""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from devnet.errors import CommandFailed, ToolMissing

_SECONDS = 120.0
_LONGEST = 64 * 1024 * 1024  # characters of output


@dataclass(frozen=True, slots=True)
class Command:
    """A command that has ended: exit code, the JSON object that it printed, and what it said to people."""

    code: int
    printed: Mapping[str, Any]
    said: str


def ankyra(*arguments: str, cwd: Path, settings: Mapping[str, str] | None = None) -> Command:
    """Return what `ankyra ARGUMENTS --json` came to.

    Args:
        arguments: of the command line.
        cwd: working folder: settings files of whoever started this are not read.
        settings: `ANKYRA_*` variables; those of whoever started this are not passed on.

    Raises:
        ToolMissing: the command is not installed.
        CommandFailed: it did not end, or printed no JSON object.
    """
    argv = [str(program()), *arguments, "--json"]
    name = "ankyra " + " ".join(arguments[:2])
    try:
        done = subprocess.run(
            argv,
            cwd=cwd,
            env=environment(settings),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CommandFailed(name, f"it did not end within {_SECONDS:.0f} s") from error
    try:
        printed = json.loads(done.stdout[:_LONGEST])
    except ValueError as error:
        raise CommandFailed(name, done.stderr.strip() or "it printed no JSON") from error
    if not isinstance(printed, dict):
        raise CommandFailed(name, "it printed no JSON object")
    return Command(done.returncode, printed, done.stderr.strip())


def program() -> Path:
    """Return the path of the installed `ankyra` command.

    Raises:
        ToolMissing: it is not installed.
    """
    folder = Path(sysconfig.get_path("scripts"))
    path = folder / "ankyra"
    if not path.is_file():
        raise ToolMissing("ankyra", folder)
    return path


def environment(settings: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return this process's environment with `settings` as its only `ANKYRA_*` variables; output is UTF-8."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANKYRA_")}
    return {**kept, "PYTHONIOENCODING": "utf-8", **(settings or {})}
