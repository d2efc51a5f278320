"""The operator's walk on a ledger that others run: deploy, be cut off, decide, close, be continued."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account

from anchoring.checkpoint import origin
from anchoring.payload import decode_payload
from devnet.chain import Ledger, start_ledger
from devnet.commands import program
from devnet.deploy import constructor_arguments, contracts_of, creation
from devnet.errors import NotAsked, StateUnusable, TransactionRefused
from devnet.network import NetworkFolder, close_log, deploy_network, log_address
from devnet.sender import Sender
from node.artifacts import CONTRACTS
from node.chain.client import LedgerClient
from node.chain.logs import fetch_entries
from node.client.keystore import Keystore
from node.config import load_deployment
from tests.ledger import DEPLOYED_AT

pytestmark = pytest.mark.enable_socket

PASSPHRASE = "of a ceremony"


@pytest.fixture
def ledger() -> Iterator[Ledger]:
    with start_ledger(timestamp=DEPLOYED_AT) as ledger:
        yield ledger


def _folder(path: Path, ledger: Ledger) -> NetworkFolder:
    if not path.exists():
        Keystore(path / "operator", passphrase=PASSPHRASE, scrypt_n=1024).create("secp256k1")
    return NetworkFolder(path, rpc=ledger.url, passphrase=PASSPHRASE)


def _kinds(ledger: Ledger, path: Path) -> list[str]:
    deployment = load_deployment(path)
    with LedgerClient([ledger.url]) as client:
        newest = int(client.request("eth_blockNumber"), 16)
        found = fetch_entries(client, deployment.registry_log, first=deployment.first_block, last=newest)
    return [logged.entry.kind for logged in found]


def test_a_deployment_stands_and_doing_it_again_changes_nothing(ledger: Ledger, tmp_path: Path) -> None:
    folder = _folder(tmp_path / "one", ledger)
    made = deploy_network(folder, name="registry.example")
    assert made.registry_log == log_address(folder)
    assert load_deployment(folder.deployment) == made
    before = _kinds(ledger, folder.deployment)
    assert before[0] == "log.opened"
    assert before[-1] == "policy.granted"
    assert deploy_network(folder, name="registry.example") == made
    assert _kinds(ledger, folder.deployment) == before


@pytest.mark.parametrize("done", [1, 4, 6])
def test_a_deployment_that_was_cut_off_goes_on(ledger: Ledger, tmp_path: Path, done: int) -> None:
    whole = _folder(tmp_path / "whole", ledger)
    deploy_network(whole, name="whole")
    folder = _folder(tmp_path / "cut", ledger)
    operator = Sender(ledger.rpc, folder.operator())
    at = contracts_of(operator.address, first_nonce=0)
    arguments = constructor_arguments(at, operator.address, ("", 0, bytes(32)))
    for name in CONTRACTS[:done]:
        operator.send(None, creation(name, arguments[name]))
    if done == len(CONTRACTS):
        registry = at["TrustedPoliciesRegistry"]
        operator.transact("TrustedPoliciesRegistry", registry, "insertPolicy", "LOG:close", "first of nine")
    deploy_network(folder, name="cut")
    assert sorted(_kinds(ledger, folder.deployment)) == sorted(_kinds(ledger, whole.deployment))


def test_an_account_with_a_past_is_not_deployed_from(ledger: Ledger, tmp_path: Path) -> None:
    folder = _folder(tmp_path / "one", ledger)
    Sender(ledger.rpc, folder.operator()).send(folder.operator().address, b"")
    with pytest.raises(NotAsked, match="has sent other transactions"):
        deploy_network(folder, name="registry.example")
    assert not folder.deployment.exists()


def test_another_passphrase_opens_no_account(ledger: Ledger, tmp_path: Path) -> None:
    _folder(tmp_path / "one", ledger)
    with pytest.raises(StateUnusable):
        NetworkFolder(tmp_path / "one", rpc=ledger.url, passphrase="another").operator()


def test_a_successor_continues_the_log_that_was_closed_in_its_favour(ledger: Ledger, tmp_path: Path) -> None:
    old, new, other = (_folder(tmp_path / name, ledger) for name in ("old", "new", "other"))
    first = deploy_network(old, name="first.example")
    with pytest.raises(NotAsked, match="is open: close it first"):
        deploy_network(new, name="second.example", after=old.deployment)
    closed = close_log(old, successor=log_address(new))
    assert close_log(old, successor=log_address(new)) == closed  # cut off before it could say so
    with pytest.raises(NotAsked, match="closed in favour of"):
        deploy_network(other, name="third.example", after=old.deployment)
    second = deploy_network(new, name="second.example", after=old.deployment)
    with LedgerClient([ledger.url]) as client:
        newest = int(client.request("eth_blockNumber"), 16)
        last = fetch_entries(client, first.registry_log, first=first.first_block, last=newest)[-1].entry
        opened = fetch_entries(client, second.registry_log, first=second.first_block, last=newest)[0].entry
    assert (last.kind, closed.size) == ("log.closed", last.index + 1)
    said = decode_payload(opened.kind, opened.payload)
    log = bytes.fromhex(first.registry_log[2:])
    assert said["predecessorOrigin"] == origin("first.example", first.chain_id, log) == closed.origin
    assert (said["predecessorSize"], said["predecessorRoot"]) == (closed.size, closed.root)


def test_nobody_else_closes(ledger: Ledger, tmp_path: Path) -> None:
    made = _folder(tmp_path / "one", ledger)
    deploy_network(made, name="one")
    stranger = _folder(tmp_path / "stranger", ledger)
    stranger.deployment.write_bytes(made.deployment.read_bytes())
    with pytest.raises(TransactionRefused):
        close_log(stranger, successor=Account.create().address)
    assert "log.closed" not in _kinds(ledger, made.deployment)


def test_the_commands_walk_from_an_account_to_a_successor(ledger: Ledger, tmp_path: Path) -> None:
    def run(*arguments: str, code: int = 0) -> dict[str, Any]:
        command = [str(program().with_name("ankyra-devnet")), "network", *arguments, "--json"]
        environment = {**os.environ, "ANKYRA_PASSPHRASE": PASSPHRASE}
        ended = subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert ended.returncode == code, ended.stderr
        assert "Traceback" not in ended.stderr
        return json.loads(ended.stdout) if ended.stdout else {"refused": ended.stderr}

    _folder(tmp_path / "old", ledger)
    _folder(tmp_path / "new", ledger)
    there = ("--rpc", ledger.url)
    (tmp_path / "schema.json").write_text('{"title": "Micro-credential", "type": "object"}')
    log = run("account", "--dir", "new")["registryLog"]
    run("deploy", "--dir", "old", *there, "--name", "first.example")
    run("schema", "schema.json", "--dir", "old", *there)
    run("appoint", "did:ebsi:zZeKyEJfUTGwajhNyNX928z", "--dir", "old", *there)
    assert "not a valid DID" in run("appoint", "did:web:x.example", "--dir", "old", *there, code=2)["refused"]
    assert "--yes" in run("close", log, "--dir", "old", *there, code=2)["refused"]
    assert run("close", log, "--dir", "old", *there, "--yes")["size"] > 0
    run("deploy", "--dir", "new", *there, "--name", "second.example", "--after", "old/deployment.json")
    assert load_deployment(tmp_path / "new" / "deployment.json").registry_log == log
