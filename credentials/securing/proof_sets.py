"""Proof sets and proof chains (Data Integrity section 2.1.1 and 2.1.2): all proofs of one document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from credentials.errors import MalformedCredential, NotJudged

from .data_integrity_proof import EmbeddedProof, read_proof

MAX_PROOFS: Final = 16


@dataclass(frozen=True, slots=True)
class EmbeddedProofs:
    """All proofs of a document; `principal` is the first that the one it is about has made.

    Attributes:
        principal: by whose key, time and suite the document is judged first.
        further: all others, in their order; each of them must verify as well.
    """

    principal: EmbeddedProof
    further: tuple[EmbeddedProof, ...] = ()

    @property
    def all(self) -> tuple[EmbeddedProof, ...]:
        """Every proof, the principal one first."""
        return (self.principal, *self.further)

    def covered_by(self, proof: EmbeddedProof) -> list[Mapping[str, Any]]:
        """The proofs that `proof` signs with the document: those that it names as previous (section 4.5)."""
        by_id = {one.id: one for one in self.all}
        return [by_id[name].members for name in proof.previous]


def read_proofs(value: object, *, of: str) -> EmbeddedProofs:
    """The proofs that the member `proof` holds; at least one names a key of the DID `of`.

    Args:
        value: the member: an object, or a list of them.
        of: the issuer of a credential, the holder of a presentation.

    Raises:
        MalformedCredential: a proof is none or there twice, none is by `of`, or a chain leads nowhere or in
            a circle.
        NotJudged: a proof of a kind that is not judged here, or of an older kind among several.
    """
    listed = value if isinstance(value, list) else [value]
    if len(listed) > MAX_PROOFS:
        raise MalformedCredential(f"it has more than {MAX_PROOFS} proofs")
    proofs = [read_proof(one) for one in listed or [None]]
    if len(proofs) > 1 and (older := [one for one in proofs if one.suite is None]):
        raise NotJudged(f"a proof of the type {older[0].algorithm[:60]!r} among several is not judged")
    place = next((place for place, one in enumerate(proofs) if one.owner == of), None)
    if place is None:
        raise MalformedCredential("the proof names a key of another DID than the issuer's")
    _check_chains(proofs)
    if len(proofs) > 1 and len({one.value for one in proofs}) < len(proofs):
        raise MalformedCredential("two of its proofs are the same (proofValue)")
    return EmbeddedProofs(proofs[place], (*proofs[:place], *proofs[place + 1 :]))


def _check_chains(proofs: Sequence[EmbeddedProof]) -> None:
    """Hold that every `previousProof` names one other proof, and that following them comes to an end."""
    named = [one.id for one in proofs if one.id is not None]
    if len(set(named)) != len(named):
        raise MalformedCredential("two of its proofs have one id")
    open_ = {one.id: set(one.previous) for one in proofs if one.id is not None}
    for proof in proofs:
        if not set(proof.previous) <= open_.keys():
            raise MalformedCredential("a proof follows one that is not there (previousProof)")
        if len(set(proof.previous)) != len(proof.previous):
            raise MalformedCredential("a proof follows one twice (previousProof)")
    while ended := {name for name, previous in open_.items() if not previous & open_.keys()}:
        for name in ended:
            del open_[name]
    if open_:
        raise MalformedCredential("its proofs follow each other in a circle (previousProof)")
