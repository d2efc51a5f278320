"""Everything that leaves this room as an error; evidence stands in attributes, key material never."""


class CredentialsError(Exception):
    """A credential, or what secures it, could not be accepted."""


class MalformedJws(CredentialsError):
    """The text is no compact JWS within the bounds (RFC 7515 section 7.1); `reason`."""

    def __init__(self, reason: str) -> None:
        """Keep what is wrong with the text."""
        super().__init__(f"not a compact JWS: {reason}")
        self.reason = reason


class AlgorithmRefused(CredentialsError):
    """The `alg` is unknown, unsigned, symmetric, or not among those allowed; `alg`."""

    def __init__(self, alg: str) -> None:
        """Keep the algorithm's name."""
        super().__init__(f"the algorithm {alg[:40]!r} is not accepted")
        self.alg = alg


class UnfitKey(CredentialsError):
    """The key is none, or not one for this algorithm and purpose; `reason`."""

    def __init__(self, reason: str) -> None:
        """Keep why the key is refused, never the key."""
        super().__init__(f"the key does not fit: {reason}")
        self.reason = reason


class InvalidSignature(CredentialsError):
    """The signature was not made over these bytes by this key; `alg`."""

    def __init__(self, alg: str) -> None:
        """Keep the algorithm by which it was checked."""
        super().__init__(f"the {alg} signature does not verify")
        self.alg = alg


class InvalidRevision(CredentialsError):
    """A change of an attribute that its registry could not have recorded; `index`, `reason`."""

    def __init__(self, index: int, reason: str) -> None:
        """Keep the log index of the entry that cannot be."""
        super().__init__(f"entry {index}: {reason}")
        self.index = index
        self.reason = reason
