"""QR codes out of photographs, read in a process apart: what takes too long or too much is killed."""

import base64
from collections.abc import Sequence
from typing import Any, Final

from node.foreign.worker_process import STARTING_SECONDS, Work, WorkerProcess

MAX_PICTURE: Final = 12 * 1024 * 1024
"""Bytes of a picture: what telephones take has 3 to 8 MiB."""
SECONDS: Final = 10.0
"""For one picture: 40 megapixels take about one on an idle core."""


class UnreadablePicture(Exception):
    """The picture cannot be used; the text is the sentence that people read."""


class QrProcess(WorkerProcess):
    """One process for all threads; the first picture starts it, `close` ends it."""

    module = "node.foreign.qr_worker"
    name = "qr"
    most_answer_bytes = 256 * 1024
    waiting_seconds = 5.0
    work = Work(
        too_many="Too many pictures are being read: try again.",
        others_first="Other pictures are being read: try again.",
        starting="What reads pictures is being started: try again.",
        out_of_time="The picture could not be read in the time there is.",
    )

    def __init__(
        self,
        *,
        seconds: float = SECONDS,
        starting_seconds: float = STARTING_SECONDS,
        command: Sequence[str] | None = None,
    ) -> None:
        """Take the bounds, as for every such process; nothing is started yet."""
        super().__init__(seconds=seconds, starting_seconds=starting_seconds, command=command)

    def texts_in(self, picture: bytes) -> tuple[str, ...]:
        """The texts of all QR codes in a picture, each once; none if it shows none.

        Args:
            picture: a JPEG, PNG or WebP file.

        Raises:
            UnreadablePicture: it is no such file, is damaged, or too large.
            Unavailable: too many ask at once, or it took too long; one sentence says which.
        """
        if len(picture) > MAX_PICTURE:
            raise UnreadablePicture(f"A picture has at most {MAX_PICTURE // 1024**2} MiB.")
        said = self._answer_to({"picture": base64.b64encode(picture).decode()}, read=_answer)
        if isinstance(said, str):
            raise UnreadablePicture(said)
        return said


def _answer(said: Any) -> tuple[str, ...] | str:
    if "refused" in said:
        return str(said["refused"])
    return tuple(dict.fromkeys(str(text) for text in said["texts"]))
