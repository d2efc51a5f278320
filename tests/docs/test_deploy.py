"""The files under deploy/ name settings, commands and options that there are."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml

from node.api.clients import PROXY_HEADERS
from node.api.connections import Limits
from node.artifacts import CONTRACTS, load_artifact
from node.config import OTHER_VARIABLES, Settings
from node.db.postgresql import POOL_OVERFLOW, POOL_SIZE
from node.workers import _LAST_SECONDS

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


def test_a_node_is_given_the_files_and_the_time_that_its_workers_need() -> None:
    unit = (DEPLOY / "systemd" / "ankyra-node.service").read_text(encoding="utf-8")
    lines = dict(line.split("=", 1) for line in unit.splitlines() if re.match(r"[A-Z]\w+=", line))
    compose = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text(encoding="utf-8"))
    node = compose["services"]["node"]
    wanted = Limits().connections + Limits().spare + POOL_SIZE + POOL_OVERFLOW
    assert int(lines["LimitNOFILE"]) >= 2 * wanted
    assert node["ulimits"]["nofile"] >= 2 * wanted
    assert int(lines["TimeoutStopSec"]) > _LAST_SECONDS
    assert int(node["stop_grace_period"].removesuffix("s")) > _LAST_SECONDS
    assert lines["KillMode"] == "mixed"
    assert "ANKYRA_WORKERS" in node["environment"]


def test_the_proxy_alone_says_who_asks() -> None:
    """One header is set and the other one removed: what a client says of itself does not come through."""
    caddy = (DEPLOY / "compose" / "Caddyfile").read_text(encoding="utf-8")
    told = {
        name.lower(): rest for name, rest in re.findall(r"^\s*header_up (\S+) ?(.*)$", caddy, re.MULTILINE)
    }
    assert told == {"x-forwarded-for": "{remote_host}", "-forwarded": ""}
    assert {"forwarded", "x-forwarded-for"} <= set(PROXY_HEADERS)


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
