"""A process that canonicalises RDF: `ready`, then one JSON line in, one JSON line out, until its input ends.

Asked `{"documents": [object, …]}`, it answers `{"canonical": [text, …]}`, the canonical N-Quads of each, or
`{"refused": sentence}`. It reads no file but the contexts that are shipped, and opens no connection.
"""

import json
import os
import queue
import resource
import sys
import threading
from contextlib import suppress
from typing import Any

from credentials.errors import Unavailable
from node.foreign.rdf_canonical import canonical_nquads

MEMORY_BYTES = 1024**3
"""Addresses."""


def answer(asked: dict[str, Any]) -> dict[str, Any]:
    """The canonical N-Quads of all documents, or why they are not to be had."""
    try:
        return {"canonical": [canonical_nquads(document) for document in asked["documents"]]}
    except Unavailable as error:
        return {"refused": error.sentence}
    except (RecursionError, MemoryError):
        return {"refused": "The credential is too large or too deep to be read as JSON-LD."}


def _read(lines: "queue.SimpleQueue[str]") -> None:
    for line in sys.stdin:
        lines.put(line)
    os._exit(0)  # whoever asks is gone, whatever this is at


def main() -> None:
    """Answer until the input ends."""
    with suppress(ValueError):  # where the system knows no such bound
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    lines: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(lines,), daemon=True).start()
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    while True:
        sys.stdout.write(json.dumps(answer(json.loads(lines.get()))) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
