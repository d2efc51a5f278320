"""What the gate runs, in which order, and over whose vectors."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
_MAKE = '#!/bin/sh\necho "$* ${ANKYRA_VECTORS-unset}" >>"$SAID"\ntest "$1" != "$FAILS"\n'
_APT = '#!/bin/sh\necho "$*" >>"$SAID"\ntest "$1" != "$FAILS"\n'


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A checkout that holds nothing but the gate, beside a `make` that only writes down how it was called."""
    folder = tmp_path / "clone"
    (folder / ".ci").mkdir(parents=True)
    shutil.copy(ROOT / ".ci" / "run", folder / ".ci" / "run")
    (tmp_path / "bin").mkdir()
    _put(folder, "make", _MAKE)
    for name in ("bash", "dirname"):
        (tmp_path / "bin" / name).symlink_to(str(shutil.which(name)))
    return folder


def _put(clone: Path, name: str, text: str) -> None:
    """A program of the machine, and what it does."""
    program = clone.parent / "bin" / name
    program.write_text(text)
    program.chmod(0o755)


def _run(
    clone: Path, *, fails: str = "", vectors: str | None = None, browser: str | None = "/any/chromium"
) -> tuple[int, list[str]]:
    done, said = _ran(clone, FAILS=fails, ANKYRA_VECTORS=vectors, ANKYRA_CHROMIUM=browser)
    return done.returncode, said


def _ran(clone: Path, **given: str | None) -> "tuple[subprocess.CompletedProcess[str], list[str]]":
    said = clone.parent / "said"
    env = {"PATH": str(clone.parent / "bin"), "SAID": str(said)}
    env |= {name: value for name, value in given.items() if value is not None}
    done = subprocess.run(
        [clone / ".ci" / "run"], env=env, cwd="/", check=False, capture_output=True, text=True
    )
    return done, said.read_text().splitlines()


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


def test_the_gate_installs_a_browser_where_there_is_none(clone: Path) -> None:
    _put(clone, "apt-get", _APT)
    done, said = _ran(clone, FAILS="none")
    assert done.returncode == 0, done.stderr
    assert said[0].startswith("-qq update")
    assert " chromium" in said[1]
    assert [line.partition(" ")[0] for line in said[2:]] == ["lint", "test"]


def test_the_gate_takes_the_browser_that_there_is(clone: Path) -> None:
    _put(clone, "apt-get", _APT)
    _put(clone, "google-chrome", "#!/bin/sh\n")
    _, said = _ran(clone, FAILS="none")
    assert [line.partition(" ")[0] for line in said] == ["lint", "test"]


def test_the_gate_says_what_to_do_where_it_may_not_install(clone: Path) -> None:
    _put(clone, "apt-get", _APT)
    done, said = _ran(clone, FAILS="-qq")
    assert done.returncode == 1
    assert len(said) == 1
    assert "apt-get install chromium" in done.stderr


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
        (
            "test",
            [
                "forge test",
                "coverage run -m pytest",
                "coverage report",
                "tests/browser",
                "--ignore=tests/did",
            ],
        ),
        ("lint", ["ruff check", "ruff format --check", "mypy", "lint-imports", "tests.packaging.texts"]),
        ("bench", ["-m benchmarks"]),
        ("contracts", ["devnet.contracts build", "forge test"]),
        ("texts", ["tests.packaging.catalogues"]),
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
