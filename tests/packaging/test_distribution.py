"""One distribution, five flat packages, and a Makefile whose verbs are the documented ones."""

import os
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["anchoring", "credentials", "devnet", "did", "node"]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_other_distribution_owns_our_names(package: str) -> None:
    assert set(packages_distributions().get(package, [])) <= {"ankyra"}


def test_the_wheel_holds_the_five_packages_the_artifacts_and_the_contexts(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    names = zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist()
    tops = {name.split("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == set(PACKAGES)
    artifacts = {f"node/chain/abi/{path.name}" for path in (ROOT / "node/chain/abi").glob("*.json")}
    assert artifacts <= set(names)
    contexts = {f"node/foreign/contexts/{path.name}" for path in (ROOT / "node/foreign/contexts").iterdir()}
    assert len(contexts) > 1
    assert contexts <= set(names)


def test_every_pin_is_exact_and_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    wanted = [pin for group in groups for pin in group]
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    locked = {line.split(" ")[0] for line in lock.splitlines() if "==" in line and not line.startswith(" ")}
    assert [pin for pin in wanted if pin.split(";")[0].strip() not in locked] == []
    blocks = lock.replace("\\\n", "").splitlines()
    assert [block for block in blocks if "==" in block and "--hash=sha256:" not in block] == []


def _make(*arguments: str) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith("MAKE")}
    done = subprocess.run(
        ["make", *arguments], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_make_alone_lists_every_verb() -> None:
    said = _make()
    for verb in ("help", "setup", "demo", "test", "lint", "bench", "contracts"):
        assert f"make {verb} " in said


@pytest.mark.parametrize(
    ("given", "expected", "absent"),
    [
        (["ONCE=1", "DEMO_JSON=out.json"], ["--once", "--json 'out.json'"], []),
        (["ONCE=0"], [], ["--once", "--json"]),
        (["DATABASE=postgres"], ["--database 'postgres'"], ["--once"]),
        ([], ["-m devnet.demo"], ["--once", "--json", "--database"]),
    ],
)
def test_make_demo_passes_its_settings_on(given: list[str], expected: list[str], absent: list[str]) -> None:
    said = _make("-n", "demo", *given)
    assert all(word in said for word in expected)
    assert not any(word in said for word in absent)
