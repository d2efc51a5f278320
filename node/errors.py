"""What the node's inner rooms raise: one hierarchy, evidence as attributes, one sentence per class."""


class NodeError(Exception):
    """Something the node could not do; the message is a sentence for people."""


class ConfigurationError(NodeError):
    """A setting or the deployment file is missing or wrong; one line names it and what would be right."""


# --- the ledger ---------------------------------------------------------------------------------------------


class LedgerError(NodeError):
    """The ledger did not give what was asked of it."""


class LedgerUnavailable(LedgerError):
    """No configured ledger endpoint answered; ask again after `retry_after` seconds."""

    def __init__(self, sentence: str, *, retry_after: int = 5) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class LedgerRefused(LedgerError):
    """A ledger endpoint answered with a JSON-RPC error (`code`, `data` as it gave them)."""

    def __init__(self, method: str, *, code: int, reason: str, data: object = None) -> None:
        super().__init__(f"{method}: {reason}")
        self.method, self.code, self.reason, self.data = method, code, reason, data


class MalformedLedgerAnswer(LedgerError):
    """A ledger endpoint answered with something that is not what JSON-RPC or the contract promises."""


class LedgerAnswerTooLarge(MalformedLedgerAnswer):
    """A ledger endpoint answered with more than is taken of it."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"an answer exceeds {limit} bytes")
        self.limit = limit


class HeaderHashDiffers(LedgerError):
    """An endpoint gave a header that does not hash to what it calls the block's hash."""

    def __init__(self, number: int, *, claimed: bytes, computed: bytes) -> None:
        super().__init__(
            f"block {number} is said to have the hash {claimed.hex()}; its header hashes to {computed.hex()}"
        )
        self.number, self.claimed, self.computed = number, claimed, computed


class ForeignLog(MalformedLedgerAnswer):
    """An endpoint answered with events of another contract, or of blocks that it took back."""


class AnotherLedger(LedgerError):
    """The ledger, the deployment file and the database do not speak of one and the same log."""

    def __init__(self, what: str, *, expected: object, found: object) -> None:
        super().__init__(f"another ledger: {what} is {found}, expected {expected}")
        self.what, self.expected, self.found = what, expected, found


class TransactionReverted(LedgerError):
    """A contract refused the call: `name` is its custom error, `ebsi` EBSI's revert string, if it has one."""

    def __init__(self, sentence: str, *, name: str | None, ebsi: str | None, data: bytes) -> None:
        super().__init__(sentence)
        self.name, self.ebsi, self.data = name, ebsi, data


# --- a signed transaction from outside ----------------------------------------------------------------------


class TransactionRefused(NodeError):
    """A signed transaction is not the one that was asked for; nothing was sent."""


class MalformedTransaction(TransactionRefused):
    """The bytes are not a canonical, signed transaction, legacy or of EIP-1559."""


class _Differs(TransactionRefused):
    noun = "field"

    def __init__(self, *, expected: object, found: object) -> None:
        super().__init__(f"the transaction's {self.noun} is {found}, expected {expected}")
        self.expected, self.found = expected, found


class WrongSender(_Differs):
    """Another account signed."""

    noun = "sender"


class WrongChain(_Differs):
    """It is signed for another chain, or for any (no EIP-155 replay protection)."""

    noun = "chain id"


class WrongContract(_Differs):
    """It goes to another account, or creates a contract."""

    noun = "recipient"


class WrongFunction(_Differs):
    """It calls another function."""

    noun = "function"


class WrongArguments(_Differs):
    """It calls the function with other arguments, or with an encoding that is not canonical."""

    noun = "arguments"


class WrongValue(_Differs):
    """It moves value or pays for gas."""

    noun = "value"


# --- the database -------------------------------------------------------------------------------------------


class DatabaseError(NodeError):
    """The database is not in a state from which the step can be taken."""


class DatabaseUnavailable(DatabaseError):
    """The database does not answer, or the connection to it broke; ask again after `retry_after` seconds."""

    def __init__(self, sentence: str, *, retry_after: int = 5) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class StaleCursor(DatabaseError):
    """Another follower moved the cursor first; nothing was written."""


class LeavesDisagree(DatabaseError):
    """Leaves do not hash to the root they were offered for; they are not kept."""

    def __init__(self, *, expected: bytes, computed: bytes | None) -> None:
        super().__init__("the leaves do not hash to the batch's root")
        self.expected, self.computed = expected, computed


class NoSuchLeaf(DatabaseError):
    """A position lies outside the leaves held of a batch."""


class SubmissionConflict(DatabaseError):
    """The batch's submission already holds another signed transaction."""


# --- following ----------------------------------------------------------------------------------------------


class Alarm(NodeError):
    """The ledger and this node's history disagree: following stops, reads go on. `name` is stable."""

    def __init__(self, name: str, sentence: str) -> None:
        super().__init__(sentence)
        self.name = name
