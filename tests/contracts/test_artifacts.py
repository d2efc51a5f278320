"""The committed artifacts are what the sources compile to, and what EBSI's clients call."""

import json
import re
import shutil
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from devnet import contracts
from devnet.contracts import CONTRACTS, CompilationFailed
from node.artifacts import load_artifact

FOUNDRY = contracts.ROOT / "contracts" / "foundry.toml"
MOST_CODE = 24_576  # bytes of deployed code (EIP-170)

SELECTORS = {
    "DidRegistry": {
        "insertDidDocument": "fbb22408",
        "updateBaseDocument": "697d9f47",
        "addController": "4ce7693e",
        "revokeController": "c76310e5",
        "addVerificationMethod": "c919b9ac",
        "addVerificationRelationship": "49df6b26",
        "expireVerificationMethod": "a3396f9a",
        "revokeVerificationMethod": "57a5fc30",
        "rollVerificationMethod": "275204a1",
    },
    "TrustedIssuersRegistry": {
        "setAttributeMetadata": "66fb2ae2",
        "setAttributeData": "1bef3e0c",
        "addIssuerProxy": "f4fd7649",
        "updateIssuerProxy": "7beeda81",
        "removeIssuerProxy": "a6256c18",
    },
}


@pytest.fixture(scope="module")
def fresh() -> dict[str, str]:
    return contracts.artifacts()


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the artifacts that a test may spoil; `devnet.contracts` works on it."""
    folder = tmp_path / "abi"
    shutil.copytree(contracts.ARTIFACTS, folder)
    monkeypatch.setattr(contracts, "ARTIFACTS", folder)
    return folder


def test_committed_artifacts_are_what_the_sources_compile_to(fresh: dict[str, str]) -> None:
    for name, text in fresh.items():
        assert (contracts.ARTIFACTS / f"{name}.json").read_text("utf-8") == text, f"{name} is stale"
    assert {path.stem for path in contracts.ARTIFACTS.glob("*.json")} == set(CONTRACTS)


def test_a_changed_byte_and_a_stray_file_are_found(
    copied: Path, fresh: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contracts, "artifacts", lambda: fresh)
    assert contracts.differences() == []
    path = copied / "DidRegistry.json"
    path.write_text(path.read_text("utf-8").replace('"0x60', '"0x61', 1), encoding="utf-8")
    (copied / "Stray.json").write_text("{}", encoding="utf-8")
    assert contracts.differences() == ["DidRegistry", "Stray"]
    assert contracts.main(["check"]) == 1


def test_sources_that_do_not_compile_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "contracts" / "src"
    folder.mkdir(parents=True)
    (folder / "Broken.sol").write_text("pragma solidity 0.8.37; contract Broken { uint }", encoding="utf-8")
    monkeypatch.setattr(contracts, "SOURCES", folder)
    with pytest.raises(CompilationFailed, match="Expected identifier"):
        contracts.compile_sources()
    assert contracts.main(["build"]) == 1


@pytest.mark.parametrize("name", CONTRACTS)
def test_code_fits_the_ledger_and_depends_on_nothing_but_itself(name: str) -> None:
    raw = load_artifact(name).raw
    deployed = bytes.fromhex(raw["deployedBytecode"][2:])
    assert 0 < len(deployed) <= MOST_CODE
    assert b"ipfs" not in deployed
    assert b"solc" not in deployed


@pytest.mark.parametrize("contract", SELECTORS)
def test_functions_have_ebsis_selectors(contract: str) -> None:
    functions = load_artifact(contract).functions
    assert {name: functions[name].selector.hex() for name in SELECTORS[contract]} == SELECTORS[contract]


def test_timestamp_functions_have_ebsis_signatures() -> None:
    functions = load_artifact("AnchorRegistry").functions
    hashes = "uint256[],bytes[],bytes[]"
    assert {functions[name].signature for name in functions if "imestamp" in name or "ecord" in name} == {
        f"timestampHashes({hashes})",
        f"timestampRecordHashes({hashes},bytes)",
        f"timestampVersionHashes(bytes,{hashes},bytes)",
        f"timestampRecordVersionHashes(bytes32,{hashes},bytes)",
        f"appendRecordVersionHashes(bytes32,uint256,{hashes},bytes)",
        "detachRecordVersionHash(bytes32,uint256,bytes)",
        "insertRecordVersionInfo(bytes32,uint256,bytes)",
        "insertRecordOwner(bytes32,bytes,uint256,uint256)",
        "revokeRecordOwner(bytes32,bytes)",
    }


def test_the_log_lies_in_storage_where_the_protocol_says() -> None:
    layout = load_artifact("RegistryLog").raw["storageLayout"]
    places = [
        (entry["label"], int(entry["slot"]), entry["offset"], layout["types"][entry["type"]]["label"])
        for entry in layout["storage"]
    ]
    assert places[:5] == [
        ("size", 0, 0, "uint64"),
        ("closed", 0, 8, "bool"),
        ("markedBlock", 0, 9, "uint64"),
        ("root", 1, 0, "bytes32"),
        ("heads", 2, 0, "mapping(bytes32 => bytes32)"),
    ]


def test_storage_layouts_hold_no_node_numbers() -> None:
    for name in CONTRACTS:
        text = json.dumps(load_artifact(name).raw["storageLayout"])
        assert "astId" not in text
        assert not re.search(r"\)\d", text)


def test_forge_tests_run_the_same_compiler_settings() -> None:
    settings: dict[str, Any] = dict(contracts.SETTINGS)
    toml = FOUNDRY.read_text("utf-8")
    assert f'evm_version = "{settings["evmVersion"]}"' in toml
    assert 'solc = "./solc-wrap"' in toml
    assert "../node/chain/abi" in toml


def test_contracts_take_no_code_from_elsewhere() -> None:
    for path, text in contracts.sources().items():
        assert all(found.startswith(("./", "../")) for found in _imports(text)), path
        assert text.startswith("// SPDX-License-Identifier: Apache-2.0\npragma solidity 0.8.37;\n"), path


def _imports(text: str) -> list[str]:
    return re.findall(r'^import .*?"([^"]+)";', text, flags=re.MULTILINE | re.DOTALL)


def test_every_function_of_an_interface_is_documented() -> None:
    for path, text in contracts.sources().items():
        lines = text.splitlines() if "/interfaces/" in path else []
        for before, line in pairwise(lines):
            if line.startswith("    function "):
                assert before.startswith("    ///"), f"{path}: {line.strip()}"


def test_forge_tries_every_function_that_needs_a_right_as_a_stranger() -> None:
    """What is open to anybody is named here; a new function is either, or this fails."""
    open_to_all = {"mark", "timestampHashes", "timestampRecordHashes", "timestampVersionHashes"}
    tried = set()
    for name in ("Strangers", "RecordOwners"):
        text = (contracts.ROOT / "contracts" / "test" / f"{name}.t.sol").read_text("utf-8")
        tried |= set(re.findall(r"encodeCall\(\s*\w+\.(\w+)", text))
    writing = {
        item["name"]
        for name in CONTRACTS
        for item in load_artifact(name).raw["abi"]
        if item["type"] == "function" and item["stateMutability"] not in {"view", "pure"}
    }
    assert writing == tried | open_to_all
    assert not tried & open_to_all
