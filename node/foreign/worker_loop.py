"""What a process does that only answers: one JSON line in, one JSON line out, until its input ends."""

import json
import os
import queue
import resource
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn


def bounded(memory: int) -> None:
    """This process may take so many bytes of addresses, and leaves no core behind.

    Args:
        memory: bytes; no bound where the system knows none.
    """
    with suppress(ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def serve(
    answer: Callable[[dict[str, Any]], dict[str, Any]], *, leave: Callable[[], None] = lambda: None
) -> NoReturn:
    """Answer line by line; once the input ends this process ends at once, whatever it is at.

    Args:
        answer: makes an answer of a question.
        leave: called before the end.
    """
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines, leave), daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        sys.stdout.write(json.dumps(answer(json.loads(lines.get()))) + "\n")
        sys.stdout.flush()


def _read(lines: "queue.SimpleQueue[str]", leave: Callable[[], None]) -> None:
    for line in sys.stdin:
        lines.put(line)
    leave()
    os._exit(0)  # whoever asks is gone; a library's own ending may crash
