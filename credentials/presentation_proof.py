"""JSON-LD presentations with one embedded proof, for authentication (Data Integrity section 2.1)."""

from collections.abc import Mapping
from typing import Any

from .errors import MalformedCredential, MalformedPresentation
from .expected import audiences_of
from .keys import AUTHENTICATION
from .moments import ledger_seconds, parse_moment
from .plain_text import MAX_ADDRESS, MAX_NAME, is_plain
from .presentation import (
    Presentation,
    credentials_of,
    holder_of,
    identifier_of,
    nonce_of,
    version_of,
)


def read_presentation_document(members: Mapping[str, Any]) -> Presentation:
    """The presentation that a JSON document is; its proof has not been checked. It may have none.

    Args:
        members: strictly parsed.

    Raises:
        MalformedPresentation: a rule is broken.
        TooManyCredentials: it shows more than are judged together.
    """
    version = version_of(members)
    holder, identifier = holder_of(members), identifier_of(members)
    shown = credentials_of(members, version=version)
    if "proof" not in members:
        return Presentation(form="unsigned", version=version, id=identifier, holder=holder, credentials=shown)
    proof = _only_proof(members["proof"])
    if holder is None:
        raise MalformedPresentation("it does not name its holder")
    method, algorithm = proof.get("verificationMethod"), proof.get("cryptosuite", proof.get("type"))
    if not is_plain(method, most=MAX_ADDRESS):
        raise MalformedPresentation("the proof does not name its key (verificationMethod)")
    if not is_plain(algorithm, most=MAX_NAME):
        raise MalformedPresentation("the proof does not say by what it was made (type, cryptosuite)")
    if proof.get("proofPurpose") != AUTHENTICATION:
        raise MalformedPresentation("the purpose of the proof is not authentication")
    audiences = () if "domain" not in proof else audiences_of(proof["domain"])
    if audiences is None:
        raise MalformedPresentation("the domain of its proof is no text and no short list of texts")
    return Presentation(
        form="embedded-proof",
        version=version,
        id=identifier,
        holder=holder,
        credentials=shown,
        verification_method=method,
        algorithm=algorithm,
        nonce=nonce_of(proof.get("challenge")),
        audiences=audiences,
        not_before=_seconds(proof, "created"),
        expires=_seconds(proof, "expires"),
        document=members,
    )


def _only_proof(value: object) -> Mapping[str, Any]:
    proof = value[0] if isinstance(value, list) and len(value) == 1 else value
    if not isinstance(proof, dict):
        raise MalformedPresentation("it has not exactly one proof")
    return proof


def _seconds(proof: Mapping[str, Any], name: str) -> int | None:
    if name not in proof:
        return None
    try:
        return ledger_seconds(parse_moment(proof[name], name=name))
    except MalformedCredential as error:
        raise MalformedPresentation(error.reason) from error
