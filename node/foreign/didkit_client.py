"""didkit in a process apart (`node.foreign.worker_process`)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from node.foreign.worker_process import WorkerProcess


@dataclass(frozen=True, slots=True)
class Answer:
    """What didkit said: errors of the document's proof, and which altered document passes as well, if any."""

    errors: tuple[str, ...]
    survivor: int | None


class DidkitProcess(WorkerProcess):
    """One process for all threads; `ask` starts it, `close` ends it, and so does the end of this process."""

    module = "node.foreign.didkit_worker"
    name = "didkit"
    most_answer_bytes = 64 * 1024

    def ask(self, document: str, altered: Sequence[str], served: Mapping[str, str]) -> Answer:
        """What didkit says of `document` and of `altered`; a new process may come up for the next to ask.

        Args:
            document: a JSON-LD credential with its proof.
            altered: the same with one value changed, each.
            served: documents of did:web by host and path, all that didkit can fetch.

        Raises:
            Unavailable: too many ask at once, or the process was not ready in time, did not answer, or ended.
        """
        question = {"document": document, "altered": list(altered), "served": dict(served)}
        return self._answer_to(question, read=_answer)


def _answer(said: Any) -> Answer:
    return Answer(tuple(said["errors"]), said["survivor"])
