"""Every failure as one clear line, what to do about it, and an exit code. No stack trace reaches a user."""

from typing import NamedTuple

from anchoring.errors import AnchoringError, MalformedCheckpoint
from credentials.errors import CredentialsError
from did.errors import DidError
from node.artifacts import ArtifactError
from node.client import errors as client
from node.errors import ConfigurationError, LedgerUnavailable, NodeError

DONE, INVALID, USAGE, INDETERMINATE, UNREACHABLE, WAITING = 0, 1, 2, 3, 4, 5
"""Exit codes: done or valid; invalid or refused; usage; undetermined; no answer; somebody else's turn."""

_SERVER_ERRORS = range(500, 600)
_TOO_MANY_REQUESTS = 429


class Failure(NamedTuple):
    """One line, what to do, and the exit code."""

    code: int
    line: str
    hint: str = ""


_WHERE_PASSPHRASES_COME_FROM = (
    "Check it where it came from: --passphrase-file, ANKYRA_PASSPHRASE_FILE, ANKYRA_PASSPHRASE or the prompt."
)
_TABLE: tuple[tuple[type[Exception], int, str], ...] = (
    (
        client.NodeUnreachable,
        UNREACHABLE,
        "Check that the node runs, or name another --node; the same command goes on where it stopped.",
    ),
    (
        client.ReceiptsUnwritten,
        USAGE,
        "Run the same command again: it sends nothing, and writes the receipts.",
    ),
    (client.StillWaiting, INDETERMINATE, "Later, the same command goes on where it stopped."),
    (client.WrongPassphrase, USAGE, _WHERE_PASSPHRASES_COME_FROM),
    (
        client.DeploymentChanged,
        INVALID,
        "Nothing was signed. Ask the node's operator.",
    ),
    (
        client.UnexpectedTransaction,
        INVALID,
        "Nothing was signed. Ask the node's operator.",
    ),
    (client.NonceRefused, INVALID, "Nothing was signed. Ask the node's operator, or name another --node."),
    (client.NoNode, UNREACHABLE, "Check the address, or name another --node."),
    (client.UnexpectedAnswer, INVALID, "Ask another node."),
    (client.ProfileError, USAGE, ""),
    (client.KeystoreError, USAGE, ""),
    (
        client.PaperRefused,
        USAGE,
        "Nothing was sent. Name the file that you were sent for this DID, or ask its sender for another.",
    ),
    (client.Unusable, USAGE, ""),
    (client.ClientError, INVALID, ""),
    (MalformedCheckpoint, USAGE, "A checkpoint is three lines: origin, size, root."),
    (AnchoringError, INVALID, ""),
    (DidError, USAGE, ""),
    (CredentialsError, INVALID, ""),
    (ArtifactError, USAGE, ""),
    (ConfigurationError, USAGE, ""),
    (LedgerUnavailable, UNREACHABLE, "Check the ledger's address in the settings, and whether it runs."),
    (NodeError, INVALID, ""),
)


def failure_of(error: Exception) -> Failure:
    """What to tell a user about `error`, and with which code to end."""
    if isinstance(error, client.NodeProblem) and is_outage(error.status):
        return Failure(
            UNREACHABLE, str(error), "The node cannot do this now; the same command goes on later."
        )
    if isinstance(error, OSError):
        named = f"{error.filename}: " if error.filename else ""
        return Failure(USAGE, f"{named}{error.strerror or error}")
    for kind, code, hint in _TABLE:
        if isinstance(error, kind):
            return Failure(code, str(error), hint)
    return Failure(INVALID, f"unexpected: {type(error).__name__}: {error}", "Please report this.")


def is_outage(status: int) -> bool:
    """Whether an HTTP status tells of a node that cannot answer now, rather than of an answer."""
    return status in _SERVER_ERRORS or status == _TOO_MANY_REQUESTS
