"""A batch as its issuer hands it in: checked against its root, its order and its signature before it is kept.

The checks go from the cheap to the dear, and none of them needs the ledger.
"""

from dataclasses import dataclass
from typing import Any

import rfc8785

from anchoring.batch import MAX_BATCH_SIZE
from anchoring.merkle import HASH_SIZE, MerkleTree
from credentials.errors import CredentialsError
from credentials.securing.jose import Limits, ParsedJws, parse_compact, verify_parsed
from did.document import VerificationMethod
from did.errors import DidError
from did.syntax import Did
from node.services.did_documents import document_in
from node.services.errors import (
    DuplicateDigest,
    EmptyBatch,
    IdentifierNotFound,
    InvalidBatchSignature,
    NotTheIssuer,
    RootDiffers,
    TooManyDigests,
    UnsortedBatch,
    WrongDigestSize,
)
from node.services.view import View

SIGNATURE_TYPE = "ankyra-batch+jwt"
ALGORITHMS = frozenset({"ES256", "ES256K"})
_LIMITS = Limits(header=2048, payload=2048, signature=256)


@dataclass(frozen=True, slots=True)
class OfferedBatch:
    """A batch as it was sent.

    Attributes:
        did: the issuer, a did:ebsi.
        attribute_id: 32 bytes, the accreditation under which it anchors.
        sender: the address that shall send the transaction, spelled as it was signed.
        root: 32 bytes.
        size: digests, as claimed.
        digests: 32 bytes each, ascending.
        jws: compact JWS over the batch's identity.
    """

    did: Did
    attribute_id: bytes
    sender: str
    root: bytes
    size: int
    digests: bytes
    jws: str

    @property
    def signed_payload(self) -> bytes:
        """What the JWS must sign: the batch's identity and sender as canonical JSON (RFC 8785)."""
        claims: dict[str, Any] = {
            "attributeId": self.attribute_id.hex(),
            "did": self.did,
            "from": self.sender,
            "root": self.root.hex(),
            "size": self.size,
        }
        return rfc8785.dumps(claims)


def check_digests(batch: OfferedBatch) -> None:
    """Return if the digests are `size` ascending ones that hash to the root (protocol section 3).

    Raises:
        EmptyBatch: there is none.
        TooManyDigests: more than a batch may have.
        WrongDigestSize: their bytes are not 32 times `size`.
        UnsortedBatch: one is smaller than the one before.
        DuplicateDigest: one stands twice.
        RootDiffers: they hash to another root.
    """
    length = len(batch.digests)
    if not length or not batch.size:
        raise EmptyBatch
    largest = max(batch.size, length // HASH_SIZE)
    if largest > MAX_BATCH_SIZE:
        raise TooManyDigests(size=largest, limit=MAX_BATCH_SIZE)
    if length != batch.size * HASH_SIZE:
        raise WrongDigestSize(length=length, size=batch.size)
    _check_order(batch.digests)
    computed = MerkleTree.from_leaves(batch.digests).root
    if computed != batch.root:
        raise RootDiffers(claimed=batch.root, computed=computed)


def check_signature(view: View, batch: OfferedBatch) -> None:
    """Return if a key that is under `authentication` of the DID now signed the batch.

    Raises:
        InvalidBatchSignature: the JWS is malformed, signs something else, or does not verify.
        NotTheIssuer: it is by another DID, or by a key that is not under `authentication` now.
    """
    try:
        jws = parse_compact(batch.jws, limits=_LIMITS)
    except CredentialsError as error:
        raise InvalidBatchSignature(f"The jws is refused: {error}.") from error
    if jws.header.get("typ") != SIGNATURE_TYPE:
        raise InvalidBatchSignature(f"The jws header must have typ {SIGNATURE_TYPE!r}.")
    if jws.payload != batch.signed_payload:
        raise InvalidBatchSignature(
            "The jws signs something else than attributeId, did, from, root and size of this batch."
        )
    method = _authentication_method(view, batch.did, jws)
    try:
        verify_parsed(jws, jwk=method.public_key_jwk, algorithms=ALGORITHMS)
    except (CredentialsError, DidError) as error:
        raise InvalidBatchSignature(f"The jws is refused: {error}.") from error


def _authentication_method(view: View, did: Did, jws: ParsedJws) -> VerificationMethod:
    key = jws.header.get("kid")
    if not isinstance(key, str) or not key.startswith(f"{did}#"):
        raise NotTheIssuer(f"The jws must be signed by a key of {did}; its kid names another.")
    try:
        document = document_in(view, did, at=view.present)
    except IdentifierNotFound as error:
        raise NotTheIssuer(f"{did} is not registered, as far as this node has followed.") from error
    for method in document.verification_methods("authentication"):
        if method.id == key:
            return method
    raise NotTheIssuer(f"{key[:200]} is not under authentication of {did} now.")


def _check_order(digests: bytes) -> None:
    previous = digests[:HASH_SIZE]
    for start in range(HASH_SIZE, len(digests), HASH_SIZE):
        digest = digests[start : start + HASH_SIZE]
        if digest <= previous:
            position = start // HASH_SIZE
            raise DuplicateDigest(position) if digest == previous else UnsortedBatch(position)
        previous = digest
