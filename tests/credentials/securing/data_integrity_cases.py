"""Issuers whose DIDs are their keys, and documents with Data Integrity proofs by them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import rfc8785

from credentials.securing.data_integrity import verify_proof
from credentials.securing.data_integrity_signing import sign_data_integrity
from credentials.securing.proof_sets import read_proofs
from credentials.securing.signing_key import PrivateKey, signing_key
from did.jwk import Jwk
from did.methods.key import did_key_from_jwk

from .credentials import members_1_1, members_2_0
from .keys import PRIVATE_KEYS

KEYS_OF: Final = {
    "eddsa-jcs-2022": ("EdDSA",),
    "eddsa-rdfc-2022": ("EdDSA",),
    "ecdsa-jcs-2019": ("ES256", "ES384"),
    "ecdsa-rdfc-2019": ("ES256", "ES384"),
    "Ed25519Signature2020": ("EdDSA",),
}
SUITES_AND_KEYS: Final = [(suite, alg) for suite, algs in KEYS_OF.items() for alg in algs]
OVER_JSON: Final = [pair for pair in SUITES_AND_KEYS if "jcs" in pair[0]]


class CanonicalText:
    """A stand-in for canonical RDF: whoever holds the same members comes to the same text."""

    def canonical_rdf(self, documents: Sequence[Mapping[str, Any]]) -> Sequence[bytes]:
        return [b"graph of " + rfc8785.dumps(dict(document)) for document in documents]


CANONICAL: Final = CanonicalText()


@dataclass(frozen=True)
class Signer:
    """A key and the did:key that it is."""

    private: PrivateKey
    jwk: Jwk
    did: str

    @property
    def kid(self) -> str:
        return f"{self.did}#{self.did.removeprefix('did:key:')}"


def signer(alg: str = "EdDSA") -> Signer:
    """The holder of the throw-away key for this algorithm."""
    jwk = signing_key(PRIVATE_KEYS[alg]).public_jwk
    return Signer(PRIVATE_KEYS[alg], jwk, did_key_from_jwk(jwk))


def document(by: Signer, *, model: str = "2.0", **changes: Any) -> dict[str, Any]:
    """An unsecured credential by `by`."""
    return (members_2_0 if model == "2.0" else members_1_1)(by.did, **changes)


def signed_by(
    by: Signer, suite: str, unsecured: Mapping[str, Any] | None = None, **options: Any
) -> dict[str, Any]:
    """The document with a proof by `by`."""
    return sign_data_integrity(
        document(by) if unsecured is None else unsecured,
        key=by.private,
        **{
            "verification_method": by.kid,
            "cryptosuite": suite,
            "canonical": CANONICAL,
            **options,
        },
    )


def verify_document(secured: Mapping[str, Any], *, by: Signer, jwk: Jwk | None = None) -> None:
    """Return if the only or first proof by `by` is good."""
    proofs = read_proofs(secured["proof"], of=by.did)
    verify_proof(
        proofs.principal,
        document=secured,
        jwk=by.jwk if jwk is None else jwk,
        canonical=CANONICAL,
        previous=proofs.covered_by(proofs.principal),
    )


def text_of(secured: Mapping[str, Any]) -> bytes:
    """As it is handed in."""
    return json.dumps(secured, separators=(",", ":")).encode()
