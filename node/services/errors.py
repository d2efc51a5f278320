"""Why a service says no: one sentence per class, evidence as attributes; the API gives each its status."""


class ServiceError(Exception):
    """The node cannot do or answer what was asked."""


class BatchRefused(ServiceError):
    """A batch cannot be accepted as it was sent."""


class WrongDigestSize(BatchRefused):
    """The digests are not `size` times 32 bytes.

    Attributes:
        length: bytes received.
        size: leaves that the batch claims to have.
    """

    def __init__(self, *, length: int, size: int) -> None:
        super().__init__(f"{length} bytes of digests are not {size} digests of 32 bytes.")
        self.length = length
        self.size = size


class EmptyBatch(BatchRefused):
    """A batch needs at least one digest."""

    def __init__(self) -> None:
        super().__init__("A batch has at least one digest.")


class TooManyDigests(BatchRefused):
    """More digests than a batch may have.

    Attributes:
        size: digests received or claimed.
        limit: digests at most.
    """

    def __init__(self, *, size: int, limit: int) -> None:
        super().__init__(f"{size} digests are more than the {limit} that a batch may have.")
        self.size = size
        self.limit = limit


class UnsortedBatch(BatchRefused):
    """A digest is smaller than the one before it.

    Attributes:
        position: of the smaller one, from 0.
    """

    def __init__(self, position: int) -> None:
        super().__init__(f"The digests are not in ascending order (position {position}).")
        self.position = position


class DuplicateDigest(BatchRefused):
    """A digest stands twice.

    Attributes:
        position: of the second one, from 0.
    """

    def __init__(self, position: int) -> None:
        super().__init__(f"A digest stands twice (positions {position - 1} and {position}).")
        self.position = position


class RootDiffers(BatchRefused):
    """The digests hash to another root than the batch claims.

    Attributes:
        claimed: 32 bytes.
        computed: 32 bytes.
    """

    def __init__(self, *, claimed: bytes, computed: bytes) -> None:
        super().__init__(f"The digests hash to {computed.hex()}, not to {claimed.hex()}.")
        self.claimed = claimed
        self.computed = computed


class InvalidBatchSignature(BatchRefused):
    """The JWS is malformed, signs something else, or does not verify."""


class NotTheIssuer(BatchRefused):
    """Who signed, or who shall send, does not act for the DID of the batch."""


class NotAccredited(BatchRefused):
    """The contract would refuse the batch now; the sentence is the contract's reason in words."""


class TooManyPending(BatchRefused):
    """The DID has as many accepted, not anchored batches as a node keeps for one DID."""

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"{limit} batches of this DID wait for their transaction: anchor them or let them expire."
        )
        self.limit = limit


