"""docs/dependencies.md names every direct dependency, and nothing that is not one."""

import ast
import json
import re
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_ROW = re.compile(r"^\| ([^| ]+) \| [^|]+ \|[^|]*\|$", re.MULTILINE)


def _documented() -> dict[str, set[str]]:
    """Section title → first column of its table."""
    sections = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8").split("\n## ")[1:]
    return {
        section.partition("\n")[0]: {name for name in _ROW.findall(section) if name != "package"}
        for section in sections
    }


def _names(requirements: list[str]) -> set[str]:
    return {requirement.partition("==")[0] for requirement in requirements}


def test_every_python_dependency_is_documented_in_its_section() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    documented = _documented()
    sections = {title.partition(":")[0]: names for title, names in documented.items()}
    assert sections["Base"] == _names(project["dependencies"])
    for extra, requirements in project["optional-dependencies"].items():
        assert sections[f"Extra `{extra}`"] == _names(requirements), extra


def test_every_npm_package_is_documented() -> None:
    package = json.loads((ROOT / "package.json").read_text(encoding="utf-8"))
    wanted = {
        name
        for group in ("dependencies", "devDependencies", "optionalDependencies")
        for name in package.get(group, {})
    }
    patterns = next(names for title, names in _documented().items() if title.startswith("npm"))
    assert {name for name in wanted if not any(fnmatch(name, pattern) for pattern in patterns)} == set()
    assert {p for p in patterns if not any(fnmatch(name, p) for name in wanted)} == set()


_IMPORTED_AS = {
    "PIL": "pillow",
    "eth_abi": "eth-abi",
    "eth_account": "eth-account",
    "eth_utils": "eth-utils",
    "zxingcpp": "zxing-cpp",
}
_ROOMS = ("anchoring", "credentials", "devnet", "did", "node")


def test_whatever_the_rooms_import_is_a_direct_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = _names(project["dependencies"]) | _names(project["optional-dependencies"]["node"])
    imported = set()
    for path in (path for room in _ROOMS for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.partition(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                imported.add(str(node.module).partition(".")[0])
    foreign = imported - set(sys.stdlib_module_names) - set(_ROOMS)
    names = {_IMPORTED_AS.get(name, name.replace("_", "-")) for name in foreign}
    assert names - declared == set()


def test_every_pin_is_exact() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    assert [r for group in groups for r in group if "==" not in r] == []
