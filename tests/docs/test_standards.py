"""docs/standards.md maps clauses and required behaviours to modules and tests that exist."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_CODE = re.compile(r"`([^`]+)`")


def _rows() -> list[list[str]]:
    text = (ROOT / "docs" / "standards.md").read_text(encoding="utf-8")
    rows = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in text.splitlines()
        if line.startswith("|")
    ]
    return [row for row in rows if row[0] not in {"clause", "behaviour"} and set(row[0]) != {"-"}]


def _tests() -> list[str]:
    return sorted({name for row in _rows() for name in _CODE.findall(row[-1])})


def _modules() -> list[str]:
    return sorted({name for row in _rows() if len(row) == 4 for name in _CODE.findall(row[2])})


@cache
def _functions(path: Path) -> frozenset[str]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".sol":
        return frozenset(re.findall(r"function\s+(\w+)", source))
    return frozenset(
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
    )


def test_the_page_has_rows() -> None:
    assert len(_rows()) >= 60


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row[0][:60])
def test_every_row_names_at_least_one_test(row: list[str]) -> None:
    assert _CODE.findall(row[-1]), row


@pytest.mark.parametrize("name", _tests())
def test_every_named_test_exists(name: str) -> None:
    file, _, function = name.partition("::")
    path = ROOT / file
    assert path.is_file(), file
    assert function in _functions(path), name


@pytest.mark.parametrize("name", _modules())
def test_every_named_module_exists(name: str) -> None:
    assert (ROOT / name).exists(), name
