"""JSON-LD presentations with one embedded proof, for authentication (Data Integrity section 2.1)."""

from collections.abc import Mapping
from typing import Any

from .errors import MalformedCredential, MalformedPresentation, NotJudged, PresentationNotJudged
from .expected import audiences_of
from .keys import AUTHENTICATION
from .moments import ledger_seconds
from .presentation import (
    Presentation,
    credentials_of,
    holder_of,
    identifier_of,
    nonce_of,
    version_of,
)
from .securing.data_integrity_proof import EmbeddedProof, read_proof


def read_presentation_document(members: Mapping[str, Any]) -> Presentation:
    """The presentation that a JSON document is; its proof has not been checked. It may have none.

    Args:
        members: strictly parsed.

    Raises:
        MalformedPresentation: a rule is broken.
        PresentationNotJudged: a proof of a kind that is not judged here, or members that a reader of plain
            JSON would not see for what they are.
        TooManyCredentials: it shows more than are judged together.
    """
    version = version_of(members)
    holder, identifier = holder_of(members), identifier_of(members)
    shown = credentials_of(members, version=version)
    if "proof" not in members:
        return Presentation(form="unsigned", version=version, id=identifier, holder=holder, credentials=shown)
    _check_one_reading(members)
    proof = _only_proof(members["proof"])
    if holder is None or proof.owner != holder:
        raise MalformedPresentation("its proof names a key of another DID than its holder's")
    if proof.purpose != AUTHENTICATION:
        raise MalformedPresentation("the purpose of the proof is not authentication")
    said = proof.members
    audiences = () if "domain" not in said else audiences_of(said["domain"])
    if audiences is None:
        raise MalformedPresentation("the domain of its proof is no text and no short list of texts")
    return Presentation(
        form="embedded-proof",
        version=version,
        id=identifier,
        holder=holder,
        credentials=shown,
        verification_method=proof.verification_method,
        algorithm=proof.algorithm,
        nonce=nonce_of(said.get("challenge")),
        audiences=audiences,
        not_before=None if proof.created is None else ledger_seconds(proof.created),
        expires=None if proof.expires is None else ledger_seconds(proof.expires),
        document=members,
        proof=proof,
    )


def _only_proof(value: object) -> EmbeddedProof:
    proof = value[0] if isinstance(value, list) and len(value) == 1 else value
    if isinstance(proof, list) and proof:
        raise PresentationNotJudged("a presentation with several proofs is not judged")
    try:
        read = read_proof(proof)
    except NotJudged as error:
        raise PresentationNotJudged(error.reason) from error
    except MalformedCredential as error:
        raise MalformedPresentation(error.reason) from error
    if read.previous:
        raise PresentationNotJudged("a presentation whose proof covers another proof is not judged")
    return read


def _check_one_reading(members: Mapping[str, Any]) -> None:
    """Hold that the document says the same to readers of JSON and of JSON-LD.

    A proof over canonical RDF stays good while somebody rewrites the JSON: under an alias from a context that
    is written into it, or under a full or a compact IRI.

    Raises:
        PresentationNotJudged: it may not.
    """
    contexts = members["@context"]
    if not all(isinstance(one, str) for one in (contexts if isinstance(contexts, list) else [contexts])):
        raise PresentationNotJudged("a document with a context written into it is not judged")
    if any((name.startswith("@") and name != "@context") or ":" in name for name in members):
        raise PresentationNotJudged("a document with JSON-LD keywords or IRIs for member names is not judged")
