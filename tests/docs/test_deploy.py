"""The files under deploy/ name settings, commands and options that there are."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from node.artifacts import CONTRACTS, load_artifact
from node.config import OTHER_VARIABLES, Settings

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
_VARIABLE = re.compile(r"\bANKYRA_[A-Z_]+\b")
_CODE_LIMIT = 24_576  # bytes of a contract, EIP-170
_SETTINGS = {f"ANKYRA_{name.upper()}" for name in Settings.model_fields} | OTHER_VARIABLES
_FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())


@pytest.mark.parametrize("path", _FILES, ids=lambda path: path.name)
def test_every_variable_is_a_setting(path: Path) -> None:
    assert set(_VARIABLE.findall(path.read_text(encoding="utf-8"))) <= _SETTINGS


def test_every_file_is_named_on_the_page() -> None:
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    folders = {path.parent.relative_to(ROOT).as_posix() for path in _FILES}
    assert [folder for folder in sorted(folders) if folder not in page] == []


def test_the_compose_file_copies_what_there_is_and_asks_for_the_password() -> None:
    compose = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text(encoding="utf-8"))
    node = compose["services"]["node"]
    assert (DEPLOY / "compose" / node["build"]["context"]).resolve() == ROOT
    assert (ROOT / node["build"]["dockerfile"]).is_file()
    assert ":?" in compose["services"]["database"]["environment"]["POSTGRES_PASSWORD"]
    assert "ports" not in node
    assert "ports" not in compose["services"]["database"]
    assert (
        node["environment"]["ANKYRA_TRUSTED_PROXIES"]
        == (compose["services"]["proxy"]["networks"]["edge"]["ipv4_address"])
    )
    copied = re.findall(r"^COPY (.+) \S+$", (DEPLOY / "compose" / "Dockerfile").read_text(), re.MULTILINE)
    assert [name for line in copied for name in line.split() if not (ROOT / name).exists()] == []


def test_the_units_run_commands_that_there_are() -> None:
    commands = {
        command
        for path in (DEPLOY / "systemd").glob("*.service")
        for command in re.findall(r"^ExecStart=\S+/(.+)$", path.read_text(), re.MULTILINE)
    }
    assert commands == {
        "ankyra node serve",
        "ankyra node backup --force /var/backups/ankyra/ankyra.backup",
    }


def test_the_ledger_s_genesis_takes_the_contracts_as_they_are_compiled() -> None:
    genesis = json.loads((DEPLOY / "besu" / "qbft.json").read_text(encoding="utf-8"))["genesis"]
    assert genesis["config"]["londonBlock"] == 0
    assert genesis["config"]["zeroBaseFee"] is True
    sizes = [len(load_artifact(name).raw["deployedBytecode"]) // 2 for name in CONTRACTS]
    assert max(sizes) <= genesis["config"].get("contractSizeLimit", _CODE_LIMIT)
    settings = tomllib.loads((ROOT / "contracts" / "foundry.toml").read_text(encoding="utf-8"))
    assert settings["profile"]["default"]["evm_version"] == "london"


def test_besu_s_files_agree_with_one_another_and_with_the_node() -> None:
    found = {
        path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
        for path in (DEPLOY / "besu").glob("*.toml")
    }
    allowed = set(found["permissions"]["nodes-allowlist"])
    for name in ("validator", "rpc"):
        assert set(found[name]["bootnodes"]) <= allowed
        assert found[name]["min-gas-price"] == 0
        assert "tx-pool-price-bump" not in found[name]  # refused where there is no base fee
    from node.chain.client import BATCH
    from node.indexer.blocks import MAX_RANGE

    assert found["rpc"]["rpc-max-logs-range"] >= MAX_RANGE
    assert found["rpc"]["rpc-http-max-batch-size"] >= BATCH
