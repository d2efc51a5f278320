"""The set-up: a virtual environment, the packages of the lock files, and the EVM tools from npm.

Started by the system's python before anything is installed (`python3 devnet/toolchain.py setup`), so the
standard library alone is used. Every step leaves a stamp that names what it was made from: a second run does
nothing, an interrupted one goes on where it stopped.
"""

from __future__ import annotations

import argparse
import errno
import fcntl
import functools
import hashlib
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
if __package__ in {None, ""}:  # started by path
    sys.path[0] = str(ROOT)

from devnet.errors import SetupFailed, ToolMissing  # noqa: E402 -- after the path is right
from devnet.nodejs import find_node, system_node  # noqa: E402 -- likewise

OLDEST, NEWEST = (3, 11), (3, 13)
_LOCKS = ("requirements-setup.lock", "requirements.lock")
_NODE_LOCK = "requirements-node.lock"
_STAMP = ".ankyra-setup"
_FOREIGN_LOCK = "requirements-foreign.lock"
_NETWORK = re.compile(
    "connect|resol|network|time[d ]*out|fetch|retries|request|ENOTFOUND|EAI_AGAIN|Could not find",
    re.IGNORECASE,
)


@functools.cache
def binary(name: str) -> Path:
    """Return the path of `anvil`, `forge` or `node`.

    Raises:
        ToolMissing: the set-up has not brought it.
    """
    if name == "node":
        return find_node(Path(sys.prefix))[0]
    machine = {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
    folder = ROOT / "node_modules" / "@foundry-rs" / f"{name}-{sys.platform}-{machine}"
    path = folder / "bin" / name
    if path.is_file():
        return path
    installed = shutil.which(name)  # where npm has no build for this machine
    if installed is None:
        raise ToolMissing(name, folder)
    return Path(installed)


def set_up(venv: Path) -> list[str]:
    """Return the steps that were done; afterwards everything that the lock files name is in place.

    Raises:
        SetupFailed: a step could not be done; the message is one line that says what to do.
    """
    _check_machine()
    handle = os.open(ROOT, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)  # two set-ups at once wait for one another
        return [name for name, step in _STEPS if step(venv)]
    except PermissionError as error:
        raise SetupFailed(
            f"{error.filename} cannot be written: make the folder writable, or clone elsewhere"
        ) from error
    except OSError as error:
        raise SetupFailed(f"{error.filename or venv}: {error.strerror or error}") from error
    finally:
        os.close(handle)


def _check_machine() -> None:
    if sys.platform not in {"linux", "darwin"}:
        raise SetupFailed(
            f"{sys.platform} is not supported: use Linux, macOS or the Windows subsystem for Linux"
        )
    here = sys.version_info[:2]
    if not OLDEST <= here <= NEWEST:
        known = "3.11, 3.12 and 3.13 are, as in `make PYTHON=python3.12`"
        raise SetupFailed(f"Python {here[0]}.{here[1]} is not supported; {known}")
    try:
        import ensurepip  # noqa: F401 -- Debian ships python3 without it
        import venv  # noqa: F401 -- likewise
    except ImportError as error:
        package = f"python{here[0]}.{here[1]}-venv"
        raise SetupFailed(f"Python lacks venv: `sudo apt install {package}`, then again") from error


def _make_venv(venv: Path) -> bool:
    made_from = f"{sys.version_info[:3]} {ROOT}"
    if _is_stamped(venv, "venv", made_from):
        return False
    _say(f"virtual environment in {venv}")
    _run("making the virtual environment", [sys.executable, "-m", "venv", "--clear", str(venv)])
    _run(
        "installing uv",
        [*_pip(venv), "install", "--quiet", "--require-hashes", "-r", str(ROOT / _LOCKS[0])],
    )
    _stamp(venv, "venv", made_from)
    return True


def _install_packages(venv: Path) -> bool:
    made_from = f"{_digest(*_LOCKS, _NODE_LOCK)} {shutil.which('node')} {shutil.which('npm')}"
    if _is_stamped(venv, "packages", made_from):
        return False
    _say("Python packages of requirements.lock")
    locks = [*_LOCKS] if system_node() else [*_LOCKS, _NODE_LOCK]
    index = _configured_index(venv)
    sync = [
        str(venv / "bin" / "uv"),
        "pip",
        "sync",
        "--quiet",
        "--require-hashes",
        "--python",
        str(_python(venv)),
    ]
    _run("installing Python packages", [*sync, *(str(ROOT / lock) for lock in locks)], UV_DEFAULT_INDEX=index)
    (venv / f"{_STAMP}-ankyra").unlink(missing_ok=True)  # the sync took our own package out
    _stamp(venv, "packages", made_from)
    return True


def _install_ankyra(venv: Path) -> bool:
    import tomllib  # not in the oldest pythons that must be able to read this file

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    parts = [settings["build-system"], settings["project"], settings["tool"]["hatch"]]
    made_from = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    if _is_stamped(venv, "ankyra", made_from):
        return False
    _say("ankyra itself")
    install = [str(venv / "bin" / "uv"), "pip", "install", "--quiet", "--python", str(_python(venv))]
    _run("installing ankyra", [*install, "--no-deps", "--no-build-isolation", "--offline", "-e", str(ROOT)])
    _stamp(venv, "ankyra", made_from)
    return True


def _install_foreign_code(venv: Path) -> bool:
    made_from = _digest(_FOREIGN_LOCK)
    folder = venv / "foreign"
    if _is_stamped(folder, "foreign", made_from):
        return False
    _say("code of others that checks ours")
    shutil.rmtree(folder, ignore_errors=True)
    install = [*_pip(venv), "install", "--quiet", "--require-hashes", "--no-deps", "--ignore-requires-python"]
    _run("installing foreign code", [*install, "--target", str(folder), "-r", str(ROOT / _FOREIGN_LOCK)])
    _stamp(folder, "foreign", made_from)
    return True


def _install_evm_tools(venv: Path) -> bool:
    made_from = (
        _digest("package.json", "package-lock.json", ".npmrc") + f" {sys.platform} {platform.machine()}"
    )
    modules = ROOT / "node_modules"
    if _is_stamped(modules, "npm", made_from):
        return False
    _say("EVM tools of package-lock.json")
    node, npm = find_node(venv)
    _run("installing the EVM tools", [str(node), str(npm), "ci", "--no-progress", "--loglevel=error"])
    binary.cache_clear()
    try:
        binary("anvil")
        binary("forge")
    except ToolMissing as error:
        machine = f"{sys.platform} on {platform.machine()}"
        raise SetupFailed(
            f"npm has no {error.name} for {machine}: use Linux or macOS on x86_64 or arm64"
        ) from error
    _stamp(modules, "npm", made_from)
    return True


_STEPS = (
    ("venv", _make_venv),
    ("packages", _install_packages),
    ("ankyra", _install_ankyra),
    ("foreign", _install_foreign_code),
    ("npm", _install_evm_tools),
)


def _python(venv: Path) -> Path:
    return venv / "bin" / "python"


def _pip(venv: Path) -> list[str]:
    return [str(_python(venv)), "-m", "pip", "--disable-pip-version-check", "--no-input"]


def _configured_index(venv: Path) -> str | None:
    """Return the package index that pip is told to use, which uv does not ask pip about."""
    said = subprocess.run(
        [*_pip(venv), "config", "get", "global.index-url"], capture_output=True, text=True, check=False
    )
    return (
        os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("PIP_INDEX_URL") or said.stdout.strip() or None
    )


def _run(what: str, argv: list[str], **extra: str | None) -> None:
    """Run one step quietly; its own words become the message when it fails."""
    if not os.access(ROOT, os.W_OK):
        raise PermissionError(errno.EACCES, "not writable", str(ROOT))
    env = {name: value for name, value in os.environ.items() if name not in {"PYTHONHOME", "PYTHONPATH"}}
    env.update({name: value for name, value in extra.items() if value})
    home = Path(env.get("HOME") or "/nonexistent")
    if not os.access(home, os.W_OK):  # no home, or not ours: caches go beside the tools
        cache = ROOT / "build" / "cache"
        env.update(
            UV_CACHE_DIR=str(cache / "uv"),
            PIP_CACHE_DIR=str(cache / "pip"),
            npm_config_cache=str(cache / "npm"),
        )
    done = subprocess.run(
        argv, cwd=ROOT, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = [line.strip() for line in (done.stdout + done.stderr).splitlines() if line.strip()]
        why = next(
            (line for line in said if "error" in line.lower()),
            said[-1] if said else f"exit {done.returncode}",
        )
        hint = " (is the package index reachable?)" if _NETWORK.search(why) else ""
        raise SetupFailed(f"{what} failed: {why}{hint}")


def _digest(*names: str) -> str:
    return hashlib.sha256(b"".join((ROOT / name).read_bytes() for name in names)).hexdigest()


def _is_stamped(folder: Path, step: str, made_from: str) -> bool:
    try:
        return (folder / f"{_STAMP}-{step}").read_text(encoding="utf-8") == made_from
    except OSError:
        return False


def _stamp(folder: Path, step: str, made_from: str) -> None:
    (folder / f"{_STAMP}-{step}").write_text(made_from, encoding="utf-8")


def _say(what: str) -> None:
    print(f"set-up: {what}", file=sys.stderr, flush=True)


def _start(name: str, arguments: list[str]) -> NoReturn:
    """Become `name`; node is on its PATH, for the compiler that forge starts."""
    os.environ["PATH"] = f"{binary('node').parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    program = str(binary(name))
    os.execv(program, [program, *arguments])  # noqa: S606 -- no shell is wanted


def main(arguments: list[str] | None = None) -> int:
    """Return the exit code of `setup [--venv FOLDER]`, 0 done, 2 not; `run NAME …` becomes the program."""
    parser = argparse.ArgumentParser(description="Set up what Ankyra needs, below its own folder.")
    commands = parser.add_subparsers(dest="command", required=True)
    setup = commands.add_parser("setup", help="install what the lock files name")
    setup.add_argument("--venv", type=Path, default=ROOT / ".venv", help="the virtual environment's folder")
    run = commands.add_parser("run", help="start an installed EVM tool")
    run.add_argument("name", choices=["anvil", "forge", "node"])
    run.add_argument("arguments", nargs=argparse.REMAINDER)
    chosen = parser.parse_args(arguments)
    started = time.monotonic()
    try:
        if chosen.command == "run":
            _start(chosen.name, chosen.arguments)
        steps = set_up(chosen.venv.absolute())
    except (SetupFailed, ToolMissing) as error:
        print(f"set-up: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("set-up: interrupted; the next run goes on from here", file=sys.stderr)
        return 130
    if steps:
        _say(f"done in {time.monotonic() - started:.1f} s")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
