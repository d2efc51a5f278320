"""What all proofs of one document are made over, asked for in one question: several may cost what one may."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from credentials.ports import CanonicalRdf

from .data_integrity import made_over
from .proof_sets import EmbeddedProofs

Members = Mapping[str, Any]


class CanonicalTogether:
    """Canonical RDF for the proofs of one document (`credentials.ports.CanonicalRdf`).

    The bound on what a question may take is then one for the whole document, however many proofs it has, and
    the document without its proofs is made canonical once for all that are over it alone.
    """

    def __init__(self, canonical: CanonicalRdf, *, proofs: EmbeddedProofs, document: Members) -> None:
        """Take what will be asked; nothing is asked yet.

        Args:
            canonical: what canonicalises RDF.
            proofs: all proofs of the document.
            document: strictly parsed, with a context by the time of the first question.
        """
        self._canonical = canonical
        self._proofs = proofs
        self._document = document
        self._known: dict[str, bytes] | None = None

    def canonical_rdf(self, documents: Sequence[Members]) -> Sequence[bytes]:
        """The canonical N-Quads of each of `documents`, which are what proofs of the set are made over.

        Raises:
            Unavailable: as the port says it, of any proof of the set.
        """
        if self._known is None:
            self._known = self._ask()
        return [self._known[_key(one)] for one in documents]

    def _ask(self) -> dict[str, bytes]:
        asked: dict[str, Members] = {}
        for proof in self._proofs.all:
            if proof.suite is not None and proof.suite.graph:
                parts = made_over(proof, self._document, previous=self._proofs.covered_by(proof))
                asked |= {_key(one): one for one in parts}
        return dict(zip(asked, self._canonical.canonical_rdf(list(asked.values())), strict=True))


def _key(document: Members) -> str:
    """One text for one document; 1, 1.0 and true, which are equal in Python, are three."""
    return json.dumps(document, sort_keys=True)
