"""Hashes of headers as JavaScript computes them: another RLP, another Keccak, the rules read again."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from devnet.toolchain import binary
from node.chain.header_hash import header_hash

_HASHER = Path(__file__).with_name("block_hash.mjs")
_FOUND = json.loads(
    (Path(__file__).parents[1] / "node" / "chain" / "besu_headers.json").read_text(encoding="utf-8")
)
_BLOCKS = [(one["consensus"], one["block"]) for one in (*_FOUND["headers"], _FOUND["sealed"])]
_LATER = {
    "baseFeePerGas": "0x7",
    "withdrawalsRoot": "0x" + "11" * 32,
    "blobGasUsed": "0x0",
    "excessBlobGas": "0x20000",
    "parentBeaconBlockRoot": "0x" + "22" * 32,
    "requestsHash": "0x" + "33" * 32,
}


def _asked() -> list[dict[str, Any]]:
    """Each block under its own rule and as Ethereum's, in the form of every fork."""
    forks = [dict(list(_LATER.items())[:count]) for count in (0, 1, 2, 5, 6)]
    return [
        {"consensus": rule, "block": {k: v for k, v in block.items() if k not in _LATER} | fork}
        for consensus, block in _BLOCKS
        for rule in (consensus, "ethereum")
        for fork in forks
    ]


@pytest.fixture(scope="module")
def hashes() -> list[str]:
    done = subprocess.run(
        [str(binary("node")), str(_HASHER)],
        input=json.dumps(_asked()),
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    found: list[str] = json.loads(done.stdout)
    return found


def test_foreign_code_hashes_every_fork_and_engine_alike(hashes: list[str]) -> None:
    ours = ["0x" + header_hash(one["block"], one["consensus"]).hex() for one in _asked()]
    assert ours == hashes
    assert len(set(hashes)) == len(hashes)
