"""JSON-LD with one embedded proof (Data Integrity section 2.1): whose it says it is, not yet verified."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from credentials.errors import MalformedCredential, NotJudged
from credentials.model import Credential, parse_credential
from credentials.plain_text import MAX_NAME, is_plain
from did.errors import InvalidDidUrl
from did.syntax import parse_did_url

from .secured import SecuredCredential

_ASSERTION: Final = "assertionMethod"
_OF_VALUES: Final = frozenset({"@value", "@type", "@language", "@direction", "@list", "@set"})


def read_embedded_proof(members: dict[str, Any], *, digest: bytes) -> SecuredCredential:
    """The credential with its only proof, which names a key of the issuer and the purpose of asserting.

    Args:
        members: the document, strictly parsed.
        digest: 32 bytes, under which it is anchored.

    Raises:
        MalformedCredential: the credential keeps no data model's rules, or the proof is somebody else's.
        NotJudged: several proofs, or members that a reader of plain JSON would not see for what they are.
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
    _check_one_reading(credential)
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


def _check_one_reading(credential: Credential) -> None:
    """Hold that the document says the same to readers of JSON and of JSON-LD.

    A proof over canonical RDF stays good while a holder rewrites the JSON: under an alias from a context of
    its own, under a full or a compact IRI, within `@included` or a second object of the same id, an end or a
    status would be there for who verifies the proof, and not for who reads the member.

    Raises:
        NotJudged: it may not.
    """
    members = credential.members
    if not all(isinstance(context, str) for context in members["@context"]):
        raise NotJudged("a document with a context written into it is not judged yet")
    signed = {name: value for name, value in members.items() if name not in {"@context", "proof"}}
    if any(name.startswith("@") or ":" in name for name in signed):
        raise NotJudged("a document with JSON-LD keywords or IRIs for member names is not judged yet")
    for inner in _objects_within(signed.values()):
        if any(":" in name or (name.startswith("@") and name not in _OF_VALUES) for name in inner):
            raise NotJudged("a document with JSON-LD keywords or IRIs for member names is not judged yet")
        if credential.id is not None and inner.get("id") == credential.id:
            raise NotJudged("a document that describes itself in several places is not judged yet")


def _objects_within(values: Iterable[Any]) -> Iterator[Mapping[str, Any]]:
    for value in values:
        if isinstance(value, dict):
            yield value
            yield from _objects_within(value.values())
        elif isinstance(value, list):
            yield from _objects_within(value)
