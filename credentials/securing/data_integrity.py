"""Verification of one Data Integrity proof over a document (Data Integrity section 4.4)."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import rfc8785

from credentials.errors import InvalidSignature, Unavailable
from credentials.ports import CanonicalRdf
from did.jwk import Jwk

from .algorithms import verify_signature
from .data_integrity_graph import require_whole
from .data_integrity_proof import EmbeddedProof
from .data_integrity_suites import hash_of

Members = Mapping[str, Any]


def verify_proof(
    proof: EmbeddedProof,
    *,
    document: Members,
    jwk: Jwk,
    canonical: CanonicalRdf | None,
    previous: Sequence[Members] = (),
) -> None:
    """Return if `proof` is a signature by the key `jwk` over `document`, and over all that it says.

    Args:
        proof: as it was read.
        document: strictly parsed; its member `proof` is not looked at.
        jwk: the signer's public key, found by the caller; never one from the document.
        canonical: what canonicalises RDF; None if nothing does.
        previous: the proofs that `proof` covers as well.

    Raises:
        UnfitKey: the key is none, or not one for this suite.
        InvalidSignature: the signature is not by this key over this document.
        Unavailable: what is signed cannot be told here, or does not cover all that the document says.
    """
    suite = proof.suite
    if suite is None:
        raise Unavailable(f"Embedded proofs by {proof.algorithm[:60]} are not verified here.")
    algorithm = suite.algorithm_for(jwk)
    if suite.graph:
        _require_own_context(proof, document)
        config, unsecured = made_over(proof, document, previous=previous)
        require_whole(unsecured)
        texts = canonical_graphs(config, unsecured, canonical)
    else:
        _require_signed_context(proof, document)
        texts = canonical_texts(*made_over(proof, document, previous=previous))
    verify_signature(
        algorithm, jwk=jwk, signature=proof.value, signing_input=hashed(*texts, by=algorithm.name)
    )


def made_over(
    proof: EmbeddedProof, document: Members, *, previous: Sequence[Members]
) -> tuple[Members, Members]:
    """What `proof` is made over: its members without its value, and the document with the previous proofs.

    Over RDF the first has the document's context, which there has to be.
    """
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    if previous:
        unsecured["proof"] = list(previous)
    config = {name: value for name, value in proof.members.items() if name != "proofValue"}
    if proof.suite is not None and proof.suite.graph:
        config["@context"] = document["@context"]
    return config, unsecured


def hashed(config: bytes, document: bytes, *, by: str) -> bytes:
    """What is signed: the hashes of the proof's members and of the document, one after the other.

    Args:
        config: canonical form of the proof without its value.
        document: canonical form of the document without its proof.
        by: JWS name of what is signed with, which says the hash.
    """
    name = hash_of(by)
    return hashlib.new(name, config).digest() + hashlib.new(name, document).digest()


def canonical_texts(config: Members, document: Members) -> tuple[bytes, bytes]:
    """Both as canonical JSON (RFC 8785).

    Raises:
        Unavailable: a number that has no canonical form.
    """
    try:
        return rfc8785.dumps(dict(config)), rfc8785.dumps(dict(document))
    except rfc8785.CanonicalizationError as error:
        raise Unavailable("A number of the credential has no canonical form.") from error


def canonical_graphs(
    config: Members, document: Members, canonical: CanonicalRdf | None
) -> tuple[bytes, bytes]:
    """Both as canonical N-Quads (RDFC-1.0).

    Raises:
        Unavailable: nothing canonicalises RDF here, or not this.
    """
    if canonical is None:
        raise Unavailable("This node canonicalises no RDF, which this proof is made over.")
    of_config, of_document = canonical.canonical_rdf([config, document])
    return of_config, of_document


def _require_own_context(proof: EmbeddedProof, document: Members) -> None:
    """Hold that the proof has no context but the document's: a suite over RDF sets it anew, unsigned."""
    if "@context" not in document:
        raise Unavailable("The credential has no context, so its words make no statements.")
    if proof.members.get("@context", document["@context"]) != document["@context"]:
        raise Unavailable("The proof brings other contexts than the credential's, which it does not cover.")


def _require_signed_context(proof: EmbeddedProof, document: Members) -> None:
    """Hold the document's contexts against those that the proof covers (section 3.3.2, step 4).

    The suites over JSON take a document with further contexts behind those of the proof for signed: what
    stands under them may then mean anything.

    Raises:
        InvalidSignature: they do not begin with the proof's.
        Unavailable: more follow.
    """
    if "@context" not in proof.members:
        return
    signed, stated = _listed(proof.members["@context"]), _listed(document.get("@context"))
    if stated[: len(signed)] != signed:
        raise InvalidSignature(proof.algorithm)
    if proof.members["@context"] != document.get("@context"):
        raise Unavailable("The credential has contexts that its proof does not cover.")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
