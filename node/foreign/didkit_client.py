"""didkit in a process apart (`node.foreign.worker_process`)."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from node.foreign.worker_process import SECONDS, STARTING_SECONDS, WorkerProcess

_COMMAND = (sys.executable, "-I", "-m", "node.foreign.didkit_worker")
_MAX_ANSWER_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What didkit said: errors of the document's proof, and which altered document passes as well, if any."""

    errors: tuple[str, ...]
    survivor: int | None


class DidkitProcess:
    """One process for all threads; `ask` starts it, `close` ends it, and so does the end of this process."""

    def __init__(
        self,
        *,
        seconds: float = SECONDS,
        starting_seconds: float = STARTING_SECONDS,
        command: Sequence[str] | None = None,
    ) -> None:
        """Take the bounds; nothing is started yet.

        Args:
            seconds: after which `ask` ends, and with it a process that owes an answer.
            starting_seconds: after which a process that is not ready is ended, whoever waits for it.
            command: what is started instead of our program.
        """
        self._worker = WorkerProcess(
            command or _COMMAND,
            name="didkit",
            most_answer_bytes=_MAX_ANSWER_BYTES,
            seconds=seconds,
            starting_seconds=starting_seconds,
        )

    @property
    def pid(self) -> int | None:
        """The process's id; None if none is running."""
        return self._worker.pid

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
        return self._worker.ask(question, read=_answer)

    def close(self) -> None:
        """End the process; the next `ask` would start another."""
        self._worker.close()


def _answer(said: Any) -> Answer:
    return Answer(tuple(said["errors"]), said["survivor"])
