"""One hierarchy for everything that may stop a command; each class says one thing and keeps its evidence."""

from collections.abc import Mapping
from pathlib import Path


class ClientError(Exception):
    """The client cannot do what was asked."""


class KeystoreError(ClientError):
    """A private key cannot be kept or opened."""


class WrongPassphrase(KeystoreError):
    """The passphrase does not open the key: its message authentication code differs."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"the passphrase does not open {path}")
        self.path = path


class PassphraseMissing(KeystoreError):
    """No passphrase came from a file, the environment or a prompt, or it is empty or too long."""


class KeyMissing(KeystoreError):
    """The profile keeps no private key of that name."""

    def __init__(self, kid: str, folder: Path) -> None:
        super().__init__(f"no key {kid} in {folder}")
        self.kid = kid
        self.folder = folder


class MalformedKeyFile(KeystoreError):
    """A key file is not a scrypt v3 envelope that this client would write or accept."""


class ProfileError(ClientError):
    """The profile folder cannot serve."""


class ProfileMissing(ProfileError):
    """There is no profile yet where one was looked for."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"no profile in {folder}; make one with: ankyra did create")
        self.folder = folder


class ProfileExists(ProfileError):
    """A profile is there already and is never overwritten."""

    def __init__(self, folder: Path) -> None:
        super().__init__(f"{folder} already holds a profile; name another one with --profile")
        self.folder = folder


class MalformedProfile(ProfileError):
    """`profile.json` is not what this client writes."""


class DeploymentChanged(ProfileError):
    """The node speaks of another ledger or other contracts than those pinned when first seen."""

    def __init__(self, member: str, *, pinned: object, seen: object) -> None:
        super().__init__(f"the node names another {member}: pinned {pinned}, now {seen}")
        self.member = member
        self.pinned = pinned
        self.seen = seen


class MalformedStatusRecord(ProfileError):
    """What the profile keeps of a status list is not what this client writes."""


class MalformedOutbox(ProfileError):
    """What the profile keeps of a transaction is not what this client writes."""


class MalformedDraft(ProfileError):
    """What the profile keeps of a command that was cut off is not what this client writes."""


class NonceRefused(ClientError):
    """The node's count of an account's nonces contradicts what the profile knows; nothing was signed."""

    def __init__(self, account: str, *, counted: int, known: int) -> None:
        behind = "its ledger lags behind, or is another one"
        ahead = "the profile is an old copy (then move its folder `outbox` away), or the node errs"
        super().__init__(
            f"not signed: the node counts {counted} transactions of {account}, the profile knows of {known}: "
            f"{behind if counted < known else ahead}"
        )
        self.account = account
        self.counted = counted
        self.known = known


class UnexpectedTransaction(ClientError):
    """The node asks for a signature over something else than what was meant; nothing was signed."""

    def __init__(self, member: str, *, expected: object, given: object) -> None:
        super().__init__(f"not signed: `{member}` of the transaction is {given}, expected {expected}")
        self.member = member
        self.expected = expected
        self.given = given


class TransactionFailed(ClientError):
    """The ledger included the transaction and the contract refused it."""

    def __init__(self, transaction_hash: str, reason: str) -> None:
        super().__init__(f"the contract refused: {reason} (transaction {transaction_hash})")
        self.transaction_hash = transaction_hash
        self.reason = reason


class StillWaiting(ClientError):
    """What was sent is not yet where it shall be; asking again later may find it there."""


class ReceiptsUnwritten(ClientError):
    """The batch is on the ledger, but a receipt could not be written; nothing is lost, only unfinished."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the batch is anchored, but not every receipt could be written: {reason}")
        self.reason = reason


class NodeUnreachable(ClientError):
    """No answer came from the node."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"{url} does not answer: {reason}")
        self.url = url
        self.reason = reason


class NodeProblem(ClientError):
    """The node answered with a problem (RFC 9457) or refused a JSON-RPC call."""

    def __init__(
        self, status: int, *, title: str, detail: str, code: str = "", data: str | None = None
    ) -> None:
        super().__init__(f"the node refused ({status}): {detail or title}")
        self.status = status
        self.title = title
        self.detail = detail
        self.code = code
        self.data = data


class UnexpectedAnswer(ClientError):
    """The node answered with something that this client does not accept."""


class NoNode(UnexpectedAnswer):
    """Something answers at the address, but not as a node does: this says nothing about what was asked."""

    def __init__(self, url: str, path: str, reason: str) -> None:
        unserved = f"does not serve {path}" if path else "does not serve JSON-RPC"
        super().__init__(f"{url} is not an Ankyra node or {unserved}: {reason}")
        self.url = url
        self.path = path
        self.reason = reason


class Refused(ClientError):
    """The input cannot be used; the sentence says why."""

    def __init__(self, sentence: str, *, evidence: Mapping[str, object] | None = None) -> None:
        super().__init__(sentence)
        self.evidence = dict(evidence or {})


class AnotherChallenge(Refused):
    """The answer is to another challenge than the one that was kept, or by another DID."""


class Unusable(ClientError):
    """What was given cannot be used; nothing was tried."""


class PaperRefused(Unusable):
    """What is given as a paper that somebody sent is none, is for somebody else, or was changed."""


class StatusListUnknown(Unusable):
    """The profile keeps no status list of that name."""

    def __init__(self, name: str, known: tuple[str, ...]) -> None:
        others = f"it keeps {', '.join(known)}" if known else "make one with: ankyra status create"
        super().__init__(f"the profile keeps no status list `{name}`; {others}")
        self.name = name
        self.known = known
