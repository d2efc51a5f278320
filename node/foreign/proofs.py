"""Embedded proofs of the older kinds on VC 1.1 credentials: what we ask of one, didkit's word on the rest."""

import json
from collections.abc import Mapping
from typing import Any, Final

from credentials.errors import InvalidSignature, Unavailable
from did.errors import DidError
from did.syntax import Did, method_of, parse_did
from node.foreign.didkit_client import DidkitProcess
from node.foreign.json_ld import altered, require_one_spelling
from node.foreign.web_dids import ListedWebDids

TYPES: Final = frozenset(
    {
        "EcdsaSecp256k1Signature2019",
        "Ed25519Signature2018",
        "JsonWebSignature2020",
    }
)
_MEMBERS: Final = frozenset({"type", "created", "verificationMethod", "proofPurpose", "jws", "proofValue"})
_OFFLINE: Final = frozenset({"key", "jwk"})
_NOT_BY_THE_KEY: Final = ("signature error", "No applicable proof")


class DidkitProofs:
    """Judges a document's only proof; the issuer is named by did:key, did:jwk or did:web."""

    def __init__(self, didkit: DidkitProcess, web_dids: ListedWebDids | None) -> None:
        """Take the process, and where documents of did:web come from; None: from nowhere."""
        self._didkit = didkit
        self._web_dids = web_dids

    def verify_proof(self, document: Mapping[str, Any]) -> None:
        """Return if the only proof of `document` is by the verification method that it names.

        Raises:
            InvalidSignature: it is not.
            Unavailable: this proof cannot be judged here; one sentence says why.
        """
        kind = _kind_of_proof(document.get("proof"))
        served = self._served(document.get("issuer"))
        require_one_spelling(document)
        variants = list(altered(document))
        answer = self._didkit.ask(json.dumps(document), variants, served)
        for error in answer.errors:
            if error.startswith(_NOT_BY_THE_KEY):
                raise InvalidSignature(kind)
        if answer.errors:
            raise Unavailable(f"The proof could not be judged: {answer.errors[0][:200]}.")
        if answer.survivor is not None:
            raise Unavailable(
                "The credential says something that its contexts do not define: no proof covers it."
            )

    @property
    def pid(self) -> int | None:
        """The process's id; None if none is running."""
        return self._didkit.pid

    def close(self) -> None:
        """End the process."""
        self._didkit.close()

    def _served(self, issuer: object) -> dict[str, str]:
        """The documents that didkit will look for."""
        named = issuer.get("id") if isinstance(issuer, dict) else issuer
        try:
            did = parse_did(str(named))
        except DidError:
            raise Unavailable("Embedded proofs are judged here for issuers that are DIDs.") from None
        method = method_of(did)
        if method in _OFFLINE:
            return {}
        if method != "web":
            raise Unavailable(f"Embedded proofs of issuers by did:{method} are not judged here.")
        return self._document(did)

    def _document(self, did: Did) -> dict[str, str]:
        if self._web_dids is None:
            raise Unavailable("This node resolves no did:web.")
        served = self._web_dids.served(did)
        if ":" in served.location.host:
            raise Unavailable("Embedded proofs are not judged here where the issuer's host has a port.")
        return {served.location.host + served.location.path: served.text}


def _kind_of_proof(proof: object) -> str:
    """The type of the one proof there is."""
    if isinstance(proof, list) and len(proof) == 1:
        proof = proof[0]
    if not isinstance(proof, dict):
        raise Unavailable("A set of several proofs is not judged here.")
    kind = proof.get("type")
    if not isinstance(kind, str) or kind not in TYPES:
        raise Unavailable(f"Embedded proofs of the type {str(kind)[:60]} are not judged here.")
    if not proof.keys() <= _MEMBERS:
        raise Unavailable("The proof has a member that is not judged here.")
    return kind
