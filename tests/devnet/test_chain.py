"""The engine: a past, a memory that survives SIGKILL, reorgs, and no process left behind."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from devnet.chain import start_ledger, write_state
from devnet.errors import LedgerRefused, LedgerUnreachable, PortInUse, StateUnusable
from devnet.rpc import JsonRpc

pytestmark = pytest.mark.enable_socket

PAST = 1_700_000_000


def test_the_ledger_starts_in_the_past_and_is_walked_to_the_present() -> None:
    with start_ledger(timestamp=PAST) as ledger:
        assert ledger.time() == PAST
        assert ledger.walk(PAST + 86_400) == PAST + 86_400
        now = int(time.time())
        assert abs(ledger.arrive(now) - now) <= 2


def test_the_ledger_does_not_walk_back() -> None:
    with (
        start_ledger(timestamp=PAST) as ledger,
        pytest.raises(LedgerRefused, match="evm_setNextBlockTimestamp"),
    ):
        ledger.walk(PAST - 1)


def test_a_transaction_costs_nothing_and_safe_is_head() -> None:
    with start_ledger() as ledger:
        ledger.mine(3)
        assert int(ledger.head()["baseFeePerGas"], 16) == 0
        assert int(ledger.block("finalized")["number"], 16) == 3


def test_what_was_saved_survives_sigkill(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    ledger = start_ledger(state=state, timestamp=PAST)
    ledger.walk(PAST + 60)
    assert ledger.save()
    saved = ledger.head()["hash"]
    ledger.mine(2)
    ledger.kill()
    assert not ledger.running
    with start_ledger(state=state) as resumed:
        # one block more: contracts would get a wrong BLOCKHASH of the newest loaded one
        assert resumed.head()["parentHash"] == saved


def test_an_unchanged_ledger_is_not_saved_again(tmp_path: Path) -> None:
    with start_ledger(state=tmp_path / "state.json") as ledger:
        assert ledger.save()
        assert not ledger.save()
        ledger.mine()
        assert ledger.save()


def test_a_kill_in_the_middle_of_saving_leaves_the_old_state(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "state.json"
    write_state(target, b"old")

    def power_cut(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", power_cut)
    with pytest.raises(StateUnusable, match="Input/output error"):
        write_state(target, b"new")
    assert target.read_bytes() == b"old"
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_a_damaged_state_is_named_in_one_line(tmp_path: Path) -> None:
    state = tmp_path / "state.json"
    state.write_text("{")
    with pytest.raises(StateUnusable, match="ankyra-devnet reset") as caught:
        start_ledger(state=state)
    assert "\n" not in str(caught.value)


def test_a_reorg_replaces_blocks_at_equal_height() -> None:
    with start_ledger() as ledger:
        ledger.mine(5)
        before = [ledger.block(n)["hash"] for n in range(6)]
        ledger.reorg(2)
        after = [ledger.block(n)["hash"] for n in range(6)]
        assert after[:4] == before[:4]
        assert not set(after[4:]) & set(before[4:])
        ledger.reorg(2)
        again = [ledger.block(n)["hash"] for n in range(6)]
        assert not set(again[4:]) & set(after[4:])


def test_a_snapshot_is_reverted_to_once() -> None:
    with start_ledger() as ledger:
        name = ledger.snapshot()
        ledger.mine(3)
        ledger.revert(name)
        assert ledger.height() == 0
        with pytest.raises(LedgerRefused):
            ledger.revert(name)


def test_a_batch_of_calls_comes_back_in_order() -> None:
    with start_ledger() as ledger:
        ledger.mine(450)
        blocks = ledger.rpc.batch(("eth_getBlockByNumber", (hex(n), False)) for n in range(450))
        assert [int(block["number"], 16) for block in blocks] == list(range(450))


def test_a_port_in_use_is_named_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=f"port {port} on 127.0.0.1 is in use") as caught:
            start_ledger(port=port)
    assert "\n" not in str(caught.value)


def test_a_dead_ledger_is_unreachable_not_empty() -> None:
    ledger = start_ledger()
    ledger.kill()
    with JsonRpc(ledger.url) as rpc, pytest.raises(LedgerUnreachable, match=ledger.url):
        rpc.request("eth_blockNumber")


@pytest.mark.parametrize("ending", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_an_interrupted_parent_leaves_no_ledger_behind(ending: signal.Signals) -> None:
    program = (
        "import time\nfrom devnet.chain import start_ledger\n"
        "ledger = start_ledger()\nprint(ledger.pid, flush=True)\ntime.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as parent:
        assert parent.stdout is not None
        ledger = int(parent.stdout.readline())
        os.kill(ledger, 0)
        parent.send_signal(ending)
        parent.wait()
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if not _alive(ledger):
            return
        time.sleep(0.05)
    os.kill(ledger, signal.SIGKILL)
    pytest.fail("the ledger outlived its parent")


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (
        status.exists() and status.read_text().rsplit(")", 1)[1].split()[0] == "Z"
    )  # a zombie has ended
