"""What every command of a devnet takes, and the name of the form in which it answers programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from devnet.folder import VARIABLE

SCHEMA = "ankyra-devnet/1"

Folder = Annotated[Path, typer.Option("--dir", envvar=VARIABLE, help="Folder of the devnet.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object.")]
