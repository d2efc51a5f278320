"""Canonical RDF from a process apart (`credentials.ports.CanonicalRdf`): what takes too long is killed."""

from collections.abc import Mapping, Sequence
from typing import Any

from credentials.errors import Unavailable
from node.foreign.worker_process import WorkerProcess


class RdfProcess(WorkerProcess):
    """One process for all threads; the first that asks starts it, `close` ends it."""

    module = "node.foreign.rdf_worker"
    name = "rdf"
    most_answer_bytes = 32 * 1024 * 1024

    def canonical_rdf(self, documents: Sequence[Mapping[str, Any]]) -> Sequence[bytes]:
        """The canonical N-Quads of each of `documents`, whose every word is in them.

        Raises:
            Unavailable: a context is unknown, a term means nothing, an IRI is none, or it would take too
                long; one sentence says which.
        """
        said = self._answer_to({"documents": [dict(one) for one in documents]}, read=_answer)
        if isinstance(said, str):
            raise Unavailable(said)
        return said


def _answer(said: Any) -> list[bytes] | str:
    if "refused" in said:
        return str(said["refused"])
    return [text.encode() for text in said["canonical"]]
