"""Vectors that other people made, where `ANKYRA_VECTORS` says they are."""

import json
import os
from pathlib import Path
from typing import Any

import pytest


def load(name: str) -> Any:
    """The JSON of the vector file `name`; skips if the variable is unset, fails if the file is absent."""
    folder = os.environ.get("ANKYRA_VECTORS")
    if not folder:
        pytest.skip("ANKYRA_VECTORS is unset: vectors made by others are not at hand")
    return json.loads((Path(folder) / name).read_text(encoding="utf-8"))
