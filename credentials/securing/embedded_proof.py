"""JSON-LD with embedded proofs (Data Integrity section 2.1): whose they say they are, not yet verified."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from credentials.errors import MalformedCredential, NotJudged
from credentials.model import Credential, parse_credential
from credentials.moments import ledger_seconds

from .claims import check_no_claims_within
from .data_integrity_proof import EmbeddedProof
from .data_integrity_suites import PROOF_TYPE
from .proof_sets import read_proofs
from .secured import Mechanism, SecuredCredential

_ASSERTION: Final = "assertionMethod"
_OF_VALUES: Final = frozenset({"@value", "@type", "@language", "@direction", "@list", "@set"})


def read_embedded_proof(members: dict[str, Any], *, digest: bytes) -> SecuredCredential:
    """The credential with its proofs, of which one at least is its issuer's; all have the purpose to assert.

    Args:
        members: the document, strictly parsed.
        digest: 32 bytes, under which it is anchored.

    Raises:
        MalformedCredential: the credential keeps no data model's rules, or no proof is the issuer's.
        NotJudged: proofs of a kind that is not judged here, or members that a reader of plain JSON would not
            see for what they are.
    """
    if not isinstance(members["proof"], dict | list) or not members["proof"]:
        raise MalformedCredential("its proof is no object")
    credential = parse_credential(members)
    proofs = read_proofs(members["proof"], of=credential.issuer)
    for proof in proofs.all:
        if proof.purpose != _ASSERTION:
            raise MalformedCredential("the purpose of the proof is not assertionMethod")
        if proof.domain or proof.challenge is not None:
            raise NotJudged(
                "a credential whose proof answers a challenge, or is for one domain, is not judged"
            )
    check_no_claims_within(members)
    _check_one_reading(credential)
    principal = proofs.principal
    created = [proof.created for proof in proofs.all if proof.created is not None]
    ends = [proof.expires for proof in proofs.all if proof.expires is not None]
    return SecuredCredential(
        credential=credential,
        mechanism=_mechanism(principal),
        digest=digest,
        verification_method=principal.verification_method,
        algorithm=principal.algorithm,
        document=members,
        issued_at=ledger_seconds(max(created)) if created else None,
        expires=ledger_seconds(min(ends)) if ends else None,
        parts=proofs,
    )


def _mechanism(proof: EmbeddedProof) -> Mechanism:
    if proof.suite is None:
        return "embedded-proof"
    return "data-integrity" if proof.suite.proof_type == PROOF_TYPE else "ed25519-signature-2020"


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
