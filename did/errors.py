"""Everything that leaves this room as an error, each with its code of DID Resolution."""

from typing import ClassVar


class DidError(Exception):
    """A DID, a key or a document could not be accepted; `code` is the error code of DID Resolution."""

    code: ClassVar[str] = "internalError"


class InvalidDid(DidError):
    """The text is no DID (DID Core section 3.1), or not one of its method; `did`, `reason`."""

    code = "invalidDid"

    def __init__(self, did: str, reason: str) -> None:
        """Keep the text and what is wrong with it."""
        super().__init__(f"{did[:100]!r} is not a valid DID: {reason}")
        self.did = did
        self.reason = reason


class InvalidDidUrl(DidError):
    """The text is no DID URL (DID Core section 3.2); `did_url`, `reason`."""

    code = "invalidDidUrl"

    def __init__(self, did_url: str, reason: str) -> None:
        """Keep the text and what is wrong with it."""
        super().__init__(f"{did_url[:100]!r} is not a valid DID URL: {reason}")
        self.did_url = did_url
        self.reason = reason


class NotFound(DidError):
    """No document of this DID is recorded for the time or version asked for; `did`."""

    code = "notFound"

    def __init__(self, did: str, what: str = "no document is recorded") -> None:
        """Keep the DID that was looked for."""
        super().__init__(f"{did}: {what}")
        self.did = did


class MethodNotSupported(DidError):
    """The DID is well formed, but its method is not one of ours; `did`, `method`."""

    code = "methodNotSupported"

    def __init__(self, did: str, method: str) -> None:
        """Keep the DID and its method's name."""
        super().__init__(f"the DID method {method[:40]!r} is not supported")
        self.did = did
        self.method = method


class RepresentationNotSupported(DidError):
    """The media type asked for is no representation that we make (DID Core section 6); `accept`."""

    code = "representationNotSupported"

    def __init__(self, accept: str) -> None:
        """Keep the media type that was asked for."""
        super().__init__(f"{accept[:100]!r} is not a representation of a DID document made here")
        self.accept = accept


class InvalidOptions(DidError):
    """Resolution options contradict each other or are malformed; `reason`."""

    code = "invalidOptions"

    def __init__(self, reason: str) -> None:
        """Keep what is wrong with the options."""
        super().__init__(reason)
        self.reason = reason


class InvalidPublicKey(DidError):
    """The bytes or members are no public key: wrong length, not on the curve, not canonical; `reason`."""

    code = "invalidPublicKey"

    def __init__(self, reason: str) -> None:
        """Keep what is wrong with the key; never the key itself, which might be a private one."""
        super().__init__(f"not a public key: {reason}")
        self.reason = reason


class UnsupportedPublicKeyType(DidError):
    """The key may be sound, but its type is not handled here; `key_type`."""

    code = "unsupportedPublicKeyType"

    def __init__(self, key_type: str) -> None:
        """Keep the type's name."""
        super().__init__(f"public keys of type {key_type[:60]!r} are not supported")
        self.key_type = key_type


class InvalidEncoding(DidError):
    """A multibase, base64url or varint text is not what its printer would have made; `reason`."""

    code = "invalidDid"

    def __init__(self, reason: str) -> None:
        """Keep what is wrong with the text."""
        super().__init__(reason)
        self.reason = reason


class InvalidJson(DidError):
    """A text is not strict, bounded JSON of one object; `reason`."""

    code = "invalidDidDocument"

    def __init__(self, reason: str) -> None:
        """Keep what is wrong with the text."""
        super().__init__(reason)
        self.reason = reason


class InvalidHistory(DidError):
    """A DID's changes are none that its registry could have recorded; `did`, `index`, `reason`."""

    def __init__(self, did: str, index: int, reason: str) -> None:
        """Keep the DID and the log index of the entry that cannot be."""
        super().__init__(f"entry {index} of {did}: {reason}")
        self.did = did
        self.index = index
        self.reason = reason


class InvalidDidDocument(DidError):
    """What was served for a DID is no document of it; `did`, `reason`."""

    code = "invalidDidDocument"

    def __init__(self, did: str, reason: str) -> None:
        """Keep the DID and what is wrong with its document."""
        super().__init__(f"the document of {did[:100]}: {reason}")
        self.did = did
        self.reason = reason
