"""A process that lends didkit: `ready`, then one JSON line in, one JSON line out, until its input ends.

Asked `{"document": text, "altered": [text, …], "served": {"host/path": text, …}}`, it answers
`{"errors": [text, …], "survivor": index or null}`: what didkit says of the proof of `document`, and the first
of `altered` that passes as well. didkit fetches documents of did:web by itself; here every connection of it
ends at a relay in this process, which knows `served` and nothing else.
"""

import asyncio
import json
from pathlib import Path
from typing import Any

import didkit

from node.foreign.relay import Relay
from node.foreign.worker_loop import bounded, serve

MEMORY_BYTES = 1024**3
"""Addresses, of which the threads of didkit's runtime reserve far more than they use."""
_NO_OPTIONS = "{}"


async def judge(asked: dict[str, Any]) -> dict[str, Any]:
    """What didkit says of the document's proof, and whether an altered document passes as well."""
    errors = await _errors(asked["document"])
    if errors:
        return {"errors": errors, "survivor": None}
    passed = await asyncio.gather(*map(_passes, asked["altered"]))
    return {"errors": [], "survivor": passed.index(True) if True in passed else None}


async def _errors(document: str) -> list[str]:
    try:
        # An option could name the verification method, and didkit would take any key for the issuer's.
        said = json.loads(await didkit.verify_credential(document, _NO_OPTIONS))
    except Exception as error:  # noqa: BLE001 - didkit's own are no class that a type checker knows
        return [f"unreadable: {error}"]
    return [str(error) for error in said["errors"]] or ([] if said["checks"] == ["proof"] else ["unchecked"])


async def _passes(document: str) -> bool:
    """Whether nothing shows that the proof covers what was altered: a text that is not read shows nothing."""
    errors = await _errors(document)
    return not errors or errors[0].startswith("unreadable")


def main() -> None:
    """Answer until the input ends, whatever didkit is at."""
    bounded(MEMORY_BYTES)
    relay = Relay(Path.cwd())
    relay.catch_all_traffic()
    loop = asyncio.new_event_loop()

    def answer(asked: dict[str, Any]) -> dict[str, Any]:
        relay.served = asked["served"]
        return loop.run_until_complete(judge(asked))

    serve(answer, leave=relay.leave)


if __name__ == "__main__":
    main()
