"""Check 2 for embedded proofs: of a set every proof has to verify, each by a key in force for its owner."""

from dataclasses import replace
from typing import Any

from credentials.case import Case
from credentials.errors import InvalidSignature, KeyRefused, Unavailable, UnfitKey
from credentials.keys import signing_key_of
from credentials.securing.canonical_together import CanonicalTogether
from credentials.securing.data_integrity import verify_proof
from credentials.securing.data_integrity_proof import EmbeddedProof
from credentials.securing.proof_sets import EmbeddedProofs
from credentials.verdict import SIGNATURE, CheckResult, Outcome, rfc3339
from did.jwk import Jwk


def proofs_of(case: Case) -> EmbeddedProofs | None:
    """All proofs of the document; None if no embedded ones secure it."""
    parts = case.secured.parts
    return parts if isinstance(parts, EmbeddedProofs) else None


def with_one_question(case: Case) -> Case:
    """The case, in which all proofs of a set together put one question to what canonicalises RDF."""
    proofs, document, canonical = proofs_of(case), case.secured.document, case.ports.canonical
    if proofs is None or not proofs.further or canonical is None:
        return case
    assert document is not None
    together = CanonicalTogether(canonical, proofs=proofs, document=document)
    return replace(case, ports=replace(case.ports, canonical=together))


def shown_proof(proof: EmbeddedProof) -> dict[str, Any]:
    """The proof as evidence."""
    return {
        "verificationMethod": proof.verification_method,
        "algorithm": proof.algorithm,
        "created": rfc3339(proof.created) if proof.created is not None else None,
    }


def verify_principal_proof(case: Case, jwk: Jwk) -> None:
    """Return if the issuer's first proof is by the key `jwk`.

    Raises:
        UnfitKey: the key is not one for its suite.
        InvalidSignature: it is not by this key over this document.
        Unavailable: it cannot be judged here.
    """
    proofs = proofs_of(case)
    assert proofs is not None
    _verify(case, proofs, proofs.principal, jwk)


def check_further_proofs(case: Case) -> CheckResult | None:
    """The result if another proof of the set is not good; None if all are, or if there is no other.

    Raises:
        Unavailable: one cannot be judged here.
    """
    proofs = proofs_of(case)
    if proofs is None:
        return None
    for proof in proofs.further:
        name = f"A further proof, by {proof.owner[:80]},"
        try:
            key = signing_key_of(
                case.ports,
                issuer=proof.owner,
                kid=proof.verification_method,
                index_before=case.index_before,
                at=case.judged_at,
            )
            _verify(case, proofs, proof, key.jwk)
        except KeyRefused as error:
            if case.unseen or case.more_unseen:
                raise Unavailable(f"{name} is by a key that may have been in force earlier.") from error
            return _failed(case, proof, f"{name} is by no key in force: {error.sentence}", error.reason)
        except UnfitKey as error:
            return _failed(case, proof, f"{name} cannot be by its key: {error.reason}.", "unfit_key")
        except InvalidSignature:
            return _failed(case, proof, f"{name} is not over this document.", "signature_mismatch")
    return None


def _verify(case: Case, proofs: EmbeddedProofs, proof: EmbeddedProof, jwk: Jwk) -> None:
    assert case.secured.document is not None
    verify_proof(
        proof,
        document=case.secured.document,
        jwk=jwk,
        canonical=case.ports.canonical,
        previous=proofs.covered_by(proof),
    )


def _failed(case: Case, proof: EmbeddedProof, sentence: str, reason: str) -> CheckResult:
    evidence = {**shown_proof(proof), "judgedAt": rfc3339(case.judged_moment)}
    return CheckResult(SIGNATURE, Outcome.FAILED, sentence, evidence, reason=reason)
