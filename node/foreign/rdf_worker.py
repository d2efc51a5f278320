"""A process that canonicalises RDF: `ready`, then one JSON line in, one JSON line out, until its input ends.

Asked `{"documents": [object, …]}`, it answers `{"canonical": [text, …]}`, the canonical N-Quads of each, or
`{"refused": sentence}`. It reads no file but the contexts that are shipped, and opens no connection.
"""

from typing import Any

from credentials.errors import Unavailable
from node.foreign.rdf_canonical import canonical_nquads
from node.foreign.worker_loop import bounded, serve

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


def main() -> None:
    """Answer until the input ends."""
    bounded(MEMORY_BYTES)
    serve(answer)


if __name__ == "__main__":
    main()