class TooMuchWaiting(ServiceError):
    """All issuers' batches that are not anchored take as much room as the node gives them.

    Attributes:
        limit: bytes of digests.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(
            f"The batches that wait here for their transactions fill the {limit} bytes kept for them: "
            "room comes when they are anchored or expire."
        )
        self.limit = limit


class BatchNotFound(ServiceError):
    """No batch of this DID, root and size was sent here or is on the ledger."""

    def __init__(self) -> None:
        super().__init__("No batch of this DID, root and size was sent here or is on the ledger.")


class BatchNotAnchored(ServiceError):
    """The batch is known, and not on the ledger: there is nothing to prove yet."""

    def __init__(self) -> None:
        super().__init__("The batch is not on the ledger yet, so there is no receipt.")


class LeavesUnavailable(ServiceError):
    """The batch is on the ledger; its digests are neither here nor at a peer."""

    def __init__(self) -> None:
        super().__init__("This node does not hold the digests of the batch (yet).")


class AnotherTransactionKept(ServiceError):
    """Another signed transaction for this batch is kept and can still be mined.

    Attributes:
        transaction_hash: 32 bytes, of the kept one.
    """

    def __init__(self, transaction_hash: bytes) -> None:
        super().__init__(
            f"Transaction 0x{transaction_hash.hex()} is kept for this batch and can still be mined."
        )
        self.transaction_hash = transaction_hash


class TooManyTransactions(ServiceError):
    """As many signed transactions wait for their block as a node keeps, of one sender or in all.

    Attributes:
        limit: transactions.
        of_sender: the limit is one sender's.
    """

    def __init__(self, limit: int, *, of_sender: bool) -> None:
        whose = " of this sender" if of_sender else ""
        super().__init__(f"{limit} transactions{whose} wait for their block: send this one again later.")
        self.limit = limit
        self.of_sender = of_sender


class TransactionNotFound(ServiceError):
    """The transaction was not handed in here, and no entry of the log came of it."""

    def __init__(self) -> None:
        super().__init__(
            "This transaction was not handed in here, and no entry of the log came of it as far as this node "
            "has followed."
        )


class NodeBehind(ServiceError):
    """The ledger has the batch already, and this node has not followed to that block yet."""

    def __init__(self) -> None:
        super().__init__(
            "The batch is on the ledger already; this node will have followed to it in a moment."
        )


class LogSizeUnknown(ServiceError):
    """A log size beyond what this node has followed, or too small for what it shall prove.

    Attributes:
        asked: the size asked for.
        known: the size that this node has followed to.
    """

    def __init__(self, asked: int, *, known: int, least: int = 0) -> None:
        super().__init__(f"A log size from {least} to {known} can be served here, not {asked}.")
        self.asked = asked
        self.known = known


class ProjectionDamaged(ServiceError):
    """The entries in the database do not hash to the root that was compared with the ledger's.

    Attributes:
        size: entries that the database should hold.
    """

    def __init__(self, *, size: int) -> None:
        super().__init__(
            f"The {size} entries kept here do not hash to the log's root: proofs are withheld until "
            "`ankyra node check` has named the damage and `ankyra node rebuild` has mended it."
        )
        self.size = size


class HistoryReplaced(ServiceError):
    """A reorganisation took back what was being streamed: who reads it begins again."""

    def __init__(self) -> None:
        super().__init__("The ledger replaced entries of this stream: begin again.")


class NotRegistered(ServiceError):
    """A registry has nothing under this name, as far as this node has followed the ledger."""


class IdentifierNotFound(NotRegistered):
    """The DID is not in the DID registry."""

    def __init__(self, did: str) -> None:
        super().__init__(f"Identifier {did} not found")
        self.did = did


class IssuerNotFound(NotRegistered):
    """The DID is not in the issuers registry."""

    def __init__(self, did: str) -> None:
        super().__init__(f"Issuer {did} not found")
        self.did = did


class AttributeNotFound(NotRegistered):
    """The issuer has no such attribute."""

    def __init__(self, attribute: str) -> None:
        super().__init__(f"Attribute {attribute} not found")
        self.attribute = attribute


class RevisionNotFound(NotRegistered):
    """The attribute or schema has no such revision."""

    def __init__(self, revision: str) -> None:
        super().__init__(f"Revision {revision} not found")
        self.revision = revision


class MetadataNotFound(NotRegistered):
    """The schema's revision has no such metadata."""

    def __init__(self, metadata: str) -> None:
        super().__init__(f"Metadata {metadata} not found")
        self.metadata = metadata


class ControllerNotFound(NotRegistered):
    """The DID by which a list is filtered is not in the DID registry."""

    def __init__(self, did: str) -> None:
        super().__init__(f"Controller {did} not found")
        self.did = did


class TooManyToShow(ServiceError):
    """One answer would have to show more than it may; the lists show the same by pages.

    Attributes:
        limit: of what, in one answer.
    """

    def __init__(self, limit: int, *, what: str) -> None:
        super().__init__(f"There are more than {limit} {what}: ask for them by pages.")
        self.limit = limit


class SchemaNotFound(NotRegistered):
    """The schema is not in the schemas registry."""

    def __init__(self, schema: str) -> None:
        super().__init__(f"Schema {schema} not found")
        self.schema = schema


class PayloadNotFound(NotRegistered):
    """No entry's payload and no kept document has this hash."""

    def __init__(self) -> None:
        super().__init__("No payload with this hash is kept here.")


class RpcRefused(ServiceError):
    """A JSON-RPC call cannot be served (JSON-RPC 2.0 section 5.1).

    Attributes:
        code: JSON-RPC error code.
    """

    def __init__(self, message: str, *, code: int = -32600) -> None:
        super().__init__(message)
        self.code = code
