"""Canonical RDF from a process apart (`credentials.ports.CanonicalRdf`): what takes too long is killed."""

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from credentials.errors import Unavailable
from node.foreign.worker_process import SECONDS, STARTING_SECONDS, WorkerProcess

_COMMAND = (sys.executable, "-I", "-m", "node.foreign.rdf_worker")
_MAX_ANSWER_BYTES = 32 * 1024 * 1024


class RdfProcess:
    """One process for all threads; the first that asks starts it, `close` ends it."""

    def __init__(
        self,
        *,
        seconds: float = SECONDS,
        starting_seconds: float = STARTING_SECONDS,
        command: Sequence[str] | None = None,
    ) -> None:
        """Take the bounds; nothing is started yet.

        Args:
            seconds: after which a question ends, and with it a process that owes an answer.
            starting_seconds: after which a process that is not ready is ended, whoever waits for it.
            command: what is started instead of our program.
        """
        self._worker = WorkerProcess(
            command or _COMMAND,
            name="rdf",
            most_answer_bytes=_MAX_ANSWER_BYTES,
            seconds=seconds,
            starting_seconds=starting_seconds,
        )

    @property
    def pid(self) -> int | None:
        """The process's id; None if none is running."""
        return self._worker.pid

    def canonical_rdf(self, documents: Sequence[Mapping[str, Any]]) -> Sequence[bytes]:
        """The canonical N-Quads of each of `documents`, whose every word is in them.

        Raises:
            Unavailable: a context is unknown, a term means nothing, an IRI is none, or it would take too
                long; one sentence says which.
        """
        said = self._worker.ask({"documents": [dict(one) for one in documents]}, read=_answer)
        if isinstance(said, str):
            raise Unavailable(said)
        return said

    def close(self) -> None:
        """End the process; the next question would start another."""
        self._worker.close()


def _answer(said: Any) -> list[bytes] | str:
    if "refused" in said:
        return str(said["refused"])
    return [text.encode() for text in said["canonical"]]
