"""JSON-LD with one embedded proof (Data Integrity section 2.1): whose it says it is, not yet verified."""

from typing import Any, Final

from credentials.errors import MalformedCredential, NotJudged
from credentials.model import parse_credential
from credentials.plain_text import MAX_NAME, is_plain
from did.errors import InvalidDidUrl
from did.syntax import parse_did_url

from .secured import SecuredCredential

_ASSERTION: Final = "assertionMethod"


def read_embedded_proof(members: dict[str, Any], *, digest: bytes) -> SecuredCredential:
    """The credential with its only proof, which names a key of the issuer and the purpose of asserting.

    Args:
        members: the document, strictly parsed.
        digest: 32 bytes, under which it is anchored.

    Raises:
        MalformedCredential: the credential keeps no data model's rules, or the proof is somebody else's.
        NotJudged: several proofs.
    """
    proof = _only_proof(members["proof"])
    credential = parse_credential(members)
    method = proof.get("verificationMethod")
    if not isinstance(method, str):
        raise MalformedCredential("the proof does not name its key by a DID URL (verificationMethod)")
    try:
        owner = parse_did_url(method).did
    except InvalidDidUrl as error:
        raise MalformedCredential(f"the key of the proof is no DID URL: {error}") from error
    if owner != credential.issuer:
        raise MalformedCredential("the proof names a key of another DID than the issuer's")
    if proof.get("proofPurpose") != _ASSERTION:
        raise MalformedCredential("the purpose of the proof is not assertionMethod")
    algorithm = proof.get("cryptosuite", proof.get("type"))
    if not is_plain(algorithm, most=MAX_NAME):
        raise MalformedCredential("the proof does not say by what it was made (type, cryptosuite)")
    return SecuredCredential(
        credential=credential,
        mechanism="embedded-proof",
        digest=digest,
        verification_method=method,
        algorithm=algorithm,
        document=members,
    )


def _only_proof(value: object) -> dict[str, Any]:
    if isinstance(value, list) and len(value) > 1:
        raise NotJudged("a set of several proofs is not judged yet")
    proof = value[0] if isinstance(value, list) and value else value
    if not isinstance(proof, dict):
        raise MalformedCredential("its proof is no object")
    return proof
