"""Data Integrity proofs, made (Data Integrity section 4.2 and 4.3): one more proof for a document."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from credentials.errors import MalformedCredential, UnfitKey
from credentials.ports import CanonicalRdf
from credentials.verdict import rfc3339
from did.multibase import encode_base58btc

from .data_integrity import canonical_graphs, canonical_texts, hashed
from .data_integrity_graph import require_whole
from .data_integrity_suites import SUITES
from .proof_sets import MAX_PROOFS
from .signing_key import PrivateKey, signing_key


def sign_data_integrity(
    document: Mapping[str, Any],
    *,
    key: PrivateKey,
    verification_method: str,
    cryptosuite: str,
    canonical: CanonicalRdf | None = None,
    created: datetime | None = None,
    expires: datetime | None = None,
    purpose: str = "assertionMethod",
    challenge: str | None = None,
    domain: str | None = None,
    proof_id: str | None = None,
    previous: Sequence[str] = (),
) -> dict[str, Any]:
    """`document` with one more proof, by `key`; a set if it had one before.

    Args:
        document: with its contexts; bounded by the caller.
        key: a signing key, or a private key of P-256, P-384 or Ed25519.
        verification_method: the DID URL of the key.
        cryptosuite: a name in `SUITES`, `Ed25519Signature2020` among them.
        canonical: what canonicalises RDF, for the suites over it.
        created: aware; left out if None.
        expires: aware; left out if None.
        purpose: the verification relationship, `authentication` for presentations.
        challenge: what the verifier asked; left out if None.
        domain: where it is meant to be used; left out if None.
        proof_id: a URI by which a later proof can name this one; left out if None.
        previous: ids of proofs of `document` that this one covers as well, which makes a chain.

    Raises:
        UnfitKey: the suite is unknown, or does not sign with this key.
        MalformedCredential: a previous proof is not there, or there are too many.
        Unavailable: the suite is over RDF, and its canonical form cannot be had, or would not say all.
    """
    suite, signer = SUITES.get(cryptosuite), signing_key(key)
    if suite is None:
        raise UnfitKey(f"the cryptosuite {cryptosuite[:60]!r} is not known here")
    algorithm = suite.algorithm_for(signer.public_jwk)
    config = {
        "id": proof_id,
        "type": suite.proof_type,
        "cryptosuite": None if suite.name == suite.proof_type else suite.name,
        "created": None if created is None else rfc3339(created),
        "expires": None if expires is None else rfc3339(expires),
        "verificationMethod": verification_method,
        "proofPurpose": purpose,
        "challenge": challenge,
        "domain": domain,
        "previousProof": list(previous) or None,
    }
    config = {name: value for name, value in config.items() if value is not None}
    before = _proofs(document)
    covered = _named(before, previous)
    unsecured = {name: value for name, value in document.items() if name != "proof"}
    if covered:
        unsecured["proof"] = covered
    if suite.graph:
        require_whole(unsecured)
        texts = canonical_graphs(config | {"@context": document["@context"]}, unsecured, canonical)
    else:
        config |= {"@context": document["@context"]} if "@context" in document else {}
        texts = canonical_texts(config, unsecured)
    config["proofValue"] = encode_base58btc(signer.sign(hashed(*texts, by=algorithm.name)))
    return {**document, "proof": [*before, config] if before else config}


def _proofs(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    value = document.get("proof", [])
    before = value if isinstance(value, list) else [value]
    if len(before) >= MAX_PROOFS:
        raise MalformedCredential(f"a document has at most {MAX_PROOFS} proofs")
    return before


def _named(proofs: Sequence[Mapping[str, Any]], previous: Sequence[str]) -> list[Mapping[str, Any]]:
    by_id = {proof["id"]: proof for proof in proofs if "id" in proof}
    if absent := [name for name in previous if name not in by_id]:
        raise MalformedCredential(f"there is no proof {absent[0][:60]!r} to follow")
    return [by_id[name] for name in previous]
