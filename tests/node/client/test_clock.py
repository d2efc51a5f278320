"""The client asks no clock: `now` comes in with every call, so that a scenario may live in its own time."""

import ast
from pathlib import Path

import pytest

import node.client

CLOCKS = {"now", "utcnow", "today", "time", "time_ns", "monotonic", "perf_counter", "wall_clock"}
MODULES = sorted(Path(str(node.client.__file__)).parent.glob("*.py"))


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.stem))
def test_no_module_of_the_client_asks_a_clock(module: Path) -> None:
    called = set()
    for found in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(found, ast.Call):
            called.add(found.func.attr if isinstance(found.func, ast.Attribute) else ast.unparse(found.func))
    assert called & CLOCKS == set()
