"""The contracts' artifacts: compiled from `contracts/src`, committed in `node/chain/abi`, compared."""

import argparse
import hashlib
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from devnet.errors import DevnetError
from devnet.toolchain import binary

CONTRACTS = (
    "TrustedPoliciesRegistry",
    "DidRegistry",
    "TrustedIssuersRegistry",
    "TrustedSchemasRegistry",
    "AnchorRegistry",
    "RegistryLog",
)
"""In the order of their deployment."""

ROOT = Path(__file__).resolve().parent.parent
SOURCES = ROOT / "contracts" / "src"
ARTIFACTS = ROOT / "node" / "chain" / "abi"
COMPILER = ROOT / "contracts" / "solc-wrap"

SETTINGS: Mapping[str, Any] = {
    "evmVersion": "london",
    "metadata": {"appendCBOR": False, "bytecodeHash": "none"},
    "optimizer": {"enabled": True, "runs": 10_000},
    "viaIR": True,
}
"""Without a metadata hash the bytes depend on the code alone, not on comments or paths."""


class CompilationFailed(DevnetError):
    """The compiler refused the sources; `messages` are its own."""

    def __init__(self, messages: list[str]) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages


def sources() -> dict[str, str]:
    """Return each source's text by its path under `contracts/`, in order."""
    return {
        path.relative_to(SOURCES.parent).as_posix(): path.read_text(encoding="utf-8")
        for path in sorted(SOURCES.rglob("*.sol"))
    }


def compile_sources() -> dict[str, Any]:
    """Return the compiler's standard output JSON for all sources.

    Raises:
        CompilationFailed: there are errors or warnings.
    """
    request = {
        "language": "Solidity",
        "sources": {path: {"content": text} for path, text in sources().items()},
        "settings": {
            **SETTINGS,
            "outputSelection": {
                "*": {
                    "*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object", "storageLayout"],
                },
            },
        },
    }
    finished = subprocess.run(
        [binary("node"), COMPILER], input=json.dumps(request), capture_output=True, text=True, check=False
    )
    if finished.returncode != 0:
        raise CompilationFailed([finished.stderr.strip() or "the compiler ended without a word"])
    output: dict[str, Any] = json.loads(finished.stdout)
    if messages := [error["formattedMessage"] for error in output.get("errors", [])]:
        raise CompilationFailed(messages)
    return output


def compiler_version() -> str:
    """Return the version of the compiler, as `0.8.37+commit.…`."""
    finished = subprocess.run(
        [binary("node"), COMPILER, "--version"], capture_output=True, text=True, check=True
    )
    return finished.stdout.split("Version: ")[1].strip()


def artifacts() -> dict[str, str]:
    """Return each artifact's text by contract name: the same text for the same sources and compiler."""
    output = compile_sources()
    version = compiler_version()
    digests = {path: hashlib.sha256(text.encode()).hexdigest() for path, text in sources().items()}
    texts = {}
    for name in CONTRACTS:
        contract = output["contracts"][f"src/{name}.sol"][name]
        artifact = {
            "contractName": name,
            "abi": contract["abi"],
            "bytecode": "0x" + contract["evm"]["bytecode"]["object"],
            "deployedBytecode": "0x" + contract["evm"]["deployedBytecode"]["object"],
            "storageLayout": _without_ids(contract["storageLayout"]),
            "solc": {"version": version, "settings": SETTINGS},
            "sources": digests,
        }
        texts[name] = json.dumps(artifact, indent=1, ensure_ascii=False) + "\n"
    return texts


def build() -> None:
    """Write the artifacts to `node/chain/abi`."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    for name, text in artifacts().items():
        (ARTIFACTS / f"{name}.json").write_text(text, encoding="utf-8")


def differences() -> list[str]:
    """Return the names of the artifacts that are not what the sources compile to; none is the good case."""
    fresh = artifacts()
    stale = [name for name, text in fresh.items() if not _holds(ARTIFACTS / f"{name}.json", text)]
    return stale + sorted(path.stem for path in ARTIFACTS.glob("*.json") if path.stem not in fresh)


def _holds(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _without_ids(layout: Any) -> Any:
    """Return the layout without the compiler's node numbers, which change with every unrelated line."""
    text = json.dumps(layout)
    numbers = {kind: kind for kind in layout["types"] or {}}
    for kind in numbers:
        plain = _plain(kind)
        text = text.replace(json.dumps(kind), json.dumps(plain))
    cleaned = json.loads(text)
    for entry in [*cleaned["storage"], *_members(cleaned)]:
        del entry["astId"]
    return cleaned


def _members(layout: Any) -> list[Any]:
    return [member for kind in (layout["types"] or {}).values() for member in kind.get("members", [])]


def _plain(kind: str) -> str:
    """Return a type's name without the node number, the digits that follow a closing parenthesis."""
    parts = kind.split(")")
    return ")".join([parts[0], *(part.lstrip("0123456789") for part in parts[1:])])


def main(arguments: list[str] | None = None) -> int:
    """Build or check the artifacts; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m devnet.contracts", description=__doc__)
    parser.add_argument("command", choices=["build", "check"])
    command = parser.parse_args(arguments).command
    try:
        if command == "build":
            build()
            print(f"contracts: {len(CONTRACTS)} artifacts in {ARTIFACTS.relative_to(ROOT)}")
            return 0
        stale = differences()
    except DevnetError as failure:
        print(failure, file=sys.stderr)
        return 1
    if stale:
        print(f"contracts: stale artifacts: {', '.join(stale)}; run make contracts", file=sys.stderr)
        return 1
    print(f"contracts: {len(CONTRACTS)} artifacts are what the sources compile to")
    return 0


if __name__ == "__main__":
    sys.exit(main())
