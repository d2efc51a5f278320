"""Every way in which anchoring refuses: one hierarchy, one sentence per class, evidence as attributes."""


class AnchoringError(Exception):
    """Something that was to be anchored, proved or replayed does not hold."""


class MalformedProof(AnchoringError):
    """A size, an index or a length in a proof is impossible, whatever the hashes say."""


class RootMismatch(AnchoringError):
    """A proof is well formed and leads to another root."""

    def __init__(self, message: str, *, expected: bytes, computed: bytes) -> None:
        """Keep both roots as evidence.

        Args:
            message: the sentence for people.
            expected: 32 bytes, as pinned by the caller.
            computed: 32 bytes, as the proof gives it.
        """
        super().__init__(f"{message}: expected {expected.hex()}, computed {computed.hex()}")
        self.expected = expected
        self.computed = computed


class MalformedDocument(AnchoringError):
    """A document claims a form that its bytes do not have, or exceeds a limit."""


class NotSecured(AnchoringError):
    """A document carries no signature or proof, so it may be anchored only with salt."""


class MalformedBatch(AnchoringError):
    """Digests are too few, too many, of a wrong length, repeated or out of order."""


class NotInBatch(AnchoringError):
    """A digest is not a leaf of this batch."""

    def __init__(self, digest: bytes) -> None:
        """Keep the digest as evidence."""
        super().__init__(f"{digest.hex()} is not in this batch")
        self.digest = digest


class MalformedEntry(AnchoringError):
    """A log entry has a field of an impossible length or value."""


class UnknownKind(MalformedEntry):
    """No registry writes entries of this kind."""

    def __init__(self, kind: str) -> None:
        """Keep the kind as evidence."""
        super().__init__(f"unknown kind of entry: {kind!r}")
        self.kind = kind


class MalformedPayload(MalformedEntry):
    """A payload is not the ABI encoding of its kind's fields, or is larger than 32 KiB."""


class BrokenHistory(AnchoringError):
    """An entry does not continue the log that came before it."""

    def __init__(self, message: str, *, index: int) -> None:
        """Keep the place as evidence.

        Args:
            message: the sentence for people.
            index: place in the log of the entry that does not fit.
        """
        super().__init__(f"entry {index}: {message}")
        self.index = index


class MalformedCheckpoint(AnchoringError):
    """A text is not a checkpoint body of exactly three lines."""


class CheckpointMismatch(AnchoringError):
    """Two checkpoints of one log give different roots for one size: one of them is false."""

    def __init__(self, message: str, *, expected: str, found: str) -> None:
        """Keep both checkpoints as evidence.

        Args:
            message: the sentence for people.
            expected: text of the checkpoint that the caller trusts.
            found: text of the checkpoint that was offered.
        """
        super().__init__(message)
        self.expected = expected
        self.found = found


class UnattestedSize(AnchoringError):
    """The trusted checkpoint speaks of another size, so it neither attests nor refutes."""

    def __init__(self, message: str, *, attested: int, found: int) -> None:
        """Keep both sizes as evidence.

        Args:
            message: the sentence for people.
            attested: log size of the checkpoint that the caller trusts.
            found: log size of the checkpoint that was offered.
        """
        super().__init__(message)
        self.attested = attested
        self.found = found


class MalformedReceipt(AnchoringError):
    """Bytes are not a receipt as its printer prints it."""


class ReceiptMismatch(AnchoringError):
    """Two parts of a receipt, or a receipt and a document, contradict one another."""


class MalformedStatusList(AnchoringError):
    """A list of statuses is no bit string, or its text does not encode one."""


class StatusListTooLarge(MalformedStatusList):
    """A list of statuses exceeds its limit, before or after it is expanded."""

    def __init__(self, limit: int) -> None:
        """Keep the limit as evidence.

        Args:
            limit: in bytes of the expanded bit string.
        """
        super().__init__(f"a status list has at most {limit} bytes when it is expanded")
        self.limit = limit


class StatusListTooShort(MalformedStatusList):
    """A list has so few entries that whoever asks for it says of whom they ask."""

    def __init__(self, *, length: int, minimum: int) -> None:
        """Keep both numbers of entries as evidence."""
        super().__init__(f"a status list has at least {minimum} entries, not {length}")
        self.length = length
        self.minimum = minimum


class IndexOutOfRange(AnchoringError):
    """A status list has no entry at this index."""

    def __init__(self, *, index: int, length: int) -> None:
        """Keep the index and the number of entries as evidence."""
        super().__init__(f"a status list of {length} entries has none at {index}")
        self.index = index
        self.length = length


class StatusListFull(AnchoringError):
    """A list has too few free indexes left to choose among them at random."""

    def __init__(self, *, taken: int, wanted: int, length: int) -> None:
        """Keep the numbers of entries as evidence."""
        super().__init__(f"{wanted} more indexes after {taken} fill too much of a list of {length}")
        self.taken = taken
        self.wanted = wanted
        self.length = length


class PoorRandomness(AnchoringError):
    """What was to choose at random keeps choosing what is taken."""


class MalformedStatusEntry(AnchoringError):
    """An entry of `credentialStatus` does not say which bits of which list it means."""


class UnknownStatusType(MalformedStatusEntry):
    """An entry or a list is of a type that this software cannot read, which says nothing about a status."""

    def __init__(self, status_type: str) -> None:
        """Keep the type as evidence."""
        super().__init__(f"unknown type of status: {status_type[:64]!r}")
        self.status_type = status_type


class UnknownStatusPurpose(MalformedStatusEntry):
    """An entry has a purpose that its type does not define, so its bits have no known meaning."""

    def __init__(self, status_purpose: str) -> None:
        """Keep the purpose as evidence."""
        super().__init__(f"unknown purpose of a status: {status_purpose[:64]!r}")
        self.status_purpose = status_purpose


class StatusMismatch(AnchoringError):
    """A list is not of the type or for the purpose that an entry names."""


class InvalidSchedule(AnchoringError):
    """Times at which nothing can be published regularly; `reason`."""

    def __init__(self, reason: str) -> None:
        """Keep what is wrong with them."""
        super().__init__(f"no schedule: {reason}")
        self.reason = reason
