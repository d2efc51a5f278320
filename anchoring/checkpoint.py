"""Checkpoints: the three lines that stand for a whole log (C2SP tlog-checkpoint, body without signatures)."""

import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from typing import Final

from .errors import CheckpointMismatch, MalformedCheckpoint
from .merkle import HASH_SIZE

MAX_CHECKPOINT_SIZE: Final = 512
MAX_LOG_SIZE: Final = 2**53 - 1
MAX_CHAIN_ID: Final = 2**64 - 1
ADDRESS_SIZE: Final = 20
_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,98}[a-z0-9])?")
_ORIGIN: Final = re.compile(rf"(?P<name>{_NAME.pattern})/(?P<chain_id>0|[1-9][0-9]{{0,19}})/0x[0-9a-f]{{40}}")
_SIZE: Final = re.compile(r"0|[1-9][0-9]{0,15}")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log was at one size (C2SP tlog-checkpoint; protocol section 5).

    Attributes:
        origin: `<name>/<chainId>/<log address, lower case>`.
        size: number of entries, from 0 to 2**53 - 1.
        root: 32 bytes, the RFC 9162 tree hash of those entries.

    Raises:
        MalformedCheckpoint: a value could not be printed and read back.
    """

    origin: str
    size: int
    root: bytes

    def __post_init__(self) -> None:
        match = _ORIGIN.fullmatch(self.origin)
        if match is None or int(match["chain_id"]) > MAX_CHAIN_ID:
            raise MalformedCheckpoint("an origin is <name>/<chainId>/<log address, lower case>")
        if not 0 <= self.size <= MAX_LOG_SIZE:
            raise MalformedCheckpoint(f"no log has {self.size} entries")
        if len(self.root) != HASH_SIZE:
            raise MalformedCheckpoint(f"a root is 32 bytes long, not {len(self.root)}")

    def text(self) -> str:
        """Return the body: origin, size, base64 root, each line ended by a line feed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode('ascii')}\n"


def origin(name: str, chain_id: int, log_address: bytes) -> str:
    """Return the origin of a log (protocol section 5).

    Args:
        name: of the network, `devnet.ankyra.example`: lower-case letters, digits, dots and hyphens.
        chain_id: the ledger's, from 0 to 2**64 - 1.
        log_address: 20 bytes, of the RegistryLog contract.

    Raises:
        MalformedCheckpoint: a part is impossible.
    """
    if _NAME.fullmatch(name) is None:
        raise MalformedCheckpoint("a name is of lower-case letters, digits, dots and hyphens, at most 100")
    if not 0 <= chain_id <= MAX_CHAIN_ID:
        raise MalformedCheckpoint(f"no ledger has the chain id {chain_id}")
    if len(log_address) != ADDRESS_SIZE:
        raise MalformedCheckpoint(f"a log address is 20 bytes long, not {len(log_address)}")
    return f"{name}/{chain_id}/0x{log_address.hex()}"


def parse_checkpoint(body: bytes | str) -> Checkpoint:
    """Return the checkpoint whose `text()` is `body`, and of nothing else (C2SP tlog-checkpoint).

    Args:
        body: three lines, at most 512 bytes, without signature lines.

    Raises:
        MalformedCheckpoint: the printer would print something else.
    """
    if len(body) > MAX_CHECKPOINT_SIZE:
        raise MalformedCheckpoint(f"a checkpoint has at most {MAX_CHECKPOINT_SIZE} bytes")
    try:
        text = body if isinstance(body, str) else body.decode("ascii")
    except UnicodeDecodeError as error:
        raise MalformedCheckpoint("a checkpoint is of ASCII characters") from error
    lines = text.split("\n")
    if len(lines) != 4 or lines[3]:  # noqa: PLR2004 - three lines, and nothing after the last line feed
        raise MalformedCheckpoint("a checkpoint has exactly three lines, each ended by a line feed")
    if _SIZE.fullmatch(lines[1]) is None:
        raise MalformedCheckpoint("a size is a decimal number without sign or leading zeros")
    try:
        root = b64decode(lines[2], validate=True)
    except (Base64Error, ValueError) as error:
        raise MalformedCheckpoint("a root is 32 bytes in base64") from error
    checkpoint = Checkpoint(origin=lines[0], size=int(lines[1]), root=root)
    if checkpoint.text() != text:
        raise MalformedCheckpoint("a root is written in the canonical base64 form")
    return checkpoint


def check_same_log(*, trusted: Checkpoint, offered: Checkpoint) -> bool:
    """Return whether two checkpoints are one and the same, False if they speak of different sizes.

    Raises:
        CheckpointMismatch: they are of different logs, or give two roots for one size.
    """
    if trusted.origin != offered.origin:
        raise CheckpointMismatch(
            "the checkpoints are of different logs", expected=trusted.text(), found=offered.text()
        )
    if trusted.size != offered.size:
        return False
    if trusted.root != offered.root:
        raise CheckpointMismatch(
            "two roots for one size of one log: one of the checkpoints is false",
            expected=trusted.text(),
            found=offered.text(),
        )
    return True
