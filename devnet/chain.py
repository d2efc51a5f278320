"""The ledger on this desk: one anvil process, EBSI-like settings, a past, a memory that survives a kill.

anvil's own `--state` truncates its file in place: a kill in the middle leaves it empty. So the state is asked
for over RPC and replaced as a whole.
"""

from __future__ import annotations

import gzip
import hashlib
from pathlib import Path
from typing import Any, Self

from devnet.child import Child
from devnet.errors import LedgerRefused, PortInUse, StartFailed, StateUnusable
from devnet.rpc import JsonRpc
from devnet.toolchain import binary
from node.client.atomic import replace_file

CHAIN_ID = 31337
GAS_LIMIT = 1_000_000_000
_LISTENING = "Listening on "
_START_SECONDS = 30.0


class Ledger:
    """A running ledger. Time is integer seconds since 1970, as in block headers."""

    def __init__(self, child: Child, rpc: JsonRpc, *, state: Path | None) -> None:
        """Take over a started engine; `start_ledger` makes one."""
        self._child = child
        self.rpc = rpc
        self.state = state
        self._saved: str | None = None

    @property
    def url(self) -> str:
        """The JSON-RPC URL, also for WebSocket clients with its scheme changed."""
        return self.rpc.url

    @property
    def pid(self) -> int:
        """The engine's process id."""
        return self._child.pid

    @property
    def running(self) -> bool:
        """Whether the engine still runs."""
        return self._child.running

    def block(self, number: int | str = "latest") -> dict[str, Any]:
        """Return one block's header with transaction hashes, as the engine spells it."""
        named = hex(number) if isinstance(number, int) else number
        block: dict[str, Any] = self.rpc.request(
            "eth_getBlockByNumber",
            named,
            False,  # noqa: FBT003 -- a positional flag of the JSON-RPC method
        )
        return block

    def head(self) -> dict[str, Any]:
        """Return the newest block's header."""
        return self.block()

    def height(self) -> int:
        """Return the newest block's number."""
        return int(self.rpc.request("eth_blockNumber"), 16)

    def time(self) -> int:
        """Return the newest block's timestamp."""
        return int(self.head()["timestamp"], 16)

    def mine(self, blocks: int = 1) -> int:
        """Return the height after `blocks` more blocks."""
        self.rpc.request("anvil_mine", hex(blocks))
        return self.height()

    def walk(self, to: int) -> int:
        """Return the time of a new block at `to`, from which the ledger's clock goes on.

        Raises:
            LedgerRefused: `to` is not after the newest block.
        """
        self.rpc.request("evm_setNextBlockTimestamp", to)
        self.rpc.request("anvil_mine", "0x1")
        return self.time()

    def arrive(self, now: int) -> int:
        """Return the time of a new block at about `now`: the ledger's clock and the wall's are one again."""
        self.rpc.request("anvil_setTime", now)
        self.rpc.request("anvil_mine", "0x1")
        return self.time()

    def snapshot(self) -> str:
        """Return a name for the present state, to `revert` to once."""
        return str(self.rpc.request("evm_snapshot"))

    def revert(self, snapshot: str) -> None:
        """Go back to `snapshot`, which is used up.

        Raises:
            LedgerRefused: there is no such snapshot.
        """
        if self.rpc.request("evm_revert", snapshot) is not True:
            raise LedgerRefused("evm_revert", 0, f"no snapshot {snapshot}")

    def reorg(self, depth: int) -> None:
        """Replace the last `depth` blocks by empty ones: their transactions are gone, also from the pool."""
        miner = self.head()["miner"]
        # an empty block of the same time would otherwise get the hash of the empty block that it replaces
        self.rpc.request("anvil_setCoinbase", "0x" + hashlib.sha256(miner.encode()).hexdigest()[:40])
        self.rpc.request("anvil_reorg", depth, [])

    def save(self, path: Path | None = None) -> bool:
        """Write the state to `path` (default: the file of the start); return whether it had changed.

        The file is replaced as a whole: a reader, or the next start, sees the old state or the new one.

        Raises:
            StateUnusable: the file cannot be written, or none was named.
        """
        target = path or self.state
        if target is None:
            raise StateUnusable(Path(), "this ledger was started without a state file")
        head = str(self.head()["hash"])
        if path is None and head == self._saved:
            return False
        dump = bytes.fromhex(str(self.rpc.request("anvil_dumpState")).removeprefix("0x"))
        write_state(target, gzip.decompress(dump))
        if path is None:
            self._saved = head
        return True

    def stop(self) -> None:
        """Save, where there is a state file, and end the engine."""
        try:
            if self.state is not None and self.running:
                self.save()
        finally:
            self.rpc.close()
            self._child.stop()

    def kill(self) -> None:
        """End the engine as a power cut would: nothing is saved."""
        self.rpc.close()
        self._child.kill()

    def __enter__(self) -> Self:
        """Return the ledger itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self.stop()


def start_ledger(
    *,
    port: int = 0,
    state: Path | None = None,
    timestamp: int | None = None,
    block_time: int | None = None,
    automine: bool = True,
    chain_id: int = CHAIN_ID,
    log: Path | None = None,
) -> Ledger:
    """Return a ledger that answers on 127.0.0.1.

    Args:
        port: 0 lets the system choose a free one.
        state: the file to resume from where it exists, and to save to.
        timestamp: where the ledger's clock starts, not before a resumed state's newest block; None is now.
        block_time: seconds between blocks, beside those that transactions cause; None: only the latter.
        automine: False mines only on demand: blocks then carry as many transactions as wait.
        chain_id: never a real network's.
        log: a file that receives the engine's output.

    Raises:
        ToolMissing: the engine is not installed.
        PortInUse: `port` is taken.
        StateUnusable: the state file is damaged.
        StartFailed: the engine ended for another reason.
    """
    argv = [str(binary("anvil")), "--host", "127.0.0.1", "--port", str(port), "--chain-id", str(chain_id)]
    argv += ["--hardfork", "london", "--gas-price", "0", "--base-fee", "0", "--disable-min-priority-fee"]
    argv += [
        "--gas-limit",
        str(GAS_LIMIT),
        "--slots-in-an-epoch",
        "0",
        "--accounts",
        "1",
        "--prune-history",
        "64",
    ]
    argv += ["--order", "fifo", "--color", "never"]
    if not automine:
        argv += ["--no-mining"]
    elif block_time is not None:
        argv += ["--mixed-mining", "--block-time", str(block_time)]
    resumed = state is not None and state.exists()
    if resumed:
        argv += ["--load-state", str(state)]
    elif timestamp is not None:
        argv += ["--timestamp", str(timestamp)]
    child = Child("anvil", argv, log=log)
    try:
        line = child.wait_for_line(lambda said: said.startswith(_LISTENING), seconds=_START_SECONDS)
    except StartFailed as error:
        child.stop()
        if "Address already in use" in error.output:
            raise PortInUse(port) from error
        if state is not None and "--load-state" in error.output:
            raise StateUnusable(
                state, "the saved ledger cannot be read: `ankyra-devnet reset` begins anew"
            ) from error
        raise
    except BaseException:
        child.stop()
        raise
    ledger = Ledger(child, JsonRpc("http://" + line.removeprefix(_LISTENING).strip()), state=state)
    if resumed:
        _go_on(ledger, timestamp)
    return ledger


def _go_on(ledger: Ledger, timestamp: int | None) -> None:
    if timestamp is not None:
        ledger.rpc.request("anvil_setTime", timestamp)
    # Contracts get a wrong BLOCKHASH of the newest loaded block: none may write in the block right after it.
    ledger.mine()


def write_state(path: Path, content: bytes) -> None:
    """Make `path` hold `content`, whole or not at all, also through a crash.

    Raises:
        StateUnusable: the folder or the file cannot be written.
    """
    try:
        replace_file(path, content)
    except OSError as error:
        raise StateUnusable(path, error.strerror or str(error)) from error
