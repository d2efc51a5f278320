"""What the gate runs, in which order, and over whose vectors."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_MAKE = '#!/bin/sh\necho "$* ${ANKYRA_VECTORS-unset}" >>"$SAID"\ntest "$1" != "$FAILS"\n'


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A checkout that holds nothing but the gate, beside a `make` that only writes down how it was called."""
    folder = tmp_path / "clone"
    (folder / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "run", folder / ".ci" / "run")
    (tmp_path / "bin").mkdir()
    make = tmp_path / "bin" / "make"
    make.write_text(_MAKE)
    make.chmod(0o755)
    return folder


def _run(clone: Path, *, fails: str = "", vectors: str | None = None) -> tuple[int, list[str]]:
    said = clone.parent / "said"
    env = {name: value for name, value in os.environ.items() if name != "ANKYRA_VECTORS"}
    env |= {"PATH": f"{clone.parent / 'bin'}:{env['PATH']}", "SAID": str(said), "FAILS": fails}
    if vectors is not None:
        env["ANKYRA_VECTORS"] = vectors
    done = subprocess.run([clone / ".ci" / "run"], env=env, cwd="/", check=False, capture_output=True)
    return done.returncode, said.read_text().splitlines()


def test_the_gate_lints_then_tests(clone: Path) -> None:
    code, said = _run(clone)
    assert code == 0
    assert [line.partition(" ")[0] for line in said] == ["lint", "test"]


def test_the_gate_stops_at_the_first_failure(clone: Path) -> None:
    code, said = _run(clone, fails="lint")
    assert code != 0
    assert [line.partition(" ")[0] for line in said] == ["lint"]
    code, said = _run(clone, fails="test")
    assert code != 0
    assert [line.partition(" ")[0] for line in said[1:]] == ["lint", "test"]


def test_the_gate_reads_the_vectors_beside_the_checkout_unless_others_are_named(clone: Path) -> None:
    beside = clone.parent / "shared" / "vectors"  # there or not
    assert _run(clone)[1] == [f"lint {beside}", f"test {beside}"]
    assert _run(clone, vectors="/elsewhere")[1][2:] == ["lint /elsewhere", "test /elsewhere"]


@pytest.mark.parametrize("folder", ["anchoring/test_samples.py", "did/methods/test_key.py"])
def test_vectors_unset_are_a_skip_with_the_reason_and_absent_ones_an_error(
    folder: str, tmp_path: Path
) -> None:
    unset = _pytest(folder, vectors=None)
    assert unset.returncode == 0, unset.stdout
    assert "ANKYRA_VECTORS is unset" in unset.stdout
    absent = _pytest(folder, vectors=str(tmp_path / "nowhere"))
    assert absent.returncode == 1
    assert str(tmp_path / "nowhere") in absent.stdout


def _pytest(folder: str, *, vectors: str | None) -> "subprocess.CompletedProcess[str]":
    env = {name: value for name, value in os.environ.items() if not name.startswith(("ANKYRA_", "PYTEST_"))}
    if vectors is not None:
        env["ANKYRA_VECTORS"] = vectors
    arguments = [sys.executable, "-m", "pytest", "-n0", "-q", "-k", "vector or sample", f"tests/{folder}"]
    return subprocess.run(arguments, cwd=ROOT, env=env, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("verb", "programs"),
    [
        ("test", ["forge test", "coverage run -m pytest", "coverage report", "--ignore=tests/did"]),
        ("lint", ["ruff check", "ruff format --check", "mypy", "lint-imports", "tests.packaging.texts"]),
        ("bench", ["-m benchmarks"]),
        ("contracts", ["devnet.contracts build", "forge test"]),
    ],
)
def test_each_verb_sets_up_what_is_missing_and_runs_its_programs(verb: str, programs: list[str]) -> None:
    given = ("MAKE", "ARGS", "WORKERS", "VENV", "PYTHON")  # as whoever runs these tests by make gave them
    env = {name: value for name, value in os.environ.items() if not name.startswith(given)}
    said = subprocess.run(
        ["make", "-n", verb], cwd=ROOT, env=env, capture_output=True, text=True, check=True
    ).stdout
    places = [said.index(program) for program in ("devnet/toolchain.py setup", *programs)]
    assert places == sorted(places)
